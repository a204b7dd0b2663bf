//! Whether a statement changes certain tables: their rows, their definition, or what is tied to them.
//!
//! Judged by the words around each mention, so a statement that only reads them is none. In a PostgreSQL `DO` block
//! the strings are read as well, for they run with it; what a function does that a statement calls is not seen.

use std::ops::Range;

use super::cursor::{Cursor, Lexeme};
use super::{Dialect, Statement, TokenKind};

/// How deep strings within strings are read.
const DEPTH: usize = 3;
/// The schemas in which a table goes before one of its name elsewhere.
const BEFORE_OTHERS: [&str; 2] = ["pg_temp", "temp"];

impl Statement<'_> {
    /// Where the statement changes one of the tables `names`, in bytes of the script. A name that is qualified with
    /// another schema than `schema` is another table; with none, any schema may be the one.
    pub fn change_of_table(&self, schema: Option<&str>, names: &[String]) -> Option<Range<usize>> {
        let wanted = Wanted { dialect: self.dialect, schema, names };
        let lexemes: Vec<Lexeme<'_>> = self.cursor().collect();
        if let Some(found) = wanted.changed_in(&lexemes) {
            return Some(found);
        }
        let runs_strings =
            self.dialect == Dialect::Postgres && lexemes.first().is_some_and(|verb| verb.is_word("DO"));
        if runs_strings { wanted.changed_in_strings(self.script, &lexemes, DEPTH) } else { None }
    }
}

/// The tables that are looked for.
struct Wanted<'w> {
    dialect: Dialect,
    schema: Option<&'w str>,
    names: &'w [String],
}

