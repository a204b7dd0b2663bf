//! A table whose checks name it, made anew under its own name: no other table takes them, and `RENAME` takes them along only where
//! no `legacy_alter_table` has it pass over the views and triggers that are left.

use super::change::TableChange;
use super::in_place::Obstacle;
use super::mention::{self, fold};
use super::rebuild::{Copy, keep_sequence, note, quoted, remarks};
use super::remark;
use super::side::{Side, TableView};
use crate::alter::{Hints, Statement};
use crate::catalog::ConstraintRule;
use crate::catalog::sql::sqlite_create;
use crate::sql::Dialect;

/// Whether a check of the table names a column with the table, as in `CHECK (t.a > 0)`.
pub(super) fn names_itself(table: &TableView<'_>) -> bool {
    table.constraints.iter().any(|(_, constraint)| match &constraint.rule {
        ConstraintRule::Check { expression, .. } => qualifies_by(expression, &table.name.name),
        _ => false,
    })
}

/// Whether an expression has a name of a table, or of a schema, before a dot.
fn qualifies_by(expression: &str, table: &str) -> bool {
    let tokens: Vec<_> = mention::tokens(expression).collect();
    let is_table = |kind, text| mention::name(kind, text).is_some_and(|name| fold(&name) == fold(table));
    tokens
        .iter()
        .zip(tokens.iter().skip(1))
        .any(|((kind, text), (_, next))| *next == "." && is_table(*kind, text))
}

/// The statements, without those of indexes and triggers: the rows are set aside in the table `called`, which nothing has, and
/// come back once the old table has made way for the new one.
pub(super) fn statements(
    change: &TableChange<'_>,
    (left, right): (&Side<'_>, &Side<'_>),
    hints: &Hints,
    called: &str,
    why: Obstacle,
) -> Vec<Statement> {
    let name = change.right.name;
    let (old, new, aside) = (quoted(&change.left.name.name), quoted(&name.name), quoted(called));
    let statement = |sql: String| Statement::new(name, sql);
    let create = statement(sqlite_create(right.catalog, name).unwrap_or_default());
    let drop = statement(format!("DROP TABLE {old}"));
    let mut remarks = remarks(change, left, hints);
    let copy = Copy::of(change, hints);
    if copy.targets.is_empty() {
        remarks.insert(0, remark::dropped_rows(change.left.name));
        return vec![Statement { remarks, ..drop }.remark(note(name, why)), create];
    }
    let targets = copy.targets.join(", ");
    let named = |(source, target): (&String, &String)| match source == target {
        true => target.clone(),
        false => format!("{source} AS {target}"),
    };
    let values: Vec<String> = copy.sources.iter().zip(&copy.targets).map(named).collect();
    let (values, order, insert) = (values.join(", "), copy.order(), copy.insert());
    let set_aside = statement(format!("CREATE TABLE {aside} AS\n    SELECT {values} FROM {old}{order}"));
    let back = statement(format!("{insert} INTO {new} ({targets})\n    SELECT {targets} FROM {aside}"));
    let keeps_sequence = change.left.is_autoincrement() && change.right.is_autoincrement();
    let mut statements = vec![set_aside.remark(note(name, why))];
    statements.extend(keeps_sequence.then(|| keep_sequence(change, called)).into_iter().flatten());
    statements.extend([drop, create, Statement { remarks, ..back }]);
    statements.extend(keeps_sequence.then(|| sequence_back(change, called)).into_iter().flatten());
    statements.push(statement(format!("DROP TABLE {aside}")));
    statements
}

/// The highest row id that there has been is that of the new table, whatever rows have come back.
fn sequence_back(change: &TableChange<'_>, called: &str) -> [Statement; 2] {
    let name = change.right.name;
    let [own, aside] = [&name.name, called].map(|name| Dialect::Sqlite.quote_literal(name));
    [
        format!("DELETE FROM sqlite_sequence WHERE name = {own}"),
        format!("UPDATE sqlite_sequence SET name = {own} WHERE name = {aside}"),
    ]
    .map(|sql| Statement::new(name, sql))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_names_its_table_before_a_dot() {
        for expression in ["t.a > 0", "\"T\" . \"a\" > 0", "b < [t].a", "main.t.a > 0"] {
            assert!(qualifies_by(expression, "t"), "{expression}");
        }
        for expression in ["t > 0", "a <> 't.a'", "x.t > 0", "a > 0 /* t.a */"] {
            assert!(!qualifies_by(expression, "t"), "{expression}");
        }
    }
}
