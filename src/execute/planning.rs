//! From a database as it stands to what is to be done.

use super::{Applied, Asked, Direction, ExecuteError, KnownHistory, Reading, check_edges, check_history};
use crate::backend::{Backend, DatabaseState, Watch};
use crate::config::ChecksumPolicy;
use crate::graph::{RevisionId, RevisionSpec};
use crate::plan::{self, Plan, PlanError};
use crate::script::ScriptDirectory;

/// The plan of a direction for a database with these version rows.
///
/// # Errors
/// [`PlanError`].
pub fn plan_for(
    scripts: &ScriptDirectory,
    direction: Direction,
    target: &RevisionSpec,
    rows: &[RevisionId],
) -> Result<Plan, PlanError> {
    match direction {
        Direction::Up => plan::upgrade(scripts.graph(), rows, target),
        Direction::Down => plan::downgrade(scripts.graph(), rows, target),
    }
}

/// A plan for a database as it stands.
#[derive(Debug, Clone)]
pub struct Planned<'r> {
    /// The revisions that the plan is made of.
    pub known: KnownHistory<'r>,
    /// Where the database stands.
    pub state: &'r DatabaseState,
    /// What is to be done.
    pub plan: Plan,
    /// What has been applied.
    pub applied: Applied<'r>,
}

/// Plans for a database as `reading` has it. The way down may lead over revisions that only the ledger has;
/// the way up begins only where scripts and database agree on all that has been applied.
///
/// # Errors
/// [`ExecuteError`], [`ExecuteError::Step`] excepted.
pub fn plan_against<'r>(
    scripts: &'r ScriptDirectory,
    backend: &mut dyn Backend,
    reading: &'r Reading,
    direction: Direction,
    target: &RevisionSpec,
    checksums: ChecksumPolicy,
    watch: &mut dyn Watch,
) -> Result<Planned<'r>, ExecuteError> {
    let asked = Asked { targets: std::slice::from_ref(target), direction: Some(direction) };
    let known = KnownHistory::for_command(scripts, backend, reading, asked)?;
    let Reading { state, recorded } = reading;
    if direction == Direction::Up {
        known.refuse_missing()?;
    }
    let plan = plan_for(known.scripts(), direction, target, &state.rows)?;
    let applied = Applied::new(known.scripts(), &state.rows, recorded)?;
    match direction {
        Direction::Up => check_history(known.scripts(), &applied, checksums, backend, watch)?,
        Direction::Down => check_edges(known.scripts(), &applied)?,
    }
    Ok(Planned { known, state, plan, applied })
}
