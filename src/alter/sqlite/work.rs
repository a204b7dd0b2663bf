//! What goes, what comes and what is altered, and the order of that.

use std::collections::{BTreeMap, BTreeSet};

use super::change::TableChange;
use super::mention::fold;
use super::side::Side;
use super::sound::unsound;
use super::{aside, in_place, mention, rebuild, remark, virtual_table};
use crate::alter::{Hints, Refusal, Statement};
use crate::catalog::sql::{identifier, sqlite_create};
use crate::catalog::{
    Catalog, Change, CompareOptions, Definition, Difference, Index, ObjectKind, ObjectName, compare,
};
use crate::sql::Dialect;

/// The difference of two schemas as work to be done.
pub(super) struct Work<'c> {
    left: Side<'c>,
    right: Side<'c>,
    hints: &'c Hints,
    /// What is other, added or removed.
    differing: BTreeSet<Key>,
    /// What both sides have and is not the same.
    altered: BTreeSet<Key>,
    /// The names of all tables, views, indexes and triggers of both sides, in lower case.
    taken: BTreeSet<String>,
    /// Tables of both sides that are other, by their names in lower case.
    tables: BTreeMap<String, TableChange<'c>>,
}

/// Kind, relation and name of an object, in lower case.
type Key = (ObjectKind, Option<String>, String);

fn key(name: &ObjectName) -> Key {
    (name.kind, name.relation.as_deref().map(fold), fold(&name.name))
}

/// How a table is altered.
struct Altered {
    statements: Vec<Statement>,
    is_rebuilt: bool,
    /// Whether one of the statements fails where a view or a trigger is broken.
    tests_schema: bool,
}

impl<'c> Work<'c> {
    /// Finds out what differs but for the order of columns; refuses tables whose statements are not understood.
    pub(super) fn of(left: &'c Catalog, right: &'c Catalog, hints: &'c Hints) -> Result<Self, Vec<Refusal>> {
        let options = CompareOptions { ignore_column_order: true, ..CompareOptions::default() };
        let differences = compare(left, right, &options);
        let is_altered = |one: &&Difference| matches!(one.change, Change::Altered { .. });
        let names = left.objects.keys().chain(right.objects.keys());
        let names = names.filter(|name| name.kind != ObjectKind::Constraint);
        let mut work = Self {
            left: Side::of(left),
            right: Side::of(right),
            hints,
            differing: differences.iter().map(|one| key(&one.object)).collect(),
            altered: differences.iter().filter(is_altered).map(|one| key(&one.object)).collect(),
            taken: names.map(|name| fold(&name.name)).collect(),
            tables: BTreeMap::new(),
        };
        work.tables = work.table_changes(&differences)?;
        Ok(work)
    }

