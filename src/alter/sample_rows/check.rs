//! What a simple check leaves of a column's values: a comparison with a number, a list of values, a length.

use crate::sql::{Dialect, Lexer, TokenKind};

/// What a `CHECK` lets a column hold, as far as it is understood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Allowed {
    /// One of these literals.
    list: Option<Vec<String>>,
    least: Option<i64>,
    greatest: Option<i64>,
    /// The text must be of so many characters.
    length: Option<usize>,
}

impl Allowed {
    /// Takes away what another `CHECK` of the column does not let it hold.
    pub(super) fn narrow(&mut self, other: Self) {
        self.list = match (self.list.take(), other.list) {
            (Some(one), Some(other)) => Some(one.into_iter().filter(|value| other.contains(value)).collect()),
            (one, other) => one.or(other),
        };
        self.least = self.least.max(other.least);
        self.greatest = match (self.greatest, other.greatest) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        self.length = self.length.or(other.length);
    }

    /// The value of the row at a place; none where nothing is known to be demanded.
    pub(super) fn value(&self, place: usize, is_unique: bool) -> Option<String> {
        if let Some(list) = &self.list {
            let place = if is_unique { place } else { place % list.len().max(1) };
            return list.get(place).or(list.last()).cloned();
        }
        if let Some(length) = self.length {
            let letters: String =
                "abcdefghijklmnopqrstuvwxyz".chars().cycle().skip(place).take(length).collect();
            return Some(format!("'{letters}'"));
        }
        let step = i64::try_from(place).ok()?;
        match (self.least, self.greatest) {
            (Some(least), None) => least.checked_add(step).map(|value| value.to_string()),
            (None, Some(greatest)) => greatest.checked_sub(step).map(|value| value.to_string()),
            (Some(least), Some(greatest)) => {
                let width = greatest.checked_sub(least)?.checked_add(1).filter(|width| *width > 0)?;
                least.checked_add(step % width).map(|value| value.to_string())
            }
            (None, None) => None,
        }
    }
}

type Lexeme<'a> = (TokenKind, &'a str);

/// What a check demands of one column; none where it is not understood.
pub(super) fn read(dialect: Dialect, expression: &str) -> Option<(String, Allowed)> {
    let tokens: Vec<Lexeme<'_>> = Lexer::new(dialect, expression)
        .map_while(Result::ok)
        .filter(|token| !token.kind.is_trivia())
        .filter_map(|token| Some((token.kind, expression.get(token.range())?)))
        .collect();
    let tokens = without_casts(&tokens);
    let mut found: Option<(String, Allowed)> = None;
    for part in conjuncts(outside_parentheses(&tokens)) {
        let Some((column, allowed)) = comparison(outside_parentheses(part)) else { continue };
        match &mut found {
            Some((known, all)) if *known == column => all.narrow(allowed),
            Some(_) => {}
            None => found = Some((column, allowed)),
        }
    }
    found
}

/// Without `::type`, which PostgreSQL writes at every literal.
fn without_casts<'a>(tokens: &[Lexeme<'a>]) -> Vec<Lexeme<'a>> {
    let mut left = Vec::new();
    let mut rest = tokens;
    while let [first, after @ ..] = rest {
        rest = after;
        let is_cast = first.1 == ":" && after.first().is_some_and(|(_, text)| *text == ":");
        if !is_cast {
            left.push(*first);
            continue;
        }
        // The words of a type, its modifiers, and the brackets of an array.
        rest = after.get(1..).unwrap_or_default();
        while let [(kind, text), after @ ..] = rest {
            let is_word = matches!(kind, TokenKind::Word | TokenKind::QuotedIdentifier)
                && !["AND", "OR"].iter().any(|word| text.eq_ignore_ascii_case(word));
            if !is_word && !matches!(*text, "[" | "]" | ".") {
                break;
            }
            rest = after;
        }
        if let [
            (TokenKind::OpenParenthesis, _),
            (TokenKind::Number, _),
            (TokenKind::CloseParenthesis, _),
            after @ ..,
        ] = rest
        {
            rest = after;
        }
    }
    left
}

