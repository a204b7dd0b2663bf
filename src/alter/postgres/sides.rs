//! The two schemas, and what is looked up in them.

use std::collections::{BTreeMap, BTreeSet};

use super::super::Hints;
use crate::catalog::sql::{qualified, qualified_column};
use crate::catalog::{
    Catalog, Column, Constraint, ConstraintRule, Definition, ObjectKind, ObjectName, Table,
};
use crate::sql::Dialect;

/// The dialect of all that is written here.
pub(in crate::alter::postgres) const POSTGRES: Dialect = Dialect::Postgres;

/// The schema that there is, the one that is wanted, and what the user has said.
pub(super) struct Sides<'c> {
    pub(super) left: &'c Catalog,
    pub(super) right: &'c Catalog,
    pub(super) hints: &'c Hints,
    /// What needs each object or column of the left side.
    dependents: BTreeMap<&'c ObjectName, BTreeSet<&'c ObjectName>>,
    /// The same of the right side.
    right_dependents: BTreeMap<&'c ObjectName, BTreeSet<&'c ObjectName>>,
    /// The role that runs the statements, and so owns what they make.
    role: Option<&'c str>,
    /// The tables of the right side as SQL names them.
    tables: BTreeMap<String, &'c ObjectName>,
    /// The same of the left side.
    left_tables: BTreeMap<String, &'c ObjectName>,
    /// The columns of the left side as SQL names them.
    left_columns: BTreeMap<String, ObjectName>,
    /// The same of the right side.
    right_columns: BTreeMap<String, ObjectName>,
    /// Types that are not to be altered in place.
    to_be_swapped: BTreeSet<ObjectName>,
    /// Partitioned tables that are made again around their partitions.
    remade: BTreeSet<ObjectName>,
}

impl<'c> Sides<'c> {
    /// Looks up what is asked of both schemas. Where the hints name no role, the one that owns most runs the
    /// statements.
    pub(super) fn of(left: &'c Catalog, right: &'c Catalog, hints: &'c Hints) -> Self {
        let role = hints.role.as_deref().or_else(|| usual_owner([left, right]));
        Self {
            left,
            right,
            hints,
            dependents: left.dependents(),
            right_dependents: right.dependents(),
            role,
            tables: tables_by_name(right),
            left_tables: tables_by_name(left),
            left_columns: columns_by_name(left),
            right_columns: columns_by_name(right),
            to_be_swapped: BTreeSet::new(),
            remade: BTreeSet::new(),
        }
    }

    /// The table of the right side that `name`, qualified and quoted, stands for in SQL.
    pub(super) fn table_named(&self, name: &str) -> Option<&'c ObjectName> {
        self.tables.get(name).copied()
    }

    /// The table of the left side that `name`, qualified and quoted, stands for in SQL.
    pub(super) fn left_table_named(&self, name: &str) -> Option<&'c ObjectName> {
        self.left_tables.get(name).copied()
    }

    /// The column of the left side that `name`, qualified and quoted, stands for in SQL.
    pub(super) fn left_column_named(&self, name: &str) -> Option<ObjectName> {
        self.left_columns.get(name).cloned()
    }

    /// The column of the right side that `name`, qualified and quoted, stands for in SQL.
    pub(super) fn right_column_named(&self, name: &str) -> Option<ObjectName> {
        self.right_columns.get(name).cloned()
    }

    /// Has new types take the place of these, even where they could be altered in place.
    pub(super) fn swap(&mut self, types: BTreeSet<ObjectName>) {
        self.to_be_swapped.extend(types);
    }

    /// Whether any type is to be swapped for another one that takes its name.
    pub(super) fn has_swaps(&self) -> bool {
        !self.to_be_swapped.is_empty()
    }

    /// Has all types altered in place: no new type takes the place of any.
    pub(super) fn swap_nothing(&mut self) {
        self.to_be_swapped.clear();
    }

    /// Whether a new type takes the place of this one, as it cannot be altered in place.
    pub(super) fn is_to_be_swapped(&self, name: &ObjectName) -> bool {
        self.to_be_swapped.contains(name)
    }

    /// Has these partitioned tables made again around their partitions.
    pub(super) fn remake(&mut self, tables: BTreeSet<ObjectName>) {
        self.remade.extend(tables);
    }

    /// The partitioned tables that are made again around their partitions.
    pub(super) fn remade(&self) -> &BTreeSet<ObjectName> {
        &self.remade
    }

    /// What of the left side reads an object or column.
    pub(super) fn dependents_of(&self, name: &ObjectName) -> impl Iterator<Item = &'c ObjectName> {
        self.dependents.get(name).into_iter().flatten().copied()
    }

    /// What of the right side reads an object or column.
    pub(super) fn right_dependents_of(
        &self,
        name: &ObjectName,
    ) -> impl Iterator<Item = &'c ObjectName> + use<'c> {
        let dependents: Vec<&'c ObjectName> =
            self.right_dependents.get(name).into_iter().flatten().copied().collect();
        dependents.into_iter()
    }

    /// The indexes and keys of partitions that make up an index of the right side.
    pub(super) fn parts_of_index(&self, index: &ObjectName) -> impl Iterator<Item = &'c ObjectName> {
        let dependents = self.right_dependents.get(index).into_iter().flatten().copied();
        dependents.filter(|name| matches!(name.kind, ObjectKind::Index | ObjectKind::Constraint))
    }

    /// Whether `name` needs `needed` on the right side.
    pub(super) fn is_needed_by(&self, needed: &ObjectName, name: &ObjectName) -> bool {
        self.right.dependencies.get(name).is_some_and(|all| all.contains(needed))
    }

    /// The role that runs the statements and so owns what they make, as a catalog names it.
    pub(super) fn role(&self) -> Option<&'c str> {
        self.role
    }

    /// The table of this name on the left and on the right side; none unless both have it.
    pub(super) fn tables(&self, name: &ObjectName) -> Option<(&'c Table, &'c Table)> {
        Some((self.left.table(name)?, self.right.table(name)?))
    }

    /// A column of a table that both sides have, on the left and on the right; none where the table is not on both.
    pub(super) fn columns(&self, name: &ObjectName) -> Option<(Option<&'c Column>, Option<&'c Column>)> {
        let (table, _) = self.right.relation_of(name)?;
        let (left, right) = self.tables(table)?;
        let find = |table: &'c Table| table.columns.iter().find(|column| column.name == name.name);
        Some((find(left), find(right)))
    }

    /// The tables that both sides have: name, left and right.
    pub(super) fn common_tables(&self) -> impl Iterator<Item = (&'c ObjectName, &'c Table, &'c Table)> {
        self.right.objects.keys().filter_map(|name| {
            let (left, right) = self.tables(name)?;
            Some((name, left, right))
        })
    }

    /// The major version of the server; the newest known where the hints do not say.
    pub(super) fn server(&self) -> u32 {
        match self.hints.server.0 {
            0 => 18,
            number => number / 10_000,
        }
    }
}

