//! SQLite's catalog is the text of its `CREATE` statements. SQLite has accepted them, so they are read, not checked.

mod constraint_text;
mod create_index;
mod create_table;
mod create_trigger;
mod followed;
mod keyword;
mod spelling;
mod tokens;

use std::collections::BTreeMap;

use super::sql::identifier;
use super::{Catalog, Constraint, ConstraintRule, Definition, Object, ObjectKind, ObjectName, View};
use crate::sql::Dialect;

pub use followed::FollowedRows;

pub(super) use constraint_text::foreign_key_as_written;
pub(super) use create_table::is_one_value;
pub(super) use keyword::is_keyword;
pub(super) use spelling::{folded_spelling, spelling};

/// A row of `sqlite_schema` that has a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaRow {
    /// `table`, `index`, `view` or `trigger`.
    pub kind: String,
    /// The name of the object, unquoted.
    pub name: String,
    /// The table or view that it belongs to; of a table or view itself.
    pub table: String,
    /// The statement that makes it.
    pub sql: String,
}

/// The catalog that the rows of a `sqlite_schema` table describe.
#[must_use]
pub fn catalog(rows: &[SchemaRow]) -> Catalog {
    let mut catalog = Catalog::empty(Dialect::Sqlite);
    // A trigger has the name of its table as it is spelled in the trigger.
    let relations = rows.iter().filter(|row| matches!(row.kind.as_str(), "table" | "view"));
    let declared: BTreeMap<String, &str> =
        relations.map(|row| (row.name.to_ascii_lowercase(), row.name.as_str())).collect();
    for row in rows {
        let table = declared.get(&row.table.to_ascii_lowercase()).copied().unwrap_or(&row.table);
        add(&mut catalog, row, table);
    }
    for name in catalog.objects.keys().filter(|name| name.relation.is_some()) {
        let relation = relation_of(&catalog, name);
        catalog.dependencies.entry(name.clone()).or_default().extend(relation);
    }
    resolve_references(&mut catalog);
    catalog
}

/// Adds what a row describes, of a table or view that is declared under this name.
fn add(catalog: &mut Catalog, row: &SchemaRow, table: &str) {
    let table = ObjectName::new(ObjectKind::Table, None, table);
    let (name, definition) = match row.kind.as_str() {
        "index" => {
            let Some(index) = create_index::read(&row.sql) else { return };
            (table.part(ObjectKind::Index, &row.name), Definition::Index(index))
        }
        "view" => {
            let view = View { definition: row.sql.clone(), ..View::default() };
            (ObjectName::new(ObjectKind::View, None, &row.name), Definition::View(view))
        }
        "trigger" => {
            let trigger = create_trigger::read(&row.sql);
            (table.part(ObjectKind::Trigger, &row.name), Definition::Trigger(trigger))
        }
        _ if is_virtual(&row.sql) => {
            let name = ObjectName::new(ObjectKind::VirtualTable, None, &row.name);
            (name, Definition::Verbatim(row.sql.clone()))
        }
        _ => (table.clone(), add_table(catalog, &table, &row.sql)),
    };
    catalog.objects.insert(name, Object::new(definition));
}

fn is_virtual(sql: &str) -> bool {
    tokens::Tokens::new(sql).eat(&["CREATE", "VIRTUAL"])
}

/// Adds the constraints of a table; what the table itself is.
fn add_table(catalog: &mut Catalog, name: &ObjectName, sql: &str) -> Definition {
    let Some((table, constraints)) = create_table::read(sql) else {
        return Definition::Verbatim(sql.to_owned());
    };
    for (given, constraint) in constraints {
        let called = given.unwrap_or_else(|| demand(&constraint));
        let mut part = name.part(ObjectKind::Constraint, &called);
        let mut count = 1;
        while catalog.objects.contains_key(&part) {
            count += 1;
            part.name = format!("{called} #{count}");
        }
        catalog.objects.insert(part, Object::new(Definition::Constraint(constraint)));
    }
    Definition::Table(Box::new(table))
}

/// What a constraint without name is called: the part of it that tells it from others.
fn demand(constraint: &Constraint) -> String {
    match &constraint.rule {
        ConstraintRule::PrimaryKey(_) => "PRIMARY KEY".to_owned(),
        ConstraintRule::ForeignKey(key) => format!("FOREIGN KEY ({})", key.columns.join(", ")),
        _ => spelling(&constraint.definition),
    }
}

/// Writes what foreign keys refer to as it is declared. Without columns they refer to the primary key.
fn resolve_references(catalog: &mut Catalog) {
    let mut resolved = Vec::new();
    for (name, object) in &catalog.objects {
        if let Definition::Constraint(constraint) = &object.definition
            && let ConstraintRule::ForeignKey(key) = &constraint.rule
            && let Some(table) = find_table(catalog, &key.table)
        {
            let mut key = key.clone();
            key.table.clone_from(&table.name);
            if key.referenced_columns.is_empty() {
                key.is_to_primary_key = true;
                key.referenced_columns = primary_key(catalog, table);
            } else if let Some(Definition::Table(table)) =
                catalog.objects.get(table).map(|one| &one.definition)
            {
                key.referenced_columns
                    .iter_mut()
                    .for_each(|column| create_table::spell_as_declared(table, column));
            }
            resolved.push((name.clone(), table.clone(), key));
        }
    }
    for (name, table, key) in resolved {
        if let Some(Object { definition: Definition::Constraint(constraint), .. }) =
            catalog.objects.get_mut(&name)
        {
            constraint.definition = constraint_text::foreign_key_definition(&key, constraint.deferrable);
            constraint.rule = ConstraintRule::ForeignKey(key);
        }
        // SQLite needs no order among tables; people read the referenced table first.
        catalog.dependencies.entry(name).or_default().insert(table);
    }
}

/// The columns of a table's primary key, without collations and order.
fn primary_key(catalog: &Catalog, table: &ObjectName) -> Vec<String> {
    let key = catalog.parts_of(table).find_map(|(_, part)| match &part.definition {
        Definition::Constraint(Constraint { rule: ConstraintRule::PrimaryKey(key), .. }) => Some(key),
        _ => None,
    });
    let columns = key.map(|key| key.columns.as_slice()).unwrap_or_default();
    let name = |column: &String| tokens::Tokens::new(column).name();
    columns.iter().filter_map(name).map(|name| identifier(Dialect::Sqlite, &name)).collect()
}

fn relation_of(catalog: &Catalog, part: &ObjectName) -> Option<ObjectName> {
    let relation = part.relation.as_deref()?;
    let kinds = [ObjectKind::Table, ObjectKind::View, ObjectKind::VirtualTable];
    let names = kinds.into_iter().map(|kind| ObjectName::new(kind, None, relation));
    names.into_iter().find(|name| catalog.objects.contains_key(name))
}

fn find_table<'c>(catalog: &'c Catalog, name: &str) -> Option<&'c ObjectName> {
    let exact = ObjectName::new(ObjectKind::Table, None, name);
    if let Some((found, _)) = catalog.objects.get_key_value(&exact) {
        return Some(found);
    }
    let is_it = |one: &&ObjectName| one.kind == ObjectKind::Table && one.name.eq_ignore_ascii_case(name);
    catalog.objects.keys().find(is_it)
}