    fn table_changes(
        &self,
        differences: &[Difference],
    ) -> Result<BTreeMap<String, TableChange<'c>>, Vec<Refusal>> {
        let mut by_table: BTreeMap<String, Vec<&Difference>> = BTreeMap::new();
        for difference in differences {
            if let Some(table) = table_of(difference) {
                by_table.entry(fold(table)).or_default().push(difference);
            }
        }
        let (mut changes, mut refusals) = (BTreeMap::new(), Vec::new());
        for (table, differences) in by_table {
            match TableChange::of(&self.left, &self.right, &table, &differences) {
                Some(change) => drop(changes.insert(table, change)),
                None => refusals.extend(self.left.relation(&table).map(|(name, _)| not_understood(name))),
            }
        }
        if refusals.is_empty() { Ok(changes) } else { Err(refusals) }
    }

    /// The statements that make the left schema the right one, in the order in which they run.
    pub(super) fn statements(&self) -> Vec<Statement> {
        let altered = self.altered();
        let rebuilt: BTreeSet<&str> =
            altered.iter().filter(|(_, one)| one.is_rebuilt).map(|(name, _)| *name).collect();
        let mut statements = self.drops(&rebuilt);
        let needs_legacy = self.keeps_programs(&rebuilt);
        statements.extend(self.tables_created());
        statements.extend(self.tables_altered(altered, needs_legacy));
        statements.extend(self.virtual_tables_created());
        statements.extend(self.views_and_triggers_created(&rebuilt));
        let is_other = |view: &ObjectName| self.differs(view);
        statements.extend(virtual_table::fill_from_views(&self.left, &self.right, is_other));
        statements
    }

    // What goes.

    fn drops(&self, rebuilt: &BTreeSet<&str>) -> Vec<Statement> {
        let mut statements = Vec::new();
        let gone = |kind| self.parts_gone(kind, rebuilt);
        statements.extend(gone(ObjectKind::Trigger).into_iter().map(|name| drop_object(name, "TRIGGER")));
        let views = self.relations_gone(ObjectKind::View);
        statements.extend(self.left.in_order(&views).into_iter().rev().map(|name| drop_object(name, "VIEW")));
        statements.extend(gone(ObjectKind::Index).into_iter().map(|name| drop_object(name, "INDEX")));
        let virtual_tables = self.relations_only_in(&self.left, &self.right, ObjectKind::VirtualTable);
        statements.extend(virtual_tables.into_iter().map(|name| virtual_table::drop(&self.left, name)));
        let tables = self.relations_only_in(&self.left, &self.right, ObjectKind::Table);
        let tables = self.left.in_order(&tables).into_iter().rev();
        statements.extend(tables.map(|name| drop_object(name, "TABLE").remark(remark::dropped_rows(name))));
        statements
    }

    /// Views that go, those that are made anew among them.
    fn relations_gone(&self, kind: ObjectKind) -> Vec<&'c ObjectName> {
        let mut gone = self.relations_only_in(&self.left, &self.right, kind);
        gone.extend(self.altered_objects(kind, &self.left));
        gone
    }

    fn relations_only_in(&self, one: &Side<'c>, other: &Side<'c>, kind: ObjectKind) -> Vec<&'c ObjectName> {
        let relations = one.relations().map(|(name, _)| name).filter(|name| name.kind == kind);
        relations.filter(|name| other.same_relation(name).is_none()).collect()
    }

    /// Objects of a kind without parts that both sides have and that are not the same, as they are called on `side`.
    fn altered_objects(&self, kind: ObjectKind, side: &Side<'c>) -> Vec<&'c ObjectName> {
        let relations = side.relations().map(|(name, _)| name).filter(|name| name.kind == kind);
        relations.filter(|name| self.altered.contains(&key(name))).collect()
    }

    /// The indexes or triggers of the left that must be dropped by themselves: those that are not as they are on the
    /// right and do not go with their table or view, or not before something else has taken their name.
    fn parts_gone(&self, kind: ObjectKind, rebuilt: &BTreeSet<&str>) -> Vec<&'c ObjectName> {
        let takers = if kind == ObjectKind::Index { self.takers() } else { BTreeMap::new() };
        let is_taken = |part: &ObjectName| {
            takers.get(&fold(&part.name)).is_some_and(|takers| takers.iter().any(|taker| *taker != key(part)))
        };
        let names = self.left.relations().map(|(name, _)| name);
        let remaining = names.filter(|name| self.right.same_relation(name).is_some());
        let parts = remaining.flat_map(|relation| {
            let goes_along = self.is_made_anew(relation, rebuilt);
            let parts = self.left.parts(relation, kind);
            parts.filter(move |part| if goes_along { is_taken(part) } else { self.differs(part) })
        });
        parts.collect()
    }

    /// What the right has by the names that tables, views and indexes share, in lower case.
    fn takers(&self) -> BTreeMap<String, Vec<Key>> {
        let mut takers: BTreeMap<String, Vec<Key>> = BTreeMap::new();
        let shares = |name: &&ObjectName| !matches!(name.kind, ObjectKind::Trigger | ObjectKind::Constraint);
        for name in self.right.catalog.objects.keys().filter(shares) {
            takers.entry(fold(&name.name)).or_default().push(key(name));
        }
        takers
    }

    /// Whether a part is other, or only there, on one side.
    fn differs(&self, part: &ObjectName) -> bool {
        self.differing.contains(&key(part))
    }

    fn is_made_anew(&self, relation: &ObjectName, rebuilt: &BTreeSet<&str>) -> bool {
        match relation.kind {
            ObjectKind::Table => rebuilt.contains(fold(&relation.name).as_str()),
            _ => self.altered.contains(&key(relation)),
        }
    }

    // What is altered.

    fn altered(&self) -> BTreeMap<&str, Altered> {
        let mut taken = BTreeSet::new();
        let mut altered = BTreeMap::new();
        let has_unsound = !self.tables.is_empty() && self.keeps_unsound();
        for (table, change) in &self.tables {
            let in_place = in_place::statements(change, self.hints, has_unsound);
            let in_place = in_place.and_then(|one| self.indexes_mean_the_same(change).map(|()| one));
            let one = match in_place {
                Ok(in_place) => Altered {
                    statements: in_place.statements,
                    is_rebuilt: false,
                    tests_schema: in_place.tests_schema,
                },
                Err(why) => {
                    let called = self.free_name(&change.right.name.name, &mut taken);
                    let sides = (&self.left, &self.right);
                    let statements = match aside::names_itself(&change.right) {
                        true => aside::statements(change, sides, self.hints, &called, why),
                        false => rebuild::statements(change, sides, self.hints, &called, why),
                    };
                    Altered { statements, is_rebuilt: true, tests_schema: true }
                }
            };
            altered.insert(table.as_str(), one);
        }
        altered
    }

    /// Whether a view or trigger that is the same on both sides is broken, or will be once columns are dropped.
    fn keeps_unsound(&self) -> bool {
        let is_kept = |name: &&ObjectName| !self.differs(name);
        let sides = [self.left.catalog, self.right.catalog];
        sides.into_iter().any(|catalog| unsound(catalog).into_iter().any(|name| is_kept(&name)))
    }

    /// A name that nothing has or can come to have on the way.
    fn free_name(&self, table: &str, chosen: &mut BTreeSet<String>) -> String {
        let is_shadow = |name: &str| {
            [&self.left, &self.right].iter().any(|side| virtual_table::may_be_shadow(side, name))
        };
        let mut name = format!("new_{table}");
        let mut count = 1;
        while self.taken.contains(&fold(&name)) || is_shadow(&name) || !chosen.insert(fold(&name)) {
            count += 1;
            name = format!("new_{table}_{count}");
        }
        name
    }

    /// Whether a view or a trigger is there while a table is altered: one that is broken, or names a table that is just
    /// being built, makes `ALTER TABLE` fail.
    fn keeps_programs(&self, rebuilt: &BTreeSet<&str>) -> bool {
        let gone: BTreeSet<&ObjectName> = self.relations_gone(ObjectKind::View).into_iter().collect();
        let has_virtual = !self.altered_objects(ObjectKind::VirtualTable, &self.right).is_empty();
        let is_only_one = self.tables.len() == 1 && rebuilt.len() == 1 && !has_virtual;
        self.left.relations().map(|(name, _)| name).any(|name| {
            // One that goes is dropped before, unless its table takes it along.
            let is_there = |one| !self.differs(one) || self.is_made_anew(name, rebuilt);
            let has_trigger = self.left.parts(name, ObjectKind::Trigger).any(is_there);
            match name.kind {
                ObjectKind::View => !gone.contains(name),
                // Triggers go with their table.
                _ if is_only_one && self.is_made_anew(name, rebuilt) => false,
                _ => has_trigger && self.right.same_relation(name).is_some(),
            }
        })
    }

    fn tables_altered(&self, altered: BTreeMap<&str, Altered>, needs_legacy: bool) -> Vec<Statement> {
        let mut groups: BTreeMap<&str, (Vec<Statement>, bool)> = BTreeMap::new();
        for (table, one) in altered {
            let mut statements = one.statements;
            if let Some(change) = self.tables.get(table) {
                statements.extend(self.indexes_created(change.right.name, one.is_rebuilt));
            }
            groups.insert(table, (statements, one.tests_schema));
        }
        let mut taken = BTreeSet::new();
        let rebuilt: Vec<(String, Vec<Statement>)> = self
            .altered_objects(ObjectKind::VirtualTable, &self.right)
            .into_iter()
            .filter_map(|new| {
                let old = self.left.same_relation(new)?.0;
                let called = self.free_name(&new.name, &mut taken);
                let sides = (&self.left, &self.right);
                Some((fold(&new.name), virtual_table::rebuild(sides, (old, new), &called)))
            })
            .collect();
        for (table, statements) in &rebuilt {
            groups.insert(table, (statements.clone(), true));
        }
        with_legacy(groups.into_values().collect(), needs_legacy)
    }

    // What comes.

    fn tables_created(&self) -> Vec<Statement> {
        let tables = self.relations_only_in(&self.right, &self.left, ObjectKind::Table);
        let mut statements = Vec::new();
        for table in self.right.in_order(&tables) {
            statements.extend(self.create(table));
            statements.extend(self.indexes_created(table, true));
        }
        statements
    }

    fn virtual_tables_created(&self) -> Vec<Statement> {
        let tables = self.relations_only_in(&self.right, &self.left, ObjectKind::VirtualTable);
        tables.into_iter().flat_map(|name| virtual_table::create(&self.left, &self.right, name)).collect()
    }

    /// What SQLite finds no column for between double quotes it takes for a string: an index whose text stays is another one once such a
    /// column is dropped, which no statement does while it is there.
    fn indexes_mean_the_same(&self, change: &TableChange<'c>) -> Result<(), &'static str> {
        let is_gone = |name: &String| change.dropped.iter().any(|column| fold(&column.name) == fold(name));
        let reads_dropped = |index: &Index| {
            let keys = index.keys.iter().map(|key| key.expression.as_str());
            keys.chain(index.predicate.as_deref()).flat_map(mention::names).any(|name| is_gone(&name))
        };
        let mut kept =
            self.right.parts(change.right.name, ObjectKind::Index).filter(|name| !self.differs(name));
        let is_other =
            kept.any(|name| match self.right.catalog.objects.get(name).map(|one| &one.definition) {
                Some(Definition::Index(index)) => reads_dropped(index),
                _ => false,
            });
        if is_other { Err("an index takes the name of a dropped column for a string") } else { Ok(()) }
    }

    /// The indexes of a table of the right: all of them, or those that are not there already.
    fn indexes_created(&self, table: &'c ObjectName, all: bool) -> Vec<Statement> {
        let indexes = self.right.parts(table, ObjectKind::Index).filter(|index| all || self.differs(index));
        let mut statements = Vec::new();
        for name in indexes {
            let Some(mut statement) = self.create(name) else { continue };
            let (left, right) = (self.left.table(&table.name), self.right.table(&table.name));
            let is_other = |index: &Index| {
                let mut columns = index.keys.iter().flat_map(|key| mention::names(&key.expression));
                left.as_ref().zip(right.as_ref()).is_some_and(|(left, right)| {
                    columns.any(|column| remark::comparison(left, right, &column).is_some())
                })
            };
            if let Some(Definition::Index(index)) =
                self.right.catalog.objects.get(name).map(|object| &object.definition)
                && (self.differs(name) || is_other(index))
            {
                statement.remarks.extend(remark::unique_index(left.as_ref(), right.as_ref(), name, index));
            }
            statements.push(statement);
        }
        statements
    }

    /// Views, and the triggers of views and tables; also the indexes of tables that are otherwise the same.
    fn views_and_triggers_created(&self, rebuilt: &BTreeSet<&str>) -> Vec<Statement> {
        let mut statements = Vec::new();
        for (table, _) in self.right.relations().filter(|(name, _)| name.kind == ObjectKind::Table) {
            let is_done =
                self.tables.contains_key(&fold(&table.name)) || self.left.same_relation(table).is_none();
            if !is_done {
                statements.extend(self.indexes_created(table, false));
            }
        }
        let mut views = self.relations_only_in(&self.right, &self.left, ObjectKind::View);
        views.extend(self.altered_objects(ObjectKind::View, &self.right));
        statements.extend(self.right.in_order(&views).into_iter().filter_map(|name| self.create(name)));
        for (relation, _) in self.right.relations() {
            let is_new = self.left.same_relation(relation).is_none() || self.is_made_anew(relation, rebuilt);
            let triggers = self.right.parts(relation, ObjectKind::Trigger);
            let come = triggers.filter(|trigger| is_new || self.differs(trigger));
            statements.extend(come.filter_map(|name| self.create(name)));
        }
        statements
    }

    fn create(&self, name: &'c ObjectName) -> Option<Statement> {
        Some(Statement::new(name, sqlite_create(self.right.catalog, name)?))
    }
}

