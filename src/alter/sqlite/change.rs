//! What is other about a table.

use super::mention;
use super::mention::fold;
use super::side::{Side, TableView};
use crate::alter::Hints;
use crate::catalog::attribute::ColumnAttribute;
use crate::catalog::{Attribute, Change, Column, Constraint, Difference, ObjectKind, ObjectName};

/// A constraint with its name.
pub(super) type Named<'c> = (&'c ObjectName, &'c Constraint);

/// A table that both sides have and that is another on the right, with what differs.
pub(super) struct TableChange<'c> {
    pub(super) left: TableView<'c>,
    pub(super) right: TableView<'c>,
    /// Columns that only the right has, in its order.
    pub(super) added: Vec<&'c Column>,
    /// Columns that only the left has, in its order.
    pub(super) dropped: Vec<&'c Column>,
    pub(super) altered: Vec<ColumnChange<'c>>,
    pub(super) constraints_removed: Vec<Named<'c>>,
    pub(super) constraints_added: Vec<Named<'c>>,
    /// Whether the table is `STRICT` or `WITHOUT ROWID` on one side only.
    pub(super) is_of_another_kind: bool,
}

/// A column that both sides have and that is another on the right.
pub(super) struct ColumnChange<'c> {
    pub(super) left: &'c Column,
    pub(super) right: &'c Column,
    /// Whether it is other in nothing but its `NOT NULL`.
    pub(super) is_of_nullability: bool,
}

impl<'c> TableChange<'c> {
    /// What these differences of a table, its columns and its constraints are; none where one side is not understood.
    pub(super) fn of(
        left: &Side<'c>,
        right: &Side<'c>,
        table: &str,
        differences: &[&Difference],
    ) -> Option<Self> {
        let (left, right) = (left.table(table)?, right.table(table)?);
        let mut change = Self {
            added: only_in(&right, &left),
            dropped: only_in(&left, &right),
            altered: Vec::new(),
            constraints_removed: Vec::new(),
            constraints_added: Vec::new(),
            is_of_another_kind: false,
            left,
            right,
        };
        for difference in differences {
            change.add(difference);
        }
        Some(change)
    }

    fn add(&mut self, difference: &Difference) {
        let name = &difference.object.name;
        match (difference.object.kind, &difference.change) {
            (ObjectKind::Constraint, change) => {
                let (left, right) = (self.left.constraint(name), self.right.constraint(name));
                if !matches!(change, Change::Added) {
                    push_once(&mut self.constraints_removed, left);
                }
                if !matches!(change, Change::Removed) {
                    push_once(&mut self.constraints_added, right);
                }
            }
            (ObjectKind::Column, Change::Altered { attribute, .. }) => {
                let is_of_nullability = matches!(
                    attribute,
                    Attribute::Column(ColumnAttribute::Nullable(_) | ColumnAttribute::NotNullConflict(_))
                );
                let known = self.altered.iter_mut().find(|one| fold(&one.left.name) == fold(name));
                if let Some(known) = known {
                    known.is_of_nullability &= is_of_nullability;
                } else if let (Some(left), Some(right)) = (self.left.column(name), self.right.column(name)) {
                    self.altered.push(ColumnChange { left, right, is_of_nullability });
                }
            }
            (ObjectKind::Table, Change::Altered { .. }) => self.is_of_another_kind = true,
            _ => {}
        }
    }

    /// The columns of the right, in their order, each with the column of its name on the left.
    pub(super) fn columns(&self) -> impl Iterator<Item = (&'c Column, Option<&'c Column>)> + '_ {
        self.right.table.columns.iter().map(|column| (column, self.left.column(&column.name)))
    }

    /// The name of a column on the right.
    pub(super) fn column_name(&self, column: &Column) -> ObjectName {
        self.right.name.part(ObjectKind::Column, &column.name)
    }

    /// Whether an expression of the right means the same on the left: no column that it mentions is new, or holds other
    /// values afterwards.
    pub(super) fn is_as_before(&self, expression: &str) -> bool {
        let names = mention::names(expression);
        let altered = self.altered.iter().filter(|column| !column.is_of_nullability);
        let others = self.added.iter().copied().chain(altered.map(|column| column.right));
        others.into_iter().all(|column| !names.contains(&fold(&column.name)))
    }

    /// What missing values of a column become, where the user has said so.
    pub(super) fn fill<'h>(&self, hints: &'h Hints, column: &Column) -> Option<&'h str> {
        let is_it = |name: &ObjectName| {
            let relation = name.relation.as_deref().unwrap_or_default();
            relation.eq_ignore_ascii_case(&self.right.name.name)
                && name.name.eq_ignore_ascii_case(&column.name)
        };
        hints.fills.iter().find(|(name, _)| is_it(name)).map(|(_, fill)| fill.as_str())
    }
}

fn only_in<'c>(one: &TableView<'c>, other: &TableView<'c>) -> Vec<&'c Column> {
    one.table.columns.iter().filter(|column| other.column(&column.name).is_none()).collect()
}

fn push_once<'c>(list: &mut Vec<Named<'c>>, constraint: Option<Named<'c>>) {
    if let Some(constraint) = constraint.filter(|(name, _)| list.iter().all(|(one, _)| one != name)) {
        list.push(constraint);
    }
}
