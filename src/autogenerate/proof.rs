//! Whether scripts do what they are to do: they are run as an upgrade and a downgrade would run them.

use super::ground::{Walk, needed};
use super::rows::{Filling, RowTrial, Tables};
use super::{AutogenerateError, Course, Way};
use crate::alter::Hints;
use crate::catalog::Catalog;
use crate::graph::{NodeIndex, RevisionId};
use crate::ledger::{Change, EventDuration};
use crate::plan::{Operation, RowChange};
use crate::scratch::{ScratchError, Walker};
use crate::script::ScriptDirectory;

/// New revisions, and where on a scratch database they are to be proved.
#[derive(Debug)]
pub struct Trial<'t> {
    /// All scripts, those that are to be proved included.
    pub scripts: &'t ScriptDirectory,
    /// What the scratch database begins with.
    pub applied: Vec<NodeIndex>,
    /// The new revisions, each standing on the one before it.
    pub new: Vec<NodeIndex>,
    /// What their scripts hold.
    pub course: &'t Course,
    /// What was decided about the way.
    pub hints: &'t Hints,
}

/// Runs scripts on a scratch database that has the first schema, with made-up rows: up it must have the second, and
/// down the first again, and both times the values that need not be lost.
///
/// # Errors
/// [`AutogenerateError`] of a script that fails, and of a schema or values that are others than they should be.
pub(super) fn prove(
    walk: &mut Walk<'_>,
    trial: &Trial<'_>,
    (left, right): (&Catalog, &Catalog),
    (tables, filling): (&Tables<'_>, Filling),
) -> Result<RowTrial, AutogenerateError> {
    let filled = tables.fill(walk, filling)?;
    let on_rows = !filled.is_empty();
    let applied = needed(trial.scripts, &trial.applied);
    let mut walker = Walker::after(trial.scripts, walk.place.options, &applied);
    walker.begin(walk.stage.database.backend())?;
    take_for_applied(walk, walker.rows())?;
    for node in &trial.new {
        step(&mut walker, walk, trial, (*node, Way::Up, on_rows))?;
    }
    equal(walk, right, Way::Up)?;
    tables.check(walk, &filled, Way::Up)?;
    for node in trial.new.iter().rev() {
        step(&mut walker, walk, trial, (*node, Way::Down, on_rows))?;
    }
    equal(walk, left, Way::Down)?;
    tables.check(walk, &filled, Way::Down)?;
    Ok(filled.trial)
}

/// Gives a database that was not built by revisions the version rows of those that stand for its schema.
fn take_for_applied(walk: &mut Walk<'_>, rows: &[RevisionId]) -> Result<(), AutogenerateError> {
    let actor = walk.place.options.actor.clone();
    let backend = walk.stage.database.backend();
    let before = backend.heads()?;
    if before == rows {
        return Ok(());
    }
    let change = RowChange { insert: rows.to_vec(), ..RowChange::default() };
    // The bookkeeping is one statement, which inserts an event for each.
    let stamped = |revision: &RevisionId| Change {
        revision: revision.clone(),
        operation: Operation::Stamp,
        record: Vec::new(),
        forget: Vec::new(),
        duration: EventDuration::None,
        actor: actor.clone(),
        detail: None,
    };
    let changes: Vec<Change> = rows.iter().map(stamped).collect();
    Ok(backend.record(&before, &change, &changes, true)?)
}

fn step(
    walker: &mut Walker<'_>,
    walk: &mut Walk<'_>,
    trial: &Trial<'_>,
    (node, way, on_rows): (NodeIndex, Way, bool),
) -> Result<(), AutogenerateError> {
    let backend = walk.stage.database.backend();
    let ran = match way {
        Way::Up => walker.up(backend, node),
        Way::Down => walker.down(backend, node),
    };
    walk.observer.control().check().map_err(ScratchError::from)?;
    ran.map_err(|error| AutogenerateError::Script {
        revision: trial.scripts.graph().id(node).clone(),
        way,
        on_rows,
        error: Box::new(error),
    })
}

/// Whether the stage has the schema that it should have.
fn equal(walk: &mut Walk<'_>, wanted: &Catalog, way: Way) -> Result<(), AutogenerateError> {
    let found = walk.stage.catalog()?;
    let wanted = walk.settled(&found, wanted)?;
    let differences = walk.differences(&wanted, &found);
    if differences.is_empty() { Ok(()) } else { Err(AutogenerateError::Differs { way, differences }) }
}
