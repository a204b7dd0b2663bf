//! The order in which objects can be made.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use petgraph::algo::tarjan_scc;
use petgraph::graph::DiGraph;

use super::partitions::Partitions;
use crate::catalog::{Catalog, Constraint, ConstraintRule, Definition, Key, ObjectName};

/// An object that is made in its turn, with the constraints that are made within its statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step<'c> {
    pub(super) object: &'c ObjectName,
    /// The constraints of a table that can be made with it.
    pub(super) inline: Vec<&'c ObjectName>,
}

/// The objects that are wanted, each after those of them that it needs; of those that could come next the first by kind and name. A table
/// comes after those that its constraints refer to, unless they refer to each other. A constraint that cannot be made
/// with its table is a step of its own.
#[must_use]
pub(super) fn order<'c>(catalog: &'c Catalog, is_wanted: &dyn Fn(&ObjectName) -> bool) -> Vec<Step<'c>> {
    let mut sorter = Sorter::new(Needs::of(catalog, is_wanted));
    let mut steps = Vec::new();
    while let Some(object) = sorter.next() {
        let inline = sorter.emit(object);
        steps.push(Step { object, inline });
    }
    steps
}

/// What is to be made, and what each needs.
struct Needs<'c> {
    /// The constraints that may be made with their table, by table.
    attached: BTreeMap<&'c ObjectName, Vec<&'c ObjectName>>,
    /// What each object needs, where an attached constraint stands for its table.
    needs: BTreeMap<&'c ObjectName, BTreeSet<&'c ObjectName>>,
}

impl<'c> Needs<'c> {
    fn of(catalog: &'c Catalog, is_wanted: &dyn Fn(&ObjectName) -> bool) -> Self {
        let partitions = Partitions::of(catalog);
        let homes = homes(catalog, &partitions, is_wanted);
        let home = |name: &'c ObjectName| homes.get(name).copied().unwrap_or(name);
        let mut attached: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (constraint, table) in &homes {
            attached.entry(*table).or_default().push(*constraint);
        }
        let mut needs = BTreeMap::new();
        for name in catalog.objects.keys().filter(|name| is_wanted(name)) {
            let needed = catalog.dependencies.get(name).into_iter().flatten();
            let known = needed.filter_map(|needed| Some(catalog.objects.get_key_value(needed)?.0));
            let relation = catalog.relation_of(name).map(|(relation, _)| relation);
            let behind = partitions_before(catalog, &partitions, name);
            let all = known.chain(relation).chain(behind).filter(|needed| is_wanted(needed)).map(home);
            needs.insert(name, all.filter(|needed| *needed != home(name)).collect());
        }
        Self { attached, needs }
    }

    /// What an object waits for: what it needs and, as far as those do not wait for it in turn, what its constraints
    /// need.
    fn waiting(&self) -> BTreeMap<&'c ObjectName, BTreeSet<&'c ObjectName>> {
        let is_attached: BTreeSet<_> = self.attached.values().flatten().copied().collect();
        let mut waiting: BTreeMap<_, BTreeSet<_>> = self.needs.clone();
        waiting.retain(|name, _| !is_attached.contains(name));
        let wanted: Vec<(&ObjectName, &ObjectName)> = self.wanted().collect();
        let needed = waiting.iter().flat_map(|(name, needed)| needed.iter().map(|one| (*name, *one)));
        let circles = circles(waiting.keys().copied(), needed.chain(wanted.iter().copied()));
        for (table, needed) in wanted {
            if circles.get(table) != circles.get(needed) {
                waiting.entry(table).or_default().insert(needed);
            }
        }
        waiting
    }

    /// Each table, and what the constraints that may be made with it need.
    fn wanted(&self) -> impl Iterator<Item = (&'c ObjectName, &'c ObjectName)> {
        self.attached.iter().flat_map(|(table, constraints)| {
            let needed = constraints.iter().filter_map(|constraint| self.needs.get(constraint)).flatten();
            needed.map(|needed| (*table, *needed))
        })
    }
}

