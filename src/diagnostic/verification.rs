//! What `verify` has found, as a document, with the errors of scripts as they are told.

use serde::Serialize;
use serde_json::Value;

use super::document::Diagnostic;
use super::failed_run::with_failure;
use super::kind::ErrorKind;
use crate::catalog::Difference;
use crate::execute::ExecuteError;
use crate::graph::RevisionId;
use crate::verify::{Breakage, MergeOrders, Phase, RowsLost, Verdict, Verification, Verified};

/// What `verify --json` prints.
#[derive(Debug, Serialize)]
pub struct VerificationDocument {
    /// Whether something has to be mended.
    pub broken: bool,
    /// The revisions that were tried.
    pub revisions: Vec<VerifiedEntry>,
    /// The merge points whose parents were tried in both orders.
    pub merges: Vec<MergeOrdersEntry>,
}

/// A revision that was tried.
#[derive(Debug, Serialize)]
pub struct VerifiedEntry {
    /// Its id.
    pub revision: RevisionId,
    /// The word for what was found.
    pub verdict: &'static str,
    /// Rows of a rehearsal's data that are gone after up and down.
    pub rows_lost: Vec<RowsLost>,
    /// What was found.
    #[serde(flatten)]
    pub found: FoundEntry,
}

/// What was found of a revision.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum FoundEntry {
    /// It is undone, but for these.
    ButFor {
        /// What is otherwise afterwards.
        differences: Vec<Difference>,
    },
    /// It cannot be undone.
    Irreversible {
        /// Why not.
        reason: String,
    },
    /// It was not tried.
    NotReached {
        /// The revision below it that does not go up.
        because_of: RevisionId,
    },
    /// It does not come back to where it was.
    Differs {
        /// From before the revision to after its down script.
        after_down: Vec<Difference>,
        /// From after its up script to after the second time.
        after_second_up: Vec<Difference>,
    },
    /// A script of it fails.
    Failed {
        /// When: `up`, `down` or `second_up`.
        phase: &'static str,
        /// What the down script had left otherwise than it was before, where it had run.
        after_down: Vec<Difference>,
        /// How.
        error: Option<Value>,
    },
    /// Nothing is to be said.
    Nothing {},
}

/// A merge point whose parents were tried in both orders.
#[derive(Debug, Serialize)]
pub struct MergeOrdersEntry {
    /// Its id.
    pub revision: RevisionId,
    /// The two orders.
    pub orders: [Vec<RevisionId>; 2],
    /// Whether both give the same schema.
    pub equal: bool,
    /// What sets the second apart from the first.
    pub differences: Vec<Difference>,
    /// The first failure, where the parents do not go up in an order.
    pub failure: Option<OrderFailureEntry>,
}

/// An order in which the parents of a merge point do not go up.
#[derive(Debug, Serialize)]
pub struct OrderFailureEntry {
    /// The order.
    pub order: Vec<RevisionId>,
    /// How it fails.
    pub error: Option<Value>,
}

impl From<Verification> for VerificationDocument {
    fn from(verification: Verification) -> Self {
        Self {
            broken: verification.is_broken(),
            revisions: verification.revisions.into_iter().map(VerifiedEntry::from).collect(),
            merges: verification.merges.into_iter().map(MergeOrdersEntry::from).collect(),
        }
    }
}

impl From<Verified> for VerifiedEntry {
    fn from(verified: Verified) -> Self {
        let Verified { revision, verdict, rows_lost } = verified;
        let word = verdict.name();
        let found = match verdict {
            Verdict::Reversible => FoundEntry::Nothing {},
            Verdict::ReversibleButForColumnOrder(differences)
            | Verdict::ReversibleButVolatile(differences) => FoundEntry::ButFor { differences },
            Verdict::Irreversible(reason) => FoundEntry::Irreversible { reason: reason.to_string() },
            Verdict::NotReached { because_of } => FoundEntry::NotReached { because_of },
            Verdict::Broken(Breakage::Differs { after_down, after_second_up }) => {
                FoundEntry::Differs { after_down, after_second_up }
            }
            Verdict::Broken(Breakage::Failed { phase, error, left_behind }) => FoundEntry::Failed {
                phase: phase.name(),
                after_down: left_behind,
                error: failure_of_script(&revision, phase, *error).error_as_json(),
            },
        };
        Self { revision, verdict: word, rows_lost, found }
    }
}

impl From<MergeOrders> for MergeOrdersEntry {
    fn from(merge: MergeOrders) -> Self {
        let equal = merge.is_equal();
        let MergeOrders { revision, orders, differences, failure } = merge;
        let failure = failure.map(|(order, error)| OrderFailureEntry {
            order,
            error: failure_of_script(&revision, Phase::Up, *error).error_as_json(),
        });
        Self { revision, orders, equal, differences, failure }
    }
}

/// How a script of a revision has failed on a scratch database in a phase of its trial, without what is said of a database
/// that somebody uses.
#[must_use]
pub fn failure_of_script(revision: &RevisionId, phase: Phase, error: ExecuteError) -> Diagnostic {
    let run = match error {
        ExecuteError::Step(run) => run,
        other => return other.into(),
    };
    let failing = run.failure.revision.to_string();
    let revision = if failing.is_empty() { revision.as_str() } else { &failing };
    let what = match phase {
        Phase::Up => format!("the up script of {revision}"),
        Phase::Down => format!("the down script of {revision}"),
        Phase::SecondUp => format!("the up script of {revision}, the second time,"),
    };
    with_failure(Diagnostic::new(ErrorKind::Step, String::new()), &what, &run.failure)
}
