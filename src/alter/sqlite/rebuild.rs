//! A table made anew, with its rows, after <https://www.sqlite.org/lang_altertable.html#otheralter>: create the new
//! one, copy, drop the old one, rename. The other order would take the references of other tables along.

use super::change::TableChange;
use super::in_place::Obstacle;
use super::mention;
use super::mention::fold;
use super::remark;
use super::side::Side;
use crate::alter::{Hints, Remark, Statement};
use crate::catalog::sql::{identifier, sqlite_create_table_as};
use crate::catalog::{Column, Constraint, ConstraintRule, ObjectName};
use crate::sql::Dialect;

/// The statements, without those of indexes and triggers; `called` is a name that nothing has. They need
/// `legacy_alter_table` where a view or a trigger is left: the last one looks at all of them.
pub(super) fn statements(
    change: &TableChange<'_>,
    sides: (&Side<'_>, &Side<'_>),
    hints: &Hints,
    called: &str,
    why: Obstacle,
) -> Vec<Statement> {
    let name = change.right.name;
    let (old, new) = (quoted(&change.left.name.name), quoted(called));
    let (left, right) = sides;
    let mut statements = Vec::new();
    let create = sqlite_create_table_as(right.catalog, name, called).unwrap_or_default();
    statements.push(Statement::new(name, create).remark(note(name, why)));
    let copy = Copy::of(change, hints);
    let mut remarks = remarks(change, left, hints);
    if copy.targets.is_empty() {
        remarks.insert(0, remark::dropped_rows(change.left.name));
    } else {
        statements.push(Statement { remarks, ..Statement::new(name, copy.sql(&old, &new)) });
        remarks = Vec::new();
    }
    if change.left.is_autoincrement() && change.right.is_autoincrement() {
        statements.extend(keep_sequence(change, called));
    }
    statements.push(Statement { remarks, ..Statement::new(name, format!("DROP TABLE {old}")) });
    statements.push(Statement::new(name, format!("ALTER TABLE {new} RENAME TO {}", quoted(&name.name))));
    statements
}

/// The remark that a table is built anew, and why.
pub(super) fn note(name: &ObjectName, why: Obstacle) -> Remark {
    Remark::Note(format!("{} is built anew: {why}", name.name))
}

/// A name as SQL, quoted where that is needed.
pub(super) fn quoted(name: &str) -> String {
    identifier(Dialect::Sqlite, name)
}

/// The highest row id that there has been, which may be that of a row that has been deleted.
pub(super) fn keep_sequence(change: &TableChange<'_>, called: &str) -> [Statement; 2] {
    let literal = |name: &str| Dialect::Sqlite.quote_literal(name);
    let (old, new) = (literal(&change.left.name.name), literal(called));
    let name = change.right.name;
    [
        Statement::new(name, format!("DELETE FROM sqlite_sequence WHERE name = {new}")),
        Statement::new(
            name,
            format!(
                "INSERT INTO sqlite_sequence (name, seq)\n    SELECT {new}, seq FROM sqlite_sequence WHERE name = {old}"
            ),
        ),
    ]
}

/// How the rows of the old table are copied to the new one.
pub(super) struct Copy {
    /// The columns of the new table that get values, and its row id under its name.
    pub(super) targets: Vec<String>,
    /// What each of them gets, of a row of the old table.
    pub(super) sources: Vec<String>,
    /// Whether a conflict clause of the new table could pass over rows.
    may_skip: bool,
    /// The column whose NULLs become row ids: they come last, so that none takes the id of another row.
    nulls_last: Option<String>,
}

impl Copy {
    /// Every column of the new table that is not computed gets what the old table, a hint or its default has for it;
    /// row ids stay where both tables have some.
    pub(super) fn of(change: &TableChange<'_>, hints: &Hints) -> Self {
        let mut copy = Self {
            targets: Vec::new(),
            sources: Vec::new(),
            may_skip: has_conflict_clause(change),
            nulls_last: nulls_last(change),
        };
        copy.add_row_id(change);
        for (column, left) in change.columns() {
            let source = source(change, hints, column, left);
            if let Some(source) = source.filter(|_| column.generated.is_none()) {
                copy.targets.push(quoted(&column.name));
                copy.sources.push(source);
            }
        }
        copy
    }

    /// Other tables may know rows by their ids: those of a full text search do.
    fn add_row_id(&mut self, change: &TableChange<'_>) {
        let has_alias = change.right.rowid_alias().is_some();
        if let (Some(from), Some(to), false) = (change.left.rowid(), change.right.rowid(), has_alias) {
            self.targets.push(to.to_owned());
            self.sources.push(from.to_owned());
        }
    }

    fn sql(&self, old: &str, new: &str) -> String {
        let (targets, sources) = (self.targets.join(", "), self.sources.join(", "));
        let (insert, order) = (self.insert(), self.order());
        format!("{insert} INTO {new} ({targets})\n    SELECT {sources} FROM {old}{order}")
    }

    /// How rows are inserted: so that none is passed over.
    pub(super) fn insert(&self) -> &'static str {
        if self.may_skip { "INSERT OR ABORT" } else { "INSERT" }
    }

    /// The order in which they are read; nothing where it does not matter.
    pub(super) fn order(&self) -> String {
        let order = self.nulls_last.as_ref().map(|column| format!("\n    ORDER BY {column} IS NULL"));
        order.unwrap_or_default()
    }
}