/// The partitions that a key or an index of a partitioned table must come behind: attached to a table that has it, they
/// would get a part of it that they may not have.
fn partitions_before<'c>(
    catalog: &'c Catalog,
    partitions: &Partitions<'c>,
    name: &'c ObjectName,
) -> Vec<&'c ObjectName> {
    let (Some(object), Some((table, _))) = (catalog.objects.get(name), catalog.relation_of(name)) else {
        return Vec::new();
    };
    let is_behind = match &object.definition {
        Definition::Constraint(constraint) => partitions.lack_part_of(name, constraint),
        Definition::Index(_) => true,
        _ => false,
    };
    if is_behind { partitions.of_table(table).to_vec() } else { Vec::new() }
}

/// The number of the strongly connected component of each object.
fn circles<'c>(
    objects: impl Iterator<Item = &'c ObjectName>,
    edges: impl Iterator<Item = (&'c ObjectName, &'c ObjectName)>,
) -> BTreeMap<&'c ObjectName, usize> {
    let mut graph = DiGraph::<&ObjectName, ()>::new();
    let nodes: BTreeMap<_, _> = objects.map(|object| (object, graph.add_node(object))).collect();
    for (from, to) in edges {
        if let (Some(from), Some(to)) = (nodes.get(from), nodes.get(to)) {
            graph.add_edge(*from, *to, ());
        }
    }
    let components = tarjan_scc(&graph).into_iter().enumerate();
    let numbered = components.flat_map(|(number, nodes)| nodes.into_iter().map(move |node| (node, number)));
    let numbers: BTreeMap<_, _> = numbered.collect();
    nodes.into_iter().filter_map(|(object, node)| Some((object, *numbers.get(&node)?))).collect()
}

struct Sorter<'c> {
    needs: Needs<'c>,
    waiting: BTreeMap<&'c ObjectName, BTreeSet<&'c ObjectName>>,
    /// Who waits for an object.
    waiters: BTreeMap<&'c ObjectName, Vec<&'c ObjectName>>,
    ready: BinaryHeap<Reverse<&'c ObjectName>>,
    done: BTreeSet<&'c ObjectName>,
}

impl<'c> Sorter<'c> {
    fn new(needs: Needs<'c>) -> Self {
        let waiting = needs.waiting();
        let (waiters, ready, done) = Default::default();
        let mut sorter = Self { needs, waiting: BTreeMap::new(), waiters, ready, done };
        for (name, needed) in waiting {
            sorter.wait(name, needed);
        }
        sorter
    }

    fn wait(&mut self, name: &'c ObjectName, needed: BTreeSet<&'c ObjectName>) {
        for one in &needed {
            self.waiters.entry(one).or_default().push(name);
        }
        if needed.is_empty() {
            self.ready.push(Reverse(name));
        }
        self.waiting.insert(name, needed);
    }

    /// The next object. Where all that are left need each other, which a database does not allow, the first.
    fn next(&mut self) -> Option<&'c ObjectName> {
        while let Some(Reverse(name)) = self.ready.pop() {
            if self.waiting.contains_key(name) {
                return Some(name);
            }
        }
        self.waiting.keys().next().copied()
    }

    /// Takes an object off; the constraints that are made with it.
    fn emit(&mut self, object: &'c ObjectName) -> Vec<&'c ObjectName> {
        self.waiting.remove(object);
        self.done.insert(object);
        for waiter in self.waiters.remove(object).unwrap_or_default() {
            if let Some(needed) = self.waiting.get_mut(waiter)
                && needed.remove(object)
                && needed.is_empty()
            {
                self.ready.push(Reverse(waiter));
            }
        }
        let mut inline = Vec::new();
        for constraint in self.needs.attached.remove(object).unwrap_or_default() {
            let needed = self.needs.needs.get(constraint).into_iter().flatten();
            let missing: BTreeSet<_> = needed.copied().filter(|one| !self.done.contains(one)).collect();
            if missing.is_empty() {
                inline.push(constraint);
            } else {
                self.wait(constraint, missing);
            }
        }
        inline
    }
}

