//! From a catalog to its statements, and to a text.

use super::{Statement, order, postgres, sqlite};
use crate::catalog::{Catalog, ObjectKind, ObjectName};
use crate::sql::Dialect;

/// The statements that make those objects of a catalog that are wanted, each after those of them that it needs; the same
/// ones for the same catalog. Owners and grants are left out.
#[must_use]
pub fn create(catalog: &Catalog, is_wanted: &dyn Fn(&ObjectName) -> bool) -> Vec<Statement> {
    let mut statements = create_as_spelled(catalog, is_wanted);
    if catalog.dialect == Dialect::Postgres {
        for statement in &mut statements {
            postgres::respell_lists(&mut statement.sql, catalog, &statement.object);
        }
    }
    statements
}

/// As [`create`], with all expressions just as the catalog has them, which a server may spell otherwise once it has read them.
#[must_use]
pub fn create_as_spelled(catalog: &Catalog, is_wanted: &dyn Fn(&ObjectName) -> bool) -> Vec<Statement> {
    let steps = order::order(catalog, &|name| {
        let comes_with_another =
            name.kind == ObjectKind::Detail && name.is_privilege() || name.is_members_of_extension();
        is_wanted(name) && !comes_with_another
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

/// Statements as a script, each with a semicolon and a line end behind it; one that is comments alone has no semicolon.
#[must_use]
pub fn text(statements: &[Statement]) -> String {
    statements.iter().map(with_end).collect()
}

/// As [`text`], with an empty line between the statements.
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
