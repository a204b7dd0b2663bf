//! SQLite's `PRAGMA`.

use super::cursor::{Cursor, Lexeme};
use super::{Dialect, Statement, TokenKind};

/// The pragmas whose value is kept in the database file, or is an argument and no setting.
const NOT_OF_THE_CONNECTION: [&str; 20] = [
    "application_id",
    "auto_vacuum",
    "default_cache_size",
    "encoding",
    "foreign_key_check",
    "foreign_key_list",
    "incremental_vacuum",
    "index_info",
    "index_list",
    "index_xinfo",
    "integrity_check",
    "optimize",
    "page_size",
    "quick_check",
    "schema_version",
    "table_info",
    "table_list",
    "table_xinfo",
    "user_version",
    "wal_checkpoint",
];

/// SQLite's `PRAGMA` with what it is given; see <https://www.sqlite.org/pragma.html>.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pragma {
    /// The pragma's name in lower case, without a schema.
    pub name: String,
    /// What follows `=` or stands in parentheses, without quotes: a value to set or an argument.
    pub value: Option<String>,
}

impl Pragma {
    /// Whether the pragma sets something that lasts as long as the connection, rather than something kept in the database file. A
    /// pragma unknown to revgraph is taken to do so if it has a value.
    pub fn sets_connection(&self) -> bool {
        self.value.is_some() && !NOT_OF_THE_CONNECTION.contains(&self.name.as_str())
    }
}

impl Statement<'_> {
    /// Whether the statement is SQLite's `PRAGMA foreign_keys`.
    pub fn switches_foreign_keys(&self) -> bool {
        self.pragma().is_some_and(|pragma| pragma.name == "foreign_keys")
    }

    /// The statement's pragma and value; none where it is no `PRAGMA` of SQLite.
    pub fn pragma(&self) -> Option<Pragma> {
        let mut cursor = self.cursor();
        if self.dialect != Dialect::Sqlite || !cursor.eat(&["PRAGMA"]) {
            return None;
        }
        let first = cursor.next()?;
        let name = match cursor.clone().next() {
            Some(dot) if dot.is_symbol(".") => cursor.nth(1)?,
            _ => first,
        };
        Some(Pragma { name: name.unquoted().to_ascii_lowercase(), value: value(cursor) })
    }
}

/// What follows the name of a pragma: `= value`, `(value)` or nothing.
fn value(mut rest: Cursor<'_>) -> Option<String> {
    let sign = rest.next()?;
    if !sign.is_symbol("=") && sign.kind != TokenKind::OpenParenthesis {
        return None;
    }
    let is_value = |lexeme: &Lexeme<'_>| lexeme.kind != TokenKind::CloseParenthesis;
    Some(rest.take_while(is_value).map(|part| part.unquoted()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::tests::statement;

    #[test]
    fn pragmas_are_read() {
        for (sql, name, value) in [
            ("PRAGMA foreign_keys", "foreign_keys", None),
            ("pragma Foreign_Keys=off", "foreign_keys", Some("off")),
            ("PRAGMA main . journal_mode = 'WAL'", "journal_mode", Some("WAL")),
            ("PRAGMA \"main\".\"cache_size\"(-2000)", "cache_size", Some("-2000")),
            ("PRAGMA table_info([a b])", "table_info", Some("a b")),
        ] {
            let expected = Pragma { name: name.to_owned(), value: value.map(str::to_owned) };
            let statement = statement(Dialect::Sqlite, sql);
            assert_eq!(statement.pragma(), Some(expected), "{sql}");
        }
        assert_eq!(statement(Dialect::Sqlite, "SELECT 1").pragma(), None);
        assert_eq!(statement(Dialect::Sqlite, "PRAGMA").pragma(), None);
        assert_eq!(statement(Dialect::Postgres, "PRAGMA a = 1").pragma(), None);
    }
}
