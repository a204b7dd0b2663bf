//! Tables whose rows columns of other tables hold, or of materialized views.
//!
//! The server alters the type of no column of such a table, writes it to no other file, and gives it no new column with a
//! value. So the holders are texts while types change, the views are away, and a new column gets its value by an `UPDATE`;
//! while one comes whose values the server finds, the views are away too.

use super::super::{Remark, Statement};
use super::POSTGRES;
use super::fate::{Fate, Fates};
use super::order::Stage;
use super::sides::{Sides, is_table};
use super::steps::Steps;
use super::work::Work;
use crate::catalog::sql::{identifier, named, qualified};
use crate::catalog::{Catalog, Column, Definition, ObjectKind, ObjectName, Table, keeps_values};

/// Has views made again that hold rows of a table that is rewritten.
pub(super) fn renew_views_of_rewritten(sides: &Sides<'_>, fates: &mut Fates) {
    for (table, left, right) in sides.common_tables() {
        let is_computed = |column: &Column| {
            is_computed_anew(left, column)
                || finds_values(sides, fates, &table.part(ObjectKind::Column, &column.name), column)
        };
        if left.is_unlogged != right.is_unlogged || right.columns.iter().any(is_computed) {
            for view in views(sides, table).filter(|view| !fates.is_away(view)).collect::<Vec<_>>() {
                fates.fates.insert(view.clone(), Fate::Renewed);
            }
        }
    }
}

/// What holds rows of the table of a column that gets another type: the materialized views, and the columns of other tables that
/// both sides have.
pub(super) fn in_the_way_of_type<'c>(sides: &Sides<'c>, column: &ObjectName) -> Vec<&'c ObjectName> {
    let Some((table, _)) = sides.left.relation_of(column) else { return Vec::new() };
    let stays = |holder: &&ObjectName| matches!(sides.columns(holder), Some((Some(_), Some(_))));
    views(sides, table).chain(holders(sides, table).into_iter().filter(stays)).collect()
}

/// Whether the values of a column that stays are stored, and computed otherwise than before.
fn is_computed_anew(left: &Table, column: &Column) -> bool {
    let old = left.columns.iter().find(|old| old.name == column.name).and_then(|old| old.generated.as_ref());
    let pair = old.zip(column.generated.as_ref());
    pair.is_some_and(|(old, new)| old.is_stored && new.is_stored && old.expression != new.expression)
}

/// Whether a column comes to a table whose values the server finds for each row that is there.
fn finds_values(sides: &Sides<'_>, fates: &Fates, name: &ObjectName, column: &Column) -> bool {
    let is_stored = column.generated.as_ref().is_some_and(|generated| generated.is_stored);
    let mut needed = sides.right.dependencies.get(name).into_iter().flatten();
    let is_of_domain = column.default.is_none() && needed.any(|needed| needed.kind == ObjectKind::Domain);
    fates.is_made(name) && (is_stored || column.identity.is_some() || is_of_domain)
}

/// The materialized views that are in the way of a column that is made again, since they hold rows of its table.
pub(super) fn views_in_the_way<'c>(
    sides: &Sides<'c>,
    fates: &Fates,
    column: &ObjectName,
) -> Vec<&'c ObjectName> {
    let (Some((table, _)), Some((_, Some(right)))) = (sides.left.relation_of(column), sides.columns(column))
    else {
        return Vec::new();
    };
    if !finds_values(sides, fates, column, right) {
        return Vec::new();
    }
    views(sides, table).collect()
}

/// The columns of other tables that hold rows of a table on the left side.
fn holders<'c>(sides: &Sides<'c>, table: &ObjectName) -> Vec<&'c ObjectName> {
    let dependents = sides.dependents_of(table);
    dependents.filter(|one| one.kind == ObjectKind::Column && !one.is_part_of(table)).collect()
}

/// The materialized views that hold rows of a table on the left side.
fn views<'c>(sides: &Sides<'c>, table: &ObjectName) -> impl Iterator<Item = &'c ObjectName> {
    sides.dependents_of(table).filter(|one| is_view_of_rows(sides.left, one, table))
}

/// Whether a column of a materialized view is of the row type of a table, or an array of it.
fn is_view_of_rows(catalog: &Catalog, view: &ObjectName, table: &ObjectName) -> bool {
    let definition = catalog.objects.get(view).map(|object| &object.definition);
    let Some(Definition::View(definition)) = definition.filter(|_| view.kind == ObjectKind::MaterializedView)
    else {
        return false;
    };
    let row = format!(" {}", qualified(POSTGRES, table));
    definition.columns.iter().any(|column| column.trim_end_matches("[]").ends_with(&row))
}

