//! Tables that no statement leads to, made anew and filled with the rows of the old ones, where the user allows it.
//!
//! The rows are set aside first, under another name; then the table goes and is made with all its parts, as any other
//! object that is made again; and the rows come back before anything is made that would check or answer them.

use super::super::{Remark, Statement};
use super::POSTGRES;
use super::fate::Fates;
use super::order::Stage;
use super::sides::{Sides, is_table};
use super::steps::Steps;
use super::types::{behind_values, free_name};
use crate::catalog::sql::{identifier, named, qualified};
use crate::catalog::{Column, ObjectKind, ObjectName, Table};

/// Whether a table is made anew, and keeps its rows.
pub(super) fn is_rebuilt(sides: &Sides<'_>, fates: &Fates, table: &ObjectName) -> bool {
    sides.hints.rebuilds.contains(table) && fates.is_away(table) && sides.tables(table).is_some()
}

/// Whether a partition goes with a table that keeps its rows.
pub(super) fn is_of_rebuilt(sides: &Sides<'_>, fates: &Fates, table: &Table) -> bool {
    let parent = table.partition_of.as_ref().and_then(|one| sides.table_named(&one.parent));
    parent.is_some_and(|parent| is_rebuilt(sides, fates, parent))
}

/// Adds the steps that set rows aside and bring them back.
pub(super) fn add(steps: &mut Steps<'_, '_>) {
    let (sides, fates) = (steps.sides(), steps.fates());
    for (name, left, right) in sides.common_tables() {
        if !is_rebuilt(sides, fates, name) {
            continue;
        }
        let aside = qualified(POSTGRES, &free_name(sides, name));
        let copied = copied(left, right);
        let table = qualified(POSTGRES, name);
        let columns: Vec<String> = copied.iter().map(|(old, _)| identifier(POSTGRES, &old.name)).collect();
        let set_aside = format!("CREATE TABLE {aside} AS SELECT {} FROM {table}", columns.join(", "));
        let copy = Some(steps.push(name, Stage::Release, vec![Statement::new(name, set_aside)]));
        steps.before(copy, steps.place(sides.left, name, Stage::Drop));
        for partition in sides.dependents_of(name).filter(|one| is_table(one.kind)) {
            steps.before(copy, steps.place(sides.left, partition, Stage::Drop));
        }
        let fill = Some(steps.push(name, Stage::Join, fill(sides, name, right, &copied, &aside)));
        steps.before(steps.place(sides.right, name, Stage::Create), fill);
        connect(steps, name, name, fill);
    }
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
    aside: &str,
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
    let mut statements = vec![Statement::new(name, insert).remark(Remark::Note(note))];
    for column in &right.columns {
        if let Some(identity) = &column.identity {
            let part = name.part(ObjectKind::Column, &column.name);
            let behind = behind_values(&identity.sequence_name, &part, &identity.sequence);
            statements.push(Statement::new(name, behind));
        }
    }
    statements.push(Statement::new(name, format!("DROP TABLE {aside}")));
    statements
}
