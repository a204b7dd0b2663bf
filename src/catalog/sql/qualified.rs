//! Names of objects with what they are in.

use super::identifier;
use crate::catalog::{ObjectKind, ObjectName};
use crate::sql::Dialect;

/// The name of an object as PostgreSQL and SQLite read it, with its schema; of a part without its relation.
#[must_use]
pub fn qualified(dialect: Dialect, object: &ObjectName) -> String {
    let name = match object.kind {
        ObjectKind::Operator | ObjectKind::Cast | ObjectKind::Unmodelled | ObjectKind::Detail => {
            object.name.clone()
        }
        _ => identifier(dialect, &object.name),
    };
    object.schema.as_ref().map_or(name.clone(), |schema| format!("{}.{name}", identifier(dialect, schema)))
}

/// The name of the table or view that a part belongs to, as [`qualified`] writes it.
#[must_use]
pub fn relation_of(dialect: Dialect, part: &ObjectName) -> String {
    let name = identifier(dialect, part.relation.as_deref().unwrap_or_default());
    part.schema.as_ref().map_or(name.clone(), |schema| format!("{}.{name}", identifier(dialect, schema)))
}

/// A PostgreSQL column as SQL names it, with schema and table, quoted where that is needed.
#[must_use]
pub fn qualified_column(table: &ObjectName, column: &str) -> String {
    format!("{}.{}", qualified(Dialect::Postgres, table), identifier(Dialect::Postgres, column))
}
