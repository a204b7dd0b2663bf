//! What holds for new rows until `NOT NULL` has been validated.

use super::POSTGRES;
use super::sides::Sides;
use crate::catalog::sql::{identifier, named_not_null, qualified};
use crate::catalog::{NotNull, ObjectKind, ObjectName};

/// What stands in for `NOT NULL` until it has been validated: since PostgreSQL 18 that constraint itself, before that a check,
/// behind which the server does not read the rows.
pub(super) struct StandIn {
    /// `ALTER TABLE …`
    words: String,
    name: String,
    /// The action of `ALTER TABLE` that adds the stand-in, but for `NOT VALID`.
    pub(super) clause: String,
    is_check: bool,
}

impl StandIn {
    /// The stand-in for a column that is NOT NULL on the right side.
    pub(super) fn of(sides: &Sides<'_>, table: &ObjectName, column: &str) -> Self {
        let words = format!("ALTER TABLE {}", qualified(POSTGRES, table));
        let wanted = sides.columns(&table.part(ObjectKind::Column, column)).and_then(|(_, right)| right);
        if let Some(constraint) = wanted.and_then(|column| column.not_null.as_ref()) {
            let name = identifier(POSTGRES, &constraint.name);
            let validated = NotNull { is_validated: true, ..constraint.clone() };
            let clause = format!("ADD {}", named_not_null(column, &validated));
            return Self { words, name, clause, is_check: false };
        }
        let name =
            identifier(POSTGRES, super::types::shortened(&format!("{}_{column}_not_null", table.name)));
        let column = identifier(POSTGRES, column);
        let clause = format!("ADD CONSTRAINT {name} CHECK ({column} IS NOT NULL)");
        Self { words, name, clause, is_check: true }
    }

    /// The statement that adds the stand-in, for new rows alone.
    pub(super) fn add(&self) -> String {
        format!("{}\n    {} NOT VALID", self.words, self.clause)
    }

    /// The statement that reads the rows that are there.
    pub(super) fn validate(&self) -> String {
        format!("{} VALIDATE CONSTRAINT {}", self.words, self.name)
    }

    /// The statement that drops the stand-in again, where it is not the constraint itself.
    pub(super) fn drop(&self) -> Option<String> {
        self.is_check.then(|| format!("{} DROP CONSTRAINT {}", self.words, self.name))
    }
}
