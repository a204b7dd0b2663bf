//! Two replays of one range at the same time, on two databases of one server: they take hardly longer than one.

use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use super::Range;
use super::compare::Snapshot;
use super::stage::{Place, Replay};
use crate::backend::Control;
use crate::cancellation::{Cancellation, Cancelled};
use crate::graph::RevisionId;
use crate::scratch::ScratchError;
use crate::script::ScriptDirectory;
use crate::sql::Dialect;
use crate::verify::{Observer, Verified};

/// How far the second replay stays behind where scripts ask a clock: no revision asks it twice in the same second.
const BEHIND: Duration = Duration::from_secs(1);

/// Whether two replays have a database each: a temporary one on a server that works for several sessions. A lent one is
/// the only one.
pub(super) fn is_possible(place: &Place<'_>) -> bool {
    place.dialect == Dialect::Postgres && matches!(place.config.scratch_url(), Ok(None))
}

/// Replays what is below a range, and the range, twice; what the second has left without what was there before. None where
/// there is no server for it. Scripts of both may meet where they reach past their database, at a role for one: what fails
/// here may succeed one after the other.
///
/// # Errors
/// [`ScratchError`] of either.
pub(super) fn at_once(
    place: Place<'_>,
    scripts: &ScriptDirectory,
    range: &Range,
    asks_clock: bool,
    observer: &mut dyn Observer,
) -> Result<Option<(Replay, Snapshot)>, ScratchError> {
    // Where the first fails, nobody waits for the second.
    let cancellation = Cancellation::default();
    let of_second = cancellation.clone();
    let _registration = observer.control().cancellation().on_cancel(move || of_second.cancel());
    let control = observer.control().clone().cancelled_by(cancellation.clone());
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        let behind = asks_clock.then_some(BEHIND);
        let second = scope.spawn(move || {
            place.replay_again(scripts, range, &mut Follower { control, applied: receiver, behind })
        });
        let mut leader = Leader { observer, applied: sender };
        let first = place.replay(scripts, range, &mut leader);
        drop(leader);
        if !matches!(first, Ok(Some(_))) {
            cancellation.cancel();
        }
        let second = second.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let Some(first) = first? else { return Ok(None) };
        (range.below.iter().chain(&range.originals)).for_each(|_| observer.passed());
        Ok(second?.map(|second| (first, second)))
    })
}

/// Tells the one behind when a revision has been applied.
struct Leader<'o> {
    observer: &'o mut dyn Observer,
    applied: Sender<Instant>,
}

impl Observer for Leader<'_> {
    fn control(&self) -> &Control {
        self.observer.control()
    }

    fn started(&mut self, revision: &RevisionId) {
        self.observer.started(revision);
    }

    fn finished(&mut self, verified: &Verified) {
        self.observer.finished(verified);
    }

    fn passed(&mut self) {
        // Who has failed follows no longer.
        let _ = self.applied.send(Instant::now());
        self.observer.passed();
    }
}

/// Lets a revision begin when the one in front has been done with it for a while.
struct Follower {
    control: Control,
    applied: Receiver<Instant>,
    /// None where it need not wait.
    behind: Option<Duration>,
}

impl Follower {
    fn wait(&self, behind: Duration) -> Result<(), Cancelled> {
        // Where the one in front has failed, this replay is cancelled.
        let Ok(applied) = self.applied.recv() else { return self.control.check() };
        self.control.cancellation().sleep(behind.saturating_sub(applied.elapsed()))
    }
}

impl Observer for Follower {
    fn control(&self) -> &Control {
        &self.control
    }

    fn started(&mut self, _: &RevisionId) {
        if let Some(behind) = self.behind {
            // Whoever asks it to begin looks at the control by itself.
            let _ = self.wait(behind);
        }
    }

    fn finished(&mut self, _: &Verified) {}

    fn passed(&mut self) {}
}
