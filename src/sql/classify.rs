//! What a statement would do to the transaction and the session that it runs in.
//!
//! Judged from its first words, and only at the top level: what a function body, a trigger body or
//! a string holds does not run when the statement does.

use super::cursor::{Cursor, Lexeme};
use super::{Dialect, Statement};

/// A statement that begins or ends a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TransactionControl {
    /// `BEGIN`, `START TRANSACTION`
    Begin,
    /// `COMMIT`, `END`
    Commit,
    /// `ROLLBACK`, `ABORT`
    Rollback,
    /// `PREPARE TRANSACTION`
    Prepare,
    /// `COMMIT PREPARED`
    CommitPrepared,
    /// `ROLLBACK PREPARED`
    RollbackPrepared,
}

impl Statement<'_> {
    /// How the statement begins or ends a transaction, if it does.
    ///
    /// Savepoints do neither: `SAVEPOINT`, `RELEASE` and `ROLLBACK TO` are `None`.
    pub fn transaction_control(&self) -> Option<TransactionControl> {
        let mut cursor = self.cursor();
        let verb = cursor.next()?;
        let is = |word: &str| verb.is_word(word);
        if is("BEGIN") {
            Some(TransactionControl::Begin)
        } else if is("END") {
            Some(TransactionControl::Commit)
        } else if is("COMMIT") {
            Some(commit(self.dialect, cursor))
        } else if is("ROLLBACK") {
            rollback(self.dialect, cursor)
        } else {
            match self.dialect {
                Dialect::Postgres => postgres_transaction_control(verb, cursor),
                Dialect::Sqlite => None,
            }
        }
    }

    /// Whether the statement leaves the session other than it was, by what its text says: a
    /// PostgreSQL `SET`, `RESET` or `DISCARD` beyond the transaction, or a mention of `set_config`
    /// outside comments; an SQLite `ATTACH`, `DETACH`, or a `PRAGMA` that sets something the
    /// database file does not keep.
    ///
    /// What it calls may do so unseen.
    pub fn sets_session_state(&self) -> bool {
        match self.dialect {
            Dialect::Postgres => sets_parameter(self.cursor()) || self.mentions_set_config(),
            Dialect::Sqlite => {
                self.cursor().eat_any(&["ATTACH", "DETACH"])
                    || self.pragma().is_some_and(|pragma| pragma.sets_connection())
            }
        }
    }

    /// Whether `word` occurs in the statement as a keyword or an unquoted identifier, in any case
    /// of its ASCII letters.
    pub fn mentions_word(&self, word: &str) -> bool {
        self.cursor().any(|lexeme| lexeme.is_word(word))
    }

    /// Whether `name` occurs in the statement as an identifier, quoted or not, in any case of its ASCII letters.
    pub fn mentions_name(&self, name: &str) -> bool {
        self.cursor().any(|lexeme| lexeme.is_name() && lexeme.unquoted().eq_ignore_ascii_case(name))
    }

    fn mentions_set_config(&self) -> bool {
        const FUNCTION: &str = "set_config";
        self.cursor().any(|lexeme| {
            if lexeme.is_string() {
                contains_ignoring_case(lexeme.text, FUNCTION)
            } else {
                lexeme.is_name() && lexeme.unquoted().eq_ignore_ascii_case(FUNCTION)
            }
        })
    }
}

fn commit(dialect: Dialect, mut rest: Cursor<'_>) -> TransactionControl {
    if dialect == Dialect::Postgres && rest.eat(&["PREPARED"]) {
        TransactionControl::CommitPrepared
    } else {
        TransactionControl::Commit
    }
}

fn rollback(dialect: Dialect, mut rest: Cursor<'_>) -> Option<TransactionControl> {
    if dialect == Dialect::Postgres && rest.eat(&["PREPARED"]) {
        return Some(TransactionControl::RollbackPrepared);
    }
    rest.eat_any(&["WORK", "TRANSACTION"]);
    (!rest.eat(&["TO"])).then_some(TransactionControl::Rollback)
}

fn postgres_transaction_control(verb: Lexeme<'_>, mut rest: Cursor<'_>) -> Option<TransactionControl> {
    let is = |word: &str| verb.is_word(word);
    if is("ABORT") {
        Some(TransactionControl::Rollback)
    } else if is("START") && rest.eat(&["TRANSACTION"]) {
        Some(TransactionControl::Begin)
    } else if is("PREPARE") && rest.eat(&["TRANSACTION"]) {
        Some(TransactionControl::Prepare)
    } else {
        None
    }
}

