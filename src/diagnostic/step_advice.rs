//! What to do about an error of a script, by its SQLSTATE or SQLite's result code: the script need not be what is wrong.

use super::database::INSUFFICIENT_PRIVILEGE;
use crate::backend::DatabaseError;
use crate::plan::Operation;

/// What an upgrade that found something there is advised.
pub const IS_THERE: &str =
    "if something else has made it, find out whose schema the database has: revgraph stamp --detect";
const IS_LEFT: &str = "where it is left of an earlier try, undo it by hand; where it is to stay, let the script say IF NOT EXISTS";
const IS_MISSING: &str = "the database is not as the scripts have left it; what sets it apart: revgraph diff";

/// What stands before "run the same command again" where rows may be what is wrong.
pub(super) const ROWS_IN_THE_WAY: &str = "mend the script, or put right the rows that are in its way, and ";

/// What SQLite says of columns that only a table without rows takes.
const NEEDS_EMPTY_TABLE: [&str; 3] = [
    "Cannot add a NOT NULL column",
    "Cannot add a REFERENCES column",
    "Cannot add a column with non-constant default",
];

/// SQLite's result codes, without what is behind their last byte.
mod sqlite {
    pub(super) const NOMEM: i32 = 7;
    pub(super) const READONLY: i32 = 8;
    pub(super) const IOERR: i32 = 10;
    pub(super) const CORRUPT: i32 = 11;
    pub(super) const FULL: i32 = 13;
    pub(super) const CANTOPEN: i32 = 14;
    pub(super) const PROTOCOL: i32 = 15;
    pub(super) const CONSTRAINT: i32 = 19;
    pub(super) const NOTADB: i32 = 26;
}

