//! How a revision that runs outside any transaction is cut into units that succeed or fail whole, and where it goes
//! on after an earlier try. Pure.

use std::ops::Range;

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::hex;
use crate::ledger::{JournaledStatement, StatementState};
use crate::sql::{Statement, TransactionControl};

/// One statement, or a transaction that a script begins and ends itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// The statements of the unit, as indexes of those of the script.
    pub statements: Range<usize>,
    /// The hash of its text, data of `COPY` included.
    pub hash: String,
}

impl Unit {
    /// The number of the unit's first statement in the journal, from 1.
    #[must_use]
    pub fn number(&self) -> usize {
        self.statements.start + 1
    }
}

/// Whether a unit runs in one transaction with what the journal notes of it, which is true then whatever happens. Of
/// any other it is noted that it starts, and then how it ends; between the two nothing is known of it.
#[must_use]
pub fn is_noted_in_its_transaction(statements: &[Statement<'_>], unit: &Unit) -> bool {
    let [statement] = statements.get(unit.statements.clone()).unwrap_or_default() else { return false };
    statement.rolls_back_whole()
}

/// From which unit of a script that runs without a transaction a revision goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Resume {
    /// How many statements have run.
    pub done: usize,
    /// What is known of the next one, where it was tried.
    pub next: Option<StatementState>,
}

/// Why a revision cannot go on by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum UnsettledReason {
    /// A statement was sent, and nothing is known of its end.
    #[error("whether statement {number} has run is not known")]
    Unknown {
        /// Its number, from 1.
        number: usize,
    },
    /// A statement that has run reads otherwise now.
    #[error("statement {number} has run, and has been changed since")]
    Edited {
        /// Its number, from 1.
        number: usize,
    },
    /// What is to be done now is something else.
    #[error("it is to be settled before anything else runs")]
    InTheWay,
    /// The script has come to run in a transaction, which cannot take over statements that have run.
    #[error("statements of it have run on their own, and its script runs in a transaction now")]
    Transactional,
}

