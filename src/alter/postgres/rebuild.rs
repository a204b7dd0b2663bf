//! Tables that no statement leads to, made anew and filled with the rows of the old ones, where the user allows it.
//!
//! The rows are set aside first, under another name; then the table goes and is made with all its parts, as any other
//! object that is made again; and the rows come back before anything is made that would check or answer them.

use std::collections::BTreeMap;

use super::super::{Remark, Statement};
use super::POSTGRES;
use super::bound::DEFAULT;
use super::fate::Fates;
use super::misfit;
use super::order::Stage;
use super::sides::{Sides, partitions_of};
use super::steps::Steps;
use super::types::{behind_values, free_name};
use crate::catalog::sql::{identifier, named, qualified};
use crate::catalog::{Catalog, Column, ObjectKind, ObjectName, Table};

/// Whether a table is made anew, and keeps its rows. Those of a foreign table are elsewhere, and stay there.
pub(super) fn is_rebuilt(sides: &Sides<'_>, fates: &Fates, table: &ObjectName) -> bool {
    let is_foreign = |(left, _): (&Table, &Table)| left.foreign.is_some();
    sides.hints.rebuilds.contains(table)
        && fates.is_away(table)
        && sides.tables(table).is_some_and(|tables| !is_foreign(tables))
}

/// Whether a table is a partition of one that is made anew with its rows, and so goes and comes with that.
pub(super) fn is_of_rebuilt(sides: &Sides<'_>, fates: &Fates, table: &Table) -> bool {
    let parent = table.partition_of.as_ref().and_then(|one| sides.table_named(&one.parent));
    parent.is_some_and(|parent| {
        let is_nested = || sides.left.table(parent).is_some_and(|one| is_of_rebuilt(sides, fates, one));
        is_rebuilt(sides, fates, parent) || fates.is_away(parent) && is_nested()
    })
}

/// The partitions of tables that are made anew, which are partitions of these on both sides: their rows are set aside with
/// those of the whole, and are distributed anew.
pub(super) fn partitions(sides: &Sides<'_>, fates: &Fates) -> Vec<ObjectName> {
    let rebuilt = sides.common_tables().map(|(name, ..)| name).filter(|name| is_rebuilt(sides, fates, name));
    let partitions = rebuilt.flat_map(|name| {
        let right = partitions_of(sides.right, name);
        partitions_of(sides.left, name).into_iter().filter(move |one| right.contains(one))
    });
    partitions.cloned().collect()
}

/// Whether a partition of a table comes, goes or gets another bound.
pub(super) fn is_distributed_otherwise(sides: &Sides<'_>, table: &ObjectName) -> bool {
    let parent = qualified(POSTGRES, table);
    let bounds = |catalog| {
        let partitions = partitions_of(catalog, table).into_iter();
        let bounds = partitions.filter_map(|name| Some((name, catalog.table(name)?.partition_of.as_ref()?)));
        bounds.filter(|(_, one)| one.parent == parent).collect::<BTreeMap<_, _>>()
    };
    sides.tables(table).is_some_and(|(_, right)| right.partition_key.is_some())
        && bounds(sides.left) != bounds(sides.right)
}

/// Adds the steps that set rows aside and bring them back.
pub(super) fn add(steps: &mut Steps<'_, '_>) {
    let (sides, fates) = (steps.sides(), steps.fates());
    for (name, left, right) in sides.common_tables() {
        if !is_rebuilt(sides, fates, name) || is_of_rebuilt(sides, fates, left) {
            continue;
        }
        let aside = qualified(POSTGRES, &free_name(sides, name));
        let copied = copied(left, right);
        let table = qualified(POSTGRES, name);
        let columns: Vec<String> = copied.iter().map(|(old, _)| identifier(POSTGRES, &old.name)).collect();
        let set_aside = format!("CREATE TABLE {aside} AS SELECT {} FROM {table}", columns.join(", "));
        let positions = positions(sides, name, left, right);
        let set_aside = [set_aside].into_iter().chain(positions.iter().map(Position::set_aside));
        let set_aside = set_aside.map(|sql| Statement::new(name, sql)).collect();
        let copy = Some(steps.push(name, Stage::Release, set_aside));
        steps.before(copy, steps.place(sides.left, name, Stage::Drop));
        for partition in partitions_of(sides.left, name) {
            steps.before(copy, steps.place(sides.left, partition, Stage::Drop));
            // What leaves for good takes its rows along.
            steps.before(steps.place(sides.left, partition, Stage::Release), copy);
        }
        let fill = fill(sides, name, right, &copied, (&aside, &positions));
        let fill = Some(steps.push(name, Stage::Join, fill));
        steps.before(steps.place(sides.right, name, Stage::Create), fill);
        connect(steps, name, name, fill);
    }
}

/// Where the sequence of an identity column stands, which goes with its table.
struct Position<'c> {
    column: &'c str,
    /// The sequence, and the table that holds where it stands for that while, as SQL names them.
    sequence: &'c str,
    aside: String,
}

impl Position<'_> {
    fn set_aside(&self) -> String {
        format!("CREATE TABLE {} AS SELECT last_value, is_called FROM {}", self.aside, self.sequence)
    }

    /// What takes the sequence of the new column there.
    fn take_back(&self, to: &str) -> [String; 2] {
        let aside = &self.aside;
        let set =
            format!("SELECT setval({}, last_value, is_called) FROM {aside}", POSTGRES.quote_literal(to));
        [set, format!("DROP TABLE {aside}")]
    }
}

