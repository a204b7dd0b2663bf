//! What other tools tolerate about transactions, made explicit. Pure.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::{ImportedScript, Note};
use crate::execute::{RefusalReason, unrunnable};
use crate::script::{ScriptProblem, Side, SourceText};
use crate::sql::{Dialect, Statement, TransactionControl, split};

/// A script that revgraph runs as the other tool did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Explicit {
    pub sql: String,
    pub no_transaction: bool,
    pub notes: Vec<Note>,
}

/// Drops a `BEGIN` and `COMMIT` around the whole of a script, since revgraph runs it in a transaction; where one is
/// inside, or a statement that no transaction can hold, the script is to run without.
///
/// # Errors
/// [`ScriptProblem`] of a text that cannot be read as a script of `side`.
pub(super) fn made_explicit(
    script: &ImportedScript,
    side: Side,
    dialect: Dialect,
) -> Result<Explicit, ScriptProblem> {
    let mut explicit =
        Explicit { sql: script.sql.clone(), no_transaction: script.no_transaction, notes: Vec::new() };
    let note = |offset: usize, message: String| {
        let line = script.first_line + script.sql.get(..offset).unwrap_or_default().matches('\n').count();
        Note::of_line(&script.file, line, message)
    };
    let mut blanked = script.sql.clone();
    if let Some(wrapper) = wrapper(&script.sql, dialect) {
        explicit.notes.push(note(wrapper.begin.start, wrapper.message));
        blanked = with_blanks(&script.sql, [wrapper.begin.clone(), wrapper.commit.clone()]);
        explicit.sql = without(&script.sql, [wrapper.begin, wrapper.commit]);
        explicit.no_transaction = false;
    }
    let source = source_text(&script.file, blanked, side, dialect, explicit.no_transaction)?;
    for (reason, span) in unrunnable(&source, dialect, None) {
        let offset = span.start.saturating_sub(source.text.len() - script.sql.len());
        let Some(message) = consequence(&reason) else { continue };
        explicit.no_transaction |= !matches!(reason, RefusalReason::Unreadable(_));
        if !explicit.notes.iter().any(|known| known.message == message) {
            explicit.notes.push(note(offset, message));
        }
    }
    Ok(explicit)
}

/// The script as revgraph would read it.
fn source_text(
    file: &Path,
    sql: String,
    side: Side,
    dialect: Dialect,
    no_transaction: bool,
) -> Result<SourceText, ScriptProblem> {
    let text: Arc<str> =
        if no_transaction { format!("-- revgraph: no-transaction\n{sql}").into() } else { sql.into() };
    SourceText::new(file.to_owned(), text, side, dialect)
}

fn consequence(reason: &RefusalReason) -> Option<String> {
    let told = match reason {
        RefusalReason::TransactionControl(control) => {
            format!("{} inside the script: it is to run without a transaction, as it is", keyword(control))
        }
        RefusalReason::CannotRunInTransaction(what) => {
            format!(
                "{what} cannot run in a transaction: the script is to run without one, statement by statement"
            )
        }
        RefusalReason::UncommittedEnumValue { label, .. } => format!(
            "the enum value '{label}' is used by the script that adds it: the script is to run without a transaction"
        ),
        // The tables of a database are not known here.
        RefusalReason::Bookkeeping(_) | RefusalReason::Strings | RefusalReason::Encoding => return None,
        RefusalReason::Unreadable(reason) => {
            format!("the script cannot be cut into statements, so it will not run as it is: {reason}")
        }
    };
    Some(told)
}

fn keyword(control: &TransactionControl) -> &'static str {
    match control {
        TransactionControl::Begin => "BEGIN",
        TransactionControl::Commit => "COMMIT",
        TransactionControl::Rollback => "ROLLBACK",
        TransactionControl::Prepare => "PREPARE TRANSACTION",
        TransactionControl::CommitPrepared => "COMMIT PREPARED",
        TransactionControl::RollbackPrepared => "ROLLBACK PREPARED",
    }
}

/// A transaction around all the rest of a script, by the bytes of its two statements.
struct Wrapper {
    begin: Range<usize>,
    commit: Range<usize>,
    message: String,
}

/// SQLite's `PRAGMA foreign_keys` may stand outside: in a transaction it does nothing, and during a revision foreign
/// keys are off anyway.
fn wrapper(sql: &str, dialect: Dialect) -> Option<Wrapper> {
    let statements = split(dialect, sql).ok()?;
    let running: Vec<&Statement<'_>> = statements
        .iter()
        .filter(|statement| statement.is_runnable() && !statement.switches_foreign_keys())
        .collect();
    let [begin, inside @ .., commit] = running.as_slice() else { return None };
    let is_one = begin.transaction_control() == Some(TransactionControl::Begin)
        && commit.transaction_control() == Some(TransactionControl::Commit)
        && inside.iter().all(|statement| statement.transaction_control().is_none());
    is_one.then(|| Wrapper {
        begin: whole(begin),
        commit: whole(commit),
        message: format!(
            "{} and {} around the whole are dropped: transactions are revgraph's",
            in_one_line(begin.sql()),
            in_one_line(commit.sql())
        ),
    })
}

