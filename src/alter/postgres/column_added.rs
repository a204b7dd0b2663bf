//! Columns that come to tables that stay.

use super::super::{Remark, Statement};
use super::work::Work;
use super::{POSTGRES, foster, grants, of_rows, row_type};
use crate::catalog::sql::{self, qualified};
use crate::catalog::{Column, ObjectKind, ObjectName, Table};

/// The first version whose partitions have the identity columns of what they are partitions of.
const IDENTITY_OF_PARTITIONS: u32 = 17;

impl Work<'_, '_> {
    /// The statements that add the column, filled where a hint says so, with its settings.
    pub(super) fn add(&self, right: &Column) -> Vec<Statement> {
        if right.identity.is_some() && (self.has_children() || self.fill().is_some()) {
            return self.add_identity_apart(right);
        }
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

    /// The server gives an identity column to no table that has children, but lets a column of one become one. So does one whose rows
    /// get other values, which the server would not take later, and which the sequence goes on behind.
    fn add_identity_apart(&self, right: &Column) -> Vec<Statement> {
        let plain = Column { identity: None, ..right.clone() };
        let mut statements = self.add(&plain);
        statements.extend(self.identity(&plain, right));
        statements
    }

    /// Whether tables on both sides inherit from this one, or are partitions of it where these have no identity of their own.
    fn has_children(&self) -> bool {
        let own = qualified(POSTGRES, self.table);
        let hands_down = self.sides.server() >= IDENTITY_OF_PARTITIONS;
        let is_child = |table: &Table| {
            let is_partition = table.partition_of.as_ref().is_some_and(|one| one.parent == own);
            table.inherits.contains(&own) || is_partition && !hands_down
        };
        self.sides.common_tables().any(|(_, left, right)| is_child(left) || is_child(right))
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
        if let Some(remark) = self.computes_null(right).or_else(|| self.is_computed(right)) {
            return statement.remark(remark);
        }
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

    /// That rows are in the way for which a new column that takes no NULL is computed as one. They can be counted where the
    /// table has all that it is computed from.
    fn computes_null(&self, right: &Column) -> Option<Remark> {
        let generated = right.generated.as_ref().filter(|_| !right.is_nullable && !self.is_foreign())?;
        let mut needed = self.sides.right.dependencies.get(self.name).into_iter().flatten();
        let is_there = |needed: &ObjectName| match needed.kind {
            ObjectKind::Column => matches!(self.sides.columns(needed), Some((Some(_), _))),
            _ => self.sides.left.objects.contains_key(needed),
        };
        let count = || self.count(&format!(" WHERE ({}) IS NULL", generated.expression));
        Some(Remark::MayFail {
            object: self.name.clone(),
            what: format!("{}: rows for which it is computed as NULL", self.place()),
            count: needed.all(is_there).then(count),
        })
    }

    /// That rows are in the way for which a new stored column cannot be computed.
    fn is_computed(&self, right: &Column) -> Option<Remark> {
        let generated = right.generated.as_ref().filter(|one| one.is_stored && !self.is_foreign())?;
        of_rows::computed(self.sides, self.table, self.name, &[&generated.expression])
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
}

/// Whether an expression is one literal, which is the same for every row.
fn is_constant(expression: &str) -> bool {
    let expression = expression.trim();
    let quoted = expression.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    let is_quoted = quoted.is_some_and(|inside| !inside.replace("''", "").contains('\''));
    let is_word = ["true", "false"].iter().any(|word| expression.eq_ignore_ascii_case(word));
    is_quoted || is_word || expression.parse::<f64>().is_ok_and(f64::is_finite)
}
