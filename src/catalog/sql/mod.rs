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

pub use drop::{drop, drop_one};
pub use grants::{
    changes_of_column_grants, changes_of_grants, changes_of_grants_on, grants, grants_of_new, target_of,
};
pub use identifier::{identifier, is_plain_name};
pub use literal::{blob_literal, text_literal};
pub use postgres::{
    Made, UNCHECKED_BODIES, Writer, column_comment, column_settings, comment, is_written, options,
};
pub use sqlite::{sqlite_column, sqlite_create, sqlite_create_table_as};
pub use table::{add_column, identity, named_constraint, named_not_null};

/// A statement of SQL, and what it makes, alters or drops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The object.
    pub object: ObjectName,
    /// The text, without the semicolon at its end.
    pub sql: String,
}

impl Statement {
    /// A statement about `object`.
    #[must_use]
    pub fn of(object: &ObjectName, sql: impl Into<String>) -> Self {
        Self { object: object.clone(), sql: sql.into() }
    }
}

/// The statements that make those objects of a catalog that are wanted, each after those of them that it needs; the same
/// ones for the same catalog. Owners and grants are left out.
#[must_use]
pub fn create(catalog: &Catalog, is_wanted: &dyn Fn(&ObjectName) -> bool) -> Vec<Statement> {
    let steps = order::order(catalog, &|name| {
        is_wanted(name) && !(name.kind == ObjectKind::Detail && name.is_privilege())
    });
    match catalog.dialect {
        Dialect::Postgres => postgres::statements(catalog, &steps),
        Dialect::Sqlite => sqlite::statements(catalog, &steps),
    }
}

/// The text that builds the whole schema: what [`create`] gives.
#[must_use]
pub fn write(catalog: &Catalog) -> String {
    paragraphs(&create(catalog, &|_| true))
}

/// Statements as a script, one after the other.
#[must_use]
pub fn text(statements: &[Statement]) -> String {
    statements.iter().map(with_end).collect()
}

/// Statements as a script, with an empty line between them.
#[must_use]
pub fn paragraphs(statements: &[Statement]) -> String {
    statements.iter().map(with_end).collect::<Vec<_>>().join("\n")
}

/// A statement with its end.
fn with_end(statement: &Statement) -> String {
    let sql = &statement.sql;
    if sql.lines().all(|line| line.starts_with("--")) {
        return format!("{sql}\n");
    }
    // A comment may end the text of a SQLite view.
    let last_line = sql.lines().next_back().unwrap_or_default();
    let end = if last_line.contains("--") { "\n;\n" } else { ";\n" };
    format!("{sql}{end}")
}

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

/// A PostgreSQL object as statements about it name it: a routine with the types of its arguments, a part with its relation.
#[must_use]
pub fn named(object: &ObjectName) -> String {
    let name = qualified(Dialect::Postgres, object);
    match (object.kind, &object.arguments, &object.relation) {
        (ObjectKind::Aggregate, ..) => format!("{name}({})", drop::aggregate_arguments(object)),
        (_, Some(arguments), _) => format!("{name}({arguments})"),
        (ObjectKind::Column, _, Some(_)) => {
            let relation = relation_of(Dialect::Postgres, object);
            format!("{relation}.{}", identifier(Dialect::Postgres, &object.name))
        }
        _ => name,
    }
}

/// A PostgreSQL column with schema and table.
#[must_use]
pub fn qualified_column(table: &ObjectName, column: &str) -> String {
    format!("{}.{}", qualified(Dialect::Postgres, table), identifier(Dialect::Postgres, column))
}
