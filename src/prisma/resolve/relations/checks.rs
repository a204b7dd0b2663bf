//! What a foreign key has to be.

use super::super::super::model::{ColumnType, Model};
use super::super::super::source::Fault;
use super::super::super::syntax::Arity;
use super::super::resolver::Draft;
use super::RelationField;

/// Makes sure that the columns that refer have the types of those that they refer to.
///
/// # Errors
/// A fault at the relation field, where they do not.
pub(super) fn check_types(
    own: &Draft<'_>,
    target: &Draft<'_>,
    field: &RelationField<'_>,
    columns: &[usize],
    referenced: &[usize],
) -> Result<(), Fault> {
    for (column, referenced) in columns.iter().zip(referenced) {
        let (Some(column), Some(referenced)) =
            (own.model.columns.get(*column), target.model.columns.get(*referenced))
        else {
            continue;
        };
        let is_same = match (&column.column_type, &referenced.column_type) {
            // Which native types go together PostgreSQL knows.
            (ColumnType::Scalar(one, _), ColumnType::Scalar(other, _)) => one == other,
            (one, other) => one == other,
        };
        if !is_same {
            let message = format!(
                "`{}` has another type than `{}.{}`, to which it refers",
                column.field, target.model.name, referenced.field
            );
            return Err(field.fault(message));
        }
    }
    Ok(())
}

/// Refuses a foreign key whose columns are no primary key or unique index of `target`.
pub(super) fn check_referenced(
    target: &Model,
    field: &RelationField<'_>,
    referenced: &[usize],
) -> Result<(), Fault> {
    let sorted = |columns: &mut dyn Iterator<Item = usize>| {
        let mut columns: Vec<usize> = columns.collect();
        columns.sort_unstable();
        columns
    };
    let wanted = sorted(&mut referenced.iter().copied());
    let is_id =
        target.primary_key.as_ref().is_some_and(|key| sorted(&mut key.columns.iter().copied()) == wanted);
    let mut uniques = target.indexes.iter().filter(|index| index.is_unique && index.predicate.is_none());
    if is_id || uniques.any(|index| sorted(&mut index.keys.iter().map(|key| key.column)) == wanted) {
        return Ok(());
    }
    let names: Vec<&str> = referenced
        .iter()
        .filter_map(|column| target.columns.get(*column))
        .map(|column| column.field.as_str())
        .collect();
    let fault = field.fault(format!("`references` names no key of `{}`", target.name));
    Err(match names.as_slice() {
        [name] => fault.help(format!("mark `{name}` of `{}` with `@unique`", target.name)),
        _ => fault.help(format!("add `@@unique([{}])` to `{}`", names.join(", "), target.name)),
    })
}

/// One row to one: the columns that refer are a key, and the other side cannot be required.
pub(super) fn check_one_to_one(
    own: &Model,
    field: &RelationField<'_>,
    opposite: &RelationField<'_>,
    columns: &[usize],
) -> Result<(), Fault> {
    if opposite.field.arity == Arity::Required {
        let message = format!(
            "`{}` has to be optional: nothing makes sure that there is a row",
            opposite.field.name.text
        );
        return Err(Fault::new(&opposite.field.place, message));
    }
    let is_subset = |key: &mut dyn Iterator<Item = usize>| {
        let mut key: Vec<usize> = key.collect();
        let mut wanted = columns.to_vec();
        key.sort_unstable();
        wanted.sort_unstable();
        key == wanted
    };
    let is_id = own.primary_key.as_ref().is_some_and(|key| is_subset(&mut key.columns.iter().copied()));
    let mut uniques = own.indexes.iter().filter(|index| index.is_unique);
    if is_id || uniques.any(|index| is_subset(&mut index.keys.iter().map(|key| key.column))) {
        return Ok(());
    }
    let names: Vec<&str> = columns
        .iter()
        .filter_map(|column| own.columns.get(*column))
        .map(|column| column.field.as_str())
        .collect();
    let fault = field.fault("of a relation of one to one the fields that refer are unique".to_owned());
    Err(match names.as_slice() {
        [name] => fault.help(format!("mark `{name}` with `@unique`, or make the other side a list")),
        _ => fault.help(format!("add `@@unique([{}])`, or make the other side a list", names.join(", "))),
    })
}
