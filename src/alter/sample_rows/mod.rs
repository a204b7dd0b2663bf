//! Made-up rows for the tables of a schema, with which it is tried that a way keeps values: pure.
//!
//! Rows satisfy what can be understood: types, `NOT NULL`, keys, foreign keys, labels of enums, simple checks. What
//! cannot is for the database to judge: it refuses such a row, and the others stand.

mod check;
mod value;

use std::collections::{BTreeMap, BTreeSet};

use self::check::Allowed;
use self::value::{Family, Flavour, literal};
use crate::catalog::sql::{identifier, qualified};
use crate::catalog::{
    Catalog, Column, Constraint, ConstraintRule, Definition, ForeignKey, Object, ObjectKind, ObjectName,
    Table,
};
use crate::sql::{Dialect, Lexer, TokenKind, unquoted_name};

/// Rows of a table: one that is ordinary, then those with values at the edge of what its types hold.
const FLAVOURS: [Flavour; 4] = [Flavour::Ordinary, Flavour::Edge, Flavour::Other, Flavour::Sparse];

/// A made-up row, as the statement that inserts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleRow {
    /// The table.
    pub table: ObjectName,
    /// Whether its values are such as most rows have, and not at the edge of what the types hold.
    pub is_ordinary: bool,
    /// `INSERT INTO …`, without the semicolon. Where the database refuses it, later rows may be refused for it.
    pub sql: String,
}

/// Rows for these tables, those first to which others refer. Each can be left out.
#[must_use]
pub fn sample_rows(catalog: &Catalog, wanted: &BTreeSet<ObjectName>) -> Vec<SampleRow> {
    let tables: BTreeMap<&ObjectName, &Table> = catalog
        .objects
        .iter()
        .filter_map(|(name, object)| match &object.definition {
            Definition::Table(table) if holds_rows(name, table) && wanted.contains(name) => {
                Some((name, table.as_ref()))
            }
            _ => None,
        })
        .collect();
    let is_type = |object: &&Object| matches!(object.definition, Definition::Enum(_) | Definition::Domain(_));
    let types = catalog.objects.iter().filter(|(_, object)| is_type(object)).collect();
    let mut sampler = Sampler { catalog, types, values: BTreeMap::new() };
    let mut rows = Vec::new();
    for name in in_order(catalog, &tables) {
        if let Some(table) = tables.get(name) {
            rows.extend(sampler.rows(name, table));
        }
    }
    rows
}

/// The rows of a partitioned table are put into its partitions, which have bounds that are not understood.
fn holds_rows(name: &ObjectName, table: &Table) -> bool {
    name.kind == ObjectKind::Table && table.foreign.is_none() && table.partition_of.is_none()
}

/// The foreign keys of a table.
fn references<'c>(catalog: &'c Catalog, table: &'c ObjectName) -> impl Iterator<Item = &'c ForeignKey> {
    catalog.parts_of(table).filter_map(|(_, object)| match &object.definition {
        Definition::Constraint(Constraint { rule: ConstraintRule::ForeignKey(key), .. }) => Some(key),
        _ => None,
    })
}

fn referenced(key: &ForeignKey) -> ObjectName {
    ObjectName::new(ObjectKind::Table, key.schema.as_deref(), &key.table)
}

/// The tables, each after those that it refers to; where they refer to each other, the first by name first.
fn in_order<'c>(catalog: &'c Catalog, tables: &BTreeMap<&'c ObjectName, &'c Table>) -> Vec<&'c ObjectName> {
    let needed = |name: &'c ObjectName| -> BTreeSet<&'c ObjectName> {
        let names = references(catalog, name).map(referenced);
        names.filter_map(|name| tables.get_key_value(&name).map(|(name, _)| *name)).collect()
    };
    let (mut order, mut seen) = (Vec::new(), BTreeSet::new());
    for start in tables.keys().copied() {
        // Kept off the call stack: references can be a long chain.
        let mut stack = Vec::from_iter(seen.insert(start).then(|| (start, needed(start))));
        while let Some((name, rest)) = stack.last_mut() {
            match rest.pop_first() {
                Some(next) if seen.insert(next) => stack.push((next, needed(next))),
                Some(_) => {}
                None => {
                    order.push(*name);
                    stack.pop();
                }
            }
        }
    }
    order
}