/// Cuts the statements of a script that runs without a transaction into units, each of which the journal notes as a whole.
#[must_use]
pub fn units(statements: &[Statement<'_>]) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut start = 0;
    while start < statements.len() {
        let end = start + unit_length(statements.get(start..).unwrap_or_default());
        let hash = hash(statements.get(start..end).unwrap_or_default());
        units.push(Unit { statements: start..end, hash });
        start = end;
    }
    units
}

/// From a `BEGIN` to what ends it, or to the end of the script; else one.
fn unit_length(statements: &[Statement<'_>]) -> usize {
    let mut controls = statements.iter().map(Statement::transaction_control);
    if controls.next() != Some(Some(TransactionControl::Begin)) {
        return 1;
    }
    let ends = |control: Option<TransactionControl>| {
        matches!(
            control,
            Some(TransactionControl::Commit | TransactionControl::Rollback | TransactionControl::Prepare)
        )
    };
    controls.position(ends).map_or(statements.len(), |position| position + 2)
}

fn hash(statements: &[Statement<'_>]) -> String {
    let mut hasher = Sha256::new();
    for statement in statements {
        hasher.update(statement.sql().replace("\r\n", "\n"));
        hasher.update(b";\n");
        hasher.update(statement.copy_data_text().unwrap_or_default());
    }
    hex::encode(hasher.finalize())
}

/// Where a script goes on whose journal holds `rows`, in the order of their numbers.
///
/// A statement that was started and never ended is tried again where trying twice does no harm, or where the
/// database can tell whether it has run: of an index that is built concurrently, and has a name.
///
/// # Errors
/// [`UnsettledReason`] where only a person can know.
pub fn resume_point(
    statements: &[Statement<'_>],
    rows: &[JournaledStatement],
) -> Result<Resume, UnsettledReason> {
    let units = units(statements);
    let mut ahead = units.iter();
    let mut done = 0;
    for row in rows {
        let number = row.number;
        let unit = ahead.next().filter(|unit| unit.number() == number);
        let is_same = unit.is_some_and(|unit| unit.hash == row.hash);
        match (row.state, unit) {
            (StatementState::Done, Some(unit)) if is_same => done = unit.statements.end,
            (StatementState::Done, _) => return Err(UnsettledReason::Edited { number }),
            (StatementState::Failed, _) => {
                return Ok(Resume { done, next: Some(StatementState::Failed) });
            }
            (StatementState::Started, Some(unit)) if may_try(statements, unit, is_same) => {
                return Ok(Resume { done, next: Some(StatementState::Started) });
            }
            (StatementState::Started, _) => return Err(UnsettledReason::Unknown { number }),
        }
    }
    Ok(Resume { done, next: None })
}

fn may_try(statements: &[Statement<'_>], unit: &Unit, is_same: bool) -> bool {
    let [statement] = statements.get(unit.statements.clone()).unwrap_or_default() else { return false };
    let is_told_by_the_database =
        is_same && statement.concurrent_index().is_some_and(|index| index.name.is_some());
    is_told_by_the_database || statement.is_repeatable()
}

/// Whether a statement that has run must run again in a new session, as what it set ended with the old one.
#[must_use]
pub fn sets_up_the_session(statement: &Statement<'_>) -> bool {
    const SETTERS: [&str; 6] = ["SET", "RESET", "SELECT", "ATTACH", "DETACH", "PRAGMA"];
    let first = statement.leading_keywords().into_iter().next();
    first.is_some_and(|word| SETTERS.contains(&word.as_str())) && statement.sets_session_state()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::graph::RevisionId;
    use crate::sql::{Dialect, split};

    fn statements(script: &str) -> Vec<Statement<'_>> {
        let mut statements = split(Dialect::Postgres, script).expect("a script");
        statements.retain(Statement::is_runnable);
        statements
    }

    fn row(number: usize, hash: &str, state: StatementState) -> JournaledStatement {
        JournaledStatement {
            revision: RevisionId::recorded("a"),
            operation: "upgrade".to_owned(),
            number,
            hash: hash.to_owned(),
            state,
            error: None,
        }
    }

    /// The journal of a script of which `done` units have run and the next one is in `state`.
    fn journal(script: &str, done: usize, state: Option<StatementState>) -> Vec<JournaledStatement> {
        let units = units(&statements(script));
        let states = std::iter::repeat_n(StatementState::Done, done).chain(state);
        units.iter().zip(states).map(|(unit, state)| row(unit.number(), &unit.hash, state)).collect()
    }

    #[test]
    fn a_scripts_own_transaction_is_one_unit() {
        let script = "VACUUM; BEGIN; INSERT INTO t VALUES (1); COMMIT; VACUUM; BEGIN; SELECT 1";
        let ranges: Vec<_> = units(&statements(script)).into_iter().map(|unit| unit.statements).collect();
        assert_eq!(ranges, [0..1, 1..4, 4..5, 5..7]);
    }

    #[test]
    fn line_endings_and_comments_between_statements_do_not_count() {
        let hashes = |script: &str| units(&statements(script)).into_iter().map(|unit| unit.hash).collect();
        let plain: Vec<String> = hashes("SELECT\n1;\nSELECT 2;");
        assert_eq!(plain, hashes("-- why\nSELECT\r\n1;\r\n\r\n/* c */ SELECT 2"));
        assert_ne!(plain, hashes("SELECT\n1;\nSELECT 3;"));
    }

    #[test]
    fn after_a_failure_it_goes_on_there_also_with_another_text() {
        let script = "INSERT INTO t VALUES (1); INSERT INTO t VALUES (2);";
        let mended = "INSERT INTO t VALUES (1); INSERT INTO t VALUES (3);";
        let rows = journal(script, 1, Some(StatementState::Failed));
        for script in [script, mended] {
            let again = Resume { done: 1, next: Some(StatementState::Failed) };
            assert_eq!(resume_point(&statements(script), &rows), Ok(again));
        }
    }

    #[test]
    fn what_was_started_stops_unless_it_can_be_known_or_repeated() {
        let resume = |script: &str| {
            resume_point(&statements(script), &journal(script, 1, Some(StatementState::Started)))
        };
        let tried = Ok(Resume { done: 1, next: Some(StatementState::Started) });
        assert_eq!(resume("SELECT 1; INSERT INTO t VALUES (1)"), Err(UnsettledReason::Unknown { number: 2 }));
        assert_eq!(resume("SELECT 1; CREATE INDEX CONCURRENTLY i ON t (a)"), tried);
        assert_eq!(
            resume("SELECT 1; CREATE INDEX CONCURRENTLY ON t (a)"),
            Err(UnsettledReason::Unknown { number: 2 })
        );
        assert_eq!(resume("SELECT 1; VACUUM t"), tried);
    }

    #[test]
    fn a_person_may_make_an_unknown_statement_repeatable() {
        let rows = journal("CREATE DATABASE d; DROP TABLE t", 1, Some(StatementState::Started));
        let mended = statements("CREATE DATABASE d; DROP TABLE IF EXISTS t");
        let tried = Resume { done: 1, next: Some(StatementState::Started) };
        assert_eq!(resume_point(&mended, &rows), Ok(tried));
        let edited = statements("CREATE DATABASE other; DROP TABLE IF EXISTS t");
        assert_eq!(resume_point(&edited, &rows), Err(UnsettledReason::Edited { number: 1 }));
    }

    #[test]
    fn settings_are_made_again_and_work_is_not() {
        let script = "SET search_path = a; SELECT set_config('a.b', 'c', false); INSERT INTO t VALUES (1); \
                      DO $$ BEGIN PERFORM set_config('a.b', 'c', false); END $$; SET LOCAL work_mem = '1MB'";
        let again: Vec<bool> = statements(script).iter().map(sets_up_the_session).collect();
        assert_eq!(again, [true, true, false, false, false]);
    }

    proptest! {
        /// Of a script cut short anywhere, what has run and what has not is the whole script.
        #[test]
        fn no_statement_is_lost_or_run_twice(kinds in proptest::collection::vec(0..3_usize, 1..12), cut in 0..12_usize) {
            let pieces = ["INSERT INTO t VALUES (1);", "BEGIN; SELECT 1; COMMIT;", "VACUUM;"];
            let script: String = kinds.iter().filter_map(|kind| pieces.get(*kind).copied()).collect();
            let statements = statements(&script);
            let units = units(&statements);
            let cut = cut.min(units.len());
            let expected = units.get(cut).map_or(statements.len(), |unit| unit.statements.start);
            let resume = resume_point(&statements, &journal(&script, cut, None));
            prop_assert_eq!(resume, Ok(Resume { done: expected, next: None }));
        }
    }
}
