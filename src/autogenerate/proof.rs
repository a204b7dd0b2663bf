//! Whether scripts do what they are to do: they are run as an upgrade and a downgrade would run them.

use super::course::differences;
use super::ground::{Place, Stage, needed};
use super::{AutogenerateError, Way};
use crate::catalog::Catalog;
use crate::graph::NodeIndex;
use crate::scratch::{ScratchError, Walker};
use crate::script::ScriptDirectory;
use crate::verify::Observer;

/// Scripts that are to be proved.
#[derive(Debug)]
pub struct Trial<'t> {
    /// All scripts, those that are to be proved included.
    pub scripts: &'t ScriptDirectory,
    /// What the scratch database begins with.
    pub applied: Vec<NodeIndex>,
    /// The new revisions, each standing on the one before it.
    pub new: Vec<NodeIndex>,
}

/// Runs them on a scratch database that has the first schema: up it must have the second, and down the first again.
pub(super) fn prove(
    place: Place<'_>,
    mut stage: Stage,
    trial: &Trial<'_>,
    (left, right): (&Catalog, &Catalog),
    observer: &mut dyn Observer,
) -> Result<(), AutogenerateError> {
    let applied = needed(trial.scripts, &trial.applied);
    let mut walker = Walker::after(trial.scripts, place.options, &applied);
    walker.begin(stage.database.backend())?;
    for node in &trial.new {
        step(&mut walker, &mut stage, trial, *node, Way::Up, observer)?;
    }
    equal(&stage.catalog()?, right, Way::Up)?;
    for node in trial.new.iter().rev() {
        step(&mut walker, &mut stage, trial, *node, Way::Down, observer)?;
    }
    equal(&stage.catalog()?, left, Way::Down)
}

fn step(
    walker: &mut Walker<'_>,
    stage: &mut Stage,
    trial: &Trial<'_>,
    node: NodeIndex,
    way: Way,
    observer: &mut dyn Observer,
) -> Result<(), AutogenerateError> {
    let backend = stage.database.backend();
    let ran = match way {
        Way::Up => walker.up(backend, node),
        Way::Down => walker.down(backend, node),
    };
    observer.control().check().map_err(ScratchError::from)?;
    ran.map_err(|error| AutogenerateError::Script {
        revision: trial.scripts.graph().id(node).clone(),
        way,
        error: Box::new(error),
    })
}

fn equal(found: &Catalog, wanted: &Catalog, way: Way) -> Result<(), AutogenerateError> {
    let differences = differences(wanted, found);
    if differences.is_empty() { Ok(()) } else { Err(AutogenerateError::Differs { way, differences }) }
}
