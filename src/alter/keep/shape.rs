//! How values lie in a table that keeps them: as types that no revision can take away.

use super::lost::{Lost, writable};
use crate::catalog::Column;
use crate::catalog::sql::identifier;
use crate::sql::Dialect;

/// The column that says what a converted value had become.
pub(super) const NOW: &str = "revgraph_now";

/// A column of a table that keeps values.
pub(super) struct KeptColumn {
    /// Its name, quoted where that is needed.
    pub(super) name: String,
    /// Its type with collation; empty for a column of SQLite's that takes everything as it is.
    declared: String,
    /// What turns the column that is kept into it: `::text`, or nothing.
    pub(super) into: String,
    /// What turns it back.
    pub(super) back: String,
}

/// The columns of a table that keeps values.
pub(super) struct Shape {
    /// By which a row is known.
    pub(super) key: Vec<KeptColumn>,
    pub(super) values: Vec<KeptColumn>,
    /// Further columns, as they are declared.
    pub(super) others: Vec<String>,
}

/// The columns of the table that keeps what goes.
pub(super) fn of(lost: &Lost<'_>, dialect: Dialect) -> Shape {
    let value = |column: &Column| KeptColumn::value(column, dialect);
    let (key, values, others) = match lost {
        Lost::Rows { definition, .. } => {
            (None, writable(definition).into_iter().map(value).collect(), Vec::new())
        }
        Lost::Columns { place, columns } => {
            (Some(place), columns.iter().map(|column| value(column)).collect(), Vec::new())
        }
        Lost::Converted { place, column } => {
            let now = match dialect {
                Dialect::Postgres => format!("{NOW} text"),
                Dialect::Sqlite => NOW.to_owned(),
            };
            (Some(place), vec![value(column)], vec![now])
        }
        Lost::Position { .. } => {
            let columns = match dialect {
                Dialect::Postgres => ["last_value bigint", "is_called boolean"].as_slice(),
                Dialect::Sqlite => ["seq"].as_slice(),
            };
            (None, Vec::new(), columns.iter().map(|column| (*column).to_owned()).collect())
        }
    };
    let key = key
        .into_iter()
        .flat_map(|place| place.key.iter().map(|column| KeptColumn::key(column, place.is_strict, dialect)));
    Shape { key: key.collect(), values, others }
}

impl Shape {
    /// What stands in the parentheses of `CREATE TABLE`, a line each.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> =
            self.key.iter().map(|column| format!("{} NOT NULL", column.declaration())).collect();
        lines.extend(self.values.iter().map(KeptColumn::declaration));
        lines.extend(self.others.iter().cloned());
        if !self.key.is_empty() {
            let key: Vec<&str> = self.key.iter().map(|column| column.name.as_str()).collect();
            lines.push(format!("PRIMARY KEY ({})", key.join(", ")));
        }
        lines
    }
}

impl KeptColumn {
    /// A column as it is kept: of PostgreSQL's own types as it is, of others, which may go, as text.
    fn value(column: &Column, dialect: Dialect) -> Self {
        let name = identifier(dialect, &column.name);
        if dialect == Dialect::Sqlite {
            return Self { name, declared: String::new(), into: String::new(), back: String::new() };
        }
        let data_type = &column.data_type;
        if is_of_the_server(data_type) {
            return Self { name, declared: data_type.clone(), into: String::new(), back: String::new() };
        }
        Self { name, declared: "text".to_owned(), into: "::text".to_owned(), back: format!("::{data_type}") }
    }

    /// The same of a column by which rows are known. Of SQLite's it has the affinity of the other, else no index would
    /// be used; texts are compared byte by byte.
    fn key(column: &Column, is_strict: bool, dialect: Dialect) -> Self {
        let kept = Self::value(column, dialect);
        match dialect {
            Dialect::Sqlite => {
                let takes_all = is_strict && column.data_type.eq_ignore_ascii_case("ANY");
                let declared = if takes_all { String::new() } else { column.data_type.clone() };
                Self { declared, ..kept }
            }
            Dialect::Postgres if column.collation.is_some() || !kept.into.is_empty() => {
                let collation = " COLLATE \"C\"";
                Self {
                    declared: format!("{}{collation}", kept.declared),
                    into: format!("{}{collation}", kept.into),
                    ..kept
                }
            }
            Dialect::Postgres => kept,
        }
    }

    fn declaration(&self) -> String {
        if self.declared.is_empty() { self.name.clone() } else { format!("{} {}", self.name, self.declared) }
    }
}

/// Whether a type is in every database: those of schemas and extensions are written with their schema.
fn is_of_the_server(data_type: &str) -> bool {
    !data_type.contains(['.', '"'])
}
