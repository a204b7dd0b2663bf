//! What a statement may leave in its session beside settings: temporary objects, prepared statements, attached
//! databases. Whatever is left there would be found by the next script of the same run, and not by that of another.

use super::cursor::{Cursor, Lexeme};
use super::{Dialect, Statement, TokenKind};

/// What a PostgreSQL statement begins with that defines something and runs no function of the user's, unless one of
/// [`WORDS_THAT_RUN_FUNCTIONS`] is in it.
const DEFINITIONS: [&str; 4] = ["CREATE", "ALTER", "DROP", "COMMENT"];
const WORDS_THAT_RUN_FUNCTIONS: [&str; 6] = ["SELECT", "EXECUTE", "VALUES", "USING", "DEFAULT", "SET"];
const TEMPORARY: [&str; 2] = ["TEMP", "TEMPORARY"];

/// A temporary object of SQLite's that a statement makes or renames.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TemporaryObject {
    /// `TABLE`, `VIEW` or `TRIGGER`.
    pub kind: &'static str,
    /// The name of what is left behind.
    pub name: String,
}

impl Statement<'_> {
    /// Whether a PostgreSQL session may be another after the statement than before: every statement may do so that runs
    /// functions, or makes something temporary. Only plain definitions do not.
    pub fn may_change_session(&self) -> bool {
        let mut cursor = self.cursor();
        let defines = cursor.next().is_some_and(|verb| DEFINITIONS.iter().any(|word| verb.is_word(word)));
        !defines
            || self.cursor().any(|lexeme| {
                WORDS_THAT_RUN_FUNCTIONS.iter().chain(&TEMPORARY).any(|word| lexeme.is_word(word))
                    || lexeme.is_name() && lexeme.unquoted().to_ascii_lowercase().starts_with("pg_temp")
            })
            || self.runs_table_query()
    }

    /// `CREATE TABLE … AS TABLE v` runs what the view `v` calls.
    fn runs_table_query(&self) -> bool {
        let mut cursor = self.cursor();
        while let Some(lexeme) = cursor.next() {
            if lexeme.is_word("AS") && cursor.clone().eat(&["TABLE"]) {
                return true;
            }
        }
        false
    }

    /// The name of the statement that a PostgreSQL `PREPARE` makes, as it is written.
    pub fn prepared_statement(&self) -> Option<&str> {
        let mut cursor = self.cursor();
        if self.dialect != Dialect::Postgres
            || !cursor.eat(&["PREPARE"])
            || cursor.clone().eat(&["TRANSACTION"])
        {
            return None;
        }
        cursor.next().filter(Lexeme::is_name).map(|name| name.text)
    }

    /// Whether the statement names SQLite's schema of temporary objects, or makes one.
    pub fn mentions_temporary_objects(&self) -> bool {
        self.dialect == Dialect::Sqlite
            && self.cursor().any(|lexeme| {
                let name = lexeme.unquoted();
                TEMPORARY.iter().any(|word| name.eq_ignore_ascii_case(word))
            })
    }

    /// Whether the statement is SQLite's `ATTACH`, whose database stays with the connection.
    pub fn attaches(&self) -> bool {
        self.dialect == Dialect::Sqlite && self.cursor().eat(&["ATTACH"])
    }

    /// The name under which an SQLite `ATTACH` attaches a database, where it is a plain name.
    pub fn attached_name(&self) -> Option<String> {
        if !self.attaches() {
            return None;
        }
        let lexemes: Vec<Lexeme<'_>> = self.cursor().collect();
        let position = lexemes.iter().rposition(|lexeme| lexeme.is_word("AS"))?;
        let name = lexemes.get(position + 1).filter(|lexeme| lexeme.is_name() || lexeme.is_string())?;
        Some(name.unquoted().into_owned())
    }

    /// The name of the database that an SQLite `DETACH` detaches.
    pub fn detached_name(&self) -> Option<String> {
        let mut cursor = self.cursor();
        if self.dialect != Dialect::Sqlite || !cursor.eat(&["DETACH"]) {
            return None;
        }
        cursor.eat(&["DATABASE"]);
        cursor.next().map(|name| name.unquoted().into_owned())
    }

    /// The temporary object that an SQLite statement makes, or that a table of these `known` ones becomes by it.
    pub fn made_temporary(&self, known: &[TemporaryObject]) -> Option<TemporaryObject> {
        if self.dialect != Dialect::Sqlite {
            return None;
        }
        let mut cursor = self.cursor();
        if cursor.eat(&["ALTER", "TABLE"]) {
            let renamed = table_name(&mut cursor)?.1;
            let is_temporary = known.iter().any(|one| one.name.eq_ignore_ascii_case(&renamed));
            let name = cursor.eat(&["RENAME", "TO"]).then(|| cursor.next()).flatten()?;
            return is_temporary
                .then(|| TemporaryObject { kind: "TABLE", name: name.unquoted().into_owned() });
        }
        if !cursor.eat(&["CREATE"]) {
            return None;
        }
        let says_so = cursor.eat_any(&TEMPORARY);
        cursor.eat(&["VIRTUAL"]);
        let kind = ["TABLE", "VIEW", "TRIGGER"].into_iter().find(|kind| cursor.eat(&[kind]))?;
        cursor.eat(&["IF", "NOT", "EXISTS"]);
        let (schema, name) = table_name(&mut cursor)?;
        let is_temporary = says_so || schema.is_some_and(|schema| schema.eq_ignore_ascii_case("temp"));
        is_temporary.then_some(TemporaryObject { kind, name })
    }
}

