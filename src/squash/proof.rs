//! Replays of originals and baseline, and whether they leave the same.

use std::borrow::Cow;

use super::compare::{Differences, Snapshot, Strictness};
use super::concat::{Original, place_in_original};
use super::stage::{Place, Replay, Stage};
use super::volatile::VolatileCells;
use super::way_back::{self, WayBack};
use super::{Mode, Range, SquashError, two_replays};
use crate::backend::FailureCause;
use crate::cancellation::Cancelled;
use crate::execute::ExecuteError;
use crate::graph::NodeIndex;
use crate::scratch::{ScratchError, wait_for_next_second};
use crate::script::{ScriptDirectory, Side};
use crate::sql::Dialect;
use crate::verify::{Observer, settle};

/// What the originals leave, and which cells they fill otherwise each time.
pub(super) struct Originals {
    pub(super) replay: Replay,
    pub(super) volatile: VolatileCells,
}

/// Replays the originals twice, at once where that is possible; none where there is no database at hand. Where scripts
/// ask a clock, the second replay runs in another second.
///
/// # Errors
/// [`SquashError::NotReproducible`] where the two replays leave what no volatile cell accounts for; [`ScratchError`]
/// where a script fails or the work is cancelled.
pub(super) fn replay_originals(
    place: Place<'_>,
    scripts: &ScriptDirectory,
    range: &Range,
    asks_clock: bool,
    observer: &mut dyn Observer,
) -> Result<Option<Originals>, SquashError> {
    if two_replays::is_possible(&place) {
        let replayed = two_replays::at_once(place, scripts, range, asks_clock, observer);
        observer.control().check().map_err(ScratchError::from)?;
        if let Ok(Some((first, second))) = replayed
            && let Ok(originals) = reproduced(place, first, &second)
        {
            return Ok(Some(originals));
        }
        // One may have been in the way of the other.
    }
    let Some(first) = place.replay(scripts, range, observer)? else { return Ok(None) };
    if asks_clock {
        wait_for_next_second(observer.control().cancellation()).map_err(ScratchError::from)?;
    }
    let Some(second) = place.replay_again(scripts, range, observer)? else { return Ok(None) };
    reproduced(place, first, &second).map(Some)
}

/// What the originals leave, if both replays have left the same.
fn reproduced(place: Place<'_>, first: Replay, second: &Snapshot) -> Result<Originals, SquashError> {
    let (volatile, rows) = VolatileCells::between(&first.after.contents, &second.contents);
    let mut differences = Differences::between(&first.after, second, &volatile, Strictness::Whole);
    // The comparison would not tell why rows cannot be paired.
    differences.rows.extend(rows);
    differences.rows.dedup_by(|one, other| one.table == other.table);
    if !differences.is_empty() {
        let differences = Box::new(differences);
        return Err(SquashError::NotReproducible { dialect: place.dialect, differences });
    }
    Ok(Originals { replay: first, volatile })
}

/// What a baseline leaves.
struct Baseline {
    before: Snapshot,
    after: Snapshot,
    /// After its down script; none where it says itself that it cannot be undone.
    undone: Result<Option<Snapshot>, SquashError>,
}

/// A baseline that is to be proved, with what it is to stand for.
pub(super) struct Candidate<'p> {
    /// The scripts with the baseline in the place of its originals.
    pub(super) squashed: &'p ScriptDirectory,
    /// What the baseline stands on; `baseline` is the node of the baseline itself. Both are of the graph of `squashed`.
    pub(super) below: &'p [NodeIndex],
    pub(super) baseline: NodeIndex,
    /// The scripts with the originals, as they are on disk.
    pub(super) scripts: &'p ScriptDirectory,
    pub(super) range: &'p Range,
    pub(super) originals: &'p [Original],
}

