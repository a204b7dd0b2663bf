//! What of the values of tables is compared.

use crate::backend::TableRows;

/// What stands for a value that is only counted.
const PRESENT: &str = "a value";

/// A column whose values have to be there still, under the name that it has then.
pub(super) struct Compared<'t> {
    /// The column's name before.
    pub(super) before: &'t str,
    /// The column's name afterwards.
    pub(super) then: String,
    pub(super) reading: Reading,
}

impl<'t> Compared<'t> {
    /// All values of a column that keeps its name.
    pub(super) fn value(column: &'t str) -> Self {
        Self { before: column, then: column.to_owned(), reading: Reading::Value }
    }
}

/// How much of a value has to be as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reading {
    /// The value itself.
    Value,
    /// Only whether there is a value: it is written otherwise afterwards.
    Presence,
    /// Nothing: where there was no value there is one afterwards.
    Nothing,
}

/// The values of some columns, which `called` finds in the table, under the names that they had before.
pub(super) fn projected<'c, 't>(
    table: &TableRows,
    columns: &'c [Compared<'t>],
    called: impl Fn(&'c Compared<'t>) -> &'c str,
) -> TableRows {
    let place = |column| table.columns.iter().position(|name| name == called(column));
    let places: Vec<(Option<usize>, Reading)> =
        columns.iter().map(|column| (place(column), column.reading)).collect();
    let value = |row: &Vec<String>, (place, reading): &(Option<usize>, Reading)| {
        let value = place.and_then(|place| row.get(place)).cloned().unwrap_or_default();
        match reading {
            Reading::Nothing => PRESENT.to_owned(),
            Reading::Presence if value != "NULL" => PRESENT.to_owned(),
            Reading::Value | Reading::Presence => value,
        }
    };
    TableRows {
        columns: columns.iter().map(|column| column.before.to_owned()).collect(),
        rows: table.rows.iter().map(|row| places.iter().map(|place| value(row, place)).collect()).collect(),
    }
}
