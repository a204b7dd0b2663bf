//! A value of a type.

use crate::catalog::sql::text_literal;
use crate::sql::Dialect;

/// What kind of row a value is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flavour {
    /// As most rows are.
    Ordinary,
    /// At the edge of what the type holds.
    Edge,
    /// Ordinary again, so that there are several.
    Other,
    /// NULL wherever it may be.
    Sparse,
}

/// The kind of values that a type holds, and how large they may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Family {
    /// Whole numbers up to this one.
    Integer(i64),
    /// Numbers with so many digits before the point and after it.
    Decimal(u32, u32),
    Float,
    Boolean,
    /// Texts of so many characters at the most.
    Text(usize),
    Bytes,
    Date,
    Time,
    Timestamp,
    Interval,
    Uuid,
    Json,
    /// One of these labels.
    Enum(Vec<String>),
    Network,
    /// Bits, exactly so many.
    Bits(usize),
    /// A range of numbers or times, which may be empty.
    Range,
    /// Several of these; the type itself, without which the server takes texts for an array of texts.
    Array(Box<Family>, String),
    Unknown,
}

impl Family {
    /// The family of a type as the database writes it, with the labels that it has as an enum.
    pub(super) fn of(dialect: Dialect, data_type: &str, labels: &[String]) -> Self {
        if let Some(element) = data_type.strip_suffix("[]").filter(|_| dialect == Dialect::Postgres) {
            return Self::Array(Box::new(Self::of(dialect, element, labels)), data_type.to_owned());
        }
        if !labels.is_empty() {
            return Self::Enum(labels.to_vec());
        }
        let lower = data_type.to_lowercase();
        let (name, modifiers) = split(&lower);
        match dialect {
            Dialect::Postgres => Self::of_postgres(&name, &modifiers),
            Dialect::Sqlite => Self::of_sqlite(&name, &modifiers),
        }
    }

    fn of_postgres(name: &str, modifiers: &[u32]) -> Self {
        let first = |default: u32| modifiers.first().copied().unwrap_or(default);
        match name {
            "smallint" => Self::Integer(i64::from(i16::MAX)),
            "integer" | "oid" => Self::Integer(i64::from(i32::MAX)),
            "bigint" => Self::Integer(i64::MAX),
            "numeric" => {
                let scale = modifiers.get(1).copied().unwrap_or(0);
                let whole = first(12).saturating_sub(scale);
                Self::Decimal(whole, if modifiers.is_empty() { 3 } else { scale })
            }
            "real" | "double precision" => Self::Float,
            "money" => Self::Decimal(6, 2),
            "boolean" => Self::Boolean,
            "character" | "character varying" | "text" | "name" | "citext" => {
                let unlimited = if name == "character" { 1 } else { 200 };
                Self::Text(usize::try_from(first(unlimited)).unwrap_or(1))
            }
            "bytea" => Self::Bytes,
            "date" => Self::Date,
            "uuid" => Self::Uuid,
            "json" | "jsonb" => Self::Json,
            "inet" | "cidr" => Self::Network,
            "bit" => Self::Bits(usize::try_from(first(1)).unwrap_or(1)),
            "bit varying" => Self::Bits(1),
            "interval" => Self::Interval,
            _ if name.starts_with("timestamp") => Self::Timestamp,
            _ if name.starts_with("time ") => Self::Time,
            _ if name.ends_with("range") => Self::Range,
            _ => Self::Unknown,
        }
    }

    /// After the words that people use, since SQLite takes any; it holds everything anyway.
    fn of_sqlite(name: &str, modifiers: &[u32]) -> Self {
        let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
        if has(&["int"]) {
            Self::Integer(i64::MAX)
        } else if has(&["char", "clob", "text"]) {
            let longest = modifiers.first().copied().unwrap_or(200);
            Self::Text(usize::try_from(longest).unwrap_or(1))
        } else if has(&["bool"]) {
            Self::Boolean
        } else if has(&["real", "floa", "doub"]) {
            Self::Float
        } else if has(&["num", "dec"]) {
            Self::Decimal(10, 2)
        } else if has(&["timestamp", "datetime"]) {
            Self::Timestamp
        } else if has(&["date"]) {
            Self::Date
        } else if has(&["time"]) {
            Self::Time
        } else if has(&["json"]) {
            Self::Json
        } else if has(&["blob"]) {
            Self::Bytes
        } else {
            Self::Text(200)
        }
    }
}

