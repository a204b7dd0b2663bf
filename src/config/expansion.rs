//! `${VARIABLE}` and `${VARIABLE:-default}` in the strings of the configuration file.

/// Replaces `${VARIABLE}` and `${VARIABLE:-default}` in `text` by what `lookup` finds.
///
/// As in a shell, the default is taken where the variable is unset or empty, and is itself
/// expanded. Everything else stays as it is: `$`, `$$`, `$VARIABLE`, `%`, `${` without its `}`.
/// What a variable holds is not expanded again.
///
/// # Errors
/// What `lookup` returns for a variable it does not have, and what `unset` makes of the name of
/// one that has no value and no default.
pub(super) fn expand<E>(
    text: &str,
    lookup: impl Fn(&str) -> Result<Option<String>, E>,
    unset: impl Fn(&str) -> E,
) -> Result<String, E> {
    let mut expanded = String::with_capacity(text.len());
    // What is still to be expanded, the next part last: a default comes before what follows it.
    let mut pending = vec![text];
    while let Some(part) = pending.pop() {
        let Some(dollar) = part.find("${") else {
            expanded.push_str(part);
            continue;
        };
        let (literal, from_dollar) = part.split_at(dollar);
        expanded.push_str(literal);
        let Some(reference) = Reference::at_start_of(from_dollar) else {
            let (opening, after) = from_dollar.split_at("${".len());
            expanded.push_str(opening);
            pending.push(after);
            continue;
        };
        pending.push(reference.after);
        match (lookup(reference.variable)?, reference.default) {
            (Some(value), None) => expanded.push_str(&value),
            (Some(value), Some(_)) if !value.is_empty() => expanded.push_str(&value),
            (_, Some(default)) => pending.push(default),
            (None, None) => return Err(unset(reference.variable)),
        }
    }
    Ok(expanded)
}

/// A `${VARIABLE}` or `${VARIABLE:-default}`.
struct Reference<'a> {
    variable: &'a str,
    default: Option<&'a str>,
    after: &'a str,
}

impl<'a> Reference<'a> {
    fn at_start_of(text: &'a str) -> Option<Self> {
        let inner = text.strip_prefix("${")?;
        let name_length =
            inner.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(inner.len());
        let (variable, tail) = inner.split_at(name_length);
        if !variable.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            return None;
        }
        if let Some(after) = tail.strip_prefix('}') {
            return Some(Self { variable, default: None, after });
        }
        let (default, after) = split_at_closing_brace(tail.strip_prefix(":-")?)?;
        Some(Self { variable, default: Some(default), after })
    }
}

/// What comes before and after the `}` that closes a reference of which `text` is the inside.
fn split_at_closing_brace(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0_usize;
    let mut previous = ' ';
    for (index, character) in text.char_indices() {
        match character {
            '{' if previous == '$' => depth += 1,
            '}' if depth == 0 => return Some((text.get(..index)?, text.get(index + 1..)?)),
            '}' => depth -= 1,
            _ => {}
        }
        previous = character;
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn expanded(text: &str) -> Result<String, String> {
        expand(
            text,
            |name| {
                Ok(match name {
                    "SET" => Some("value".to_owned()),
                    "EMPTY" => Some(String::new()),
                    "NESTED" => Some("${SET}".to_owned()),
                    _ => None,
                })
            },
            |name| name.to_owned(),
        )
    }

    #[test]
    fn references_are_expanded_and_nothing_else() {
        for (text, expected) in [
            ("${SET}", "value"),
            ("a${SET}b${SET}c", "avaluebvaluec"),
            ("${EMPTY}", ""),
            ("${SET:-other}", "value"),
            ("${EMPTY:-other}", "other"),
            ("${UNSET:-other}!", "other!"),
            ("${UNSET:-}", ""),
            ("${UNSET:-sqlite:dev.db}", "sqlite:dev.db"),
            ("${UNSET:-a${SET}b}c", "avaluebc"),
            ("${UNSET:-${GONE:-x}}}", "x}"),
            ("${UNSET:-a${1}b}c", "a${1}bc"),
            ("${SET:-${GONE}}", "value"),
            ("${NESTED}", "${SET}"),
            ("p%40$w$$SET$SET}", "p%40$w$$SET$SET}"),
            ("${", "${"),
            ("${}", "${}"),
            ("${1}", "${1}"),
            ("${SET", "${SET"),
            ("${SET:-x", "${SET:-x"),
            ("${SET-x}", "${SET-x}"),
            ("$${SET}", "$value"),
        ] {
            assert_eq!(expanded(text), Ok(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn an_unset_variable_without_default_is_named() {
        assert_eq!(expanded("a${UNSET}"), Err("UNSET".to_owned()));
        assert_eq!(expanded("${GONE:-${UNSET}}"), Err("UNSET".to_owned()));
    }

    proptest! {
        #[test]
        fn text_without_references_is_unchanged(text in "[^{]*") {
            prop_assert_eq!(expanded(&text), Ok(text));
        }

        #[test]
        fn any_text_is_expanded_without_a_panic(text in "([${}:-]|SET|UNSET|é)*") {
            let _ = expanded(&text);
        }
    }
}
