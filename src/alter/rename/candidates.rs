//! What could be renames.

use std::collections::{BTreeMap, BTreeSet};

use super::Candidate;
use super::mapping::Mapping;
use crate::alter::{Hints, Rename};
use crate::catalog::{Catalog, Column, Definition, Object, ObjectKind, ObjectName, Table};
use crate::sql::Dialect;

/// Objects that hold values by themselves, beside the columns of tables.
const KINDS: [ObjectKind; 3] = [ObjectKind::Table, ObjectKind::ForeignTable, ObjectKind::Sequence];

/// How much alike two tables must be, in hundredths of what they have.
const LIKE: usize = 50;

/// What could be renames, other than those that the hints decide already: tables, sequences, columns and labels of enum
/// types that go while one like it comes. Constraints and indexes hold no values, and are renamed without a question.
#[must_use]
pub fn candidates(left: &Catalog, right: &Catalog, hints: &Hints) -> Vec<Candidate> {
    let search = Search { left, right, hints, mapping: Mapping::of(left, &hints.renames) };
    let mut found: Vec<Candidate> = KINDS.into_iter().flat_map(|kind| search.objects(kind)).collect();
    found.extend(search.columns());
    found.extend(search.labels());
    found
}

struct Search<'c> {
    left: &'c Catalog,
    right: &'c Catalog,
    hints: &'c Hints,
    mapping: Mapping<'c>,
}

type Named<'c> = (&'c ObjectName, &'c Object);

impl<'c> Search<'c> {
    fn is_same(&self, one: &str, other: &str) -> bool {
        self.left.dialect.is_same_name(one, other)
    }

    /// Whether two names, of columns or of what stands in a schema, are the same.
    fn is_same_name(&self, one: &ObjectName, other: &ObjectName) -> bool {
        let relation = |name: &ObjectName| name.relation.clone().unwrap_or_default();
        one.kind == other.kind
            && one.schema == other.schema
            && self.is_same(&one.name, &other.name)
            && self.is_same(&relation(one), &relation(other))
    }

    fn is_decided(&self, name: &ObjectName, side: impl Fn(&Rename) -> &ObjectName) -> bool {
        let renames = self.hints.renames.iter().filter(|rename| rename.label.is_none());
        renames.map(side).any(|decided| self.is_same_name(decided, name))
    }