/// Replays the baseline up and down and compares what each leaves with what the originals leave; `expected` is that,
/// with the cells that need not be equal. Returns what is known of its down script.
///
/// # Errors
/// [`SquashError::Baseline`] of a script of the baseline that fails, and [`SquashError::Differs`] of one that leaves
/// something else, unless the originals' own down scripts do no better; [`ScratchError`] where no scratch database can
/// be had any more.
pub(super) fn prove(
    place: Place<'_>,
    candidate: &Candidate<'_>,
    expected: (&Snapshot, &VolatileCells),
    observer: &mut dyn Observer,
) -> Result<WayBack, SquashError> {
    let replayed = replay_baseline(place, candidate, observer)?;
    let (expected, loose) = expected;
    compared(place, expected, replayed.after, loose, observer)?;
    let (undone, error) = match replayed.undone {
        Ok(None) => (None, None),
        Ok(Some(undone)) => {
            let left = way_back::differences(place, &replayed.before, &undone, observer)?;
            let error = (!left.is_empty()).then(|| differs(place, Side::Down, left));
            (Some(undone), error)
        }
        Err(error) => (None, Some(error)),
    };
    observer.passed();
    let Some(error) = error else { return Ok(WayBack::Open) };
    let known = match (place.mode, &error) {
        (Mode::Concat, SquashError::Baseline { .. } | SquashError::Differs { .. }) => {
            let Candidate { scripts, range, .. } = candidate;
            way_back::of_originals(place, scripts, range, undone.as_ref(), observer)?
        }
        _ => None,
    };
    known.ok_or(error)
}

/// Replays the baseline up and down. The scratch database is gone then: there may be only one, and the comparison needs it.
/// Where the originals had one and there is none now, nothing has been proved.
fn replay_baseline(
    place: Place<'_>,
    candidate: &Candidate<'_>,
    observer: &mut dyn Observer,
) -> Result<Baseline, SquashError> {
    let Candidate { squashed, below, baseline, .. } = *candidate;
    let stage = place.stage(squashed, observer)?;
    let mut stage = stage.ok_or(ScratchError::NotAtHand { dialect: place.dialect })?;
    stage.up_all(below, observer)?;
    let before = stage.snapshot()?;
    observer.started(squashed.graph().id(baseline));
    step(place, &mut stage, candidate, Side::Up, observer)?;
    let after = stage.snapshot()?;
    let undone = match step(place, &mut stage, candidate, Side::Down, observer) {
        Ok(true) => Ok(Some(stage.snapshot()?)),
        Ok(false) => Ok(None),
        Err(error) => Err(error),
    };
    Ok(Baseline { before, after, undone })
}

/// Compares what the up script of the baseline has left with what it should leave.
fn compared(
    place: Place<'_>,
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
    let differences = Differences::between(expected, &found, loose, Strictness::Whole);
    if differences.is_empty() { Ok(()) } else { Err(differs(place, Side::Up, differences)) }
}

fn differs(place: Place<'_>, side: Side, differences: Differences) -> SquashError {
    let Place { dialect, mode, .. } = place;
    SquashError::Differs { dialect, side, mode, differences: Box::new(differences) }
}

/// Runs a script of the baseline; false where it says itself that it cannot be undone.
fn step(
    place: Place<'_>,
    stage: &mut Stage<'_>,
    candidate: &Candidate<'_>,
    side: Side,
    observer: &dyn Observer,
) -> Result<bool, SquashError> {
    let ran = match side {
        Side::Up => stage.up(candidate.baseline),
        Side::Down => stage.down(candidate.baseline),
    };
    match ran {
        Ok(()) => Ok(true),
        Err(_) if observer.control().is_cancelled() => Err(ScratchError::from(Cancelled).into()),
        Err(ExecuteError::Irreversible { .. }) => Ok(false),
        Err(mut error) => {
            let Place { dialect, mode, .. } = place;
            if mode == Mode::Concat {
                point_at_original(&mut error, candidate, side, dialect);
            }
            Err(SquashError::Baseline { dialect, side, mode, error: Box::new(error) })
        }
    }
}

/// The baseline has no file yet. What fails in it stands in the file of an original.
fn point_at_original(error: &mut ExecuteError, candidate: &Candidate<'_>, side: Side, dialect: Dialect) {
    let ExecuteError::Step(run) = error else { return };
    let FailureCause::Statement { excerpt, statement, .. } = &mut run.failure.cause else { return };
    let script = candidate.squashed.script(candidate.baseline);
    let Ok(bodies) = script.bodies(dialect) else { return };
    let text = match (side, &bodies.down) {
        (Side::Up, _) => &bodies.up.text,
        (Side::Down, Some(down)) => &down.text,
        (Side::Down, None) => return,
    };
    let found = place_in_original(candidate.originals, side, dialect, text, excerpt, statement);
    if let Some(found) = found {
        **excerpt = found;
    }
}
