//! Names in quotes.

use std::borrow::Cow;

/// The name that an identifier stands for: without its quotes, backticks or brackets, and with quotes inside undoubled. One
/// without quotes is as it is written.
#[must_use]
pub fn unquoted_name(identifier: &str) -> Cow<'_, str> {
    let mut characters = identifier.chars();
    let (first, last) = (characters.next(), characters.next_back());
    let inside = characters.as_str();
    match (first, last) {
        (Some('['), Some(']')) => Cow::Borrowed(inside),
        (Some('"'), Some('"')) => undoubled(inside, "\""),
        (Some('`'), Some('`')) => undoubled(inside, "`"),
        _ => Cow::Borrowed(identifier),
    }
}

/// The name at the beginning of a text behind its opening quote, and what follows its closing one; none where nothing
/// closes it.
#[must_use]
pub fn up_to_closing_quote(text: &str) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut rest = text;
    loop {
        let (part, behind) = rest.split_once('"')?;
        name.push_str(part);
        match behind.strip_prefix('"') {
            Some(more) => {
                name.push('"');
                rest = more;
            }
            None => return Some((name, behind)),
        }
    }
}

fn undoubled<'t>(inside: &'t str, quote: &str) -> Cow<'t, str> {
    let twice = quote.repeat(2);
    if inside.contains(&twice) { Cow::Owned(inside.replace(&twice, quote)) } else { Cow::Borrowed(inside) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_its_quotes_hold() {
        for (identifier, name) in [
            ("a", "a"),
            ("\"a b\"", "a b"),
            ("\"a\"\"b\"", "a\"b"),
            ("`a``b`", "a`b"),
            ("[a\"b]", "a\"b"),
            ("\"\"", ""),
            ("\"", "\""),
            ("'a'", "'a'"),
            ("\"a`", "\"a`"),
            ("", ""),
        ] {
            assert_eq!(unquoted_name(identifier), name, "{identifier}");
        }
    }

    #[test]
    fn a_doubled_quote_closes_nothing() {
        assert_eq!(up_to_closing_quote("a\"\"b\".c"), Some(("a\"b".to_owned(), ".c")));
        assert_eq!(up_to_closing_quote("\"x"), Some((String::new(), "x")));
        assert_eq!(up_to_closing_quote("a\"\""), None);
    }
}
