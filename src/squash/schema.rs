//! What a range builds, as statements of its own: the schema and the rows that it adds. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::SquashError;
use super::columns::{identifying, leading_name};
use super::compare::Snapshot;
use super::limits::{changes_to_older, unmodelled};
use super::rows::{insert_order, inserts};
use super::volatile::VolatileCells;
use crate::backend::{SequencePosition, TableRows};
use crate::catalog::sql::{self, qualified};
use crate::catalog::{Catalog, ConstraintRule, Deferrable, Definition, Object, ObjectKind, ObjectName};
use crate::sql::{Dialect, Tolerated};

/// The scripts of a baseline for one database.
pub(super) struct Scripts {
    pub(super) up: String,
    pub(super) down: String,
    /// The cells that are left to the defaults of their columns.
    pub(super) defaulted: VolatileCells,
}

/// Writes what takes a database from `before` to `after`, and back. Of the cells that are volatile, those are left to
/// their default that have one and identify no row.
///
/// # Errors
/// [`SquashError::ChangesOlder`] and [`SquashError::Unmodelled`].
pub(super) fn write(
    before: &Snapshot,
    after: &Snapshot,
    volatile: &VolatileCells,
    tolerated: &BTreeSet<Tolerated>,
) -> Result<Scripts, SquashError> {
    let dialect = after.catalog.dialect;
    let changes = changes_to_older(before, after);
    if !changes.is_empty() {
        return Err(SquashError::ChangesOlder { dialect, differences: Box::new(changes) });
    }
    let unmodelled = unmodelled(before, after);
    if !unmodelled.is_empty() {
        return Err(SquashError::Unmodelled { dialect, objects: unmodelled });
    }
    let mut defaulted = volatile.clone();
    let identifying = identifying(&after.catalog);
    defaulted.retain(|table, column| can_be_left_to_default(after, &identifying, table, column));
    let added = added(&before.catalog, &after.catalog);
    let writer = Writer { before, after, added: &added, defaulted: &defaulted, tolerated };
    let (up, down) = (writer.up(), writer.down());
    Ok(Scripts { up, down, defaulted })
}

fn can_be_left_to_default(
    after: &Snapshot,
    identifying: &BTreeMap<ObjectName, BTreeSet<String>>,
    table: &ObjectName,
    column: usize,
) -> bool {
    let Some(name) = after.contents.tables.get(table).and_then(|rows| rows.columns.get(column)) else {
        return false;
    };
    let column =
        after.catalog.table(table).and_then(|table| table.columns.iter().find(|one| one.name == *name));
    let has_default = column.is_some_and(|column| column.default.is_some());
    has_default && !identifying.get(table).is_some_and(|columns| columns.contains(name))
}

/// The objects of `after` that `before` lacks.
fn added(before: &Catalog, after: &Catalog) -> Catalog {
    part(after, |name| !before.objects.contains_key(name))
}

/// The objects of a catalog that `is_part` says.
fn part(catalog: &Catalog, is_part: impl Fn(&ObjectName) -> bool) -> Catalog {
    let objects = catalog.objects.iter().filter(|(name, _)| is_part(name));
    let dependencies = catalog.dependencies.iter().filter(|(name, _)| is_part(name));
    Catalog {
        dialect: catalog.dialect,
        objects: objects.map(|(name, object)| (name.clone(), object.clone())).collect(),
        dependencies: dependencies.map(|(name, needed)| (name.clone(), needed.clone())).collect(),
    }
}

struct Writer<'s> {
    before: &'s Snapshot,
    after: &'s Snapshot,
    added: &'s Catalog,
    defaulted: &'s VolatileCells,
    /// Extensions and schemas that the originals take as they are where somebody has made them before.
    tolerated: &'s BTreeSet<Tolerated>,
}

