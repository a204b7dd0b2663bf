//! What sets two databases apart: schema, rows, positions. Pure.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::row_difference::RowDifference;
use super::volatile::VolatileCells;
use crate::backend::{Contents, SequencePosition};
use crate::catalog::{Catalog, CompareOptions, Difference, compare};

/// A database as it stands: what it is, and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Snapshot {
    pub(super) catalog: Catalog,
    pub(super) contents: Contents,
}

/// In what one database differs from another.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Differences {
    /// Their schemas, owners and grants included.
    pub schema: Vec<Difference>,
    /// How the rows of tables that both have differ.
    pub rows: Vec<RowDifference>,
    /// Where their sequences stand.
    pub sequences: Vec<SequenceDifference>,
    /// What no schema holds, and only the left side has.
    pub only_left: Vec<String>,
    /// What no schema holds, and only the right side has.
    pub only_right: Vec<String>,
}

/// A sequence that stands elsewhere on one side than on the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SequenceDifference {
    /// The sequence; of SQLite the table.
    pub sequence: String,
    /// Where it stands on the left side: its last value, and whether that was handed out.
    pub left: Option<(i64, bool)>,
    /// Where the sequence stands on the right side; none where that side has no such sequence.
    pub right: Option<(i64, bool)>,
}

/// What of two databases may differ without harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strictness {
    /// Nothing.
    Whole,
    /// The order of columns, and where sequences stand: what is gone can only be added again at the end, and no
    /// script takes a value back.
    WayBack,
}

impl Differences {
    /// Whether the two databases differ in nothing that was compared.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// In what `right` differs from `left`, but for these cells of `left`.
    pub(super) fn between(
        left: &Snapshot,
        right: &Snapshot,
        loose: &VolatileCells,
        strictness: Strictness,
    ) -> Self {
        let options = CompareOptions {
            ignore_column_order: strictness == Strictness::WayBack,
            with_privileges: true,
            of_database: true,
            of_scripts: strictness == Strictness::Whole,
        };
        let (schema_left, schema_right) = (&left.catalog, &right.catalog);
        let (left, right) = (&left.contents, &right.contents);
        Self {
            schema: compare(schema_left, schema_right, &options),
            rows: rows(left, right, loose),
            sequences: match strictness {
                Strictness::Whole => sequences(&left.sequences, &right.sequences),
                Strictness::WayBack => Vec::new(),
            },
            only_left: only(left, right),
            only_right: only(right, left),
        }
    }
}

/// What neither schema nor rows tell, and only the first has.
fn only(one: &Contents, other: &Contents) -> Vec<String> {
    let unpopulated =
        one.unpopulated.difference(&other.unpopulated).map(|view| format!("{view} without data"));
    one.unmodelled.difference(&other.unmodelled).cloned().chain(unpopulated).collect()
}

/// Of the tables that both have.
fn rows(left: &Contents, right: &Contents, loose: &VolatileCells) -> Vec<RowDifference> {
    let nothing = BTreeSet::new();
    let differing = left.tables.iter().filter_map(|(name, rows)| {
        let other = right.tables.get(name)?;
        RowDifference::between(name, rows, other, loose.of(name).unwrap_or(&nothing))
    });
    differing.collect()
}

