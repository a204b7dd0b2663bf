//! PostgreSQL's `client_encoding`: scripts are UTF-8. What is sent after a script has switched it is read as other
//! characters, or not, depending on how much of the script is sent at once.

use super::{Dialect, Statement};

/// What a statement makes of the encoding in which the server takes its client to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EncodingChange {
    /// It is that of scripts.
    ToUtf8,
    /// It is another one.
    ToAnother,
}

impl Statement<'_> {
    /// What the statement makes of the client's encoding; none where it leaves that as it is.
    pub fn encoding_change(&self) -> Option<EncodingChange> {
        let mut cursor = self.cursor();
        if self.dialect != Dialect::Postgres {
            return None;
        }
        if cursor.eat(&["RESET"]) || cursor.eat(&["DISCARD"]) {
            let what = cursor.next()?.unquoted().to_ascii_lowercase();
            return matches!(what.as_str(), "client_encoding" | "all").then_some(EncodingChange::ToUtf8);
        }
        if !cursor.eat(&["SET"]) {
            return None;
        }
        cursor.eat_any(&["SESSION", "LOCAL"]);
        let value = match cursor.next()?.unquoted().to_ascii_lowercase().as_str() {
            "client_encoding" => cursor.nth(1)?,
            "names" => cursor.next()?,
            _ => return None,
        };
        let value: String = value.unquoted().chars().filter(char::is_ascii_alphanumeric).collect();
        let is_utf8 = ["utf8", "unicode", "default"].contains(&value.to_ascii_lowercase().as_str());
        Some(if is_utf8 { EncodingChange::ToUtf8 } else { EncodingChange::ToAnother })
    }
}

#[cfg(test)]
mod tests {
    use super::EncodingChange::{ToAnother, ToUtf8};
    use crate::sql::Dialect::Postgres;
    use crate::sql::tests::statement;

    #[test]
    fn encodings_are_known_by_their_names() {
        for (sql, expected) in [
            ("SET client_encoding = 'LATIN1'", Some(ToAnother)),
            ("set local Client_Encoding to latin1", Some(ToAnother)),
            ("SET NAMES 'WIN1252'", Some(ToAnother)),
            ("SET client_encoding = 'UTF-8'", Some(ToUtf8)),
            ("SET client_encoding TO DEFAULT", Some(ToUtf8)),
            ("RESET client_encoding", Some(ToUtf8)),
            ("DISCARD ALL", Some(ToUtf8)),
            ("SET search_path = names", None),
            ("RESET ROLE", None),
        ] {
            assert_eq!(statement(Postgres, sql).encoding_change(), expected, "{sql}");
        }
    }
}