/// What has been made up so far.
struct Sampler<'c> {
    catalog: &'c Catalog,
    /// The enum types and domains.
    types: Vec<(&'c ObjectName, &'c Object)>,
    /// The literals of each row, by table and by column.
    values: BTreeMap<ObjectName, Vec<BTreeMap<String, String>>>,
}

impl<'c> Sampler<'c> {
    fn rows(&mut self, name: &'c ObjectName, table: &'c Table) -> Vec<SampleRow> {
        let shape = Shape::of(self.catalog, name, table);
        let mut rows = Vec::new();
        for (place, flavour) in FLAVOURS.into_iter().enumerate() {
            let row = self.row(&shape, place, flavour);
            let sql = insert(self.catalog.dialect, name, &row);
            rows.push(SampleRow { table: name.clone(), is_ordinary: flavour == Flavour::Ordinary, sql });
            let values = row.into_iter().map(|(column, value)| (column.to_owned(), value)).collect();
            self.values.entry(name.clone()).or_default().push(values);
        }
        rows
    }

    fn row(&self, shape: &Shape<'c>, place: usize, flavour: Flavour) -> Vec<(&'c str, String)> {
        let mut row: Vec<(&'c str, String)> = Vec::new();
        let referred = self.referred(shape, place, flavour);
        for column in shape.table.columns.iter().filter(|column| is_given(column)) {
            let value = match referred.get(column.name.as_str()) {
                Some(value) => value.clone(),
                None => self.value(shape, column, place, flavour),
            };
            row.push((&column.name, value));
        }
        row
    }

    /// The values of the columns that refer to a row that is there already: to one of the same place.
    fn referred(&self, shape: &Shape<'c>, place: usize, flavour: Flavour) -> BTreeMap<&'c str, String> {
        let mut values = BTreeMap::new();
        for key in &shape.references {
            let parent = referenced(key);
            let rows = self.values.get(&parent).map(Vec::as_slice).unwrap_or_default();
            let row = rows.get(place).or(rows.last());
            for (own, other) in key.columns.iter().zip(&key.referenced_columns) {
                let Some(column) = shape.column(own) else { continue };
                let is_optional = column.is_nullable && !shape.unique.contains(column.name.as_str());
                let found = row.and_then(|row| row.get(&bare(self.catalog.dialect, other)).cloned());
                let is_null = is_optional && (flavour == Flavour::Sparse || found.is_none());
                let value = if is_null { Some("NULL".to_owned()) } else { found };
                if let Some(value) = value {
                    values.insert(column.name.as_str(), value);
                }
            }
        }
        values
    }

    fn value(&self, shape: &Shape<'c>, column: &Column, place: usize, flavour: Flavour) -> String {
        let is_unique = shape.unique.contains(column.name.as_str());
        if flavour == Flavour::Sparse && column.is_nullable && !is_unique {
            return "NULL".to_owned();
        }
        let dialect = self.catalog.dialect;
        if let Some(value) =
            shape.allowed.get(column.name.as_str()).and_then(|one| one.value(place, is_unique))
        {
            return value;
        }
        let data_type = self.underlying(&column.data_type);
        let family = Family::of(dialect, &data_type, &self.labels(&data_type));
        literal(dialect, &family, flavour, place, is_unique)
    }

    /// The type that a domain stands on in the end; the type itself where it is no domain.
    fn underlying(&self, data_type: &str) -> String {
        let mut data_type = data_type.to_owned();
        // Domains may stand on domains.
        for _ in 0..8 {
            let domain = self.types.iter().find_map(|(name, object)| match &object.definition {
                Definition::Domain(domain) if is_type(name, &data_type) => Some(domain),
                _ => None,
            });
            match domain {
                Some(domain) => data_type.clone_from(&domain.data_type),
                None => break,
            }
        }
        data_type
    }

    /// The labels of an enum type, or of the one that an array is of; none of another type.
    fn labels(&self, data_type: &str) -> Vec<String> {
        let own = data_type.trim_end_matches("[]");
        let labels = self.types.iter().find_map(|(name, object)| match &object.definition {
            Definition::Enum(labels) if is_type(name, own) => Some(labels.clone()),
            _ => None,
        });
        labels.unwrap_or_default()
    }
}

/// Whether a type is written so: with its schema, or without the one that all have.
fn is_type(name: &ObjectName, written: &str) -> bool {
    qualified(Dialect::Postgres, name) == written || identifier(Dialect::Postgres, &name.name) == written
}

/// Whether a row says what stands in a column.
fn is_given(column: &Column) -> bool {
    column.generated.is_none() && column.identity.is_none()
}

/// What the rows of a table must satisfy.
struct Shape<'c> {
    dialect: Dialect,
    table: &'c Table,
    references: Vec<&'c ForeignKey>,
    /// The columns of which no two rows may have the same value.
    unique: BTreeSet<&'c str>,
    /// What simple checks leave of a column's values.
    allowed: BTreeMap<&'c str, Allowed>,
}

impl<'c> Shape<'c> {
    fn of(catalog: &'c Catalog, name: &'c ObjectName, table: &'c Table) -> Self {
        let references = references(catalog, name).collect();
        let mut shape = Self {
            dialect: catalog.dialect,
            table,
            references,
            unique: BTreeSet::new(),
            allowed: BTreeMap::new(),
        };
        for (_, object) in catalog.parts_of(name) {
            shape.add(object);
        }
        shape
    }