/// The positions of the columns that are identity columns on both sides.
fn positions<'c>(sides: &Sides<'_>, name: &ObjectName, left: &'c Table, right: &Table) -> Vec<Position<'c>> {
    let position = |old: &'c Column| {
        let identity = old.identity.as_ref()?;
        right.columns.iter().find(|new| new.name == old.name && new.identity.is_some())?;
        let place = ObjectName { name: format!("{}_{}", name.name, old.name), ..name.clone() };
        let aside = qualified(POSTGRES, &free_name(sides, &place));
        Some(Position { column: &old.name, sequence: &identity.sequence_name, aside })
    };
    left.columns.iter().filter_map(position).collect()
}

/// The rows come after the partitions that take them, and before what would check them or act on them.
fn connect(steps: &mut Steps<'_, '_>, rebuilt: &ObjectName, table: &ObjectName, fill: Option<usize>) {
    let sides = steps.sides();
    let parts = sides.right.parts_of(table).map(|(part, _)| part);
    let dependents: Vec<&ObjectName> = sides.right_dependents_of(table).chain(parts).collect();
    let made = steps.place(sides.right, rebuilt, Stage::Create);
    for dependent in dependents {
        let create = steps.place(sides.right, dependent, Stage::Create);
        match dependent.kind {
            ObjectKind::Table | ObjectKind::ForeignTable => {
                steps.before(create, fill);
                steps.before(steps.place(sides.right, dependent, Stage::Join), fill);
                connect(steps, rebuilt, dependent, fill);
            }
            ObjectKind::Constraint
            | ObjectKind::Trigger
            | ObjectKind::Rule
            | ObjectKind::Policy
            | ObjectKind::MaterializedView
                if create != made && !is_with_partition(steps, dependent, create) =>
            {
                steps.before(fill, create);
            }
            _ => {}
        }
    }
}

/// Whether a constraint is made with its table.
fn is_with_partition(steps: &Steps<'_, '_>, part: &ObjectName, create: Option<usize>) -> bool {
    let right = steps.sides().right;
    let table = right.relation_of(part).and_then(|(table, _)| steps.place(right, table, Stage::Create));
    create.is_some() && table == create
}

/// Whether a table is not partitioned, or has a partition for whatever others do not take.
fn takes_every_row(catalog: &Catalog, name: &ObjectName, table: &Table) -> bool {
    let parent = qualified(POSTGRES, name);
    let is_default = |one: &ObjectName| {
        let partition = catalog.table(one).and_then(|one| one.partition_of.as_ref());
        partition.is_some_and(|one| one.parent == parent && one.bound == DEFAULT)
    };
    table.partition_key.is_none() || catalog.objects.keys().any(is_default)
}

/// The columns that hold values on both sides.
fn copied<'t>(left: &'t Table, right: &'t Table) -> Vec<(&'t Column, &'t Column)> {
    let is_same = |old: &Column, new: &Column| old.name == new.name && new.generated.is_none();
    left.columns
        .iter()
        .filter_map(|old| Some((old, right.columns.iter().find(|new| is_same(old, new))?)))
        .collect()
}

fn fill(
    sides: &Sides<'_>,
    name: &ObjectName,
    right: &Table,
    copied: &[(&Column, &Column)],
    (aside, positions): (&str, &[Position<'_>]),
) -> Vec<Statement> {
    let mut columns = Vec::new();
    let mut values = Vec::new();
    for (old, new) in copied {
        let column = identifier(POSTGRES, &new.name);
        let is_same_type = old.data_type == new.data_type;
        values.push(if is_same_type { column.clone() } else { format!("{column}::{}", new.data_type) });
        columns.push(column);
    }
    for (column, fill) in &sides.hints.fills {
        let is_new = !copied.iter().any(|(_, new)| new.name == column.name);
        if column.is_part_of(name) && is_new {
            columns.push(identifier(POSTGRES, &column.name));
            values.push(fill.clone());
        }
    }
    let is_always = right.columns.iter().any(|one| one.identity.as_ref().is_some_and(|one| one.is_always));
    let overriding = if is_always { "\n    OVERRIDING SYSTEM VALUE" } else { "" };
    let table = qualified(POSTGRES, name);
    let insert = format!(
        "INSERT INTO {table} ({}){overriding}\n    SELECT {} FROM {aside}",
        columns.join(", "),
        values.join(", ")
    );
    let note = format!("{} is made anew, and its rows are copied twice", named(name));
    let insert = Statement::new(name, insert).remark(Remark::Note(note));
    let mut statements = vec![match takes_every_row(sides.right, name, right) {
        true => insert,
        false => insert.remark(Remark::MayFail {
            object: name.clone(),
            what: format!("{}: rows that no partition takes", named(name)),
            count: misfit::count_untaken(sides, name),
        }),
    }];
    for column in &right.columns {
        let Some(identity) = &column.identity else { continue };
        if let Some(position) = positions.iter().find(|one| one.column == column.name) {
            let sequence = &identity.sequence_name;
            statements.extend(position.take_back(sequence).map(|sql| Statement::new(name, sql)));
        } else {
            let part = name.part(ObjectKind::Column, &column.name);
            let behind = behind_values(&identity.sequence_name, &part, &identity.sequence);
            statements.push(Statement::new(name, behind));
        }
    }
    statements.push(Statement::new(name, format!("DROP TABLE {aside}")));
    statements
}
