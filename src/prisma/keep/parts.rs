//! Indexes and constraints of tables that are models.

use super::super::model::Schema;
use super::same::{find, table_of};
use crate::catalog::{
    Catalog, Constraint, ConstraintRule, Definition, Index, Key, Object, ObjectKind, ObjectName,
};
use crate::sql::{Dialect, unquoted_name};

/// Whether a part that the model does not have stays.
pub(super) fn stays(
    schema: &Schema,
    (now, own_table): (&Catalog, &ObjectName),
    (wanted, modelled): (&Catalog, &ObjectName),
    name: &ObjectName,
    object: &Object,
) -> bool {
    let goes_with_a_column = |text: &str| {
        gone_columns(now, own_table, wanted, modelled).iter().any(|column| mentions(text, column))
    };
    match &object.definition {
        Definition::Index(index) => !can_be_said(schema, index) && !goes_with_a_column(&index.definition),
        Definition::Constraint(constraint) => match &constraint.rule {
            ConstraintRule::Check { .. } | ConstraintRule::Exclusion { .. } => {
                !goes_with_a_column(&constraint.definition)
            }
            ConstraintRule::PrimaryKey(_) | ConstraintRule::Unique(_) | ConstraintRule::ForeignKey(_) => {
                false
            }
        },
        _ => name.kind != ObjectKind::Column,
    }
}

/// The columns that the model does not have any more.
fn gone_columns(now: &Catalog, own: &ObjectName, wanted: &Catalog, modelled: &ObjectName) -> Vec<String> {
    let (Some(own), Some(wanted_table)) = (now.table(own), wanted.table(modelled)) else {
        return Vec::new();
    };
    let is_gone = |column: &&crate::catalog::Column| {
        column.generated.is_none()
            && !wanted_table.columns.iter().any(|one| now.dialect.is_same_name(&one.name, &column.name))
    };
    own.columns.iter().filter(is_gone).map(|column| column.name.clone()).collect()
}

/// Whether SQL has a name as a word.
fn mentions(sql: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    sql.match_indices(name).any(|(start, _)| {
        let before = sql.get(..start).and_then(|before| before.chars().next_back());
        let after = sql.get(start + name.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

/// Whether the model language has a place for an index. Partial ones it has where the schema uses them.
fn can_be_said(schema: &Schema, index: &Index) -> bool {
    let is_column = |expression: &str| {
        let quoted = expression.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        quoted.is_some() || expression.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$')
    };
    index.keys.iter().all(|key| is_column(&key.expression) && key.collation.is_none())
        && (index.predicate.is_none() || uses_predicates(schema))
        && index.include.is_empty()
        && !index.nulls_not_distinct
        && index.attached_to.is_none()
}

fn uses_predicates(schema: &Schema) -> bool {
    schema.models.iter().flat_map(|model| &model.indexes).any(|index| index.predicate.is_some())
}

/// An index that both have: as it is, where it is what the model says.
pub(super) fn merged_index(schema: &Schema, own: &Index, wanted: &Index) -> Index {
    let keys = |index: &Index| -> Vec<_> {
        let key = |key: &crate::catalog::IndexKey| {
            (unquoted_name(&key.expression).into_owned(), key.is_descending, key.operator_class.clone())
        };
        index.keys.iter().map(key).collect()
    };
    let is_predicate_as_said =
        own.predicate == wanted.predicate || (wanted.predicate.is_none() && !uses_predicates(schema));
    let is_as_said = own.is_unique == wanted.is_unique
        && own.method == wanted.method
        && keys(own) == keys(wanted)
        && is_predicate_as_said;
    if is_as_said { own.clone() } else { wanted.clone() }
}

/// A constraint that both have: as it is, where it is what the model says.
pub(super) fn merged_constraint(dialect: Dialect, own: &Constraint, wanted: &Constraint) -> Constraint {
    if is_as_said(dialect, &own.rule, &wanted.rule) { own.clone() } else { wanted.clone() }
}

fn is_as_said(dialect: Dialect, own: &ConstraintRule, wanted: &ConstraintRule) -> bool {
    let same = |one: &[String], other: &[String]| {
        one.len() == other.len() && one.iter().zip(other).all(|(one, other)| dialect.is_same_name(one, other))
    };
    match (own, wanted) {
        (ConstraintRule::PrimaryKey(own), ConstraintRule::PrimaryKey(wanted)) => {
            same(&own.columns, &wanted.columns)
        }
        (ConstraintRule::ForeignKey(own), ConstraintRule::ForeignKey(wanted)) => {
            let referenced = own.referenced_columns.is_empty()
                || same(&own.referenced_columns, &wanted.referenced_columns);
            same(&own.columns, &wanted.columns)
                && referenced
                && dialect.is_same_name(&own.table, &wanted.table)
                && own.schema == wanted.schema
                && own.on_delete == wanted.on_delete
                && own.on_update == wanted.on_update
        }
        _ => own == wanted,
    }
}

/// Keys that the database has in another form than the model would make, and that mean the same to it: a unique
/// constraint for a unique index, and on SQLite, where they cannot be given names, foreign keys of another name.
pub(super) fn keep_forms(now: &Catalog, wanted: &Catalog, kept: &mut Catalog) {
    for (name, object) in &now.objects {
        let Definition::Constraint(constraint) = &object.definition else { continue };
        if find(wanted, name).is_some() {
            continue;
        }
        let Some(modelled) = table_of(name).and_then(|table| find(wanted, &table)) else { continue };
        let stands_for =
            |(other_name, other): &(&ObjectName, &Object)| match (&constraint.rule, &other.definition) {
                (ConstraintRule::Unique(key), Definition::Index(index)) => {
                    is_plain_unique(now.dialect, key, index)
                        && (!now.dialect.names_constraints() || other_name.name == name.name)
                }
                (own, Definition::Constraint(other)) => {
                    !now.dialect.names_constraints()
                        && find(now, other_name).is_none()
                        && is_as_said(now.dialect, own, &other.rule)
                }
                _ => false,
            };
        let found = wanted.parts_of(&modelled).find(stands_for).map(|(name, _)| name.clone());
        if let Some(found) = found {
            kept.objects.remove(&found);
            kept.dependencies.remove(&found);
            kept.objects.insert(name.clone(), object.clone());
        }
    }
}

/// Whether a unique constraint is what a unique index of a model is.
fn is_plain_unique(dialect: Dialect, key: &Key, index: &Index) -> bool {
    let is_plain = |key: &crate::catalog::IndexKey| !key.is_descending && key.operator_class.is_none();
    index.is_unique
        && index.predicate.is_none()
        && index.keys.iter().all(is_plain)
        && key.columns.len() == index.keys.len()
        && key.columns.iter().zip(&index.keys).all(|(column, key)| {
            dialect.is_same_name(&unquoted_name(column), &unquoted_name(&key.expression))
        })
}
