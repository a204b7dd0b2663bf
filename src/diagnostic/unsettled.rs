//! Revisions without transaction that were left halfway: how far they came, and the ways on.

use serde_json::{Map, Value};

use super::{Diagnostic, ErrorKind};
use crate::backend::UnsettledReason;
use crate::execute::Unsettled;
use crate::ledger::{JournaledStatement, StatementState};

const STATES: [StatementState; 3] = [StatementState::Done, StatementState::Failed, StatementState::Started];

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
    told.fields.extend(statements_as_json(journal));
    told.causes.extend(how_far(journal));
    told
}

/// The numbers of the statements by what is known of them: `done`, `failed`, `unknown`.
pub fn statements_as_json(journal: &[JournaledStatement]) -> Map<String, Value> {
    let word = |state| match state {
        StatementState::Done => "done",
        StatementState::Failed => "failed",
        StatementState::Started => "unknown",
    };
    STATES.into_iter().map(|state| (word(state).to_owned(), numbers(journal, state).into())).collect()
}

/// How far the journal says that it came, a sentence for each state that statements are in.
pub fn how_far(journal: &[JournaledStatement]) -> Vec<String> {
    if journal.is_empty() {
        return vec!["none of its statements has run".to_owned()];
    }
    let sentence = |state| {
        let numbers = numbers(journal, state);
        let noun = if numbers.len() == 1 { "statement" } else { "statements" };
        let list: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        let end = match (state, numbers.len()) {
            (StatementState::Done, 1) => "has run and stays",
            (StatementState::Done, _) => "have run and stay",
            (StatementState::Failed, _) => "failed",
            (StatementState::Started, _) => "was begun, and whether it has run is not known",
        };
        (!numbers.is_empty()).then(|| format!("{noun} {} {end}", list.join(", ")))
    };
    STATES.into_iter().filter_map(sentence).collect()
}

/// Adds how a person settles it.
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

fn numbers(journal: &[JournaledStatement], state: StatementState) -> Vec<usize> {
    journal.iter().filter(|statement| statement.state == state).map(|statement| statement.number).collect()
}
