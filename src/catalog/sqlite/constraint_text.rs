//! Constraints of SQLite as SQL: in one spelling for comparisons, and as they were written.

use crate::catalog::sql::identifier;
use crate::catalog::{Constraint, ConstraintRule, Deferrable, ForeignKey};
use crate::sql::Dialect;

/// The text of a constraint as one of its table, without its name.
pub(super) fn definition(rule: &ConstraintRule, deferrable: Deferrable) -> String {
    match rule {
        ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) => {
            let mut definition = format!("{} ({})", rule.name(), key.columns.join(", "));
            if let Some(conflict) = &key.on_conflict {
                definition.push_str(&format!(" ON CONFLICT {conflict}"));
            }
            definition
        }
        ConstraintRule::Check { expression, .. } => format!("CHECK ({expression})"),
        ConstraintRule::ForeignKey(key) => foreign_key_definition(key, deferrable),
        ConstraintRule::Exclusion { definition } => definition.clone(),
    }
}

/// A foreign key of SQLite as it was written: without the columns that it did not name, and with its clauses.
pub(in crate::catalog) fn foreign_key_as_written(constraint: &Constraint) -> Option<String> {
    let ConstraintRule::ForeignKey(key) = &constraint.rule else { return None };
    let clauses = key.clauses.as_ref()?;
    let columns = if key.is_to_primary_key { &[] } else { key.referenced_columns.as_slice() };
    let reference = reference(key, columns);
    Some(if clauses.is_empty() { reference } else { format!("{reference} {clauses}") })
}

fn reference(key: &ForeignKey, referenced: &[String]) -> String {
    let table = identifier(Dialect::Sqlite, &key.table);
    let reference = format!("FOREIGN KEY ({}) REFERENCES {table}", key.columns.join(", "));
    if referenced.is_empty() { reference } else { format!("{reference} ({})", referenced.join(", ")) }
}

/// The text of a foreign key as a constraint of its table; what is SQLite's default is not written.
pub(super) fn foreign_key_definition(key: &ForeignKey, deferrable: Deferrable) -> String {
    let mut definition = reference(key, &key.referenced_columns);
    for (clause, value, default) in [
        ("MATCH", &key.match_type, "SIMPLE"),
        ("ON UPDATE", &key.on_update, "NO ACTION"),
        ("ON DELETE", &key.on_delete, "NO ACTION"),
    ] {
        if value != default {
            definition.push_str(&format!(" {clause} {value}"));
        }
    }
    if deferrable != Deferrable::No {
        definition.push_str(&format!(" {}", deferrable.sql()));
    }
    definition
}