    fn add(&mut self, part: &'c Object) {
        match &part.definition {
            Definition::Constraint(Constraint { rule, .. }) => match rule {
                ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) => {
                    key.columns.iter().for_each(|column| self.add_unique(column));
                }
                ConstraintRule::Check { expression, .. } => self.add_check(expression),
                ConstraintRule::ForeignKey(_) | ConstraintRule::Exclusion { .. } => {}
            },
            Definition::Index(index) if index.is_unique => {
                index.keys.iter().for_each(|key| self.add_unique(&key.expression));
            }
            _ => {}
        }
    }

    /// Of several columns together, each is made unique.
    fn add_unique(&mut self, key: &str) {
        if let Some(column) = self.column(key) {
            self.unique.insert(&column.name);
        }
    }

    fn add_check(&mut self, expression: &str) {
        if let Some((column, allowed)) = check::read(self.dialect, expression)
            && let Some(column) = self.column(&column)
        {
            self.allowed.entry(&column.name).or_default().narrow(allowed);
        }
    }

    /// The column that a key begins with.
    fn column(&self, key: &str) -> Option<&'c Column> {
        let name = bare(self.dialect, key);
        self.table.columns.iter().find(|column| self.dialect.is_same_name(&column.name, &name))
    }
}

/// The name, without quotes, that a key column begins with.
pub(super) fn bare(dialect: Dialect, key: &str) -> String {
    let first = Lexer::new(dialect, key).map_while(Result::ok).find(|token| !token.kind.is_trivia());
    let text = first.and_then(|token| key.get(token.range())).unwrap_or(key);
    match first.map(|token| token.kind) {
        Some(TokenKind::QuotedIdentifier) => unquoted_name(text).into_owned(),
        _ => text.to_owned(),
    }
}

fn insert(dialect: Dialect, table: &ObjectName, row: &[(&str, String)]) -> String {
    let into = qualified(dialect, table);
    if row.is_empty() {
        return format!("INSERT INTO {into} DEFAULT VALUES");
    }
    let columns: Vec<String> = row.iter().map(|(column, _)| identifier(dialect, column)).collect();
    let values: Vec<&str> = row.iter().map(|(_, value)| value.as_str()).collect();
    format!("INSERT INTO {into} ({}) VALUES ({})", columns.join(", "), values.join(", "))
}

#[cfg(test)]
mod tests;
