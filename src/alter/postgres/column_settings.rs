//! Settings of columns of tables that stay, which values do not depend on.

use super::super::Statement;
use super::work::Work;
use super::{POSTGRES, table, types, view};
use crate::catalog::Column;
use crate::catalog::sql::{column_comment, identifier, qualified};

impl Work<'_, '_> {
    /// The statements that alter storage, compression, statistics, options and comment.
    pub(super) fn settings(&self, left: &Column, right: &Column) -> Vec<Statement> {
        let mut statements = Vec::new();
        // A change of type has set it to that of the new one.
        let is_retyped = self.fates.retyped.contains(self.name);
        if left.storage != right.storage || is_retyped && right.storage.is_some() {
            let usual = || {
                if self.sides.server() >= 16 {
                    "DEFAULT"
                } else {
                    usual_storage(&types::beneath(self.sides.right, &right.data_type))
                }
            };
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
            let options = table::foreign_option_changes(&left.foreign_options, &right.foreign_options);
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
