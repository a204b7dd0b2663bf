//! `@default(…)`

use chrono::DateTime;

use super::arguments::Arguments;
use super::model::{ColumnType, DefaultValue, Enum, Literal, Scalar};
use super::source::{Fault, Place};
use super::syntax::{Argument, Arity, Attribute, Expression, Value};

/// The field that a default is for.
pub(super) struct DefaultOf<'m> {
    pub column_type: &'m ColumnType,
    pub arity: Arity,
    pub enums: &'m [Enum],
}

/// The default that the database gets by an attribute `@default`; none where Prisma's client makes the value,
/// a fault where the field's type does not take it.
pub(super) fn read(attribute: &Attribute, field: &DefaultOf<'_>) -> Result<Option<DefaultValue>, Fault> {
    let arguments = Arguments::of(attribute, Some("value"), &["value", "map"])?;
    arguments.refuse("map", "defaults have no names in PostgreSQL and SQLite")?;
    let expression = arguments.required("value")?;
    if let Value::Call(name, arguments) = &expression.value {
        return function(name, arguments, expression, field);
    }
    if field.arity == Arity::List {
        let Value::List(values) = &expression.value else {
            return Err(Fault::new(&expression.place, "the default of a list is a list"));
        };
        let values = values.iter().map(|value| literal(value, field)).collect::<Result<_, _>>()?;
        return Ok(Some(DefaultValue::List(values)));
    }
    if matches!(expression.value, Value::List(_)) {
        return Err(Fault::new(&expression.place, "a list is no default of a field that is none"));
    }
    Ok(Some(DefaultValue::Literal(literal(expression, field)?)))
}

/// Whether it is `dbgenerated()`, which does not say what the default is.
pub(super) fn is_unknown(attribute: &Attribute) -> bool {
    attribute.arguments.iter().any(|argument| {
        matches!(&argument.value.value, Value::Call(name, arguments) if name == "dbgenerated" && arguments.is_empty())
    })
}

/// The functions, and the types of field that they are for; no type where they are for all.
const FUNCTIONS: [(&str, &[Scalar]); 7] = [
    ("autoincrement", &[Scalar::Int, Scalar::BigInt]),
    ("now", &[Scalar::DateTime]),
    ("uuid", &[Scalar::String]),
    ("cuid", &[Scalar::String]),
    ("ulid", &[Scalar::String]),
    ("nanoid", &[Scalar::String]),
    ("dbgenerated", &[]),
];

fn function(
    name: &str,
    arguments: &[Argument],
    expression: &Expression,
    field: &DefaultOf<'_>,
) -> Result<Option<DefaultValue>, Fault> {
    let place = &expression.place;
    let Some((_, scalars)) = FUNCTIONS.into_iter().find(|(known, _)| *known == name) else {
        let fault = Fault::new(place, format!("there is no function `{name}()` for a default"));
        return Err(fault.suggest(name, FUNCTIONS.map(|(known, _)| known)));
    };
    let fits = match field.column_type {
        ColumnType::Scalar(scalar, _) => scalars.is_empty() || scalars.contains(scalar),
        ColumnType::Enum(_) | ColumnType::Unsupported(_) => scalars.is_empty(),
    };
    if !fits {
        return Err(Fault::new(place, format!("`{name}()` is no default of a field of this type")));
    }
    if field.arity == Arity::List && name != "dbgenerated" {
        return Err(Fault::new(place, format!("`{name}()` is no default of a list")));
    }
    match name {
        "dbgenerated" => generated(arguments, place),
        "uuid" => integer(arguments, place, "4 or 7", |number| matches!(number, 4 | 7)),
        "cuid" => integer(arguments, place, "1 or 2", |number| matches!(number, 1 | 2)),
        "nanoid" => integer(arguments, place, "from 2 to 255", |number| (2..=255).contains(&number)),
        _ if !arguments.is_empty() => Err(Fault::new(place, format!("`{name}()` takes no argument"))),
        "autoincrement" => Ok(Some(DefaultValue::Autoincrement)),
        "now" => Ok(Some(DefaultValue::Now)),
        _ => Ok(None),
    }
}

fn generated(arguments: &[Argument], place: &Place) -> Result<Option<DefaultValue>, Fault> {
    match arguments {
        [] => Ok(None),
        [Argument { name: None, value: Expression { value: Value::Text(sql), .. } }] if !sql.is_empty() => {
            Ok(Some(DefaultValue::Expression(sql.clone())))
        }
        _ => Err(Fault::new(place, "`dbgenerated()` takes an SQL expression in quotes, or nothing")),
    }
}

