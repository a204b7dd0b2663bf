//! What the scanners of both dialects share. They work on bytes: whatever can end a token is ASCII,
//! so no token ever ends inside a character.

use super::{LexError, TokenKind};

/// A token's kind and the offset one past its last byte.
pub(super) type Scanned = Result<(TokenKind, usize), LexError>;

/// U+FEFF in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Whether a byte order mark begins at `start`.
pub(super) fn is_byte_order_mark(bytes: &[u8], start: usize) -> bool {
    rest(bytes, start).starts_with(BYTE_ORDER_MARK)
}

/// The byte order mark at `start` as a token, which is white space.
pub(super) fn byte_order_mark(start: usize) -> Scanned {
    Ok((TokenKind::Whitespace, start + BYTE_ORDER_MARK.len()))
}

/// The bytes from `start` on; none where that is past the end.
pub(super) fn rest(bytes: &[u8], start: usize) -> &[u8] {
    bytes.get(start..).unwrap_or_default()
}

/// The end of the run of bytes from `start` on that are all `accepted`.
pub(super) fn run_end(bytes: &[u8], start: usize, accepted: impl Fn(u8) -> bool) -> usize {
    let rest = rest(bytes, start);
    start + rest.iter().position(|&byte| !accepted(byte)).unwrap_or(rest.len())
}

/// The index one past the first `byte` from `start` on; none where it does not come.
pub(super) fn end_of_first(bytes: &[u8], start: usize, byte: u8) -> Option<usize> {
    let found = rest(bytes, start).iter().position(|&other| other == byte)?;
    Some(start + found + 1)
}

/// One past the closing `quote` of what was opened before `start`; a doubled `quote` does not close.
pub(super) fn end_of_quoted(bytes: &[u8], start: usize, quote: u8) -> Option<usize> {
    let mut end = end_of_first(bytes, start, quote)?;
    while bytes.get(end) == Some(&quote) {
        end = end_of_first(bytes, end + 1, quote)?;
    }
    Some(end)
}

/// Whether white space separates tokens there. Both databases' sets, and the vertical tab, which
/// PostgreSQL takes since version 16 and SQLite only between other white space.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// Whether an unquoted identifier can begin with the byte.
pub(super) fn starts_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || !byte.is_ascii()
}

/// Whether an unquoted identifier can go on with the byte.
pub(super) fn continues_word(byte: u8) -> bool {
    starts_word(byte) || byte.is_ascii_digit() || byte == b'$'
}

/// The unsigned number at `start`, which is a digit or a dot before a digit: decimal, or hexadecimal as `0x1F`.
///
/// Other radix prefixes and `_` between digits come out as a number and a word beside it, which cuts a script no
/// differently.
pub(super) fn number(bytes: &[u8], start: usize) -> Scanned {
    let is_digit = |byte: u8| byte.is_ascii_digit();
    let is_prefixed = bytes.get(start) == Some(&b'0') && matches!(bytes.get(start + 1), Some(b'x' | b'X'));
    if is_prefixed && bytes.get(start + 2).is_some_and(u8::is_ascii_hexdigit) {
        return Ok((TokenKind::Number, run_end(bytes, start + 2, |byte| byte.is_ascii_hexdigit())));
    }
    let mut end = run_end(bytes, start, is_digit);
    if bytes.get(end) == Some(&b'.') && bytes.get(end + 1) != Some(&b'.') {
        end = run_end(bytes, end + 1, is_digit);
    }
    if let Some(b'e' | b'E') = bytes.get(end) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = end + 1 + sign;
        if bytes.get(exponent).is_some_and(u8::is_ascii_digit) {
            end = run_end(bytes, exponent, is_digit);
        }
    }
    Ok((TokenKind::Number, end))
}

/// The string from `start` to before `end` as a token; [`LexError::UnterminatedString`] where it has no end.
pub(super) fn string(start: usize, end: Option<usize>) -> Scanned {
    end.map(|end| (TokenKind::String, end)).ok_or(LexError::UnterminatedString { offset: start })
}

/// The quoted identifier that begins at `start`, if it has an `end`.
pub(super) fn identifier(start: usize, end: Option<usize>) -> Scanned {
    end.map(|end| (TokenKind::QuotedIdentifier, end))
        .ok_or(LexError::UnterminatedIdentifier { offset: start })
}
