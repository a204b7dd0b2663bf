//! What the database writes for a default, as `@default(…)` has it.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

use super::super::model::Scalar;
use super::types::{postgres_column, sqlite_default};
use crate::hex;
use crate::sql::Dialect;

/// Whether two defaults of a column of this type are one value, however each is spelled: `'{}'::integer[]` and
/// `ARRAY[]::integer[]`. What is no value of the language is compared word for word.
#[must_use]
pub fn is_same_default(dialect: Dialect, data_type: &str, one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    let value = |sql: &str| match dialect {
        Dialect::Postgres => {
            let element = data_type.strip_suffix("[]");
            // A label of an enum is a text here.
            let column = postgres_column(element.unwrap_or(data_type));
            let scalar = column.map_or(Scalar::String, |(scalar, _)| scalar);
            if element.is_some() { list(sql, Some(scalar), None) } else { postgres(sql, Some(scalar), None) }
        }
        Dialect::Sqlite => Some(sqlite_default(sql)),
    };
    value(one).is_some_and(|value_of_one| value(other) == Some(value_of_one))
}

/// The argument of `@default`. What is no value of the language is `dbgenerated("…")`, word for word.
/// `scalar` is the type of the elements of a list; `labels` are those of an enum: the name in the schema and the label.
pub(super) fn default(
    dialect: Dialect,
    sql: &str,
    scalar: Option<Scalar>,
    is_list: bool,
    labels: Option<&[(String, String)]>,
) -> String {
    let value = match dialect {
        Dialect::Postgres if is_list => list(sql, scalar, labels),
        Dialect::Postgres => postgres(sql, scalar, labels),
        Dialect::Sqlite => sqlite(sql, scalar),
    };
    value.unwrap_or_else(|| format!("dbgenerated({})", quoted(sql)))
}

/// A text in quotes, with its escapes, as the model language writes it.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if c < ' ' => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn postgres(sql: &str, scalar: Option<Scalar>, labels: Option<&[(String, String)]>) -> Option<String> {
    if let ("CURRENT_TIMESTAMP" | "now()", Some(Scalar::DateTime)) = (sql, scalar) {
        return Some("now()".to_owned());
    }
    let text = literal(sql);
    if let Some(labels) = labels {
        let text = text?;
        return labels.iter().find(|(_, label)| *label == text).map(|(name, _)| name.clone());
    }
    match scalar? {
        Scalar::Boolean => match text.as_deref().unwrap_or(sql) {
            "true" | "t" => Some("true".to_owned()),
            "false" | "f" => Some("false".to_owned()),
            _ => None,
        },
        Scalar::Int | Scalar::BigInt => {
            let number = text.unwrap_or_else(|| sql.to_owned());
            number.parse::<i64>().ok().map(|number| number.to_string())
        }
        Scalar::Float | Scalar::Decimal => {
            let number = text.unwrap_or_else(|| sql.trim_matches(['(', ')']).to_owned());
            is_number(&number).then_some(number)
        }
        Scalar::String | Scalar::Json => text.map(|text| quoted(&text)),
        Scalar::Bytes => Some(quoted(&to_base64(&hex::decode(text?.strip_prefix("\\x")?)?))),
        Scalar::DateTime => time(&text?),
    }
}

fn sqlite(sql: &str, scalar: Option<Scalar>) -> Option<String> {
    let spelled = sqlite_default(sql);
    let text = || {
        let inner = spelled.strip_prefix('\'')?.strip_suffix('\'')?;
        let without = inner.replace("''", "");
        (!without.contains('\'')).then(|| inner.replace("''", "'"))
    };
    match scalar? {
        Scalar::DateTime if spelled == "CURRENT_TIMESTAMP" => Some("now()".to_owned()),
        Scalar::DateTime => time(&text()?),
        Scalar::Boolean => match spelled.as_str() {
            "1" => Some("true".to_owned()),
            "0" => Some("false".to_owned()),
            _ => None,
        },
        Scalar::Int | Scalar::BigInt => spelled.parse::<i64>().ok().map(|number| number.to_string()),
        Scalar::Float | Scalar::Decimal => is_number(&spelled).then_some(spelled),
        Scalar::String | Scalar::Json => text().map(|text| quoted(&text)),
        Scalar::Bytes => {
            let digits = spelled.strip_prefix(['x', 'X'])?.strip_prefix('\'')?.strip_suffix('\'')?;
            Some(quoted(&to_base64(&hex::decode(digits)?)))
        }
    }
}

