//! Whether scripts keep the values that need not be lost, tried with made-up rows.
//!
//! The tables that the statements change are filled, with those that they refer to and those that refer to them, as far
//! as the database takes the rows. What is compared is decided by the schemas alone, and not by what the statements say
//! of themselves: a table that is there on both sides has its rows, a column of the same type its values.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::compared::{Compared, Reading, projected};
use super::families::Families;
use super::ground::Walk;
use super::reshaped::reshaped;
use super::{AutogenerateError, Course, Way};
use crate::alter::{self, Hints, Mapping, Remark, SampleRow, Statement};
use crate::backend::Contents;
use crate::catalog::sql::{identifier, qualified};
use crate::catalog::{
    Catalog, Column, Constraint, ConstraintRule, Definition, ForeignKey, ObjectKind, ObjectName, Table,
};
use crate::scratch::{ScratchError, run_script};
use crate::script::{Side, SourceText};
use crate::sql::Dialect;
use crate::squash::RowDifference;

/// What messages call the rows.
const ROWS: &str = "the made-up rows";

/// Which tables are filled, and with what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filling {
    /// All that the course touches.
    All,
    /// The same, with one row each, such as most are.
    Ordinary,
    /// Those whose rows no statement is said to fail at.
    Safe,
    /// None.
    None,
}

impl Filling {
    /// The ways to fill, each for where the scripts do not run on what the one before has made.
    pub(super) const ALL: [Self; 4] = [Self::All, Self::Ordinary, Self::Safe, Self::None];
}

/// With which rows scripts were tried.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RowTrial {
    /// The tables that have had rows.
    pub filled: Vec<ObjectName>,
    /// The tables that the statements change, and that could not be filled, or on whose rows the scripts do not run.
    pub empty: Vec<ObjectName>,
}

/// The tables of the left schema that are looked at.
pub(super) struct Tables<'t> {
    left: &'t Catalog,
    right: &'t Catalog,
    course: &'t Course,
    hints: &'t Hints,
    names: Mapping<'t>,
    /// Those that the statements change.
    touched: BTreeSet<ObjectName>,
    /// Those and the tables that are tied to them.
    watched: BTreeSet<ObjectName>,
    /// The types whose values have other parts on the right, as SQL names them.
    reshaped: BTreeSet<String>,
    /// The tables that are made anew, with their partitions on either side, among which rows are distributed anew.
    families: Families,
}

impl<'t> Tables<'t> {
    pub(super) fn of(
        (left, right): (&'t Catalog, &'t Catalog),
        course: &'t Course,
        hints: &'t Hints,
    ) -> Self {
        let names = Mapping::of(left, &hints.renames);
        let (touched, watched) = (BTreeSet::new(), BTreeSet::new());
        let reshaped = reshaped(left, right);
        let families = Families::of((left, right), &hints.rebuilds);
        let mut tables = Self { left, right, course, hints, names, touched, watched, reshaped, families };
        let named: BTreeSet<ObjectName> =
            tables.statements().map(|statement| table_of(&statement.object)).collect();
        tables.touched = tables.named(&named);
        tables.watched = tables.tied();
        tables
            .watched
            .extend(tables.families.members().filter(|name| left.objects.contains_key(*name)).cloned());
        tables
    }

    /// The tables of the left schema that have one of these names, on either side.
    fn named(&self, names: &BTreeSet<ObjectName>) -> BTreeSet<ObjectName> {
        let folded = |name: &ObjectName| match self.left.dialect {
            Dialect::Postgres => name.clone(),
            Dialect::Sqlite => ObjectName { name: name.name.to_ascii_lowercase(), ..name.clone() },
        };
        let names: BTreeSet<ObjectName> = names.iter().map(folded).collect();
        let is_named = |name: &&ObjectName| {
            names.contains(&folded(name)) || names.contains(&folded(&self.names.relation(name)))
        };
        self.tables().map(|(name, _)| name).filter(is_named).cloned().collect()
    }

    fn tables(&self) -> impl Iterator<Item = (&'t ObjectName, &'t Table)> {
        self.left.objects.iter().filter_map(|(name, object)| match &object.definition {
            Definition::Table(table) if name.kind == ObjectKind::Table => Some((name, table.as_ref())),
            _ => None,
        })
    }

