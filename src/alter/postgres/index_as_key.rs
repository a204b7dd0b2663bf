//! A key takes the index that is there, instead of one that is built for it: `ADD CONSTRAINT … USING INDEX`.

use super::super::Statement;
use super::POSTGRES;
use super::fate::{Fate, Fates};
use super::names::Relations;
use super::sides::{Sides, constraint_of, table_of_part};
use crate::catalog::sql::{identifier, relation_of};
use crate::catalog::{
    Catalog, Constraint, ConstraintRule, Deferrable, Definition, Index, Key, ObjectKind, ObjectName,
};

/// Lets each key that comes have an index that goes and is all that the key's would be. The server gives the index the
/// name of the key.
pub(super) fn take_over(sides: &Sides<'_>, fates: &Fates, statements: &mut Vec<Statement>) {
    let goes = |statement: &Statement| {
        statement.object.kind == ObjectKind::Index
            && statement.sql.starts_with("DROP INDEX ")
            && fates.get(&statement.object) == Some(&Fate::Goes)
    };
    let mut dropped: Vec<ObjectName> =
        statements.iter().filter(|one| goes(one)).map(|one| one.object.clone()).collect();
    let mut taken = Vec::new();
    if dropped.is_empty() {
        return;
    }
    let names = Relations::of(sides.right);
    for statement in statements.iter_mut() {
        let Some((constraint, key)) = key_that_comes(sides, fates, statement) else { continue };
        let name = &statement.object;
        let fits = |index: &ObjectName| {
            can_be(sides, fates, (name, constraint, key), index) && is_name_free(&names, index, name)
        };
        let Some(place) = dropped.iter().position(fits) else { continue };
        let index = dropped.remove(place);
        *statement = Statement::new(&statement.object, using(&statement.object, constraint, &index));
        taken.push(index);
    }
    statements.retain(|statement| !(goes(statement) && taken.contains(&statement.object)));
}

/// Whether a statement gives a key the index that is there.
pub(super) fn is_taking_over(statement: &Statement) -> bool {
    statement.object.kind == ObjectKind::Constraint && statement.sql.contains(" USING INDEX ")
}

/// The key of a table that stays which this statement adds.
fn key_that_comes<'c>(
    sides: &Sides<'c>,
    fates: &Fates,
    statement: &Statement,
) -> Option<(&'c Constraint, &'c Key)> {
    let name = &statement.object;
    let adds = name.kind == ObjectKind::Constraint && statement.sql.contains("\n    ADD CONSTRAINT ");
    if !adds || fates.get(name) != Some(&Fate::Comes) {
        return None;
    }
    let constraint = constraint_of(sides.right, name)?;
    match &constraint.rule {
        ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) => Some((constraint, key)),
        _ => None,
    }
}

fn can_be(
    sides: &Sides<'_>,
    fates: &Fates,
    (name, constraint, key): (&ObjectName, &Constraint, &Key),
    index_name: &ObjectName,
) -> bool {
    let (Some((table, _)), Some((right_table, definition))) =
        (table_of_part(sides.left, index_name), table_of_part(sides.right, name))
    else {
        return false;
    };
    let Some(index) = index_of(sides.left, index_name) else { return false };
    let is_free = |column: &String| {
        let column = table.part(ObjectKind::Column, column);
        fates.get(&column).is_none() && !fates.retyped.contains(&column)
    };
    let is_not_null = |column: &String| {
        let columns = sides.left.table(table).map(|left| left.columns.as_slice()).unwrap_or_default();
        columns.iter().any(|one| identifier(POSTGRES, &one.name) == *column && !one.is_nullable)
    };
    let is_primary = matches!(constraint.rule, ConstraintRule::PrimaryKey(_));
    let columns = definition.columns.iter().map(|column| &column.name);
    let of_key = columns.filter(|column| {
        let written = identifier(POSTGRES, column);
        key.columns.contains(&written) || key.include.contains(&written)
    });
    table == right_table
        && !fates.is_away(table)
        && definition.partition_key.is_none()
        && !is_identity(sides, table)
        && is_like(index, key)
        && of_key.into_iter().all(is_free)
        && (!is_primary || key.columns.iter().all(is_not_null))
        && has_nothing_of_its_own(sides.left, index_name)
}

/// Whether the rows of a table are told apart by one of its indexes: it would be by the key's afterwards.
fn is_identity(sides: &Sides<'_>, table: &ObjectName) -> bool {
    let identity = sides.left.table(table).and_then(|table| table.replica_identity.as_deref());
    identity.is_some_and(|identity| identity.starts_with("USING INDEX "))
}

/// Whether an index has no comment, which it would keep.
fn has_nothing_of_its_own(catalog: &Catalog, name: &ObjectName) -> bool {
    catalog.objects.get(name).is_some_and(|object| object.comment.is_none())
}

/// Whether nothing but the key has the name of the index afterwards: until it is taken over it keeps it.
fn is_name_free(names: &Relations<'_>, index: &ObjectName, key: &ObjectName) -> bool {
    (index.schema == key.schema && index.name == key.name) || !names.another_has_name_of(index)
}

/// Whether an index does what the key's own would.
fn is_like(index: &Index, key: &Key) -> bool {
    let is_plain = index.is_unique
        && index.is_valid
        && !index.is_clustered
        && index.predicate.is_none()
        && index.attached_to.is_none()
        && key.attached_to.is_none()
        && index.method.as_deref().is_none_or(|method| method == "btree");
    let keys_are_columns = index.keys.len() == key.columns.len()
        && index.keys.iter().zip(&key.columns).all(|(one, column)| {
            one.expression == *column
                && one.collation.is_none()
                && one.operator_class.is_none()
                && !one.is_descending
                && !one.nulls_first
        });
    is_plain
        && keys_are_columns
        && index.include == key.include
        && index.nulls_not_distinct == key.nulls_not_distinct
        && index.storage_options == key.storage_options
        && index.tablespace == key.tablespace
}

fn index_of<'c>(catalog: &'c Catalog, name: &ObjectName) -> Option<&'c Index> {
    match &catalog.objects.get(name)?.definition {
        Definition::Index(index) => Some(index),
        _ => None,
    }
}

fn using(name: &ObjectName, constraint: &Constraint, index: &ObjectName) -> String {
    let deferrable = match constraint.deferrable {
        Deferrable::No => String::new(),
        other => format!(" {}", other.sql()),
    };
    format!(
        "ALTER TABLE {}\n    ADD CONSTRAINT {} {} USING INDEX {}{deferrable}",
        relation_of(POSTGRES, name),
        identifier(POSTGRES, &name.name),
        constraint.rule.name(),
        identifier(POSTGRES, &index.name)
    )
}