/// `ARRAY['a'::text, 'b'::text]`, `ARRAY[]::integer[]`, `'{a,b}'::text[]`
fn list(sql: &str, scalar: Option<Scalar>, labels: Option<&[(String, String)]>) -> Option<String> {
    let elements: Vec<String> = match sql.strip_prefix("ARRAY[") {
        Some(inner) => {
            let elements = inner.get(..end_of_list(inner)?)?;
            split_list(elements).into_iter().map(|element| element.trim().to_owned()).collect()
        }
        None => {
            let texts = array_literal(&literal(sql)?)?;
            texts.into_iter().map(|text| Dialect::Postgres.quote_literal(&text)).collect()
        }
    };
    let values: Option<Vec<String>> =
        elements.iter().map(|element| postgres(element, scalar, labels)).collect();
    Some(format!("[{}]", values?.join(", ")))
}

/// The elements of `{a,"b c"}`, PostgreSQL's text of an array of one dimension; none where one is NULL.
fn array_literal(text: &str) -> Option<Vec<String>> {
    let inner = text.strip_prefix('{')?.strip_suffix('}')?;
    if inner.is_empty() {
        return Some(Vec::new());
    }
    let mut elements = Vec::new();
    let mut chars = inner.chars();
    loop {
        let (element, end) = array_element(&mut chars)?;
        elements.push(element);
        match end {
            Some(',') => {}
            Some(_) => return None,
            None => return Some(elements),
        }
    }
}

/// The next element of an array's text, and the character that ended it; none at the end of the text.
fn array_element(chars: &mut std::str::Chars<'_>) -> Option<(String, Option<char>)> {
    let mut element = String::new();
    let mut next = chars.next();
    if next == Some('"') {
        loop {
            match chars.next()? {
                '"' => return Some((element, chars.next())),
                '\\' => element.push(chars.next()?),
                c => element.push(c),
            }
        }
    }
    while let Some(c) = next.filter(|c| *c != ',') {
        match c {
            '{' | '}' | '"' => return None,
            '\\' => element.push(chars.next()?),
            c => element.push(c),
        }
        next = chars.next();
    }
    let is_value = !element.trim().is_empty() && !element.eq_ignore_ascii_case("null");
    is_value.then_some((element, next))
}

/// Where the bracket that closes a list is, outside of texts.
fn end_of_list(text: &str) -> Option<usize> {
    let (mut depth, mut in_text) = (0_u32, false);
    for (at, c) in text.char_indices() {
        match c {
            '\'' => in_text = !in_text,
            '[' if !in_text => depth += 1,
            ']' if !in_text && depth == 0 => return Some(at),
            ']' if !in_text => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The elements between commas outside of texts and parentheses; none of an empty list.
fn split_list(text: &str) -> Vec<&str> {
    let (mut depth, mut in_text, mut start) = (0_i32, false, 0);
    let mut elements = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '\'' => in_text = !in_text,
            '(' | '[' if !in_text => depth += 1,
            ')' | ']' if !in_text => depth -= 1,
            ',' if !in_text && depth == 0 => {
                elements.extend(text.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    elements.extend(text.get(start..).filter(|last| !last.trim().is_empty()));
    elements
}

/// The text of `'it''s'::text`, with any cast behind it; none for anything else.
fn literal(sql: &str) -> Option<String> {
    let (is_escaped, rest) = match sql.strip_prefix("E'") {
        Some(rest) => (true, rest),
        None => (false, sql.strip_prefix('\'')?),
    };
    let mut text = String::new();
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\'' if chars.peek().is_some_and(|(_, next)| *next == '\'') => {
                chars.next();
                text.push('\'');
            }
            '\'' => {
                let after = rest.get(at + 1..)?;
                let is_cast = after.is_empty() || after.strip_prefix("::").is_some_and(is_type_name);
                return is_cast.then_some(text);
            }
            '\\' if is_escaped => match chars.next()?.1 {
                '\\' => text.push('\\'),
                _ => return None,
            },
            c => text.push(c),
        }
    }
    None
}

fn is_type_name(text: &str) -> bool {
    !text.contains("::") && text.chars().all(|c| c.is_alphanumeric() || " _.\"()[],".contains(c))
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    are_digits(whole) && are_digits(fraction)
}

/// A date and time of the database as the language writes it: in UTC, where it has no zone.
fn time(text: &str) -> Option<String> {
    if let Ok(time) = DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%#z") {
        return Some(quoted(&time.format("%Y-%m-%dT%H:%M:%S%.f%:z").to_string()));
    }
    if let Ok(time) = DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f %#z") {
        return Some(quoted(&time.format("%Y-%m-%dT%H:%M:%S%.f%:z").to_string()));
    }
    let naive = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").ok().or_else(|| {
        NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().and_then(|date| date.and_hms_opt(0, 0, 0))
    });
    let time: DateTime<Utc> = naive?.and_utc();
    Some(quoted(&time.format("%Y-%m-%dT%H:%M:%S%.fZ").to_string()))
}

