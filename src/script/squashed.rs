//! Scripts as they will be once a squash has replaced some of them. Pure.

use super::added::NewRevision;
use super::directory::ScriptDirectory;
use super::revision_files::Script;
use crate::graph::{Follow, GraphProblem, NodeIndex, NodeSet, Revision, RevisionGraph, RevisionId};

impl ScriptDirectory {
    /// These scripts with a baseline in the place of `originals`, of which `last` is the one that all others of them
    /// lead to. What stood on it stands on the baseline.
    ///
    /// # Errors
    /// What would keep the result from being a graph.
    pub fn squashed(
        &self,
        originals: &NodeSet,
        last: NodeIndex,
        baseline: NewRevision,
    ) -> Result<Self, Vec<GraphProblem>> {
        let id = baseline.revision.id.clone();
        let repointed = self.standing_on(last);
        let mut all: Vec<(Revision, Script)> = Vec::with_capacity(self.scripts.len());
        for (node, script) in self.graph.nodes().zip(&self.scripts) {
            if !originals.contains(node) {
                let mut revision = self.graph.revision(node).clone();
                if repointed.contains(&node) {
                    let (parents, dependencies) = self.links_to(node, last, &id);
                    revision.down_revisions = parents;
                    revision.depends_on = dependencies;
                }
                all.push((revision, script.clone()));
            }
        }
        all.push(baseline.into_pair());
        all.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
        let (revisions, scripts) = all.into_iter().unzip();
        Ok(Self { graph: RevisionGraph::new(revisions)?, scripts, ..self.clone() })
    }

    /// The revisions that name this one, by its id, as parent or dependency, in the order of their ids.
    #[must_use]
    pub fn standing_on(&self, node: NodeIndex) -> Vec<NodeIndex> {
        let id = self.graph.id(node);
        let names = |above: &NodeIndex| {
            let revision = self.graph.revision(*above);
            revision.down_revisions.contains(id) || revision.depends_on.iter().any(|name| name == id.as_str())
        };
        self.graph.above(node, Follow::ParentsAndDependencies).into_iter().filter(names).collect()
    }

    /// The parents and dependencies of a revision, with another id in the place of that of `old`.
    #[must_use]
    pub fn links_to(
        &self,
        node: NodeIndex,
        old: NodeIndex,
        new: &RevisionId,
    ) -> (Vec<RevisionId>, Vec<String>) {
        let revision = self.graph.revision(node);
        let old = self.graph.id(old);
        let parent = |id: &RevisionId| if id == old { new } else { id }.clone();
        let dependency = |name: &String| if name == old.as_str() { new.to_string() } else { name.clone() };
        (
            revision.down_revisions.iter().map(parent).collect(),
            revision.depends_on.iter().map(dependency).collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use crate::graph::RevisionId;
    use crate::script::tests_support::scripts;

    #[test]
    fn what_stands_on_a_revision_names_it() {
        let scripts = scripts(&[
            ("a", "-- branch_labels: left"),
            ("b", "-- down_revision: a"),
            ("c", "-- depends_on: a"),
            ("d", "-- depends_on: left"),
            ("e", "-- down_revision: b"),
        ]);
        let node = |id: &str| scripts.graph().find(id).expect("a known revision");
        let standing = |id: &str| {
            let ids = scripts.graph().ids(&scripts.standing_on(node(id)));
            ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(standing("a"), "b c", "a label is not the id");
        assert_eq!((standing("b"), standing("e")), ("e".to_owned(), String::new()));
        let new = RevisionId::recorded("new");
        let links = |id: &str, old: &str| {
            let (parents, dependencies) = scripts.links_to(node(id), node(old), &new);
            (parents.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "), dependencies.join(" "))
        };
        assert_eq!(links("b", "a"), ("new".to_owned(), String::new()));
        assert_eq!(links("c", "a"), (String::new(), "new".to_owned()));
        assert_eq!(links("d", "a"), (String::new(), "left".to_owned()));
        assert_eq!(links("e", "a"), ("b".to_owned(), String::new()));
    }
}
