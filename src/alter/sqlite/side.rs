//! A catalog in which names are found as SQLite finds them: the case of ASCII letters does not count.

use std::collections::{BTreeMap, BTreeSet};

use super::mention::{self, fold};
use crate::catalog::{
    Catalog, Column, Constraint, ConstraintRule, Definition, Key, Object, ObjectKind, ObjectName, Table,
};

/// The left or the right schema, with its tables and views by name.
pub(super) struct Side<'c> {
    pub(super) catalog: &'c Catalog,
    /// Tables, virtual tables and views, by their names in lower case.
    relations: BTreeMap<String, (&'c ObjectName, &'c Object)>,
}

/// A table of one side with its constraints, looked up in any case.
#[derive(Clone)]
pub(super) struct TableView<'c> {
    pub(super) name: &'c ObjectName,
    pub(super) table: &'c Table,
    pub(super) constraints: Vec<(&'c ObjectName, &'c Constraint)>,
}

impl<'c> Side<'c> {
    /// Looks up the tables and views of a catalog.
    pub(super) fn of(catalog: &'c Catalog) -> Self {
        let is_relation = |name: &ObjectName| ObjectKind::RELATIONS.contains(&name.kind);
        let relations = catalog.objects.iter().filter(|(name, _)| is_relation(name));
        Self {
            catalog,
            relations: relations.map(|(name, object)| (fold(&name.name), (name, object))).collect(),
        }
    }

    /// The side's tables, virtual tables and views, in the order of their lower-case names.
    pub(super) fn relations(&self) -> impl Iterator<Item = (&'c ObjectName, &'c Object)> {
        self.relations.values().copied()
    }

    /// The table, virtual table or view of this name, in any case.
    pub(super) fn relation(&self, name: &str) -> Option<(&'c ObjectName, &'c Object)> {
        self.relations.get(&fold(name)).copied()
    }

    /// The relation that `other`, of the other side, is here.
    pub(super) fn same_relation(&self, other: &ObjectName) -> Option<(&'c ObjectName, &'c Object)> {
        self.relation(&other.name).filter(|(name, _)| name.kind == other.kind)
    }

