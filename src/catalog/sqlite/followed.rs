//! Rows of `sqlite_schema` that are read again and again: only what has changed is parsed anew.

use std::collections::{BTreeMap, BTreeSet};

use super::{SchemaRow, catalog};
use crate::catalog::{Changes, ConstraintRule, Definition, ObjectName};

/// The rows as they were read last, and what they describe.
#[derive(Debug, Default)]
pub struct FollowedRows {
    /// By rowid.
    rows: BTreeMap<i64, SchemaRow>,
    relations: BTreeMap<RelationKey, Relation>,
    /// The tables whose foreign keys refer to a table, there or not.
    referring: BTreeMap<RelationKey, BTreeSet<RelationKey>>,
}

/// A table or view with its indexes, triggers and constraints.
#[derive(Debug, Default)]
struct Relation {
    /// Its rows.
    rows: BTreeSet<i64>,
    objects: BTreeSet<ObjectName>,
    references: BTreeSet<RelationKey>,
}

/// The name of a table or view, of which SQLite does not tell the case.
type RelationKey = String;

fn key(name: &str) -> RelationKey {
    name.to_ascii_lowercase()
}

impl FollowedRows {
    /// The rows of `sqlite_schema` as they were read last, with their row ids, in the order of these.
    pub fn rows(&self) -> impl Iterator<Item = (i64, &SchemaRow)> {
        self.rows.iter().map(|(id, row)| (*id, row))
    }

    /// The objects that may be other than they were, now that some of [`FollowedRows::rows`] are gone, and others are
    /// new or no longer what they were.
    pub fn update(&mut self, gone: &[i64], altered: BTreeMap<i64, SchemaRow>) -> Changes {
        let mut touched = BTreeSet::new();
        for id in gone.iter().chain(altered.keys()) {
            touched.extend(self.take(*id));
        }
        for (id, row) in altered {
            touched.insert(key(&row.table));
            self.relations.entry(key(&row.table)).or_default().rows.insert(id);
            self.rows.insert(id, row);
        }
        // How a foreign key is described depends on the table that it refers to.
        let referring = touched.iter().filter_map(|table| self.referring.get(table)).flatten().cloned();
        let referring: Vec<RelationKey> = referring.collect();
        touched.extend(referring);
        self.describe(touched)
    }

    /// Removes a row; the relation that it was a row of.
    fn take(&mut self, id: i64) -> Option<RelationKey> {
        let relation = key(&self.rows.remove(&id)?.table);
        if let Some(of_relation) = self.relations.get_mut(&relation) {
            of_relation.rows.remove(&id);
        }
        Some(relation)
    }

    fn describe(&mut self, touched: BTreeSet<RelationKey>) -> Changes {
        let own = self.rows_of(&touched);
        let mut references: BTreeMap<RelationKey, BTreeSet<RelationKey>> = BTreeMap::new();
        for (name, object) in catalog(&own).objects {
            if let (Definition::Constraint(constraint), Some(table)) = (object.definition, &name.relation)
                && let ConstraintRule::ForeignKey(foreign) = constraint.rule
            {
                references.entry(key(table)).or_default().insert(key(&foreign.table));
            }
        }
        let mut with_referenced = touched.clone();
        with_referenced.extend(references.values().flatten().cloned());
        let described = catalog(&self.rows_of(&with_referenced)).objects;
        let is_touched =
            |name: &ObjectName| touched.contains(&key(name.relation.as_deref().unwrap_or(&name.name)));
        let mut changes = Changes::new();
        for relation in &touched {
            self.refer(relation, references.remove(relation).unwrap_or_default());
            let Some(relation) = self.relations.get_mut(relation) else { continue };
            changes.extend(std::mem::take(&mut relation.objects).into_iter().map(|name| (name, None)));
        }
        for (name, object) in described.into_iter().filter(|(name, _)| is_touched(name)) {
            let relation = key(name.relation.as_deref().unwrap_or(&name.name));
            self.relations.entry(relation).or_default().objects.insert(name.clone());
            changes.insert(name, Some(object));
        }
        self.relations.retain(|_, relation| !relation.rows.is_empty());
        changes
    }

