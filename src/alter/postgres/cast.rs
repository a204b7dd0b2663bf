//! Which types of PostgreSQL turn into which by themselves, after the server's table `pg_cast`.

/// How values of one type become values of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cast {
    /// `ALTER COLUMN … TYPE` does it by itself.
    Assignment,
    /// It takes a cast in `USING`.
    Explicit,
    /// There is no cast known but by way of the value's text.
    ByText,
    /// It becomes the one element of an array.
    IntoArray,
    /// Of an array the first element is taken.
    OutOfArray,
}

const NUMBERS: [&str; 6] = ["smallint", "integer", "bigint", "real", "double precision", "numeric"];
const TEXTS: [&str; 5] = ["text", "character varying", "character", "name", "\"char\""];
const MOMENTS: [&str; 3] = ["date", "timestamp without time zone", "timestamp with time zone"];

/// Pairs of other types of which the first is assigned to the second.
const ASSIGNED: [(&str, &str); 26] = [
    ("timestamp without time zone", "time without time zone"),
    ("timestamp with time zone", "time without time zone"),
    ("timestamp with time zone", "time with time zone"),
    ("time without time zone", "time with time zone"),
    ("time with time zone", "time without time zone"),
    ("time without time zone", "interval"),
    ("interval", "time without time zone"),
    ("json", "jsonb"),
    ("jsonb", "json"),
    ("inet", "cidr"),
    ("cidr", "inet"),
    ("bit", "bit varying"),
    ("bit varying", "bit"),
    ("macaddr", "macaddr8"),
    ("macaddr8", "macaddr"),
    ("money", "numeric"),
    ("numeric", "money"),
    ("integer", "money"),
    ("bigint", "money"),
    ("integer", "oid"),
    ("bigint", "oid"),
    ("smallint", "oid"),
    ("oid", "integer"),
    ("oid", "bigint"),
    ("integer", "regclass"),
    ("text", "regclass"),
];

/// Pairs of which the first has an explicit cast to the second.
const EXPLICIT: [(&str, &str); 13] = [
    ("integer", "boolean"),
    ("boolean", "integer"),
    ("integer", "bit"),
    ("bigint", "bit"),
    ("bit", "integer"),
    ("bit", "bigint"),
    ("jsonb", "boolean"),
    ("jsonb", "numeric"),
    ("jsonb", "smallint"),
    ("jsonb", "integer"),
    ("jsonb", "bigint"),
    ("jsonb", "real"),
    ("jsonb", "double precision"),
];

/// How a value of type `from` becomes one of `to`; both as the server writes them, without domains.
pub(super) fn cast(from: &str, to: &str) -> Cast {
    let (from, to) = (base(from), base(to));
    match (from.strip_suffix("[]"), to.strip_suffix("[]")) {
        (Some(from), Some(to)) => return cast(from, to),
        // A text can be that of an array, and that of an array is a text.
        (None, Some(to)) if !is_text(&from) && cast(&from, to) != Cast::ByText => return Cast::IntoArray,
        (None, Some(_)) if !is_text(&from) => return Cast::ByText,
        (Some(from), None) if !is_text(&to) && cast(from, &to) != Cast::ByText => return Cast::OutOfArray,
        _ => {}
    }
    let pair = (from.as_str(), to.as_str());
    let are_both = |types: &[&str]| types.contains(&pair.0) && types.contains(&pair.1);
    if from == to || is_text(&to) || are_both(&NUMBERS) || are_both(&MOMENTS) || ASSIGNED.contains(&pair) {
        Cast::Assignment
    } else if is_text(&from) || EXPLICIT.contains(&pair) {
        Cast::Explicit
    } else {
        Cast::ByText
    }
}

/// The expression that makes the value of a column the one element of an array of type `to`; NULL stays NULL.
pub(super) fn into_array(column: &str, to: &str) -> String {
    format!("CASE WHEN {column} IS NOT NULL THEN ARRAY[{column}]::{to} END")
}

/// The expression that takes the first element of the array in a column, as a value of type `to`.
pub(super) fn out_of_array(column: &str, to: &str) -> String {
    format!("({column})[1]::{to}")
}

/// Whether columns of these types can be compared by one index, so that a foreign key can hold between them.
pub(super) fn are_comparable(one: &str, other: &str) -> bool {
    let (one, other) = (base(one), base(other));
    let are_both = |types: &[&str]| types.contains(&one.as_str()) && types.contains(&other.as_str());
    one == other
        || are_both(&["smallint", "integer", "bigint"])
        || are_both(&["real", "double precision"])
        || are_both(&["text", "character varying"])
        || are_both(&MOMENTS)
}

fn is_text(name: &str) -> bool {
    TEXTS.contains(&name)
}

/// A type without its modifiers: `numeric` for `numeric(10,2)`, `timestamp without time zone` for `timestamp(3) …`.
fn base(name: &str) -> String {
    let parts = name.split_once('(').filter(|_| !name.starts_with('"'));
    match parts.and_then(|(before, rest)| Some((before, rest.split_once(')')?.1))) {
        Some((before, behind)) if !before.contains(')') => format!("{before}{behind}"),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn casts_are_those_of_the_server() {
        for (from, to, expected) in [
            ("integer", "bigint", Cast::Assignment),
            ("numeric(10,2)", "smallint", Cast::Assignment),
            ("timestamp(3) without time zone", "date", Cast::Assignment),
            ("uuid", "character varying(40)", Cast::Assignment),
            ("integer[]", "bigint[]", Cast::Assignment),
            ("text[]", "text", Cast::Assignment),
            ("text", "integer", Cast::Explicit),
            ("text", "integer[]", Cast::Explicit),
            ("text[]", "integer[]", Cast::Explicit),
            ("integer", "boolean", Cast::Explicit),
            ("bigint", "timestamp without time zone", Cast::ByText),
            ("public.mood", "public.other", Cast::ByText),
            ("uuid", "integer", Cast::ByText),
            ("integer", "bigint[]", Cast::IntoArray),
            ("date[]", "date", Cast::OutOfArray),
            ("uuid", "integer[]", Cast::ByText),
        ] {
            assert_eq!(cast(from, to), expected, "{from} -> {to}");
        }
    }
}
