//! Why a run did not happen, or not to its end.

use std::path::PathBuf;

use thiserror::Error;

use super::{Differing, OtherRows, Refusal, Report, Unsettled};
use crate::backend::{BackendError, StepFailure};
use crate::graph::{RevisionId, joined};
use crate::ledger::JournaledStatement;
use crate::plan::{Operation, PlanError};
use crate::script::{Irreversible, ScriptProblem, UnfoldError};

/// Why a run did not happen, or not to its end.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ExecuteError {
    /// The database could not be asked or locked.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// There is no plan.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// Scripts could not be read.
    #[error("the scripts cannot be used")]
    Scripts(Vec<ScriptProblem>),
    /// Statements that cannot run as the scripts ask; nothing has run.
    #[error("nothing has run: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Refused(Vec<Refusal>),
    /// A revision on the way down cannot be undone; nothing has run.
    #[error("revision {revision} cannot be undone: {reason}")]
    Irreversible {
        /// The revision.
        revision: RevisionId,
        /// Why the revision cannot be undone.
        reason: Irreversible,
    },
    /// Scripts have changed since they were applied.
    #[error("{} changed since the database applied {}", list(.0), if .0.len() == 1 { "it" } else { "them" })]
    Edited(Vec<Differing>),
    /// Revisions have other parents than when they were applied.
    #[error("{} other parents than when the database applied {}", if .0.len() == 1 { format!("{} has", list(.0)) } else { format!("{} have", list(.0)) }, if .0.len() == 1 { "it" } else { "them" })]
    Reparented(Vec<Differing>),
    /// A revision that runs outside any transaction was left halfway, and cannot go on by itself.
    #[error(transparent)]
    Unsettled(Box<Unsettled>),
    /// There is nothing to be settled.
    #[error("nothing of {} was left halfway", joined(.revisions))]
    NothingToResolve {
        /// What was asked for.
        revisions: Vec<RevisionId>,
    },
    /// A revision cannot be recorded now.
    #[error("the {} of {revision} cannot be recorded as it stands now: others go before it", .operation.name())]
    OutOfTurn {
        /// The revision.
        revision: RevisionId,
        /// What is to be recorded.
        operation: Operation,
    },
    /// The database is protected, and this would erase it whole; nothing has changed.
    #[error("the database is protected as `{name}`, and this would erase it whole{}", .given.as_ref().map(|given| format!("; `{given}` is not its name")).unwrap_or_default())]
    Protected {
        /// The name under which it is protected.
        name: String,
        /// The name that was given.
        given: Option<String>,
    },
    /// The database has all that the scripts have, and more.
    #[error("the database is ahead of the scripts: it has {}, which no script has", joined(.missing))]
    Ahead {
        /// What it has more, in the order in which it was applied.
        missing: Vec<RevisionId>,
        /// The last of the scripts' revisions below those.
        common: Vec<RevisionId>,
    },
    /// Database and scripts each have revisions that the other lacks.
    #[error("the database and the scripts have diverged: only the database has {}, only the scripts have {}", joined(.missing), joined(.pending))]
    Diverged {
        /// What only the database has, in the order in which it was applied.
        missing: Vec<RevisionId>,
        /// What only the scripts have, in the order in which it can be applied.
        pending: Vec<RevisionId>,
        /// The last of the scripts' revisions below what only the database has.
        common: Vec<RevisionId>,
    },
    /// The originals of a baseline cannot be had.
    #[error(transparent)]
    Unfold(#[from] UnfoldError),
    /// A revision whose script was to be accepted has not been applied.
    #[error("revision {revision} has not been applied, so there is nothing to accept")]
    NotApplied {
        /// The revision.
        revision: RevisionId,
    },
    /// A plan leads over a revision that these scripts do not have; nothing has run.
    #[error("the plan leads over revision {revision}, which has no script")]
    UnknownStep {
        /// The revision.
        revision: RevisionId,
    },
    /// Pending scripts were computed from other rows than the database holds; nothing has run.
    #[error("nothing has run: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    OtherRows(Vec<OtherRows>),
    /// The script of a pending revision only says that an import could not carry it over; nothing has run.
    #[error("revision {revision} was not imported: {reason}")]
    NotImported {
        /// The revision.
        revision: RevisionId,
        /// The script.
        path: PathBuf,
        /// Why it could not be carried over.
        reason: String,
    },
    /// What was to be done before a run has failed; nothing has run.
    #[error("nothing has run: {0}")]
    NotBegun(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A step failed.
    #[error(transparent)]
    Step(Box<FailedRun>),
}

/// A run that ended at a failing step.
#[derive(Debug, Error)]
#[error("{failure}")]
#[non_exhaustive]
pub struct FailedRun {
    /// The step that failed, and why.
    #[source]
    pub failure: StepFailure,
    /// What had been done before it, and where the database stands now.
    pub done: Report,
    /// How many steps were planned.
    pub planned: usize,
    /// Whether the rows were read after the failure.
    pub state_known: bool,
    /// Whether the run was cancelled, and did not fail.
    pub interrupted: bool,
    /// What the journal holds of a step that did not run in a transaction, where it could be read.
    pub journal: Option<Vec<JournaledStatement>>,
    /// How many tries were made of the transaction that failed; none where the run was cancelled before the first.
    pub tries: u32,
    /// Who may have been in the way, where a lock was not had; for people.
    pub blockers: Vec<String>,
}

fn list(differing: &[Differing]) -> String {
    differing.iter().map(|one| one.revision.as_str()).collect::<Vec<_>>().join(", ")
}
