//! PostgreSQL's `CREATE INDEX CONCURRENTLY`, which leaves an invalid index behind where it fails.

use super::{Dialect, Statement};

/// What a `CREATE INDEX CONCURRENTLY` names, as it is written there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ConcurrentIndex<'a> {
    /// The index, which is made in the schema of its table; none leaves the name to the server.
    pub name: Option<&'a str>,
    /// The table, quotes and schema included.
    pub table: &'a str,
}

impl<'a> Statement<'a> {
    /// The index that a `CREATE [UNIQUE] INDEX CONCURRENTLY` makes.
    pub fn concurrent_index(&self) -> Option<ConcurrentIndex<'a>> {
        let mut cursor = self.cursor();
        if self.dialect != Dialect::Postgres || !cursor.eat(&["CREATE"]) {
            return None;
        }
        cursor.eat(&["UNIQUE"]);
        if !cursor.eat(&["INDEX", "CONCURRENTLY"]) {
            return None;
        }
        cursor.eat(&["IF", "NOT", "EXISTS"]);
        let unnamed = cursor.clone().eat(&["ON"]);
        let name = if unnamed { None } else { Some(cursor.eat_name()?) };
        if !cursor.eat(&["ON"]) {
            return None;
        }
        cursor.eat(&["ONLY"]);
        Some(ConcurrentIndex { name, table: cursor.eat_name()? })
    }

    /// Whether running the statement twice is the same as running it once, by what its text says: it looks first
    /// (`IF NOT EXISTS`, `IF EXISTS`), or it maintains or sets something.
    pub fn is_repeatable(&self) -> bool {
        let words = self.leading_keywords();
        let Some(first) = words.first().map(String::as_str) else { return false };
        match (self.dialect, first) {
            (_, "VACUUM" | "ANALYZE") => true,
            (Dialect::Postgres, "SET" | "RESET" | "CHECKPOINT" | "CLUSTER") => true,
            (Dialect::Postgres, "REINDEX" | "REFRESH") => !self.mentions_word("CONCURRENTLY"),
            (Dialect::Sqlite, "PRAGMA" | "REINDEX") => true,
            (_, "CREATE") if self.concurrent_index().is_some() => false,
            (_, "CREATE") => {
                has_run(&words, &["IF", "NOT", "EXISTS"]) || has_run(&words, &["CREATE", "OR", "REPLACE"])
            }
            (_, "DROP") => has_run(&words, &["IF", "EXISTS"]),
            _ => false,
        }
    }
}

fn has_run(words: &[String], run: &[&str]) -> bool {
    words.windows(run.len()).any(|window| window == run)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::tests::statement;

    #[test]
    fn index_and_table_are_read_as_written() {
        for (sql, name, table) in [
            ("CREATE INDEX CONCURRENTLY i ON t (a)", Some("i"), "t"),
            (
                "create unique index concurrently if not exists \"I x\" on only s.\"T\" using btree (a)",
                Some("\"I x\""),
                "s.\"T\"",
            ),
            ("CREATE INDEX CONCURRENTLY ON t (a)", None, "t"),
        ] {
            let statement = statement(Dialect::Postgres, sql);
            assert_eq!(statement.concurrent_index(), Some(ConcurrentIndex { name, table }), "{sql}");
        }
        for sql in ["CREATE INDEX i ON t (a)", "DROP INDEX CONCURRENTLY i", "CREATE TABLE t (a int)"] {
            assert_eq!(statement(Dialect::Postgres, sql).concurrent_index(), None, "{sql}");
        }
    }

    #[test]
    fn what_may_be_repeated() {
        use Dialect::{Postgres, Sqlite};
        for (dialect, sql) in [
            (Postgres, "VACUUM FULL t"),
            (Postgres, "SET lock_timeout = 1"),
            (Postgres, "DROP INDEX CONCURRENTLY IF EXISTS i"),
            (Postgres, "CREATE TABLE IF NOT EXISTS t (a int)"),
            (Postgres, "CREATE OR REPLACE VIEW v AS SELECT 1"),
            (Sqlite, "PRAGMA journal_mode = WAL"),
            (Sqlite, "CREATE UNIQUE INDEX IF NOT EXISTS i ON t (a)"),
        ] {
            assert!(statement(dialect, sql).is_repeatable(), "{sql}");
        }
        for (dialect, sql) in [
            (Postgres, "INSERT INTO t VALUES (1)"),
            (Postgres, "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)"),
            (Postgres, "REINDEX TABLE CONCURRENTLY t"),
            (Postgres, "CREATE DATABASE d"),
            (Sqlite, "DROP TABLE t"),
            (Sqlite, "ATTACH 'a' AS b"),
        ] {
            assert!(!statement(dialect, sql).is_repeatable(), "{sql}");
        }
    }
}