/// Whether columns that stay hold rows of a table.
pub(super) fn is_held(sides: &Sides<'_>, fates: &Fates, table: &ObjectName) -> bool {
    let mut holders = holders(sides, table).into_iter().chain(views(sides, table));
    holders.any(|holder| !fates.is_away(holder))
}

/// The statement that makes a holder a text, while columns of the table whose rows it holds get another type.
pub(super) fn set_aside(work: &Work<'_, '_>, fates: &Fates, left: &Column) -> Option<Statement> {
    held_table(work.sides, fates, work.name, left)?;
    let column = identifier(POSTGRES, &left.name);
    Some(work.alter_type("text", Some(&format!("{column}::text"))))
}

/// The table whose rows a column holds, where columns of it get another type.
fn held_table<'c>(
    sides: &Sides<'c>,
    fates: &Fates,
    holder: &ObjectName,
    left: &Column,
) -> Option<(&'c ObjectName, &'c Table)> {
    let element = left.data_type.trim_end_matches("[]");
    let table = sides.table_named(element).filter(|_| fates.retyped.contains(holder))?;
    let (definition, _) = sides.tables(table)?;
    let is_retyped = |column: &Column| fates.retyped.contains(&table.part(ObjectKind::Column, &column.name));
    definition.columns.iter().any(is_retyped).then_some((table, definition))
}

/// That a holder has rows which the new type may not take.
pub(super) fn remark(sides: &Sides<'_>, table: &ObjectName, column: &Column) -> Option<Remark> {
    let held = sides.table_named(column.data_type.trim_end_matches("[]"))?;
    let (left, right) = sides.tables(held)?;
    let may_fail = |old: &Column| {
        let new = right.columns.iter().find(|new| new.name == old.name);
        new.is_some_and(|new| !keeps_values(&old.data_type, &new.data_type))
    };
    let changed = left.columns.iter().find(|old| may_fail(old))?;
    let own = identifier(POSTGRES, &column.name);
    Some(Remark::MayFail {
        object: table.part(ObjectKind::Column, &column.name),
        what: format!(
            "{}.{own}: rows of {} whose {} has another type then",
            named(table),
            named(held),
            changed.name
        ),
        count: Some(format!("SELECT count({own}) FROM {}", qualified(POSTGRES, table))),
    })
}

/// The holders are texts, or gone, before columns of what they hold are altered, and come or are turned afterwards.
pub(super) fn connect(steps: &mut Steps<'_, '_>) {
    let sides = steps.sides();
    let pairs = |catalog: &Catalog| -> Vec<(ObjectName, ObjectName)> {
        let is_holder = |name: &ObjectName, table: &ObjectName| match name.kind {
            ObjectKind::Column => !name.is_part_of(table),
            _ => is_view_of_rows(catalog, name, table),
        };
        let pairs = catalog.dependencies.iter().flat_map(|(name, needed)| {
            let tables = needed.iter().filter(|one| is_table(one.kind) && is_holder(name, one));
            tables.map(move |table| (name.clone(), table.clone()))
        });
        pairs.collect()
    };
    for (holder, table) in pairs(sides.left) {
        let rewritten = steps.place(sides.right, &table, Stage::Alter);
        if holder.kind != ObjectKind::Column {
            steps.before(steps.place(sides.left, &holder, Stage::Drop), rewritten);
        }
        for column in columns(sides.left, &table) {
            let altered = steps.place(sides.left, &column, Stage::Alter);
            steps.before(steps.place(sides.left, &holder, Stage::Drop), altered);
            let set_aside = steps.place(sides.left, &holder, Stage::Release);
            steps.before(set_aside, altered);
            // Rows of it may be held as well.
            steps.before(set_aside, steps.place(sides.left, &column, Stage::Release));
            steps.before(altered, steps.place(sides.left, &holder, Stage::Alter));
        }
        for column in columns(sides.right, &table) {
            let dropped = steps.place(sides.left, &holder, Stage::Drop);
            steps.before(dropped, steps.place(sides.right, &column, Stage::Create));
        }
    }
    for (holder, table) in pairs(sides.right) {
        if holder.kind != ObjectKind::Column {
            let rewritten = steps.place(sides.right, &table, Stage::Alter);
            steps.before(rewritten, steps.place(sides.right, &holder, Stage::Create));
        }
        for column in columns(sides.right, &table) {
            let made = steps.place(sides.right, &holder, Stage::Create);
            for stage in [Stage::Alter, Stage::Create] {
                steps.before(steps.place(sides.right, &column, stage), made);
            }
        }
    }
}

fn columns(catalog: &Catalog, table: &ObjectName) -> Vec<ObjectName> {
    let columns = match catalog.objects.get(table).map(|object| &object.definition) {
        Some(Definition::Table(table)) => table.columns.as_slice(),
        _ => &[],
    };
    columns.iter().map(|column| table.part(ObjectKind::Column, &column.name)).collect()
}
