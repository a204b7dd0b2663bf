//! What can be said of a statement that was cut off: whether its effects are gone, and whether it may run again.

use super::{Dialect, Statement};

impl Statement<'_> {
    /// Whether the statement can run in a transaction, and a rollback takes back all that it does, by what its text
    /// says. `false` says nothing: `SELECT`, `CALL` and `DO` run what the text does not show.
    pub fn rolls_back_whole(&self) -> bool {
        const BOTH: [&str; 7] = ["CREATE", "ALTER", "DROP", "INSERT", "UPDATE", "DELETE", "WITH"];
        const POSTGRES: [&str; 6] = ["TRUNCATE", "MERGE", "COMMENT", "GRANT", "REVOKE", "REFRESH"];
        let words = self.leading_keywords();
        let Some(first) = words.first().map(String::as_str) else { return false };
        let is_known = match (self.dialect, first) {
            (Dialect::Postgres, "COPY") => self.copy_data().is_some(),
            (Dialect::Postgres, word) => BOTH.contains(&word) || POSTGRES.contains(&word),
            (Dialect::Sqlite, word) => BOTH.contains(&word) || word == "REPLACE",
        };
        is_known && self.cannot_run_in_transaction().is_none()
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
    fn what_a_rollback_takes_back() {
        use Dialect::{Postgres, Sqlite};
        for (dialect, sql) in [
            (Postgres, "CREATE TABLE t (a int)"),
            (Postgres, "INSERT INTO t SELECT 1"),
            (Postgres, "WITH x AS (SELECT 1) UPDATE t SET a = 1"),
            (Postgres, "GRANT SELECT ON t TO x"),
            (Postgres, "CREATE INDEX i ON t (a)"),
            (Sqlite, "REPLACE INTO t VALUES (1)"),
            (Sqlite, "ALTER TABLE t ADD COLUMN b"),
        ] {
            assert!(statement(dialect, sql).rolls_back_whole(), "{sql}");
        }
        for (dialect, sql) in [
            (Postgres, "CREATE INDEX CONCURRENTLY i ON t (a)"),
            (Postgres, "CREATE DATABASE d"),
            (Postgres, "ALTER TABLE t DETACH PARTITION p CONCURRENTLY"),
            (Postgres, "CALL p()"),
            (Postgres, "DO $$ BEGIN COMMIT; END $$"),
            (Postgres, "SELECT pg_switch_wal()"),
            (Postgres, "COPY t TO PROGRAM 'mail'"),
            (Postgres, "BEGIN"),
            (Sqlite, "VACUUM"),
            (Sqlite, "PRAGMA journal_mode = WAL"),
            (Sqlite, "ATTACH 'a' AS b"),
            (Sqlite, ""),
        ] {
            assert!(!statement(dialect, sql).rolls_back_whole(), "{sql}");
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
