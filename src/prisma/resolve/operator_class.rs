//! `ops` of a field of an index, and which types the methods of PostgreSQL's indexes have.

use super::super::model::{Column, ColumnType, IndexKey, IndexMethod, Model, OperatorClass, Scalar};
use super::super::source::{Fault, Place};
use super::super::syntax::{Arity, Expression, Value};
use super::predicate;

/// Operator classes other than BRIN's.
const CLASSES: [(&str, &str, &[IndexMethod], &[&str]); 5] = [
    ("JsonbOps", "jsonb_ops", &[IndexMethod::Gin], &["JsonB"]),
    ("JsonbPathOps", "jsonb_path_ops", &[IndexMethod::Gin], &["JsonB"]),
    ("ArrayOps", "array_ops", &[IndexMethod::Gin], &["[]"]),
    ("InetOps", "inet_ops", &[IndexMethod::Gist, IndexMethod::SpGist], &["Inet"]),
    ("TextOps", "text_ops", &[IndexMethod::SpGist], &["Text", "VarChar", "Char"]),
];

/// The types of BRIN's classes: their name in the schema and in SQL, the native types, and which kinds they have.
const BRIN: [(&str, &str, &[&str], &[&str]); 19] = [
    ("Bit", "bit", &["Bit"], &["MinMax"]),
    ("VarBit", "varbit", &["VarBit"], &["MinMax"]),
    ("Bpchar", "bpchar", &["Char"], &["Bloom", "MinMax"]),
    ("Bytea", "bytea", &["ByteA"], &["Bloom", "MinMax"]),
    ("Date", "date", &["Date"], &["Bloom", "MinMax", "MinMaxMulti"]),
    ("Float4", "float4", &["Real"], &["Bloom", "MinMax", "MinMaxMulti"]),
    ("Float8", "float8", &["DoublePrecision"], &["Bloom", "MinMax", "MinMaxMulti"]),
    ("Inet", "inet", &["Inet"], &["Inclusion", "Bloom", "MinMax", "MinMaxMulti"]),
    ("Int2", "int2", &["SmallInt"], &["Bloom", "MinMax", "MinMaxMulti"]),
    ("Int4", "int4", &["Integer"], &["Bloom", "MinMax", "MinMaxMulti"]),
    ("Int8", "int8", &["BigInt"], &["Bloom", "MinMax", "MinMaxMulti"]),
    ("Numeric", "numeric", &["Decimal"], &["Bloom", "MinMax", "MinMaxMulti"]),
    ("Oid", "oid", &["Oid"], &["Bloom", "MinMax", "MinMaxMulti"]),
    ("Text", "text", &["Text", "VarChar"], &["Bloom", "MinMax"]),
    ("Timestamp", "timestamp", &["Timestamp"], &["Bloom", "MinMax", "MinMaxMulti"]),
    ("TimestampTz", "timestamptz", &["Timestamptz"], &["Bloom", "MinMax", "MinMaxMulti"]),
    ("Time", "time", &["Time"], &["Bloom", "MinMax", "MinMaxMulti"]),
    ("TimeTz", "timetz", &["Timetz"], &["Bloom", "MinMax", "MinMaxMulti"]),
    ("Uuid", "uuid", &["Uuid"], &["Bloom", "MinMax", "MinMaxMulti"]),
];

/// The class of `ops: JsonbPathOps` or `ops: raw("gin_trgm_ops")`, as SQL has it.
///
/// # Errors
/// A fault where there is no such class, with the nearest.
pub(super) fn read(value: &Expression) -> Result<OperatorClass, Fault> {
    match &value.value {
        Value::Call(name, arguments) if name == "raw" => {
            Ok(OperatorClass { sql: predicate::raw(value, arguments)?, is_raw: true })
        }
        Value::Word(name) => match named(name) {
            Some(sql) => Ok(OperatorClass { sql, is_raw: false }),
            None => {
                let known: Vec<String> = all();
                let fault = Fault::new(&value.place, format!("there is no operator class `{name}`"));
                let fault = fault.suggest(name, known.iter().map(String::as_str));
                Err(if fault.help.is_some() {
                    fault
                } else {
                    fault.help("any other is written as ops: raw(\"…\")")
                })
            }
        },
        _ => Err(Fault::new(&value.place, "`ops` is the name of an operator class, or `raw(\"…\")`")),
    }
}

/// SQL's name of a class.
fn named(name: &str) -> Option<String> {
    if let Some((_, sql, ..)) = CLASSES.iter().find(|(known, ..)| *known == name) {
        return Some((*sql).to_owned());
    }
    BRIN.iter().find_map(|(prefix, sql, _, kinds)| {
        let kind = name.strip_prefix(prefix)?.strip_suffix("Ops")?;
        kinds.contains(&kind).then(|| format!("{sql}_{}_ops", kind_in_sql(kind)))
    })
}

