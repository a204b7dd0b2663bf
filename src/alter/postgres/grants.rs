//! Owners and grants.

use std::collections::BTreeSet;

use super::super::Statement;
use super::POSTGRES;
use super::fate::Fates;
use super::sides::Sides;
use crate::catalog::sql::{
    self, changes_of_column_grants, changes_of_grants, changes_of_grants_on, identifier, target_of,
};
use crate::catalog::{Column, Definition, Grants, Object, ObjectKind, ObjectName};

/// What leads from the owner and the grants of an object to others.
pub(super) fn changes(sides: &Sides<'_>, name: &ObjectName, left: &Object, right: &Object) -> Vec<Statement> {
    if sides.hints.ignores_privileges {
        return Vec::new();
    }
    if let Some(target) = target_of(right) {
        let changed = changes_of_grants_on(name, target, &left.grants, &right.grants);
        return changed.into_iter().map(Statement::from).collect();
    }
    let mut statements = Vec::new();
    let mut from = left.grants.clone();
    if let (Some(old), Some(new)) = (&left.owner, &right.owner)
        && old != new
    {
        statements.extend((!is_handed_over_with_table(sides, name, left, right)).then(|| owner(name, new)));
        from = handed_over(&from, old, new);
    }
    statements.extend(changes_of_grants(name, &from, &right.grants).into_iter().map(Statement::from));
    statements
}

/// Whether a sequence is of columns of one table on both sides: it gets the owner that its table gets, and no other.
fn is_handed_over_with_table(sides: &Sides<'_>, name: &ObjectName, left: &Object, right: &Object) -> bool {
    let owned_by = |object: &Object| match &object.definition {
        Definition::Sequence(sequence) => sequence.owned_by.clone(),
        _ => None,
    };
    let (Some(old), Some(new)) = (owned_by(left), owned_by(right)) else { return false };
    let old = sides.left_column_named(&old);
    let new = sides.right_column_named(&new);
    let is_of_one_table =
        old.zip(new).is_some_and(|(old, new)| (old.schema, old.relation) == (new.schema, new.relation));
    name.kind == ObjectKind::Sequence && is_of_one_table
}

/// What gives an object that has been made its owner and its grants. A sequence gets the owner of a table that is made with
/// it; the server gives it to no column of a table that belongs to somebody else.
pub(super) fn of_new(sides: &Sides<'_>, fates: &Fates, name: &ObjectName, object: &Object) -> Vec<Statement> {
    let other =
        object.owner.as_deref().filter(|owner| Some(*owner) != sides.role() && target_of(object).is_none());
    let owner = other.filter(|_| !comes_with_table(sides, fates, object)).map(|other| owner(name, other));
    // What is nothing but a grant has been made.
    let is_granted = name.is_privilege() && target_of(object).is_none();
    let grants = sql::grants_of_new(name, object).into_iter().filter(|_| !is_granted).map(Statement::from);
    owner.into_iter().chain(grants).collect()
}

/// Takes from the statements about an object that stays those that give it another owner and the grants that come with that, where
/// these have to [`wait`].
pub(super) fn split_off(
    sides: &Sides<'_>,
    fates: &Fates,
    name: &ObjectName,
    statements: &mut Vec<Statement>,
) -> Vec<Statement> {
    let owner =
        statements.iter().position(|one| one.sql.starts_with("ALTER ") && one.sql.contains(" OWNER TO "));
    let place = owner.filter(|_| wait(sides, fates, name));
    place.map(|place| statements.split_off(place)).unwrap_or_default()
}

/// Whether a view or routine is to keep its maker as its owner until all is there: a materialized view is filled from it, which reads
/// what lies beneath it with the rights of its owner.
pub(super) fn wait(sides: &Sides<'_>, fates: &Fates, name: &ObjectName) -> bool {
    if !matches!(name.kind, ObjectKind::View | ObjectKind::Function | ObjectKind::Procedure) {
        return false;
    }
    let mut seen = BTreeSet::from([name]);
    let mut queue = vec![name];
    while let Some(object) = queue.pop() {
        if object.kind == ObjectKind::MaterializedView && fates.is_made(object) {
            return true;
        }
        queue.extend(sides.right_dependents_of(object).filter(|one| seen.insert(one)));
    }
    false
}

/// Whether a sequence is of a column whose table is made, which hands its owner on.
fn comes_with_table(sides: &Sides<'_>, fates: &Fates, object: &Object) -> bool {
    let Definition::Sequence(sequence) = &object.definition else { return false };
    let column = sequence.owned_by.as_ref().and_then(|column| sides.right_column_named(column));
    let table = column.as_ref().and_then(|column| sides.right.relation_of(column));
    table.is_some_and(|(table, _)| fates.is_made(table))
}

/// What takes grants away that stand for themselves, where the object is no more than that.
pub(super) fn drop(name: &ObjectName, object: &Object) -> Option<Vec<Statement>> {
    let target = target_of(object)?;
    let taken = changes_of_grants_on(name, target, &object.grants, &target.usual);
    Some(taken.into_iter().map(Statement::from).collect())
}

/// What leads from the grants of a column to others.
pub(super) fn column_changes(
    sides: &Sides<'_>,
    table: &ObjectName,
    left: Option<&Column>,
    right: &Column,
) -> Vec<Statement> {
    if left.is_some() && sides.hints.ignores_privileges {
        return Vec::new();
    }
    let nothing = Grants::new();
    let from = left.map_or(&nothing, |column| &column.grants);
    changes_of_column_grants(table, &right.name, from, &right.grants)
        .into_iter()
        .map(Statement::from)
        .collect()
}

fn owner(name: &ObjectName, owner: &str) -> Statement {
    let kind = match name.kind {
        ObjectKind::Index | ObjectKind::Column => "TABLE".to_owned(),
        ObjectKind::ForeignServer => "SERVER".to_owned(),
        kind => kind.name().to_uppercase(),
    };
    let named = sql::named(name);
    Statement::new(name, format!("ALTER {kind} {named} OWNER TO {}", identifier_of_role(owner)))
}

/// A role as the catalog has it: as SQL already.
fn identifier_of_role(role: &str) -> String {
    if role.starts_with('"') { role.to_owned() } else { identifier(POSTGRES, role) }
}

/// The grants once the new owner has those of the old one.
fn handed_over(grants: &Grants, old: &str, new: &str) -> Grants {
    let (old, new) = (identifier_of_role(old), identifier_of_role(new));
    grants
        .iter()
        .map(|grant| match grant.split_once(" TO ") {
            Some((privilege, role)) if role == old => format!("{privilege} TO {new}"),
            _ => grant.clone(),
        })
        .collect()
}