/// Whether a PostgreSQL statement sets or resets a parameter beyond its transaction.
fn sets_parameter(mut cursor: Cursor<'_>) -> bool {
    if cursor.eat(&["SET"]) {
        !cursor.eat_any(&["LOCAL", "CONSTRAINTS", "TRANSACTION"])
    } else {
        cursor.eat_any(&["RESET", "DISCARD"])
    }
}

fn contains_ignoring_case(text: &str, ascii: &str) -> bool {
    text.as_bytes().windows(ascii.len()).any(|window| window.eq_ignore_ascii_case(ascii.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::Dialect::{Postgres, Sqlite};
    use super::TransactionControl::*;
    use crate::sql::tests::statement;

    #[test]
    fn transactions_are_begun_and_ended() {
        for (sql, expected) in [
            ("BEGIN", Some(Begin)),
            ("begin isolation level serializable", Some(Begin)),
            ("/* x */ Start -- y\n transaction", Some(Begin)),
            ("COMMIT", Some(Commit)),
            ("COMMIT AND CHAIN", Some(Commit)),
            ("END WORK", Some(Commit)),
            ("ROLLBACK", Some(Rollback)),
            ("ROLLBACK WORK AND NO CHAIN", Some(Rollback)),
            ("ABORT", Some(Rollback)),
            ("PREPARE TRANSACTION 'x'", Some(Prepare)),
            ("COMMIT PREPARED 'x'", Some(CommitPrepared)),
            ("ROLLBACK PREPARED 'x'", Some(RollbackPrepared)),
            ("ROLLBACK TO x", None),
            ("ROLLBACK TRANSACTION TO SAVEPOINT x", None),
            ("SAVEPOINT x", None),
            ("RELEASE x", None),
            ("PREPARE p AS SELECT 1", None),
            ("SET TRANSACTION READ ONLY", None),
            ("\"begin\"", None),
            ("DO $$ BEGIN COMMIT; END $$", None),
            ("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END", None),
            ("-- COMMIT", None),
            ("", None),
        ] {
            let statement = statement(Postgres, sql);
            assert_eq!(statement.transaction_control(), expected, "{sql}");
        }
    }

    #[test]
    fn sqlite_has_fewer_words_for_transactions() {
        for (sql, expected) in [
            ("BEGIN IMMEDIATE", Some(Begin)),
            ("END TRANSACTION", Some(Commit)),
            ("COMMIT", Some(Commit)),
            ("ROLLBACK", Some(Rollback)),
            ("ROLLBACK TO x", None),
            ("ROLLBACK TRANSACTION TO x", None),
            ("ABORT", None),
            ("START TRANSACTION", None),
            ("CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1; END", None),
        ] {
            let statement = statement(Sqlite, sql);
            assert_eq!(statement.transaction_control(), expected, "{sql}");
        }
    }

    #[test]
    fn session_state_is_what_outlives_the_transaction() {
        for sql in [
            "SET search_path = a",
            "set session authorization x",
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
            "SET ROLE x",
            "RESET ALL",
            "DISCARD TEMP",
            "SELECT pg_catalog.set_config('search_path', '', false)",
            "SELECT \"set_config\"('a.b', 'c', false)",
            "DO $$ BEGIN PERFORM SET_CONFIG('a.b', 'c', false); END $$",
        ] {
            assert!(statement(Postgres, sql).sets_session_state(), "{sql}");
        }
        for sql in [
            "SET LOCAL lock_timeout = '1s'",
            "SET CONSTRAINTS ALL DEFERRED",
            "SET TRANSACTION READ ONLY",
            "UPDATE t SET a = 1",
            "ALTER ROLE r SET search_path = a",
            "SELECT 1 -- set_config(",
            "SELECT my_set_config(1)",
        ] {
            assert!(!statement(Postgres, sql).sets_session_state(), "{sql}");
        }
    }

    #[test]
    fn sqlite_session_state_is_in_pragmas_and_attachments() {
        for sql in ["ATTACH 'x' AS y", "DETACH y", "PRAGMA foreign_keys = OFF", "PRAGMA main.cache_size(100)"]
        {
            assert!(statement(Sqlite, sql).sets_session_state(), "{sql}");
        }
        for sql in
            ["PRAGMA foreign_keys", "PRAGMA user_version = 3", "PRAGMA foreign_key_check(t)", "SELECT 1"]
        {
            assert!(!statement(Sqlite, sql).sets_session_state(), "{sql}");
        }
    }

    #[test]
    fn words_are_mentioned_outside_quotes_and_comments() {
        let sql = "CREATE TABLE a (b int references c) /* one */ -- two\n AS \"three\", 'four'";
        let statement = statement(Postgres, sql);
        assert!(statement.mentions_word("REFERENCES"));
        for word in ["one", "two", "three", "four", "ref"] {
            assert!(!statement.mentions_word(word), "{word}");
        }
    }
}
