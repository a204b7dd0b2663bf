//! `@db.…`: the types of PostgreSQL that a field can have in place of its usual one. SQLite has none.

use super::scalar::Scalar;
use super::source::{Fault, Place, nearest};
use super::syntax::{Attribute, Value};

/// A type of the database's own, as in `@db.VarChar(50)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NativeType {
    /// The type's name in the Prisma schema, without `@db.`.
    pub name: &'static str,
    /// The type's name in SQL.
    pub sql: &'static str,
    /// What stands in parentheses.
    pub arguments: Vec<u32>,
}

/// How many numbers a type takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    Nothing,
    /// A length, or none.
    Length,
    /// A length that is not zero, or none.
    PositiveLength,
    /// The digits of a second, or none.
    Digits,
    /// Precision and scale, or neither.
    Precision,
}

/// All native types: name, SQL, the scalar that they belong to, and what they take.
const TYPES: [(&str, &str, Scalar, Takes); 26] = [
    ("SmallInt", "SMALLINT", Scalar::Int, Takes::Nothing),
    ("Integer", "INTEGER", Scalar::Int, Takes::Nothing),
    ("Oid", "OID", Scalar::Int, Takes::Nothing),
    ("BigInt", "BIGINT", Scalar::BigInt, Takes::Nothing),
    ("Real", "REAL", Scalar::Float, Takes::Nothing),
    ("DoublePrecision", "DOUBLE PRECISION", Scalar::Float, Takes::Nothing),
    ("Decimal", "DECIMAL", Scalar::Decimal, Takes::Precision),
    ("Money", "MONEY", Scalar::Decimal, Takes::Nothing),
    ("Text", "TEXT", Scalar::String, Takes::Nothing),
    ("VarChar", "VARCHAR", Scalar::String, Takes::Length),
    ("Char", "CHAR", Scalar::String, Takes::Length),
    ("Bit", "BIT", Scalar::String, Takes::PositiveLength),
    ("VarBit", "VARBIT", Scalar::String, Takes::PositiveLength),
    ("Uuid", "UUID", Scalar::String, Takes::Nothing),
    ("Xml", "XML", Scalar::String, Takes::Nothing),
    ("Inet", "INET", Scalar::String, Takes::Nothing),
    ("Citext", "CITEXT", Scalar::String, Takes::Nothing),
    ("Boolean", "BOOLEAN", Scalar::Boolean, Takes::Nothing),
    ("Timestamp", "TIMESTAMP", Scalar::DateTime, Takes::Digits),
    ("Timestamptz", "TIMESTAMPTZ", Scalar::DateTime, Takes::Digits),
    ("Date", "DATE", Scalar::DateTime, Takes::Nothing),
    ("Time", "TIME", Scalar::DateTime, Takes::Digits),
    ("Timetz", "TIMETZ", Scalar::DateTime, Takes::Digits),
    ("Json", "JSON", Scalar::Json, Takes::Nothing),
    ("JsonB", "JSONB", Scalar::Json, Takes::Nothing),
    ("ByteA", "BYTEA", Scalar::Bytes, Takes::Nothing),
];

impl NativeType {
    /// The type with this name in the Prisma schema, without arguments; none where there is no such type.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let (name, sql, ..) = TYPES.into_iter().find(|(known, ..)| *known == name)?;
        Some(Self { name, sql, arguments: Vec::new() })
    }

    /// The type as SQL has it: `VARCHAR(50)`.
    #[must_use]
    pub fn to_sql(&self) -> String {
        self.with_arguments(self.sql)
    }

    /// The type as the schema has it, without `@db.`: `VarChar(50)`.
    #[must_use]
    pub fn to_schema(&self) -> String {
        match self.arguments.as_slice() {
            [precision, scale] => format!("{}({precision}, {scale})", self.name),
            _ => self.with_arguments(self.name),
        }
    }

    fn with_arguments(&self, name: &str) -> String {
        let arguments: Vec<String> = self.arguments.iter().map(u32::to_string).collect();
        if arguments.is_empty() { name.to_owned() } else { format!("{name}({})", arguments.join(",")) }
    }
}

/// The scalar type whose fields can have this native type.
#[must_use]
pub fn scalar_of(native: &NativeType) -> Option<Scalar> {
    TYPES.into_iter().find(|(known, ..)| *known == native.name).map(|(_, _, scalar, _)| scalar)
}

/// The native type of an attribute `@db.NAME(…)` of a field of type `scalar`.
///
/// # Errors
/// A fault at a type that is unknown, belongs to another scalar, or does not take these arguments.
pub(super) fn read(attribute: &Attribute, name: &str, scalar: Scalar) -> Result<NativeType, Fault> {
    let place = &attribute.place;
    let Some((known, sql, owner, takes)) = TYPES.into_iter().find(|(known, ..)| *known == name) else {
        let known = TYPES.into_iter().map(|(known, ..)| known);
        let fault = Fault::new(place, format!("PostgreSQL has no native type `{name}`"));
        return Err(match nearest(name, known) {
            Some(near) => fault.help(format!("did you mean {near}?")),
            None => fault,
        });
    };
    if owner != scalar {
        let message =
            format!("`{known}` is a type of {} fields, and this one is {}", owner.name(), scalar.name());
        return Err(Fault::new(place, message));
    }
    let arguments = attribute
        .arguments
        .iter()
        .map(|argument| match &argument.value.value {
            Value::Number(number) if argument.name.is_none() => number.parse().ok(),
            _ => None,
        })
        .collect::<Option<Vec<u32>>>()
        .ok_or_else(|| Fault::new(place, format!("`{known}` takes whole numbers that are not negative")))?;
    check(known, takes, &arguments, place)?;
    Ok(NativeType { name: known, sql, arguments })
}

fn check(name: &str, takes: Takes, arguments: &[u32], place: &Place) -> Result<(), Fault> {
    let wrong = |message: String| Err(Fault::new(place, message));
    match (takes, arguments) {
        (_, []) => Ok(()),
        (Takes::Nothing, _) => wrong(format!("`{name}` takes no argument")),
        (Takes::Precision, [precision, scale]) => {
            if scale > precision {
                wrong(format!("the scale {scale} is larger than the precision {precision}"))
            } else if *precision == 0 || *precision > 1000 {
                wrong("the precision is from 1 to 1000".to_owned())
            } else {
                Ok(())
            }
        }
        (Takes::Precision, _) => wrong(format!("`{name}` takes a precision and a scale, or nothing")),
        (Takes::PositiveLength, [0]) => wrong(format!("the length of `{name}` is at least 1")),
        (Takes::Digits, [digits]) if *digits > 6 => {
            wrong("the digits of a second are from 0 to 6".to_owned())
        }
        (Takes::Length | Takes::PositiveLength | Takes::Digits, [_]) => Ok(()),
        (Takes::Length | Takes::PositiveLength | Takes::Digits, _) => {
            wrong(format!("`{name}` takes one argument or none"))
        }
    }
}
