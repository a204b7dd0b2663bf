//! The types and defaults of columns, as the model language has them.

use super::super::model::Scalar;

/// The type of the language for a column of PostgreSQL, as `format_type` writes its type, and the native type where it
/// is not the usual one: `(String, Some("VarChar(50)"))`. None where the language has none.
#[must_use]
pub fn postgres_column(data_type: &str) -> Option<(Scalar, Option<String>)> {
    let (name, arguments) = split_arguments(data_type);
    let with = |native: &str| match &arguments {
        Some(arguments) => format!("{native}({})", arguments.replace(',', ", ")),
        None => native.to_owned(),
    };
    let plain = |scalar| Some((scalar, None));
    let native = |scalar, native: &str| Some((scalar, Some(with(native))));
    match name.as_str() {
        "integer" => plain(Scalar::Int),
        "smallint" => native(Scalar::Int, "SmallInt"),
        "oid" => native(Scalar::Int, "Oid"),
        "bigint" => plain(Scalar::BigInt),
        "double precision" => plain(Scalar::Float),
        "real" => native(Scalar::Float, "Real"),
        "numeric" if arguments.as_deref() == Some("65,30") => plain(Scalar::Decimal),
        "numeric" => native(Scalar::Decimal, "Decimal"),
        "money" => native(Scalar::Decimal, "Money"),
        "text" => plain(Scalar::String),
        "character varying" => native(Scalar::String, "VarChar"),
        "character" => native(Scalar::String, "Char"),
        "bit" => native(Scalar::String, "Bit"),
        "bit varying" => native(Scalar::String, "VarBit"),
        "uuid" => native(Scalar::String, "Uuid"),
        "xml" => native(Scalar::String, "Xml"),
        "inet" => native(Scalar::String, "Inet"),
        "citext" | "public.citext" => native(Scalar::String, "Citext"),
        "boolean" => plain(Scalar::Boolean),
        "timestamp without time zone" if arguments.as_deref() == Some("3") => plain(Scalar::DateTime),
        "timestamp without time zone" => native(Scalar::DateTime, "Timestamp"),
        "timestamp with time zone" => native(Scalar::DateTime, "Timestamptz"),
        "date" => native(Scalar::DateTime, "Date"),
        "time without time zone" => native(Scalar::DateTime, "Time"),
        "time with time zone" => native(Scalar::DateTime, "Timetz"),
        "jsonb" => plain(Scalar::Json),
        "json" => native(Scalar::Json, "Json"),
        "bytea" => plain(Scalar::Bytes),
        _ => None,
    }
}

/// `timestamp(3) without time zone` as name and arguments.
fn split_arguments(data_type: &str) -> (String, Option<String>) {
    let Some((before, rest)) = data_type.split_once('(') else { return (data_type.to_owned(), None) };
    let Some((arguments, after)) = rest.split_once(')') else { return (data_type.to_owned(), None) };
    (format!("{before}{after}"), Some(arguments.to_owned()))
}

/// The type of the language for the declared type of a column of SQLite. None where the language has none.
#[must_use]
pub fn sqlite_scalar(declared: &str) -> Option<Scalar> {
    let (name, _) = split_arguments(declared);
    Some(match name.trim().to_ascii_lowercase().as_str() {
        "int" | "integer" | "tinyint" | "smallint" | "mediumint" | "int2" | "int4" => Scalar::Int,
        "bigint" | "unsigned big int" | "int8" => Scalar::BigInt,
        "real" | "float" | "double" | "double precision" => Scalar::Float,
        "decimal" | "numeric" => Scalar::Decimal,
        "text" | "clob" | "varchar" | "character" | "char" | "nchar" | "nvarchar" | "varying character"
        | "native character" | "character varying" | "uuid" => Scalar::String,
        "boolean" | "bool" => Scalar::Boolean,
        "date" | "datetime" | "timestamp" | "time" => Scalar::DateTime,
        "json" | "jsonb" => Scalar::Json,
        "blob" | "binary" | "bytea" => Scalar::Bytes,
        _ => return None,
    })
}

/// A default of SQLite in the one spelling by which two are the same.
#[must_use]
pub fn sqlite_default(default: &str) -> String {
    let mut text = default.trim();
    while let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        if !is_balanced(inner) {
            break;
        }
        text = inner.trim();
    }
    match text.to_ascii_lowercase().as_str() {
        "true" => "1".to_owned(),
        "false" => "0".to_owned(),
        "current_timestamp" => "CURRENT_TIMESTAMP".to_owned(),
        _ => text.to_owned(),
    }
}

/// Whether no parenthesis of a text closes one outside of it.
fn is_balanced(text: &str) -> bool {
    let mut depth = 0_i32;
    text.chars().all(|c| {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        depth >= 0
    }) && depth == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_of_postgres_come_back() {
        let cases = [
            ("timestamp(3) without time zone", Some((Scalar::DateTime, None))),
            ("timestamp(6) with time zone", Some((Scalar::DateTime, Some("Timestamptz(6)".to_owned())))),
            ("numeric(10,2)", Some((Scalar::Decimal, Some("Decimal(10, 2)".to_owned())))),
            ("character varying", Some((Scalar::String, Some("VarChar".to_owned())))),
            ("circle", None),
        ];
        for (data_type, scalar) in cases {
            assert_eq!(postgres_column(data_type), scalar, "{data_type}");
        }
    }

    #[test]
    fn defaults_of_sqlite_have_one_spelling() {
        for (one, other) in [("(1)", "1"), ("TRUE", "1"), ("((current_timestamp))", "CURRENT_TIMESTAMP")] {
            assert_eq!(sqlite_default(one), sqlite_default(other));
        }
        assert_eq!(sqlite_default("(a)+(b)"), "(a)+(b)");
    }
}
