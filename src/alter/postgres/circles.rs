//! Tables that need each other, or functions that need them: which of their parts cannot be made or dropped with them.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::tarjan_scc;
use petgraph::graph::DiGraph;

use super::fate::Fates;
use super::sides::{Sides, constraint_of};
use crate::catalog::sql::Partitions;
use crate::catalog::{Catalog, ConstraintRule, ObjectKind, ObjectName};

/// The constraints of tables that come or go, by whether they come and go with their tables.
pub(super) struct Circles<'c> {
    /// By table, the constraints that are made with it.
    inline: BTreeMap<&'c ObjectName, Vec<&'c ObjectName>>,
    is_inline: BTreeSet<&'c ObjectName>,
    dropped_apart: BTreeSet<&'c ObjectName>,
}

impl<'c> Circles<'c> {
    /// Finds out which constraints of tables that come or go cannot come or go with their tables.
    pub(super) fn of(sides: &Sides<'c>, fates: &Fates) -> Self {
        let mut inline: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let partitions = Partitions::of(sides.right);
        let made =
            Rings::of(sides.right, &|name| fates.is_made(name), &|kind| kind == ObjectKind::Constraint);
        for (table, constraint) in made.parts() {
            // PostgreSQL takes a constraint of a new table for validated, and gives each partition a part of a key.
            let definition = constraint_of(sides.right, constraint);
            let can_be =
                definition.is_some_and(|one| one.is_validated && !partitions.lack_part_of(constraint, one));
            // It has to be there when its table becomes a partition, which would get one.
            let is_key_of_partition = definition.is_some_and(|one| {
                one.is_inherited
                    && matches!(one.rule, ConstraintRule::PrimaryKey(_) | ConstraintRule::Unique(_))
            });
            if can_be && (is_key_of_partition || !made.is_in_circle(table, constraint)) {
                inline.entry(table).or_default().push(constraint);
            }
        }
        let away = Rings::of(sides.left, &|name| fates.is_away(name), &|kind| kind != ObjectKind::Column);
        let dropped_apart = away
            .parts()
            .filter(|(table, part)| away.is_in_circle(table, part) && !is_of_index(sides.left, part))
            .map(|(_, part)| part);
        let is_inline = inline.values().flatten().copied().collect();
        Self { dropped_apart: dropped_apart.collect(), is_inline, inline }
    }

    /// Whether a constraint is made in the statement of its table.
    pub(super) fn is_made_inline(&self, constraint: &ObjectName) -> bool {
        self.is_inline.contains(constraint)
    }

    /// The constraints that are made in the statement of a table.
    pub(super) fn inline_of(&self, table: &ObjectName) -> Vec<&'c ObjectName> {
        self.inline.get(table).cloned().unwrap_or_default()
    }

    /// Whether a part of a table has to be dropped before its table.
    pub(super) fn is_dropped_apart(&self, part: &ObjectName) -> bool {
        self.dropped_apart.contains(part)
    }
}

/// Whether a constraint has an index, which can be a part of another, or an index is one: that one's table has to take it
/// along.
fn is_of_index(catalog: &Catalog, part: &ObjectName) -> bool {
    let rule = constraint_of(catalog, part).map(|one| &one.rule);
    let has_index = matches!(
        rule,
        Some(ConstraintRule::PrimaryKey(_) | ConstraintRule::Unique(_) | ConstraintRule::Exclusion { .. })
    );
    let mut needed = catalog.dependencies.get(part).into_iter().flatten();
    has_index || part.kind == ObjectKind::Index && needed.any(|needed| needed.kind == ObjectKind::Index)
}

/// The objects of one side that are made, or that are dropped, and which of them need each other in a circle, where
/// parts of some kinds count as their table.
struct Rings<'c> {
    catalog: &'c Catalog,
    /// The parts with their tables, both of them among the objects.
    homes: BTreeMap<&'c ObjectName, &'c ObjectName>,
    /// The number of the ring of each object.
    rings: BTreeMap<&'c ObjectName, usize>,
}

impl<'c> Rings<'c> {
    fn of(
        catalog: &'c Catalog,
        is_among: &dyn Fn(&ObjectName) -> bool,
        is_counted: &dyn Fn(ObjectKind) -> bool,
    ) -> Self {
        let names: Vec<&ObjectName> = catalog.objects.keys().filter(|name| is_among(name)).collect();
        let homes: BTreeMap<_, _> = names
            .iter()
            .filter(|name| is_counted(name.kind))
            .filter_map(|name| Some((*name, catalog.relation_of(name)?.0)))
            .filter(|(_, table)| is_among(table))
            .collect();
        let mut graph = DiGraph::<&ObjectName, ()>::new();
        let nodes: BTreeMap<&ObjectName, _> = names
            .iter()
            .filter(|name| !homes.contains_key(*name))
            .map(|name| (*name, graph.add_node(*name)))
            .collect();
        let home = |name: &'c ObjectName| homes.get(name).copied().unwrap_or(name);
        for name in names {
            let relation = catalog.relation_of(name).map(|(relation, _)| relation);
            for needed in catalog.dependencies.get(name).into_iter().flatten().chain(relation) {
                if let (Some(from), Some(to)) = (nodes.get(home(name)), nodes.get(home(needed))) {
                    graph.add_edge(*from, *to, ());
                }
            }
        }
        let rings = tarjan_scc(&graph).into_iter().enumerate();
        let numbered = rings.flat_map(|(number, ring)| ring.into_iter().map(move |node| (node, number)));
        let rings = numbered.filter_map(|(node, number)| Some((*graph.node_weight(node)?, number))).collect();
        Self { catalog, homes, rings }
    }

    /// Each table with each of its parts.
    fn parts(&self) -> impl Iterator<Item = (&'c ObjectName, &'c ObjectName)> {
        self.homes.iter().map(|(part, table)| (*table, *part))
    }

    /// Whether something that a part needs needs its table in turn.
    fn is_in_circle(&self, table: &ObjectName, part: &ObjectName) -> bool {
        let needed = self.catalog.dependencies.get(part).into_iter().flatten();
        needed.filter(|needed| *needed != table).any(|needed| {
            let home = self.homes.get(needed).copied().unwrap_or(needed);
            home != table && self.rings.get(home).is_some_and(|ring| self.rings.get(table) == Some(ring))
        })
    }
}