    /// Those that are touched, what they refer to, what refers to them or is a partition of them, and all whose rows
    /// these cannot do without.
    fn tied(&self) -> BTreeSet<ObjectName> {
        let mut needed: BTreeMap<ObjectName, BTreeSet<ObjectName>> = BTreeMap::new();
        let mut watched = self.touched.clone();
        for (table, key) in self.references() {
            let referenced = ObjectName::new(ObjectKind::Table, key.schema.as_deref(), &key.table);
            if self.touched.contains(&referenced) {
                watched.insert(table.clone());
            }
            if self.touched.contains(&table) {
                watched.insert(referenced.clone());
            }
            if self.is_required(&table, key) {
                needed.entry(table).or_default().insert(referenced);
            }
        }
        let parents: BTreeSet<String> = self.touched.iter().map(|name| self.written(name)).collect();
        let is_partition =
            |table: &Table| table.partition_of.as_ref().is_some_and(|one| parents.contains(&one.parent));
        watched.extend(self.tables().filter(|(_, table)| is_partition(table)).map(|(name, _)| name.clone()));
        let mut next: Vec<ObjectName> = watched.iter().cloned().collect();
        while let Some(name) = next.pop() {
            for referenced in needed.get(&name).into_iter().flatten() {
                if watched.insert(referenced.clone()) {
                    next.push(referenced.clone());
                }
            }
        }
        watched
    }

    /// The foreign keys with their tables.
    fn references(&self) -> impl Iterator<Item = (ObjectName, &'t ForeignKey)> {
        self.left.objects.iter().filter_map(|(name, object)| match &object.definition {
            Definition::Constraint(Constraint { rule: ConstraintRule::ForeignKey(key), .. }) => {
                Some((table_of(name), key))
            }
            _ => None,
        })
    }

    /// Whether no row can be without a reference.
    fn is_required(&self, table: &ObjectName, key: &ForeignKey) -> bool {
        let Some(Definition::Table(table)) = self.left.objects.get(table).map(|object| &object.definition)
        else {
            return false;
        };
        let takes_null = |written: &String| {
            let is_it = |column: &&Column| {
                identifier(self.left.dialect, &column.name) == *written || column.name == *written
            };
            table.columns.iter().find(is_it).is_some_and(|column| column.is_nullable)
        };
        !key.columns.iter().any(takes_null)
    }

    fn written(&self, name: &ObjectName) -> String {
        qualified(self.left.dialect, name)
    }

    /// Whether a statement is said to fail on some rows.
    pub(super) fn may_fail(&self) -> bool {
        !self.unsafe_ones().is_empty()
    }

    /// The tables that a statement may fail at.
    fn unsafe_ones(&self) -> BTreeSet<ObjectName> {
        let named: BTreeSet<ObjectName> = self
            .statements()
            .flat_map(|statement| &statement.remarks)
            .filter_map(|remark| match remark {
                Remark::MayFail { object, .. } => Some(table_of(object)),
                _ => None,
            })
            .collect();
        self.named(&named)
    }

    /// Fills the tables of a scratch database with the left schema; what they hold then.
    pub(super) fn fill(&self, walk: &mut Walk<'_>, filling: Filling) -> Result<Filled, AutogenerateError> {
        let mut wanted = self.watched.clone();
        match filling {
            Filling::All | Filling::Ordinary => {}
            Filling::Safe => {
                let unsafe_ones = self.unsafe_ones();
                wanted.retain(|name| !unsafe_ones.contains(name));
            }
            Filling::None => wanted.clear(),
        }
        if wanted.is_empty() {
            return Ok(Filled { contents: Contents::default(), trial: self.trial(&Contents::default()) });
        }
        let mut rows = alter::sample_rows(self.left, &wanted);
        rows.retain(|row| filling != Filling::Ordinary || row.is_ordinary);
        insert(walk, &rows)?;
        let contents = walk.stage.database.backend().contents(&self.part(self.left, &self.watched))?;
        let trial = self.trial(&contents);
        Ok(Filled { contents: self.families.joined(contents), trial })
    }

    fn trial(&self, contents: &Contents) -> RowTrial {
        let has_rows =
            |name: &&ObjectName| contents.tables.get(*name).is_some_and(|table| !table.rows.is_empty());
        let holds_rows = |name: &&ObjectName| {
            let definition = self.left.objects.get(*name).map(|object| &object.definition);
            matches!(definition, Some(Definition::Table(table)) if table.partition_key.is_none())
        };
        let (filled, empty): (Vec<&ObjectName>, Vec<&ObjectName>) =
            self.touched.iter().filter(holds_rows).partition(has_rows);
        RowTrial {
            filled: filled.into_iter().cloned().collect(),
            empty: empty.into_iter().cloned().collect(),
        }
    }

