//! Columns of tables that stay.

use super::super::{Remark, Statement};
use super::cast::{Cast, cast, into_array, out_of_array};
use super::fate::Fate;
use super::sides::{Sides, constraint_of};
use super::work::Work;
use super::{POSTGRES, grants, heritage, of_rows, typed};
use crate::catalog::sql::{identifier, qualified};
use crate::catalog::{Column, ConstraintRule, ObjectKind, ObjectName, narrowings};

/// What can be done about a column that both sides have.
pub(super) enum Way {
    Equal,
    Alter {
        /// Whether it gets another type.
        retypes: bool,
    },
    Renew,
}

/// The first version that can change the expression of a stored column in place.
const SET_EXPRESSION: u32 = 17;

/// The way from a column of a table that stays to the column of its name on the right.
pub(super) fn way(sides: &Sides<'_>, left: &Column, right: &Column) -> Way {
    if left == right {
        return Way::Equal;
    }
    match (&left.generated, &right.generated) {
        (None, Some(_)) => return Way::Renew,
        (Some(old), None) if !old.is_stored => return Way::Renew,
        (Some(old), Some(new)) if old.is_stored != new.is_stored => return Way::Renew,
        (Some(old), Some(new))
            if old.expression != new.expression
                && (sides.server() < SET_EXPRESSION || left.data_type != right.data_type) =>
        {
            return Way::Renew;
        }
        _ => {}
    }
    Way::Alter { retypes: left.data_type != right.data_type || left.collation != right.collation }
}

impl Work<'_, '_> {
    /// Whether the columns of its table are the attributes of a type, whose statements reach them.
    fn is_typed(&self) -> bool {
        let tables = self.sides.tables(self.table);
        tables.is_some_and(|(left, right)| {
            left.of_type.is_some() && !typed::changes(self.sides, self.fates, left, right)
        })
    }

    /// Whether a table that this one inherits from brings the column along by itself.
    pub(super) fn comes_from_parent(&self, right: &Column) -> bool {
        self.is_typed()
            || right.is_inherited
                && self.parents().any(|parent| self.fates.get(&parent) == Some(&Fate::Comes))
    }

    /// Whether the column goes with that of a table that this one inherits from.
    pub(super) fn goes_with_parent(&self, left: &Column) -> bool {
        self.is_typed() || left.is_inherited && self.parents().any(|parent| self.fates.is_away(&parent))
    }

    /// The columns of the same name of the tables that this one inherits from, on both sides.
    pub(super) fn parents(&self) -> impl Iterator<Item = ObjectName> {
        let tables = self.sides.tables(self.table).into_iter();
        tables.flat_map(|tables| heritage::common_parents(self.sides, self.table, tables)).filter_map(
            |parent| {
                let table = self.sides.table_named(parent)?;
                Some(table.part(ObjectKind::Column, &self.name.name))
            },
        )
    }

    /// Whether a parent's statement brings this change along.
    pub(super) fn is_done_by_parent(
        &self,
        left: &Column,
        right: &Column,
        is_same: impl Fn(&Column, &Column) -> bool,
    ) -> bool {
        right.is_inherited && self.is_done_with_parent(left, right, is_same)
    }

    /// Whether a parent changes in the same way. A new type reaches what the table declares itself as well.
    fn is_done_with_parent(
        &self,
        left: &Column,
        right: &Column,
        is_same: impl Fn(&Column, &Column) -> bool,
    ) -> bool {
        self.parents().any(|parent| match self.sides.columns(&parent) {
            Some((Some(parent_left), Some(parent_right))) => {
                !is_same(parent_left, parent_right)
                    && is_same(parent_left, left)
                    && is_same(parent_right, right)
            }
            _ => false,
        })
    }

    /// The statement that drops the column, with the values that it loses.
    pub(super) fn drop(&self, left: &Column) -> Statement {
        let column = identifier(POSTGRES, &self.name.name);
        let statement = self.statement(format!("{} DROP COLUMN {column}", self.alter_table()));
        if left.generated.is_some() || self.is_foreign() {
            return statement;
        }
        statement.remark(Remark::Loses {
            object: self.name.clone(),
            what: format!("the values of {}", self.place()),
            count: Some(format!("SELECT count({column}) FROM {}", qualified(POSTGRES, self.table))),
        })
    }

