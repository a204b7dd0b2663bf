//! The sequence of an identity column.

use super::super::Statement;
use super::types;
use super::work::Work;
use crate::catalog::sql;
use crate::catalog::{Column, Identity};

impl Work<'_, '_> {
    /// The statement that makes an identity column a plain one; none where it stays one or was none.
    pub(super) fn leave_identity(&self, left: &Column, right: &Column) -> Option<Statement> {
        (left.identity.is_some() && right.identity.is_none()).then(|| self.alter_column("DROP IDENTITY"))
    }

    /// The statements that give the column a sequence of its own, or alter the one that it has.
    pub(super) fn identity(&self, left: &Column, right: &Column) -> Vec<Statement> {
        let Some(new) = &right.identity else { return Vec::new() };
        match &left.identity {
            Some(old) if old == new => Vec::new(),
            Some(old) => self.alter_identity(old, new),
            None => {
                let clause = sql::identity(self.table, right, new);
                let add = self.alter_column(&format!("ADD {clause}"));
                types::add_identity(self.sides, self.fates, self.name, new, add)
            }
        }
    }

    /// Whether the column was an identity column of a wider type.
    pub(super) fn narrows_identity(&self, left: &Column, right: &Column) -> bool {
        let identities = left.identity.as_ref().zip(right.identity.as_ref());
        self.fates.retyped.contains(self.name)
            && identities.is_some_and(|(old, new)| {
                types::sequence_limits(&old.sequence.data_type).1
                    > types::sequence_limits(&new.sequence.data_type).1
            })
    }

    fn alter_identity(&self, old: &Identity, new: &Identity) -> Vec<Statement> {
        let mut actions = Vec::new();
        if old.is_always != new.is_always {
            actions.push(format!("SET GENERATED {}", if new.is_always { "ALWAYS" } else { "BY DEFAULT" }));
        }
        let sequence = &old.sequence_name;
        let old_sequence = match self.fates.retyped.contains(self.name) {
            true => types::sequence_as(&old.sequence, &new.sequence.data_type),
            false => old.sequence.clone(),
        };
        let changes = types::sequence_changes(&old_sequence, &new.sequence);
        let within_bounds =
            |statement| types::within_bounds(statement, sequence, &old.sequence, &new.sequence);
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
            let (schema, name) = types::split_name(&new.sequence_name);
            let (old_schema, _) = types::split_name(&old.sequence_name);
            if schema == old_schema {
                statements
                    .push(self.statement(format!("ALTER SEQUENCE {} RENAME TO {name}", old.sequence_name)));
            }
        }
        statements
    }
}