    /// The table of this name, in any case; none where it is virtual, or its statement was not understood.
    pub(super) fn table(&self, name: &str) -> Option<TableView<'c>> {
        let (name, object) = self.relation(name)?;
        let Definition::Table(table) = &object.definition else { return None };
        let constraints = self.catalog.parts_of(name).filter_map(|(name, object)| match &object.definition {
            Definition::Constraint(constraint) => Some((name, constraint)),
            _ => None,
        });
        Some(TableView { name, table, constraints: constraints.collect() })
    }

    /// The definition of the view of this name; none where it is something else.
    pub(super) fn view(&self, name: &str) -> Option<&'c str> {
        match &self.relation(name)?.1.definition {
            Definition::View(view) => Some(&view.definition),
            _ => None,
        }
    }

    /// The objects of this kind, indexes or triggers, that belong to a relation.
    pub(super) fn parts(
        &self,
        relation: &'c ObjectName,
        kind: ObjectKind,
    ) -> impl Iterator<Item = &'c ObjectName> {
        self.catalog.parts_of(relation).map(|(name, _)| name).filter(move |name| name.kind == kind)
    }

    /// These relations, each after those of them that it mentions or refers to; in the order of their names where that
    /// does not matter, and where they need each other.
    pub(super) fn in_order(&self, relations: &[&'c ObjectName]) -> Vec<&'c ObjectName> {
        let by_name: BTreeMap<String, &ObjectName> =
            relations.iter().map(|name| (fold(&name.name), *name)).collect();
        let mut order = Vec::new();
        let mut seen = BTreeSet::new();
        for name in by_name.values() {
            self.visit(name, &by_name, &mut seen, &mut order);
        }
        order
    }

    /// Adds what a relation needs, and then it. Kept off the call stack: schemas can be deep.
    fn visit(
        &self,
        start: &'c ObjectName,
        among: &BTreeMap<String, &'c ObjectName>,
        seen: &mut BTreeSet<&'c ObjectName>,
        order: &mut Vec<&'c ObjectName>,
    ) {
        if !seen.insert(start) {
            return;
        }
        let mut stack = vec![(start, self.needed_by(start))];
        while let Some((name, needed)) = stack.last_mut() {
            match needed.pop_first() {
                Some(next) => {
                    if let Some(next) = among.get(&next).filter(|next| seen.insert(next)) {
                        stack.push((next, self.needed_by(next)));
                    }
                }
                None => {
                    order.push(name);
                    stack.pop();
                }
            }
        }
    }

    /// The names, in lower case, of what a relation mentions or refers to.
    fn needed_by(&self, relation: &ObjectName) -> BTreeSet<String> {
        match self.relation(&relation.name).map(|(_, object)| &object.definition) {
            Some(Definition::View(view)) => mention::names(&view.definition),
            Some(Definition::Table(_)) => {
                let table = self.table(&relation.name);
                let constraints = table.into_iter().flat_map(|table| table.constraints);
                constraints.filter_map(|(_, constraint)| referenced(constraint)).map(fold).collect()
            }
            _ => BTreeSet::new(),
        }
    }
}

/// The name of the table that a constraint refers to; none where it is no foreign key.
pub(super) fn referenced(constraint: &Constraint) -> Option<&str> {
    match &constraint.rule {
        ConstraintRule::ForeignKey(key) => Some(&key.table),
        _ => None,
    }
}

impl<'c> TableView<'c> {
    /// The table's column of this name, in any case.
    pub(super) fn column(&self, name: &str) -> Option<&'c Column> {
        self.table.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name))
    }

    /// The table's constraint of this name, in any case, with the name as it stands.
    pub(super) fn constraint(&self, name: &str) -> Option<(&'c ObjectName, &'c Constraint)> {
        self.constraints.iter().copied().find(|(own, _)| own.name.eq_ignore_ascii_case(name))
    }

    /// The table's primary key.
    pub(super) fn primary_key(&self) -> Option<&'c Key> {
        self.constraints.iter().find_map(|(_, constraint)| match &constraint.rule {
            ConstraintRule::PrimaryKey(key) => Some(key),
            _ => None,
        })
    }

    /// The column that is the row id under another name, after
    /// <https://www.sqlite.org/lang_createtable.html#rowids_and_the_integer_primary_key>.
    pub(super) fn rowid_alias(&self) -> Option<&'c Column> {
        let key = self.primary_key().filter(|_| !self.table.is_without_rowid)?;
        let [column] = key.columns.as_slice() else { return None };
        // Only with its column is a descending key none.
        let is_quirk = key.is_with_column && !key.is_autoincrement;
        let column = self.column(&mention::leading_name(column)).filter(|_| !is_quirk)?;
        column.data_type.eq_ignore_ascii_case("INTEGER").then_some(column)
    }

    /// Whether a row may have NULL in a column. The key of a table that is `STRICT` or `WITHOUT ROWID` takes none; what
    /// is the row id gets a value instead.
    pub(super) fn takes_null(&self, column: &Column) -> bool {
        let is_rowid = self.rowid_alias().is_some_and(|alias| alias.name == column.name);
        let is_of_key = |key: &Key| {
            key.columns.iter().any(|one| mention::leading_name(one).eq_ignore_ascii_case(&column.name))
        };
        let has_full_key = self.table.is_strict || self.table.is_without_rowid;
        is_rowid || (column.is_nullable && !(has_full_key && self.primary_key().is_some_and(is_of_key)))
    }

    /// A name by which the row id can be had that no column has taken.
    pub(super) fn rowid(&self) -> Option<&'static str> {
        let names = ["rowid", "_rowid_", "oid"].into_iter();
        names.filter(|_| !self.table.is_without_rowid).find(|name| self.column(name).is_none())
    }

    /// Whether the table's row ids are counted in `sqlite_sequence`.
    pub(super) fn is_autoincrement(&self) -> bool {
        self.primary_key().is_some_and(|key| key.is_autoincrement)
    }
}