/// A name with its schema, without quotes.
fn table_name(cursor: &mut Cursor<'_>) -> Option<(Option<String>, String)> {
    let is_name = |lexeme: &Lexeme<'_>| lexeme.is_name() || lexeme.kind == TokenKind::String;
    let first = cursor.next().filter(is_name)?.unquoted().into_owned();
    let mut ahead = cursor.clone();
    if !ahead.next().is_some_and(|dot| dot.is_symbol(".")) {
        return Some((None, first));
    }
    let name = ahead.next().filter(is_name)?.unquoted().into_owned();
    *cursor = ahead;
    Some((Some(first), name))
}

#[cfg(test)]
mod tests {
    use super::Dialect::{Postgres, Sqlite};
    use super::*;
    use crate::sql::tests::statement;

    #[test]
    fn only_plain_definitions_leave_a_session_as_it_was() {
        for sql in [
            "CREATE TABLE t (id int PRIMARY KEY, name text NOT NULL REFERENCES u)",
            "ALTER TABLE t ADD COLUMN x int",
            "DROP TABLE t",
            "COMMENT ON TABLE t IS 'a temporary table'",
            "CREATE INDEX i ON t (x)",
            "CREATE FUNCTION f() RETURNS TABLE (x int) LANGUAGE sql AS 'CREATE TEMP TABLE x (y int)'",
        ] {
            assert!(!statement(Postgres, sql).may_change_session(), "{sql}");
        }
        for sql in [
            "CREATE TEMP TABLE t (id int)",
            "create local temporary view v AS SELECT 1",
            "CREATE TABLE pg_temp.t (id int)",
            "CREATE FUNCTION \"pg_temp\".f() RETURNS int LANGUAGE sql AS ''",
            "CREATE TABLE t AS TABLE v",
            "CREATE TABLE t AS EXECUTE p",
            "ALTER TABLE t ADD COLUMN x int DEFAULT f()",
            "PREPARE p AS SELECT 1",
            "LISTEN c",
            "INSERT INTO t VALUES (1)",
            "DO 'BEGIN END'",
        ] {
            assert!(statement(Postgres, sql).may_change_session(), "{sql}");
        }
    }

    #[test]
    fn prepared_statements_have_names() {
        assert_eq!(
            statement(Postgres, "PREPARE \"P\" (int) AS SELECT $1").prepared_statement(),
            Some("\"P\"")
        );
        assert_eq!(statement(Postgres, "PREPARE TRANSACTION 'x'").prepared_statement(), None);
    }

    #[test]
    fn temporary_objects_of_sqlite_are_known_by_name() {
        let made = |sql: &str| statement(Sqlite, sql).made_temporary(&[]);
        let object = |kind, name: &str| Some(TemporaryObject { kind, name: name.to_owned() });
        assert_eq!(made("CREATE TEMP TABLE IF NOT EXISTS \"a b\" (x)"), object("TABLE", "a b"));
        assert_eq!(made("create temporary view v as select 1"), object("VIEW", "v"));
        assert_eq!(made("CREATE TABLE temp . t (x)"), object("TABLE", "t"));
        assert_eq!(
            made("CREATE TEMP TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END"),
            object("TRIGGER", "g")
        );
        assert_eq!(made("CREATE VIRTUAL TABLE temp.f USING fts5(x)"), object("TABLE", "f"));
        assert_eq!(made("CREATE TABLE t (temp int)"), None);
        let known = [TemporaryObject { kind: "TABLE", name: "t".to_owned() }];
        let renamed = statement(Sqlite, "ALTER TABLE T RENAME TO u").made_temporary(&known);
        assert_eq!(renamed, object("TABLE", "u"));
        assert_eq!(statement(Sqlite, "ATTACH 'x.db' AS \"y\"").attached_name().as_deref(), Some("y"));
        assert!(statement(Sqlite, "DROP TABLE \"Temp\".t").mentions_temporary_objects());
    }
}
