//! Which columns hold more than a value of their own. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Catalog, ConstraintRule, Definition, ObjectKind, ObjectName};

/// The columns, by table, that keys and references are made of: another value there is another row. Where it cannot be
/// told which they are, all of the table.
pub(super) fn identifying(catalog: &Catalog) -> BTreeMap<ObjectName, BTreeSet<String>> {
    let mut found = Identifying { catalog, columns: BTreeMap::new() };
    for (name, object) in &catalog.objects {
        let relation = name.relation.as_deref().unwrap_or_default();
        let table = ObjectName::new(ObjectKind::Table, name.schema.as_deref(), relation);
        match &object.definition {
            Definition::Constraint(constraint) => found.rule(&table, &constraint.rule),
            Definition::Index(index) if index.is_unique => {
                found.add(&table, index.keys.iter().map(|key| key.expression.as_str()));
            }
            Definition::Table(table) if table.partition_of.is_some() || table.partition_key.is_some() => {
                found.add_all(name);
            }
            _ => {}
        }
    }
    found.columns
}

struct Identifying<'c> {
    catalog: &'c Catalog,
    columns: BTreeMap<ObjectName, BTreeSet<String>>,
}

impl Identifying<'_> {
    fn rule(&mut self, table: &ObjectName, rule: &ConstraintRule) {
        match rule {
            ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) => {
                self.add(table, key.columns.iter().map(String::as_str));
            }
            ConstraintRule::ForeignKey(key) => {
                self.add(table, key.columns.iter().map(String::as_str));
                let referenced = ObjectName::new(ObjectKind::Table, key.schema.as_deref(), &key.table);
                self.add(&referenced, key.referenced_columns.iter().map(String::as_str));
            }
            ConstraintRule::Exclusion { definition } => self.add_mentioned(table, definition),
            ConstraintRule::Check { .. } => {}
        }
    }

    fn add<'k>(&mut self, table: &ObjectName, keys: impl Iterator<Item = &'k str>) {
        for key in keys {
            let name = leading_name(key);
            if self
                .catalog
                .table(table)
                .is_none_or(|table| table.columns.iter().any(|column| column.name == name))
            {
                self.columns.entry(table.clone()).or_default().insert(name);
            } else {
                self.add_mentioned(table, key);
            }
        }
    }

    /// Adds those columns of a table that an expression names.
    fn add_mentioned(&mut self, table: &ObjectName, expression: &str) {
        let Some(found) = self.catalog.table(table) else { return };
        let named = found.columns.iter().map(|column| column.name.clone());
        let named: Vec<String> = named.filter(|name| mentions(expression, name)).collect();
        self.columns.entry(table.clone()).or_default().extend(named);
    }

    fn add_all(&mut self, table: &ObjectName) {
        let columns: Vec<String> = self
            .catalog
            .table(table)
            .into_iter()
            .flat_map(|table| &table.columns)
            .map(|column| column.name.clone())
            .collect();
        self.columns.entry(table.clone()).or_default().extend(columns);
    }
}

/// Whether a name stands in an expression, in any case of its letters, and as no part of another.
fn mentions(expression: &str, name: &str) -> bool {
    let (expression, name) = (expression.to_lowercase(), name.to_lowercase());
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    !name.is_empty()
        && expression.match_indices(&name).any(|(start, found)| {
            let before = expression.get(..start).and_then(|text| text.chars().next_back());
            let after = expression.get(start + found.len()..).and_then(|text| text.chars().next());
            !before.is_some_and(is_part) && !after.is_some_and(is_part)
        })
}

/// The name, unquoted, that a key begins with, as in `"a b" COLLATE nocase DESC`; or the key itself.
pub(super) fn leading_name(key: &str) -> String {
    let Some(quoted) = key.strip_prefix('"') else {
        return key.split_whitespace().next().unwrap_or_default().to_owned();
    };
    let mut name = String::new();
    let mut characters = quoted.chars().peekable();
    while let Some(character) = characters.next() {
        if character == '"' && characters.next_if_eq(&'"').is_none() {
            break;
        }
        name.push(character);
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::sqlite::{SchemaRow, catalog};
    use crate::catalog::{Column, Object, Partition, Table};
    use crate::sql::Dialect;

    #[test]
    fn names_are_read() {
        for (key, name) in [
            ("id", "id"),
            ("\"a b\" COLLATE x DESC", "a b"),
            ("\"say \"\"hi\"\"\"", "say \"hi\""),
            ("id DESC", "id"),
        ] {
            assert_eq!(leading_name(key), name);
        }
    }

    #[test]
    fn keys_and_both_ends_of_references_identify() {
        let row = |kind: &str, name: &str, table: &str, sql: &str| SchemaRow {
            kind: kind.to_owned(),
            name: name.to_owned(),
            table: table.to_owned(),
            sql: sql.to_owned(),
        };
        let found = identifying(&catalog(&[
            row("table", "a", "a", "CREATE TABLE a (id INTEGER PRIMARY KEY, code TEXT UNIQUE, at TEXT)"),
            row("table", "b", "b", "CREATE TABLE b (a TEXT REFERENCES a (code), x TEXT, y TEXT)"),
            row("index", "i", "b", "CREATE UNIQUE INDEX i ON b (lower(x))"),
            row("index", "j", "b", "CREATE INDEX j ON b (y)"),
        ]));
        let of = |table: &str| -> Vec<String> {
            let columns = found.get(&ObjectName::new(ObjectKind::Table, None, table));
            columns.into_iter().flatten().cloned().collect()
        };
        assert_eq!(of("a"), ["code", "id"]);
        assert_eq!(of("b"), ["a", "x"]);
    }

    #[test]
    fn a_name_is_mentioned_as_a_whole() {
        for expression in ["lower(a)", "A || b", "a", "(b + a)", "\"a\""] {
            assert!(mentions(expression, "a"), "{expression}");
        }
        for expression in ["ab", "ba", "a_b", "b_a", "a1", "lower(ab)", "xa + ay", ""] {
            assert!(!mentions(expression, "a"), "{expression}");
        }
        assert!(!mentions("a", ""));
    }

    /// What of a partitioned table and its partitions tells rows apart may be said by any of them.
    #[test]
    fn all_of_a_partitioned_table_identifies() {
        let columns = ["a", "b"].map(|name| Column { name: name.to_owned(), ..Column::default() }).to_vec();
        let plain = Table { columns, ..Table::default() };
        let bounds = Partition { parent: "s.parted".to_owned(), bound: "DEFAULT".to_owned() };
        let mut catalog = Catalog::empty(Dialect::Postgres);
        for (name, table) in [
            ("plain", plain.clone()),
            ("parted", Table { partition_key: Some("RANGE (a)".to_owned()), ..plain.clone() }),
            ("part", Table { partition_of: Some(bounds), ..plain }),
        ] {
            let name = ObjectName::new(ObjectKind::Table, Some("s"), name);
            catalog.objects.insert(name, Object::new(Definition::Table(Box::new(table))));
        }
        let found = identifying(&catalog);
        let named: Vec<(&str, usize)> =
            found.iter().map(|(name, columns)| (name.name.as_str(), columns.len())).collect();
        assert_eq!(named, [("part", 2), ("parted", 2)]);
    }
}
