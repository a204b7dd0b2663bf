//! Places in a text: bytes, characters, lines and columns.

/// The line and the column of the character at `byte_offset` of `text`, both counted from 1.
///
/// Lines end at LF; columns count characters, and a byte order mark is none. An offset inside a
/// character stands for that character, and one past the end for the end.
pub fn line_column(text: &str, byte_offset: usize) -> (usize, usize) {
    let before = text_before(text, byte_offset);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
    let in_line = before.get(line_start..).unwrap_or_default();
    let in_line = match line {
        1 => in_line.strip_prefix('\u{feff}').unwrap_or(in_line),
        _ => in_line,
    };
    (line, in_line.chars().count() + 1)
}

/// `text` up to the character that holds `byte_offset`.
fn text_before(text: &str, byte_offset: usize) -> &str {
    (0..=byte_offset.min(text.len())).rev().find_map(|end| text.get(..end)).unwrap_or_default()
}

/// The byte offset of a 1-based character `position` in `statement`, which is how PostgreSQL
/// reports where in a statement an error lies.
///
/// The position just past the last character, where an error "at end of input" lies, is the
/// statement's length. `None` if the statement has no such position.
pub fn byte_offset(statement: &str, position: usize) -> Option<usize> {
    statement.char_indices().map(|(offset, _)| offset).chain([statement.len()]).nth(position.checked_sub(1)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one() {
        let text = "ab\nçé x\r\n";
        assert_eq!(line_column(text, 0), (1, 1));
        assert_eq!(line_column(text, 2), (1, 3));
        assert_eq!(line_column(text, 3), (2, 1));
        assert_eq!(line_column(text, 7), (2, 3));
        assert_eq!(line_column(text, text.len()), (3, 1));
    }

    #[test]
    fn offsets_off_a_boundary_or_past_the_end_are_brought_back() {
        assert_eq!(line_column("é", 1), (1, 1));
        assert_eq!(line_column("é", 99), (1, 2));
        assert_eq!(line_column("", usize::MAX), (1, 1));
    }

    #[test]
    fn a_byte_order_mark_has_no_column() {
        assert_eq!(line_column("\u{feff}ab", 3), (1, 1));
        assert_eq!(line_column("\u{feff}ab", 0), (1, 1));
        assert_eq!(line_column("\u{feff}a\nb", 5), (2, 1));
    }

    #[test]
    fn postgres_positions_count_characters() {
        assert_eq!(byte_offset("é'x", 1), Some(0));
        assert_eq!(byte_offset("é'x", 2), Some(2));
        assert_eq!(byte_offset("é'x", 4), Some(4));
        assert_eq!(byte_offset("é'x", 5), None);
        assert_eq!(byte_offset("é'x", 0), None);
        assert_eq!(byte_offset("", 1), Some(0));
    }
}
