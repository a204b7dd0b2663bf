//! The steps in which objects are dropped, for good or to be made again.

use super::super::{Remark, Statement};
use super::order::Stage;
use super::sides::rule_of;
use super::steps::Steps;
use super::way::drop_statement;
use super::{grants, heritage, names, rebuild, table, types};
use crate::catalog::sql::undo_of;
use crate::catalog::{Constraint, ConstraintRule, Definition, ObjectKind, ObjectName, Table};

impl Steps<'_, '_> {
    /// Adds the step that drops an object, or notes the step of what takes it along.
    pub(super) fn add_drop(&mut self, name: &ObjectName) {
        let host = self.host_of_drop(name).and_then(|host| self.places.get(&(host, Stage::Drop)).copied());
        let place = match host {
            Some(host) => {
                self.places.insert((name.clone(), Stage::Drop), host);
                host
            }
            None => {
                let statements =
                    if self.goes_silently(name) { Vec::new() } else { self.drop_statements(name) };
                self.push(name, Stage::Drop, statements)
            }
        };
        for taken in names::of(self.sides.left, name) {
            self.frees.entry(taken).or_default().push(place);
        }
    }

    /// What takes an object along when it is dropped.
    fn host_of_drop(&self, name: &ObjectName) -> Option<ObjectName> {
        if let Some(column) = self.owner_of_sequence(name) {
            let (table, _) = self.sides.left.relation_of(&column)?;
            return [column.clone(), table.clone()].into_iter().find(|host| self.fates.is_away(host));
        }
        if name.is_privilege() {
            let needed = self.sides.left.dependencies.get(name).into_iter().flatten();
            return needed.into_iter().find(|needed| self.fates.is_away(needed)).cloned();
        }
        let (relation, _) = self.sides.left.relation_of(name)?;
        (self.fates.is_away(relation) && !self.circles.is_dropped_apart(name)).then(|| relation.clone())
    }

    /// The column of the left side that owns a sequence; none where no column does.
    pub(super) fn owner_of_sequence(&self, name: &ObjectName) -> Option<ObjectName> {
        match &self.sides.left.objects.get(name)?.definition {
            Definition::Sequence(sequence) => self.sides.left_column_named(sequence.owned_by.as_ref()?),
            _ => None,
        }
    }

    /// Whether an index or constraint goes with a column of its table, or with what it is a part of.
    pub(super) fn goes_silently(&self, name: &ObjectName) -> bool {
        match self.sides.left.objects.get(name).map(|object| &object.definition) {
            // The columns of its condition do not take it along.
            Some(Definition::Constraint(Constraint { rule: ConstraintRule::Exclusion { .. }, .. })) => false,
            Some(Definition::Constraint(constraint)) => {
                constraint.is_inherited && !self.is_left_to_child(name)
                    || self.goes_with_whole(name)
                    || self.goes_with_column(name)
            }
            Some(Definition::Index(_)) => self.goes_with_whole(name) || self.goes_with_column(name),
            _ => false,
        }
    }

    /// Whether the table of an inherited constraint leaves all of its parents, or that of a key the partitioned one, which makes
    /// the constraint its own.
    fn is_left_to_child(&self, name: &ObjectName) -> bool {
        let rule = rule_of(self.sides.left, name);
        if matches!(rule, Some(ConstraintRule::PrimaryKey(_) | ConstraintRule::Unique(_))) {
            return heritage::has_leaving_table(self.sides, name);
        }
        let table = self.sides.right.relation_of(name).map(|(table, _)| table);
        let tables = table.and_then(|table| self.sides.tables(table));
        tables.is_some_and(|(left, right)| !left.inherits.is_empty() && heritage::kept(left, right) == 0)
    }

    /// Whether it goes with a column, and nothing else that it needs is dropped and has to wait for it.
    fn goes_with_column(&self, name: &ObjectName) -> bool {
        let needed = self.sides.left.dependencies.get(name).into_iter().flatten();
        let mut others = needed.filter(|needed| {
            !matches!(needed.kind, ObjectKind::Column | ObjectKind::Constraint | ObjectKind::Index)
        });
        self.away_columns_of(name).next().is_some() && !others.any(|other| self.fates.is_away(other))
    }

    /// Whether a key or index of a partition is a part of one of the partitioned table that is dropped.
    fn goes_with_whole(&self, name: &ObjectName) -> bool {
        let is_reference = matches!(rule_of(self.sides.left, name), Some(ConstraintRule::ForeignKey(_)));
        if is_reference || heritage::has_leaving_table(self.sides, name) {
            return false;
        }
        let needed = self.sides.left.dependencies.get(name).into_iter().flatten();
        needed
            .filter(|needed| matches!(needed.kind, ObjectKind::Constraint | ObjectKind::Index))
            .any(|needed| self.fates.is_away(needed))
    }

    /// The columns of its own table that a constraint or index reads and that are dropped.
    pub(super) fn away_columns_of<'n>(
        &'n self,
        name: &'n ObjectName,
    ) -> impl Iterator<Item = &'n ObjectName> {
        let needed = self.sides.left.dependencies.get(name).into_iter().flatten();
        needed.filter(|needed| {
            needed.kind == ObjectKind::Column
                && needed.relation == name.relation
                && needed.schema == name.schema
                && self.fates.is_away(needed)
        })
    }

    /// Whether the rows of a table that is dropped have been set aside.
    fn keeps_rows(&self, name: &ObjectName, definition: &Table) -> bool {
        rebuild::is_rebuilt(self.sides, self.fates, name)
            || rebuild::is_of_rebuilt(self.sides, self.fates, definition)
    }

    fn drop_statements(&self, name: &ObjectName) -> Vec<Statement> {
        let object = self.sides.left.objects.get(name);
        if let Some(statements) = object.and_then(|object| grants::drop(name, object)) {
            return statements;
        }
        let statement = match self.sides.left.table(name) {
            Some(definition) if self.keeps_rows(name, definition) => drop_statement(name),
            Some(definition) => table::drop(name, definition),
            None if name.kind == ObjectKind::Sequence => types::drop_sequence(self.sides, self.fates, name),
            None if name.kind == ObjectKind::Detail => self.undo(name),
            None if name.kind == ObjectKind::Unmodelled => {
                undo_of(object).map(|undo| Statement::new(name, undo))
            }
            None => drop_statement(name),
        };
        let notes = self.privileges_that_go_with(name);
        statement
            .into_iter()
            .map(|statement| notes.iter().cloned().fold(statement, Statement::remark))
            .collect()
    }

    /// That privileges of columns which a view has no more once it is made again go with it, though nobody has said so: a view's
    /// column has no other identity than its name.
    fn privileges_that_go_with(&self, name: &ObjectName) -> Vec<Remark> {
        if !self.sides.hints.ignores_privileges || !self.sides.right.objects.contains_key(name) {
            return Vec::new();
        }
        let dependents = self.sides.dependents_of(name);
        let gone = dependents.filter(|one| one.is_grants() && !self.sides.right.objects.contains_key(*one));
        gone.map(|privileges| Remark::Note(format!("takes along the {}", privileges.name))).collect()
    }

    /// What takes a detail away from its object. That one may go itself; so it is done when nothing else differs any more.
    fn undo(&self, name: &ObjectName) -> Option<Statement> {
        let is_last = self.fates.fates.keys().all(|name| name.kind == ObjectKind::Detail);
        match &self.sides.left.objects.get(name).filter(|_| is_last)?.definition {
            Definition::Other(detail) => Some(Statement::new(name, types::undone(detail)?)),
            _ => None,
        }
    }
}