/// A type's name without modifiers, and these.
fn split(data_type: &str) -> (String, Vec<u32>) {
    let Some((before, rest)) = data_type.split_once('(') else {
        return (data_type.to_owned(), Vec::new());
    };
    let (inside, after) = rest.split_once(')').unwrap_or((rest, ""));
    let modifiers = inside.split(',').filter_map(|number| number.trim().parse().ok()).collect();
    (format!("{}{after}", before.trim_end()), modifiers)
}

/// A value as a literal: of rows of different places another one, where it must be and the type has so many.
pub(super) fn literal(
    dialect: Dialect,
    family: &Family,
    flavour: Flavour,
    place: usize,
    is_unique: bool,
) -> String {
    let number = place + 1;
    let is_edge = flavour == Flavour::Edge;
    let quoted = |text: &str| text_literal(dialect, text);
    match family {
        Family::Integer(largest) if is_edge && *largest < i64::MAX => largest.to_string(),
        // Beyond what a floating point number holds exactly.
        Family::Integer(_) if is_edge => "9007199254740993".to_owned(),
        Family::Integer(_) => number.to_string(),
        Family::Decimal(whole, scale) => decimal(*whole, *scale, is_edge, number),
        Family::Float => {
            if is_edge {
                "-1.5e-7".to_owned()
            } else {
                format!("{number}.5")
            }
        }
        Family::Boolean => boolean(dialect, number % 2 == 1),
        Family::Text(longest) => quoted(&text(*longest, is_edge, number)),
        Family::Bytes if dialect == Dialect::Postgres => format!("'\\x{number:02x}00ff'"),
        Family::Bytes => format!("X'{number:02X}00FF'"),
        Family::Date if is_edge => "'0001-01-01'".to_owned(),
        Family::Date => format!("'2020-02-{:02}'", 27 + number % 3),
        Family::Time => {
            if is_edge {
                "'23:59:59'".to_owned()
            } else {
                format!("'{number:02}:30:00'")
            }
        }
        Family::Timestamp if is_edge => "'1999-12-31 23:59:59'".to_owned(),
        Family::Timestamp => format!("'2020-02-{:02} 10:00:00'", 27 + number % 3),
        Family::Interval => format!("'{number} days 02:00'"),
        Family::Uuid => format!("'00000000-0000-4000-8000-{number:012}'"),
        Family::Json => {
            if is_edge {
                "'[]'".to_owned()
            } else {
                format!("'{{\"a\": {number}}}'")
            }
        }
        Family::Enum(labels) => {
            let last = labels.len().saturating_sub(1);
            let place = if is_edge && !is_unique { last } else { place % labels.len().max(1) };
            quoted(labels.get(place).map(String::as_str).unwrap_or_default())
        }
        Family::Network => format!("'10.0.0.{number}'"),
        Family::Bits(length) => {
            let bits: String =
                (0..*length).map(|bit| if (number >> (bit % 8)) & 1 == 1 { '1' } else { '0' }).collect();
            format!("B'{bits}'")
        }
        Family::Range => "'empty'".to_owned(),
        Family::Array(element, _) if is_edge || **element == Family::Unknown => "'{}'".to_owned(),
        Family::Array(element, data_type) => {
            let element = literal(dialect, element, flavour, place, is_unique);
            format!("ARRAY[{element}]::{data_type}")
        }
        Family::Unknown => "DEFAULT".to_owned(),
    }
}

fn decimal(whole: u32, scale: u32, is_edge: bool, number: usize) -> String {
    let digit = if is_edge { "9".to_owned() } else { number.to_string() };
    let before =
        if whole == 0 { "0".to_owned() } else { digit.repeat(if is_edge { widest(whole) } else { 1 }) };
    let after = if is_edge { "9".repeat(widest(scale)) } else { "5".repeat(widest(scale.min(1))) };
    let sign = if is_edge { "-" } else { "" };
    if after.is_empty() { format!("{sign}{before}") } else { format!("{sign}{before}.{after}") }
}

fn widest(digits: u32) -> usize {
    usize::try_from(digits.min(12)).unwrap_or(1)
}

fn boolean(dialect: Dialect, value: bool) -> String {
    match dialect {
        Dialect::Postgres => value.to_string(),
        Dialect::Sqlite => u8::from(value).to_string(),
    }
}

/// Texts of which no two are the same: an edge has what is hard to carry about.
fn text(longest: usize, is_edge: bool, number: usize) -> String {
    let wanted = if is_edge { format!("it's \"é\" \\ {number}") } else { format!("text {number}") };
    if wanted.chars().count() <= longest { wanted } else { short(longest, number) }
}

fn short(longest: usize, number: usize) -> String {
    let letters: String = number.to_string().chars().rev().collect();
    letters.chars().take(longest.max(1)).collect()
}