    /// The rows of these tables and views, in their order.
    fn rows_of(&self, relations: &BTreeSet<RelationKey>) -> Vec<SchemaRow> {
        let relations = relations.iter().filter_map(|relation| self.relations.get(relation));
        let ids: BTreeSet<i64> = relations.flat_map(|relation| relation.rows.iter().copied()).collect();
        ids.iter().filter_map(|id| self.rows.get(id)).cloned().collect()
    }

    /// Notes which tables a table refers to.
    fn refer(&mut self, table: &RelationKey, references: BTreeSet<RelationKey>) {
        let before = self.relations.get_mut(table).map(|relation| &mut relation.references);
        for referenced in
            before.map(|before| std::mem::replace(before, references.clone())).into_iter().flatten()
        {
            if let Some(referring) = self.referring.get_mut(&referenced) {
                referring.remove(table);
            }
        }
        for referenced in references {
            self.referring.entry(referenced).or_default().insert(table.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::catalog::{Catalog, sqlite};
    use crate::sql::Dialect;

    const TABLES: [&str; 4] = ["a", "b", "C", "order"];

    /// A table that may refer to another in any case, or an index, view or trigger.
    fn row() -> impl Strategy<Value = SchemaRow> {
        (0..4_usize, 0..4_usize, 0..7_usize).prop_map(|(table, other, kind)| {
            let (name, other) = (TABLES[table], TABLES[other]);
            let (kind, own, sql) = match kind {
                0 => ("table", name, format!("CREATE TABLE \"{name}\" (x INTEGER PRIMARY KEY)")),
                1 => (
                    "table",
                    name,
                    format!("CREATE TABLE \"{name}\" (x REFERENCES \"{}\")", other.to_uppercase()),
                ),
                2 => (
                    "table",
                    name,
                    format!("CREATE TABLE \"{name}\" (X PRIMARY KEY, y REFERENCES \"{other}\"(X))"),
                ),
                3 => ("index", "i", format!("CREATE INDEX i ON \"{name}\" (x)")),
                4 => ("index", "j", format!("CREATE UNIQUE INDEX j ON \"{name}\" (x)")),
                5 => ("view", name, format!("CREATE VIEW \"{name}\" AS SELECT 1")),
                _ => ("trigger", "t", format!("CREATE TRIGGER t DELETE ON \"{name}\" BEGIN SELECT 1; END")),
            };
            let (kind, own) = (kind.to_owned(), own.to_owned());
            SchemaRow { kind, name: own, table: name.to_owned(), sql }
        })
    }

    /// Names are unique in a schema.
    fn rows() -> impl Strategy<Value = BTreeMap<i64, SchemaRow>> {
        prop::collection::btree_map(0..12_i64, row(), 0..8).prop_map(|mut rows| {
            let mut names = BTreeSet::new();
            rows.retain(|_, row| names.insert(row.name.clone()));
            rows
        })
    }

    proptest! {
        #[test]
        fn what_is_followed_is_what_all_rows_describe(states in prop::collection::vec(rows(), 1..6)) {
            let mut followed = FollowedRows::default();
            let mut now = Catalog::empty(Dialect::Sqlite);
            for rows in states {
                let gone: Vec<i64> =
                    followed.rows().map(|(id, _)| id).filter(|id| !rows.contains_key(id)).collect();
                let before: BTreeMap<i64, SchemaRow> =
                    followed.rows().map(|(id, row)| (id, row.clone())).collect();
                let altered = rows.iter().filter(|(id, row)| before.get(id) != Some(row));
                let altered = altered.map(|(id, row)| (*id, row.clone())).collect();
                now.apply(followed.update(&gone, altered), &mut []);
                let all: Vec<SchemaRow> = rows.into_values().collect();
                prop_assert_eq!(&now.objects, &sqlite::catalog(&all).objects);
            }
        }
    }
}
