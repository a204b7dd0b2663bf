//! The text of a script for tools that know nothing of headers and directives. Pure.

use crate::script::{Side, SourceText, directive_of_line, header_range};

/// What runs of a script, with its comments: without header, directives, and lines for the other dialect.
pub(super) fn runnable_text(script: &SourceText, side: Side) -> String {
    let start = match side {
        Side::Up => header_range(&script.text).end,
        Side::Down => 0,
    };
    // Both are equally long: lines that do not run are blank in the one.
    let written = script.text.get(start..).unwrap_or_default().split_inclusive('\n');
    let run = script.body.sql.get(start..).unwrap_or_default().split_inclusive('\n');
    let kept = written.zip(run).filter(|(written, run)| {
        let is_for_the_other = run.trim().is_empty() && !written.trim_matches(is_blank).is_empty();
        directive_of_line(written).is_none() && !is_for_the_other
    });
    let text: String = kept.map(|(_, run)| run).collect();
    without_blank_lines_around(&text)
}

/// A byte order mark is one, too.
fn is_blank(character: char) -> bool {
    character.is_whitespace() || character == '\u{feff}'
}

/// The text without blank lines at its beginning and blanks at its end; it ends in one line end, unless it is empty.
pub(super) fn without_blank_lines_around(text: &str) -> String {
    let mut rest = text.trim_end();
    while let Some((_, after)) = rest.split_once('\n').filter(|(line, _)| line.trim().is_empty()) {
        rest = after;
    }
    if rest.trim().is_empty() { String::new() } else { format!("{rest}\n") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::Dialect;

    fn text(script: &str, side: Side, dialect: Dialect) -> String {
        let source = SourceText::new("x.sql".into(), script.into(), side, dialect).expect("a script");
        runnable_text(&source, side)
    }

    const SCRIPT: &str = "\u{feff}-- title\r\n-- revision: a\r\n-- revgraph: no-transaction\r\n\r\n-- why\r\n\
        -- revgraph: only postgres\r\nP;\r\n\r\n-- revgraph: end\r\n-- revgraph: only sqlite\r\nS;\r\n-- revgraph: end\r\nB;";

    #[test]
    fn what_runs_is_left() {
        assert_eq!(text(SCRIPT, Side::Up, Dialect::Postgres), "-- why\nP;\n\nB;\n");
        assert_eq!(text(SCRIPT, Side::Up, Dialect::Sqlite), "-- why\n\nS;\nB;\n");
    }

    #[test]
    fn a_down_script_has_no_header() {
        let down = "\u{feff}-- undoes a\n-- revgraph: irreversible\n";
        assert_eq!(text(down, Side::Down, Dialect::Sqlite).trim_start(), "-- undoes a\n");
        assert_eq!(text("-- title\n-- revision: a\n\n \n", Side::Up, Dialect::Sqlite), "");
    }
}
