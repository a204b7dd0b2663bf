//! The statements that no transaction can hold.
//!
//! For PostgreSQL they are the callers of the server's `PreventInTransactionBlock` (as of version
//! 18), as far as a statement's text decides. Some depend on what is in the database, and are left
//! for the server to refuse: `CLUSTER` and `REINDEX TABLE` of a partitioned table, and a `CALL` or
//! `DO` that commits.

use super::cursor::Cursor;
use super::{Dialect, Statement};

/// Pragmas that, given a value, are refused in a transaction or ignored.
/// <https://sqlite.org/pragma.html>
const PRAGMAS_OUTSIDE_TRANSACTIONS: [(&str, &str); 3] = [
    ("foreign_keys", "PRAGMA foreign_keys"),
    ("journal_mode", "PRAGMA journal_mode"),
    ("synchronous", "PRAGMA synchronous"),
];

impl Statement<'_> {
    /// What the statement is, such as `CREATE INDEX CONCURRENTLY`, if it cannot do its work inside
    /// a transaction: the database refuses it there, or, for some SQLite pragmas, ignores it.
    pub fn cannot_run_in_transaction(&self) -> Option<&'static str> {
        match self.dialect {
            Dialect::Postgres => postgres(self.cursor()),
            Dialect::Sqlite => self.sqlite_outside_transactions(),
        }
    }

    /// `ATTACH` is not among them: SQLite (3.40 was tried) runs it in a transaction. `DETACH` is, for it
    /// fails once the transaction has touched the attached database.
    fn sqlite_outside_transactions(&self) -> Option<&'static str> {
        let mut cursor = self.cursor();
        if cursor.eat(&["VACUUM"]) {
            return Some("VACUUM");
        }
        if cursor.eat(&["DETACH"]) {
            return Some("DETACH");
        }
        let pragma = self.pragma()?;
        if pragma.name == "wal_checkpoint" {
            return Some("PRAGMA wal_checkpoint");
        }
        PRAGMAS_OUTSIDE_TRANSACTIONS
            .into_iter()
            .find(|(name, _)| pragma.value.is_some() && *name == pragma.name)
            .map(|(_, description)| description)
    }
}