/// The argument of a function whose value the client makes.
fn integer(
    arguments: &[Argument],
    place: &Place,
    allowed: &str,
    is_allowed: impl Fn(u32) -> bool,
) -> Result<Option<DefaultValue>, Fault> {
    let is_right = match arguments {
        [] => true,
        [Argument { name: None, value: Expression { value: Value::Number(number), .. } }] => {
            number.parse().is_ok_and(is_allowed)
        }
        _ => false,
    };
    if is_right {
        Ok(None)
    } else {
        Err(Fault::new(place, format!("this function takes {allowed}, or nothing")))
    }
}

/// A value of a default.
fn literal(expression: &Expression, field: &DefaultOf<'_>) -> Result<Literal, Fault> {
    let place = &expression.place;
    let scalar = match field.column_type {
        ColumnType::Unsupported(_) => {
            let fault = Fault::new(place, "a field of an unsupported type has no default but `dbgenerated`");
            return Err(fault);
        }
        ColumnType::Enum(index) => return label(expression, field.enums.get(*index)),
        ColumnType::Scalar(scalar, _) => *scalar,
    };
    let wrong = || Err(Fault::new(place, format!("this is no value of type {}", scalar.name())));
    if matches!(&expression.value, Value::Text(text) if text.contains('\0')) {
        return Err(Fault::new(place, "no database holds the character U+0000"));
    }
    match (scalar, &expression.value) {
        (Scalar::String, Value::Text(text)) => Ok(Literal::Text(text.clone())),
        (Scalar::Boolean, Value::Word(word)) if word == "true" || word == "false" => {
            Ok(Literal::Boolean(word == "true"))
        }
        (Scalar::Int | Scalar::BigInt, Value::Number(number)) => match number.parse::<i64>() {
            Ok(number) => Ok(Literal::Number(number.to_string())),
            Err(_) => wrong(),
        },
        (Scalar::Float | Scalar::Decimal, Value::Number(number)) => Ok(Literal::Number(plain(number))),
        (Scalar::Decimal, Value::Text(number)) if is_number(number) => Ok(Literal::Number(plain(number))),
        (Scalar::DateTime, Value::Text(text)) => match DateTime::parse_from_rfc3339(text) {
            Ok(time) => Ok(Literal::Text(time.format("%Y-%m-%d %H:%M:%S%.f %:z").to_string())),
            Err(_) => {
                wrong().map_err(|fault| fault.help("a date and time is written as 2020-01-31T12:00:00Z"))
            }
        },
        (Scalar::Json, Value::Text(text)) => match serde_json::from_str::<serde::de::IgnoredAny>(text) {
            Ok(_) => Ok(Literal::Text(text.clone())),
            Err(_) => wrong(),
        },
        (Scalar::Bytes, Value::Text(text)) => match from_base64(text) {
            Some(bytes) => Ok(Literal::Bytes(bytes)),
            None => wrong().map_err(|fault| fault.help("bytes are written in base64")),
        },
        _ => wrong(),
    }
}

fn label(expression: &Expression, of: Option<&Enum>) -> Result<Literal, Fault> {
    let Some(of) = of else { return Err(Fault::new(&expression.place, "this enum is not known")) };
    let Value::Word(word) = &expression.value else {
        return Err(Fault::new(
            &expression.place,
            format!("a value of the enum `{}` is expected here", of.name),
        ));
    };
    match of.values.iter().find(|(name, _)| name == word) {
        Some((_, label)) => Ok(Literal::Text(label.clone())),
        None => {
            let fault =
                Fault::new(&expression.place, format!("`{word}` is no value of the enum `{}`", of.name));
            Err(fault.suggest(word, of.values.iter().map(|(name, _)| name.as_str())))
        }
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    are_digits(whole) && are_digits(fraction)
}

/// A number as written, without leading zeros, and without the sign of zero.
fn plain(number: &str) -> String {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |digits| ("-", digits));
    let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let whole = Some(whole.trim_start_matches('0')).filter(|whole| !whole.is_empty()).unwrap_or("0");
    let is_zero = whole == "0" && fraction.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    format!("{}{whole}{fraction}", if is_zero { "" } else { sign })
}

/// The bytes of a base64 text with its padding, in the standard alphabet.
fn from_base64(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    if !text.len().is_multiple_of(4) || padding > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in digits.bytes() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(digit)) & 0xff_ffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
    }
    // What is left over stands for nothing.
    (bits & ((1 << count) - 1) == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_plainly() {
        let cases = [("007.500", "7.500"), ("-0", "0"), ("-0.0", "0.0"), ("-1.50", "-1.50"), ("00.5", "0.5")];
        for (typed, written) in cases {
            assert_eq!(plain(typed), written);
        }
    }

    #[test]
    fn base64_is_strict() {
        assert_eq!(from_base64("aGVsbG8="), Some(b"hello".to_vec()));
        assert_eq!(from_base64(""), Some(Vec::new()));
        assert_eq!(from_base64("aGVsbG8"), None);
        assert_eq!(from_base64("%%%%"), None);
        assert_eq!(from_base64("aGVsbG9="), None);
    }
}
