//! Single scripts: their directives, and whether their statements can run as they ask, in both dialects.
//!
//! A script with `only` blocks is meant for both dialects and must be sound in both. One without may be meant for
//! one of them, and then the other reads it wrongly: SQLite's lexer takes the `END;` of a PL/pgSQL body for a
//! commit, and PostgreSQL's that of a trigger. What only one dialect objects to is therefore told only where no
//! text of the other dialect gives rise to it.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::CheckProblem;
use crate::excerpt::Excerpt;
use crate::execute::{RefusalReason, unrunnable};
use crate::ledger::Tables;
use crate::script::{Directive, ScriptReader, Side, SourceText, directive_of_line};
use crate::sql::Dialect;

type Objection = (RefusalReason, Range<usize>);

/// The problems of the script at `path`, which is one of `side`: its text, directives and statements, in each dialect
/// that it serves. `tables` are those that no script may change.
pub(super) fn of_file(
    reader: &mut ScriptReader,
    path: &Path,
    side: Side,
    tables: &Tables,
) -> Vec<CheckProblem> {
    let text: Arc<str> = match reader.whole(path) {
        Ok(text) => text.into(),
        Err(error) => return vec![CheckProblem::of_file(error)],
    };
    let objections = |dialect| {
        SourceText::new(path.to_owned(), Arc::clone(&text), side, dialect)
            .map(|script| unrunnable(&script, dialect, Some(tables)))
    };
    match (objections(Dialect::Postgres), objections(Dialect::Sqlite)) {
        (Ok(postgres), Ok(sqlite)) => {
            let for_both = has_only_block(&text);
            let problem = |(reason, span): Objection| {
                CheckProblem::of_statement(&reason, Excerpt::new(path, &text, span))
            };
            worth_telling(postgres, sqlite, for_both).into_iter().map(problem).collect()
        }
        (postgres, sqlite) => {
            let errors = [postgres.err(), sqlite.err()].into_iter().flatten();
            let mut problems: Vec<_> = errors.map(|error| CheckProblem::malformed(error, path)).collect();
            problems.dedup();
            problems
        }
    }
}

fn has_only_block(text: &str) -> bool {
    text.lines().any(|line| matches!(directive_of_line(line), Some(Ok(Directive::Only(_)))))
}

/// Of what each dialect objects to, what is not an artefact of reading the other's text.
fn worth_telling(postgres: Vec<Objection>, sqlite: Vec<Objection>, for_both: bool) -> Vec<Objection> {
    let told: Vec<Objection> = if for_both {
        postgres.iter().chain(&sqlite).cloned().collect()
    } else if postgres.is_empty() || sqlite.is_empty() {
        let is_certain = |(reason, _): &&Objection| {
            matches!(
                reason,
                RefusalReason::CannotRunInTransaction(_)
                    | RefusalReason::UncommittedEnumValue { .. }
                    | RefusalReason::Bookkeeping(_)
            ) || matches!(reason, RefusalReason::Unreadable(_)) && sqlite.is_empty()
        };
        postgres.iter().chain(&sqlite).filter(is_certain).cloned().collect()
    } else {
        let in_both: Vec<Objection> = postgres.iter().filter(|one| sqlite.contains(one)).cloned().collect();
        if in_both.is_empty() { postgres.iter().chain(&sqlite).cloned().collect() } else { in_both }
    };
    let mut distinct: Vec<Objection> = Vec::with_capacity(told.len());
    for objection in told {
        if !distinct.contains(&objection) {
            distinct.push(objection);
        }
    }
    distinct.sort_by_key(|(_, span)| span.start);
    distinct
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<(usize, String)> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.up.sql");
        std::fs::write(&path, text).expect("a file");
        let found = of_file(
            &mut ScriptReader::default(),
            &path,
            Side::Up,
            &Tables { schema: None, version: "alembic_version".to_owned() },
        );
        found.into_iter().map(|problem| (problem.line.unwrap_or_default(), problem.message)).collect()
    }

    fn lines(text: &str) -> Vec<usize> {
        problems(text).into_iter().map(|(line, _)| line).collect()
    }

    const FUNCTION: &str =
        "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n  RETURN 1;\nEND;\n$$;\n";
    const TRIGGER: &str =
        "CREATE TRIGGER g AFTER INSERT ON t BEGIN\n  DELETE FROM u;\n  DELETE FROM v;\nEND;\n";

    #[test]
    fn text_of_one_dialect_is_not_judged_by_the_other() {
        assert_eq!(lines(FUNCTION), [0_usize; 0]);
        assert_eq!(lines(TRIGGER), [0_usize; 0]);
    }

    #[test]
    fn transaction_control_is_told_once_where_it_stands() {
        assert_eq!(lines("CREATE TABLE t (x int);\nCOMMIT;\n"), [2]);
        assert_eq!(lines(&format!("{FUNCTION}COMMIT;\n")), [6]);
        assert_eq!(lines("-- revgraph: no-transaction\nBEGIN;\nCOMMIT;\n"), [0_usize; 0]);
    }

    #[test]
    fn what_no_transaction_holds_is_told_for_either_dialect() {
        assert_eq!(lines("CREATE INDEX CONCURRENTLY i ON t (x);\n"), [1]);
        assert_eq!(lines("PRAGMA journal_mode = WAL;\n"), [1]);
        assert_eq!(lines("\nVACUUM;\n"), [2]);
    }

    #[test]
    fn only_blocks_are_judged_by_their_dialect_alone() {
        let both = "-- revgraph: only postgres\nBODY-- revgraph: end\n-- revgraph: only sqlite\nSELECT 1;\n-- revgraph: end\n";
        assert_eq!(lines(&both.replace("BODY", FUNCTION)), [0_usize; 0]);
        assert_eq!(lines(&both.replace("BODY", "SELECT 'open;\n")), [2]);
        assert_eq!(lines(&both.replace("BODY", "ROLLBACK;\n")), [2]);
    }

    #[test]
    fn what_cannot_be_cut_is_told_where_it_opens() {
        assert_eq!(lines("SELECT 1;\nSELECT 'open;\n"), [2]);
        assert_eq!(lines("SELECT 1;\n\nDO $body$ SELECT 1\n"), [3]);
    }

    #[test]
    fn a_directive_is_told_once_for_both_dialects() {
        assert_eq!(lines("SELECT 1;\n-- revgraph: end\n"), [2]);
        assert_eq!(lines("-- revgraph: only postgres\nSELECT 1;\n"), [1]);
    }
}
