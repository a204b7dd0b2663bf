//! What takes a script's leftovers away in offline mode, as the online run does: one text and two give the same
//! database. Pure.

use crate::sql::{Dialect, Statement, TemporaryObject};

/// PostgreSQL's settings and roles, before the bookkeeping.
const RESET: &str =
    "RESET SESSION AUTHORIZATION;\nRESET ROLE;\nRESET ALL;\nSET standard_conforming_strings = on;\n";
/// `DISCARD ALL` begins the session's role as if nobody had set another for it.
const DISCARD: &str = "DISCARD ALL;\nRESET ROLE;\nSET standard_conforming_strings = on;\n";
/// What `DISCARD ALL` does beside, where it cannot run: inside a transaction.
const DISCARD_IN_TRANSACTION: &str = "CLOSE ALL;\nUNLISTEN *;\nDISCARD TEMP;\nDISCARD SEQUENCES;\nDEALLOCATE ALL;\n\
    DO $$ BEGIN PERFORM pg_catalog.pg_advisory_unlock_all(); END $$;\n";
/// What SQLite's pragmas are where nothing sets them, of those that decide what a script does. What they were before
/// cannot be asked in a text.
const PRAGMAS: [(&str, &str); 12] = [
    ("automatic_index", "ON"),
    ("case_sensitive_like", "OFF"),
    ("cell_size_check", "OFF"),
    ("count_changes", "OFF"),
    ("foreign_keys", "OFF"),
    ("full_column_names", "OFF"),
    ("ignore_check_constraints", "OFF"),
    ("legacy_alter_table", "OFF"),
    ("query_only", "OFF"),
    ("recursive_triggers", "OFF"),
    ("reverse_unordered_selects", "OFF"),
    ("writable_schema", "OFF"),
];

/// The SQL by which an offline run takes away what a script has left in its session.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct BehindScript {
    /// To be run before the script's bookkeeping.
    pub(super) at_once: String,
    /// To be run after the commit, so that triggers that fire there still find what the script has made.
    pub(super) after_commit: String,
}

impl BehindScript {
    /// What follows these statements; `stays_open`: the transaction goes on with the next script.
    pub(super) fn of(dialect: Dialect, statements: &[Statement<'_>], stays_open: bool) -> Self {
        match dialect {
            Dialect::Postgres => {
                let changes = statements.iter().any(Statement::may_change_session);
                let (inside, outside) = match (changes, stays_open) {
                    (false, _) => ("", ""),
                    (true, true) => (DISCARD_IN_TRANSACTION, ""),
                    (true, false) => ("", DISCARD),
                };
                Self { at_once: format!("{RESET}{inside}"), after_commit: outside.to_owned() }
            }
            Dialect::Sqlite => Self {
                at_once: format!("{}{}", pragmas(statements), drops(statements)),
                after_commit: detachments(statements),
            },
        }
    }
}

fn pragmas(statements: &[Statement<'_>]) -> String {
    let set: Vec<String> = statements
        .iter()
        .filter_map(Statement::pragma)
        .filter(|pragma| pragma.value.is_some())
        .map(|pragma| pragma.name)
        .collect();
    let to_be_reset = PRAGMAS.iter().filter(|(name, _)| set.iter().any(|set| set == name));
    to_be_reset.map(|(name, value)| format!("PRAGMA {name} = {value};\n")).collect()
}

/// The last that was made goes first.
fn drops(statements: &[Statement<'_>]) -> String {
    let mut made: Vec<TemporaryObject> = Vec::new();
    for statement in statements {
        made.extend(statement.made_temporary(&made));
    }
    let drop = |object: &TemporaryObject| {
        let name = Dialect::Sqlite.quote_identifier(&object.name);
        format!("DROP {} IF EXISTS temp.{name};\n", object.kind)
    };
    made.iter().rev().map(drop).collect()
}

fn detachments(statements: &[Statement<'_>]) -> String {
    let mut names: Vec<String> = Vec::new();
    for statement in statements {
        names.extend(statement.attached_name());
        if let Some(gone) = statement.detached_name() {
            names.retain(|name| !name.eq_ignore_ascii_case(&gone));
        }
    }
    names.iter().map(|name| format!("DETACH {};\n", Dialect::Sqlite.quote_identifier(name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::split;

    fn behind(dialect: Dialect, sql: &str, stays_open: bool) -> BehindScript {
        BehindScript::of(dialect, &split(dialect, sql).expect("it can be cut"), stays_open)
    }

    #[test]
    fn a_definition_leaves_nothing() {
        for stays_open in [true, false] {
            let left = behind(Dialect::Postgres, "CREATE TABLE t (x int);", stays_open);
            assert_eq!(left, BehindScript { at_once: RESET.to_owned(), after_commit: String::new() });
        }
        assert_eq!(behind(Dialect::Sqlite, "CREATE TABLE t (x int);", true), BehindScript::default());
    }

    #[test]
    fn what_a_script_leaves_goes_behind_it() {
        let left = behind(Dialect::Postgres, "CREATE TEMP TABLE t (x int);", false);
        assert_eq!(left.after_commit, DISCARD);
        let left = behind(Dialect::Postgres, "SELECT 1;", true);
        assert_eq!((left.at_once.contains("DISCARD TEMP"), left.after_commit.as_str()), (true, ""));
        let sql = "PRAGMA legacy_alter_table = ON; ATTACH 'x' AS y; CREATE TEMP TABLE a (x); CREATE TEMP VIEW v AS \
                   SELECT 1; ALTER TABLE a RENAME TO b;";
        let left = behind(Dialect::Sqlite, sql, false);
        assert_eq!(
            left.at_once,
            "PRAGMA legacy_alter_table = OFF;\nDROP TABLE IF EXISTS temp.\"b\";\n\
             DROP VIEW IF EXISTS temp.\"v\";\nDROP TABLE IF EXISTS temp.\"a\";\n"
        );
        assert_eq!(left.after_commit, "DETACH \"y\";\n");
    }
}
