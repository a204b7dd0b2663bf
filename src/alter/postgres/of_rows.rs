//! What is computed of the rows that are there, and can fail for some of them.

use super::super::Remark;
use super::POSTGRES;
use super::constraint::duplicates;
use super::sides::Sides;
use crate::catalog::sql::{identifier, named, qualified};
use crate::catalog::{Catalog, Column, ConstraintRule, Definition, ObjectKind, ObjectName};

/// Types whose values a cast to another type may not take.
const TEXTUAL: [&str; 6] = ["text", "character varying", "character", "json", "jsonb", "citext"];

/// Types that every value can be cast to.
const ANY_TEXT: [&str; 3] = ["text", "character varying", "name"];

/// That expressions over the rows of a table, which an object is made of, cannot be computed for all of them: texts are cast to
/// something else, or something is divided.
pub(super) fn computed(
    sides: &Sides<'_>,
    table: &ObjectName,
    object: &ObjectName,
    expressions: &[&str],
) -> Option<Remark> {
    let needed = sides.right.dependencies.get(object).into_iter().flatten();
    let columns: Vec<&Column> = needed.filter_map(|needed| sides.columns(needed)?.0).collect();
    // What is no column may be made of any of them.
    let is_text = |operand: &str| {
        let own = columns.iter().find(|column| identifier(POSTGRES, &column.name) == operand);
        own.map_or_else(|| columns.iter().any(|column| is_textual(column)), |column| is_textual(column))
    };
    let may_fail = |expression: &&&str| divides(expression) || casts(expression).into_iter().any(is_text);
    let expression = expressions.iter().find(may_fail)?;
    Some(Remark::MayFail {
        object: object.clone(),
        what: format!("{}: rows for which {expression} cannot be computed", named(table)),
        count: None,
    })
}

/// The pieces of an expression that are no part of a literal.
fn outside_of_literals(expression: &str) -> impl Iterator<Item = &str> {
    expression.split('\'').step_by(2)
}

fn divides(expression: &str) -> bool {
    outside_of_literals(expression).any(|piece| piece.contains(" / ") || piece.contains(" % "))
}

fn is_textual(column: &Column) -> bool {
    let element = column.data_type.trim_end_matches("[]");
    TEXTUAL.iter().any(|textual| element.starts_with(textual) || element.ends_with(textual))
}

/// What is cast to another type than a text, but for literals.
fn casts(expression: &str) -> Vec<&str> {
    outside_of_literals(expression).flat_map(casts_outside_of_literals).collect()
}

fn casts_outside_of_literals(piece: &str) -> impl Iterator<Item = &str> {
    piece.match_indices(")::").filter_map(|(end, cast)| {
        let target = piece.get(end + cast.len()..)?;
        let is_to_text = ANY_TEXT.iter().any(|text| target.starts_with(text));
        (!is_to_text).then(|| operand(piece.get(..end).unwrap_or_default()))
    })
}

/// What stands behind the parenthesis that is still open at the end.
fn operand(before: &str) -> &str {
    let mut depth = 0_usize;
    for (place, character) in before.char_indices().rev() {
        match character {
            ')' => depth += 1,
            '(' if depth == 0 => return before.get(place + 1..).unwrap_or_default(),
            '(' => depth -= 1,
            _ => {}
        }
    }
    before
}

/// That rows which differ are the same to a key once a column has its new collation, which calls different texts equal.
pub(super) fn same_by_collation(
    sides: &Sides<'_>,
    table: &ObjectName,
    left: &Column,
    right: &Column,
) -> Option<Remark> {
    let collation = right.collation.as_ref().filter(|_| left.collation != right.collation)?;
    is_nondeterministic(sides.right, collation)?;
    let own = identifier(POSTGRES, &right.name);
    let (columns, skips_null) = keys(sides, table).into_iter().find(|(columns, _)| columns.contains(&own))?;
    let collated = |column: &String| match *column == own {
        true => format!("{column} COLLATE {collation}"),
        false => column.clone(),
    };
    let grouped: Vec<String> = columns.iter().map(collated).collect();
    Some(Remark::MayFail {
        object: table.part(ObjectKind::Column, &right.name),
        what: format!("{}: rows with the same ({}) by {collation}", named(table), columns.join(", ")),
        count: is_nondeterministic(sides.left, collation)
            .map(|()| duplicates(&qualified(POSTGRES, table), &grouped, skips_null)),
    })
}

/// The columns of the keys and unique indexes of a table on both sides, with whether rows with NULL are all different.
fn keys(sides: &Sides<'_>, table: &ObjectName) -> Vec<(Vec<String>, bool)> {
    let there = sides.right.parts_of(table).filter(|(part, _)| sides.left.objects.contains_key(*part));
    let key = |definition: &Definition| match definition {
        Definition::Constraint(constraint) => match &constraint.rule {
            ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) => {
                Some((key.columns.clone(), !key.nulls_not_distinct))
            }
            _ => None,
        },
        Definition::Index(index) if index.is_unique && index.predicate.is_none() => {
            let keys = index.keys.iter().map(|key| key.expression.clone());
            Some((keys.collect(), !index.nulls_not_distinct))
        }
        _ => None,
    };
    there.filter_map(|(_, object)| key(&object.definition)).collect()
}

/// Whether a schema has a collation that calls different texts equal.
fn is_nondeterministic(catalog: &Catalog, collation: &str) -> Option<()> {
    let mut collations = catalog.objects.iter().filter(|(name, _)| name.kind == ObjectKind::Collation);
    let (_, object) = collations.find(|(name, _)| qualified(POSTGRES, name) == collation)?;
    let Definition::Other(other) = &object.definition else { return None };
    let says_so = |(name, value): &crate::catalog::Property| {
        *name == "deterministic" && value.as_ref().is_some_and(|value| value.starts_with('f'))
    };
    other.properties.iter().any(says_so).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn casts_that_can_fail_are_told_from_others() {
        assert_eq!(casts("((n)::integer)"), ["n"]);
        assert_eq!(casts("lower(x) || ((a)::date)"), ["a"]);
        assert_eq!(casts("((f(a, (b + 1)) -> c))::numeric"), ["(f(a, (b + 1)) -> c)"]);
        // A literal within ends what is looked at.
        assert_eq!(casts("((data ->> 'x'::text))::numeric"), ["::text)"]);
        for expression in
            ["lower((n)::text)", "(mood = 'sad'::mood)", "(a > '(x)::integer'::text)", "(n + 1)"]
        {
            assert_eq!(casts(expression), [""; 0], "{expression}");
        }
        assert!(divides("(10 / n)") && divides("(n % 2)") && !divides("(a = ' / '::text)"));
    }
}
