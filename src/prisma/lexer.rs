//! A file of the Prisma schema language, cut into tokens. Lines count, other white space does not.

use std::ops::Range;

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A name or a keyword: letters, digits, `_` and `-`.
    Word,
    /// `-12`, `1.50`.
    Number,
    /// A string, with its escapes undone.
    Text(String),
    /// One of `@ @@ ( ) [ ] { } , : . = ? !`.
    Mark(&'static str),
    /// `// …`
    Comment,
    /// `/// …`
    Documentation,
    /// The end of a line.
    Newline,
    /// What cannot be a token, and why.
    Wrong(&'static str),
    /// The end of the file.
    End,
}

/// A token and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: TokenKind,
    pub span: Range<usize>,
}

/// Longer marks first.
const MARKS: [&str; 14] = ["@@", "@", "(", ")", "[", "]", "{", "}", ",", ":", ".", "=", "?", "!"];

/// All tokens of a text; the last one is [`TokenKind::End`].
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len() / 5);
    let mut at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let (kind, length) = next(rest);
        if let Some(kind) = kind {
            tokens.push(Token { kind, span: at..at + length });
        }
        at += length.max(1);
    }
    tokens.push(Token { kind: TokenKind::End, span: text.len()..text.len() });
    tokens
}

/// The first token of a text that is not empty, and its length; no token for white space.
fn next(rest: &str) -> (Option<TokenKind>, usize) {
    let Some(first) = rest.chars().next() else { return (None, 1) };
    if rest.starts_with("\r\n") {
        return (Some(TokenKind::Newline), 2);
    }
    if first == '\n' || first == '\r' {
        return (Some(TokenKind::Newline), 1);
    }
    if first.is_whitespace() {
        return (None, first.len_utf8());
    }
    if rest.starts_with("//") {
        let kind = if rest.starts_with("///") { TokenKind::Documentation } else { TokenKind::Comment };
        return (Some(kind), rest.find(['\n', '\r']).unwrap_or(rest.len()));
    }
    if first == '"' {
        let (kind, length) = string(rest);
        return (Some(kind), length);
    }
    if let Some(length) = number(rest) {
        return (Some(TokenKind::Number), length);
    }
    if first.is_ascii_alphanumeric() || first == '_' {
        return (Some(TokenKind::Word), word(rest));
    }
    if let Some(mark) = MARKS.into_iter().find(|mark| rest.starts_with(mark)) {
        return (Some(TokenKind::Mark(mark)), mark.len());
    }
    (Some(TokenKind::Wrong("this character has no meaning here")), first.len_utf8())
}

fn word(rest: &str) -> usize {
    rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-')).unwrap_or(rest.len())
}

/// The length of a number that is not the beginning of a word.
fn number(rest: &str) -> Option<usize> {
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let sign = usize::from(rest.starts_with('-'));
    let whole = digits(rest.get(sign..)?);
    if whole == 0 {
        return None;
    }
    let mut end = sign + whole;
    if let Some(fraction) = rest.get(end..)?.strip_prefix('.') {
        let length = digits(fraction);
        if length > 0 {
            end += 1 + length;
        }
    }
    let is_word = rest.get(end..)?.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    (!is_word).then_some(end)
}

/// A string: JSON's escapes, no line breaks.
fn string(rest: &str) -> (TokenKind, usize) {
    let mut value = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (TokenKind::Text(value), at + 1),
            '\n' | '\r' => return (TokenKind::Wrong("this string is not closed on its line"), at),
            c if c < ' ' => {
                return (TokenKind::Wrong("a control character stands in a string"), at + 1);
            }
            '\\' => match escape(&mut chars) {
                Some(c) => value.push(c),
                None => {
                    let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
                    return (TokenKind::Wrong("this string holds an escape that there is not"), end);
                }
            },
            c => value.push(c),
        }
    }
    (TokenKind::Wrong("this string is not closed"), rest.len())
}

/// The character of an escape, whose backslash is behind.
fn escape(chars: &mut impl Iterator<Item = (usize, char)>) -> Option<char> {
    Some(match chars.next()?.1 {
        '"' => '"',
        '\\' => '\\',
        '/' => '/',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => return unicode_escape(chars),
        _ => return None,
    })
}

/// `\uXXXX`, or two of them for what is outside of the basic plane.
fn unicode_escape(chars: &mut impl Iterator<Item = (usize, char)>) -> Option<char> {
    let first = four_digits(chars)?;
    if !(0xd800..0xdc00).contains(&first) {
        return char::from_u32(first);
    }
    if (chars.next()?.1, chars.next()?.1) != ('\\', 'u') {
        return None;
    }
    let second = four_digits(chars)?;
    let low = second.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
    char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + low)
}

fn four_digits(chars: &mut impl Iterator<Item = (usize, char)>) -> Option<u32> {
    (0..4).try_fold(0, |value, _| Some(value * 16 + chars.next()?.1.to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<TokenKind> {
        tokens(text).into_iter().map(|token| token.kind).collect()
    }

    #[test]
    fn words_numbers_and_strings() {
        use TokenKind::{End, Mark, Number, Text, Word, Wrong};
        assert_eq!(kinds("a-b 12 1.5 -3 1a"), [Word, Number, Number, Number, Word, End]);
        assert_eq!(kinds(r#""a\"\\\u00e9\n""#), [Text("a\"\\é\n".to_owned()), End]);
        assert_eq!(kinds(r#""\ud83d\ude00""#), [Text("😀".to_owned()), End]);
        assert_eq!(kinds("@@x@y[]"), [Mark("@@"), Word, Mark("@"), Word, Mark("["), Mark("]"), End]);
        assert!(matches!(kinds(r#""\q""#)[..], [Wrong(_), End]));
        assert!(matches!(kinds("\"abc")[..], [Wrong(_), End]));
    }

    #[test]
    fn every_line_end_is_one() {
        use TokenKind::{Comment, Documentation, End, Newline};
        assert_eq!(kinds("//a\r\n///b\r\n\n"), [Comment, Newline, Documentation, Newline, Newline, End]);
    }
}
