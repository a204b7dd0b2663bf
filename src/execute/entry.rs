//! What the ledger is given of a revision that enters it.

use crate::graph::NodeIndex;
use crate::ledger::{Entry, Origin};
use crate::script::{Bodies, Checksum, ScriptDirectory, ScriptProblem};
use crate::sql::Dialect;

/// The ledger's entry of the revision at `node`, with the texts and the checksum of `bodies`. Its dependencies are told
/// by id, whatever label the header has.
pub(super) fn entry(scripts: &ScriptDirectory, node: NodeIndex, bodies: &Bodies, origin: Origin) -> Entry {
    let revision = scripts.graph().revision(node);
    Entry {
        revision: revision.id.clone(),
        parents: revision.down_revisions.clone(),
        depends_on: dependencies(scripts, node),
        checksum: Checksum::of_script(&bodies.up.text),
        message: scripts.script(node).message.clone(),
        up_script: bodies.up.text.clone(),
        down_script: bodies.down.as_ref().map(|down| down.text.clone()),
        origin,
    }
}

/// What a revision depends on, by id: a label may be gone, or another's, by the time the ledger is asked.
fn dependencies(scripts: &ScriptDirectory, node: NodeIndex) -> Vec<String> {
    let graph = scripts.graph();
    let id = |name: &String| match graph.find(name).or_else(|| graph.find_label(name)) {
        Some(node) => graph.id(node).to_string(),
        None => name.clone(),
    };
    graph.revision(node).depends_on.iter().map(id).collect()
}

/// The ledger's entry of a revision that was not run by revgraph.
///
/// # Errors
/// [`ScriptProblem`] where its scripts cannot be read.
pub fn entry_of(
    scripts: &ScriptDirectory,
    node: NodeIndex,
    dialect: Dialect,
    origin: Origin,
) -> Result<Entry, ScriptProblem> {
    Ok(entry(scripts, node, &scripts.script(node).bodies(dialect)?, origin))
}

/// The entries of a baseline's originals, which take its place.
///
/// # Errors
/// [`ScriptProblem`] of the first whose scripts cannot be read.
pub(super) fn originals(
    scripts: &ScriptDirectory,
    baseline: NodeIndex,
    dialect: Dialect,
) -> Result<Vec<Entry>, ScriptProblem> {
    let originals = scripts.graph().originals(baseline).into_iter();
    originals.map(|node| entry_of(scripts, node, dialect, Origin::Squash)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::RevisionId;

    #[test]
    fn an_entry_names_what_its_revision_depends_on_by_id() {
        let scripts = crate::script::tests_support::scripts(&[
            ("a", "-- branch_labels: left"),
            ("b", "-- down_revision: a\n-- depends_on: left, c"),
            ("c", ""),
        ]);
        let node = scripts.graph().find("b").expect("it is there");
        let entry = entry_of(&scripts, node, Dialect::Sqlite, Origin::Stamp).expect("it can be read");
        assert_eq!(entry.depends_on, ["a", "c"]);
        assert_eq!(entry.parents, [RevisionId::recorded("a")]);
        assert_eq!((entry.origin, &*entry.message, entry.down_script), (Origin::Stamp, "b", None));
        assert!(entry.up_script.ends_with("SELECT 'b';\n"));
    }
}
