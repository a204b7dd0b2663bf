//! The order of revisions: topological, ties as Alembic has them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

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

/// Nodes with their bounds, the least first.
type Above = BinaryHeap<Reverse<(BranchPlace, NodeIndex)>>;

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
    /// What stands on each node and is still in, where it has been asked for, the least bound first. A bound that is
    /// behind the node's own is brought up to it when it comes first.
    above: Vec<Option<Above>>,
    /// Before which place no branch has come to each node or to what stands on it. Branches only go down, and new ones
    /// come last, so what has been found once stays true.
    bounds: Vec<BranchPlace>,
    /// How far the last search that came to each node has got with it.
    seen: Vec<Seen>,
    searches: u32,
}

/// What a search knows of a node.
#[derive(Clone, Copy, Default, PartialEq)]
struct Seen {
    search: u32,
    /// Whether the bound of the node is a place that has come to it or to what stands on it.
    is_exact: bool,
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
            above: vec![None; count],
            bounds: vec![0; count],
            seen: vec![Seen::default(); count],
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
        let mut path = vec![node];
        loop {
            let at = *path.last()?;
            let first = match self.least_above(at) {
                Some((_, one)) if self.seen_as(one).is_none() => {
                    self.look_at(one, &mut path);
                    continue;
                }
                // On a cycle: no order needs what is seen again.
                Some((_, one)) if self.seen_as(one) == Some(false) => {
                    self.heap(at)?.pop();
                    continue;
                }
                Some((place, _)) => place,
                None => BranchPlace::MAX,
            };
            path.pop();
            if path.is_empty() {
                // On a cycle a node can be blocked by what no branch has come to.
                return Some(if first == BranchPlace::MAX { self.current } else { first });
            }
            self.learn(at, first.min(self.place(at).unwrap_or(BranchPlace::MAX)));
        }
    }

    /// Begins with a node that a search comes to. Where a branch has come to it, and none before that can have come
    /// above it, that is already known.
    fn look_at(&mut self, node: NodeIndex, path: &mut Vec<NodeIndex>) {
        match self.place(node) {
            Some(place) if place == self.bound(node) => self.learn(node, place),
            _ => {
                self.see(node, false);
                path.push(node);
            }
        }
    }

    /// What stands on a node and has the least bound, with that.
    fn least_above(&mut self, node: NodeIndex) -> Option<(BranchPlace, NodeIndex)> {
        loop {
            let Reverse((bound, one)) = *self.heap(node)?.peek()?;
            let known = self.bound(one);
            // What has come out has nothing above it that has not.
            let is_out = self.place(one).is_none() && !self.waits(one);
            if !is_out && known <= bound {
                return Some((bound, one));
            }
            let heap = self.heap(node)?;
            heap.pop();
            if !is_out {
                heap.push(Reverse((known, one)));
            }
        }
    }

    fn heap(&mut self, node: NodeIndex) -> Option<&mut Above> {
        let (graph, is_member, bounds) = (self.graph, &self.is_member, &self.bounds);
        let bound = |one: NodeIndex| bounds.get(one.index()).copied().unwrap_or_default();
        let members = || graph.neighbors(node).filter(|one| is_member(*one));
        let slot = self.above.get_mut(node.index())?;
        Some(slot.get_or_insert_with(|| members().map(|one| Reverse((bound(one), one))).collect()))
    }

    fn bound(&self, node: NodeIndex) -> BranchPlace {
        self.bounds.get(node.index()).copied().unwrap_or_default()
    }

    /// Remembers the first place that has come to a node or to what stands on it.
    fn learn(&mut self, node: NodeIndex, place: BranchPlace) {
        if let Some(bound) = self.bounds.get_mut(node.index()) {
            *bound = place.max(*bound);
        }
        self.see(node, true);
    }

    /// Whether this search knows the bound of a node to be exact; `None` where it has not come there.
    fn seen_as(&self, node: NodeIndex) -> Option<bool> {
        self.seen.get(node.index()).filter(|seen| seen.search == self.searches).map(|seen| seen.is_exact)
    }

    fn see(&mut self, node: NodeIndex, is_exact: bool) {
        if let Some(seen) = self.seen.get_mut(node.index()) {
            *seen = Seen { search: self.searches, is_exact };
        }
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
    let mut own: Vec<NodeIndex> =
        edges.filter(|edge| inherited.binary_search(&edge.id()).is_err()).map(|edge| edge.source()).collect();
    // petgraph has the edges of a node newest first.
    own.reverse();
    own
}

#[doc(hidden)]
impl RevisionGraph {
    /// The members of `set` in the order in which they can be applied: topological, ties as Alembic 1.20 has them.
    /// A branch is walked to its end before the next begins. Where Alembic goes by the order of its files, which it does
    /// between branches that never meet, the smallest id comes first; where it goes by a Python set, dependencies come as
    /// they are declared.
    #[must_use]
    pub fn sorted(&self, set: &NodeSet) -> Vec<NodeIndex> {
        sort(&self.graph, &self.inherited, &set.iter().collect::<Vec<_>>(), |node| set.contains(node))
    }

    /// All nodes, each behind its parents and dependencies, in the order in which `upgrade heads` applies them to an
    /// empty database. Ties are broken as the glossary's "order" says.
    #[must_use]
    pub fn in_order(&self) -> &[NodeIndex] {
        &self.order
    }
}