fn nulls_last(change: &TableChange<'_>) -> Option<String> {
    let is_late = |(right, left): &(&Column, Option<&Column>)| {
        left.is_some_and(|left| becomes_row_id(change, left, right) && remark::left_takes_null(change, left))
    };
    change.columns().find(is_late).and_then(|(_, left)| Some(quoted(&left?.name)))
}

/// What a column of the right is filled with; none where its default does.
fn source(change: &TableChange<'_>, hints: &Hints, column: &Column, left: Option<&Column>) -> Option<String> {
    match (left, change.fill(hints, column)) {
        (Some(left), Some(fill)) => Some(format!("coalesce({}, {fill})", quoted(&left.name))),
        (Some(left), None) => Some(quoted(&left.name)),
        (None, Some(fill)) => Some(fill.to_owned()),
        (None, None) => {
            let is_alias =
                change.right.rowid_alias().is_some_and(|alias| fold(&alias.name) == fold(&column.name));
            change.left.rowid().filter(|_| is_alias).map(str::to_owned)
        }
    }
}

/// Whether a constraint of the new table says what becomes of rows that violate it.
fn has_conflict_clause(change: &TableChange<'_>) -> bool {
    let of_key = change.right.constraints.iter().any(|(_, constraint)| match &constraint.rule {
        ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) => key.on_conflict.is_some(),
        _ => false,
    });
    of_key || change.right.table.columns.iter().any(|column| column.not_null_conflict.is_some())
}

/// The remarks about a copy: what it loses, and what it may fail at.
pub(super) fn remarks(change: &TableChange<'_>, left: &Side<'_>, hints: &Hints) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for column in &change.dropped {
        remarks.extend(remark::dropped_values(change.left.name, column));
    }
    for (column, before) in change.columns() {
        let fill = change.fill(hints, column);
        match before {
            None if column.generated.is_some() => {
                remarks.extend(remark::computed_nulls(change, column));
                remarks.extend(remark::strict_value(change, column));
            }
            None if fill.is_none() => {
                remarks.extend(remark::missing_values(change, column));
                remarks.extend(remark::strict_value(change, column));
            }
            None => {}
            Some(before) => remarks.extend(of_column(change, before, column, fill.is_some())),
        }
    }
    for (name, constraint) in &change.constraints_added {
        remarks.extend(of_constraint(change, left, name, constraint));
    }
    // A key that stays may find values equal that were not.
    let stays = |name: &ObjectName| change.constraints_added.iter().all(|(added, _)| *added != name);
    for (name, constraint) in change.right.constraints.iter().filter(|(name, _)| stays(name)) {
        if let ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) = &constraint.rule
            && !has_same_key(change, key)
        {
            remarks.extend(remark::key(change, name, key));
        }
    }
    remarks
}

fn of_column(change: &TableChange<'_>, left: &Column, right: &Column, is_filled: bool) -> Vec<Remark> {
    if right.generated.is_some() {
        let lost = remark::dropped_values(change.left.name, left);
        let nulls = remark::computed_nulls(change, right);
        return lost.into_iter().chain(nulls).chain(remark::strict_value(change, right)).collect();
    }
    let mut remarks = remark::conversion(change, left, right);
    if !is_filled {
        remarks.extend(remark::nulls(change, left, right));
    }
    if becomes_row_id(change, left, right) {
        remarks.extend(remark::row_id(change, left, right));
    }
    remarks
}

fn becomes_row_id(change: &TableChange<'_>, left: &Column, right: &Column) -> bool {
    let is_alias = |alias: Option<&Column>, column: &Column| alias.is_some_and(|one| one.name == column.name);
    is_alias(change.right.rowid_alias(), right) && !is_alias(change.left.rowid_alias(), left)
}

fn of_constraint(
    change: &TableChange<'_>,
    left: &Side<'_>,
    name: &ObjectName,
    constraint: &Constraint,
) -> Option<Remark> {
    match &constraint.rule {
        ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) => {
            if has_same_key(change, key) {
                None
            } else {
                remark::key(change, name, key)
            }
        }
        ConstraintRule::ForeignKey(key) => {
            if has_same_reference(change, key) {
                None
            } else {
                Some(remark::foreign_key(change, left, name, key))
            }
        }
        ConstraintRule::Check { expression, .. } => remark::check(change, name, expression),
        ConstraintRule::Exclusion { .. } => None,
    }
}

/// Whether the left demands the same uniqueness: then no row can be in the way.
fn has_same_key(change: &TableChange<'_>, key: &crate::catalog::Key) -> bool {
    let names = key.columns.iter().map(|column| mention::leading_name(column));
    if names.into_iter().any(|name| remark::comparison(&change.left, &change.right, &name).is_some()) {
        return false;
    }
    let columns = |key: &crate::catalog::Key| -> Vec<String> {
        key.columns.iter().map(|column| fold(column.strip_suffix(" DESC").unwrap_or(column))).collect()
    };
    change.left.constraints.iter().any(|(_, constraint)| match &constraint.rule {
        ConstraintRule::PrimaryKey(own) | ConstraintRule::Unique(own) => columns(own) == columns(key),
        _ => false,
    })
}

fn has_same_reference(change: &TableChange<'_>, key: &crate::catalog::ForeignKey) -> bool {
    let end = |key: &crate::catalog::ForeignKey| {
        let lower = |names: &[String]| names.iter().map(|name| fold(name)).collect::<Vec<_>>();
        (lower(&key.columns), fold(&key.table), lower(&key.referenced_columns))
    };
    change.left.constraints.iter().any(|(_, constraint)| match &constraint.rule {
        ConstraintRule::ForeignKey(own) => end(own) == end(key),
        _ => false,
    })
}
