//! Interrupting a connection, and waiting for others on it, by handlers that SQLite calls on the thread that works with it.

use std::ffi::c_int;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::Connection;

use super::super::control::waiting_for_lock;
use super::super::{Control, Wait};
use super::holder;

/// After how many of SQLite's instructions a statement looks up whether it is to end: some tens of microseconds.
const INSTRUCTIONS_BETWEEN_LOOKS: c_int = 2_000;
/// How long a waiter sleeps between two tries: at first, and at the most.
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// What the handlers of a connection go by. Clones are one and the same.
#[derive(Clone, Default)]
pub(super) struct Attendant {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    control: Mutex<Control>,
    /// Whether what the control cancels has been interrupted; what runs after it is not.
    is_interrupted: AtomicBool,
}

impl Attendant {
    /// Handlers that `control` can interrupt, for no connection yet.
    pub(super) fn new(control: Control) -> Self {
        let attendant = Self::default();
        attendant.set_control(control);
        attendant
    }

    fn control(&self) -> Control {
        self.shared.control.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts another control in the place of the one that was; what that has interrupted counts no more.
    pub(super) fn set_control(&self, control: Control) {
        *self.shared.control.lock().unwrap_or_else(PoisonError::into_inner) = control;
        self.shared.is_interrupted.store(false, Ordering::SeqCst);
    }

    /// Has a connection interrupted where the work is cancelled, and wait for others as long as `patience`, or without
    /// limit where that is zero. `path` tells where the database is.
    ///
    /// # Errors
    /// SQLite's.
    pub(super) fn attend(
        &self,
        connection: &mut Connection,
        path: Option<PathBuf>,
        patience: Duration,
    ) -> rusqlite::Result<()> {
        let attendant = self.clone();
        connection
            .progress_handler(INSTRUCTIONS_BETWEEN_LOOKS, Some(move || attendant.is_to_be_interrupted()))?;
        let attendant = self.clone();
        let mut wait = attendant.control().wait();
        connection.busy_handler(Some(move |tries: i32| {
            if tries == 0 {
                wait = attendant.control().wait();
            }
            attendant.goes_on_waiting(&mut wait, tries, patience, path.as_ref())
        }))
    }

    fn is_to_be_interrupted(&self) -> bool {
        self.control().is_cancelled() && !self.shared.is_interrupted.swap(true, Ordering::SeqCst)
    }

    fn goes_on_waiting(
        &self,
        wait: &mut Wait,
        tries: i32,
        patience: Duration,
        path: Option<&PathBuf>,
    ) -> bool {
        if wait.is_over(patience) {
            return false;
        }
        let doubled = FIRST_PAUSE.saturating_mul(1 << tries.clamp(0, 16)).min(LONGEST_PAUSE);
        let what = || waiting_for_lock(path.and_then(|path| holder::of_database(path)));
        wait.pause(doubled, what).is_ok()
    }
}
