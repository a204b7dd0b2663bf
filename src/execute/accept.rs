//! `resolve --accept`: the ledger takes an edited script as it is now.

use super::{Applied, Asked, ExecuteError, KnownHistory, Options, Reading, check_edges, entry_of};
use crate::backend::{Backend, DatabaseState};
use crate::graph::{RevisionId, RevisionSpec};
use crate::ledger::{Entry, Origin, RecordedScripts};
use crate::plan::PlanError;
use crate::script::ScriptDirectory;

/// A script that has been accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The revision.
    pub revision: RevisionId,
    /// Whether the ledger's copy was another than the scripts on disk, or there was none.
    pub changed: bool,
}

/// Puts both scripts of applied revisions, as they are on disk, into the ledger in the place of its copies, with an
/// event each. Nothing runs. The parents stay as they were recorded: that a revision stands elsewhere now cannot be
/// accepted.
///
/// # Errors
/// [`ExecuteError::NotApplied`], [`ExecuteError::Reparented`], a target that leads nowhere, unreadable scripts, and
/// the database's. Only the database's can come after something has changed.
pub fn accept(
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    target: &RevisionSpec,
    options: &Options,
) -> Result<Vec<Accepted>, ExecuteError> {
    let nodes = scripts.graph().resolve(target).map_err(PlanError::from)?;
    let dialect = backend.dialect();
    let entries: Result<Vec<Entry>, _> =
        nodes.iter().map(|node| entry_of(scripts, *node, dialect, Origin::Adopted)).collect();
    let entries = entries.map_err(|problem| ExecuteError::Scripts(vec![problem]))?;
    backend.lock()?;
    let reading = Reading::of(backend)?;
    let known = KnownHistory::for_command(scripts, backend, &reading, Asked::default())?;
    let applied = known.applied_of(scripts);
    if let Some(node) = nodes.iter().find(|node| !applied.contains(**node)) {
        return Err(ExecuteError::NotApplied { revision: scripts.graph().id(*node).clone() });
    }
    backend.ensure_tables(&reading.state, 0)?;
    let applied = Applied::new(known.scripts(), &reading.state.rows, &reading.recorded)?;
    check_edges(known.scripts(), &applied)?;
    entries.into_iter().map(|entry| accept_one(backend, entry, &reading.state, &applied, options)).collect()
}

fn accept_one(
    backend: &mut dyn Backend,
    entry: Entry,
    state: &DatabaseState,
    applied: &Applied<'_>,
    options: &Options,
) -> Result<Accepted, ExecuteError> {
    let copies = backend.recorded_scripts(std::slice::from_ref(&entry.revision))?;
    let before = applied.recorded.iter().find(|recorded| recorded.revision == entry.revision);
    let (Some(copy), Some(before)) = (copies.first(), before) else {
        // Another tool applied it, and the ledger has not met it yet.
        backend.adopt(&state.rows, std::slice::from_ref(&entry), &[], &options.actor)?;
        return Ok(Accepted { revision: entry.revision, changed: true });
    };
    let changed = before.checksum != entry.checksum.to_string() || !is_as_recorded(&entry, copy);
    if changed {
        let detail = format!("checksum {} -> {}", before.checksum, entry.checksum);
        let entry = Entry {
            parents: before.parents.clone(),
            depends_on: before.depends_on.iter().map(ToString::to_string).collect(),
            origin: before.origin,
            ..entry.clone()
        };
        backend.accept(&entry, &options.actor, Some(detail))?;
    }
    Ok(Accepted { revision: entry.revision, changed })
}

fn is_as_recorded(entry: &Entry, copy: &RecordedScripts) -> bool {
    entry.message == copy.message
        && entry.up_script == copy.up_script
        && entry.down_script == copy.down_script
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::Checksum;

    #[test]
    fn one_part_that_differs_is_enough() {
        let entry = Entry {
            revision: RevisionId::recorded("a"),
            parents: Vec::new(),
            depends_on: Vec::new(),
            checksum: Checksum::of_script("SELECT 1"),
            message: "m".to_owned(),
            up_script: "up".into(),
            down_script: Some("down".into()),
            origin: Origin::Upgrade,
        };
        let copy = RecordedScripts {
            revision: entry.revision.clone(),
            message: entry.message.clone(),
            up_script: entry.up_script.clone(),
            down_script: entry.down_script.clone(),
        };
        assert!(is_as_recorded(&entry, &copy));
        assert!(!is_as_recorded(&entry, &RecordedScripts { message: "other".to_owned(), ..copy.clone() }));
        assert!(!is_as_recorded(&entry, &RecordedScripts { up_script: "other".into(), ..copy.clone() }));
        assert!(!is_as_recorded(&entry, &RecordedScripts { down_script: None, ..copy }));
    }
}
