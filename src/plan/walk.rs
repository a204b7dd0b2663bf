//! Steps one at a time, from nothing: for those who look at the database after each.

use petgraph::graph::NodeIndex;

use super::Step;
use super::rows::RowTracker;
use crate::graph::{NodeSet, RevisionGraph};

/// A walk over a graph that begins with nothing applied.
pub struct Walk<'g>(RowTracker<'g>);

impl<'g> Walk<'g> {
    /// A walk that begins where nothing has been applied.
    #[must_use]
    pub fn new(graph: &'g RevisionGraph) -> Self {
        Self(RowTracker::new(graph, &[], &NodeSet::with_capacity(graph.len())))
    }

    /// The step that applies `node`, whose parents and dependencies have been applied.
    pub fn up(&mut self, node: NodeIndex) -> Step {
        self.0.upgrade(node)
    }

    /// The step that undoes `node`, on which nothing applied stands. It also takes back a step up that was not
    /// taken after all, and [`Walk::up`] takes back a step down.
    pub fn down(&mut self, node: NodeIndex) -> Step {
        self.0.downgrade(node)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::tests::graph;
    use crate::plan::Operation;

    #[test]
    fn rows_follow_a_revision_that_goes_up_down_and_up() {
        let graph = graph(&["a", "b: a", "c: a", "m: b, c", "d: / b"]);
        let mut walk = Walk::new(&graph);
        let mut rows = Vec::new();
        let mut after = |step: Step| {
            step.rows.apply_to(&mut rows);
            rows.iter().map(|row| row.as_str()).collect::<Vec<_>>().join(" ")
        };
        let node = |id: &str| graph.find(id).expect("it is there");
        for (operation, id, expected) in [
            (Operation::Upgrade, "a", "a"),
            (Operation::Upgrade, "b", "b"),
            (Operation::Upgrade, "c", "b c"),
            (Operation::Upgrade, "m", "m"),
            (Operation::Downgrade, "m", "b c"),
            (Operation::Upgrade, "d", "c d"),
            (Operation::Downgrade, "d", "b c"),
            (Operation::Upgrade, "m", "m"),
        ] {
            let step = match operation {
                Operation::Downgrade => walk.down(node(id)),
                _ => walk.up(node(id)),
            };
            assert_eq!(step.operation, operation);
            assert_eq!(after(step), expected, "{operation:?} {id}");
        }
    }
}