fn to_base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let mut bits = 0_u32;
        for at in 0..3 {
            bits = bits << 8 | u32::from(chunk.get(at).copied().unwrap_or_default());
        }
        for at in 0..4 {
            let digit = (bits >> (18 - 6 * at) & 63) as usize;
            let is_padding = at > chunk.len();
            text.push(if is_padding { '=' } else { DIGITS.get(digit).copied().map_or('=', char::from) });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_postgres_prints_comes_back_as_a_value() {
        let cases = [
            ("'it''s'::text", Scalar::String, "\"it's\""),
            ("'-7'::integer", Scalar::Int, "-7"),
            ("1.50", Scalar::Decimal, "1.50"),
            ("'-0.25'::numeric", Scalar::Float, "-0.25"),
            ("true", Scalar::Boolean, "true"),
            ("CURRENT_TIMESTAMP", Scalar::DateTime, "now()"),
            (
                "'2020-01-02 03:04:05.678'::timestamp without time zone",
                Scalar::DateTime,
                "\"2020-01-02T03:04:05.678Z\"",
            ),
            ("'{\"a\": 1}'::jsonb", Scalar::Json, "\"{\\\"a\\\": 1}\""),
            ("'\\x68656c6c6f'::bytea", Scalar::Bytes, "\"aGVsbG8=\""),
            ("gen_random_uuid()", Scalar::String, "dbgenerated(\"gen_random_uuid()\")"),
            ("('a'::text || 'b'::text)", Scalar::String, "dbgenerated(\"('a'::text || 'b'::text)\")"),
        ];
        for (sql, scalar, written) in cases {
            assert_eq!(default(Dialect::Postgres, sql, Some(scalar), false, None), written, "{sql}");
        }
        let list = default(
            Dialect::Postgres,
            "ARRAY['a, b'::text, 'it''s'::text]",
            Some(Scalar::String),
            true,
            None,
        );
        assert_eq!(list, "[\"a, b\", \"it's\"]");
    }

    #[test]
    fn a_list_is_one_value_however_it_is_spelled() {
        let of = |sql, scalar| default(Dialect::Postgres, sql, Some(scalar), true, None);
        assert_eq!(of("'{}'::integer[]", Scalar::Int), "[]");
        assert_eq!(of("'{1,-2}'::integer[]", Scalar::Int), "[1, -2]");
        assert_eq!(of(r#"'{a,"b, \"c\"",it''s}'::text[]"#, Scalar::String), r#"["a", "b, \"c\"", "it's"]"#);
        assert_eq!(of("'{t,f}'::boolean[]", Scalar::Boolean), "[true, false]");
        for no_list in ["'{a,NULL}'::text[]", "'{{a},{b}}'::text[]", "'{a'::text[]", "'{a,}'::text[]"] {
            assert!(of(no_list, Scalar::String).starts_with("dbgenerated("), "{no_list}");
        }
    }

    #[test]
    fn defaults_of_one_value_are_the_same() {
        let same = |data_type, one, other| is_same_default(Dialect::Postgres, data_type, one, other);
        for (data_type, one, other) in [
            ("integer[]", "'{}'::integer[]", "ARRAY[]::integer[]"),
            ("text[]", "'{a,b}'::text[]", "ARRAY['a'::text, 'b'::text]"),
            ("timestamp(3) without time zone", "now()", "CURRENT_TIMESTAMP"),
            ("bigint", "'5'::bigint", "5"),
            ("public.\"Color\"[]", "'{RED}'::public.\"Color\"[]", "ARRAY['RED'::public.\"Color\"]"),
        ] {
            assert!(same(data_type, one, other), "{one} and {other}");
        }
        for (data_type, one, other) in [
            ("integer[]", "'{}'::integer[]", "ARRAY[1]"),
            ("text", "'a'::text", "'A'::text"),
            ("text", "lower('a'::text)", "upper('a'::text)"),
            ("uuid", "gen_random_uuid()", "uuid_generate_v4()"),
        ] {
            assert!(!same(data_type, one, other), "{one} and {other}");
        }
        assert!(is_same_default(Dialect::Sqlite, "BOOLEAN", "TRUE", "(1)"));
    }

    #[test]
    fn what_sqlite_holds_comes_back_as_a_value() {
        let cases = [
            ("'a'", Scalar::String, "\"a\""),
            ("(1)", Scalar::Boolean, "true"),
            ("x'68656c6c6f'", Scalar::Bytes, "\"aGVsbG8=\""),
            ("(lower('A'))", Scalar::String, "dbgenerated(\"(lower('A'))\")"),
        ];
        for (sql, scalar, written) in cases {
            assert_eq!(default(Dialect::Sqlite, sql, Some(scalar), false, None), written, "{sql}");
        }
    }
}