fn kind_in_sql(kind: &str) -> &'static str {
    match kind {
        "MinMax" => "minmax",
        "MinMaxMulti" => "minmax_multi",
        "Inclusion" => "inclusion",
        _ => "bloom",
    }
}

fn all() -> Vec<String> {
    let brin = BRIN
        .iter()
        .flat_map(|(prefix, _, _, kinds)| kinds.iter().map(move |kind| format!("{prefix}{kind}Ops")));
    CLASSES.iter().map(|(name, ..)| (*name).to_owned()).chain(brin).collect()
}

/// The name that a class has in the Prisma schema, by its name in SQL; none where it can only be written as `raw("…")`.
pub(in crate::prisma) fn schema_name(sql: &str) -> Option<String> {
    all().into_iter().find(|name| named(name).as_deref() == Some(sql))
}

/// Refuses an index whose method or operator classes do not fit the types of its columns.
pub(super) fn check(
    model: &Model,
    keys: &[IndexKey],
    method: Option<IndexMethod>,
    place: &Place,
) -> Result<(), Fault> {
    if method == Some(IndexMethod::SpGist) && keys.len() > 1 {
        return Err(Fault::new(place, "an SpGist index has one field"));
    }
    for key in keys {
        let Some(column) = model.columns.get(key.column) else { continue };
        if method == Some(IndexMethod::Hash) && key.is_descending.is_some() {
            return Err(Fault::new(place, "a Hash index has no `sort`"));
        }
        let native = native_name(column);
        if native == Some("Xml") {
            return Err(Fault::new(place, format!("`{}` is XML, which no index can hold", column.field)));
        }
        let Some(class) = &key.operator_class else {
            if !has_default_class(method, column, native) {
                let message = format!(
                    "a {} index cannot hold `{}`",
                    method.map_or("BTree", IndexMethod::name),
                    column.field
                );
                return Err(Fault::new(place, message).help("give an operator class: ops: raw(\"…\")"));
            }
            continue;
        };
        if !class.is_raw {
            check_class(&class.sql, method, column, native, place)?;
        }
    }
    Ok(())
}

/// A class that the language knows must fit.
fn check_class(
    class: &str,
    method: Option<IndexMethod>,
    column: &Column,
    native: Option<&str>,
    place: &Place,
) -> Result<(), Fault> {
    let (methods, natives): (&[IndexMethod], &[&str]) =
        if let Some((_, _, methods, natives)) = CLASSES.iter().find(|(_, sql, ..)| *sql == class) {
            (methods, natives)
        } else if let Some((_, _, natives, _)) = BRIN.iter().find(|(_, sql, _, kinds)| {
            kinds.iter().any(|kind| format!("{sql}_{}_ops", kind_in_sql(kind)) == class)
        }) {
            (&[IndexMethod::Brin], natives)
        } else {
            return Ok(());
        };
    if !method.is_some_and(|method| methods.contains(&method)) {
        let message = format!(
            "`{class}` is no operator class of a {} index",
            method.map_or("BTree", IndexMethod::name)
        );
        return Err(Fault::new(place, message));
    }
    let is_list = column.arity == Arity::List;
    let fits =
        if natives.contains(&"[]") { is_list } else { native.is_none_or(|native| natives.contains(&native)) };
    if fits {
        Ok(())
    } else {
        Err(Fault::new(place, format!("`{class}` does not fit the type of `{}`", column.field)))
    }
}

/// The native type of a column, given or usual; none where it is unsupported or an enum.
fn native_name(column: &Column) -> Option<&'static str> {
    match &column.column_type {
        ColumnType::Scalar(_, Some(native)) => Some(native.name),
        ColumnType::Scalar(scalar, None) => Some(match scalar {
            Scalar::String => "Text",
            Scalar::Boolean => "Boolean",
            Scalar::Int => "Integer",
            Scalar::BigInt => "BigInt",
            Scalar::Float => "DoublePrecision",
            Scalar::Decimal => "Decimal",
            Scalar::DateTime => "Timestamp",
            Scalar::Json => "JsonB",
            Scalar::Bytes => "ByteA",
        }),
        ColumnType::Enum(_) | ColumnType::Unsupported(_) => None,
    }
}

/// Whether PostgreSQL has an operator class of its own for the type.
fn has_default_class(method: Option<IndexMethod>, column: &Column, native: Option<&str>) -> bool {
    if matches!(column.column_type, ColumnType::Unsupported(_)) {
        return true;
    }
    match method {
        None | Some(IndexMethod::Hash) => true,
        Some(IndexMethod::Gin) => column.arity == Arity::List || native == Some("JsonB"),
        Some(IndexMethod::Gist) => false,
        Some(IndexMethod::SpGist) => matches!(native, Some("Inet" | "Text" | "VarChar" | "Char")),
        Some(IndexMethod::Brin) => {
            native.is_some_and(|native| BRIN.iter().any(|(_, _, natives, _)| natives.contains(&native)))
        }
    }
}
