//! Columns that come and are NULL in every row: of what is made on them together, little can fail.

use super::POSTGRES;
use super::sides::Sides;
use crate::catalog::sql::identifier;
use crate::catalog::{Column, ConstraintRule, ObjectKind, ObjectName, Table};

/// Whether a constraint of a table that stays holds for every row, since the columns that it reads come and are NULL.
pub(super) fn holds(
    sides: &Sides<'_>,
    table: &ObjectName,
    constraint: &ObjectName,
    rule: &ConstraintRule,
) -> bool {
    let is_null = |column: &String| is_null(sides, table, column);
    match rule {
        ConstraintRule::ForeignKey(key) if key.match_type == "FULL" => key.columns.iter().all(is_null),
        ConstraintRule::ForeignKey(key) => key.columns.iter().any(is_null),
        ConstraintRule::Unique(key) => !key.nulls_not_distinct && key.columns.iter().any(is_null),
        ConstraintRule::Check { expression, .. } => {
            let needed = sides.right.dependencies.get(constraint).into_iter().flatten();
            let mut needed = needed.filter(|needed| *needed != table).peekable();
            needed.peek().is_some()
                && needed
                    .all(|one| one.kind == ObjectKind::Column && is_null(&identifier(POSTGRES, &one.name)))
                && is_unknown_of_null(expression)
        }
        _ => false,
    }
}

/// Whether a column of a table that stays, as SQL names it, comes and is NULL in every row.
pub(super) fn is_null(sides: &Sides<'_>, table: &ObjectName, column: &str) -> bool {
    let Some((left, right)) = sides.tables(table) else { return false };
    let one = right.columns.iter().find(|one| identifier(POSTGRES, &one.name) == column);
    one.is_some_and(|one| is_null_everywhere(sides, table, left, one))
}

/// Whether a column comes, and nothing gives it a value.
fn is_null_everywhere(sides: &Sides<'_>, table: &ObjectName, left: &Table, column: &Column) -> bool {
    !left.columns.iter().any(|one| one.name == column.name)
        && column.is_nullable
        && column.default.is_none()
        && column.generated.is_none()
        && column.identity.is_none()
        && !sides.hints.fills.contains_key(&table.part(ObjectKind::Column, &column.name))
}

/// Whether an expression has nothing but operators that make NULL of NULL: no call, no `IS`, no `CASE`.
fn is_unknown_of_null(expression: &str) -> bool {
    let expression = format!(" {expression} ").to_ascii_uppercase();
    let has_word = ["IS", "CASE", "COALESCE"].into_iter().any(|word| {
        let is_of_word =
            |character: Option<char>| character.is_some_and(|one| one.is_alphanumeric() || one == '_');
        expression.match_indices(word).any(|(place, _)| {
            let (before, after) = (expression.get(..place), expression.get(place + word.len()..));
            !is_of_word(before.and_then(|text| text.chars().next_back()))
                && !is_of_word(after.and_then(|text| text.chars().next()))
        })
    });
    let mut last = ' ';
    let has_call = expression.chars().any(|character| {
        let is_call = character == '(' && (last.is_alphanumeric() || matches!(last, '_' | '"'));
        last = character;
        is_call
    });
    !has_word && !has_call
}

#[cfg(test)]
mod tests {
    use super::is_unknown_of_null;

    #[test]
    fn what_knows_null_may_be_false_of_it() {
        for expression in ["a > 0", "(a > 0) AND (this < 5)", "a = ANY (ARRAY['is_it'::text, 'y'::text])"] {
            assert!(is_unknown_of_null(expression), "{expression}");
        }
        for expression in [
            "a IS NOT NULL",
            "num_nonnulls(a, b) = 1",
            "(a > 0) IS TRUE",
            "CASE WHEN a THEN b ELSE false END",
        ] {
            assert!(!is_unknown_of_null(expression), "{expression}");
        }
    }
}
