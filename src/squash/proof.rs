//! Replays of originals and baseline, and whether they leave the same.

use std::borrow::Cow;

use super::compare::{Differences, Snapshot, Strictness};
use super::stage::{Place, Replay, Stage};
use super::volatile::VolatileCells;
use super::{Range, SquashError};
use crate::cancellation::Cancelled;
use crate::execute::ExecuteError;
use crate::graph::NodeIndex;
use crate::scratch::{ScratchError, wait_for_next_second};
use crate::script::{ScriptDirectory, Side};
use crate::verify::{Observer, settle};

/// What the originals leave, and which cells they fill otherwise each time.
pub(super) struct Originals {
    pub(super) replay: Replay,
    pub(super) volatile: VolatileCells,
}

/// Replays the originals twice; none where there is no database at hand.
pub(super) fn replay_originals(
    place: Place<'_>,
    scripts: &ScriptDirectory,
    range: &Range,
    asks_clock: bool,
    observer: &mut dyn Observer,
) -> Result<Option<Originals>, SquashError> {
    let once = |observer: &mut dyn Observer| place.replay(scripts, &range.below, &range.originals, observer);
    let Some(first) = once(observer)? else { return Ok(None) };
    if asks_clock {
        wait_for_next_second(observer.control().cancellation()).map_err(ScratchError::from)?;
    }
    let Some(second) = once(observer)? else { return Ok(None) };
    let (volatile, rows) = VolatileCells::between(&first.after.contents, &second.after.contents);
    let mut differences = Differences::between(&first.after, &second.after, &volatile, Strictness::Whole);
    // The comparison would not tell why rows cannot be paired.
    differences.rows.extend(rows);
    differences.rows.dedup_by(|one, other| one.table == other.table);
    if !differences.is_empty() {
        let differences = Box::new(differences);
        return Err(SquashError::NotReproducible { dialect: place.dialect, differences });
    }
    Ok(Some(Originals { replay: first, volatile }))
}

/// What a baseline leaves.
struct Baseline {
    before: Snapshot,
    after: Snapshot,
    /// After its down script; none where it says itself that it cannot be undone.
    undone: Result<Option<Snapshot>, SquashError>,
}

/// Replays the baseline up and down, and compares. `squashed` are the scripts with it.
pub(super) fn prove(
    place: Place<'_>,
    squashed: &ScriptDirectory,
    below: &[NodeIndex],
    baseline: NodeIndex,
    expected: (&Snapshot, &VolatileCells),
    observer: &mut dyn Observer,
) -> Result<(), SquashError> {
    let Some(replayed) = replay_baseline(place, squashed, below, baseline, observer)? else { return Ok(()) };
    let (expected, loose) = expected;
    compared(place, Side::Up, expected, replayed.after, loose, observer)?;
    if let Some(undone) = replayed.undone? {
        compared(place, Side::Down, &replayed.before, undone, &VolatileCells::default(), observer)?;
    }
    observer.passed();
    Ok(())
}

/// Replays the baseline up and down; none where there is no server for it. The scratch database is gone then: there may
/// be only one, and the comparison needs it.
fn replay_baseline(
    place: Place<'_>,
    squashed: &ScriptDirectory,
    below: &[NodeIndex],
    baseline: NodeIndex,
    observer: &mut dyn Observer,
) -> Result<Option<Baseline>, SquashError> {
    let Some(mut stage) = place.stage(squashed, observer)? else { return Ok(None) };
    stage.up_all(below, observer)?;
    let before = stage.snapshot()?;
    observer.started(squashed.graph().id(baseline));
    step(place, &mut stage, baseline, Side::Up, observer)?;
    let after = stage.snapshot()?;
    let undone = match step(place, &mut stage, baseline, Side::Down, observer) {
        Ok(true) => Ok(Some(stage.snapshot()?)),
        Ok(false) => Ok(None),
        Err(error) => Err(error),
    };
    Ok(Some(Baseline { before, after, undone }))
}

/// Compares what a script of the baseline has left with what it should leave.
fn compared(
    place: Place<'_>,
    side: Side,
    expected: &Snapshot,
    mut found: Snapshot,
    loose: &VolatileCells,
    observer: &mut dyn Observer,
) -> Result<(), SquashError> {
    // What the originals made has gone through the server's parser once, what a schema says twice.
    let settled = settle(&expected.catalog, &found.catalog, place.config, None, observer)?;
    if let Cow::Owned(catalog) = settled.right {
        found.catalog = catalog;
    }
    let strictness = match side {
        Side::Up => Strictness::Whole,
        Side::Down => Strictness::WayBack,
    };
    let differences = Differences::between(expected, &found, loose, strictness);
    if differences.is_empty() {
        return Ok(());
    }
    Err(SquashError::Differs { dialect: place.dialect, side, differences: Box::new(differences) })
}

/// Runs a script of the baseline; false where it says itself that it cannot be undone.
fn step(
    place: Place<'_>,
    stage: &mut Stage<'_>,
    baseline: NodeIndex,
    side: Side,
    observer: &dyn Observer,
) -> Result<bool, SquashError> {
    let ran = match side {
        Side::Up => stage.up(baseline),
        Side::Down => stage.down(baseline),
    };
    match ran {
        Ok(()) => Ok(true),
        Err(_) if observer.control().is_cancelled() => Err(ScratchError::from(Cancelled).into()),
        Err(ExecuteError::Irreversible { .. }) => Ok(false),
        Err(error) => Err(SquashError::Baseline { dialect: place.dialect, side, error: Box::new(error) }),
    }
}
