//! Whether a change of the schema can lose rows or values.

use super::affinity::Affinity;
use super::attribute::{
    Attribute, ColumnAttribute, CompositeTypeAttribute, DomainAttribute, EnumAttribute, Pair,
};
use super::{DataLoss, ObjectKind};
use crate::sql::Dialect;

/// Whether rows, values or a position go when an object of this kind is dropped.
pub(super) fn of_removal(kind: ObjectKind) -> bool {
    matches!(kind, ObjectKind::Table | ObjectKind::VirtualTable | ObjectKind::Column | ObjectKind::Sequence)
}

/// Whether values can go when an attribute changes from one value to another, and back.
pub(super) fn of_change(dialect: Dialect, attribute: &Attribute) -> DataLoss {
    match attribute {
        Attribute::Column(ColumnAttribute::Type(types)) | Attribute::Domain(DomainAttribute::Type(types)) => {
            both_ways(types, |from, to| match dialect {
                Dialect::Postgres => !keeps_values(&from.0, &to.0),
                Dialect::Sqlite => !keeps_stored_values(&from.0, &to.0),
            })
        }
        // Values that were given are replaced by what is computed.
        Attribute::Column(ColumnAttribute::Generated(expressions)) => {
            both_ways(expressions, |from, _| from.is_none())
        }
        Attribute::Enum(EnumAttribute::Labels(labels)) => {
            both_ways(labels, |from, to| from.0.iter().any(|label| !to.0.contains(label)))
        }
        Attribute::CompositeType(CompositeTypeAttribute::Attributes(attributes)) => {
            both_ways(attributes, |from, to| from.iter().any(|attribute| !to.contains(attribute)))
        }
        _ => DataLoss::default(),
    }
}

fn both_ways<T>(pair: &Pair<T>, loses: impl Fn(&T, &T) -> bool) -> DataLoss {
    DataLoss { making: loses(&pair.left, &pair.right), undoing: loses(&pair.right, &pair.left) }
}

/// Whether every value of the PostgreSQL type `from` can be converted to type `to` and back. What is not known is taken
/// to lose.
#[must_use]
pub fn keeps_values(from: &str, to: &str) -> bool {
    let (from, to) = (Type::read(from), Type::read(to));
    if from.name == to.name {
        return from.modifiers_fit(&to);
    }
    let is_wider = |order: &[&str]| {
        let place = |name: &str| order.iter().position(|one| *one == name);
        matches!((place(&from.name), place(&to.name)), (Some(from), Some(to)) if from < to)
    };
    match to.name.as_str() {
        // The text of every value can be read back.
        "text" => true,
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

/// Whether SQLite stores every value of a column of type `from` as it is in one of type `to`, or so that it can be
/// turned back.
fn keeps_stored_values(from: &str, to: &str) -> bool {
    // In a table that is not `STRICT` a column of type `ANY` is a rare one, and counts as one that takes everything.
    let of = |data_type| Affinity::of_column(data_type, true);
    match (of(from), of(to)) {
        (from, to) if from == to => true,
        (_, Affinity::Blob) => true,
        (Affinity::Integer, Affinity::Numeric | Affinity::Text) => true,
        // They store alike.
        (Affinity::Numeric, Affinity::Integer) => true,
        _ => false,
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
    use super::super::attribute::{FoldedSql, Labels};
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
    fn sqlite_goes_by_affinity() {
        for (from, to) in
            [("INT", "BIGINT"), ("VARCHAR(3)", "TEXT"), ("INTEGER", "TEXT"), ("REAL", ""), ("DATE", "INT")]
        {
            assert!(keeps_stored_values(from, to), "{from} -> {to}");
        }
        for (from, to) in [("TEXT", "INT"), ("", "TEXT"), ("REAL", "INT"), ("INT", "REAL")] {
            assert!(!keeps_stored_values(from, to), "{from} -> {to}");
        }
    }

    #[test]
    fn a_label_that_goes_is_a_loss() {
        let of = |left: &[&str], right: &[&str]| {
            let labels = |labels: &[&str]| Labels(labels.iter().map(|one| (*one).to_owned()).collect());
            let pair = Pair { left: labels(left), right: labels(right) };
            of_change(Dialect::Postgres, &Attribute::Enum(EnumAttribute::Labels(pair)))
        };
        assert_eq!(of(&["a", "b"], &["a"]), DataLoss { making: true, undoing: false });
        assert_eq!(of(&["a", "b"], &["b", "c", "a"]), DataLoss { making: false, undoing: true });
        // Labels with what separates them in output.
        assert_eq!(of(&["a', 'b"], &["a", "b"]), DataLoss { making: true, undoing: true });
    }

    #[test]
    fn a_column_that_becomes_generated_loses_what_it_held() {
        let pair = Pair { left: None, right: Some(FoldedSql("a + 1".to_owned())) };
        let loss = of_change(Dialect::Postgres, &Attribute::Column(ColumnAttribute::Generated(pair)));
        assert_eq!(loss, DataLoss { making: true, undoing: false });
    }
}
