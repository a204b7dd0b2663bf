//! Casts from an old composite type to the new one of its name.
//!
//! `USING` takes no subquery, so the elements of an array cannot be put together one by one there. But an explicit cast
//! between arrays casts each element, whatever its dimensions, and so does one between domains. So a function and a cast
//! are made for the while, and every value that holds some of the old type is cast.

use super::super::super::Statement;
use super::super::POSTGRES;
use super::super::cast::{Cast, cast};
use super::super::sides::Sides;
use super::names::{beneath, of_type};
use crate::catalog::sql::{identifier, qualified};
use crate::catalog::{Catalog, CompositeAttribute, Definition, Narrowing, ObjectName, narrowings};

/// Whether values of a type, as the left side has it, are or hold some of a composite type whose text is none of the new
/// one's: its attributes are others, in another order, or of types whose values are rounded.
pub(super) fn is_converted(sides: &Sides<'_>, data_type: &str) -> bool {
    let beneath = beneath(sides.left, data_type);
    let Some((left, right)) = of_type(sides.left, &beneath).and_then(|(name, _)| attributes(sides, name))
    else {
        return false;
    };
    let names = |all: &'_ [CompositeAttribute]| all.iter().map(|one| one.name.clone()).collect::<Vec<_>>();
    let mut pairs = left.iter().zip(right);
    names(left) != names(right) || pairs.any(|(old, new)| is_cast(sides, old, new))
}

/// Whether an attribute's values become those of its new type by a cast, and not by their text, which is none of that type.
fn is_cast(sides: &Sides<'_>, old: &CompositeAttribute, new: &CompositeAttribute) -> bool {
    let is_rounded = || {
        let (from, to) = ((sides.left, old.data_type.as_str()), (sides.right, new.data_type.as_str()));
        narrowings(from, to).iter().any(|one| matches!(one, Narrowing::Type { .. }))
            && cast(&beneath(sides.left, from.1), &beneath(sides.right, to.1)) != Cast::ByText
    };
    is_converted(sides, &old.data_type) || is_rounded()
}

/// What makes the cast, once the new type is there.
pub(super) fn begin(sides: &Sides<'_>, name: &ObjectName, aside: &ObjectName) -> Vec<Statement> {
    let Some((left, right)) = converted(sides, name) else { return Vec::new() };
    let values = right.iter().map(|new| value(sides, left, new)).collect::<Vec<_>>().join(", ");
    let (new, old) = (qualified(POSTGRES, name), qualified(POSTGRES, aside));
    let body = POSTGRES.quote_literal(&format!("SELECT ROW({values})::{new}"));
    let function = format!(
        "CREATE FUNCTION {old}({old}) RETURNS {new}\n    LANGUAGE sql IMMUTABLE STRICT\n    AS {body}"
    );
    let cast = format!("CREATE CAST ({old} AS {new}) WITH FUNCTION {old}({old})");
    [function, cast].map(|sql| Statement::new(name, sql)).into()
}

/// What takes the cast away, before the old type goes.
pub(super) fn end(sides: &Sides<'_>, name: &ObjectName, aside: &ObjectName) -> Vec<Statement> {
    if converted(sides, name).is_none() {
        return Vec::new();
    }
    let (new, old) = (qualified(POSTGRES, name), qualified(POSTGRES, aside));
    [format!("DROP CAST ({old} AS {new})"), format!("DROP FUNCTION {old}({old})")]
        .map(|sql| Statement::new(name, sql))
        .into()
}

/// An attribute of the new type, made of the value `$1` of the old one.
fn value(sides: &Sides<'_>, left: &[CompositeAttribute], new: &CompositeAttribute) -> String {
    let (own, to) = (identifier(POSTGRES, &new.name), &new.data_type);
    let Some(old) = left.iter().find(|old| old.name == new.name) else { return format!("NULL::{to}") };
    let is_same = old.data_type == *to;
    let is_users = of_type(sides.left, &old.data_type).is_some();
    let is_cast = is_cast(sides, old, new) || !is_same && cast(&old.data_type, to) != Cast::ByText;
    match (is_cast, is_same && !is_users) {
        (_, true) => format!("($1).{own}"),
        (true, false) => format!("($1).{own}::{to}"),
        (false, false) => format!("($1).{own}::text::{to}"),
    }
}

fn converted<'c>(
    sides: &Sides<'c>,
    name: &ObjectName,
) -> Option<(&'c [CompositeAttribute], &'c [CompositeAttribute])> {
    attributes(sides, name).filter(|_| is_converted(sides, &qualified(POSTGRES, name)))
}

/// The attributes of a composite type on both sides.
fn attributes<'c>(
    sides: &Sides<'c>,
    name: &ObjectName,
) -> Option<(&'c [CompositeAttribute], &'c [CompositeAttribute])> {
    let of = |catalog: &'c Catalog| match &catalog.objects.get(name)?.definition {
        Definition::CompositeType(attributes) => Some(attributes.as_slice()),
        _ => None,
    };
    Some((of(sides.left)?, of(sides.right)?))
}
