//! The order of revisions: topological, ties as Alembic has them.

use std::collections::BTreeMap;

use petgraph::Direction;
use petgraph::graph::{DiGraph, EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;

use super::{Edge, NodeSet, RevisionGraph};

/// Every node after its parents and dependencies, as [`RevisionGraph::sorted`]. What is on a cycle, or below one, is
/// left out.
pub(super) fn topological(graph: &DiGraph<(), Edge>, inherited: &[EdgeIndex]) -> Vec<NodeIndex> {
    sort(graph, inherited, &graph.node_indices().collect::<Vec<_>>(), |_| true)
}

/// Alembic 1.20's `_topological_sort`, which walks down from the tips: it stays on a branch until it meets a revision
/// on which another branch stands, and then goes on with the first such branch. Alembic takes the tips in the order
/// of its files; here the last id comes first, so that of branches that never meet the first id is applied first. The
/// last that comes out can be applied first.
fn sort(
    graph: &DiGraph<(), Edge>,
    inherited: &[EdgeIndex],
    nodes: &[NodeIndex],
    is_member: impl Fn(NodeIndex) -> bool,
) -> Vec<NodeIndex> {
    let mut descent = Descent::new(graph, inherited, nodes, is_member);
    let mut sorted = Vec::with_capacity(nodes.len());
    // Where nothing is on a cycle each move leads further up, so no more of them than places come in a row.
    let mut moves = 0;
    while let Some((place, node)) = descent.candidate() {
        match descent.blocked_by(node) {
            None => {
                sorted.push(node);
                descent.emit(place, node);
                moves = 0;
            }
            Some(other) if moves <= descent.open.len() => {
                descent.current = other;
                moves += 1;
            }
            Some(_) => break,
        }
    }
    sorted.reverse();
    sorted
}

/// A place in the list of the branches that are being walked. Places keep their order when one of them is given up.
type BranchPlace = u32;

struct Descent<'g, M> {
    graph: &'g DiGraph<(), Edge>,
    inherited: &'g [EdgeIndex],
    is_member: M,
    /// How many members stand on each node and have not come out.
    standing_on: Vec<u32>,
    /// Where the walk down each branch has come to.
    open: BTreeMap<BranchPlace, NodeIndex>,
    /// The place at which a node is.
    places: Vec<Option<BranchPlace>>,
    current: BranchPlace,
    next_place: BranchPlace,
    /// Before which place no branch has come to what stands on each node. Branches only go down, and new ones come
    /// last, so what has been found once stays true.
    least_place: Vec<BranchPlace>,
    /// The number of the search that came to each node last, so that none begins with an empty set.
    seen_in: Vec<u32>,
    searches: u32,
}

/// A node of which a search looks at what stands on it.
struct Visit<I> {
    node: NodeIndex,
    above: I,
    least_place: BranchPlace,
}

impl<'g, M: Fn(NodeIndex) -> bool> Descent<'g, M> {
    fn new(
        graph: &'g DiGraph<(), Edge>,
        inherited: &'g [EdgeIndex],
        nodes: &[NodeIndex],
        is_member: M,
    ) -> Self {
        let count = graph.node_count();
        let mut descent = Self {
            graph,
            inherited,
            is_member,
            standing_on: vec![0; count],
            open: BTreeMap::new(),
            places: vec![None; count],
            current: 0,
            next_place: 0,
            least_place: vec![0; count],
            seen_in: vec![0; count],
            searches: 0,
        };
        for node in nodes.iter().rev() {
            let above = graph.neighbors(*node).filter(|above| (descent.is_member)(*above)).count();
            if let Some(slot) = descent.standing_on.get_mut(node.index()) {
                *slot = u32::try_from(above).unwrap_or(u32::MAX);
            }
            if above == 0 {
                descent.open_place(*node);
            }
        }
        descent
    }

    fn candidate(&self) -> Option<(BranchPlace, NodeIndex)> {
        self.open.get(&self.current).map(|node| (self.current, *node))
    }

    fn waits(&self, node: NodeIndex) -> bool {
        self.standing_on.get(node.index()).is_some_and(|above| *above > 0)
    }

    fn place(&self, node: NodeIndex) -> Option<BranchPlace> {
        self.places.get(node.index()).copied().flatten()
    }

