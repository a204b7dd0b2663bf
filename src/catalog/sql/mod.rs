//! A catalog as SQL: what makes an equal one in an empty database.

mod drop;
mod grants;
mod identifier;
mod literal;
mod order;
mod postgres;
mod sqlite;
mod table;

use super::{Catalog, ObjectKind, ObjectName};
use crate::sql::Dialect;

pub use drop::drop;
pub use grants::{changes_of_grants, grants};
pub use identifier::{identifier, is_plain_name};
pub use literal::{blob_literal, text_literal};

/// The statements that build the schema, each object after those that it needs; the same text for the same catalog.
/// Owners and grants are left out.
#[must_use]
pub fn write(catalog: &Catalog) -> String {
    let steps = order::order(catalog);
    let statements = match catalog.dialect {
        Dialect::Postgres => postgres::statements(catalog, &steps),
        Dialect::Sqlite => sqlite::statements(catalog, &steps),
    };
    let mut text = String::new();
    for statement in statements {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&statement);
        if statement.lines().all(|line| line.starts_with("--")) {
            text.push('\n');
            continue;
        }
        // A comment may end the text of a SQLite view.
        let last_line = statement.lines().next_back().unwrap_or_default();
        text.push_str(if last_line.contains("--") { "\n;\n" } else { ";\n" });
    }
    text
}

/// The name of an object as PostgreSQL and SQLite read it, with its schema; of a part without its relation.
#[must_use]
pub fn qualified(dialect: Dialect, object: &ObjectName) -> String {
    let name = match object.kind {
        ObjectKind::Operator | ObjectKind::Cast | ObjectKind::Unmodelled => object.name.clone(),
        _ => identifier(dialect, &object.name),
    };
    object.schema.as_ref().map_or(name.clone(), |schema| format!("{}.{name}", identifier(dialect, schema)))
}

/// The name of the table or view that a part belongs to, as [`qualified`] writes it.
fn relation_of(dialect: Dialect, part: &ObjectName) -> String {
    let name = identifier(dialect, part.relation.as_deref().unwrap_or_default());
    part.schema.as_ref().map_or(name.clone(), |schema| format!("{}.{name}", identifier(dialect, schema)))
}

/// A PostgreSQL column with schema and table.
#[must_use]
pub fn qualified_column(table: &ObjectName, column: &str) -> String {
    format!("{}.{}", qualified(Dialect::Postgres, table), identifier(Dialect::Postgres, column))
}
