//! The data that follows a PostgreSQL `COPY … FROM stdin` in a script, as psql reads it.

use std::ops::Range;

use super::{Dialect, LexError, is_blank};

/// The line that ends the data, without its line end.
const END_OF_DATA: &str = "\\.";

/// The data of a `COPY … FROM stdin` that ended at `statement_end` of `script`, and the end of the line that closes the
/// data, all in bytes of `script`. The data begins on the next line.
///
/// # Errors
/// [`LexError::TextAfterCopy`] where anything but blanks, comments and semicolons stands behind the statement on its
/// line.
pub(super) fn after(script: &str, statement_end: usize) -> Result<(Range<usize>, usize), LexError> {
    let rest = script.get(statement_end..).unwrap_or_default();
    let line_length = rest.find('\n').map_or(rest.len(), |newline| newline + 1);
    let (line, data) = rest.split_at_checked(line_length).unwrap_or((rest, ""));
    if !is_blank(Dialect::Postgres, line) {
        return Err(LexError::TextAfterCopy { offset: statement_end });
    }
    let start = statement_end + line_length;
    let closing = closing_line(data);
    Ok((start..start + closing.start, start + closing.end))
}

/// The line that closes `data`, its line end included. Without one, the data goes on to the end of
/// the script, as for psql, and this is the empty range there.
fn closing_line(data: &str) -> Range<usize> {
    data.match_indices(END_OF_DATA)
        .find_map(|(start, _)| {
            let before = data.get(..start)?;
            let after = data.get(start + END_OF_DATA.len()..)?;
            let line_end = line_end(after)?;
            let begins_line = before.is_empty() || before.ends_with('\n');
            begins_line.then_some(start..start + END_OF_DATA.len() + line_end.len())
        })
        .unwrap_or(data.len()..data.len())
}

/// The line end that `text` begins with, which is nothing at the end of the script.
fn line_end(text: &str) -> Option<&str> {
    if text.is_empty() {
        return Some(text);
    }
    ["\r\n", "\n"].into_iter().find(|line_end| text.starts_with(line_end))
}
