//! A column that is worked upon, and what all of its statements are made of.

use super::super::Statement;
use super::POSTGRES;
use super::fate::Fates;
use super::sides::{Sides, table_of_part};
use crate::catalog::sql::{self, identifier, qualified};
use crate::catalog::{Deferrable, Definition, Object, ObjectName, Table};

/// A column that both sides have or one of them, with what its statements need.
pub(super) struct Work<'s, 'c> {
    pub(super) sides: &'s Sides<'c>,
    pub(super) fates: &'s Fates,
    pub(super) name: &'s ObjectName,
    pub(super) table: &'c ObjectName,
    pub(super) definition: &'c Table,
}

impl<'s, 'c> Work<'s, 'c> {
    /// The work on a column of a table that the right side has; none where it has no such table.
    pub(super) fn on(sides: &'s Sides<'c>, fates: &'s Fates, name: &'s ObjectName) -> Option<Self> {
        let (table, definition) = table_of_part(sides.right, name)?;
        Some(Self { sides, fates, name, table, definition })
    }

    /// A statement about the column.
    pub(super) fn statement(&self, sql: String) -> Statement {
        Statement::new(self.name, sql)
    }

    /// The beginning of a statement on the column's table: `ALTER TABLE …`, without an action.
    pub(super) fn alter_table(&self) -> String {
        format!("ALTER TABLE {}", qualified(POSTGRES, self.table))
    }

    /// The statement `ALTER TABLE … ALTER COLUMN …` with this action.
    pub(super) fn alter_column(&self, action: &str) -> Statement {
        let column = identifier(POSTGRES, &self.name.name);
        self.statement(format!("{} ALTER COLUMN {column} {action}", self.alter_table()))
    }

    /// The statement that gives the column another type, for which `using` turns its values. Those of a foreign table are
    /// elsewhere: the server takes no `USING` there, and any type.
    pub(super) fn alter_type(&self, to: &str, using: Option<&str>) -> Statement {
        let using = using.filter(|_| !self.is_foreign()).map(|using| format!(" USING {using}"));
        self.alter_column(&format!("TYPE {to}{}", using.unwrap_or_default()))
    }

    /// Whether the column's table is a foreign one, whose rows are elsewhere.
    pub(super) fn is_foreign(&self) -> bool {
        self.definition.foreign.is_some()
    }

    /// As [`Self::alter_column`], of the table alone and not of its children (`ONLY`).
    pub(super) fn alter_only(&self, action: &str) -> Statement {
        let column = identifier(POSTGRES, &self.name.name);
        let table = qualified(POSTGRES, self.table);
        self.statement(format!("ALTER TABLE ONLY {table} ALTER COLUMN {column} {action}"))
    }

    /// The column as messages name it, with its table.
    pub(super) fn place(&self) -> String {
        format!("{}.{}", sql::named(self.table), self.name.name)
    }

    /// The expression that a hint gives for NULLs and missing values of the column.
    pub(super) fn fill(&self) -> Option<&'s str> {
        self.sides.hints.fills.get(self.name).map(String::as_str)
    }

    /// A query that counts the rows of its table as it is on the left side.
    pub(super) fn count(&self, condition: &str) -> String {
        let table = qualified(POSTGRES, self.table);
        format!("SELECT count(*) FROM {table}{condition}")
    }

    /// `UPDATE`, and the checks that it has put off: with those pending the table could not be altered.
    pub(super) fn update(&self, fill: &str, condition: &str) -> Vec<Statement> {
        let (table, column) = (qualified(POSTGRES, self.table), identifier(POSTGRES, &self.name.name));
        let mut statements = vec![self.statement(format!("UPDATE {table} SET {column} = {fill}{condition}"))];
        let is_deferred = |(_, part): (&ObjectName, &Object)| match &part.definition {
            Definition::Constraint(constraint) => constraint.deferrable == Deferrable::InitiallyDeferred,
            Definition::Trigger(trigger) => trigger.definition.contains(" INITIALLY DEFERRED "),
            _ => false,
        };
        if self.sides.left.parts_of(self.table).any(is_deferred) {
            statements.push(self.statement("SET CONSTRAINTS ALL IMMEDIATE".to_owned()));
        }
        statements
    }
}
