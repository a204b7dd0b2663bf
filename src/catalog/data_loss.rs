//! Whether a change of the schema can lose rows or values.

use super::ObjectKind;

/// Whether values go when an object of this kind goes.
pub(super) fn of_removal(kind: ObjectKind) -> bool {
    matches!(kind, ObjectKind::Table | ObjectKind::VirtualTable | ObjectKind::Column | ObjectKind::Sequence)
}

/// Whether values can go when an attribute changes from one value to another.
pub(super) fn of_change(kind: ObjectKind, attribute: &str, from: Option<&str>, to: Option<&str>) -> bool {
    match (kind, attribute) {
        (ObjectKind::Column | ObjectKind::Domain, "type") => {
            !keeps_values(from.unwrap_or_default(), to.unwrap_or_default())
        }
        // Values that were given are replaced by what is computed.
        (ObjectKind::Column, "generated") => from.is_none(),
        (ObjectKind::Enum, "labels") | (ObjectKind::CompositeType, "attributes") => {
            let kept: Vec<&str> = elements(to).collect();
            elements(from).any(|element| !kept.contains(&element))
        }
        _ => false,
    }
}

fn elements(list: Option<&str>) -> impl Iterator<Item = &str> {
    list.unwrap_or_default().split(", ")
}

/// Whether every value of type `from` can be converted to type `to` and back. What is not known is taken to lose.
fn keeps_values(from: &str, to: &str) -> bool {
    let (from, to) = (Type::read(from), Type::read(to));
    if from.name == to.name {
        return from.modifiers_fit(&to);
    }
    let is_wider = |order: &[&str]| {
        let place = |name: &str| order.iter().position(|one| *one == name);
        matches!((place(&from.name), place(&to.name)), (Some(from), Some(to)) if from < to)
    };
    match to.name.as_str() {
        // PostgreSQL's text forms can be read back; a SQLite column without type keeps what it is given.
        "text" | "" => true,
        "character varying" | "numeric" if !to.modifiers.is_empty() => {
            to.name == "character varying" && from.name == "character" && from.modifiers_fit(&to)
        }
        "character varying" => true,
        _ => {
            is_wider(&["smallint", "integer", "bigint", "numeric"])
                || is_wider(&["real", "double precision"])
                || is_wider(&["date", "timestamp without time zone"])
                || (from.name == "jsonb" && to.name == "json")
        }
    }
}

/// A type as PostgreSQL writes it: `numeric(10,2)`, `timestamp(3) without time zone`, `integer[]`.
struct Type {
    /// Without modifiers, in lower case.
    name: String,
    modifiers: Vec<i64>,
}

impl Type {
    fn read(text: &str) -> Self {
        let text = text.to_lowercase();
        let Some((before, rest)) = text.split_once('(') else {
            return Self { name: text.trim().to_owned(), modifiers: Vec::new() };
        };
        let (inside, after) = rest.split_once(')').unwrap_or((rest, ""));
        let modifiers = inside.split(',').filter_map(|number| number.trim().parse().ok()).collect();
        Self { name: format!("{}{after}", before.trim_end()), modifiers }
    }

    /// Whether what fits this type's modifiers fits those of `to`, the names being equal.
    fn modifiers_fit(&self, to: &Self) -> bool {
        match (self.modifiers.as_slice(), to.modifiers.as_slice()) {
            (_, []) => true,
            ([], _) => false,
            ([precision, scale], [to_precision, to_scale]) => {
                to_scale >= scale && to_precision - to_scale >= precision - scale
            }
            (from, to) => from.len() == to.len() && from.iter().zip(to).all(|(from, to)| to >= from),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wider_types_keep_values() {
        for (from, to) in [
            ("integer", "bigint"),
            ("smallint", "numeric"),
            ("character varying(10)", "character varying(20)"),
            ("character varying(10)", "character varying"),
            ("character varying(10)", "text"),
            ("numeric(10,2)", "numeric(12,4)"),
            ("timestamp(3) without time zone", "timestamp(6) without time zone"),
            ("uuid", "text"),
            ("INTEGER", "integer"),
        ] {
            assert!(keeps_values(from, to), "{from} -> {to}");
        }
    }

    #[test]
    fn narrower_and_unknown_types_may_lose() {
        for (from, to) in [
            ("bigint", "integer"),
            ("numeric", "bigint"),
            ("text", "character varying(10)"),
            ("character varying(20)", "character varying(10)"),
            ("character varying", "character varying(10)"),
            ("numeric(10,2)", "numeric(10,4)"),
            ("bigint", "numeric(5,0)"),
            ("text", "uuid"),
            ("json", "jsonb"),
        ] {
            assert!(!keeps_values(from, to), "{from} -> {to}");
        }
    }

    #[test]
    fn a_label_that_goes_is_a_loss() {
        let loses = |from, to| of_change(ObjectKind::Enum, "labels", Some(from), Some(to));
        assert!(loses("'a', 'b'", "'a'"));
        assert!(!loses("'a', 'b'", "'b', 'c', 'a'"));
    }

    #[test]
    fn a_column_that_becomes_generated_loses_what_it_held() {
        assert!(of_change(ObjectKind::Column, "generated", None, Some("a + 1")));
        assert!(!of_change(ObjectKind::Column, "generated", Some("a + 1"), None));
    }
}