    /// The part of a schema that these tables are.
    fn part(&self, catalog: &Catalog, names: &BTreeSet<ObjectName>) -> Catalog {
        let mut part = Catalog::empty(catalog.dialect);
        let tables = names.iter().filter_map(|name| catalog.objects.get_key_value(name));
        part.objects.extend(tables.map(|(name, object)| (name.clone(), object.clone())));
        part
    }

    /// In what a database that has the right schema, or the left one again, lacks the values that it need not lack.
    pub(super) fn check(
        &self,
        walk: &mut Walk<'_>,
        filled: &Filled,
        way: Way,
    ) -> Result<(), AutogenerateError> {
        if filled.is_empty() {
            return Ok(());
        }
        let catalog = if way == Way::Up { self.right } else { self.left };
        let name_then = |name: &ObjectName| match way {
            Way::Up => self.after(name).map(|(name, _)| name.clone()),
            Way::Down => Some(name.clone()),
        };
        let names = self.watched.iter().filter_map(name_then).chain(self.families.members().cloned());
        let now = walk.stage.database.backend().contents(&self.part(catalog, &names.collect()))?;
        let now = self.families.joined(now);
        let mut differences = Vec::new();
        for (name, before) in &filled.contents.tables {
            let Some(then) = name_then(name).and_then(|name| now.tables.get(&name)) else { continue };
            let Some(columns) = self.columns(name, way) else { continue };
            let before = projected(before, &columns, |column| column.before);
            let then = projected(then, &columns, |column| column.then.as_str());
            differences.extend(RowDifference::between(name, &before, &then, &BTreeSet::new()));
        }
        if differences.is_empty() { Ok(()) } else { Err(AutogenerateError::RowsDiffer { way, differences }) }
    }

    /// A table as it is on the right.
    fn after(&self, name: &ObjectName) -> Option<(&'t ObjectName, &'t Table)> {
        let wanted = self.names.relation(name);
        let is_it = |one: &ObjectName| one.kind == wanted.kind && one.name.eq_ignore_ascii_case(&wanted.name);
        let found = match self.left.dialect {
            Dialect::Postgres => self.right.objects.get_key_value(&wanted),
            Dialect::Sqlite => self.right.objects.iter().find(|(one, _)| is_it(one)),
        }?;
        match &found.1.definition {
            Definition::Table(table) => Some((found.0, table)),
            _ => None,
        }
    }

