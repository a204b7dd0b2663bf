//! The constraint of a column that takes no NULL, which has a name since PostgreSQL 18.

use super::super::Statement;
use super::POSTGRES;
use super::sides::table_of_part;
use super::work::Work;
use crate::catalog::sql::{self, identifier};
use crate::catalog::{Column, NotNull};

impl Work<'_, '_> {
    /// The statement after which the column takes no NULL.
    pub(super) fn set_not_null(&self, right: &Column) -> Statement {
        match right.not_null.as_ref().filter(|one| self.has_to_be_named(one)) {
            Some(one) => self.add_not_null(right, one),
            None => self.alter_column("SET NOT NULL"),
        }
    }

    /// Whether the server would not make this constraint by itself: it is unusual, or a table that comes to be a child has one
    /// of its name, which the server then gives to no other.
    pub(super) fn has_to_be_named(&self, constraint: &NotNull) -> bool {
        let is_a_childs = || {
            let Some((table, _)) = table_of_part(self.sides.right, self.name) else { return false };
            let children = self.sides.right_dependents_of(table).filter_map(|child| self.sides.tables(child));
            let joining = children.filter(|(left, right)| {
                left.partition_of != right.partition_of || left.inherits != right.inherits
            });
            let mut columns = joining.flat_map(|(left, right)| left.columns.iter().chain(&right.columns));
            columns.any(|one| one.not_null.as_ref().is_some_and(|one| one.name == constraint.name))
        };
        constraint.unusual().is_some() || is_a_childs()
    }

    fn add_not_null(&self, right: &Column, constraint: &NotNull) -> Statement {
        self.act(&format!("ADD {}", sql::named_not_null(&right.name, constraint)))
    }

    fn act(&self, action: &str) -> Statement {
        self.statement(format!("{} {action}", self.alter_table()))
    }

    /// What changes about the constraint where the column takes NULL on neither side.
    pub(super) fn not_null_constraint(&self, left: &Column, right: &Column) -> Vec<Statement> {
        let Some((old, new)) = self.other_not_null(left, right) else { return Vec::new() };
        if old.is_validated && !new.is_validated {
            return vec![self.alter_column("DROP NOT NULL"), self.add_not_null(right, new)];
        }
        let name = identifier(POSTGRES, &new.name);
        let rename = format!("RENAME CONSTRAINT {} TO {name}", identifier(POSTGRES, &old.name));
        let inherit = if new.no_inherit { "NO INHERIT" } else { "INHERIT" };
        let actions = [
            (old.name != new.name).then_some(rename),
            (old.no_inherit != new.no_inherit).then(|| format!("ALTER CONSTRAINT {name} {inherit}")),
        ];
        let validate = (!old.is_validated && new.is_validated)
            .then(|| self.act(&format!("VALIDATE CONSTRAINT {name}")).remark(self.rows_with_null()));
        actions.into_iter().flatten().map(|action| self.act(&action)).chain(validate).collect()
    }

    /// Whether another name is wanted of a constraint that is a parent's as well: those keep theirs.
    pub(super) fn has_fixed_not_null(&self, left: &Column, right: &Column) -> bool {
        let is_renamed = self.other_not_null(left, right).is_some_and(|(old, new)| old.name != new.name);
        is_renamed
            && self.parents().any(|parent| {
                let columns = self.sides.columns(&parent);
                let constraint = columns.and_then(|(left, _)| left?.not_null.as_ref());
                constraint.is_some_and(|one| !one.no_inherit)
            })
    }

    /// The constraint on both sides, where it differs and no statement about a parent changes it.
    fn other_not_null<'c>(&self, left: &'c Column, right: &'c Column) -> Option<(&'c NotNull, &'c NotNull)> {
        let is_same = |one: &Column, other: &Column| one.not_null == other.not_null;
        let (old, new) = (left.not_null.as_ref()?, right.not_null.as_ref()?);
        let differs = old.unusual() != new.unusual() && !self.is_done_by_parent(left, right, is_same);
        differs.then_some((old, new))
    }
}
