//! PostgreSQL's tokens, after the server's `scan.l` and psql's `psqlscan.l`, with
//! `standard_conforming_strings` on.

use super::scan::{
    Scanned, byte_order_mark, continues_word, end_of_first, end_of_quoted, identifier, is_byte_order_mark,
    is_space, number, rest, run_end, starts_word, string,
};
use super::{LexError, TokenKind};

/// The token at `start`, whose first byte is `first`.
pub(super) fn token(bytes: &[u8], start: usize, first: u8) -> Scanned {
    let second = bytes.get(start + 1).copied();
    match (first, second) {
        _ if is_space(first) => Ok((TokenKind::Whitespace, run_end(bytes, start, is_space))),
        (b'-', Some(b'-')) => Ok((TokenKind::LineComment, line_end(bytes, start))),
        (b'/', Some(b'*')) => block_comment(bytes, start),
        (b'\'', _) => string(start, end_of_quoted(bytes, start + 1, b'\'')),
        (b'n' | b'N', Some(b'\'')) => string(start, end_of_quoted(bytes, start + 2, b'\'')),
        (b'b' | b'B' | b'x' | b'X', Some(b'\'')) => string(start, end_of_first(bytes, start + 2, b'\'')),
        (b'e' | b'E', Some(b'\'')) => escape_string(bytes, start),
        (b'"', _) => identifier(start, end_of_quoted(bytes, start + 1, b'"')),
        (b'u' | b'U', Some(b'&')) => unicode_prefixed(bytes, start),
        (0xEF, _) if start == 0 && is_byte_order_mark(bytes, start) => byte_order_mark(start),
        _ if starts_word(first) => word(bytes, start),
        (b'0'..=b'9', _) | (b'.', Some(b'0'..=b'9')) => number(bytes, start),
        (b'$', _) => dollar(bytes, start),
        (b';', _) => Ok((TokenKind::Semicolon, start + 1)),
        (b'(', _) => Ok((TokenKind::OpenParenthesis, start + 1)),
        (b')', _) => Ok((TokenKind::CloseParenthesis, start + 1)),
        (b'\\', _) => Ok((TokenKind::MetaCommand, line_end(bytes, start))),
        _ => Ok((TokenKind::Symbol, start + 1)),
    }
}

/// The end of the line that `start` is on; PostgreSQL ends a line at either of CR and LF.
fn line_end(bytes: &[u8], start: usize) -> usize {
    run_end(bytes, start, |byte| !matches!(byte, b'\n' | b'\r'))
}

fn word(bytes: &[u8], start: usize) -> Scanned {
    Ok((TokenKind::Word, run_end(bytes, start, continues_word)))
}

fn block_comment(bytes: &[u8], start: usize) -> Scanned {
    let mut depth = 1_usize;
    let mut position = start + 2;
    loop {
        match (bytes.get(position), bytes.get(position + 1)) {
            (Some(b'*'), Some(b'/')) => {
                position += 2;
                depth -= 1;
                if depth == 0 {
                    return Ok((TokenKind::BlockComment, position));
                }
            }
            (Some(b'/'), Some(b'*')) => {
                position += 2;
                depth += 1;
            }
            (Some(_), _) => position += 1,
            (None, _) => return Err(LexError::UnterminatedComment { offset: start }),
        }
    }
}

/// `U&'…'`, `U&"…"`, or a word that begins with `u`.
fn unicode_prefixed(bytes: &[u8], start: usize) -> Scanned {
    let content = start + 3;
    match bytes.get(start + 2) {
        Some(b'\'') => string(start, end_of_quoted(bytes, content, b'\'')),
        Some(b'"') => identifier(start, end_of_quoted(bytes, content, b'"')),
        _ => word(bytes, start),
    }
}

/// `E'…'`. A quote on a later line, with only blanks and comments between, continues the string
/// with the same escapes, so the continuation has to belong to the token.
fn escape_string(bytes: &[u8], start: usize) -> Scanned {
    let unterminated = || LexError::UnterminatedString { offset: start };
    let mut end = end_of_escaped(bytes, start + 2).ok_or_else(unterminated)?;
    while let Some(content) = continuation(bytes, end) {
        end = end_of_escaped(bytes, content).ok_or_else(unterminated)?;
    }
    Ok((TokenKind::String, end))
}

/// One past the quote that closes a string with backslash escapes whose content begins at `start`.
fn end_of_escaped(bytes: &[u8], start: usize) -> Option<usize> {
    let mut position = start;
    loop {
        position = run_end(bytes, position, |byte| !matches!(byte, b'\'' | b'\\'));
        match (bytes.get(position)?, bytes.get(position + 1)) {
            (b'\'', Some(b'\'')) | (b'\\', _) => position += 2,
            _ => return Some(position + 1),
        }
    }
}

/// Where the content of a string that closed at `end` goes on, if it is continued on a later line.
fn continuation(bytes: &[u8], end: usize) -> Option<usize> {
    let mut position = end;
    let mut crossed_line = false;
    loop {
        match bytes.get(position)? {
            b'\'' if crossed_line => return Some(position + 1),
            b'\n' | b'\r' => {
                crossed_line = true;
                position += 1;
            }
            b'-' if bytes.get(position + 1) == Some(&b'-') => position = line_end(bytes, position),
            &byte if is_space(byte) => position += 1,
            _ => return None,
        }
    }
}

/// A dollar-quoted string, a parameter, or a lone `$`.
fn dollar(bytes: &[u8], start: usize) -> Scanned {
    if let Some(delimiter) = dollar_quote_delimiter(bytes, start) {
        return dollar_string(bytes, start, delimiter);
    }
    let end = run_end(bytes, start + 1, |byte| byte.is_ascii_digit());
    let kind = if end > start + 1 { TokenKind::Parameter } else { TokenKind::Symbol };
    Ok((kind, end))
}

/// `$$` or `$tag$` at `start`, if that is what is there.
fn dollar_quote_delimiter(bytes: &[u8], start: usize) -> Option<&[u8]> {
    let continues_tag = |byte| continues_word(byte) && byte != b'$';
    let tag_end = run_end(bytes, start + 1, continues_tag);
    let begins_with_digit = bytes.get(start + 1).is_some_and(u8::is_ascii_digit);
    if begins_with_digit || bytes.get(tag_end) != Some(&b'$') {
        return None;
    }
    bytes.get(start..=tag_end)
}

fn dollar_string(bytes: &[u8], start: usize, delimiter: &[u8]) -> Scanned {
    let mut position = start + delimiter.len();
    loop {
        position = run_end(bytes, position, |byte| byte != b'$');
        let rest = rest(bytes, position);
        if rest.starts_with(delimiter) {
            return Ok((TokenKind::DollarString, position + delimiter.len()));
        }
        if rest.is_empty() {
            return Err(LexError::UnterminatedDollarQuote {
                offset: start,
                delimiter: String::from_utf8_lossy(delimiter).into_owned(),
            });
        }
        position += 1;
    }
}
