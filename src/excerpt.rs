//! A piece of a file that an error points at. Pure: the edge decides how to draw it.

use std::ops::Range;
use std::path::{Path, PathBuf};

/// How many lines around the marked one are kept.
const CONTEXT_LINES: usize = 2;
/// A longer line is cut around the mark, so that an error about a 10 MB line stays readable.
const LONGEST_LINE: usize = 300;

/// A marked place in a file, with the lines around it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Excerpt {
    /// The file.
    pub path: PathBuf,
    /// Line of the mark, from 1.
    pub line: usize,
    /// Column of the mark in characters, from 1.
    pub column: usize,
    /// The lines around the mark.
    pub text: String,
    /// The number of the first of these lines, from 1.
    pub first_line: usize,
    /// The marked bytes of `text`.
    pub mark: Range<usize>,
}

impl Excerpt {
    /// Marks the bytes `span` of `source`, the content of the file at `path`. A span that is not on character
    /// boundaries or goes past the end is drawn in.
    #[must_use]
    #[doc(hidden)]
    pub fn new(path: &Path, source: &str, span: Range<usize>) -> Self {
        let start = floor_boundary(source, span.start);
        let before = source.get(..start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
        let line_end =
            source.get(start..).and_then(|rest| rest.find('\n')).map_or(source.len(), |n| start + n);
        let end = floor_boundary(source, span.end).clamp(start, line_end);
        if line_end - line_start > LONGEST_LINE {
            return Self::of_long_line(path, source, (line, column), start..end, line_start..line_end);
        }
        let (from, skipped) = lines_before(source, line_start);
        let to = lines_after(source, line_end);
        Self {
            path: path.to_owned(),
            line,
            column,
            text: source.get(from..to).unwrap_or_default().to_owned(),
            first_line: line - skipped,
            mark: start - from..end - from,
        }
    }

    fn of_long_line(
        path: &Path,
        source: &str,
        (line, column): (usize, usize),
        mark: Range<usize>,
        line_range: Range<usize>,
    ) -> Self {
        let half = LONGEST_LINE / 2;
        let from = floor_boundary(source, mark.start.saturating_sub(half).max(line_range.start));
        let to = floor_boundary(source, (mark.start + half).min(line_range.end));
        Self {
            path: path.to_owned(),
            line,
            column,
            text: source.get(from..to).unwrap_or_default().to_owned(),
            first_line: line,
            mark: mark.start - from..mark.end.min(to).max(mark.start) - from,
        }
    }

    /// Where it is, as `file:line:column`, which terminals and editors make a link of.
    #[must_use]
    pub fn position(&self) -> String {
        format!("{}:{}:{}", self.path.display(), self.line, self.column)
    }
}

fn floor_boundary(source: &str, index: usize) -> usize {
    source.floor_char_boundary(index)
}

fn lines_before(source: &str, line_start: usize) -> (usize, usize) {
    let mut from = line_start;
    let mut count = 0;
    while count < CONTEXT_LINES && from > 0 {
        let previous =
            source.get(..from - 1).and_then(|text| text.rfind('\n')).map_or(0, |newline| newline + 1);
        if from - previous > LONGEST_LINE {
            break;
        }
        from = previous;
        count += 1;
    }
    (from, count)
}

fn lines_after(source: &str, line_end: usize) -> usize {
    let mut to = line_end;
    for _ in 0..CONTEXT_LINES {
        let Some(rest) = source.get(to + 1..) else { break };
        let length = rest.find('\n').unwrap_or(rest.len());
        if length > LONGEST_LINE {
            break;
        }
        to += 1 + length;
    }
    to
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(source: &str, needle: &str) -> Excerpt {
        let start = source.find(needle).expect("the needle");
        Excerpt::new(Path::new("a.sql"), source, start..start + needle.len())
    }

    #[test]
    fn line_and_column_count_characters() {
        let found = excerpt("eins\nzwölf drei\nvier", "drei");
        assert_eq!((found.line, found.column, found.first_line), (2, 7, 1));
        assert_eq!(found.text.get(found.mark.clone()), Some("drei"));
        assert_eq!(found.position(), "a.sql:2:7");
    }

    #[test]
    fn a_long_line_is_cut_around_the_mark() {
        let source = format!("{}needle{}", "ä".repeat(5_000), "x".repeat(5_000));
        let found = excerpt(&source, "needle");
        assert!(found.text.len() <= LONGEST_LINE + 8);
        assert_eq!(found.text.get(found.mark.clone()), Some("needle"));
        assert_eq!(found.column, 5_001);
    }

    proptest::proptest! {
        #[test]
        fn any_span_gives_a_mark_inside_the_text(source in "(?s).{0,80}", start in 0..100_usize, length in 0..50_usize) {
            let found = Excerpt::new(Path::new("a.sql"), &source, start..start + length);
            proptest::prop_assert!(found.text.get(found.mark.clone()).is_some());
            proptest::prop_assert!(source.contains(&found.text));
        }
    }
}
