//! Columns of tables that stay.

use super::super::{Remark, Statement};
use super::cast::{Cast, cast};
use super::fate::Fate;
use super::sides::{Sides, rule_of};
use super::work::Work;
use super::{POSTGRES, foster, grants, heritage, row_type, typed, view};
use crate::catalog::sql::{self, column_comment, identifier, qualified};
use crate::catalog::{
    Column, ConstraintRule, Deferrable, Definition, Identity, ObjectKind, ObjectName, Table, keeps_values,
};

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

/// The way from one column to another.
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
        right.is_inherited
            && self.parents().any(|parent| match self.sides.columns(&parent) {
                Some((Some(parent_left), Some(parent_right))) => {
                    !is_same(parent_left, parent_right)
                        && is_same(parent_left, left)
                        && is_same(parent_right, right)
                }
                _ => false,
            })
    }

    /// The statements that add the column.
    pub(super) fn add(&self, right: &Column) -> Vec<Statement> {
        let mut statements = match self.fill().or_else(|| self.value_for_held(right)) {
            Some(fill) => self.add_filled(right, fill),
            None => {
                let late = right.not_null.as_ref().filter(|one| !one.is_validated);
                let late = late.map(|_| self.set_not_null(right));
                [self.add_plain(right)].into_iter().chain(late).collect()
            }
        };
        let settings = sql::column_settings(self.table, right);
        statements.extend(settings.into_iter().map(|sql| self.statement(sql)));
        statements.extend(grants::column_changes(self.sides, self.table, None, right));
        statements
    }

    /// The statements that have the column come from parents alone, which its table has declared.
    pub(super) fn take_over(&self, right: &Column) -> Vec<Statement> {
        let mut statements = foster::take_over(self, right);
        statements.extend(
            right.default.as_ref().map(|default| self.alter_column(&format!("SET DEFAULT {default}"))),
        );
        if !right.is_nullable {
            statements.push(self.set_not_null(right));
        }
        let settings = sql::column_settings(self.table, right);
        statements.extend(settings.into_iter().map(|sql| self.statement(sql)));
        statements.extend(grants::column_changes(self.sides, self.table, None, right));
        statements
    }

    /// The default, where the server adds no column with one, since columns of other tables hold rows of this one.
    fn value_for_held<'r>(&self, right: &'r Column) -> Option<&'r str> {
        let default =
            right.default.as_deref().filter(|_| right.generated.is_none() && right.identity.is_none());
        default.filter(|_| row_type::is_held(self.sides, self.fates, self.table))
    }

    fn add_clause(&self, column: &Column) -> String {
        let foster = foster::of(self.sides, self.table).filter(|_| column.is_inherited);
        let table = foster.as_ref().unwrap_or(self.table);
        // A column that its type does not bring is written as that of any other table.
        let plain = Table { of_type: None, ..self.definition.clone() };
        let serial = self.fates.serials.contains_key(self.name).then(|| sql::as_serial(column));
        let column = serial.as_ref().unwrap_or(column);
        format!(
            "ALTER TABLE {} ADD COLUMN {}",
            qualified(POSTGRES, table),
            sql::add_column(POSTGRES, self.table, &plain, column)
        )
    }

    fn add_plain(&self, right: &Column) -> Statement {
        let statement = self.statement(self.add_clause(right));
        let has_value = right.default.is_some() || right.generated.is_some() || right.identity.is_some();
        if right.is_nullable || has_value || self.definition.foreign.is_some() {
            return statement;
        }
        statement.remark(Remark::MayFail {
            object: self.name.clone(),
            what: format!("{}: NOT NULL without a default, where the table has rows", self.place()),
            count: Some(self.count("")),
        })
    }

    /// A value is given to the rows that are there. A constant needs no pass over the table.
    fn add_filled(&self, right: &Column, fill: &str) -> Vec<Statement> {
        let is_held = row_type::is_held(self.sides, self.fates, self.table);
        if is_constant(fill) && right.generated.is_none() && right.identity.is_none() && !is_held {
            let with_fill = Column { default: Some(fill.to_owned()), ..right.clone() };
            let mut statements = vec![self.statement(self.add_clause(&with_fill))];
            statements.extend(match &right.default {
                Some(default) if default == fill => None,
                Some(default) => Some(self.alter_column(&format!("SET DEFAULT {default}"))),
                None => Some(self.alter_column("DROP DEFAULT")),
            });
            return statements;
        }
        let bare = Column { default: None, is_nullable: true, ..right.clone() };
        let mut statements = vec![self.statement(self.add_clause(&bare))];
        statements.extend(self.update(fill, ""));
        statements.extend(
            right.default.as_ref().map(|default| self.alter_column(&format!("SET DEFAULT {default}"))),
        );
        if !right.is_nullable {
            statements.push(self.set_not_null(right));
        }
        statements
    }

    /// `UPDATE`, and the checks that it has put off: with those pending the table could not be altered.
    fn update(&self, fill: &str, condition: &str) -> Vec<Statement> {
        let (table, column) = (qualified(POSTGRES, self.table), identifier(POSTGRES, &self.name.name));
        let mut statements = vec![self.statement(format!("UPDATE {table} SET {column} = {fill}{condition}"))];
        let is_deferred = |(_, part): (&ObjectName, &crate::catalog::Object)| match &part.definition {
            Definition::Constraint(constraint) => constraint.deferrable == Deferrable::InitiallyDeferred,
            Definition::Trigger(trigger) => trigger.definition.contains(" INITIALLY DEFERRED "),
            _ => false,
        };
        if self.sides.left.parts_of(self.table).any(is_deferred) {
            statements.push(self.statement("SET CONSTRAINTS ALL IMMEDIATE".to_owned()));
        }
        statements
    }

    /// The statement that drops the column.
    pub(super) fn drop(&self, left: &Column) -> Statement {
        let column = identifier(POSTGRES, &self.name.name);
        let statement = self.statement(format!("{} DROP COLUMN {column}", self.alter_table()));
        if left.generated.is_some() {
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

    /// The statements that alter the column.
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
        if self.is_typed() || self.is_done_by_parent(left, right, is_same) {
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
        let using = match (self.fill(), self.cast(left, right)) {
            (Some(fill), _) => Some(fill.to_owned()),
            (None, Cast::Assignment) => None,
            (None, Cast::Explicit) => Some(format!("{column}::{to}")),
            (None, Cast::ByText) => Some(format!("{column}::text::{to}")),
            // A NULL stays one, and does not become an array with it.
            (None, Cast::IntoArray) => {
                Some(format!("CASE WHEN {column} IS NOT NULL THEN ARRAY[{column}]::{to} END"))
            }
            (None, Cast::OutOfArray) => Some(format!("({column})[1]::{to}")),
        };
        // A generated column is computed anew.
        let using = using.filter(|_| left.generated.is_none()).map(|using| format!(" USING {using}"));
        let action = format!("TYPE {to}{}{}", collation.unwrap_or_default(), using.unwrap_or_default());
        let statement = self.alter_column(&action);
        let keeps = left.generated.is_some() || keeps_values(&left.data_type, to);
        if is_same(left, right) || left.data_type == right.data_type || keeps {
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
            Some(fill) => format!("({fill})::text::{to}"),
            None => turn.using,
        };
        let statement = self.alter_column(&format!("TYPE {to} USING {using}"));
        Some(match turn.remark.filter(|_| self.fill().is_none()) {
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
        let column = identifier(POSTGRES, &self.name.name);
        let condition = format!(" WHERE {column} IS NULL");
        let mut statements = match self.fill() {
            Some(fill) if !self.fates.retyped.contains(self.name) => self.update(fill, &condition),
            _ => Vec::new(),
        };
        let may_fail = statements.is_empty();
        let has_usual_constraint = right.not_null.as_ref().is_none_or(|one| one.unusual().is_none());
        if self.is_set_by_new_key() && has_usual_constraint {
            // The remark is that of the key.
            return statements;
        }
        let set = self.set_not_null(right);
        statements.push(match may_fail {
            true => set.remark(Remark::MayFail {
                object: self.name.clone(),
                what: format!("{}: rows with NULL", self.place()),
                count: Some(self.count(&condition)),
            }),
            false => set,
        });
        statements
    }

    /// Whether a primary key that comes sets it NOT NULL.
    fn is_set_by_new_key(&self) -> bool {
        let column = identifier(POSTGRES, &self.name.name);
        self.sides.right.parts_of(self.table).any(|(part, _)| {
            let key = rule_of(self.sides.right, part);
            self.fates.is_made(part)
                && matches!(key, Some(ConstraintRule::PrimaryKey(key)) if key.columns.contains(&column))
        })
    }

    /// What makes the column none with a sequence of its own.
    fn leave_identity(&self, left: &Column, right: &Column) -> Option<Statement> {
        (left.identity.is_some() && right.identity.is_none()).then(|| self.alter_column("DROP IDENTITY"))
    }

    fn identity(&self, left: &Column, right: &Column) -> Vec<Statement> {
        let Some(new) = &right.identity else { return Vec::new() };
        match &left.identity {
            Some(old) if old == new => Vec::new(),
            Some(old) => self.alter_identity(old, new),
            None => {
                let clause = sql::identity(self.table, right, new);
                let add = self.alter_column(&format!("ADD {clause}"));
                super::types::add_identity(self.sides, self.fates, self.name, new, add)
            }
        }
    }

    /// Whether the column was an identity column of a wider type.
    fn narrows_identity(&self, left: &Column, right: &Column) -> bool {
        let identities = left.identity.as_ref().zip(right.identity.as_ref());
        self.fates.retyped.contains(self.name)
            && identities.is_some_and(|(old, new)| {
                super::types::sequence_limits(&old.sequence.data_type).1
                    > super::types::sequence_limits(&new.sequence.data_type).1
            })
    }

    fn alter_identity(&self, old: &Identity, new: &Identity) -> Vec<Statement> {
        let mut actions = Vec::new();
        if old.is_always != new.is_always {
            actions.push(format!("SET GENERATED {}", if new.is_always { "ALWAYS" } else { "BY DEFAULT" }));
        }
        let sequence = &old.sequence_name;
        let old_sequence = match self.fates.retyped.contains(self.name) {
            true => super::types::sequence_as(&old.sequence, &new.sequence.data_type),
            false => old.sequence.clone(),
        };
        let changes = super::types::sequence_changes(&old_sequence, &new.sequence);
        let within_bounds =
            |statement| super::types::within_bounds(statement, sequence, &old.sequence, &new.sequence);
        let mut statements = Vec::new();
        if old_sequence.data_type != new.sequence.data_type {
            let statement = self.statement(format!("ALTER SEQUENCE {sequence} {}", changes.join(" ")));
            statements.extend(within_bounds(statement));
            statements.extend((!actions.is_empty()).then(|| self.alter_column(&actions.join(" "))));
        } else {
            actions.extend(changes.iter().map(|option| format!("SET {option}")));
            let altered = (!actions.is_empty()).then(|| self.alter_column(&actions.join(" ")));
            statements.extend(altered.into_iter().flat_map(within_bounds));
        }
        if old.sequence_name != new.sequence_name {
            let (schema, name) = super::types::split_name(&new.sequence_name);
            let (old_schema, _) = super::types::split_name(&old.sequence_name);
            if schema == old_schema {
                statements
                    .push(self.statement(format!("ALTER SEQUENCE {} RENAME TO {name}", old.sequence_name)));
            }
        }
        statements
    }

    fn settings(&self, left: &Column, right: &Column) -> Vec<Statement> {
        let mut statements = Vec::new();
        // A change of type has set it to that of the new one.
        let is_retyped = self.fates.retyped.contains(self.name);
        if left.storage != right.storage || is_retyped && right.storage.is_some() {
            let usual =
                || if self.sides.server() >= 16 { "DEFAULT" } else { usual_storage(&right.data_type) };
            let storage = right.storage.as_deref().unwrap_or_else(usual);
            if right.storage.is_some() || !is_retyped {
                statements.push(self.alter_only(&format!("SET STORAGE {storage}")));
            }
        }
        if left.compression != right.compression {
            let method = right.compression.as_deref().unwrap_or("default");
            statements.push(self.alter_only(&format!("SET COMPRESSION {method}")));
        }
        if left.statistics != right.statistics {
            statements.push(self.alter_only(&format!("SET STATISTICS {}", right.statistics.unwrap_or(-1))));
        }
        for action in view::set_and_reset(&left.options, &right.options) {
            statements.push(self.alter_only(&action));
        }
        if left.foreign_options != right.foreign_options {
            let column = identifier(POSTGRES, &self.name.name);
            let options = super::table::foreign_option_changes(&left.foreign_options, &right.foreign_options);
            let table = qualified(POSTGRES, self.table);
            statements
                .push(self.statement(format!("ALTER FOREIGN TABLE {table} ALTER COLUMN {column} {options}")));
        }
        if left.comment != right.comment {
            let text = column_comment(self.table, &right.name, right.comment.as_deref());
            statements.push(self.statement(text));
        }
        statements
    }
}

/// The storage that a column has by its type, on servers before 16, which have no word for it.
fn usual_storage(data_type: &str) -> &'static str {
    let base = data_type.split(['(', '[']).next().unwrap_or_default().trim();
    match base {
        "numeric" | "inet" | "cidr" if !data_type.contains('[') => "MAIN",
        _ => "EXTENDED",
    }
}

/// Whether an expression is one literal, which is the same for every row.
fn is_constant(expression: &str) -> bool {
    let expression = expression.trim();
    let quoted = expression.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    let is_quoted = quoted.is_some_and(|inside| !inside.replace("''", "").contains('\''));
    let is_word = ["true", "false"].iter().any(|word| expression.eq_ignore_ascii_case(word));
    is_quoted || is_word || expression.parse::<f64>().is_ok_and(f64::is_finite)
}
