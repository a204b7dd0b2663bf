//! Tables that another tool keeps.

/// A table of another tool's, and what of it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignTable {
    /// Its schema, on PostgreSQL; without one that of the URL, else the search path finds it.
    pub schema: Option<&'static str>,
    /// The file beside the database's that holds it, on SQLite; without one it is in the database itself.
    pub file: Option<&'static str>,
    /// The table's name, unquoted.
    pub name: String,
    /// The columns.
    pub columns: Vec<ForeignColumn>,
    /// The columns that the rows are sorted by.
    pub order_by: Vec<&'static str>,
}

/// A column, and how its values become text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForeignColumn {
    /// As the database writes it.
    Text(&'static str),
    /// Bytes, as hexadecimal digits in lower case.
    Bytes(&'static str),
}

impl ForeignColumn {
    /// The name of the column, unquoted.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text(name) | Self::Bytes(name) => name,
        }
    }
}

/// What a table of another tool's holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ForeignRows {
    /// There is no such table.
    NoTable,
    /// The table lacks some of the columns; these it has.
    OtherColumns(Vec<String>),
    /// The values of the columns asked for, in the order asked for.
    Rows(Vec<Vec<Option<String>>>),
}

impl ForeignTable {
    /// Whether a table with these columns has all that are asked for and sorted by.
    pub(super) fn fits(&self, columns: &[String]) -> bool {
        let asked = self.columns.iter().map(|column| column.name()).chain(self.order_by.iter().copied());
        asked.into_iter().all(|name| columns.iter().any(|column| column == name))
    }
}
