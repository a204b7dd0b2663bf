//! The statements of confirmed renames, and of those that need no confirmation.

use std::collections::{BTreeMap, BTreeSet};

use super::mapping::Mapping;
use super::order::in_order;
use super::parts;
use super::resolve::find;
use crate::alter::sqlite::unsound;
use crate::alter::{Hints, Refusal, Rename, Statement};
use crate::catalog::sql::{identifier, qualified};
use crate::catalog::{Catalog, Definition, ObjectKind, ObjectName};
use crate::sql::Dialect;

/// The statements, in their order: columns and labels, then what they are in, then what hangs on that.
///
/// # Errors
/// [`Refusal`] of a rename whose object is missing on its side, or is of a kind that has no names to change.
pub(in crate::alter) fn statements(
    left: &Catalog,
    right: &Catalog,
    hints: &Hints,
) -> Result<Vec<Statement>, Vec<Refusal>> {
    let refusals: Vec<Refusal> =
        hints.renames.iter().filter_map(|rename| refusal(left, right, rename)).collect();
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let renaming = Renaming { left, mapping: Mapping::of(left, &hints.renames) };
    let mut statements = renaming.columns(&hints.renames);
    statements.extend(hints.renames.iter().filter_map(|rename| label(left.dialect, rename)));
    statements.extend(renaming.objects(&hints.renames));
    match left.dialect {
        Dialect::Postgres => statements.extend(parts::statements(left, right, &renaming.mapping)),
        Dialect::Sqlite if statements.is_empty() => {}
        // SQLite looks at every view and trigger when it renames, and fails at one that is broken. What is wanted of
        // these is made again with the rest.
        Dialect::Sqlite => {
            statements.splice(0..0, drops_of_unsound(left));
        }
    }
    Ok(statements)
}

fn refusal(left: &Catalog, right: &Catalog, rename: &Rename) -> Option<Refusal> {
    let refuse = |object: &ObjectName, reason: String| {
        Some(Refusal { object: object.clone(), reason, ways_on: Vec::new() })
    };
    if find(left, &rename.from).is_none() {
        return refuse(&rename.from, "it is to be renamed, and is not there".to_owned());
    }
    if find(right, &rename.to).is_none() {
        let reason = format!("{} is to become it, and it is not in the schema that is wanted", rename.from);
        return refuse(&rename.to, reason);
    }
    if rename.from.kind != rename.to.kind {
        let reason = format!("it cannot become {}, which is of another kind", rename.to);
        return refuse(&rename.from, reason);
    }
    None
}

struct Renaming<'c> {
    left: &'c Catalog,
    mapping: Mapping<'c>,
}

