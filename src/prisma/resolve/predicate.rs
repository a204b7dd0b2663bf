//! `where` of an index: the predicate of a partial index.

use super::super::model::{Column, ColumnType, Model, Scalar};
use super::super::source::Fault;
use super::super::syntax::{Argument, Expression, Name, Value};
use crate::sql::Dialect;

/// The predicate as SQL, without parentheses around it. The conditions of an object are joined by `AND`.
///
/// # Errors
/// A fault at what is neither `raw("…")` nor an object, and at a condition that the model's columns do not take.
pub(super) fn read(value: &Expression, model: &Model, dialect: Dialect) -> Result<String, Fault> {
    match &value.value {
        Value::Call(name, arguments) if name == "raw" => raw(value, arguments),
        Value::Object(conditions) if !conditions.is_empty() => {
            let conditions = conditions.iter().map(|(field, value)| condition(field, value, model, dialect));
            Ok(conditions.collect::<Result<Vec<_>, _>>()?.join(" AND "))
        }
        _ => {
            let fault = Fault::new(&value.place, "`where` is `raw(\"…\")` or an object that is not empty");
            Err(fault.help("where: raw(\"status = 'active'\"), or where: { active: true }"))
        }
    }
}

/// The SQL in `raw("…")`; a fault where it is not one text in quotes.
pub(super) fn raw(value: &Expression, arguments: &[Argument]) -> Result<String, Fault> {
    match arguments {
        [Argument { name: None, value: Expression { value: Value::Text(sql), .. } }]
            if !sql.trim().is_empty() =>
        {
            Ok(sql.clone())
        }
        _ => Err(Fault::new(&value.place, "`raw` takes SQL in quotes")),
    }
}

fn condition(field: &Name, value: &Expression, model: &Model, dialect: Dialect) -> Result<String, Fault> {
    let Some(column) = model.columns.iter().find(|column| column.field == field.text) else {
        let known = model.columns.iter().map(|column| column.field.as_str());
        let fault = Fault::new(&field.place, format!("`{}` has no field `{}`", model.name, field.text));
        return Err(fault.suggest(&field.text, known));
    };
    let (value, is_negated) = match &value.value {
        Value::Object(conditions) => match conditions.as_slice() {
            [(not, value)] if not.text == "not" => (value, true),
            _ => return Err(Fault::new(&value.place, "only `{ not: … }` can stand here")),
        },
        _ => (value, false),
    };
    let name = dialect.quote_identifier(&column.name);
    if matches!(&value.value, Value::Word(word) if word == "null") {
        return Ok(format!("{name} IS {}NULL", if is_negated { "NOT " } else { "" }));
    }
    let literal = literal(column, value, dialect)?;
    Ok(format!("{name} {} {literal}", if is_negated { "!=" } else { "=" }))
}

fn literal(column: &Column, value: &Expression, dialect: Dialect) -> Result<String, Fault> {
    use Scalar::{BigInt, Boolean, DateTime, Decimal, Float, Int, String};
    let scalar = match &column.column_type {
        ColumnType::Scalar(scalar, _) => Some(*scalar),
        ColumnType::Enum(_) | ColumnType::Unsupported(_) => None,
    };
    match (&value.value, scalar) {
        (Value::Word(word), Some(Boolean)) if word == "true" || word == "false" => Ok(word.clone()),
        (Value::Number(number), Some(Int | BigInt | Float | Decimal)) => Ok(number.clone()),
        (Value::Text(text), Some(String | DateTime) | None) => Ok(dialect.quote_literal(text)),
        _ => Err(Fault::new(&value.place, format!("this is no value of the field `{}`", column.field))),
    }
}