impl Writer<'_> {
    fn dialect(&self) -> Dialect {
        self.added.dialect
    }

    fn up(&self) -> String {
        let tables = self.tables_with_rows();
        let (order, circular) = insert_order(self.added, &tables);
        let behind = if tables.is_empty() { BTreeSet::new() } else { behind_rows(self.added, &circular) };
        let mut parts = vec![self.create(&|name| !behind.contains(name))];
        let nothing = BTreeSet::new();
        for name in order {
            if let Some(rows) = tables.get(name) {
                let left_out = self.defaulted.of(name).unwrap_or(&nothing);
                parts.push(inserts(&self.after.catalog, name, rows, left_out));
            }
        }
        parts.push(self.positions(&tables));
        if !behind.is_empty() {
            parts.push(self.create(&|name| behind.contains(name)));
        }
        parts.push(self.others());
        parts.retain(|part| !part.is_empty());
        let text = parts.join("\n");
        let settings = match self.dialect() {
            Dialect::Postgres => sql::settings_for(&[&text]),
            Dialect::Sqlite => Vec::new(),
        };
        let missing = settings.into_iter().filter(|setting| !text.contains(setting));
        missing.map(|setting| format!("{setting};\n")).collect::<String>() + &text
    }

    /// What makes some of the objects that are added.
    fn create(&self, is_wanted: &dyn Fn(&ObjectName) -> bool) -> String {
        let mut statements = sql::create(self.added, is_wanted);
        for statement in &mut statements {
            let name = || statement.object.name.clone();
            let (words, made) = match statement.object.kind {
                ObjectKind::Extension => ("CREATE EXTENSION ", Tolerated::Extension(name())),
                ObjectKind::Schema => ("CREATE SCHEMA ", Tolerated::Schema(name())),
                _ => continue,
            };
            if self.tolerated.contains(&made)
                && let Some(rest) = statement.sql.strip_prefix(words)
            {
                statement.sql = format!("{words}IF NOT EXISTS {rest}");
            }
        }
        sql::paragraphs(&statements)
    }

    fn down(&self) -> String {
        let mut text = sql::text(&sql::drop(self.added, &|_| true));
        if let Some((after, before)) = self.public() {
            text.push_str(&changes_of_public(after, before));
        }
        for value in self.new_pragmas() {
            let name = value.split_whitespace().next().unwrap_or_default();
            text.push_str(&format!("PRAGMA {name} = 0;\n"));
        }
        text
    }

    fn tables_with_rows(&self) -> BTreeMap<&ObjectName, &TableRows> {
        let tables = self.after.contents.tables.iter().filter(|(name, rows)| {
            name.kind == ObjectKind::Table && self.added.objects.contains_key(*name) && !rows.rows.is_empty()
        });
        tables.collect()
    }

    /// The statements that put new sequences where they stand.
    fn positions(&self, tables: &BTreeMap<&ObjectName, &TableRows>) -> String {
        let new: Vec<(&String, &SequencePosition)> = self
            .after
            .contents
            .sequences
            .iter()
            .filter(|(name, _)| !self.before.contents.sequences.contains_key(*name))
            .collect();
        match self.dialect() {
            Dialect::Postgres => {
                let starts = starts(self.added);
                let moved = new.into_iter().filter(|(name, position)| {
                    position.is_called || starts.get(*name) != Some(&position.last_value)
                });
                moved.map(|(name, position)| setval(name, *position)).collect()
            }
            Dialect::Sqlite => {
                let known: BTreeMap<&str, i64> =
                    new.iter().map(|(name, position)| (name.as_str(), position.last_value)).collect();
                self.autoincrement_positions(tables, &known)
            }
        }
    }

    /// SQLite takes the largest row id that was inserted.
    fn autoincrement_positions(
        &self,
        tables: &BTreeMap<&ObjectName, &TableRows>,
        positions: &BTreeMap<&str, i64>,
    ) -> String {
        let mut text = String::new();
        for (name, column) in autoincrements(self.added) {
            let inserted = tables.get(name).and_then(|rows| largest(rows, &column));
            let wanted = positions.get(name.name.as_str()).copied();
            if inserted == wanted {
                continue;
            }
            let table = self.dialect().quote_literal(&name.name);
            if inserted.is_some() {
                text.push_str(&format!("DELETE FROM sqlite_sequence WHERE name = {table};\n"));
            }
            if let Some(wanted) = wanted {
                text.push_str(&format!(
                    "INSERT INTO sqlite_sequence (name, seq) VALUES ({table}, {wanted});\n"
                ));
            }
        }
        text
    }

    /// What belongs to no object that is added.
    fn others(&self) -> String {
        let mut text: String = self
            .new_pragmas()
            .iter()
            .map(|value| format!("PRAGMA {};\n", value.replacen(' ', " = ", 1)))
            .collect();
        if self.dialect() == Dialect::Postgres {
            text.push_str(&sql::text(&sql::grants(self.added)));
        }
        if let Some((after, before)) = self.public() {
            text.push_str(&changes_of_public(before, after));
        }
        let empty =
            self.after.contents.unpopulated.iter().filter(|view| self.added.objects.contains_key(*view));
        text.extend(empty.map(|view| {
            format!("REFRESH MATERIALIZED VIEW {} WITH NO DATA;\n", qualified(self.dialect(), view))
        }));
        text
    }

    /// SQLite's `user_version` and `application_id` where they were nothing before.
    fn new_pragmas(&self) -> Vec<&String> {
        match self.dialect() {
            Dialect::Sqlite => {
                self.after.contents.unmodelled.difference(&self.before.contents.unmodelled).collect()
            }
            Dialect::Postgres => Vec::new(),
        }
    }

    /// The schema `public`, which every database has, after and before.
    fn public(&self) -> Option<(&Object, &Object)> {
        let public = ObjectName::new(ObjectKind::Schema, None, "public");
        Some((self.after.catalog.objects.get(&public)?, self.before.catalog.objects.get(&public)?))
    }
}