impl Renaming<'_> {
    fn dialect(&self) -> Dialect {
        self.left.dialect
    }

    /// The columns, in the tables as they are still called.
    fn columns(&self, renames: &[Rename]) -> Vec<Statement> {
        let mut by_table: BTreeMap<(Option<&str>, &str), Vec<&Rename>> = BTreeMap::new();
        for rename in renames.iter().filter(|rename| rename.from.kind == ObjectKind::Column) {
            let table = (rename.from.schema.as_deref(), rename.from.relation.as_deref().unwrap_or_default());
            by_table.entry(table).or_default().push(rename);
        }
        by_table.into_values().flat_map(|renames| self.columns_of_a_table(&renames)).collect()
    }

    fn columns_of_a_table(&self, renames: &[&Rename]) -> Vec<Statement> {
        let Some(first) = renames.first() else { return Vec::new() };
        let dialect = self.dialect();
        let relation = first.from.relation.as_deref().unwrap_or_default();
        let kinds = ObjectKind::RELATIONS.into_iter();
        let mut names = kinds.map(|kind| ObjectName::new(kind, first.from.schema.as_deref(), relation));
        let Some((name, object)) = names.find_map(|name| find(self.left, &name)) else { return Vec::new() };
        let columns = match &object.definition {
            Definition::Table(table) => table.columns.as_slice(),
            _ => &[],
        };
        let taken: BTreeSet<String> = columns.iter().map(|column| self.fold(&column.name)).collect();
        let alter = match name.kind {
            ObjectKind::VirtualTable => "TABLE".to_owned(),
            kind => kind.name().to_uppercase(),
        };
        let table = qualified(dialect, name);
        let statement = |(from, to): (String, String)| {
            let from = self.declared(columns.iter().map(|column| column.name.as_str()), &from);
            let to = self.declared(renames.iter().map(|rename| rename.to.name.as_str()), &to);
            let object = name.part(ObjectKind::Column, &to);
            let (from, to) = (identifier(dialect, &from), identifier(dialect, &to));
            Statement::new(&object, format!("ALTER {alter} {table} RENAME COLUMN {from} TO {to}"))
        };
        self.in_order(renames, &taken).into_iter().map(statement).collect()
    }

    /// Tables, types, sequences and all else that stands in a schema.
    fn objects(&self, renames: &[Rename]) -> Vec<Statement> {
        let mut by_kind: BTreeMap<ObjectKind, Vec<&Rename>> = BTreeMap::new();
        for rename in renames.iter().filter(|rename| rename.label.is_none()) {
            if is_named_by_itself(self.dialect(), rename.from.kind) {
                by_kind.entry(rename.from.kind).or_default().push(rename);
            }
        }
        by_kind.into_values().flat_map(|renames| self.objects_of_a_kind(&renames)).collect()
    }

    fn objects_of_a_kind(&self, renames: &[&Rename]) -> Vec<Statement> {
        let mut statements: Vec<Statement> =
            renames.iter().filter_map(|rename| self.moved_to_schema(rename)).collect();
        let mut by_schema: BTreeMap<Option<&str>, Vec<&Rename>> = BTreeMap::new();
        for rename in renames {
            by_schema.entry(rename.to.schema.as_deref()).or_default().push(rename);
        }
        for (schema, renames) in by_schema {
            let Some(first) = renames.first() else { continue };
            let there = self.left.objects.keys().filter(|name| {
                name.schema.as_deref() == schema && shares_names(self.dialect(), name.kind, first.from.kind)
            });
            let mut taken: BTreeSet<String> = there.map(|name| self.fold(&name.name)).collect();
            taken.extend(renames.iter().map(|rename| self.fold(&rename.from.name)));
            for (from, to) in self.in_order(&renames, &taken) {
                statements.push(self.renamed_object(&renames, schema, &from, &to));
            }
        }
        statements
    }

    fn moved_to_schema(&self, rename: &Rename) -> Option<Statement> {
        let schema = rename.to.schema.as_deref().filter(|_| rename.from.schema != rename.to.schema)?;
        let schema = identifier(self.dialect(), schema);
        Some(Statement::new(&rename.to, format!("{} SET SCHEMA {schema}", self.alter(&rename.from))))
    }

    fn renamed_object(&self, renames: &[&Rename], schema: Option<&str>, from: &str, to: &str) -> Statement {
        let rename =
            renames.iter().find(|rename| self.fold(&rename.from.name) == from || rename.to.name == to);
        let to = self.declared(renames.iter().map(|rename| rename.to.name.as_str()), to);
        let kind = rename.map_or(ObjectKind::Table, |rename| rename.from.kind);
        let arguments = rename.and_then(|rename| rename.from.arguments.clone());
        let same_kind = self.left.objects.keys().filter(|name| name.kind == kind);
        let from = self.declared(same_kind.map(|name| name.name.as_str()), from);
        let old = ObjectName { arguments: arguments.clone(), ..ObjectName::new(kind, schema, &from) };
        let new = ObjectName { arguments, ..ObjectName::new(kind, schema, &to) };
        let to = identifier(self.dialect(), &to);
        Statement::new(&new, format!("{} RENAME TO {to}", self.alter(&old)))
    }

    /// `ALTER` with the kind and name of an object.
    fn alter(&self, name: &ObjectName) -> String {
        let kind = match name.kind {
            ObjectKind::VirtualTable => "TABLE".to_owned(),
            kind => kind.name().to_uppercase(),
        };
        let arguments = name.arguments.as_ref().map(|arguments| format!("({arguments})")).unwrap_or_default();
        format!("ALTER {kind} {}{arguments}", qualified(self.dialect(), name))
    }

    fn in_order(&self, renames: &[&Rename], taken: &BTreeSet<String>) -> Vec<(String, String)> {
        let pairs: Vec<(String, String)> =
            renames.iter().map(|rename| (self.fold(&rename.from.name), self.fold(&rename.to.name))).collect();
        in_order(&pairs, taken)
    }

    /// A name as it is compared: in SQLite in lower case.
    fn fold(&self, name: &str) -> String {
        match self.dialect() {
            Dialect::Postgres => name.to_owned(),
            Dialect::Sqlite => name.to_ascii_lowercase(),
        }
    }

    /// The name that a folded one was made of; itself for one that makes way.
    fn declared<'n>(&self, mut names: impl Iterator<Item = &'n str>, folded: &str) -> String {
        names.find(|name| self.fold(name) == folded).unwrap_or(folded).to_owned()
    }
}

/// Drops the views and triggers that may be broken; the triggers of a view go with it.
fn drops_of_unsound(catalog: &Catalog) -> Vec<Statement> {
    let unsound = unsound(catalog);
    let goes = |relation: &str| {
        unsound
            .iter()
            .any(|name| name.kind == ObjectKind::View && catalog.dialect.is_same_name(&name.name, relation))
    };
    let drop = |name: &ObjectName| {
        let kind = name.kind.name().to_uppercase();
        Statement::new(name, format!("DROP {kind} {}", identifier(catalog.dialect, &name.name)))
    };
    let alone = unsound.iter().filter(|name| !name.relation.as_deref().is_some_and(goes));
    alone.map(|name| drop(name)).collect()
}

fn label(dialect: Dialect, rename: &Rename) -> Option<Statement> {
    let (old, new) = rename.label.as_ref()?;
    let (old, new) = (dialect.quote_literal(old), dialect.quote_literal(new));
    let name = qualified(dialect, &rename.from);
    Some(Statement::new(&rename.from, format!("ALTER TYPE {name} RENAME VALUE {old} TO {new}")))
}

/// Whether an object is renamed on its own. SQLite renames tables alone; everything else is made again.
fn is_named_by_itself(dialect: Dialect, kind: ObjectKind) -> bool {
    let is_part = matches!(
        kind,
        ObjectKind::Column
            | ObjectKind::Constraint
            | ObjectKind::Index
            | ObjectKind::Trigger
            | ObjectKind::Rule
            | ObjectKind::Policy
            | ObjectKind::Cast
            | ObjectKind::Operator
            | ObjectKind::Unmodelled
    );
    match dialect {
        Dialect::Postgres => !is_part,
        Dialect::Sqlite => matches!(kind, ObjectKind::Table | ObjectKind::VirtualTable),
    }
}

/// Whether two objects of a schema cannot have one name: PostgreSQL keeps relations, and types, together.
fn shares_names(dialect: Dialect, one: ObjectKind, other: ObjectKind) -> bool {
    let is_relation = |kind: ObjectKind| {
        ObjectKind::RELATIONS.contains(&kind)
            || kind == ObjectKind::Index
            || (kind == ObjectKind::Sequence && dialect == Dialect::Postgres)
    };
    one == other || (is_relation(one) && is_relation(other))
}
