//! Labels that PostgreSQL enums are given, and where statements use them.

use std::borrow::Cow;
use std::ops::Range;

use super::cursor::{Cursor, Lexeme};
use super::{Dialect, Statement, TokenKind};

/// The label that an `ALTER TYPE … ADD VALUE` gives an enum.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AddedEnumValue<'a> {
    /// The type's name as the statement writes it, quotes and schema included.
    pub type_name: &'a str,
    /// The label without its quotes. Backslash escapes of an `E''` string are left as they are
    /// written.
    pub label: Cow<'a, str>,
}

impl<'a> Statement<'a> {
    /// The label that a PostgreSQL `ALTER TYPE … ADD VALUE` adds.
    ///
    /// PostgreSQL 12 and later run that in a transaction, but refuse any use of the label before
    /// the commit. (17 and later make an exception where the transaction made the type as well.)
    /// <https://www.postgresql.org/docs/current/sql-altertype.html>
    pub fn added_enum_value(&self) -> Option<AddedEnumValue<'a>> {
        let mut cursor = self.cursor();
        if self.dialect != Dialect::Postgres || !cursor.eat(&["ALTER", "TYPE"]) {
            return None;
        }
        let type_name = cursor.eat_name()?;
        if !cursor.eat(&["ADD", "VALUE"]) {
            return None;
        }
        cursor.eat(&["IF", "NOT", "EXISTS"]);
        let label = cursor.next().filter(|label| label.is_string())?.unquoted();
        Some(AddedEnumValue { type_name, label })
    }

    /// The name of the type that a PostgreSQL `CREATE TYPE … AS ENUM` makes, as it is written.
    pub fn created_enum(&self) -> Option<&'a str> {
        let mut cursor = self.cursor();
        if self.dialect != Dialect::Postgres || !cursor.eat(&["CREATE", "TYPE"]) {
            return None;
        }
        let type_name = cursor.eat_name()?;
        cursor.eat(&["AS", "ENUM"]).then_some(type_name)
    }

    /// Where the statement has the string `label` and may mean a value of the enum `type_name`, in
    /// bytes of the script. Of which type a string is, the text tells only where it is cast. The strings of some statements
    /// are never values: texts of comments, labels of types, options.
    pub fn enum_value_use(&self, type_name: &str, label: &str) -> Option<Range<usize>> {
        if self.holds_no_values() {
            return None;
        }
        let mut cursor = self.cursor();
        while let Some(lexeme) = cursor.next() {
            let is_label = lexeme.is_string() && lexeme.unquoted() == label;
            if is_label && cast_to(cursor.clone()).is_none_or(|cast| is_same_type(cast, type_name)) {
                return Some(lexeme.start..lexeme.start + lexeme.text.len());
            }
        }
        None
    }
}

/// Objects whose definitions hold no values of columns, only names, labels and options.
const WITHOUT_VALUES: [&[&str]; 13] = [
    &["TYPE"],
    &["SERVER"],
    &["FOREIGN", "DATA"],
    &["USER"],
    &["ROLE"],
    &["GROUP"],
    &["COLLATION"],
    &["TEXT", "SEARCH"],
    &["SUBSCRIPTION"],
    &["EXTENSION"],
    &["DATABASE"],
    &["SYSTEM"],
    &["TABLESPACE"],
];

impl Statement<'_> {
    /// Whether it is a statement whose strings are no values.
    fn holds_no_values(&self) -> bool {
        let mut cursor = self.cursor();
        if cursor.eat_any(&["COMMENT", "SECURITY", "SET", "GRANT", "REVOKE"]) {
            return true;
        }
        cursor.eat_any(&["CREATE", "ALTER"]) && WITHOUT_VALUES.iter().any(|words| cursor.clone().eat(words))
    }
}

/// The type that `::` casts to, if a cast comes next.
fn cast_to(mut cursor: Cursor<'_>) -> Option<&str> {
    let is_colon = |lexeme: Option<Lexeme<'_>>| lexeme.is_some_and(|lexeme| lexeme.is_symbol(":"));
    (is_colon(cursor.next()) && is_colon(cursor.next())).then(|| cursor.eat_name()).flatten()
}

