//! The statements of a SQLite schema.

use super::order::Step;
use super::{Statement, table};
use crate::catalog::{Catalog, Definition};

/// The statements.
pub(super) fn statements(catalog: &Catalog, steps: &[Step<'_>]) -> Vec<Statement> {
    let statements =
        steps.iter().filter_map(|step| Some(Statement::of(step.object, statement(catalog, step)?)));
    statements.collect()
}

fn statement(catalog: &Catalog, step: &Step<'_>) -> Option<String> {
    let object = catalog.objects.get(step.object)?;
    match &object.definition {
        Definition::Table(table) => {
            // SQLite adds no constraint to a table, and needs no order among them.
            let own = catalog
                .parts_of(step.object)
                .filter(|(_, part)| matches!(part.definition, Definition::Constraint(_)));
            let constraints: Vec<_> = own.map(|(name, _)| name).collect();
            Some(table::create(catalog, step.object, table, &constraints))
        }
        Definition::Verbatim(sql) => Some(sql.clone()),
        Definition::Index(index) => Some(index.definition.clone()),
        Definition::View(view) => Some(view.definition.clone()),
        Definition::Trigger(trigger) => Some(trigger.definition.clone()),
        _ => None,
    }
}