    /// Objects of a kind that only one side has, and that no hint names.
    fn only_in(&self, kind: ObjectKind, is_left: bool) -> Vec<Named<'c>> {
        let (one, other) = if is_left { (self.left, self.right) } else { (self.right, self.left) };
        let fold = |name: &ObjectName| match one.dialect {
            Dialect::Postgres => name.clone(),
            Dialect::Sqlite => ObjectName { name: name.name.to_ascii_lowercase(), ..name.clone() },
        };
        let of_kind =
            |catalog: &'c Catalog| catalog.objects.iter().filter(move |(name, _)| name.kind == kind);
        let there: BTreeSet<ObjectName> = of_kind(other).map(|(name, _)| fold(name)).collect();
        let own = of_kind(one).filter(|(name, _)| !there.contains(&fold(name)));
        let side = |rename: &Rename| if is_left { rename.from.clone() } else { rename.to.clone() };
        let decided: Vec<ObjectName> = self.hints.renames.iter().map(side).collect();
        own.filter(|(name, _)| !decided.iter().any(|one| self.is_same_name(one, name))).collect()
    }

    fn objects(&self, kind: ObjectKind) -> Vec<Candidate> {
        let come = self.only_in(kind, false);
        let gone = self.only_in(kind, true);
        let candidate = |(name, object): Named<'c>| {
            let mut like: Vec<(usize, &ObjectName)> = come
                .iter()
                .filter_map(|(other, there)| Some((self.likeness(name, object, other, there)?, *other)))
                .collect();
            like.sort_by_key(|(likeness, other)| (std::cmp::Reverse(*likeness), *other));
            let to: Vec<ObjectName> = like.into_iter().map(|(_, other)| other.clone()).collect();
            let found = Candidate { from: name.clone(), to, label: None, holds_values: true };
            (!found.to.is_empty()).then_some(found)
        };
        gone.into_iter().filter_map(candidate).collect()
    }

    /// How much two objects are alike, where that is enough to ask.
    fn likeness(
        &self,
        name: &ObjectName,
        object: &Object,
        other: &ObjectName,
        there: &Object,
    ) -> Option<usize> {
        match (&object.definition, &there.definition) {
            (Definition::Table(left), Definition::Table(right)) => {
                let alike = self.tables_alike(name, left, right);
                let is_partition = left.partition_of.is_some() || right.partition_of.is_some();
                (alike >= LIKE && (!is_partition || left.partition_of == right.partition_of))
                    .then(|| 4 * alike + likeness_of_names(&name.name, &other.name))
            }
            // Those of columns follow their column.
            (Definition::Sequence(left), Definition::Sequence(right)) => {
                let is_free = left.owned_by.is_none() && right.owned_by.is_none();
                (is_free && left.data_type == right.data_type && left.increment == right.increment)
                    .then(|| likeness_of_names(&name.name, &other.name))
            }
            _ => None,
        }
    }

    /// In hundredths: the columns of one name and type among those that the two have.
    fn tables_alike(&self, name: &ObjectName, left: &Table, right: &Table) -> usize {
        let common = left.columns.iter().filter(|column| {
            let called = self.mapping.column(name, &column.name);
            let mut others = right.columns.iter();
            others.any(|other| {
                self.is_same(&other.name, &called) && family(&other.data_type) == family(&column.data_type)
            })
        });
        let all = left.columns.len() + right.columns.len();
        (200 * common.count()).checked_div(all).unwrap_or_default()
    }

    fn columns(&self) -> Vec<Candidate> {
        let tables = self.left.objects.iter().filter_map(|(name, object)| Some((name, object.table()?)));
        let mut found = Vec::new();
        for (name, left) in tables {
            let right = self.mapping.relation(name);
            let mut there = self.right.objects.iter();
            let there = match self.right.objects.get_key_value(&right) {
                Some(found) => Some(found),
                None => there.find(|(other, _)| self.is_same_name(other, &right)),
            };
            if let Some((other, there)) = there.and_then(|(other, object)| Some((other, object.table()?))) {
                found.extend(self.columns_of(name, left, other, there));
            }
        }
        found
    }

    fn columns_of(
        &self,
        name: &ObjectName,
        left: &Table,
        other: &ObjectName,
        right: &Table,
    ) -> Vec<Candidate> {
        let has =
            |table: &Table, column: &str| table.columns.iter().any(|one| self.is_same(&one.name, column));
        // Values that are computed, or that a parent table has, are not lost here.
        let is_own = |column: &Column| column.generated.is_none() && !column.is_inherited;
        let gone = left.columns.iter().enumerate().filter(|(_, column)| {
            let column_name = name.part(ObjectKind::Column, &column.name);
            let is_decided = self.is_decided(&column_name, |rename| &rename.from);
            is_own(column) && !is_decided && !has(right, &column.name)
        });
        let come: Vec<(usize, &Column)> = right
            .columns
            .iter()
            .enumerate()
            .filter(|(_, column)| {
                let column_name = other.part(ObjectKind::Column, &column.name);
                let is_decided = self.is_decided(&column_name, |rename| &rename.to);
                is_own(column) && !is_decided && !has(left, &column.name)
            })
            .collect();
        let candidate = |(place, column): (usize, &Column)| {
            let mut like: Vec<(usize, usize, &str)> = come
                .iter()
                .filter_map(|(there, one)| {
                    Some((likeness_of_columns((place, column), (*there, one))?, *there, one.name.as_str()))
                })
                .collect();
            like.sort_by_key(|(likeness, there, _)| (std::cmp::Reverse(*likeness), *there));
            let to: Vec<ObjectName> =
                like.into_iter().map(|(_, _, column)| other.part(ObjectKind::Column, column)).collect();
            let from = name.part(ObjectKind::Column, &column.name);
            (!to.is_empty()).then_some(Candidate { from, to, label: None, holds_values: true })
        };
        gone.filter_map(candidate).collect()
    }

    fn labels(&self) -> Vec<Candidate> {
        let mut by_type: BTreeMap<&ObjectName, (&[String], &[String])> = BTreeMap::new();
        for (name, object) in &self.left.objects {
            if let Definition::Enum(left) = &object.definition
                && let Some(Definition::Enum(right)) =
                    self.right.objects.get(name).map(|object| &object.definition)
            {
                by_type.insert(name, (left, right));
            }
        }
        by_type.into_iter().flat_map(|(name, (left, right))| self.labels_of(name, left, right)).collect()
    }

    fn labels_of(&self, name: &ObjectName, left: &[String], right: &[String]) -> Vec<Candidate> {
        let decided: Vec<&(String, String)> = self
            .hints
            .renames
            .iter()
            .filter(|rename| rename.from == *name)
            .filter_map(|rename| rename.label.as_ref())
            .collect();
        let come: Vec<(usize, &String)> = right
            .iter()
            .enumerate()
            .filter(|(_, label)| !left.contains(label) && decided.iter().all(|(_, new)| new != *label))
            .collect();
        let gone = left.iter().enumerate();
        let gone =
            gone.filter(|(_, label)| !right.contains(label) && decided.iter().all(|(old, _)| old != *label));
        let candidate = |(place, label): (usize, &String)| {
            let mut like: Vec<(usize, usize, &String)> = come
                .iter()
                .map(|(there, other)| {
                    (likeness_of_names(label, other) + 100 * usize::from(*there == place), *there, *other)
                })
                .collect();
            like.sort_by_key(|(likeness, there, _)| (std::cmp::Reverse(*likeness), *there));
            let labels: Vec<String> = like.into_iter().map(|(_, _, label)| label.clone()).collect();
            let to = vec![name.clone(); labels.len()];
            (!labels.is_empty()).then(|| Candidate {
                from: name.clone(),
                to,
                label: Some((label.clone(), labels)),
                holds_values: true,
            })
        };
        gone.filter_map(candidate).collect()
    }
}

