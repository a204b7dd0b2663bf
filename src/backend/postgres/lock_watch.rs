//! Whom a statement waits for. It is asked on a second connection, as the one that waits can ask nothing.

use std::ffi::CString;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::super::control::Control;
use super::blockers;
use super::session::Session;
use crate::cancellation::Cancellation;

/// How long it is until the server is asked again, at first and at the most: a statement may come to wait later.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Watches over a statement that has lasted for a while, until it is dropped, and tells once whom it waits for, if
/// anybody.
struct LockWatch {
    over: Cancellation,
    watcher: Option<JoinHandle<()>>,
}

/// Begins to watch over what a session runs now: see [`Session::watched_by`].
pub(super) fn begin(session: &Session) -> Box<dyn Send> {
    let over = Cancellation::default();
    let (parameters, pid) = (Arc::clone(session.parameters()), session.backend_pid());
    let (control, until) = (session.control().clone(), over.clone());
    let watcher = thread::Builder::new().spawn(move || watch(parameters, pid, &control, &until));
    // Without it, it is merely not told.
    Box::new(LockWatch { over, watcher: watcher.ok() })
}

impl Drop for LockWatch {
    /// Waits for the second connection to be closed, which might else be in the way of dropping its database.
    fn drop(&mut self) {
        self.over.cancel();
        if let Some(watcher) = self.watcher.take() {
            let _ = watcher.join();
        }
    }
}

fn watch(parameters: Arc<[(CString, CString)]>, pid: i32, control: &Control, until: &Cancellation) {
    let Ok(mut session) = Session::connect_again(parameters, &Control::new(until.clone())) else { return };
    let mut pause = FIRST_PAUSE;
    loop {
        match blockers::of_process(&mut session, pid) {
            Ok(Some(blocker)) if !until.is_cancelled() => return control.tell(&blocker),
            Ok(None) => {}
            _ => return,
        }
        if until.sleep(pause).is_err() {
            return;
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
