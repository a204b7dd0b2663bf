//! What a user sees of a panic: that it is a bug and where, never a dump of values, which may hold secrets.

use super::output::tell;
use crate::diagnostic::ExitStatus;

/// Has panics end the process with a message. Open transactions are rolled back by the database.
pub fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tell(&format!("error: revgraph has a bug, at {place}"));
        tell(
            "help: please report it with the command that you ran; look where the database stands: revgraph current",
        );
        std::process::exit(i32::from(ExitStatus::Failed.number()));
    }));
}
