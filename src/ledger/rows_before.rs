//! The version rows that a step begins from, as a condition that its bookkeeping insists on: what a script does to them
//! behind the text that is checked beforehand, in a function or a trigger, fails with the step.

use super::{Sql, Tables, Value};
use crate::graph::RevisionId;
use crate::plan::RowChange;

/// Of more rows than this only the number is looked at: naming them in every step would make a history with many
/// heads quadratic.
const MOST_NAMED: usize = 32;

/// The version rows that a step was planned from, against which its bookkeeping checks the table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RowsBefore {
    count: usize,
    /// All of them, or none where there are too many to be named.
    named: Vec<RevisionId>,
}

impl RowsBefore {
    /// These version rows by name; where they are more than 32, only their number is checked.
    #[must_use]
    pub fn of(rows: &[RevisionId]) -> Self {
        let named = if rows.len() > MOST_NAMED { &[] } else { rows };
        Self { count: rows.len(), named: named.to_vec() }
    }

    /// These rows, each by name however many there are: for what is written once.
    #[must_use]
    pub fn all_of(rows: &[RevisionId]) -> Self {
        Self { count: rows.len(), named: rows.to_vec() }
    }

    /// The SQL condition that the version table holds these rows and no others.
    #[must_use]
    pub fn are_there(&self, tables: &Tables) -> Sql {
        condition(tables, self.count, self.named.iter())
    }

    /// The condition that the rows which `change` leaves alone are there, and as many others as it takes away.
    pub(super) fn are_there_before(&self, tables: &Tables, change: &RowChange) -> Sql {
        condition(tables, self.count, self.left_alone(change))
    }

    /// The condition that the rows are there which `change` leaves alone and which it adds, and no others.
    #[must_use]
    pub fn are_there_after(&self, tables: &Tables, change: &RowChange) -> Sql {
        let moved = usize::from(change.update.is_some());
        let removed = change.delete.len() + moved;
        let count = (self.count + change.insert.len() + moved).saturating_sub(removed);
        let added = change.insert.iter().chain(change.update.iter().map(|(_, to)| to));
        condition(tables, count, self.left_alone(change).chain(added))
    }

    fn left_alone(&self, change: &RowChange) -> impl Iterator<Item = &RevisionId> {
        let goes = |row: &RevisionId| {
            change.delete.contains(row) || change.update.as_ref().is_some_and(|(from, _)| from == row)
        };
        self.named.iter().filter(move |row| !goes(row))
    }
}

fn condition<'r>(tables: &Tables, count: usize, named: impl Iterator<Item = &'r RevisionId>) -> Sql {
    let number = |count: usize| Value::Integer(i64::try_from(count).unwrap_or(i64::MAX));
    let rows = || Sql::new("(SELECT count(*) FROM ").table(tables.schema.as_deref(), &tables.version);
    let all = rows().raw(") = ").value(number(count));
    let named: Vec<Value> = named.map(|row| Value::from(row.as_str())).collect();
    if named.is_empty() {
        return all;
    }
    let there = number(named.len());
    all.raw(" AND ").then(rows()).raw(" WHERE version_num IN (").values(named).raw(")) = ").value(there)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::Dialect;

    fn ids(ids: &[&str]) -> Vec<RevisionId> {
        ids.iter().map(|id| RevisionId::recorded(id)).collect()
    }

    fn text(condition: &Sql) -> String {
        condition.literal(Dialect::Sqlite).replace("(SELECT count(*) FROM \"alembic_version\"", "(rows")
    }

    #[test]
    fn the_rows_that_a_change_leaves_alone_are_named() {
        let tables = Tables { schema: None, version: "alembic_version".to_owned() };
        let change = |from: &str, to: &str| RowChange {
            update: Some((RevisionId::recorded(from), RevisionId::recorded(to))),
            ..RowChange::default()
        };
        let merge = RowChange { delete: ids(&["b"]), ..change("a", "m") };
        let one = RowsBefore::of(&ids(&["a"]));
        assert_eq!(text(&one.are_there_before(&tables, &change("a", "b"))), "(rows) = 1");
        assert_eq!(text(&one.are_there(&tables)), "(rows) = 1 AND (rows WHERE version_num IN ('a')) = 1");
        let two = RowsBefore::of(&ids(&["a", "b"]));
        let named = "(rows) = 2 AND (rows WHERE version_num IN ('b')) = 1";
        assert_eq!(text(&two.are_there_before(&tables, &change("a", "c"))), named);
        let after = "(rows) = 2 AND (rows WHERE version_num IN ('b', 'c')) = 2";
        assert_eq!(text(&two.are_there_after(&tables, &change("a", "c"))), after);
        assert_eq!(text(&two.are_there_before(&tables, &merge)), "(rows) = 2");
        let merged = "(rows) = 1 AND (rows WHERE version_num IN ('m')) = 1";
        assert_eq!(text(&two.are_there_after(&tables, &merge)), merged);
        let many: Vec<RevisionId> =
            (0..=MOST_NAMED).map(|number| RevisionId::recorded(&number.to_string())).collect();
        assert_eq!(text(&RowsBefore::of(&many).are_there(&tables)), "(rows) = 33");
        let most = many.split_last().expect("there are some").1;
        assert!(text(&RowsBefore::of(most).are_there(&tables)).ends_with("'31')) = 32"), "so many are named");
        assert!(text(&RowsBefore::all_of(&many).are_there(&tables)).ends_with("'32')) = 33"));
    }
}