/// The sequences whose positions differ, those that one side lacks included.
pub(super) fn sequences(
    left: &BTreeMap<String, SequencePosition>,
    right: &BTreeMap<String, SequencePosition>,
) -> Vec<SequenceDifference> {
    let names: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
    let position = |one: Option<&SequencePosition>| one.map(|one| (one.last_value, one.is_called));
    let differing = names.into_iter().filter(|name| left.get(*name) != right.get(*name));
    let told = differing.map(|name| SequenceDifference {
        sequence: name.clone(),
        left: position(left.get(name)),
        right: position(right.get(name)),
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::TableRows;
    use crate::catalog::{Column, Definition, Object, ObjectKind, ObjectName, Table};
    use crate::sql::Dialect;

    fn table(columns: &[&str], rows: &[&[&str]]) -> TableRows {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        TableRows { columns: owned(columns), rows: rows.iter().map(|row| owned(row)).collect() }
    }

    /// A database with one of everything that is compared.
    fn snapshot() -> Snapshot {
        let mut catalog = Catalog::empty(Dialect::Postgres);
        let schema = ObjectName::new(ObjectKind::Schema, None, "s");
        catalog.objects.insert(schema, Object::new(Definition::Schema));
        let mut contents = Contents::default();
        let name = |kind, name| ObjectName::new(kind, Some("s"), name);
        contents.tables.insert(name(ObjectKind::Table, "t"), table(&["a"], &[&["1"]]));
        contents.sequences.insert("s.n".to_owned(), SequencePosition { last_value: 7, is_called: true });
        contents.unpopulated.insert(name(ObjectKind::MaterializedView, "v"));
        contents.unmodelled.insert("cast".to_owned());
        Snapshot { catalog, contents }
    }

    /// Each part alone: where all others agree, it is still found, from either side.
    #[test]
    fn one_wrong_part_is_enough() {
        type Wrong = fn(&mut Snapshot);
        let parts: [(&str, Wrong, bool); 9] = [
            ("schema", |one| one.catalog.objects.clear(), true),
            (
                "owner",
                |one| one.catalog.objects.values_mut().for_each(|one| one.owner = Some("x".into())),
                true,
            ),
            ("row", |one| one.contents.tables.values_mut().for_each(|one| one.rows[0][0] = "2".into()), true),
            ("rows", |one| one.contents.tables.values_mut().for_each(|one| one.rows.clear()), true),
            ("no position", |one| one.contents.sequences.clear(), false),
            ("position", |one| one.contents.sequences.values_mut().for_each(|one| one.last_value = 8), false),
            (
                "called",
                |one| one.contents.sequences.values_mut().for_each(|one| one.is_called = false),
                false,
            ),
            ("unmodelled", |one| one.contents.unmodelled.clear(), true),
            ("unpopulated", |one| one.contents.unpopulated.clear(), true),
        ];
        let right = snapshot();
        let same = |left: &Snapshot, other: &Snapshot, strictness| {
            Differences::between(left, other, &VolatileCells::default(), strictness).is_empty()
        };
        for strictness in [Strictness::Whole, Strictness::WayBack] {
            assert!(same(&right, &right, strictness));
            for (part, alter, counts_on_the_way_back) in parts {
                let mut wrong = snapshot();
                alter(&mut wrong);
                let counts = strictness == Strictness::Whole || counts_on_the_way_back;
                assert_eq!(same(&right, &wrong, strictness), !counts, "{part} {strictness:?}");
                assert_eq!(same(&wrong, &right, strictness), !counts, "{part} {strictness:?}");
            }
        }
    }

    /// The order of columns counts, but on the way back: what is gone can only be added again at the end.
    #[test]
    fn the_order_of_columns_counts_on_the_way_there_alone() {
        let with = |names: [&str; 2]| {
            let column = |name: &str| Column { name: name.to_owned(), ..Column::default() };
            let table = Table { columns: names.map(column).to_vec(), ..Table::default() };
            let mut one = snapshot();
            let name = ObjectName::new(ObjectKind::Table, Some("s"), "t");
            one.catalog.objects.insert(name, Object::new(Definition::Table(Box::new(table))));
            one
        };
        let (left, right) = (with(["a", "b"]), with(["b", "a"]));
        let same = |strictness| {
            Differences::between(&left, &right, &VolatileCells::default(), strictness).is_empty()
        };
        assert!(!same(Strictness::Whole));
        assert!(same(Strictness::WayBack));
    }

    /// A value that two replays fill differently is passed over in its cell alone.
    #[test]
    fn a_volatile_cell_is_loose_and_no_other() {
        let with = |rows: &[&[&str]]| {
            let mut one = snapshot();
            for name in ["t", "u"] {
                let name = ObjectName::new(ObjectKind::Table, Some("s"), name);
                one.contents.tables.insert(name, table(&["a", "at"], rows));
            }
            one
        };
        let left = with(&[&["1", "x"], &["2", "y"]]);
        let t = ObjectName::new(ObjectKind::Table, Some("s"), "t");
        let mut again = left.clone();
        again.contents.tables.insert(t.clone(), table(&["a", "at"], &[&["1", "z"], &["2", "y"]]));
        let (loose, _) = VolatileCells::between(&left.contents, &again.contents);
        let differing = |name: &ObjectName, rows: &[&[&str]]| {
            let mut right = left.clone();
            right.contents.tables.insert(name.clone(), table(&["a", "at"], rows));
            Differences::between(&left, &right, &loose, Strictness::Whole).rows.len()
        };
        assert_eq!(differing(&t, &[&["1", "other"], &["2", "y"]]), 0);
        assert_eq!(differing(&t, &[&["1", "x"], &["2", "other"]]), 1);
        assert_eq!(differing(&t, &[&["other", "x"], &["2", "y"]]), 1);
        assert_eq!(differing(&t, &[&["1", "x"], &["other", "y"]]), 1);
        let u = ObjectName::new(ObjectKind::Table, Some("s"), "u");
        assert_eq!(differing(&u, &[&["1", "other"], &["2", "y"]]), 1);
    }
}