    /// Whether the default has to go before anything else is done with the column.
    pub(super) fn is_released(&self, left: &Column, right: &Column) -> bool {
        let is_converted = self.fates.retyped.contains(self.name)
            && (right.default.is_none()
                || self.fill().is_some()
                || self.is_swapped()
                || self.cast(left, right) != Cast::Assignment);
        left.default.is_some()
            && left.generated.is_none()
            && (self.fates.released.contains(self.name)
                || is_converted
                    && !self.is_done_by_parent(left, right, |one, other| one.data_type == other.data_type))
    }

    /// Whether only the type that the name stands for changes.
    fn is_swapped(&self) -> bool {
        let columns = self.sides.columns(self.name);
        matches!(columns, Some((Some(left), Some(right)))
            if left.data_type == right.data_type && left.collation == right.collation)
    }

    /// Whether a new type takes the name of the column's, and not only a new collation the name of its own.
    fn has_swapped_type(&self, left: &Column) -> bool {
        super::types::of_type(self.sides.left, &left.data_type)
            .is_some_and(|(name, _)| self.fates.get(name) == Some(&Fate::Swapped))
    }

    fn cast(&self, left: &Column, right: &Column) -> Cast {
        let beneath = |catalog, name: &str| super::types::beneath(catalog, name);
        cast(&beneath(self.sides.left, &left.data_type), &beneath(self.sides.right, &right.data_type))
    }

    /// The statement that takes the default away while what it needs is made again.
    pub(super) fn release(&self) -> Statement {
        self.alter_column("DROP DEFAULT")
    }

    /// The statements that make the column, in place, what it is on the right.
    pub(super) fn alter(&self, left: &Column, right: &Column) -> Vec<Statement> {
        let is_released = self.is_released(left, right);
        let mut statements = Vec::new();
        let is_dropping_expression = left.generated.is_some() && right.generated.is_none();
        if is_dropping_expression {
            statements.push(self.alter_column("DROP EXPRESSION"));
        }
        statements.extend(self.leave_identity(left, right));
        // The server refuses a type that does not hold the bounds of the sequence.
        let (narrower, other): (Vec<_>, Vec<_>) =
            self.identity(left, right).into_iter().partition(|_| self.narrows_identity(left, right));
        statements.extend(narrower);
        if self.fates.retyped.contains(self.name) {
            statements.extend(self.retype(left, right));
        }
        if let (Some(old), Some(new)) = (&left.generated, &right.generated)
            && old.expression != new.expression
        {
            statements.push(self.alter_column(&format!("SET EXPRESSION AS ({})", new.expression)));
        }
        statements.extend(self.default(left, right, is_released));
        statements.extend(self.nullability(left, right));
        statements.extend(self.not_null_constraint(left, right));
        statements.extend(other);
        statements.extend(self.settings(left, right));
        statements.extend(grants::column_changes(self.sides, self.table, Some(left), right));
        statements
    }

    fn retype(&self, left: &Column, right: &Column) -> Option<Statement> {
        let is_same = |one: &Column, other: &Column| {
            one.data_type == other.data_type && one.collation == other.collation
        };
        if self.is_typed() || self.is_done_with_parent(left, right, is_same) {
            return None;
        }
        if self.is_swapped() {
            return self.turn(left, right);
        }
        let column = identifier(POSTGRES, &self.name.name);
        let collation = match (&left.collation, &right.collation) {
            (Some(_), None) if left.data_type == right.data_type => {
                Some(" COLLATE pg_catalog.\"default\"".to_owned())
            }
            (_, collation) => collation.as_ref().map(|collation| format!(" COLLATE {collation}")),
        };
        let to = &right.data_type;
        let using = self.using(left, right);
        let statement = self.alter_type(&format!("{to}{}", collation.unwrap_or_default()), using.as_deref());
        let keeps = || {
            let (from, to) = ((self.sides.left, left.data_type.as_str()), (self.sides.right, to.as_str()));
            narrowings(from, to).is_empty()
        };
        if let Some(remark) = of_rows::same_by_collation(self.sides, self.table, left, right) {
            return Some(statement.remark(remark));
        }
        let says_nothing = is_same(left, right) || left.data_type == right.data_type;
        if says_nothing || left.generated.is_some() || self.is_foreign() || keeps() {
            return Some(statement);
        }
        Some(statement.remark(Remark::MayFail {
            object: self.name.clone(),
            what: format!(
                "{}: values of {} that are none of {to}, or only when rounded",
                self.place(),
                left.data_type
            ),
            count: Some(format!("SELECT count({column}) FROM {}", qualified(POSTGRES, self.table))),
        }))
    }

    /// Whether its values take `USING` to become those of the right side.
    pub(super) fn takes_using(&self, left: &Column, right: &Column) -> bool {
        self.is_swapped() || self.using(left, right).is_some()
    }

