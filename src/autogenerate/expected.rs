//! Which values of rows have to be there once scripts have run. The schemas decide it, and not what the statements say of
//! themselves: a table that is there on both sides has its rows, a column of the same type its values.

use std::collections::BTreeSet;

use super::compared::{Compared, Reading};
use super::reshaped::reshaped;
use super::{Course, Way};
use crate::alter::{self, Hints, Mapping, Statement};
use crate::catalog::sql::{identifier, qualified};
use crate::catalog::{
    Catalog, Column, Constraint, ConstraintRule, Definition, ObjectKind, ObjectName, Table,
};
use crate::sql::Dialect;

/// The values that rows of the left schema keep on the course to the right one, and on the way back.
pub(super) struct Expected<'t> {
    left: &'t Catalog,
    right: &'t Catalog,
    course: &'t Course,
    hints: &'t Hints,
    /// The names of the left schema's objects on the right.
    pub(super) names: Mapping<'t>,
    /// The types whose values have other parts on the right, as SQL names them.
    reshaped: BTreeSet<String>,
}

impl<'t> Expected<'t> {
    /// What a course from `left` to `right` has to leave of the values, by schemas and hints.
    pub(super) fn of(
        (left, right): (&'t Catalog, &'t Catalog),
        course: &'t Course,
        hints: &'t Hints,
    ) -> Self {
        let names = Mapping::of(left, &hints.renames);
        Self { left, right, course, hints, names, reshaped: reshaped(left, right) }
    }

    /// The table of the left schema as it is on the right, under its name there; none where it goes.
    pub(super) fn after(&self, name: &ObjectName) -> Option<(&'t ObjectName, &'t Table)> {
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
    pub(super) fn columns(&self, name: &ObjectName, way: Way) -> Option<Vec<Compared<'t>>> {
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
        (has_trigger(self.left, name) || has_trigger(self.right, &after))
            && self.course.statements_of_both_ways().any(is_update)
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
        let is_it = |one: &&Column| self.left.dialect.is_same_name(&one.name, &wanted);
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
                let (before, then) =
                    ((self.left, column, left.is_strict), (self.right, after, right.is_strict));
                let may_lose = (!is_same || is_reshaped) && alter::may_lose(before, then);
                Some(back(may_lose && !is_kept))
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
        renamed
            .map(|rename| qualified(self.left.dialect, &rename.from))
            .any(|name| data_type.trim_end_matches("[]") == name)
    }
}

/// The name of the table that an object is, or is a part of.
pub(super) fn table_of(object: &ObjectName) -> ObjectName {
    let name = object.relation.as_deref().unwrap_or(&object.name);
    ObjectName::new(ObjectKind::Table, object.schema.as_deref(), name)
}
