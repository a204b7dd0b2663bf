//! Read where the database stands, plan, lock, read and plan again, prepare everything, run.
//!
//! Nothing runs before all that is going to run has been read and checked, and what was checked is what runs.

mod accept;
mod bookkeeping_tables;
mod bring_back;
mod consistency;
mod differing;
mod direction;
mod dry_run;
mod entry;
mod enum_values;
mod error;
mod journal;
mod known_history;
mod left_offline;
mod local;
mod objections;
mod offline;
mod offline_run;
mod other_rows;
mod planning;
mod prepare;
mod protection;
mod reading;
mod recorded;
mod recorder;
mod refusal;
mod resolve;
mod retry;
mod run;
mod script_diff;
mod stamp;
mod standing;
mod unfold;
mod unsettled;

use std::time::Duration;

use crate::config::{ChecksumPolicy, TransactionMode};
use crate::graph::RevisionId;
use crate::plan::{Operation, Plan};

pub use accept::{Accepted, accept};
pub use bookkeeping_tables::ensure_tables;
pub use bring_back::{BringBackError, BroughtBack, bring_back};
pub use consistency::{Applied, check_edges, check_history, edited, reparented};
pub use differing::Differing;
pub use direction::Direction;
pub use dry_run::{dry_run, foreseen};
pub use entry::entry_of;
pub use error::{ExecuteError, FailedRun};
pub use journal::check_journal;
pub use known_history::{KnownHistory, Lead};
pub use local::{LocalError, check_local};
pub use objections::{Objection, unrunnable};
pub use offline::Offline;
pub use offline_run::{MigrationWay, OfflineText, OfflineWayError, StampWay, rows_at};
pub use other_rows::OtherRows;
pub use planning::{Planned, plan_against, plan_for};
pub use prepare::{prepare, without_statements};
pub use protection::{ProtectError, check_protection, erases, protect};
pub use reading::Reading;
pub use recorded::check_recorded;
pub use refusal::{Refusal, RefusalReason};
pub use resolve::{Resolution, Resolved, resolve};
pub use run::migrate;
pub use stamp::{plan_stamp, stamp, stamp_changes};
pub use standing::{Pending, Standing, State, standing};
pub use unfold::{Asked, unfolded_for, with_all_originals};
pub use unsettled::{LeftHalfway, Unsettled};

/// How a run is to go about it.
#[derive(Debug, Clone)]
pub struct Options {
    /// What an edited applied script does.
    pub checksums: ChecksumPolicy,
    /// How revisions share transactions.
    pub transaction: TransactionMode,
    /// Who runs it, for the ledger.
    pub actor: String,
    /// The name of a protected database that may be erased whole.
    pub confirmed: Option<String>,
    /// Revisions that may run though their scripts were recorded from other rows than the database holds.
    pub accepted_recorded: Vec<RevisionId>,
}

/// A step that has been taken and committed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StepReport {
    /// The revision.
    pub revision: RevisionId,
    /// What was done.
    pub operation: Operation,
    /// How long the step took, as the backend measured it; zero in a report of what would be done.
    pub took: Duration,
}

/// What a run has done, and where the database stands after it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Report {
    /// The steps, in order.
    pub steps: Vec<StepReport>,
    /// The version rows after these steps, sorted.
    pub heads: Vec<RevisionId>,
}

impl Report {
    /// The report of a plan that is not carried out: its steps, each with a duration of zero, and the version rows that
    /// it would end with.
    #[doc(hidden)]
    #[must_use]
    pub fn of_plan(plan: &Plan) -> Self {
        let step = |step: &crate::plan::Step| StepReport {
            revision: step.revision.clone(),
            operation: step.operation,
            took: Duration::ZERO,
        };
        Self { steps: plan.steps.iter().map(step).collect(), heads: plan.after.clone() }
    }
}