/// The table that a difference is about, where it is about a table, its columns or its constraints.
fn table_of(difference: &Difference) -> Option<&str> {
    match difference.object.kind {
        ObjectKind::Column | ObjectKind::Constraint => difference.object.relation.as_deref(),
        ObjectKind::Table if matches!(difference.change, Change::Altered { .. }) => {
            Some(&difference.object.name)
        }
        _ => None,
    }
}

fn not_understood(table: &ObjectName) -> Refusal {
    Refusal {
        object: table.clone(),
        reason: "its CREATE TABLE is in a form that revgraph does not read, so that it cannot be altered"
            .to_owned(),
        ways_on: vec!["write its change by hand".to_owned()],
    }
}

fn drop_object(name: &ObjectName, kind: &str) -> Statement {
    Statement::new(name, format!("DROP {kind} {}", identifier(Dialect::Sqlite, &name.name)))
}

/// Sets `legacy_alter_table` around the statements that look at views and triggers.
fn with_legacy(groups: Vec<(Vec<Statement>, bool)>, needs_legacy: bool) -> Vec<Statement> {
    let first = groups.iter().position(|(_, tests)| *tests);
    let last = groups.iter().rposition(|(_, tests)| *tests);
    let mut statements = Vec::new();
    for (place, (group, _)) in groups.into_iter().enumerate() {
        let pragma = |value: &str, next: Option<&Statement>| {
            let object = next.map(|statement| statement.object.clone());
            object.map(|object| Statement::new(&object, format!("PRAGMA legacy_alter_table = {value}")))
        };
        if needs_legacy && first == Some(place) {
            statements.extend(pragma("ON", group.first()));
        }
        let off = pragma("OFF", group.last()).filter(|_| needs_legacy && last == Some(place));
        statements.extend(group);
        statements.extend(off);
    }
    statements
}