    /// The columns of a table whose values must still be there; none where its rows need not be.
    fn columns(&self, name: &ObjectName, way: Way) -> Option<Vec<Compared<'t>>> {
        let Definition::Table(left) = &self.left.objects.get(name)?.definition else { return None };
        let is_kept = self.course.kept().next().is_some();
        let written = left.columns.iter().filter(|column| column.generated.is_none());
        let Some((_, right)) = self.after(name) else {
            // A table that has gone comes back empty, unless its rows are kept.
            return is_kept.then(|| written.map(|column| Compared::value(&column.name)).collect());
        };
        let compared = written.filter_map(|column| self.compared(name, (column, left), right, way, is_kept));
        let mut compared: Vec<Compared<'t>> = compared.collect();
        // Nothing of its rows can stay.
        if compared.is_empty() && !left.columns.is_empty() {
            return None;
        }
        if self.fires_triggers(name) {
            compared.iter_mut().for_each(|column| column.reading = column.reading.max(Reading::Presence));
        }
        Some(compared)
    }

    /// Whether rows of a table are updated while it has triggers: what those do to other columns is the user's.
    fn fires_triggers(&self, name: &ObjectName) -> bool {
        let after = self.names.relation(name);
        let has_trigger = |catalog: &Catalog, name: &ObjectName| {
            catalog.parts_of(name).any(|(part, _)| part.kind == ObjectKind::Trigger)
        };
        let is_update = |statement: &Statement| {
            let table = table_of(&statement.object);
            statement.sql.starts_with("UPDATE ") && (table == *name || table == after)
        };
        (has_trigger(self.left, name) || has_trigger(self.right, &after)) && self.statements().any(is_update)
    }

    /// All statements of both scripts.
    fn statements(&self) -> impl Iterator<Item = &'t Statement> + use<'t> {
        self.course.legs.iter().flat_map(|leg| leg.up.statements.iter().chain(&leg.down.statements))
    }

    fn compared(
        &self,
        table: &ObjectName,
        (column, left): (&'t Column, &Table),
        right: &Table,
        way: Way,
        is_kept: bool,
    ) -> Option<Compared<'t>> {
        let wanted = self.names.column(table, &column.name);
        let is_it = |one: &&Column| match self.left.dialect {
            Dialect::Postgres => one.name == wanted,
            Dialect::Sqlite => one.name.eq_ignore_ascii_case(&wanted),
        };
        let after = right.columns.iter().find(is_it).filter(|after| after.generated.is_none());
        let Some(after) = after else {
            return (way == Way::Down && is_kept).then(|| Compared::value(&column.name));
        };
        // Of an empty array no element is left.
        let is_first_element = column.data_type.ends_with("[]") && !after.data_type.ends_with("[]");
        let gets_number = is_first_element || self.gets_number(table, column, after);
        let reading = |is_counted: bool| match (gets_number, is_counted) {
            (true, _) => Reading::Nothing,
            (false, true) => Reading::Presence,
            (false, false) => Reading::Value,
        };
        let back = |is_counted: bool| Compared {
            before: &column.name,
            then: column.name.clone(),
            reading: reading(is_counted),
        };
        let right_name = self.names.relation(table).part(ObjectKind::Column, &after.name);
        if self.hints.fills.contains_key(&right_name) {
            return None;
        }
        let is_same = column.data_type == after.data_type && left.is_strict == right.is_strict;
        let is_reshaped = self.reshaped.contains(column.data_type.trim_end_matches("[]"));
        let stays = is_same && !is_reshaped && !self.has_other_labels(&column.data_type);
        match way {
            Way::Up => {
                Some(Compared { before: &column.name, then: after.name.clone(), reading: reading(!stays) })
            }
            Way::Down => {
                let may_lose = !is_same
                    && alter::may_lose(self.left.dialect, (column, left.is_strict), (after, right.is_strict));
                Some(back((may_lose || is_reshaped) && !is_kept))
            }
        }
    }

    /// Whether a column of SQLite becomes the row id, and has a number then where it was NULL.
    fn gets_number(&self, table: &ObjectName, left: &Column, right: &Column) -> bool {
        let is_row_id = |catalog: &Catalog, table: &ObjectName, column: &Column| {
            let mut parts = catalog.parts_of(table).map(|(_, part)| &part.definition);
            column.data_type.eq_ignore_ascii_case("INTEGER")
                && parts.any(|part| match part {
                    Definition::Constraint(Constraint { rule: ConstraintRule::PrimaryKey(key), .. }) => {
                        key.columns == [identifier(catalog.dialect, &column.name)]
                    }
                    _ => false,
                })
        };
        self.left.dialect == Dialect::Sqlite
            && self.after(table).is_some_and(|(name, _)| is_row_id(self.right, name, right))
            && !is_row_id(self.left, table, left)
    }

    /// Whether labels of the type have other names afterwards.
    fn has_other_labels(&self, data_type: &str) -> bool {
        let renamed = self.hints.renames.iter().filter(|rename| rename.label.is_some());
        renamed.map(|rename| self.written(&rename.from)).any(|name| data_type.trim_end_matches("[]") == name)
    }
}

/// Made-up rows, as the database holds them.
pub(super) struct Filled {
    contents: Contents,
    pub(super) trial: RowTrial,
}

impl Filled {
    /// Whether no table has a row.
    pub(super) fn is_empty(&self) -> bool {
        self.contents.tables.values().all(|table| table.rows.is_empty())
    }
}

/// The table that an object is, or is a part of.
fn table_of(object: &ObjectName) -> ObjectName {
    let name = object.relation.as_deref().unwrap_or(&object.name);
    ObjectName::new(ObjectKind::Table, object.schema.as_deref(), name)
}

/// Inserts the rows that the database takes: all at once, or where it does not take all of them, one by one.
fn insert(walk: &mut Walk<'_>, rows: &[SampleRow]) -> Result<(), AutogenerateError> {
    let all: String = rows.iter().map(|row| format!("{};\n", row.sql)).collect();
    if takes(walk, all)? {
        return Ok(());
    }
    for row in rows {
        takes(walk, format!("{};\n", row.sql))?;
    }
    Ok(())
}

fn takes(walk: &mut Walk<'_>, text: String) -> Result<bool, AutogenerateError> {
    let backend = walk.stage.database.backend();
    let dialect = backend.dialect();
    let script =
        SourceText::new(PathBuf::from(ROWS), text.into(), Side::Up, dialect).map_err(ScratchError::from)?;
    let ran = run_script(backend, script);
    walk.observer.control().check().map_err(ScratchError::from)?;
    Ok(ran.is_ok())
}
