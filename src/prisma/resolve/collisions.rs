//! Names that two things in the database would share.

use std::collections::BTreeMap;

use super::super::model::{Model, Schema};
use super::super::source::{Fault, Place};
use crate::sql::Dialect;

/// What has a name: one, and two of them.
type What = (&'static str, &'static str);

const TABLE: What = ("a table", "two tables");
const TYPE: What = ("a type", "two types");
const INDEX: What = ("an index", "two indexes");
const PRIMARY_KEY: What = ("a primary key", "two primary keys");
const FOREIGN_KEY: What = ("a foreign key", "two foreign keys");

/// Something that has a name in the database.
struct Taken<'s> {
    what: What,
    name: &'s str,
    place: &'s Place,
}

/// Adds a fault for each name that two tables, types, indexes or constraints would share in the database.
pub(super) fn check(schema: &Schema, faults: &mut Vec<Fault>) {
    for namespace in namespaces(schema) {
        let models = || schema.models.iter().filter(move |model| model.schema.as_deref() == namespace);
        let tables = models().map(|model| Taken { what: TABLE, name: &model.table, place: &model.place });
        let joins = schema.join_tables.iter().filter(|table| table.schema.as_deref() == namespace);
        let joins = joins.map(|table| Taken { what: TABLE, name: &table.name, place: &table.place });
        distinct(schema.dialect, tables.chain(joins), faults);
        let enums = schema.enums.iter().filter(|one| one.schema.as_deref() == namespace);
        if schema.dialect.has_own_types() {
            let enums = enums.map(|one| Taken { what: TYPE, name: &one.type_name, place: &one.place });
            distinct(schema.dialect, enums, faults);
        }
        let keys = models().filter(|model| !model.is_view).flat_map(|model| keys(schema.dialect, model));
        distinct(schema.dialect, keys, faults);
    }
    if schema.dialect == Dialect::Postgres {
        for model in &schema.models {
            let foreign = model.foreign_keys.iter().map(|key| Taken {
                what: FOREIGN_KEY,
                name: &key.name,
                place: &key.place,
            });
            distinct(schema.dialect, keys(schema.dialect, model).chain(foreign), faults);
        }
    }
}

fn namespaces(schema: &Schema) -> Vec<Option<&str>> {
    let models = schema.models.iter().map(|model| model.schema.as_deref());
    let enums = schema.enums.iter().map(|one| one.schema.as_deref());
    let mut namespaces: Vec<Option<&str>> = models.chain(enums).collect();
    namespaces.sort_unstable();
    namespaces.dedup();
    namespaces
}

/// Primary key and indexes. SQLite's primary keys have no names.
fn keys(dialect: Dialect, model: &Model) -> impl Iterator<Item = Taken<'_>> {
    let primary = model.primary_key.as_ref().filter(|_| dialect == Dialect::Postgres);
    let primary = primary.map(|key| Taken { what: PRIMARY_KEY, name: &key.name, place: &key.place });
    let indexes =
        model.indexes.iter().map(|index| Taken { what: INDEX, name: &index.name, place: &index.place });
    primary.into_iter().chain(indexes)
}

fn distinct<'s>(dialect: Dialect, all: impl Iterator<Item = Taken<'s>>, faults: &mut Vec<Fault>) {
    let mut seen: BTreeMap<String, What> = BTreeMap::new();
    for taken in all {
        let key = match dialect {
            Dialect::Postgres => taken.name.to_owned(),
            Dialect::Sqlite => taken.name.to_ascii_lowercase(),
        };
        let Some(other) = seen.insert(key, taken.what) else { continue };
        let both = if other == taken.what {
            taken.what.1.to_owned()
        } else {
            format!("{} and {}", other.0, taken.what.0)
        };
        let message = format!("{both} would be called `{}` in the database", taken.name);
        let fault = Fault::new(taken.place, message).help("give one of them another name with `map`");
        // A primary key and an index of one table collide in two ways.
        if !faults.contains(&fault) {
            faults.push(fault);
        }
    }
}
