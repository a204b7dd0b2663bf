//! Ctrl-C and its like: the first signal cancels what runs, so that it is rolled back and the error can say where the
//! database stands; the second ends the process at once.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::cancellation::{Cancellation, Registration};
use crate::diagnostic::ExitStatus;

/// Whether signals are somebody else's; see [`left_to_editor`].
static LEFT_TO_EDITOR: AtomicBool = AtomicBool::new(false);

/// Begins to listen for signals; what they cancel.
pub fn install() -> Cancellation {
    let cancellation = Cancellation::default();
    let cancelled = cancellation.clone();
    // Without the handler a signal ends the process, which rolls back as well.
    let _ = ctrlc::set_handler(move || {
        if LEFT_TO_EDITOR.load(Ordering::Relaxed) {
            return;
        }
        if cancelled.is_cancelled() {
            end();
        }
        cancelled.cancel();
    });
    cancellation
}

/// Has the first signal end the process at once, until it is dropped: while somebody is asked, nothing runs.
pub fn ending_at_once(cancellation: &Cancellation) -> Registration {
    cancellation.on_cancel(end)
}

/// Does `edit`, which has an editor run in this terminal, and takes no notice of signals meanwhile. An editor answers Ctrl-C
/// itself, which the terminal sends to both: were revgraph to end, it would be left without its terminal.
pub fn left_to_editor<T>(edit: impl FnOnce() -> T) -> T {
    LEFT_TO_EDITOR.store(true, Ordering::Relaxed);
    let done = edit();
    LEFT_TO_EDITOR.store(false, Ordering::Relaxed);
    done
}

fn end() {
    // A prompt hides the cursor and has no chance to show it again.
    if std::io::stderr().is_terminal() {
        let _ = write!(std::io::stderr(), "\x1b[?25h");
    }
    std::process::exit(i32::from(ExitStatus::Interrupted.number()));
}