/// What stands in parentheses that enclose all of it.
fn outside_parentheses<'t, 'a>(mut tokens: &'t [Lexeme<'a>]) -> &'t [Lexeme<'a>] {
    while let [(TokenKind::OpenParenthesis, _), inside @ .., (TokenKind::CloseParenthesis, _)] = tokens {
        let mut depth = 1_i32;
        let closes_early = inside.iter().any(|(kind, _)| {
            depth += i32::from(*kind == TokenKind::OpenParenthesis)
                - i32::from(*kind == TokenKind::CloseParenthesis);
            depth == 0
        });
        if closes_early {
            break;
        }
        tokens = inside;
    }
    tokens
}

/// The parts that `AND` joins, outside of parentheses; `BETWEEN a AND b` stays together.
fn conjuncts<'t, 'a>(tokens: &'t [Lexeme<'a>]) -> Vec<&'t [Lexeme<'a>]> {
    let is_word =
        |lexeme: &Lexeme<'_>, word: &str| lexeme.0 == TokenKind::Word && lexeme.1.eq_ignore_ascii_case(word);
    let (mut parts, mut depth, mut start, mut is_between) = (Vec::new(), 0_i32, 0, false);
    for (place, lexeme) in tokens.iter().enumerate() {
        match lexeme.0 {
            TokenKind::OpenParenthesis => depth += 1,
            TokenKind::CloseParenthesis => depth -= 1,
            _ if depth == 0 && is_word(lexeme, "BETWEEN") => is_between = true,
            _ if depth == 0 && is_word(lexeme, "AND") && is_between => is_between = false,
            _ if depth == 0 && is_word(lexeme, "AND") => {
                parts.extend(tokens.get(start..place));
                start = place + 1;
            }
            _ => {}
        }
    }
    parts.extend(tokens.get(start..));
    parts
}

/// A comparison of a column with literals.
fn comparison(tokens: &[Lexeme<'_>]) -> Option<(String, Allowed)> {
    let (column, rest, is_length) = subject(tokens)?;
    let texts: Vec<&str> = rest.iter().map(|(_, text)| *text).collect();
    let is = |place: usize, word: &str| texts.get(place).is_some_and(|text| text.eq_ignore_ascii_case(word));
    let mut allowed = Allowed::default();
    if is(0, "IN") || (is(0, "=") && is(1, "ANY")) {
        allowed.list = Some(literals(rest)).filter(|list| !list.is_empty());
        return Some((column, allowed));
    }
    if is(0, "BETWEEN") {
        let (least, taken) = number(rest.get(1..)?)?;
        let (greatest, _) = number(rest.get(2 + taken..)?)?;
        (allowed.least, allowed.greatest) = (Some(least), Some(greatest));
    } else {
        let operator: String =
            texts.iter().take_while(|text| matches!(**text, "<" | ">" | "=" | "!")).copied().collect();
        let after = rest.get(operator.len()..)?;
        if operator == "=" && matches!(after, [(TokenKind::String, _)]) {
            allowed.list = Some(literals(after));
            return Some((column, allowed));
        }
        let (value, _) = number(after)?;
        match operator.as_str() {
            ">" => allowed.least = value.checked_add(1),
            ">=" => allowed.least = Some(value),
            "<" => allowed.greatest = value.checked_sub(1),
            "<=" => allowed.greatest = Some(value),
            "=" => (allowed.least, allowed.greatest) = (Some(value), Some(value)),
            _ => return None,
        }
    }
    if is_length {
        let length = allowed.least.or(allowed.greatest)?.clamp(1, 200);
        return Some((column, Allowed { length: usize::try_from(length).ok(), ..Allowed::default() }));
    }
    Some((column, allowed))
}

/// The column, what follows, and whether its length is meant.
fn subject<'t, 'a>(tokens: &'t [Lexeme<'a>]) -> Option<(String, &'t [Lexeme<'a>], bool)> {
    let lengths = ["LENGTH", "CHAR_LENGTH", "CHARACTER_LENGTH"];
    match tokens {
        [(TokenKind::Word, function), (TokenKind::OpenParenthesis, _), rest @ ..]
            if lengths.iter().any(|name| function.eq_ignore_ascii_case(name)) =>
        {
            let end = rest.iter().position(|(kind, _)| *kind == TokenKind::CloseParenthesis)?;
            let inside = outside_parentheses(rest.get(..end)?);
            let [column] = inside else { return None };
            Some((name(*column)?, rest.get(end + 1..)?, true))
        }
        [(TokenKind::OpenParenthesis, _), column, (TokenKind::CloseParenthesis, _), rest @ ..] => {
            Some((name(*column)?, rest, false))
        }
        [column, rest @ ..] => Some((name(*column)?, rest, false)),
        [] => None,
    }
}

