//! What `revision` and `merge` share: writing the scripts of a new revision. `rebase` takes the same lock.

use std::fs::{self, File};
use std::path::PathBuf;

use serde_json::json;

use super::context::Context;
use super::output::{print_json, print_line};
use crate::diagnostic::{Diagnostic, ErrorKind, ExitStatus};
use crate::graph::{NodeIndex, RevisionId};
use crate::script::{
    Draft, Drafted, FileChanges, NewScript, ReadMode, ScriptDirectory, heads_path, heads_text,
    new_revision_id,
};

/// What both commands let the user choose.
#[derive(Debug, Default)]
pub struct Wishes {
    /// Where there is none, the parents are named.
    pub message: Option<String>,
    pub revision: Option<String>,
    pub splice: bool,
    pub branch_labels: Vec<String>,
    pub depends_on: Vec<String>,
    pub folder: Option<PathBuf>,
}

/// A revision that has been written.
pub struct Created {
    pub script: NewScript,
    pub up: PathBuf,
    pub down: PathBuf,
}

/// Writes a revision on top of the parents that `choose_parents` picks, and the heads file after it.
///
/// All of it, from reading the scripts on, happens under a lock, so that of two revisions created at once the later
/// one knows the earlier.
pub fn create(
    context: &Context,
    wishes: Wishes,
    choose_parents: impl FnOnce(&ScriptDirectory) -> Result<Vec<NodeIndex>, Diagnostic>,
) -> Result<Created, Diagnostic> {
    let _lock = lock(context)?;
    let scripts = context.scripts(ReadMode::Headers)?;
    let parents = choose_parents(&scripts)?;
    let message =
        wishes.message.unwrap_or_else(|| format!("merge {}", in_words(&scripts.graph().ids(&parents))));
    let Drafted { script, folder, graph } = scripts.draft(&Draft {
        revision: revision_id(wishes.revision.as_deref())?,
        parents,
        splice: wishes.splice,
        depends_on: wishes.depends_on,
        branch_labels: wishes.branch_labels,
        message,
        folder: wishes.folder,
        created: context.config.timezone.now(),
    })?;
    let [up, down] = script.files(&context.config, &folder)?;
    let (up_path, down_path) = (up.0.clone(), down.0.clone());
    let heads = heads_path(&scripts).map(|path| (path, heads_text(&graph)));
    let texts = [up, down].into_iter().chain(heads).collect();
    FileChanges { texts, ..FileChanges::default() }.carry_out(&context.config)?;
    let (up, down) = (up_path, down_path);
    Ok(Created { script, up, down })
}

fn in_words(ids: &[RevisionId]) -> String {
    let names: Vec<&str> = ids.iter().map(RevisionId::as_str).collect();
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => names.concat(),
    }
}

/// An exclusive lock on the first script folder; it ends with the process. None where the system has no locks on
/// folders.
pub fn lock(context: &Context) -> Result<Option<File>, Diagnostic> {
    let Some(folder) = context.config.version_locations.first() else { return Ok(None) };
    if context.config.file.is_none() && !folder.exists() {
        return Err(Diagnostic::no_environment());
    }
    let failed = |error| Diagnostic::io(&folder.display().to_string(), &error);
    fs::create_dir_all(folder).map_err(failed)?;
    let Ok(file) = File::open(folder) else { return Ok(None) };
    Ok(file.lock().is_ok().then_some(file))
}

/// The id that is wanted, else a random one.
pub fn revision_id(wanted: Option<&str>) -> Result<RevisionId, Diagnostic> {
    match wanted {
        Some(id) => RevisionId::new(id).map_err(|error| Diagnostic::usage(error.to_string())),
        None => new_revision_id().map_err(|error| {
            Diagnostic::new(ErrorKind::Io, "there is no randomness for an id").cause(error.to_string())
        }),
    }
}

/// Tells what has been written: both paths on standard output.
pub fn report(context: &Context, created: &Created) -> ExitStatus {
    let Created { script, up, down } = created;
    if context.json {
        print_json(&json!({
            "revision": script.revision,
            "up": up.display().to_string(),
            "down": down.display().to_string(),
            "down_revisions": script.down_revisions,
            "depends_on": script.depends_on,
            "branch_labels": script.branch_labels,
            "message": script.message,
        }));
        return ExitStatus::Done;
    }
    print_line(&up.display().to_string());
    print_line(&down.display().to_string());
    let parents = if script.down_revisions.is_empty() {
        "the base".to_owned()
    } else {
        in_words(&script.down_revisions)
    };
    context.say(&format!("revision {} stands on {parents}", script.revision));
    ExitStatus::Done
}