fn tables_by_name(catalog: &Catalog) -> BTreeMap<String, &ObjectName> {
    let tables = catalog.objects.keys().filter(|name| is_table(name.kind));
    tables.map(|name| (qualified(POSTGRES, name), name)).collect()
}

fn columns_by_name(catalog: &Catalog) -> BTreeMap<String, ObjectName> {
    let mut columns = BTreeMap::new();
    for (name, object) in &catalog.objects {
        if let Definition::Table(table) = &object.definition {
            for column in &table.columns {
                let part = name.part(ObjectKind::Column, &column.name);
                columns.insert(qualified_column(name, &column.name), part);
            }
        }
    }
    columns
}

/// The table of a column, constraint, index, trigger, rule or policy; views have none.
pub(super) fn table_of_part<'c>(
    catalog: &'c Catalog,
    part: &ObjectName,
) -> Option<(&'c ObjectName, &'c Table)> {
    let (name, object) = catalog.relation_of(part)?;
    match &object.definition {
        Definition::Table(table) => Some((name, table)),
        _ => None,
    }
}

/// Whether objects of this kind are tables, foreign ones included.
pub(super) fn is_table(kind: ObjectKind) -> bool {
    matches!(kind, ObjectKind::Table | ObjectKind::ForeignTable)
}

/// The partitions of a table, each followed by its own.
pub(super) fn partitions_of<'c>(catalog: &'c Catalog, table: &ObjectName) -> Vec<&'c ObjectName> {
    if catalog.table(table).is_none_or(|one| one.partition_key.is_none()) {
        return Vec::new();
    }
    let parent = qualified(POSTGRES, table);
    let is_partition = |name: &&ObjectName| {
        let partition = catalog.table(name).and_then(|one| one.partition_of.as_ref());
        partition.is_some_and(|one| one.parent == parent)
    };
    let partitions = catalog.objects.keys().filter(is_partition);
    partitions.flat_map(|name| [name].into_iter().chain(partitions_of(catalog, name))).collect()
}

/// The role that owns most objects; of several the first by name. The schema that every database begins with belongs to
/// a role of the server's own.
fn usual_owner(catalogs: [&Catalog; 2]) -> Option<&str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let objects = catalogs.into_iter().flat_map(|catalog| &catalog.objects);
    let made = objects.filter(|(name, _)| name.kind != ObjectKind::Schema || name.name != "public");
    for (_, object) in made {
        if let Some(owner) = &object.owner {
            *counts.entry(owner).or_default() += 1;
        }
    }
    let most = counts.into_iter().rev().max_by_key(|(_, count)| *count);
    most.map(|(owner, _)| owner)
}

/// Finds a constraint of a schema; none where `name` is another object's or nobody's.
pub(super) fn constraint_of<'c>(catalog: &'c Catalog, name: &ObjectName) -> Option<&'c Constraint> {
    match &catalog.objects.get(name)?.definition {
        Definition::Constraint(constraint) => Some(constraint),
        _ => None,
    }
}

/// What the constraint of this name demands; none where there is no such constraint.
pub(super) fn rule_of<'c>(catalog: &'c Catalog, name: &ObjectName) -> Option<&'c ConstraintRule> {
    constraint_of(catalog, name).map(|constraint| &constraint.rule)
}