fn in_one_line(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A statement with its semicolon, without the comments before it.
fn whole(statement: &Statement<'_>) -> Range<usize> {
    statement.body().start..statement.piece().end
}

fn with_blanks(sql: &str, ranges: [Range<usize>; 2]) -> String {
    let mut blanked = String::with_capacity(sql.len());
    let mut end = 0;
    for range in ranges {
        blanked.push_str(sql.get(end..range.start).unwrap_or_default());
        let gone = sql.get(range.clone()).unwrap_or_default();
        blanked.extend(gone.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        end = range.end;
    }
    blanked + sql.get(end..).unwrap_or_default()
}

/// The text without these statements; a line of which nothing is left goes too.
fn without(sql: &str, ranges: [Range<usize>; 2]) -> String {
    let mut left = String::with_capacity(sql.len());
    let mut end = 0;
    for range in ranges {
        left.push_str(sql.get(end..range.start).unwrap_or_default());
        end = range.end;
        let rest = sql.get(end..).unwrap_or_default();
        let line_end = rest.find('\n').map_or(rest.len(), |newline| newline + 1);
        let line_is_empty = left.rsplit('\n').next().is_none_or(|before| before.trim().is_empty())
            && rest.get(..line_end).unwrap_or_default().trim().is_empty();
        if line_is_empty {
            end += line_end;
        }
    }
    left + sql.get(end..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explicit(sql: &str, dialect: Dialect, no_transaction: bool) -> (String, bool, Vec<(usize, String)>) {
        let script =
            ImportedScript { sql: sql.to_owned(), first_line: 10, file: "x.sql".into(), no_transaction };
        let explicit = made_explicit(&script, Side::Up, dialect).expect("no directives");
        let notes = explicit.notes.into_iter().map(|note| (note.line.unwrap_or(0), note.message)).collect();
        (explicit.sql, explicit.no_transaction, notes)
    }

    #[test]
    fn a_transaction_around_the_whole_is_dropped() {
        let (sql, no_transaction, notes) = explicit(
            "-- why\nBEGIN;\n\nCREATE TABLE t (x int);\n\n  COMMIT ; \n-- end\n",
            Dialect::Postgres,
            false,
        );
        assert_eq!(sql, "-- why\n\nCREATE TABLE t (x int);\n\n  -- end\n");
        assert!(!no_transaction);
        assert_eq!(notes.len(), 1);
        assert_eq!(notes[0].0, 11);
        let sqlite = "PRAGMA foreign_keys=off;\nBEGIN TRANSACTION;\nA;\nEND;\nPRAGMA foreign_keys=on;\n";
        let (sql, no_transaction, _) = explicit(sqlite, Dialect::Sqlite, true);
        assert_eq!(sql, "PRAGMA foreign_keys=off;\nA;\nPRAGMA foreign_keys=on;\n");
        assert!(!no_transaction);
        assert_eq!(explicit("BEGIN; A; COMMIT", Dialect::Sqlite, false).0, " A; ");
        // It can never have run so.
        let (sql, no_transaction, notes) = explicit("BEGIN; VACUUM; COMMIT;", Dialect::Postgres, false);
        assert_eq!((sql.as_str(), no_transaction, notes.len()), (" VACUUM; ", true, 2));
    }

    #[test]
    fn a_transaction_inside_leaves_the_script_without_one() {
        for sql in ["A;\nCOMMIT;\nB;", "BEGIN; A; COMMIT;\nBEGIN; B; COMMIT;"] {
            let (left, no_transaction, notes) = explicit(sql, Dialect::Postgres, false);
            assert_eq!(left, sql);
            assert!(no_transaction, "{sql}");
            assert!(!notes.is_empty(), "{sql}");
        }
        let (_, _, notes) = explicit("A;\nCOMMIT;\nB;", Dialect::Postgres, false);
        assert_eq!(notes[0].0, 11);
    }

    #[test]
    fn what_no_transaction_can_hold_gets_the_directive() {
        let concurrently = "A;\nCREATE INDEX CONCURRENTLY i ON t (x);\n";
        let (_, no_transaction, notes) = explicit(concurrently, Dialect::Postgres, false);
        assert!(no_transaction);
        assert_eq!(notes[0].0, 11);
        assert!(notes[0].1.starts_with("CREATE INDEX CONCURRENTLY cannot"), "{notes:?}");
        assert_eq!(explicit(concurrently, Dialect::Postgres, true).2, []);
        let value = "ALTER TYPE t ADD VALUE 'x';\nINSERT INTO a VALUES ('x');";
        assert!(explicit(value, Dialect::Postgres, false).1);
        let keys = "PRAGMA foreign_keys=OFF;\nA;\nPRAGMA foreign_keys=ON;";
        assert_eq!(explicit(keys, Dialect::Sqlite, false), (keys.to_owned(), false, vec![]));
    }

    #[test]
    fn what_only_psql_can_run_is_told() {
        let (sql, no_transaction, notes) = explicit("\\set x 1\nSELECT :x;", Dialect::Postgres, false);
        assert_eq!((sql.as_str(), no_transaction), ("\\set x 1\nSELECT :x;", false));
        assert!(notes[0].1.contains("meta-command"), "{notes:?}");
    }
}
