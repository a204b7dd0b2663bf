//! Revisions without transaction that were left halfway: how far they came, and the ways on.

use super::{Diagnostic, ErrorKind};
use crate::backend::UnsettledReason;
use crate::execute::Unsettled;
use crate::ledger::JournaledStatement;
use crate::report::StatementNumbers;

/// A revision that cannot go on by itself, as an error at the edge.
pub fn told(unsettled: &Unsettled, message: String) -> Diagnostic {
    let revision = unsettled.left.revision.as_str();
    let told = Diagnostic::new(ErrorKind::Unsettled, message)
        .field("revision", revision)
        .field("operation", unsettled.left.operation.clone());
    let mut told = with_journal(told, &unsettled.left.statements);
    told.causes.extend(unsettled.left.statements.iter().filter_map(|statement| statement.error.clone()));
    resolve_hints(told, revision).hint(way_on(unsettled))
}

/// Adds how far the journal says that it came.
pub fn with_journal(mut told: Diagnostic, journal: &[JournaledStatement]) -> Diagnostic {
    let numbers = StatementNumbers::of(journal);
    told.causes.extend(numbers.sentences());
    let StatementNumbers { done, failed, unknown } = numbers;
    told.field("done", done).field("failed", failed).field("unknown", unknown)
}

/// The ways in which a person settles a revision that was left halfway, added to an error as hints.
pub fn resolve_hints(told: Diagnostic, revision: &str) -> Diagnostic {
    told.hint(format!("where all of it is there, finished by hand: revgraph resolve --applied {revision}"))
        .hint(format!(
            "where nothing of it is left, undone by hand: revgraph resolve --rolled-back {revision}"
        ))
}

fn way_on(unsettled: &Unsettled) -> String {
    let revision = &unsettled.left.revision;
    match unsettled.reason {
        UnsettledReason::Unknown { number } => format!(
            "where statement {number} may run twice, let it say so (IF NOT EXISTS, IF EXISTS), and run the same command again"
        ),
        UnsettledReason::Edited { number } => {
            format!("put statement {number} back as it was, and run the same command again")
        }
        UnsettledReason::Transactional => {
            "put `-- revgraph: no-transaction` back into the script, and run the same command again"
                .to_owned()
        }
        UnsettledReason::InTheWay => match unsettled.left.operation.as_str() {
            "upgrade" => format!("to go on with it: revgraph upgrade {revision}"),
            operation => format!("to go on with it, {operation} through {revision} again"),
        },
    }
}
