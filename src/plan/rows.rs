//! How the version rows follow the steps.

use std::collections::BTreeSet;

use petgraph::graph::NodeIndex;

use super::{Operation, Plan, Step};
use crate::graph::{Follow, NodeSet, RevisionGraph, RevisionId};

/// What a step does to the version table. Applied in the order of the fields, as Alembic's `HeadMaintainer`
/// does: a merge deletes all but one row and updates that one; an unmerge inserts all but one.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct RowChange {
    /// Rows that go.
    pub delete: Vec<RevisionId>,
    /// Rows that come.
    pub insert: Vec<RevisionId>,
    /// A row that becomes another.
    pub update: Option<(RevisionId, RevisionId)>,
}

impl RowChange {
    /// The smallest change from one set of rows to another.
    #[must_use]
    pub fn between(before: &BTreeSet<RevisionId>, after: &BTreeSet<RevisionId>) -> Self {
        Self::replacing(
            before.difference(after).cloned().collect(),
            after.difference(before).cloned().collect(),
        )
    }

    fn replacing(mut delete: Vec<RevisionId>, mut insert: Vec<RevisionId>) -> Self {
        let update = match (delete.pop(), insert.pop()) {
            (Some(from), Some(to)) => Some((from, to)),
            (from, to) => {
                delete.extend(from);
                insert.extend(to);
                None
            }
        };
        Self { delete, insert, update }
    }

    /// The one change that does what this change and then `next` do; a row that one brings and the other takes away is
    /// in neither list.
    #[must_use]
    pub fn followed_by(self, next: &Self) -> Self {
        let (mut gone, mut come) = self.into_sets();
        let (next_gone, next_come) = next.clone().into_sets();
        for id in next_gone {
            if !come.remove(&id) {
                gone.insert(id);
            }
        }
        for id in next_come {
            if !gone.remove(&id) {
                come.insert(id);
            }
        }
        Self::replacing(gone.into_iter().collect(), come.into_iter().collect())
    }

    fn into_sets(self) -> (BTreeSet<RevisionId>, BTreeSet<RevisionId>) {
        let (from, to) = self.update.unzip();
        (self.delete.into_iter().chain(from).collect(), self.insert.into_iter().chain(to).collect())
    }

    /// Carries the change out on a sorted list of rows.
    pub fn apply_to(&self, rows: &mut Vec<RevisionId>) {
        let gone = |row: &RevisionId| {
            self.delete.contains(row) || self.update.as_ref().is_some_and(|(from, _)| from == row)
        };
        rows.retain(|row| !gone(row));
        rows.extend(self.insert.iter().cloned());
        rows.extend(self.update.iter().map(|(_, to)| to.clone()));
        rows.sort();
    }

    /// Whether the change is none: the version table stays as it is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.delete.is_empty() && self.insert.is_empty() && self.update.is_none()
    }

    /// How many version rows the change inserts, updates or deletes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.delete.len() + self.insert.len() + usize::from(self.update.is_some())
    }
}

/// The applied revisions and the version rows that stand for them, kept while steps are added.
///
/// A revision is a row exactly while it is applied and nothing applied names it as parent or dependency; so each
/// step costs its own edges, not a walk over the graph.
pub(super) struct RowTracker<'g> {
    graph: &'g RevisionGraph,
    /// Rows as they stand; may hold more than the tips until the first step, where another tool left them.
    rows: BTreeSet<NodeIndex>,
    /// By node: how many applied revisions name it as parent or dependency.
    dependents: Vec<u32>,
    before: Vec<RevisionId>,
    steps: Vec<Step>,
}

impl<'g> RowTracker<'g> {
    /// Starts from the rows of the database and all that they say has been applied.
    pub(super) fn new(graph: &'g RevisionGraph, rows: &[NodeIndex], applied: &NodeSet) -> Self {
        let mut dependents = vec![0; graph.len()];
        for node in applied.iter() {
            for below in graph.below(node, Follow::ParentsAndDependencies) {
                if let Some(count) = dependents.get_mut(below.index()) {
                    *count += 1;
                }
            }
        }
        Self {
            graph,
            rows: rows.iter().copied().collect(),
            dependents,
            before: graph.ids(rows),
            steps: Vec::new(),
        }
    }

    /// Adds the step that applies `node`, whose parents and dependencies have been applied.
    pub(super) fn upgrade(&mut self, node: NodeIndex) -> Step {
        let mut gone = self.redundant();
        for below in self.graph.below(node, Follow::ParentsAndDependencies) {
            if let Some(count) = self.dependents.get_mut(below.index()) {
                *count += 1;
            }
            if self.rows.remove(&below) {
                gone.push(below);
            }
        }
        self.rows.insert(node);
        let operation = if self.graph.is_unfolded(node) { Operation::Fold } else { Operation::Upgrade };
        self.push(node, operation, &gone, &[node])
    }

    /// Adds the step that undoes `node`, which nothing applied stands on.
    pub(super) fn downgrade(&mut self, node: NodeIndex) -> Step {
        let mut gone = self.redundant();
        if self.rows.remove(&node) {
            gone.push(node);
        }
        let mut come = Vec::new();
        for below in self.graph.below(node, Follow::ParentsAndDependencies) {
            if let Some(count) = self.dependents.get_mut(below.index()) {
                *count -= 1;
                if *count == 0 && self.rows.insert(below) {
                    come.push(below);
                }
            }
        }
        let operation = if self.graph.is_unfolded(node) { Operation::Unfold } else { Operation::Downgrade };
        self.push(node, operation, &gone, &come)
    }

    /// Takes out rows that other rows imply; only the first step can find any.
    fn redundant(&mut self) -> Vec<NodeIndex> {
        if !self.steps.is_empty() {
            return Vec::new();
        }
        let covered = |node: &NodeIndex| self.dependents.get(node.index()).is_some_and(|count| *count > 0);
        let redundant: Vec<NodeIndex> = self.rows.iter().copied().filter(covered).collect();
        for node in &redundant {
            self.rows.remove(node);
        }
        redundant
    }

    fn push(
        &mut self,
        node: NodeIndex,
        operation: Operation,
        gone: &[NodeIndex],
        come: &[NodeIndex],
    ) -> Step {
        let step = Step {
            revision: self.graph.id(node).clone(),
            operation,
            rows: RowChange::replacing(self.graph.ids(gone), self.graph.ids(come)),
        };
        self.steps.push(step.clone());
        step
    }

    /// The plan of the steps so far, with the version rows that they leave; without steps those that there were.
    pub(super) fn finish(self) -> Plan {
        let after = if self.steps.is_empty() {
            self.before.clone()
        } else {
            self.graph.ids(&self.rows.into_iter().collect::<Vec<_>>())
        };
        Plan { before: self.before, steps: self.steps, after }
    }
}