fn name((kind, text): Lexeme<'_>) -> Option<String> {
    match kind {
        TokenKind::Word => Some(text.to_owned()),
        TokenKind::QuotedIdentifier => Some(text.get(1..text.len().checked_sub(1)?)?.replace("\"\"", "\"")),
        _ => None,
    }
}

/// A whole number with its sign, perhaps in parentheses, and how many tokens it takes.
fn number(tokens: &[Lexeme<'_>]) -> Option<(i64, usize)> {
    let parse = |text: &str| text.split('.').next()?.parse::<i64>().ok();
    match tokens {
        [(TokenKind::Number, text), ..] => Some((parse(text)?, 1)),
        [(_, "-"), (TokenKind::Number, text), ..] => Some((-parse(text)?, 2)),
        [(TokenKind::OpenParenthesis, _), rest @ ..] => {
            let (value, taken) = number(rest)?;
            let closes = rest.get(taken).is_some_and(|(kind, _)| *kind == TokenKind::CloseParenthesis);
            closes.then_some((value, taken + 2))
        }
        _ => None,
    }
}

/// The literals among tokens, in their order.
fn literals(tokens: &[Lexeme<'_>]) -> Vec<String> {
    let is_literal = |kind: TokenKind| matches!(kind, TokenKind::String | TokenKind::Number);
    tokens.iter().filter(|(kind, _)| is_literal(*kind)).map(|(_, text)| (*text).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn values(dialect: Dialect, check: &str, expected: (&str, [&str; 3])) {
        let (column, allowed) = read(dialect, check).expect("it is understood");
        let values: Vec<String> = (0..3).filter_map(|place| allowed.value(place, false)).collect();
        assert_eq!(
            (column.as_str(), values.iter().map(String::as_str).collect::<Vec<_>>()),
            (expected.0, expected.1.to_vec())
        );
    }

    #[test]
    fn checks_are_read_as_people_and_servers_write_them() {
        values(Dialect::Sqlite, "a > 0", ("a", ["1", "2", "3"]));
        values(
            Dialect::Postgres,
            "((price >= (0)::numeric) AND (price < (3)::numeric))",
            ("price", ["0", "1", "2"]),
        );
        values(Dialect::Sqlite, "\"a b\" BETWEEN -1 AND 5", ("a b", ["-1", "0", "1"]));
        values(
            Dialect::Postgres,
            "((status)::text = ANY ((ARRAY['x'::character varying, 'y'::character varying])::text[]))",
            ("status", ["'x'", "'y'", "'x'"]),
        );
        values(Dialect::Sqlite, "kind IN ('a', 'b')", ("kind", ["'a'", "'b'", "'a'"]));
        values(Dialect::Postgres, "(char_length(code) = 2)", ("code", ["'ab'", "'bc'", "'cd'"]));
    }

    #[test]
    fn what_is_not_understood_is_left_to_the_database() {
        for check in ["a > b", "lower(a) = a", "a IS NOT NULL", "a <> 3", ""] {
            assert_eq!(read(Dialect::Sqlite, check), None, "{check}");
        }
    }
}
