//! Queries that count on a database in which nothing has been renamed yet. Pure.

use crate::alter::{Mapping, Rename};
use crate::catalog::sql::{identifier, qualified};
use crate::catalog::{Catalog, Definition, ObjectKind};

/// A query of the generator's, which names tables and columns as they are called after the renames, for a database that
/// has the schema `left`. Where nothing that it reads is renamed it stays as it is.
#[must_use]
pub fn before_renames(query: &str, left: &Catalog, renames: &[Rename]) -> String {
    let mut query = query.to_owned();
    if renames.is_empty() {
        return query;
    }
    let names = Mapping::of(left, renames);
    for (name, object) in &left.objects {
        let Definition::Table(table) = &object.definition else { continue };
        if name.kind != ObjectKind::Table {
            continue;
        }
        let after = names.relation(name);
        let columns: Vec<(&str, String)> =
            table.columns.iter().map(|one| (one.name.as_str(), names.column(name, &one.name))).collect();
        if after == *name && columns.iter().all(|(old, new)| old == new) {
            continue;
        }
        let written = |name: &str| identifier(left.dialect, name);
        let list: Vec<String> =
            columns.iter().map(|(old, new)| format!("{} AS {}", written(old), written(new))).collect();
        let source = format!("(SELECT {} FROM {})", list.join(", "), qualified(left.dialect, name));
        query = replaced(&query, &qualified(left.dialect, &after), &source, &written(&after.name));
    }
    query
}

/// The query with another source in the place of each `FROM table`, called as the table unless it is called otherwise.
fn replaced(query: &str, table: &str, source: &str, alias: &str) -> String {
    let words = format!("FROM {table}");
    let mut text = String::new();
    let mut rest = query;
    while let Some(place) = rest.find(&words) {
        let (before, found) = rest.split_at(place);
        let after = found.get(words.len()..).unwrap_or_default();
        let is_whole =
            !after.starts_with(|next: char| next.is_alphanumeric() || matches!(next, '_' | '.' | '"'));
        text.push_str(before);
        match (is_whole, after.starts_with(" AS ")) {
            (false, _) => text.push_str(&words),
            (true, true) => text.push_str(&format!("FROM {source}")),
            (true, false) => text.push_str(&format!("FROM {source} AS {alias}")),
        }
        rest = after;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::ObjectName;
    use crate::catalog::sqlite::{SchemaRow, catalog};

    #[test]
    fn old_names_are_read_under_their_new_ones() {
        let sql = "CREATE TABLE users (id INTEGER, name TEXT)".to_owned();
        let row =
            SchemaRow { kind: "table".to_owned(), table: "users".to_owned(), name: "users".to_owned(), sql };
        let left = catalog(&[row]);
        let table = |name: &str| ObjectName::new(ObjectKind::Table, None, name);
        let column = |of: &str, name: &str| table(of).part(ObjectKind::Column, name);
        let renames = [
            Rename { from: table("users"), to: table("people"), label: None },
            Rename { from: column("users", "name"), to: column("people", "full_name"), label: None },
        ];
        let source = "(SELECT id AS id, name AS full_name FROM users)";
        for (query, expected) in [
            (
                "SELECT count(full_name) FROM people",
                format!("SELECT count(full_name) FROM {source} AS people"),
            ),
            ("SELECT count(*) FROM people AS child", format!("SELECT count(*) FROM {source} AS child")),
            ("SELECT count(*) FROM peoples", "SELECT count(*) FROM peoples".to_owned()),
        ] {
            assert_eq!(before_renames(query, &left, &renames), expected);
        }
        assert_eq!(before_renames("SELECT 1", &left, &[]), "SELECT 1");
    }
}