impl Wanted<'_> {
    fn changed_in(&self, lexemes: &[Lexeme<'_>]) -> Option<Range<usize>> {
        // A body of several statements has its own verbs: what counts is the nearest before a mention.
        let mut statement = 0;
        for (index, lexeme) in lexemes.iter().enumerate() {
            if lexeme.kind == TokenKind::Semicolon {
                statement = index + 1;
            }
            let Some(first) = self.mention(lexemes, index) else { continue };
            let before = lexemes.get(statement..first).unwrap_or_default();
            let after = lexemes.get(index + 1..).unwrap_or_default();
            if changes(before, after) {
                let start = lexemes.get(first)?.start;
                return Some(start..lexeme.start + lexeme.text.len());
            }
        }
        None
    }

    fn changed_in_strings(&self, script: &str, lexemes: &[Lexeme<'_>], depth: usize) -> Option<Range<usize>> {
        let deeper = depth.checked_sub(1)?;
        lexemes.iter().filter(|lexeme| lexeme.is_string()).find_map(|string| {
            let inside = content(string)?;
            let lexemes: Vec<Lexeme<'_>> = Cursor::over(self.dialect, script, inside).collect();
            self.changed_in(&lexemes).or_else(|| self.changed_in_strings(script, &lexemes, deeper))
        })
    }

    /// Where the name begins that ends at `index`, its schema included, if it is one of those that are looked for.
    fn mention(&self, lexemes: &[Lexeme<'_>], index: usize) -> Option<usize> {
        let lexeme = lexemes.get(index)?;
        let is_dot =
            |at: Option<usize>| at.and_then(|at| lexemes.get(at)).is_some_and(|dot| dot.is_symbol("."));
        // What a dot follows is a schema, or the table of a column.
        if !self.names.iter().any(|name| self.is(lexeme, name)) || is_dot(Some(index + 1)) {
            return None;
        }
        if !is_dot(index.checked_sub(1)) {
            return Some(index);
        }
        let at = index.checked_sub(2)?;
        let qualifier = lexemes.get(at)?;
        let is_ours = self.schema.is_none_or(|schema| self.is(qualifier, schema))
            || BEFORE_OTHERS.iter().any(|schema| self.is(qualifier, schema));
        is_ours.then_some(at)
    }

    /// Whether a name is written so: PostgreSQL folds what has no quotes, SQLite minds no case.
    fn is(&self, lexeme: &Lexeme<'_>, name: &str) -> bool {
        let written = lexeme.unquoted();
        match (self.dialect, lexeme.kind) {
            (_, TokenKind::Word) | (Dialect::Sqlite, TokenKind::QuotedIdentifier | TokenKind::String) => {
                written.eq_ignore_ascii_case(name)
            }
            (Dialect::Postgres, TokenKind::QuotedIdentifier) => written == name,
            _ => false,
        }
    }
}

/// What stands between the quotes of a string, in bytes of the script.
fn content(string: &Lexeme<'_>) -> Option<Range<usize>> {
    let quote = string.text.find(['\'', '$'])?;
    let opening = match string.kind {
        TokenKind::DollarString => string.text.get(1..)?.find('$')? + 2,
        _ => quote + 1,
    };
    let closing = if string.kind == TokenKind::DollarString { opening } else { 1 };
    let end = string.text.len().checked_sub(closing)?;
    (opening <= end).then(|| string.start + opening..string.start + end)
}

/// Whether a statement changes the table that it mentions between these words.
fn changes(before: &[Lexeme<'_>], after: &[Lexeme<'_>]) -> bool {
    let verb =
        |words: &[&str]| before.first().is_some_and(|first| words.iter().any(|word| first.is_word(word)));
    let owner_alone = || after.first().is_some_and(|word| word.is_word("OWNER"));
    if verb(&["TRUNCATE", "DROP"]) {
        return true;
    }
    if verb(&["ALTER"]) {
        return !owner_alone();
    }
    if verb(&["COPY"]) {
        let direction = after.iter().find(|word| word.is_word("FROM") || word.is_word("TO"));
        return before.len() == 1 && direction.is_some_and(|word| word.is_word("FROM"));
    }
    let mut backwards = before.iter().rev().filter(|word| !word.is_word("ONLY"));
    let Some(last) = backwards.next() else { return false };
    let is = |word: &str| last.is_word(word);
    let one_before = backwards.next();
    let follows = |word: &str| one_before.is_some_and(|before| before.is_word(word));
    let creates = verb(&["CREATE"]);
    is("INTO")
        || is("UPDATE") && !follows("FOR")
        || is("FROM") && follows("DELETE")
        // SQLite: UPDATE OR REPLACE.
        || follows("OR") && backwards.next().is_some_and(|update| update.is_word("UPDATE"))
        || creates && (is("TABLE") || is("VIEW") || is("ON"))
        || is("EXISTS") && before.iter().any(|word| word.is_word("TABLE") || word.is_word("VIEW"))
        || is("TABLE") && follows("TRUNCATE")
        || is("REFERENCES")
}

#[cfg(test)]
mod tests {
    use super::Dialect::{Postgres, Sqlite};
    use crate::sql::Dialect;
    use crate::sql::tests::statement;

    fn changed(dialect: Dialect, sql: &str) -> Option<String> {
        let names = ["alembic_version".to_owned(), "revgraph_ledger".to_owned()];
        let schema = (dialect == Postgres).then_some("public");
        let found = statement(dialect, sql).change_of_table(schema, &names)?;
        Some(sql[found].to_owned())
    }

    #[test]
    fn what_changes_a_table_of_the_bookkeeping_is_found() {
        for sql in [
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)",
            "create table if not exists Alembic_Version (x int)",
            "CREATE TEMP TABLE alembic_version (x int)",
            "INSERT INTO alembic_version (version_num) VALUES ('a')",
            "UPDATE alembic_version SET version_num='b' WHERE alembic_version.version_num = 'a'",
            "DELETE FROM alembic_version WHERE version_num = 'a'",
            "DROP TABLE a, alembic_version",
            "DROP TABLE IF EXISTS alembic_version",
            "ALTER TABLE alembic_version ADD COLUMN x int",
            "ALTER TABLE a RENAME TO alembic_version",
            "CREATE INDEX i ON alembic_version (version_num)",
            "CREATE TABLE t (x VARCHAR(32) REFERENCES alembic_version)",
            "WITH gone AS (DELETE FROM alembic_version RETURNING 1) SELECT count(*) FROM gone",
            "DELETE FROM \"alembic_version\"",
            "INSERT INTO revgraph_ledger DEFAULT VALUES",
        ] {
            for dialect in [Postgres, Sqlite] {
                assert!(changed(dialect, sql).is_some(), "{dialect}: {sql}");
            }
        }
    }

    #[test]
    fn each_dialect_has_ways_of_its_own() {
        for sql in [
            "TRUNCATE TABLE a, ONLY alembic_version",
            "UPDATE ONLY alembic_version SET version_num = 'b'",
            "COPY public.alembic_version (version_num) FROM stdin",
            "SELECT 'a' AS version_num INTO alembic_version",
            "EXPLAIN ANALYZE DELETE FROM public.alembic_version",
            "MERGE INTO alembic_version v USING t ON true WHEN MATCHED THEN DELETE",
            "DO $$ BEGIN PERFORM 1; DELETE FROM alembic_version; END $$",
            "DO 'BEGIN EXECUTE $x$TRUNCATE alembic_version$x$; END'",
            "CREATE RULE r AS ON INSERT TO t DO ALSO DELETE FROM alembic_version",
            "DELETE FROM pg_temp.alembic_version",
        ] {
            assert!(changed(Postgres, sql).is_some(), "{sql}");
        }
        for sql in [
            "REPLACE INTO alembic_version VALUES ('a')",
            "UPDATE OR REPLACE [alembic_version] SET version_num = 'b'",
            "DROP TABLE main.ALEMBIC_VERSION",
            "DROP TABLE 'alembic_version'",
            "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; DELETE FROM `alembic_version`; END",
            "CREATE TRIGGER g AFTER INSERT ON alembic_version BEGIN SELECT 1; END",
        ] {
            assert!(changed(Sqlite, sql).is_some(), "{sql}");
        }
        let sql = "DELETE FROM public . alembic_version";
        assert_eq!(changed(Postgres, sql).as_deref(), Some("public . alembic_version"));
    }

    #[test]
    fn what_only_reads_or_means_something_else_is_not() {
        for sql in [
            "SELECT version_num FROM alembic_version",
            "INSERT INTO t SELECT version_num FROM alembic_version",
            "CREATE VIEW v AS SELECT 1 FROM t JOIN alembic_version ON alembic_version.version_num = t.x",
            "CREATE TABLE t (alembic_version text)",
            "UPDATE t SET alembic_version = 'x'",
            "INSERT INTO t (alembic_version) VALUES ('DELETE FROM alembic_version')",
            "-- DELETE FROM alembic_version\nSELECT 1",
            "DELETE FROM t WHERE x IN (SELECT version_num FROM alembic_version)",
        ] {
            for dialect in [Postgres, Sqlite] {
                assert_eq!(changed(dialect, sql), None, "{dialect}: {sql}");
            }
        }
        for sql in [
            "GRANT SELECT ON alembic_version TO monitor",
            "COMMENT ON TABLE alembic_version IS 'x'",
            "ALTER TABLE alembic_version OWNER TO app",
            "SELECT * FROM alembic_version FOR UPDATE",
            "COPY alembic_version TO stdout",
            "DROP TABLE tenant.alembic_version",
            "DELETE FROM \"Alembic_version\"",
            "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'DELETE FROM alembic_version'",
            "DO $$ BEGIN PERFORM count(*) FROM alembic_version; END $$",
        ] {
            assert_eq!(changed(Postgres, sql), None, "{sql}");
        }
    }
}
