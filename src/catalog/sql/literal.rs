//! Values as literals.

use crate::sql::Dialect;

/// How many `||` a SQLite literal may have: the depth of an expression is limited.
const MOST_PIECES: usize = 200;

/// A text as an expression that gives it back, also from a script whose line endings are changed, and of which no line
/// can be taken for a directive.
#[must_use]
pub fn text_literal(dialect: Dialect, text: &str) -> String {
    match dialect {
        Dialect::Postgres if text.contains(char::is_control) => postgres_escaped(text),
        Dialect::Postgres => dialect.quote_literal(text),
        Dialect::Sqlite => sqlite_text(text),
    }
}

/// Bytes as a literal of a dialect: `'\x…'` or `X'…'`.
#[must_use]
pub fn blob_literal(dialect: Dialect, bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    match dialect {
        Dialect::Postgres => format!("'\\x{digits}'"),
        Dialect::Sqlite => format!("X'{digits}'"),
    }
}

fn postgres_escaped(text: &str) -> String {
    let mut literal = String::from("E'");
    for character in text.chars() {
        match character {
            '\'' => literal.push_str("''"),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            other if other.is_control() => literal.push_str(&format!("\\u{:04X}", u32::from(other))),
            other => literal.push(other),
        }
    }
    literal.push('\'');
    literal
}

fn sqlite_text(text: &str) -> String {
    if !text.contains(char::is_control) {
        return Dialect::Sqlite.quote_literal(text);
    }
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(char::is_control) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c: char| !c.is_control()).unwrap_or(from.len());
        let (controls, after) = from.split_at(end);
        if !before.is_empty() {
            pieces.push(Dialect::Sqlite.quote_literal(before));
        }
        let codes: Vec<String> = controls.chars().map(|c| u32::from(c).to_string()).collect();
        pieces.push(format!("char({})", codes.join(", ")));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Dialect::Sqlite.quote_literal(rest));
    }
    // A function takes so many arguments only, too.
    let is_too_much = pieces.len() > MOST_PIECES
        || pieces.iter().any(|piece| piece.len() > 1000 && piece.starts_with("char("));
    if is_too_much || text.contains('\0') {
        return format!("CAST({} AS TEXT)", blob_literal(Dialect::Sqlite, text.as_bytes()));
    }
    pieces.join(" || ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_stand_on_one_line() {
        for (dialect, text, literal) in [
            (Dialect::Postgres, "it's", "'it''s'"),
            (Dialect::Postgres, "a\\b", "E'a\\\\b'"),
            (Dialect::Postgres, "a\r\n-- revgraph: end\t\u{1}'", "E'a\\r\\n-- revgraph: end\\t\\u0001'''"),
            (Dialect::Sqlite, "it's", "'it''s'"),
            (Dialect::Sqlite, "a\r\nb\n", "'a' || char(13, 10) || 'b' || char(10)"),
            (Dialect::Sqlite, "a\0", "CAST(X'6100' AS TEXT)"),
            (Dialect::Sqlite, "", "''"),
        ] {
            assert_eq!(text_literal(dialect, text), literal);
        }
        assert!(text_literal(Dialect::Sqlite, &"a\n".repeat(1000)).starts_with("CAST(X'610A"));
        assert_eq!(blob_literal(Dialect::Sqlite, &[0, 255]), "X'00FF'");
        assert_eq!(blob_literal(Dialect::Postgres, &[0, 255]), "'\\x00FF'");
    }
}
