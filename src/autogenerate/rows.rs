//! Whether scripts keep the values that need not be lost, tried with made-up rows.
//!
//! The tables that the statements change are filled, with those that they refer to and those that refer to them, as far
//! as the database takes the rows. What has to be there afterwards is said by `expected`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::compared::projected;
use super::expected::{Expected, table_of};
use super::families::Families;
use super::ground::Walk;
use super::{AutogenerateError, Course, Way};
use crate::alter::{self, Hints, Remark, SampleRow};
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

/// Which tables had made-up rows when the scripts were tried.
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
    expected: Expected<'t>,
    /// Those that the statements change.
    touched: BTreeSet<ObjectName>,
    /// Those and the tables that are tied to them.
    watched: BTreeSet<ObjectName>,
    /// The tables that are made anew, with their partitions on either side, among which rows are distributed anew.
    families: Families,
}

impl<'t> Tables<'t> {
    /// The tables that the statements of `course` name on the left, with those that are tied to them.
    pub(super) fn of(
        (left, right): (&'t Catalog, &'t Catalog),
        course: &'t Course,
        hints: &'t Hints,
    ) -> Self {
        let expected = Expected::of((left, right), course, hints);
        let (touched, watched) = (BTreeSet::new(), BTreeSet::new());
        let families = Families::of((left, right), &hints.rebuilds);
        let mut tables = Self { left, right, course, expected, touched, watched, families };
        let objects = course.statements_of_both_ways().map(|statement| &statement.object);
        let named = tables.tables_of(objects);
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
            names.contains(&folded(name)) || names.contains(&folded(&self.expected.names.relation(name)))
        };
        self.tables().map(|(name, _)| name).filter(is_named).cloned().collect()
    }

    /// The tables that these objects are, or are parts of, and those of the left schema that hold values of types among them, or
    /// of types that are made of these.
    fn tables_of<'o>(&self, objects: impl Iterator<Item = &'o ObjectName>) -> BTreeSet<ObjectName> {
        let is_type = |name: &ObjectName| {
            matches!(name.kind, ObjectKind::CompositeType | ObjectKind::Domain | ObjectKind::RangeType)
        };
        let objects: BTreeSet<&ObjectName> = objects.collect();
        let mut tables: BTreeSet<ObjectName> = objects.iter().map(|name| table_of(name)).collect();
        let mut types: Vec<&ObjectName> = objects.into_iter().filter(|name| is_type(name)).collect();
        if types.is_empty() {
            return tables;
        }
        let dependents = self.left.dependents();
        let mut seen: BTreeSet<&ObjectName> = types.iter().copied().collect();
        while let Some(one) = types.pop() {
            for dependent in dependents.get(one).into_iter().flatten() {
                match dependent.kind {
                    ObjectKind::Table | ObjectKind::Column => _ = tables.insert(table_of(dependent)),
                    _ if is_type(dependent) && seen.insert(dependent) => types.push(dependent),
                    _ => {}
                }
            }
        }
        tables
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

    /// The foreign keys of the left schema, each with the table that it belongs to.
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
        let remarks = self.course.statements_of_both_ways().flat_map(|statement| &statement.remarks);
        let named = self.tables_of(remarks.filter_map(|remark| match remark {
            Remark::MayFail { object, .. } => Some(object),
            _ => None,
        }));
        self.named(&named)
    }

    /// Fills the tables of a scratch database that has the left schema with made-up rows, as `filling` says, and
    /// returns what they hold then. A row that the database does not take is passed over.
    ///
    /// # Errors
    /// The database's where the tables cannot be read, and where the work has been cancelled.
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

    /// Makes sure that a database that has the right schema ([`Way::Up`]), or the left one again, has the values that
    /// it need not lack.
    ///
    /// # Errors
    /// [`AutogenerateError`] with the values that it lacks, and the database's.
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
            Way::Up => self.expected.after(name).map(|(name, _)| name.clone()),
            Way::Down => Some(name.clone()),
        };
        let names = self.watched.iter().filter_map(name_then).chain(self.families.members().cloned());
        let now = walk.stage.database.backend().contents(&self.part(catalog, &names.collect()))?;
        let now = self.families.joined(now);
        let mut differences = Vec::new();
        for (name, before) in &filled.contents.tables {
            let Some(then) = name_then(name).and_then(|name| now.tables.get(&name)) else { continue };
            let Some(columns) = self.expected.columns(name, way) else { continue };
            let before = projected(before, &columns, |column| column.before);
            let then = projected(then, &columns, |column| column.then.as_str());
            differences.extend(RowDifference::between(name, &before, &then, &BTreeSet::new()));
        }
        if differences.is_empty() { Ok(()) } else { Err(AutogenerateError::RowsDiffer { way, differences }) }
    }
}

/// Made-up rows, as the database holds them.
pub(super) struct Filled {
    contents: Contents,
    pub(super) trial: RowTrial,
}

impl Filled {
    /// Whether no table got a row, so that there is nothing to compare.
    pub(super) fn is_empty(&self) -> bool {
        self.contents.tables.values().all(|table| table.rows.is_empty())
    }
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
