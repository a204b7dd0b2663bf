//! What becomes of what may have been renamed, and what else only the user knows. Pure.

use std::collections::BTreeSet;

use thiserror::Error;

use super::names::{NameError, Named, find, find_unquoted};
use crate::alter::{self, Candidate, Hints, Mapping, Rename};
use crate::catalog::{Catalog, Column, Definition, ObjectKind, ObjectName, sql};
use crate::sql::Dialect;

/// What the user has decided of what schemas alone do not tell: renames, drops and fills.
#[derive(Debug, Clone, Default)]
pub struct Decisions {
    /// For the generator.
    pub hints: Hints,
    /// What goes, and is nothing's old name.
    dropped: BTreeSet<Named>,
    no_renames: bool,
}

/// The answer to a [`RenameQuestion`](super::RenameQuestion).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It is this one of those that it could be.
    Renamed(usize),
    /// It is none of them: it goes.
    Dropped,
}

/// Why a decision is none about these two schemas.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DecisionError {
    /// The text of a rename is not two names.
    #[error("`{0}` is not a rename")]
    NoRename(String),
    /// The text of a fill is not a column and an expression.
    #[error("`{0}` is not a fill")]
    NoFill(String),
    /// A name that means nothing in the schema that is there.
    #[error("{0} in the schema that is there")]
    Left(#[source] NameError),
    /// A name that means nothing in the desired schema.
    #[error("{0} in the desired schema")]
    Right(#[source] NameError),
    /// One thing cannot be another under a new name.
    #[error("{from} cannot become {to}: they are not of one kind")]
    OtherKind {
        /// The one thing, with its kind.
        from: String,
        /// The other.
        to: String,
    },
    /// What is to be dropped is wanted.
    #[error("`{0}` is in the desired schema: it is not dropped")]
    Wanted(String),
    /// On SQLite no way holds up others less than another.
    #[error("--online is for PostgreSQL: SQLite locks the whole database in any case")]
    OnlineOnSqlite,
    /// What is filled is no column.
    #[error("`{0}` is not a column")]
    NoColumn(String),
}

impl Decisions {
    /// Without any rename, where `no_renames`: what is missing is dropped.
    #[must_use]
    pub fn new(no_renames: bool) -> Self {
        Self { no_renames, ..Self::default() }
    }

    /// Takes `OLD:NEW`. Of a column NEW may be its own name alone.
    ///
    /// # Errors
    /// [`DecisionError`].
    pub fn rename(&mut self, text: &str, left: &Catalog, right: &Catalog) -> Result<(), DecisionError> {
        let split =
            find_unquoted(text, ':').and_then(|place| Some((text.get(..place)?, text.get(place + 1..)?)));
        let (old, new) = split.ok_or_else(|| DecisionError::NoRename(text.to_owned()))?;
        let from = find(left, old).map_err(DecisionError::Left)?;
        let to = find(right, new).or_else(|error| self.beside(&from, new, right).ok_or(error));
        let to = to.map_err(DecisionError::Right)?;
        if from.object.kind != to.object.kind || from.label.is_some() != to.label.is_some() {
            let with_kind = |named: &Named| format!("{} {named}", named.object.kind.name());
            return Err(DecisionError::OtherKind { from: with_kind(&from), to: with_kind(&to) });
        }
        self.hints.renames.push(Rename { from: from.object, to: to.object, label: from.label.zip(to.label) });
        Ok(())
    }

    /// What is called `new` in the table or type of `from`, as this is called on the right.
    fn beside(&self, from: &Named, new: &str, right: &Catalog) -> Option<Named> {
        let holder = match &from.label {
            Some(_) => Named::of(&from.object),
            None => {
                let table = from.object.relation.as_deref()?;
                let schema = from.object.schema.as_deref();
                Named::of(&ObjectName::new(ObjectKind::Table, schema, table))
            }
        };
        let renamed = self.hints.renames.iter().find(|rename| rename.from == holder.object);
        let holder = renamed.map_or(holder, |rename| Named::of(&rename.to));
        find(right, &format!("{holder}.{new}")).ok()
    }

    /// Takes the name of something that goes.
    ///
    /// # Errors
    /// [`DecisionError`].
    pub fn drop(&mut self, text: &str, left: &Catalog, right: &Catalog) -> Result<(), DecisionError> {
        let named = find(left, text).map_err(DecisionError::Left)?;
        if find(right, &named.to_string()).is_ok_and(|other| other == named) {
            return Err(DecisionError::Wanted(text.to_owned()));
        }
        self.dropped.insert(named);
        Ok(())
    }

    /// Takes `COLUMN=EXPRESSION`: what rows without a value get in a column of the desired schema.
    ///
    /// # Errors
    /// [`DecisionError`].
    pub fn fill(&mut self, text: &str, right: &Catalog) -> Result<(), DecisionError> {
        let split =
            find_unquoted(text, '=').and_then(|place| Some((text.get(..place)?, text.get(place + 1..)?)));
        let split = split.filter(|(_, expression)| !expression.trim().is_empty());
        let (column, expression) = split.ok_or_else(|| DecisionError::NoFill(text.to_owned()))?;
        let named = find(right, column).map_err(DecisionError::Right)?;
        if named.object.kind != ObjectKind::Column {
            return Err(DecisionError::NoColumn(column.to_owned()));
        }
        self.hints.fills.insert(named.object, expression.trim().to_owned());
        Ok(())
    }

    /// The columns of the right that must have a value and have none for the rows that may be there: new ones without a
    /// default, and those that have taken NULL. What is filled already is none of them. Each comes with its table as it
    /// is called on the left.
    #[must_use]
    pub fn unfilled(&self, left: &Catalog, right: &Catalog) -> Vec<(ObjectName, ObjectName)> {
        let names = Mapping::of(left, &self.hints.renames);
        let mut unfilled = Vec::new();
        for (name, object) in &left.objects {
            let Definition::Table(table) = &object.definition else { continue };
            let after = names.relation(name);
            let Some(Definition::Table(wanted)) = right.objects.get(&after).map(|object| &object.definition)
            else {
                continue;
            };
            if table.foreign.is_some() {
                continue;
            }
            let before = |column: &Column| {
                table
                    .columns
                    .iter()
                    .find(|one| names.column(name, &one.name).eq_ignore_ascii_case(&column.name))
            };
            let needs_value = |column: &&Column| {
                let is_given = column.is_nullable || column.generated.is_some() || column.is_inherited;
                let is_missing = match before(column) {
                    Some(before) => before.is_nullable && before.generated.is_none(),
                    None => column.default.is_none() && column.identity.is_none(),
                };
                !is_given && is_missing
            };
            let columns = wanted.columns.iter().filter(needs_value);
            unfilled
                .extend(columns.map(|column| (name.clone(), after.part(ObjectKind::Column, &column.name))));
        }
        unfilled.retain(|(_, column)| !self.hints.fills.contains_key(column));
        unfilled
    }

    /// Takes the name of something that may be built anew.
    ///
    /// # Errors
    /// [`DecisionError::Right`].
    pub fn rebuild(&mut self, text: &str, right: &Catalog) -> Result<(), DecisionError> {
        let named = find(right, text).map_err(DecisionError::Right)?;
        self.hints.rebuilds.insert(named.object);
        Ok(())
    }

    /// Whether renames are looked for: not where the user has said that there are none.
    #[must_use]
    pub fn looks_for_renames(&self) -> bool {
        !self.no_renames
    }

    /// Whether something is decided to go; of a label, its type and it.
    #[must_use]
    pub fn is_dropped(&self, object: &ObjectName, label: Option<&str>) -> bool {
        self.dropped.contains(&Named { object: object.clone(), label: label.map(str::to_owned) })
    }

    /// The tables that the user has said go.
    #[must_use]
    pub fn dropped_tables(&self) -> BTreeSet<ObjectName> {
        let objects = self.dropped.iter().map(|named| &named.object);
        objects.filter(|object| object.kind == ObjectKind::Table).cloned().collect()
    }

    /// What may have been renamed and is not decided. What holds no values is decided here: it is the likeliest.
    pub fn open(&mut self, left: &Catalog, right: &Catalog) -> Vec<Candidate> {
        if self.no_renames {
            return Vec::new();
        }
        loop {
            let mut open = alter::candidates(left, right, &self.hints);
            open.retain(|candidate| !self.dropped.contains(&subject(candidate)));
            let Some(settled) = open.iter().find(|candidate| !candidate.holds_values) else { return open };
            let settled = settled.clone();
            self.answer(&settled, Answer::Renamed(0));
        }
    }

    /// Records the answer to a candidate: a rename goes into the hints, what is dropped is asked for no more.
    pub fn answer(&mut self, candidate: &Candidate, answer: Answer) {
        let renamed = match answer {
            Answer::Renamed(index) => rename(candidate, index),
            Answer::Dropped => None,
        };
        match renamed {
            Some(rename) => self.hints.renames.push(rename),
            None => drop(self.dropped.insert(subject(candidate))),
        }
    }
}

/// The object, or the label of an enum type, that a candidate for a rename is about.
#[must_use]
pub fn subject(candidate: &Candidate) -> Named {
    let label = candidate.label.as_ref().map(|(label, _)| label.clone());
    Named { object: candidate.from.clone(), label }
}

/// The names that the subject of a candidate could have in the desired schema, likeliest first.
#[must_use]
pub fn possibilities(candidate: &Candidate) -> Vec<Named> {
    let labels = candidate.label.iter().flat_map(|(_, labels)| labels);
    let object = candidate.to.first().unwrap_or(&candidate.from);
    match &candidate.label {
        Some(_) => labels.map(|label| Named::of_label(object, label)).collect(),
        None => candidate.to.iter().map(Named::of).collect(),
    }
}

fn rename(candidate: &Candidate, index: usize) -> Option<Rename> {
    let to = possibilities(candidate).into_iter().nth(index)?;
    let old = candidate.label.as_ref().map(|(label, _)| label.clone());
    Some(Rename { from: candidate.from.clone(), to: to.object, label: old.zip(to.label) })
}

/// A query for the number of values that a table or column holds; none for what cannot be counted so.
#[must_use]
pub fn value_count(dialect: Dialect, named: &Named) -> Option<String> {
    let object = &named.object;
    match (object.kind, &named.label) {
        (ObjectKind::Table, None) => {
            Some(format!("SELECT count(*) FROM {}", sql::qualified(dialect, object)))
        }
        (ObjectKind::Column, None) => {
            let table =
                ObjectName::new(ObjectKind::Table, object.schema.as_deref(), object.relation.as_deref()?);
            let (table, column) = (sql::qualified(dialect, &table), sql::identifier(dialect, &object.name));
            Some(format!("SELECT count({column}) FROM {table}"))
        }
        _ => None,
    }
}