    /// What values become when the type changes; nothing where the server knows it, or computes them.
    fn using(&self, left: &Column, right: &Column) -> Option<String> {
        let column = identifier(POSTGRES, &self.name.name);
        let to = &right.data_type;
        let using = match (self.fill(), self.cast(left, right)) {
            (Some(fill), _) => Some(fill.to_owned()),
            (None, Cast::Assignment) => None,
            (None, Cast::Explicit) => Some(format!("{column}::{to}")),
            (None, Cast::ByText) => Some(format!("{column}::text::{to}")),
            (None, Cast::IntoArray) => Some(into_array(&column, to)),
            (None, Cast::OutOfArray) => Some(out_of_array(&column, to)),
        };
        // A generated column is computed anew.
        using.filter(|_| left.generated.is_none())
    }

    /// The statement that turns the values to the type that has taken the name of theirs.
    fn turn(&self, left: &Column, right: &Column) -> Option<Statement> {
        if right.is_inherited && self.parents().any(|parent| self.fates.retyped.contains(&parent)) {
            return None;
        }
        let to = &right.data_type;
        if let Some(collation) = right.collation.as_ref().filter(|_| !self.has_swapped_type(left)) {
            return Some(self.alter_column(&format!("TYPE {to} COLLATE {collation}")));
        }
        let turn = super::types::turn(self.sides, self.table, left, right);
        let using = match self.fill() {
            Some(fill) => Some(format!("({fill})::text::{to}")),
            None => turn.using,
        };
        let statement = self.alter_type(to, using.as_deref());
        Some(match turn.remark.filter(|_| self.fill().is_none() && !self.is_foreign()) {
            Some(remark) => statement.remark(remark),
            None => statement,
        })
    }

    fn default(&self, left: &Column, right: &Column, is_released: bool) -> Option<Statement> {
        if right.generated.is_some() || left.generated.is_some() && right.default.is_none() {
            return None;
        }
        let is_same = |one: &Column, other: &Column| one.default == other.default;
        if !is_released && (is_same(left, right) || self.is_done_by_parent(left, right, is_same)) {
            return None;
        }
        match &right.default {
            Some(default) => Some(self.alter_column(&format!("SET DEFAULT {default}"))),
            None => (left.default.is_some() && !is_released).then(|| self.alter_column("DROP DEFAULT")),
        }
    }

    fn nullability(&self, left: &Column, right: &Column) -> Vec<Statement> {
        let is_same = |one: &Column, other: &Column| one.is_nullable == other.is_nullable;
        if is_same(left, right) || self.is_done_by_parent(left, right, is_same) {
            return Vec::new();
        }
        if right.is_nullable {
            // An identity column is never nullable: where it was one, it is none any more.
            return vec![self.alter_column("DROP NOT NULL")];
        }
        let mut statements = match self.fill() {
            Some(fill) if !self.fates.retyped.contains(self.name) => self.update(fill, &self.is_null()),
            _ => Vec::new(),
        };
        let may_fail = statements.is_empty() && !self.is_foreign();
        let has_to_be_named = right.not_null.as_ref().is_some_and(|one| self.has_to_be_named(one));
        if self.is_set_by_new_key() && !has_to_be_named {
            // The remark is that of the key.
            return statements;
        }
        let set = self.set_not_null(right);
        statements.push(match may_fail {
            true => set.remark(self.rows_with_null()),
            false => set,
        });
        statements
    }

    fn is_null(&self) -> String {
        format!(" WHERE {} IS NULL", identifier(POSTGRES, &self.name.name))
    }

    /// That rows of the left side with NULL in the column are in the way.
    pub(super) fn rows_with_null(&self) -> Remark {
        Remark::MayFail {
            object: self.name.clone(),
            what: format!("{}: rows with NULL", self.place()),
            count: Some(self.count(&self.is_null())),
        }
    }

    /// Whether a primary key that comes sets it NOT NULL.
    fn is_set_by_new_key(&self) -> bool {
        let column = identifier(POSTGRES, &self.name.name);
        self.sides.right.parts_of(self.table).any(|(part, _)| {
            let Some(constraint) = constraint_of(self.sides.right, part) else { return false };
            let is_key =
                matches!(&constraint.rule, ConstraintRule::PrimaryKey(key) if key.columns.contains(&column));
            // A table takes no NULL there before it joins what it has the key from.
            let comes_late = || constraint.is_inherited && heritage::joins(self.sides, self.table);
            self.fates.is_made(part) && is_key && !comes_late()
        })
    }
}
