//! Tables and columns that both have, and their sequences.

use std::collections::BTreeSet;

use super::super::introspect;
use super::super::model::Schema;
use super::same::find;
use crate::catalog::sql::qualified_column;
use crate::catalog::{Catalog, Column, ConstraintRule, Definition, ObjectKind, ObjectName, Sequence, Table};
use crate::sql::Dialect;

/// A table that both have: everything but its columns is as it is.
pub(super) fn merged(
    schema: &Schema,
    (now, name): (&Catalog, &ObjectName),
    own: &Table,
    other: &Table,
) -> Table {
    let dialect = now.dialect;
    let has = |table: &Table, column: &Column| {
        table.columns.iter().any(|one| dialect.is_same_name(&one.name, &column.name))
    };
    // Prisma minds no order: what is there stays where it is.
    let mut columns: Vec<Column> = Vec::with_capacity(other.columns.len());
    for column in &own.columns {
        match other.columns.iter().find(|one| dialect.is_same_name(&one.name, &column.name)) {
            Some(found) => columns.push(merged_column(schema, (now, name), column, found)),
            // The language has no generated columns.
            None if column.generated.is_some() => columns.push(column.clone()),
            None => {}
        }
    }
    columns.extend(other.columns.iter().filter(|column| !has(own, column)).cloned());
    Table { columns, ..own.clone() }
}

fn merged_column(
    schema: &Schema,
    (now, table): (&Catalog, &ObjectName),
    own: &Column,
    wanted: &Column,
) -> Column {
    let mut column = Column {
        data_type: wanted.data_type.clone(),
        is_nullable: wanted.is_nullable,
        default: wanted.default.clone(),
        comment: wanted.comment.clone().or_else(|| own.comment.clone()),
        ..own.clone()
    };
    match now.dialect {
        Dialect::Postgres => {
            // Whether a list can be NULL is not said.
            if wanted.data_type.ends_with("[]") {
                column.is_nullable = own.is_nullable;
            }
            let is_counted = |column: &Column| column.default.as_deref().is_some_and(is_next_value);
            if is_counted(wanted) && (own.identity.is_some() || is_counted(own)) {
                column.default.clone_from(&own.default);
            } else if own.identity.is_some() {
                column.identity = None;
            }
            if own.data_type != wanted.data_type {
                // What belongs to the type goes with it.
                column.collation.clone_from(&wanted.collation);
                column.storage.clone_from(&wanted.storage);
                column.compression.clone_from(&wanted.compression);
            }
        }
        Dialect::Sqlite => {
            // Of SQLite's many spellings of a type the language has one each.
            if introspect::sqlite_scalar(&own.data_type) == introspect::sqlite_scalar(&wanted.data_type) {
                column.data_type.clone_from(&own.data_type);
            }
            if is_only_key(now, table, &own.name) {
                column.is_nullable = own.is_nullable;
            }
        }
    }
    if let (Some(one), Some(other)) = (&own.default, &wanted.default)
        && introspect::is_same_default(now.dialect, &own.data_type, one, other)
        && own.data_type == column.data_type
    {
        column.default.clone_from(&own.default);
    }
    let is_unsaid = wanted.default.is_none() && has_unknown_default(schema, table, &wanted.name);
    if own.generated.is_some() || is_unsaid {
        column.default.clone_from(&own.default);
    }
    column
}

/// `dbgenerated()`: there is a default, and it is not said which.
fn has_unknown_default(schema: &Schema, table: &ObjectName, column: &str) -> bool {
    let models = schema.models.iter().filter(|model| model.table == table.name);
    models.flat_map(|model| &model.columns).any(|one| one.name == column && one.has_unknown_default)
}

fn is_next_value(default: &str) -> bool {
    default.starts_with("nextval(")
}

/// Whether a column alone is the primary key of its table.
fn is_only_key(catalog: &Catalog, table: &ObjectName, column: &str) -> bool {
    catalog.parts_of(table).any(|(_, object)| match &object.definition {
        Definition::Constraint(constraint) => match &constraint.rule {
            ConstraintRule::PrimaryKey(key) => {
                matches!(key.columns.as_slice(), [only] if only.trim_matches('"').eq_ignore_ascii_case(column))
            }
            _ => false,
        },
        _ => false,
    })
}

/// The columns of the tables of a catalog, with the names by which sequences name their owners.
fn columns_of(catalog: &Catalog) -> impl Iterator<Item = (ObjectName, &Column, String)> {
    catalog.objects.iter().flat_map(|(name, object)| {
        let columns = match &object.definition {
            Definition::Table(table) => table.columns.as_slice(),
            _ => &[],
        };
        columns.iter().map(|column| (name.clone(), column, qualified_column(name, &column.name)))
    })
}

/// Whether a sequence that no model makes stays: not where its column is a model's and does not count any more.
pub(super) fn sequence_stays(
    now: &Catalog,
    wanted: &Catalog,
    sequence: &Sequence,
    forgotten: &BTreeSet<ObjectName>,
) -> bool {
    let Some(owner) = &sequence.owned_by else { return true };
    let Some((table, ..)) = columns_of(now).find(|(_, _, name)| name == owner) else { return true };
    if forgotten.contains(&table) {
        return false;
    }
    if find(wanted, &table).is_none() {
        return true;
    }
    let counts = |column: &Column| column.default.as_deref().is_some_and(is_next_value);
    columns_of(wanted).any(|(_, column, name)| name == *owner && counts(column))
}

/// A column has one sequence: where it keeps its own, that which the model would make is not wanted.
pub(super) fn settle_sequences(now: &Catalog, wanted: &Catalog, kept: &mut Catalog) {
    let surplus: Vec<ObjectName> = wanted
        .objects
        .iter()
        .filter(|(name, object)| {
            let Definition::Sequence(Sequence { owned_by: Some(owner), .. }) = &object.definition else {
                return false;
            };
            let is_new = !now.objects.contains_key(name);
            is_new && name.kind == ObjectKind::Sequence && has_sequence(now, owner)
        })
        .map(|(name, _)| name.clone())
        .collect();
    for name in surplus {
        kept.objects.remove(&name);
        kept.dependencies.remove(&name);
    }
}

/// Whether a column counts already.
fn has_sequence(now: &Catalog, owner: &str) -> bool {
    columns_of(now).any(|(_, column, name)| {
        name == owner && (column.identity.is_some() || column.default.as_deref().is_some_and(is_next_value))
    })
}
