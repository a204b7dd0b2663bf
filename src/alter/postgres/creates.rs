//! The steps in which objects are made, and in which columns of tables that stay come, go and are altered.

use super::super::Statement;
use super::fate::Fate;
use super::order::Stage;
use super::sides::constraint_of;
use super::steps::Steps;
use super::work::Work;
use super::{
    POSTGRES, constraint, foster, grants, heritage, index, misfit, names, remake, row_type, table, types,
};
use crate::catalog::sql::{Writer, identifier};
use crate::catalog::{Definition, ObjectName, Table};

impl Steps<'_, '_> {
    /// Adds the step that makes an object, or notes the step of the table or column that it is made with.
    pub(super) fn add_create(&mut self, name: &ObjectName) {
        let relation = self.sides.right.relation_of(name).map(|(relation, _)| relation);
        let made_with = relation.filter(|_| self.circles.is_made_inline(name));
        let with_table =
            made_with.and_then(|table| self.places.get(&(table.clone(), Stage::Create)).copied());
        let with_column = self.column_of_serial(name);
        let place = match with_table.or(with_column) {
            Some(host) => {
                self.places.insert((name.clone(), Stage::Create), host);
                if with_column.is_some() {
                    let further = self.further_of_serial(name);
                    self.steps[host].statements.extend(further);
                }
                host
            }
            None => {
                let (statements, at_end) = self.create_statements(name);
                if !at_end.is_empty() {
                    self.push(name, Stage::AtEnd, at_end);
                }
                self.push(name, Stage::Create, statements)
            }
        };
        for taken in names::of(self.sides.right, name) {
            self.takes.entry(taken).or_default().push(place);
        }
    }

    /// The step with the `serial` column that a sequence comes with.
    fn column_of_serial(&self, sequence: &ObjectName) -> Option<usize> {
        self.place(self.sides.right, self.serial_columns.get(sequence)?, Stage::Create)
    }

    /// What a sequence has beside what `serial` makes of it: its comment and grants.
    fn further_of_serial(&self, name: &ObjectName) -> Vec<Statement> {
        let made = self.writer.create(name, &[]).statements.into_iter().skip(1).map(Statement::from);
        let object = self.sides.right.objects.get(name);
        made.chain(object.into_iter().flat_map(|object| grants::of_new(self.sides, self.fates, name, object)))
            .collect()
    }

    /// The statements that make an object, and those that have to wait for its indexes.
    pub(super) fn create_statements(&self, name: &ObjectName) -> (Vec<Statement>, Vec<Statement>) {
        let Some(object) = self.sides.right.objects.get(name) else { return Default::default() };
        let is_inherited = constraint_of(self.sides.right, name).is_some_and(|one| {
            one.is_inherited && !heritage::is_made_apart(self.sides, self.fates, name, one)
        });
        if is_inherited
            && !self.sides.right.relation_of(name).is_some_and(|(table, _)| self.fates.is_made(table))
        {
            return Default::default();
        }
        let named = remake::with_names(self.sides, name);
        let own = named.as_ref().map(|named| Writer::of(named).with_serials(self.fates.serials.keys()));
        let writer = own.as_ref().unwrap_or(&self.writer);
        let made = writer.create(name, &self.circles.inline_of(name));
        let mut statements: Vec<Statement> = made.statements.into_iter().map(Statement::from).collect();
        if let Definition::Constraint(constraint) = &object.definition
            && heritage::has_joining_table(self.sides, name)
            && statements.is_empty()
        {
            statements.extend(foster::check(self.sides, name, constraint));
        }
        if matches!(object.definition, Definition::Index(_)) && heritage::has_joining_table(self.sides, name)
        {
            // The server attaches it with its table.
            statements.retain(|statement| !statement.sql.contains(" ATTACH PARTITION "));
        }
        let remark = match &object.definition {
            Definition::Constraint(_) => constraint::remark(self.sides, name),
            Definition::Index(_) => index::remark(self.sides, name),
            _ => None,
        };
        if let (Some(first), Some(remark)) = (statements.first_mut(), remark) {
            first.remarks.push(remark);
        }
        if let Definition::Table(table) = &object.definition
            && let Some(remark) = misfit::taken_by_default(self.sides, name, table)
            && let Some(joins) = statements.iter_mut().rfind(|one| one.sql.contains(" PARTITION "))
        {
            joins.remarks.push(remark);
        }
        let mut at_end: Vec<Statement> = made.at_end.into_iter().map(Statement::from).collect();
        if let Definition::Sequence(sequence) = &object.definition {
            (statements, at_end) = types::create_sequence(self.sides, name, sequence, statements);
        }
        let grants = grants::of_new(self.sides, self.fates, name, object);
        match grants::wait(self.sides, self.fates, name) {
            true => at_end.extend(grants),
            false => statements.extend(grants),
        }
        (statements, at_end)
    }

    /// Adds the steps of a column of a table that stays: it is altered, or dropped, added, or both.
    pub(super) fn add_column(&mut self, name: &ObjectName, fate: &Fate) {
        let Some((left, right)) = self.sides.columns(name) else { return };
        let Some(work) = Work::on(self.sides, self.fates, name) else { return };
        match (fate, left, right) {
            (Fate::Stays(_), Some(left), Some(right)) => {
                let release = work.is_released(left, right).then(|| work.release());
                let set_aside = row_type::set_aside(&work, self.fates, left);
                let released: Vec<Statement> = release.into_iter().chain(set_aside).collect();
                if !released.is_empty() {
                    self.push(name, Stage::Release, released);
                }
                let statements = work.alter(left, right);
                self.push(name, Stage::Alter, statements);
            }
            _ => {
                let is_handed_over = left
                    .zip(right)
                    .is_some_and(|(left, right)| foster::is_handed_over(self.sides, name, left, right));
                if let Some(left) = left {
                    let statements = match left {
                        _ if is_handed_over => vec![foster::set_aside(&work)],
                        _ if work.goes_with_parent(left) => Vec::new(),
                        _ => vec![work.drop(left)],
                    };
                    let place = self.push(name, Stage::Drop, statements);
                    for freed in names::of(self.sides.left, name) {
                        self.frees.entry(freed).or_default().push(place);
                    }
                }
                if let Some(right) = right {
                    let statements = match right {
                        _ if is_handed_over => work.take_over(right),
                        _ if work.comes_from_parent(right) => Vec::new(),
                        _ => work.add(right),
                    };
                    let place = self.push(name, Stage::Create, statements);
                    for taken in names::of(self.sides.right, name) {
                        self.takes.entry(taken).or_default().push(place);
                    }
                }
            }
        }
    }

    /// Adds the step of what can only be done to a table that stays when all its indexes are there.
    pub(super) fn add_end(&mut self, name: &ObjectName, left: &Table, right: &Table) {
        let is_made = |index: &str| {
            let parts = self.sides.right.parts_of(name).map(|(part, _)| part);
            let named = parts.filter(|part| identifier(POSTGRES, &part.name) == index);
            named.into_iter().any(|part| self.fates.is_made(part))
        };
        let statements = table::at_end(name, left, right, is_made);
        if !statements.is_empty() {
            self.push(name, Stage::AtEnd, statements);
        }
    }
}
