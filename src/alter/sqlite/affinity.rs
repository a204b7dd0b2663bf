//! Values that become others as those of a column with another affinity.

use crate::catalog::Affinity;

/// Which values, on the way from one column to another, become others that cannot be turned back: a condition on the
/// old column. None where there can be no such values.
///
/// A comparison with `CAST(… AS NUMERIC)` takes a text for a number just as a numeric column does.
pub(super) fn altered(from: Affinity, to: Affinity, column: &str) -> Option<String> {
    use Affinity::{Blob, Integer, Numeric, Real, Text};
    let rewritten_text = |data_type: &str| {
        format!(
            "(typeof({column}) = 'text' AND CAST({column} AS NUMERIC) = {column} \
             AND CAST(CAST({column} AS {data_type}) AS TEXT) <> {column})"
        )
    };
    let numeric_text = format!("(typeof({column}) = 'text' AND CAST({column} AS NUMERIC) = {column})");
    let imprecise =
        format!("(typeof({column}) = 'integer' AND CAST(CAST({column} AS REAL) AS INTEGER) <> {column})");
    match (from, to) {
        (from, to) if from == to => None,
        (_, Blob) | (Integer, Numeric) | (Numeric, Integer) => None,
        (Integer | Numeric, Real) => Some(imprecise),
        // A floating point number without fraction becomes an integer, which compares equal.
        (Real, Integer | Numeric) => None,
        (Text, Real) => Some(rewritten_text("REAL")),
        (Text, Integer | Numeric) => Some(rewritten_text("NUMERIC")),
        // What takes everything as it is makes no text again of a number.
        (Blob, Real) => Some(format!("{numeric_text} OR {imprecise}")),
        (Blob, Integer | Numeric) => Some(numeric_text),
        (Blob, Text) => Some(format!("typeof({column}) IN ('integer', 'real')")),
        (Integer | Real | Numeric, Text) => {
            Some(format!("typeof({column}) = 'real' AND CAST(CAST({column} AS TEXT) AS REAL) <> {column}"))
        }
        (Integer | Real | Numeric | Text, Integer | Real | Numeric | Text) => None,
    }
}

/// Which values a column of a `STRICT` table refuses: a condition on the old column. None where it takes all.
pub(super) fn refused(data_type: &str, column: &str) -> Option<String> {
    let is_no = |cast: &str| format!("{column} IS NOT NULL AND CAST({column} AS {cast}) IS NOT {column}");
    match data_type.to_ascii_uppercase().as_str() {
        "INT" | "INTEGER" => Some(is_no("INTEGER")),
        // Rounded where it has too many digits.
        "REAL" => Some(is_no("NUMERIC")),
        "TEXT" => Some(format!("typeof({column}) = 'blob'")),
        "BLOB" => Some(format!("typeof({column}) NOT IN ('blob', 'null')")),
        _ => None,
    }
}