fn postgres(mut cursor: Cursor<'_>) -> Option<&'static str> {
    const WHOLE: [(&[&str], &str); 5] = [
        (&["VACUUM"], "VACUUM"),
        (&["DISCARD", "ALL"], "DISCARD ALL"),
        (&["COMMIT", "PREPARED"], "COMMIT PREPARED"),
        (&["ROLLBACK", "PREPARED"], "ROLLBACK PREPARED"),
        (&["ALTER", "SYSTEM"], "ALTER SYSTEM"),
    ];
    if let Some((_, description)) = WHOLE.into_iter().find(|(words, _)| cursor.eat(words)) {
        Some(description)
    } else if cursor.eat(&["CREATE"]) {
        create(cursor)
    } else if cursor.eat(&["DROP"]) {
        drop_object(cursor)
    } else if cursor.eat(&["ALTER"]) {
        alter(cursor)
    } else if cursor.eat(&["REINDEX"]) {
        reindex(cursor)
    } else if cursor.eat(&["CLUSTER"]) {
        cluster(cursor)
    } else {
        None
    }
}

fn create(mut cursor: Cursor<'_>) -> Option<&'static str> {
    if cursor.eat(&["DATABASE"]) {
        Some("CREATE DATABASE")
    } else if cursor.eat(&["TABLESPACE"]) {
        Some("CREATE TABLESPACE")
    } else if cursor.eat(&["SUBSCRIPTION"]) {
        create_subscription(cursor)
    } else {
        cursor.eat(&["UNIQUE"]);
        cursor.eat(&["INDEX", "CONCURRENTLY"]).then_some("CREATE INDEX CONCURRENTLY")
    }
}

/// Refused where it creates a replication slot, which it does unless told otherwise or told not to
/// connect.
fn create_subscription(mut cursor: Cursor<'_>) -> Option<&'static str> {
    find_with(&mut cursor);
    let options = cursor.eat_options();
    let creates_slot = options.boolean("create_slot").or_else(|| options.boolean("connect")).unwrap_or(true);
    creates_slot.then_some("CREATE SUBSCRIPTION")
}

/// `DROP SUBSCRIPTION` runs in a transaction only after the subscription's slot has been taken from
/// it, which its text does not show.
fn drop_object(mut cursor: Cursor<'_>) -> Option<&'static str> {
    const KINDS: [(&[&str], &str); 4] = [
        (&["INDEX", "CONCURRENTLY"], "DROP INDEX CONCURRENTLY"),
        (&["DATABASE"], "DROP DATABASE"),
        (&["TABLESPACE"], "DROP TABLESPACE"),
        (&["SUBSCRIPTION"], "DROP SUBSCRIPTION"),
    ];
    KINDS.into_iter().find(|(words, _)| cursor.eat(words)).map(|(_, description)| description)
}

fn alter(mut cursor: Cursor<'_>) -> Option<&'static str> {
    if cursor.eat(&["DATABASE"]) {
        cursor.eat_name()?;
        cursor.eat(&["SET", "TABLESPACE"]).then_some("ALTER DATABASE SET TABLESPACE")
    } else if cursor.eat(&["SUBSCRIPTION"]) {
        cursor.eat_name()?;
        alter_subscription(cursor)
    } else if cursor.eat(&["TABLE"]) {
        alter_table(cursor)
    } else {
        None
    }
}

fn alter_subscription(mut cursor: Cursor<'_>) -> Option<&'static str> {
    if cursor.eat(&["REFRESH"]) {
        return Some("ALTER SUBSCRIPTION REFRESH");
    }
    if !cursor.eat_any(&["SET", "ADD", "DROP"]) {
        return None;
    }
    if cursor.eat(&["PUBLICATION"]) {
        find_with(&mut cursor);
        let refreshes = cursor.eat_options().boolean("refresh").unwrap_or(true);
        return refreshes.then_some("ALTER SUBSCRIPTION with refresh");
    }
    let options = cursor.eat_options();
    let alters_slot = options.contains("failover") || options.contains("two_phase");
    alters_slot.then_some("ALTER SUBSCRIPTION SET (failover, two_phase)")
}

fn alter_table(mut cursor: Cursor<'_>) -> Option<&'static str> {
    while cursor.any(|lexeme| lexeme.is_word("DETACH")) {
        if cursor.eat(&["PARTITION"]) {
            cursor.eat_name()?;
            return cursor.eat(&["CONCURRENTLY"]).then_some("ALTER TABLE DETACH PARTITION CONCURRENTLY");
        }
    }
    None
}

fn reindex(mut cursor: Cursor<'_>) -> Option<&'static str> {
    const KINDS: [(&str, &str); 3] =
        [("DATABASE", "REINDEX DATABASE"), ("SYSTEM", "REINDEX SYSTEM"), ("SCHEMA", "REINDEX SCHEMA")];
    if cursor.eat_options().boolean("concurrently") == Some(true) {
        return Some("REINDEX CONCURRENTLY");
    }
    if let Some((_, description)) = KINDS.into_iter().find(|(kind, _)| cursor.eat(&[kind])) {
        return Some(description);
    }
    cursor.eat_any(&["INDEX", "TABLE"]);
    cursor.eat(&["CONCURRENTLY"]).then_some("REINDEX CONCURRENTLY")
}

/// Refused where it names no table, and so goes through all of them.
fn cluster(mut cursor: Cursor<'_>) -> Option<&'static str> {
    cursor.eat_options();
    cursor.eat(&["VERBOSE"]);
    cursor.next().is_none().then_some("CLUSTER")
}

/// Passes over everything up to and including the word `WITH`.
fn find_with(cursor: &mut Cursor<'_>) {
    cursor.find(|lexeme| lexeme.is_word("WITH"));
}

#[cfg(test)]
mod tests {
    use super::Dialect::{Postgres, Sqlite};
    use crate::sql::tests::statement;

    /// PostgreSQL 15 refused each of them after a `BEGIN`, save those on replication that it would
    /// have had to connect for: they are as its source has them.
    #[test]
    fn postgres_refuses_them_in_a_transaction() {
        for (sql, expected) in [
            ("CREATE INDEX CONCURRENTLY i ON t (a)", "CREATE INDEX CONCURRENTLY"),
            ("create unique index concurrently if not exists i on t (a)", "CREATE INDEX CONCURRENTLY"),
            ("CREATE INDEX CONCURRENTLY ON t (a)", "CREATE INDEX CONCURRENTLY"),
            ("DROP INDEX CONCURRENTLY IF EXISTS i", "DROP INDEX CONCURRENTLY"),
            ("REINDEX INDEX CONCURRENTLY i", "REINDEX CONCURRENTLY"),
            ("REINDEX (CONCURRENTLY, VERBOSE) TABLE t", "REINDEX CONCURRENTLY"),
            ("REINDEX (CONCURRENTLY TRUE) TABLE t", "REINDEX CONCURRENTLY"),
            ("REINDEX DATABASE d", "REINDEX DATABASE"),
            ("REINDEX SCHEMA s", "REINDEX SCHEMA"),
            ("REINDEX (VERBOSE) SYSTEM d", "REINDEX SYSTEM"),
            ("VACUUM FULL t", "VACUUM"),
            ("VACUUM", "VACUUM"),
            ("CREATE DATABASE d", "CREATE DATABASE"),
            ("DROP DATABASE IF EXISTS d", "DROP DATABASE"),
            ("CREATE TABLESPACE s LOCATION '/x'", "CREATE TABLESPACE"),
            ("DROP TABLESPACE s", "DROP TABLESPACE"),
            ("ALTER SYSTEM SET work_mem = '1MB'", "ALTER SYSTEM"),
            ("ALTER DATABASE \"D\" SET TABLESPACE s", "ALTER DATABASE SET TABLESPACE"),
            ("CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p, q", "CREATE SUBSCRIPTION"),
            (
                "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (create_slot = true)",
                "CREATE SUBSCRIPTION",
            ),
            ("DROP SUBSCRIPTION s", "DROP SUBSCRIPTION"),
            ("ALTER SUBSCRIPTION s REFRESH PUBLICATION", "ALTER SUBSCRIPTION REFRESH"),
            ("ALTER SUBSCRIPTION s SET PUBLICATION p", "ALTER SUBSCRIPTION with refresh"),
            ("ALTER SUBSCRIPTION s ADD PUBLICATION p WITH (refresh = on)", "ALTER SUBSCRIPTION with refresh"),
            ("ALTER SUBSCRIPTION s SET (failover = true)", "ALTER SUBSCRIPTION SET (failover, two_phase)"),
            (
                "ALTER TABLE IF EXISTS a.b DETACH PARTITION a.c CONCURRENTLY",
                "ALTER TABLE DETACH PARTITION CONCURRENTLY",
            ),
            (
                "ALTER TABLE ONLY (detach) DETACH PARTITION b CONCURRENTLY",
                "ALTER TABLE DETACH PARTITION CONCURRENTLY",
            ),
            ("CLUSTER", "CLUSTER"),
            ("CLUSTER VERBOSE", "CLUSTER"),
            ("DISCARD ALL", "DISCARD ALL"),
            ("COMMIT PREPARED 'x'", "COMMIT PREPARED"),
        ] {
            let statement = statement(Postgres, sql);
            assert_eq!(statement.cannot_run_in_transaction(), Some(expected), "{sql}");
        }
    }

    #[test]
    fn postgres_takes_their_relatives_in_a_transaction() {
        for sql in [
            "CREATE INDEX i ON t (a)",
            "CREATE INDEX \"concurrently\" ON t (a)",
            "DROP INDEX i",
            "REINDEX TABLE t",
            "REINDEX (CONCURRENTLY false) TABLE t",
            "REINDEX (VERBOSE) INDEX i",
            "ANALYZE t",
            "CREATE TABLE vacuum_log (a int)",
            "ALTER DATABASE d SET work_mem = '1MB'",
            "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (connect = false)",
            "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (create_slot = off)",
            "ALTER SUBSCRIPTION s SET PUBLICATION p WITH (copy_data = true, refresh = false)",
            "ALTER SUBSCRIPTION s DISABLE",
            "ALTER SUBSCRIPTION s SET (slot_name = NONE)",
            "ALTER TABLE a DETACH PARTITION b",
            "ALTER TABLE a DETACH PARTITION b FINALIZE",
            "ALTER TABLE a ADD COLUMN b int",
            "CLUSTER t USING i",
            "CLUSTER (VERBOSE) t",
            "DISCARD TEMP",
            "REFRESH MATERIALIZED VIEW CONCURRENTLY v",
            "ALTER TYPE t ADD VALUE 'x'",
            "COMMENT ON DATABASE d IS 'VACUUM'",
            "",
        ] {
            let statement = statement(Postgres, sql);
            assert_eq!(statement.cannot_run_in_transaction(), None, "{sql}");
        }
    }

    #[test]
    fn sqlite_refuses_or_ignores_them_in_a_transaction() {
        for (sql, expected) in [
            ("VACUUM", Some("VACUUM")),
            ("VACUUM INTO 'x'", Some("VACUUM")),
            ("DETACH DATABASE x", Some("DETACH")),
            ("PRAGMA foreign_keys=OFF", Some("PRAGMA foreign_keys")),
            ("PRAGMA main.journal_mode(WAL)", Some("PRAGMA journal_mode")),
            ("PRAGMA synchronous = 1", Some("PRAGMA synchronous")),
            ("PRAGMA wal_checkpoint", Some("PRAGMA wal_checkpoint")),
            ("PRAGMA foreign_keys", None),
            ("PRAGMA defer_foreign_keys = ON", None),
            ("PRAGMA foreign_key_check", None),
            ("ATTACH 'x' AS y", None),
            ("CREATE DATABASE x", None),
            ("SELECT 1", None),
        ] {
            let statement = statement(Sqlite, sql);
            assert_eq!(statement.cannot_run_in_transaction(), expected, "{sql}");
        }
    }
}