/// How much two columns are alike, where that is enough to ask: of one type, or of names that are much alike.
fn likeness_of_columns(left: (usize, &Column), right: (usize, &Column)) -> Option<usize> {
    let ((place, left), (there, right)) = (left, right);
    let has_same_type = family(&left.data_type) == family(&right.data_type);
    let names = likeness_of_names(&left.name, &right.name);
    if !has_same_type && names < LIKE {
        return None;
    }
    let points = [
        (has_same_type, 400),
        (left.data_type.eq_ignore_ascii_case(&right.data_type), 100),
        (left.is_nullable == right.is_nullable, 100),
        (left.default == right.default, 100),
        (left.collation == right.collation, 50),
        (left.identity.is_some() == right.identity.is_some(), 50),
        (place == there, 100),
    ];
    Some(2 * names + points.into_iter().filter(|(holds, _)| *holds).map(|(_, points)| points).sum::<usize>())
}

/// A type without its modifiers, in lower case.
fn family(data_type: &str) -> String {
    let lower = data_type.to_lowercase();
    match lower.split_once('(') {
        Some((before, rest)) => {
            let after = rest.split_once(')').map_or("", |(_, after)| after);
            format!("{}{after}", before.trim_end())
        }
        None => lower,
    }
}

/// In hundredths: what two names share, by the pairs of letters in them (Dice's coefficient).
fn likeness_of_names(one: &str, other: &str) -> usize {
    let pairs = |name: &str| -> Vec<(char, char)> {
        let letters: Vec<char> = name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
        letters.iter().copied().zip(letters.iter().copied().skip(1)).collect()
    };
    let (one, mut other) = (pairs(one), pairs(other));
    let all = one.len() + other.len();
    let mut common = 0_usize;
    for pair in &one {
        if let Some(place) = other.iter().position(|there| there == pair) {
            other.swap_remove(place);
            common += 1;
        }
    }
    (200 * common).checked_div(all).unwrap_or_default()
}

#[cfg(test)]
mod tests;