    /// The first of the branches that have come to something that stands on `node`, if there is any.
    fn blocked_by(&mut self, node: NodeIndex) -> Option<BranchPlace> {
        if !self.waits(node) {
            return None;
        }
        self.searches += 1;
        let graph = self.graph;
        let lowest = self.least_place_of(node);
        let mut first = BranchPlace::MAX;
        let mut visits = vec![Visit { node, above: graph.neighbors(node), least_place: BranchPlace::MAX }];
        while let Some(visit) = visits.last_mut() {
            let Some(one) = visit.above.next() else {
                let Some(Visit { node, least_place, .. }) = visits.pop() else { break };
                let known = self.learn(node, least_place).min(self.place(node).unwrap_or(BranchPlace::MAX));
                if let Some(below) = visits.last_mut() {
                    below.least_place = below.least_place.min(known);
                }
                continue;
            };
            let place = self.place(one);
            // What has come out has nothing above it that has not.
            let is_out = place.is_none() && !self.waits(one);
            if is_out || !(self.is_member)(one) {
                continue;
            }
            first = first.min(place.unwrap_or(first));
            if first == lowest {
                return Some(first);
            }
            if self.least_place_of(one) < first && self.is_first_visit(one) {
                visits.push(Visit { node: one, above: graph.neighbors(one), least_place: BranchPlace::MAX });
            } else {
                let known = self.least_place_of(one).min(place.unwrap_or(BranchPlace::MAX));
                visit.least_place = visit.least_place.min(known);
            }
        }
        // On a cycle a node can be blocked by what no branch has come to.
        Some(if first == BranchPlace::MAX { self.current } else { first })
    }

    fn least_place_of(&self, node: NodeIndex) -> BranchPlace {
        self.least_place.get(node.index()).copied().unwrap_or_default()
    }

    /// Remembers that no branch before `place` has come to what stands on a node; what is known of it then.
    fn learn(&mut self, node: NodeIndex, place: BranchPlace) -> BranchPlace {
        let Some(least) = self.least_place.get_mut(node.index()) else { return 0 };
        *least = place.max(*least);
        *least
    }

    /// Whether a search comes to a node for the first time.
    fn is_first_visit(&mut self, node: NodeIndex) -> bool {
        let search = self.searches;
        self.seen_in.get_mut(node.index()).is_some_and(|seen| std::mem::replace(seen, search) != search)
    }

    /// Takes a node out, and goes on below it.
    fn emit(&mut self, place: BranchPlace, node: NodeIndex) {
        self.clear_place(node);
        self.open.remove(&place);
        let below = below(self.graph, self.inherited, node).into_iter();
        let below: Vec<NodeIndex> = below.filter(|one| (self.is_member)(*one)).collect();
        for one in self.graph.neighbors_directed(node, Direction::Incoming) {
            if let Some(above) = self.standing_on.get_mut(one.index()) {
                *above = above.saturating_sub(1);
            }
        }
        let mut new =
            below.into_iter().filter(|one| self.place(*one).is_none()).collect::<Vec<_>>().into_iter();
        match new.next() {
            Some(first) => {
                self.set_place(first, place);
                new.for_each(|one| self.open_place(one));
            }
            None => {
                let before = self.open.range(..place).next_back().or_else(|| self.open.iter().next());
                self.current = before.map_or(0, |(place, _)| *place);
            }
        }
    }

    fn open_place(&mut self, node: NodeIndex) {
        self.set_place(node, self.next_place);
        self.next_place += 1;
    }

    fn set_place(&mut self, node: NodeIndex, place: BranchPlace) {
        self.open.insert(place, node);
        if let Some(slot) = self.places.get_mut(node.index()) {
            *slot = Some(place);
        }
    }

    fn clear_place(&mut self, node: NodeIndex) {
        if let Some(slot) = self.places.get_mut(node.index()) {
            *slot = None;
        }
    }
}

/// What a revision stands on, as it declares it: parents, then those dependencies that no ancestor of it declares too.
fn below(graph: &DiGraph<(), Edge>, inherited: &[EdgeIndex], node: NodeIndex) -> Vec<NodeIndex> {
    let edges = graph.edges_directed(node, Direction::Incoming);
    let mut own: Vec<NodeIndex> = edges
        .filter(|edge| inherited.binary_search(&edge.id()).is_err())
        .map(|edge| edge.source())
        .collect();
    // petgraph has the edges of a node newest first.
    own.reverse();
    own
}

impl RevisionGraph {
    /// The members of `set` in the order in which they can be applied: topological, ties as Alembic 1.20 has them.
    /// A branch is walked to its end before the next begins. Where Alembic goes by the order of its files, which it does
    /// between branches that never meet, the smallest id comes first; where it goes by a Python set, dependencies come as
    /// they are declared.
    #[must_use]
    pub fn sorted(&self, set: &NodeSet) -> Vec<NodeIndex> {
        sort(&self.graph, &self.inherited, &set.iter().collect::<Vec<_>>(), |node| set.contains(node))
    }

    /// All nodes, in the order in which they can be applied.
    #[must_use]
    pub fn in_order(&self) -> &[NodeIndex] {
        &self.order
    }
}
