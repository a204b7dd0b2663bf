//! The order in which tables become `UNLOGGED` or `LOGGED`: at no time may one that is logged refer to one that is not.

use super::order::Stage;
use super::sides::rule_of;
use super::steps::Steps;
use crate::catalog::{Catalog, ConstraintRule, ObjectKind, ObjectName};

/// What refers to a table becomes unlogged before it, and logged after it.
pub(super) fn connect(steps: &mut Steps<'_, '_>) {
    let sides = steps.sides();
    for (referring, referenced) in references(sides.left).into_iter().chain(references(sides.right)) {
        let turn = |name: &ObjectName| {
            let (left, right) = sides.tables(name)?;
            (left.is_unlogged != right.is_unlogged).then_some(right.is_unlogged)
        };
        let (Some(one), Some(other)) = (turn(&referring), turn(&referenced)) else { continue };
        let place = |name| steps.place(sides.right, name, Stage::Alter);
        let (referring, referenced) = (place(&referring), place(&referenced));
        match (one, other) {
            (true, true) => steps.before(referring, referenced),
            (false, false) => steps.before(referenced, referring),
            _ => {}
        }
    }
}

/// The tables that refer to others, with these.
fn references(catalog: &Catalog) -> Vec<(ObjectName, ObjectName)> {
    let constraints = catalog.objects.keys().filter(|name| name.kind == ObjectKind::Constraint);
    let references = constraints.filter_map(|constraint| {
        let Some(ConstraintRule::ForeignKey(key)) = rule_of(catalog, constraint) else { return None };
        let (referring, _) = catalog.relation_of(constraint)?;
        let referenced = ObjectName::new(ObjectKind::Table, key.schema.as_deref(), &key.table);
        catalog.table(&referenced)?;
        (*referring != referenced).then(|| (referring.clone(), referenced))
    });
    references.collect()
}
