//! Values that have no place in the type that takes the name of theirs.

use super::super::super::Remark;
use super::super::POSTGRES;
use super::super::sides::Sides;
use super::domain::with_value;
use crate::catalog::sql::{identifier, named, qualified};
use crate::catalog::{Column, Narrowing, ObjectKind, ObjectName, narrowings};

/// That a column holds values which the new type does not take, or takes otherwise; nothing where it takes all.
pub(super) fn remark(sides: &Sides<'_>, table: &ObjectName, left: &Column, right: &Column) -> Option<Remark> {
    let reasons = narrowings((sides.left, &left.data_type), (sides.right, &right.data_type));
    // What goes with attributes is told of their type.
    let mut told = reasons.iter().filter_map(|reason| Some((reason, in_words(reason)?)));
    let (reason, first) = told.next()?;
    let further = told.map(|(_, words)| format!(", or {words}")).collect::<String>();
    let is_alone = further.is_empty();
    let own = identifier(POSTGRES, &left.name);
    let from = qualified(POSTGRES, table);
    let found = |condition: &dyn Fn(&str) -> String| match left.data_type.matches("[]").count() {
        _ if !is_alone || !is_of_domain(sides, left) => None,
        0 => Some(format!("SELECT count(*) FROM {from} WHERE {}", condition(&own))),
        _ => {
            let held = condition("revgraph_value");
            Some(format!("SELECT count(*) FROM {from}, unnest({own}) revgraph_value WHERE {held}"))
        }
    };
    let count = match reason {
        Narrowing::Constraint(_, definition) => found(&|value| {
            format!("NOT {}", with_value(definition.strip_prefix("CHECK ").unwrap_or(definition), value))
        }),
        Narrowing::NotNull => found(&|value| format!("{value} IS NULL")),
        _ => None,
    };
    Some(Remark::MayFail {
        object: table.part(ObjectKind::Column, &left.name),
        what: format!("{}.{own}: {first}{further}", named(table)),
        count: Some(count.unwrap_or_else(|| format!("SELECT count({own}) FROM {from}"))),
    })
}

/// Whether the type of a column, or of the elements of its arrays, is a domain itself.
fn is_of_domain(sides: &Sides<'_>, column: &Column) -> bool {
    super::names::of_type(sides.left, &column.data_type)
        .is_some_and(|(name, _)| name.kind == ObjectKind::Domain)
}

fn in_words(reason: &Narrowing) -> Option<String> {
    match reason {
        Narrowing::Type { from, to } => {
            Some(format!("values of {from} that are none of {to}, or only when rounded"))
        }
        Narrowing::Labels(gone) => {
            let labels: Vec<String> = gone.iter().map(|label| POSTGRES.quote_literal(label)).collect();
            Some(format!("rows with {}", labels.join(", ")))
        }
        Narrowing::Constraint(name, _) => Some(format!("values that {name} does not allow")),
        Narrowing::NotNull => Some("NULL".to_owned()),
        Narrowing::Attribute(_) => None,
    }
}
