//! What of a column is written by itself.

use super::super::{identifier, options, qualified, table};
use super::comment::column_comment;
use crate::catalog::{Column, ObjectName};
use crate::sql::Dialect;

/// The types that a column can be given as `serial`, and how.
pub const SERIAL_TYPES: [(&str, &str); 3] =
    [("smallint", "smallserial"), ("integer", "serial"), ("bigint", "bigserial")];

/// A column with a sequence of its own as `serial` writes it: this says its default, and that it takes no NULL.
#[must_use]
pub fn as_serial(column: &Column) -> Column {
    let word = SERIAL_TYPES.iter().find(|(plain, _)| *plain == column.data_type);
    Column {
        data_type: word.map_or(column.data_type.clone(), |(_, word)| (*word).to_owned()),
        default: None,
        is_nullable: true,
        not_null: None,
        ..column.clone()
    }
}

/// The settings of a column for which `CREATE TABLE` and `ADD COLUMN` have no clause, with its comment.
#[must_use]
pub fn column_settings(relation: &ObjectName, column: &Column) -> Vec<String> {
    let alter = format!(
        "ALTER TABLE ONLY {} ALTER COLUMN {}",
        qualified(Dialect::Postgres, relation),
        identifier(Dialect::Postgres, &column.name)
    );
    let mut settings = Vec::new();
    settings.extend(column.storage.as_ref().map(|storage| format!("{alter} SET STORAGE {storage}")));
    settings.extend(column.statistics.map(|target| format!("{alter} SET STATISTICS {target}")));
    if !column.options.is_empty() {
        settings.push(format!("{alter} SET ({})", options(&column.options)));
    }
    if !column.foreign_options.is_empty() {
        let options = table::foreign_options(&column.foreign_options);
        settings.push(format!("{} {options}", alter.replacen("ALTER TABLE", "ALTER FOREIGN TABLE", 1)));
    }
    settings.extend(column.comment.as_ref().map(|text| column_comment(relation, &column.name, Some(text))));
    settings
}
