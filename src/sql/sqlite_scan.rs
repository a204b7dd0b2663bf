//! SQLite's tokens, after its `tokenize.c`.

use super::TokenKind;
use super::scan::{
    Scanned, byte_order_mark, continues_word, end_of_first, end_of_quoted, identifier, is_byte_order_mark,
    is_space, number, run_end, starts_word, string,
};

/// The token at `start`, whose first byte is `first`.
pub(super) fn token(bytes: &[u8], start: usize, first: u8) -> Scanned {
    let second = bytes.get(start + 1).copied();
    match (first, second) {
        _ if is_space(first) => Ok((TokenKind::Whitespace, run_end(bytes, start, is_space))),
        (b'-', Some(b'-')) => Ok((TokenKind::LineComment, run_end(bytes, start, |byte| byte != b'\n'))),
        (b'/', Some(b'*')) => Ok((TokenKind::BlockComment, block_comment_end(bytes, start))),
        (b'\'', _) => string(start, end_of_quoted(bytes, start + 1, b'\'')),
        (b'x' | b'X', Some(b'\'')) => string(start, end_of_first(bytes, start + 2, b'\'')),
        (b'"' | b'`', _) => identifier(start, end_of_quoted(bytes, start + 1, first)),
        (b'[', _) => identifier(start, end_of_first(bytes, start + 1, b']')),
        (0xEF, _) if is_byte_order_mark(bytes, start) => byte_order_mark(start),
        _ if starts_word(first) => Ok((TokenKind::Word, run_end(bytes, start, continues_word))),
        (b'0'..=b'9', _) | (b'.', Some(b'0'..=b'9')) => number(bytes, start),
        (b'?', _) => Ok((TokenKind::Parameter, run_end(bytes, start + 1, |byte| byte.is_ascii_digit()))),
        (b':' | b'@' | b'#' | b'$', _) => named_parameter(bytes, start),
        (b';', _) => Ok((TokenKind::Semicolon, start + 1)),
        (b'(', _) => Ok((TokenKind::OpenParenthesis, start + 1)),
        (b')', _) => Ok((TokenKind::CloseParenthesis, start + 1)),
        _ => Ok((TokenKind::Symbol, start + 1)),
    }
}

/// Block comments do not nest, and one that is never closed ends with the text.
fn block_comment_end(bytes: &[u8], start: usize) -> usize {
    let mut position = start + 2;
    while let Some(star) = end_of_first(bytes, position, b'*') {
        if bytes.get(star) == Some(&b'/') {
            return star + 1;
        }
        position = star;
    }
    bytes.len()
}

/// `:name`, `@name`, `$name`, or the sign alone as a symbol.
///
/// A name may hold `::` and end in a parenthesised suffix, as Tcl's variables do; the suffix runs to
/// the first `)` or blank, semicolons and all.
fn named_parameter(bytes: &[u8], start: usize) -> Scanned {
    let mut end = start + 1;
    let mut is_named = false;
    loop {
        match (bytes.get(end), bytes.get(end + 1)) {
            (Some(&byte), _) if continues_word(byte) => {
                is_named = true;
                end += 1;
            }
            (Some(b':'), Some(b':')) => end += 2,
            (Some(b'('), _) if is_named => {
                end = run_end(bytes, end + 1, |byte| byte != b')' && !is_space(byte));
                end += usize::from(bytes.get(end) == Some(&b')'));
                break;
            }
            _ => break,
        }
    }
    if is_named { Ok((TokenKind::Parameter, end)) } else { Ok((TokenKind::Symbol, start + 1)) }
}
