//! Reads the beginning of `CREATE TRIGGER`; the rest is compared as it is.

use super::spelling;
use super::tokens::Tokens;
use crate::catalog::{Firing, Trigger};

/// Reads a `CREATE TRIGGER`; what is not understood of its head is left out.
pub(super) fn read(sql: &str) -> Trigger {
    let (timing, events) = head(sql).unwrap_or_default();
    Trigger {
        timing,
        events,
        is_for_each_row: true,
        function: None,
        enabled: Firing::Origin,
        definition: sql.to_owned(),
    }
}

fn head(sql: &str) -> Option<(Option<&'static str>, Option<String>)> {
    let mut tokens = Tokens::new(sql);
    if !tokens.eat(&["CREATE", "TRIGGER"]) {
        return None;
    }
    tokens.qualified_name()?;
    let timing = match tokens.eat_any(&["BEFORE", "AFTER", "INSTEAD"]) {
        Some("INSTEAD") => {
            tokens.eat(&["OF"]);
            "INSTEAD OF"
        }
        Some("AFTER") => "AFTER",
        _ => "BEFORE",
    };
    let mut events = String::new();
    while let Some(lexeme) = tokens.peek()
        && !lexeme.is_word("ON")
    {
        events.push_str(lexeme.text);
        events.push(' ');
        tokens.next();
    }
    Some((Some(timing), Some(spelling(&events))))
}
