//! What `revision` and `merge` tell of what they have written.

use super::context::Context;
use super::output::{print_json, print_line};
use crate::diagnostic::ExitStatus;
use crate::graph::and_joined;
use crate::report::CreatedDocument;
use crate::script::CreatedRevision;

/// Tells what has been written: both paths on standard output.
pub fn report(context: &Context, created: &CreatedRevision) -> ExitStatus {
    if context.json {
        print_json(&CreatedDocument::new(created));
        return ExitStatus::Done;
    }
    let CreatedRevision { script, up, down } = created;
    print_line(&up.display().to_string());
    print_line(&down.display().to_string());
    let parents = if script.down_revisions.is_empty() {
        "the base".to_owned()
    } else {
        and_joined(&script.down_revisions)
    };
    context.say(&format!("revision {} stands on {parents}", script.revision));
    ExitStatus::Done
}