/// Whether two names can be of one type: schemas are not compared, for one of the names may have
/// none.
pub fn is_same_type(one: &str, other: &str) -> bool {
    unqualified(one) == unqualified(other)
}

/// The last part of a name, as PostgreSQL folds it.
fn unqualified(name: &str) -> Option<String> {
    let last = Cursor::over(Dialect::Postgres, name, 0..name.len()).filter(Lexeme::is_name).last()?;
    Some(match last.kind {
        TokenKind::Word => last.text.to_lowercase(),
        _ => last.unquoted().into_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::Dialect::{Postgres, Sqlite};
    use super::is_same_type;
    use crate::sql::tests::statement;

    #[test]
    fn enum_labels_are_found() {
        for (sql, type_name, label) in [
            ("ALTER TYPE mood ADD VALUE 'new'", "mood", "new"),
            (
                "alter type \"s\".\"Mood\" add value if not exists 'it''s' before 'b'",
                "\"s\".\"Mood\"",
                "it's",
            ),
        ] {
            let statement = statement(Postgres, sql);
            let added = statement.added_enum_value().expect(sql);
            assert_eq!((added.type_name, &*added.label), (type_name, label));
        }
        for sql in [
            "ALTER TYPE mood RENAME VALUE 'a' TO 'b'",
            "ALTER TYPE t ADD ATTRIBUTE value text",
            "ALTER TYPE",
            "ALTER TABLE t ADD value text",
        ] {
            assert_eq!(statement(Postgres, sql).added_enum_value(), None, "{sql}");
        }
    }

    #[test]
    fn new_enums_are_found() {
        assert_eq!(statement(Postgres, "create type s.mood as enum ('a')").created_enum(), Some("s.mood"));
        for sql in ["CREATE TYPE mood AS (a int)", "CREATE TYPE mood", "CREATE TABLE mood (a int)"] {
            assert_eq!(statement(Postgres, sql).created_enum(), None, "{sql}");
        }
        assert_eq!(statement(Sqlite, "CREATE TYPE mood AS ENUM ('a')").created_enum(), None);
    }

    #[test]
    fn uses_of_a_label_are_found() {
        for sql in [
            "INSERT INTO t VALUES (1, 'it''s')",
            "ALTER TABLE t ALTER m SET DEFAULT 'it''s'",
            "UPDATE t SET m = $$it's$$",
            "SELECT 'it''s' :: public.Mood",
            "SELECT 'it''s'::text, 'it''s'",
            "ALTER DOMAIN d SET DEFAULT 'it''s'",
            "CREATE FOREIGN TABLE t (m mood DEFAULT 'it''s') SERVER far",
        ] {
            let found = statement(Postgres, sql).enum_value_use("s.mood", "it's").expect(sql);
            assert!(sql[found].contains("it"), "{sql}");
        }
        for sql in [
            "INSERT INTO t VALUES (1, 'its')",
            "SELECT 'it''s'::text",
            "SELECT 'it''s'::\"Mood\"",
            "COMMENT ON TYPE mood IS 'it''s'",
            "ALTER TYPE mood ADD VALUE 'next' AFTER 'it''s'",
            "CREATE TYPE other AS ENUM ('a', 'it''s')",
            "CREATE SERVER far FOREIGN DATA WRAPPER w OPTIONS (host 'it''s')",
            "ALTER SERVER far OPTIONS (SET host 'it''s')",
            "CREATE COLLATION c (provider = icu, locale = 'it''s')",
            "ALTER ROLE somebody PASSWORD 'it''s'",
            "SET LOCAL application_name = 'it''s'",
            "SELECT \"it's\" -- 'it''s'",
        ] {
            assert_eq!(statement(Postgres, sql).enum_value_use("s.mood", "it's"), None, "{sql}");
        }
    }

    #[test]
    fn names_of_types_are_compared_as_postgres_folds_them() {
        assert!(is_same_type("public.Mood", "mood"));
        assert!(is_same_type("\"mood\"", "s . MOOD"));
        assert!(!is_same_type("\"Mood\"", "mood"));
    }
}
