//! What a baseline's down script is where it does not lead back to where the originals begin: no worse than their own. Only
//! scripts that stand one after the other can be so.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::compare::{Differences, Snapshot, Strictness};
use super::stage::Place;
use super::volatile::VolatileCells;
use super::{Range, SquashError};
use crate::backend::FailureCause;
use crate::execute::ExecuteError;
use crate::graph::RevisionId;
use crate::scratch::ScratchError;
use crate::script::ScriptDirectory;
use crate::verify::{Observer, settle};

/// What is known of a baseline's down script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum WayBack {
    /// It leads back, or says itself that it cannot be run.
    Open,
    /// The originals' down scripts do not all run either.
    Closed {
        /// Why not, in one line, with the revision.
        reason: String,
    },
    /// It leaves what the originals' down scripts leave.
    LeavesBehind(Vec<String>),
}

/// Takes the originals down by their own scripts; none where that leads back, or elsewhere than the baseline's down
/// script, which has left `undone` (none where it did not run). None as well where there is no server for it.
///
/// # Errors
/// [`SquashError`] of a scratch database and of an up script; that a down script fails is none.
pub(super) fn of_originals(
    place: Place<'_>,
    scripts: &ScriptDirectory,
    range: &Range,
    undone: Option<&Snapshot>,
    observer: &mut dyn Observer,
) -> Result<Option<WayBack>, SquashError> {
    let Some(mut stage) = place.stage(scripts, observer)? else { return Ok(None) };
    stage.up_all(&range.below, observer)?;
    let before = stage.snapshot()?;
    stage.up_all(&range.originals, observer)?;
    for node in range.originals.iter().rev() {
        let ran = stage.down(*node);
        observer.control().check().map_err(ScratchError::from)?;
        if let Err(error) = ran {
            let reason = reason(scripts.graph().id(*node), &error);
            return Ok(Some(WayBack::Closed { reason }));
        }
    }
    let after = stage.snapshot()?;
    drop(stage);
    let left = differences(place, &before, &after, observer)?;
    let Some(undone) = undone.filter(|_| !left.is_empty()) else { return Ok(None) };
    let is_same = differences(place, &after, undone, observer)?.is_empty();
    Ok(is_same.then(|| WayBack::LeavesBehind(names(&left))))
}

/// In what the right side differs from the left one, as far as a way back is concerned: their catalogs are brought to
/// one spelling, and compared as [`Strictness::WayBack`] asks.
///
/// # Errors
/// [`SquashError`] where the observer has cancelled it.
pub(super) fn differences(
    place: Place<'_>,
    left: &Snapshot,
    right: &Snapshot,
    observer: &mut dyn Observer,
) -> Result<Differences, SquashError> {
    let settled = settle(&left.catalog, &right.catalog, place.config, None, observer)?;
    let loose = VolatileCells::default();
    match settled.right {
        Cow::Borrowed(_) => Ok(Differences::between(left, right, &loose, Strictness::WayBack)),
        Cow::Owned(catalog) => {
            let right = Snapshot { catalog, contents: right.contents.clone() };
            Ok(Differences::between(left, &right, &loose, Strictness::WayBack))
        }
    }
}

/// Why an original's down script did not run, in one line.
fn reason(revision: &RevisionId, error: &ExecuteError) -> String {
    let (place, message) = match error {
        ExecuteError::Step(run) => match &run.failure.cause {
            FailureCause::Statement { error, excerpt, .. } => {
                let file = excerpt.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                (format!(" at {file}:{}:{}", excerpt.line, excerpt.column), error.message.clone())
            }
            cause => (String::new(), cause.to_string()),
        },
        other => (String::new(), other.to_string()),
    };
    let message = message.lines().next().unwrap_or_default();
    format!("{revision}: its down script fails{place}: {message}")
}

/// What differs, by name.
fn names(differences: &Differences) -> Vec<String> {
    let schema = differences.schema.iter().map(|one| one.object.to_string());
    let rows = differences.rows.iter().map(|one| format!("rows of {}", one.table));
    let others = differences.only_left.iter().chain(&differences.only_right).cloned();
    let names: BTreeSet<String> = schema.chain(rows).chain(others).collect();
    names.into_iter().collect()
}