/// What is to be done before the same command is run again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Advice {
    /// The script is right as far as anybody can tell: this is in its way. None where the error's details advise it already.
    Outside(Option<&'static str>),
    /// The script or something else has to change: what stands before "run the same command again".
    First(&'static str),
}

const fn outside(advice: &'static str) -> Advice {
    Advice::Outside(Some(advice))
}

/// What is advised about an error of a step that goes this way, and whose transaction has been rolled back, where it has one.
pub(super) fn of_error(error: &DatabaseError, operation: Operation, in_transaction: bool) -> Option<Advice> {
    let goes_up = operation == Operation::Upgrade;
    if goes_up && is_there_already(error) {
        return Some(outside(if in_transaction { IS_THERE } else { IS_LEFT }));
    }
    match (&error.sqlstate, error.sqlite_code) {
        (Some(state), _) => of_postgres(state, &error.message, goes_up),
        (None, Some(code)) => of_sqlite(code & 0xff, &error.message),
        (None, None) => None,
    }
    .or_else(|| (!goes_up && is_missing(error)).then_some(outside(IS_MISSING)))
}

fn of_postgres(state: &str, message: &str, goes_up: bool) -> Option<Advice> {
    let says = |words: &str| message.contains(words);
    let advice = match state {
        "25006" | INSUFFICIENT_PRIVILEGE => Advice::Outside(None),
        "2D000" => outside(
            "what ends transactions cannot run in one: put `-- revgraph: no-transaction` into the header",
        ),
        _ if says("extension") && (says("is not available") || says("control file")) => {
            outside("the extension's files belong on the machine of the server: install its package there")
        }
        _ if says("shared_preload_libraries") => outside(
            "add the library to shared_preload_libraries in the server's configuration, and start the server anew",
        ),
        "42704" | "22023" if says("role \"") => outside(
            "roles belong to the whole server, and scripts seldom make them: make the role there first (CREATE ROLE), or name another",
        ),
        "42704" if says("tablespace \"") => outside(
            "tablespaces belong to the whole server: make it there first (CREATE TABLESPACE), or name another",
        ),
        // Who depends on what is to go, on the way down, was made by somebody else.
        "2BP01" if !goes_up => outside(IS_MISSING),
        "57014" if says("statement timeout") => {
            Advice::First("raise statement_timeout, or let the statement do less at once, and ")
        }
        "57014" => outside("somebody has cancelled the statement: find out who, and why"),
        "55006" if says("pending trigger events") => {
            Advice::First("put `SET CONSTRAINTS ALL IMMEDIATE;` before the statement in the script, and ")
        }
        "55006" if says("being accessed by other users") => {
            outside("wait for those that use it, or end their sessions")
        }
        "55P04" => Advice::First("add the value in a revision of its own before this one, and "),
        "XX000" if says("concurrently") => outside("somebody else was changing the same: wait for them"),
        _ => return of_class(state.get(..2)?, says("could not open file")),
    };
    Some(advice)
}

fn of_class(class: &str, opens_file: bool) -> Option<Advice> {
    Some(match class {
        // The connection of the run itself would be lost.
        "08" | "HV" => {
            outside("the script speaks to another server: is it there, and does it let this one in?")
        }
        "23" => Advice::First(ROWS_IN_THE_WAY),
        "40" => outside("others write at the same time: wait until fewer do"),
        "53" => Advice::First(
            "raise the limit that the server has met (memory, connections, disk), or let the statement do less at once, and ",
        ),
        "58" if opens_file => Advice::First(
            "mend the script, or put the file on the machine of the server, which is the one that reads it, and ",
        ),
        "58" | "F0" => outside("the machine of the server has refused it: look into the server's log"),
        "XX" => outside(
            "the server has met a fault of its own or damaged data: look into its log, and make sure that there is a backup",
        ),
        "P0" => Advice::First("mend the script, or put right what it says, and "),
        _ => return None,
    })
}

fn of_sqlite(code: i32, message: &str) -> Option<Advice> {
    Some(match code {
        sqlite::READONLY => {
            outside("the database takes no changes: may its file and its folder be written to?")
        }
        sqlite::CANTOPEN => outside(
            "a file cannot be opened: is its folder there, and may it be written to? (temporary files: SQLITE_TMPDIR)",
        ),
        sqlite::IOERR => outside("the disk or its file system has refused it: look into the system's log"),
        sqlite::CORRUPT | sqlite::NOTADB => {
            outside("put a backup in its place: revgraph backup --list, revgraph restore FILE")
        }
        sqlite::NOMEM => outside("there is too little memory"),
        sqlite::PROTOCOL => outside("others use the database at the same time: wait until fewer do"),
        sqlite::CONSTRAINT => Advice::First(ROWS_IN_THE_WAY),
        _ if NEEDS_EMPTY_TABLE.iter().any(|refusal| message.starts_with(refusal)) => {
            Advice::First(ROWS_IN_THE_WAY)
        }
        _ => return None,
    })
}

/// Whether something is there already that a statement makes.
pub(super) fn is_there_already(error: &DatabaseError) -> bool {
    match error.sqlstate.as_deref() {
        Some(state) => ["42P07", "42701", "42710", "42P06", "42723"].contains(&state),
        None => {
            error.message.ends_with("already exists") || error.message.starts_with("duplicate column name")
        }
    }
}

fn is_missing(error: &DatabaseError) -> bool {
    match error.sqlstate.as_deref() {
        Some(state) => ["42P01", "42703", "42704", "42883", "3F000"].contains(&state),
        None => error.message.starts_with("no such"),
    }
}

/// Whether the disk is full: SQLite's `SQLITE_FULL`, PostgreSQL's `disk_full` (53100).
pub(super) fn is_out_of_space(error: &DatabaseError) -> bool {
    error.sqlite_code.is_some_and(|code| code & 0xff == sqlite::FULL)
        || error.sqlstate.as_deref() == Some("53100")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advised(sqlstate: Option<&str>, code: Option<i32>, message: &str) -> Option<Advice> {
        let error = DatabaseError {
            sqlstate: sqlstate.map(str::to_owned),
            sqlite_code: code,
            message: message.to_owned(),
            ..DatabaseError::default()
        };
        of_error(&error, Operation::Upgrade, true)
    }

    /// Whatever the script itself is to blame for has no other advice than to mend it.
    #[test]
    fn what_only_the_script_can_change_has_no_other_advice() {
        for state in [
            "0A000", "21000", "22001", "22003", "22012", "22P02", "25001", "26000", "34000", "3B001",
            "3D000", "3F000", "42601", "42703", "42804", "42830", "42883", "42P01", "42P13", "42P16",
            "54000", "54001", "54011", "55000",
        ] {
            assert_eq!(advised(Some(state), None, "it is so"), None, "{state}");
        }
        for code in [1, 18, 20, 23] {
            assert_eq!(advised(None, Some(code), "it is so"), None, "{code}");
        }
    }

    #[test]
    fn nobody_is_told_to_mend_a_script_that_is_right() {
        for (state, message) in [
            ("08001", "could not connect to server \"far\""),
            ("0A000", "extension \"postgis\" is not available"),
            (
                "58P01",
                "could not open extension control file \"/usr/share/x.control\": No such file or directory",
            ),
            ("55000", "pg_cron must be loaded via shared_preload_libraries"),
            ("42704", "role \"app\" does not exist"),
            ("22023", "role \"app\" does not exist"),
            ("42704", "tablespace \"fast\" does not exist"),
            ("40001", "could not serialize access due to concurrent update"),
            ("40P01", "deadlock detected"),
            ("57014", "canceling statement due to user request"),
            ("55006", "database \"x\" is being accessed by other users"),
            ("58030", "could not read block 0"),
            ("F0000", "could not load file"),
            ("XX000", "tuple concurrently updated"),
            ("XX001", "invalid page in block 0 of relation base/1/2"),
        ] {
            assert!(
                matches!(advised(Some(state), None, message), Some(Advice::Outside(Some(_)))),
                "{state} {message}"
            );
        }
        for code in [7, 8, 10, 11, 14, 15, 26, 10 | 3 << 8, 14 | 2 << 8] {
            assert!(
                matches!(advised(None, Some(code), "it is so"), Some(Advice::Outside(Some(_)))),
                "{code}"
            );
        }
    }

    #[test]
    fn rows_and_limits_may_be_what_has_to_change() {
        for (state, message) in [
            ("23502", "column \"c\" of relation \"t\" contains null values"),
            ("23505", "could not create unique index \"i\""),
            ("23514", "check constraint \"c\" of relation \"t\" is violated by some row"),
            ("53200", "out of memory"),
            ("57014", "canceling statement due to statement timeout"),
            ("55006", "cannot ALTER TABLE \"u\" because it has pending trigger events"),
            ("58P01", "could not open file \"/x\" for reading: No such file or directory"),
            ("P0001", "there are orders without customers"),
        ] {
            assert!(
                matches!(advised(Some(state), None, message), Some(Advice::First(_))),
                "{state} {message}"
            );
        }
        for (code, message) in [
            (19 | 8 << 8, "UNIQUE constraint failed: t.a"),
            (1, "Cannot add a NOT NULL column with default value NULL"),
            (1, "Cannot add a REFERENCES column with non-NULL default value"),
            (1, "Cannot add a column with non-constant default"),
        ] {
            assert!(matches!(advised(None, Some(code), message), Some(Advice::First(_))), "{message}");
        }
        assert_eq!(advised(None, Some(1), "Cannot add a UNIQUE column"), None, "rows or none");
    }
}
