//! What a column of SQLite makes of the values that it is given, after
//! <https://www.sqlite.org/datatype3.html#determination_of_column_affinity> and <https://www.sqlite.org/stricttables.html>.

/// The affinity of a column of SQLite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Affinity {
    /// Whole numbers; numbers as texts become such.
    Integer,
    /// Texts; numbers become such.
    Text,
    /// Takes everything as it is.
    Blob,
    /// Floating point numbers.
    Real,
    /// Numbers of any kind.
    Numeric,
}

impl Affinity {
    /// Of a column with this type. `ANY` means another thing in a `STRICT` table.
    #[must_use]
    pub fn of_column(data_type: &str, is_strict: bool) -> Self {
        let data_type = data_type.to_ascii_uppercase();
        let has = |words: &[&str]| words.iter().any(|word| data_type.contains(word));
        if has(&["INT"]) {
            Self::Integer
        } else if has(&["CHAR", "CLOB", "TEXT"]) {
            Self::Text
        } else if data_type.is_empty() || has(&["BLOB"]) || (is_strict && data_type == "ANY") {
            Self::Blob
        } else if has(&["REAL", "FLOA", "DOUB"]) {
            Self::Real
        } else {
            Self::Numeric
        }
    }

    /// What a column of this affinity takes values for, in words for messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Integer | Self::Numeric => "numbers",
            Self::Text => "texts",
            Self::Blob => "what they are",
            Self::Real => "floating point numbers",
        }
    }
}
