//! Ctrl-C: a statement under way is cancelled, so that its transaction is rolled back and the error can say where
//! the database stands; otherwise, or at the second time, the process ends at once.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::exit::ExitStatus;

static HAPPENED: AtomicBool = AtomicBool::new(false);
static CANCEL: Mutex<Option<Box<dyn Fn() + Send>>> = Mutex::new(None);

/// Begins to listen for signals.
pub fn install() {
    // Without the handler a signal ends the process, which rolls back as well.
    let _ = ctrlc::set_handler(|| {
        let again = HAPPENED.swap(true, Ordering::SeqCst);
        match CANCEL.lock() {
            Ok(cancel) if !again => match cancel.as_ref() {
                Some(cancel) => cancel(),
                None => end(),
            },
            _ => end(),
        }
    });
}

fn end() {
    // A prompt hides the cursor and has no chance to show it again.
    if std::io::stderr().is_terminal() {
        let _ = write!(std::io::stderr(), "\x1b[?25h");
    }
    std::process::exit(i32::from(ExitStatus::Interrupted.number()));
}

/// Whether a signal has come.
pub fn happened() -> bool {
    HAPPENED.load(Ordering::SeqCst)
}

/// While it lives, a signal cancels instead of ending the process.
pub struct Guard;

/// Has signals call `cancel` until the guard is dropped.
pub fn cancelling(cancel: Box<dyn Fn() + Send>) -> Guard {
    if let Ok(mut slot) = CANCEL.lock() {
        *slot = Some(cancel);
    }
    Guard
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Ok(mut slot) = CANCEL.lock() {
            *slot = None;
        }
    }
}
