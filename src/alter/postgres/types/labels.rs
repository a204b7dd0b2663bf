//! Enum types: their labels.

use std::collections::BTreeSet;

use super::super::super::Statement;
use super::super::POSTGRES;
use super::super::fate::{Fate, Fates};
use super::super::sides::Sides;
use super::super::way::Way;
use crate::catalog::sql::qualified;
use crate::catalog::{Definition, ObjectName};

/// The way between two enum types: labels can be added, in place; that one goes, or stands elsewhere, takes a new type.
pub(super) fn way(sides: &Sides<'_>, name: &ObjectName, left: &[String], right: &[String]) -> Way {
    if sides.is_to_be_swapped(name) || !is_subsequence(left, right) {
        return Way::Swap;
    }
    Way::settings(additions(name, left, right))
}

/// Whether `all` has these labels in this order, and perhaps others between.
fn is_subsequence(labels: &[String], all: &[String]) -> bool {
    let mut all = all.iter();
    labels.iter().all(|label| all.any(|other| other == label))
}

/// The statements that add the labels that are missing, each where it belongs: an anchor is there already, or has been
/// added just before.
fn additions(name: &ObjectName, left: &[String], right: &[String]) -> Vec<Statement> {
    let type_name = qualified(POSTGRES, name);
    let mut statements = Vec::new();
    for (place, label) in right.iter().enumerate() {
        if left.contains(label) {
            continue;
        }
        let is_last = !right.iter().skip(place).any(|later| left.contains(later));
        let previous = place.checked_sub(1).and_then(|place| right.get(place));
        let anchor = match (is_last, previous) {
            (true, _) => String::new(),
            (false, Some(previous)) => format!(" AFTER {}", POSTGRES.quote_literal(previous)),
            (false, None) => left
                .first()
                .map(|first| format!(" BEFORE {}", POSTGRES.quote_literal(first)))
                .unwrap_or_default(),
        };
        let label = POSTGRES.quote_literal(label);
        statements.push(Statement::new(name, format!("ALTER TYPE {type_name} ADD VALUE {label}{anchor}")));
    }
    statements
}

/// The labels that only the right side's type has.
fn added<'c>(sides: &Sides<'c>, name: &ObjectName) -> Vec<&'c String> {
    match (labels_of(sides.left, name), labels_of(sides.right, name)) {
        (Some(left), Some(right)) => right.iter().filter(|label| !left.contains(label)).collect(),
        _ => Vec::new(),
    }
}

/// The labels of an enum type; none where the object is no enum.
pub(super) fn labels_of<'c>(catalog: &'c crate::catalog::Catalog, name: &ObjectName) -> Option<&'c [String]> {
    match &catalog.objects.get(name)?.definition {
        Definition::Enum(labels) => Some(labels),
        _ => None,
    }
}

/// The enum types that get a label in place which another of the statements uses. The server refuses that in one
/// transaction.
pub(in super::super) fn used_at_once(
    sides: &Sides<'_>,
    fates: &Fates,
    statements: &[Statement],
) -> BTreeSet<ObjectName> {
    let altered = fates
        .fates
        .iter()
        .filter(|(name, fate)| matches!(fate, Fate::Stays(_)) && labels_of(sides.left, name).is_some());
    let is_used = |name: &ObjectName| {
        let labels = added(sides, name);
        let type_name = qualified(POSTGRES, name);
        statements.iter().filter(|statement| statement.object != *name).any(|statement| {
            let concerns_type =
                names(&statement.sql, &type_name) || sides.is_needed_by(name, &statement.object);
            // Values of another type may turn into any label.
            let is_retyped = names(&statement.sql, &format!(" TYPE {type_name}"));
            concerns_type && (is_retyped || labels.iter().any(|label| has_label(&statement.sql, label)))
        })
    };
    altered
        .map(|(name, _)| name)
        .filter(|name| !added(sides, name).is_empty() && is_used(name))
        .cloned()
        .collect()
}

/// Whether a statement has a name, and not only one that begins with it.
fn names(sql: &str, name: &str) -> bool {
    sql.match_indices(name).any(|(place, _)| {
        let next = sql.get(place + name.len()..).and_then(|rest| rest.chars().next());
        !next.is_some_and(|next| next.is_alphanumeric() || matches!(next, '_' | '$' | '"'))
    })
}

/// Whether a statement holds a label, as a literal of its own or within that of an array.
fn has_label(sql: &str, label: &str) -> bool {
    if sql.contains(&POSTGRES.quote_literal(label)) {
        return true;
    }
    let is_part_of_word = |character: char| character.is_alphanumeric() || character == '_';
    sql.split('\'').skip(1).step_by(2).filter(|literal| literal.starts_with('{')).any(|array| {
        array.match_indices(label).any(|(place, _)| {
            let before = array.get(..place).and_then(|text| text.chars().next_back());
            let after = array.get(place + label.len()..).and_then(|text| text.chars().next());
            !before.is_some_and(is_part_of_word) && !after.is_some_and(is_part_of_word)
        })
    })
}

/// Whether a statement does nothing but add labels to one of these types.
pub(in super::super) fn is_addition(statement: &Statement, types: &BTreeSet<ObjectName>) -> bool {
    types.contains(&statement.object) && statement.sql.contains(" ADD VALUE ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::ObjectKind;

    fn labels(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    fn added(left: &str, right: &str) -> Vec<String> {
        let name = ObjectName::new(ObjectKind::Enum, Some("s"), "e");
        let statements = additions(&name, &labels(left), &labels(right));
        statements.into_iter().map(|one| one.sql.replace("ALTER TYPE s.e ADD VALUE ", "")).collect()
    }

    #[test]
    fn an_anchor_is_there_by_then() {
        assert_eq!(added("a b", "a b c d"), ["'c'", "'d'"]);
        assert_eq!(added("a b", "x y a b"), ["'x' BEFORE 'a'", "'y' AFTER 'x'"]);
        assert_eq!(added("a b", "a x y b z"), ["'x' AFTER 'a'", "'y' AFTER 'x'", "'z'"]);
        assert_eq!(added("", "a b"), ["'a'", "'b'"]);
    }

    #[test]
    fn what_stays_in_its_order_can_be_added_to() {
        assert!(is_subsequence(&labels("a b"), &labels("x a y b")));
        assert!(!is_subsequence(&labels("a b"), &labels("b a")));
        assert!(!is_subsequence(&labels("a b"), &labels("a")));
    }

    #[test]
    fn a_name_is_no_beginning_of_another() {
        assert!(
            names("SET DEFAULT 'new'::s.e", "s.e") && names("x s.e[]", "s.e") && names("s.e2, s.e", "s.e")
        );
        assert!(!names("CREATE TYPE s.e2 AS ENUM ('new')", "s.e") && !names("s.e_old", "s.e"));
    }

    #[test]
    fn labels_are_found_as_literals_and_in_arrays() {
        assert!(has_label("SET DEFAULT 'new'::s.e", "new"));
        assert!(has_label("SET DEFAULT '{old,new}'::s.e[]", "new"));
        assert!(!has_label("SET DEFAULT '{old,newer}'::s.e[]", "new"));
        assert!(!has_label("COMMENT ON COLUMN s.t.new IS 'a new one'", "new"));
    }
}