fn changes_of_public(from: &Object, to: &Object) -> String {
    let mut text = String::new();
    let public = ObjectName::new(ObjectKind::Schema, None, "public");
    if from.comment != to.comment {
        text = format!("{};\n", sql::comment(&public, to.comment.as_deref()));
    }
    text + &sql::text(&sql::changes_of_grants(&public, &from.grants, &to.grants))
}

/// What is made once the rows are there: what would act on them, what is computed from them, references that no order of
/// the rows satisfies, and all that needs one of these.
fn behind_rows(catalog: &Catalog, circular: &[&ObjectName]) -> BTreeSet<ObjectName> {
    let is_behind = |name: &ObjectName| match (catalog.dialect, name.kind) {
        (_, ObjectKind::Trigger)
        | (Dialect::Postgres, ObjectKind::Rule | ObjectKind::MaterializedView | ObjectKind::Detail) => true,
        (Dialect::Postgres, ObjectKind::Constraint) => circular.contains(&name) || is_deferred(catalog, name),
        _ => false,
    };
    let mut behind: BTreeSet<ObjectName> =
        catalog.objects.keys().filter(|name| is_behind(name)).cloned().collect();
    loop {
        let needs_one = |name: &ObjectName| {
            let needed = catalog.dependencies.get(name).into_iter().flatten();
            let is_part =
                name.relation.is_some() && behind.iter().any(|relation| is_relation_of(relation, name));
            is_part || needed.into_iter().any(|needed| behind.contains(needed))
        };
        let more: Vec<ObjectName> = catalog
            .objects
            .keys()
            .filter(|name| !behind.contains(*name) && needs_one(name))
            .cloned()
            .collect();
        if more.is_empty() {
            return behind;
        }
        behind.extend(more);
    }
}

/// A reference that is checked at the commit: until then its table can no longer be changed.
fn is_deferred(catalog: &Catalog, name: &ObjectName) -> bool {
    match catalog.objects.get(name).map(|object| &object.definition) {
        Some(Definition::Constraint(constraint)) => {
            matches!(constraint.rule, ConstraintRule::ForeignKey(_))
                && constraint.deferrable == Deferrable::InitiallyDeferred
        }
        _ => false,
    }
}

fn is_relation_of(relation: &ObjectName, part: &ObjectName) -> bool {
    matches!(relation.kind, ObjectKind::View | ObjectKind::MaterializedView | ObjectKind::Table)
        && part.is_part_of(relation)
}

/// Where sequences begin, by name.
fn starts(catalog: &Catalog) -> BTreeMap<String, i64> {
    let mut starts = BTreeMap::new();
    for (name, object) in &catalog.objects {
        match &object.definition {
            Definition::Sequence(sequence) => {
                starts.insert(qualified(Dialect::Postgres, name), sequence.start);
            }
            Definition::Table(table) => {
                let identities = table.columns.iter().filter_map(|column| column.identity.as_ref());
                starts.extend(identities.map(|one| (one.sequence_name.clone(), one.sequence.start)));
            }
            _ => {}
        }
    }
    starts
}

fn setval(sequence: &str, position: SequencePosition) -> String {
    let SequencePosition { last_value, is_called } = position;
    format!("SELECT setval({}, {last_value}, {is_called});\n", Dialect::Postgres.quote_literal(sequence))
}

/// SQLite's tables with `AUTOINCREMENT`, and their row id's column.
fn autoincrements(catalog: &Catalog) -> Vec<(&ObjectName, String)> {
    let mut found = Vec::new();
    for name in catalog.objects.keys().filter(|name| name.kind == ObjectKind::Table) {
        let columns = catalog.parts_of(name).filter_map(|(_, part)| match &part.definition {
            Definition::Constraint(constraint) => match &constraint.rule {
                ConstraintRule::PrimaryKey(key) if key.is_autoincrement => key.columns.first(),
                _ => None,
            },
            _ => None,
        });
        found.extend(columns.map(|column| (name, leading_name(column))));
    }
    found
}

fn largest(rows: &TableRows, column: &str) -> Option<i64> {
    let place = rows.columns.iter().position(|one| one == column)?;
    rows.rows.iter().filter_map(|row| row.get(place)?.parse().ok()).max()
}
