//! Steps, and the order in which they are done.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use super::super::Statement;
use crate::catalog::{ObjectKind, ObjectName};

/// What is done with an object in a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Stage {
    /// It is dropped, for good or to be made again.
    Drop,
    /// A column lets go of its default.
    Release,
    /// It is altered in place.
    Alter,
    /// It is made.
    Create,
    /// A table becomes a partition or child of another.
    Join,
    /// What can only be done when all else is there.
    AtEnd,
}

/// Statements about one object that belong together. There may be none, where it goes or comes with another.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) key: Key,
    pub(super) statements: Vec<Statement>,
}

/// What decides which of the steps that could come next does: the smallest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    phase: Phase,
    kind: u8,
    schema: Option<String>,
    /// The relation, where it is a part of one.
    whole: String,
    part: Option<ObjectKind>,
    position: usize,
    name: String,
    arguments: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Drops,
    Alters,
    /// After what may read them once more.
    DropsOfColumns,
    Creates,
    /// Tables become children of others.
    Joins,
    AtEnd,
}

impl Key {
    /// The key of a step with an object; `position` is its place among steps that are alike in all but the name.
    pub(super) fn of(name: &ObjectName, stage: Stage, position: usize) -> Self {
        let is_column = name.kind == ObjectKind::Column;
        let phase = match stage {
            Stage::Drop if is_column => Phase::DropsOfColumns,
            Stage::Drop | Stage::Release => Phase::Drops,
            Stage::Alter => Phase::Alters,
            Stage::Create if is_column => Phase::Alters,
            Stage::Create => Phase::Creates,
            Stage::Join => Phase::Joins,
            Stage::AtEnd => Phase::AtEnd,
        };
        // Of an altered table all parts stand together.
        let kind = match phase {
            Phase::Alters if name.relation.is_some() => ObjectKind::Table,
            _ => name.kind,
        };
        Self {
            phase,
            kind: if phase == Phase::Drops { u8::MAX - kind as u8 } else { kind as u8 },
            schema: name.schema.clone(),
            whole: name.relation.clone().unwrap_or_else(|| name.name.clone()),
            part: name.relation.as_ref().map(|_| name.kind),
            position,
            name: name.name.clone(),
            arguments: name.arguments.clone(),
        }
    }
}

/// The statements of all steps, each step after those that `edges` say; of those that could come next the one with the
/// smallest key. Where all that are left wait for each other, the one with the smallest key comes all the same.
pub(super) fn in_order(steps: Vec<Step>, edges: &BTreeSet<(usize, usize)>) -> Vec<Statement> {
    let mut waiting = vec![0_usize; steps.len()];
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); steps.len()];
    for (first, second) in edges {
        if let (Some(followers), Some(count)) = (followers.get_mut(*first), waiting.get_mut(*second)) {
            followers.push(*second);
            *count += 1;
        }
    }
    let keys: Vec<Key> = steps.iter().map(|step| step.key.clone()).collect();
    let mut left: BTreeSet<(&Key, usize)> = keys.iter().zip(0..).collect();
    let is_free = |place: &usize, waiting: &[usize]| waiting.get(*place) == Some(&0);
    let mut ready: BinaryHeap<Reverse<(&Key, usize)>> =
        left.iter().filter(|(_, place)| is_free(place, &waiting)).copied().map(Reverse).collect();
    let mut order = Vec::new();
    loop {
        let next = match ready.pop() {
            Some(Reverse(next)) => Some(next),
            None => left.first().copied(),
        };
        let Some(next) = next else { break };
        if !left.remove(&next) {
            continue;
        }
        order.push(next.1);
        for follower in followers.get(next.1).into_iter().flatten() {
            let Some(count) = waiting.get_mut(*follower) else { continue };
            *count = count.saturating_sub(1);
            if let (0, Some(key)) = (*count, keys.get(*follower)) {
                ready.push(Reverse((key, *follower)));
            }
        }
    }
    let mut statements: Vec<Vec<Statement>> = steps.into_iter().map(|step| step.statements).collect();
    let taken =
        order.into_iter().flat_map(|place| statements.get_mut(place).map(std::mem::take).unwrap_or_default());
    taken.collect()
}