/// Schema and table of a key, and its columns.
type KeyColumns<'c> = (Option<&'c String>, Option<&'c String>, &'c Vec<String>);

fn primary_keys(catalog: &Catalog) -> BTreeSet<KeyColumns<'_>> {
    let mut keys = BTreeSet::new();
    for (name, object) in &catalog.objects {
        if let Definition::Constraint(constraint) = &object.definition
            && let ConstraintRule::PrimaryKey(key) = &constraint.rule
        {
            keys.insert((name.schema.as_ref(), name.relation.as_ref(), &key.columns));
        }
    }
    keys
}

/// The keys of partitions that are parts of their parents' keys.
fn attached_keys(catalog: &Catalog) -> BTreeSet<KeyColumns<'_>> {
    let mut keys = BTreeSet::new();
    for (name, object) in &catalog.objects {
        if let Definition::Constraint(constraint) = &object.definition
            && let ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) = &constraint.rule
            && key.attached_to.is_some()
        {
            keys.insert((name.schema.as_ref(), name.relation.as_ref(), &key.columns));
        }
    }
    keys
}

/// Whether a partition gets a constraint only once it is one: what it has of its own when it is attached, the server takes
/// for a part of a key or reference of the parent that is like it.
fn is_for_attached_partition(
    catalog: &Catalog,
    name: &ObjectName,
    constraint: &Constraint,
    is_part: bool,
) -> bool {
    let table = catalog.relation_of(name).and_then(|(table, _)| catalog.objects.get(table));
    let is_partition = table.is_some_and(
        |table| matches!(&table.definition, Definition::Table(table) if table.partition_of.is_some()),
    );
    is_partition
        && match &constraint.rule {
            ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) => {
                key.attached_to.is_none() && is_part
            }
            ConstraintRule::ForeignKey(_) => !constraint.is_inherited,
            _ => false,
        }
}

/// The tables of the constraints that may be made with them.
fn homes<'c>(
    catalog: &'c Catalog,
    partitions: &Partitions<'_>,
    is_wanted: &dyn Fn(&ObjectName) -> bool,
) -> BTreeMap<&'c ObjectName, &'c ObjectName> {
    let mut homes = BTreeMap::new();
    let (primary, attached) = (primary_keys(catalog), attached_keys(catalog));
    let (mut keys, mut exclusions) = (BTreeSet::new(), BTreeSet::new());
    for (name, object) in catalog.objects.iter().filter(|(name, _)| is_wanted(name)) {
        let Definition::Constraint(constraint) = &object.definition else { continue };
        let columns = |key: &'c Key| (name.schema.as_ref(), name.relation.as_ref(), &key.columns);
        let is_part = match &constraint.rule {
            ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) => attached.contains(&columns(key)),
            _ => false,
        };
        if is_for_attached_partition(catalog, name, constraint, is_part)
            || partitions.lack_part_of(name, constraint)
        {
            continue;
        }
        // Of several keys of the same columns, and exclusions that are alike, PostgreSQL makes one where they stand in one `CREATE TABLE`.
        let is_again = match &constraint.rule {
            ConstraintRule::Unique(key) if key.attached_to.is_some() => !keys.insert(columns(key)),
            ConstraintRule::Unique(key) => primary.contains(&columns(key)) || !keys.insert(columns(key)),
            ConstraintRule::Exclusion { definition } => {
                !exclusions.insert((name.schema.as_ref(), name.relation.as_ref(), definition))
            }
            _ => false,
        };
        // It takes a constraint of a new table for validated.
        let is_inline = !catalog.dialect.alters_constraints() || (constraint.is_validated && !is_again);
        let table = catalog.relation_of(name).map(|(table, _)| table);
        if let Some(table) = table.filter(|table| is_inline && is_wanted(table)) {
            homes.insert(name, table);
        }
    }
    homes
}
