//! What a statement does to rows, or asks of them, with queries that count on the left's database.

use std::collections::BTreeSet;

use super::affinity;
use super::change::TableChange;
use super::mention;
use super::side::{Side, TableView};
use crate::alter::Remark;
use crate::catalog::sql::identifier;
use crate::catalog::{Affinity, Column, ForeignKey, Index, Key, ObjectKind, ObjectName};
use crate::sql::{Dialect, TokenKind};

fn quoted(name: &str) -> String {
    identifier(Dialect::Sqlite, name)
}

fn table_name(change: &TableChange<'_>) -> String {
    quoted(&change.left.name.name)
}

/// Says that a table's rows go with it.
pub(super) fn dropped_rows(table: &ObjectName) -> Remark {
    Remark::Loses {
        object: table.clone(),
        what: format!("the rows of {}", table.name),
        count: Some(format!("SELECT count(*) FROM {}", quoted(&table.name))),
    }
}

/// Says that the index of a full text search goes, whose texts are nowhere: what was found by it is not found any more.
pub(super) fn dropped_index(table: &ObjectName) -> Remark {
    Remark::Loses {
        object: table.clone(),
        what: format!("the index of {}, whose texts are nowhere else", table.name),
        count: Some(format!("SELECT count(*) FROM {}", quoted(&format!("{}_docsize", table.name)))),
    }
}

/// Values that go with a column; nothing goes with a computed one.
pub(super) fn dropped_values(table: &ObjectName, column: &Column) -> Option<Remark> {
    column.generated.is_none().then(|| values_of(table, &column.name))
}

/// Says that the values of a column of this name go.
pub(super) fn values_of(table: &ObjectName, column: &str) -> Remark {
    Remark::Loses {
        object: table.part(ObjectKind::Column, column),
        what: format!("the values of {}.{column}", table.name),
        count: Some(format!("SELECT count({}) FROM {}", quoted(column), quoted(&table.name))),
    }
}

/// A new column that every row needs a value for, and none has.
pub(super) fn missing_values(change: &TableChange<'_>, column: &Column) -> Option<Remark> {
    let default = column.default.as_deref().filter(|default| !default.eq_ignore_ascii_case("NULL"));
    let is_missing = !change.right.takes_null(column) && default.is_none() && column.generated.is_none();
    is_missing.then(|| Remark::MayFail {
        object: change.column_name(column),
        what: format!("{}.{}: rows, none of which has a value", change.right.name.name, column.name),
        count: Some(format!("SELECT count(*) FROM {}", table_name(change))),
    })
}

/// A computed column that takes no NULL, and did or was not there before. Where it is computed from a new column,
/// nothing can be counted.
pub(super) fn computed_nulls(change: &TableChange<'_>, column: &Column) -> Option<Remark> {
    let generated = column.generated.as_ref().filter(|_| !column.is_nullable)?;
    let count =
        format!("SELECT count(*) FROM {} WHERE ({}) IS NULL", table_name(change), generated.expression);
    Some(Remark::MayFail {
        object: change.column_name(column),
        what: format!("{}.{}: rows for which it is NULL", change.right.name.name, column.name),
        count: change.is_as_before(&generated.expression).then_some(count),
    })
}

/// That a column no longer takes NULL, with a query that counts the rows that have it; none where it takes NULL, or
/// took none.
pub(super) fn nulls(change: &TableChange<'_>, left: &Column, right: &Column) -> Option<Remark> {
    (!change.right.takes_null(right) && left_takes_null(change, left)).then(|| {
        let (column, table) = (quoted(&left.name), table_name(change));
        Remark::MayFail {
            object: change.column_name(right),
            what: format!("{}.{}: rows with NULL", change.right.name.name, right.name),
            count: Some(format!("SELECT count(*) FROM {table} WHERE {column} IS NULL")),
        }
    })
}

/// Whether there may be a NULL that has no place on the right: what was the row id has none.
pub(super) fn left_takes_null(change: &TableChange<'_>, left: &Column) -> bool {
    let is_rowid = change.left.rowid_alias().is_some_and(|alias| alias.name == left.name);
    change.left.takes_null(left) && !is_rowid
}

/// What a column of a `STRICT` table is filled with, and may not take: its default, or what is computed.
pub(super) fn strict_value(change: &TableChange<'_>, column: &Column) -> Option<Remark> {
    let generated = column.generated.as_ref().map(|generated| generated.expression.as_str());
    let value = generated.or(column.default.as_deref()).filter(|_| change.right.table.is_strict)?;
    let condition = affinity::refused(&column.data_type, &format!("({value})"))?;
    let count = format!("SELECT count(*) FROM {} WHERE {condition}", table_name(change));
    Some(Remark::MayFail {
        object: change.column_name(column),
        what: format!(
            "{}.{}: rows for which ({value}) is no {}",
            change.right.name.name,
            column.name,
            type_name(column)
        ),
        count: change.is_as_before(value).then_some(count),
    })
    .filter(|_| generated.is_some() || !is_plainly(&column.data_type, value))
}

/// Whether a literal is of a `STRICT` type beyond doubt.
fn is_plainly(data_type: &str, literal: &str) -> bool {
    let mut tokens = mention::tokens(literal);
    let (first, second) = (tokens.next(), tokens.next());
    let is_null = literal.eq_ignore_ascii_case("NULL");
    let is_signed = matches!(first, Some((_, "-" | "+")));
    let (kind, text) = match if is_signed { second } else { first } {
        Some(token) if tokens.next().is_none() && (is_signed || second.is_none()) => token,
        _ => return false,
    };
    let is_number = kind == TokenKind::Number;
    is_null
        || match data_type.to_ascii_uppercase().as_str() {
            "INT" | "INTEGER" => is_number && text.bytes().all(|byte| byte.is_ascii_digit()),
            "REAL" => is_number,
            "TEXT" => kind == TokenKind::String && text.starts_with('\''),
            "BLOB" => kind == TokenKind::String && text.starts_with(['x', 'X']),
            _ => true,
        }
}

/// A new check. Where it needs a column that is new, or whose values become others, nothing can be counted.
pub(super) fn check(change: &TableChange<'_>, name: &ObjectName, expression: &str) -> Option<Remark> {
    let count = format!("SELECT count(*) FROM {} WHERE NOT ({expression})", table_name(change));
    Some(Remark::MayFail {
        object: name.clone(),
        what: format!("{}: rows that do not satisfy CHECK ({expression})", change.right.name.name),
        count: change.is_as_before(expression).then_some(count),
    })
}

/// A new check that the default of a new column must satisfy.
pub(super) fn check_of_default(
    change: &TableChange<'_>,
    name: &ObjectName,
    column: &Column,
) -> Option<Remark> {
    let default = column.default.as_deref()?;
    Some(Remark::MayFail {
        object: name.clone(),
        what: format!("{}: rows where {default} does not satisfy the check", change.right.name.name),
        count: None,
    })
}

/// How the values of a column compare on the right, where that is another way than on the left.
pub(super) enum Comparison {
    /// By another collation.
    Collation(String),
    /// They become others first.
    Converted,
}

/// How values of a column of both sides compare on the right; none where they do as on the left.
pub(super) fn comparison(left: &TableView<'_>, right: &TableView<'_>, column: &str) -> Option<Comparison> {
    let (old, new) = (left.column(column)?, right.column(column)?);
    let affinity = |table: &TableView<'_>, column: &Column| {
        Affinity::of_column(&column.data_type, table.table.is_strict)
    };
    if affinity(left, old) != affinity(right, new) {
        return Some(Comparison::Converted);
    }
    let collation = |column: &Column| column.collation.clone().unwrap_or_else(|| "BINARY".to_owned());
    let is_same = collation(old).eq_ignore_ascii_case(&collation(new));
    (!is_same).then(|| Comparison::Collation(collation(new)))
}

/// A term of a query on the left that compares as a key does on the right; none where no query can tell.
fn compared_term(left: &TableView<'_>, right: &TableView<'_>, term: &str) -> Option<String> {
    let has_own = mention::tokens(term)
        .any(|(kind, text)| kind == TokenKind::Word && text.eq_ignore_ascii_case("COLLATE"));
    let column = mention::leading_name(term);
    match comparison(left, right, &column) {
        Some(Comparison::Converted) => None,
        Some(Comparison::Collation(collation)) if !has_own => {
            Some(format!("{} COLLATE {}", quoted(&column), quoted(&collation)))
        }
        _ => Some(term.to_owned()),
    }
}

/// Says that rows may be equal in the columns of a new primary or unique key; none where they cannot.
pub(super) fn key(change: &TableChange<'_>, name: &ObjectName, key: &Key) -> Option<Remark> {
    let columns: Vec<String> = key.columns.iter().map(|column| mention::leading_name(column)).collect();
    let is_known = columns.iter().all(|column| change.left.column(column).is_some());
    let terms = key.columns.iter().map(|key| compared_term(&change.left, &change.right, without_order(key)));
    let terms = terms.collect::<Option<Vec<String>>>().filter(|_| is_known);
    let count = terms.map(|terms| {
        let terms: Vec<&str> = terms.iter().map(String::as_str).collect();
        duplicates(&table_name(change), &terms, None)
    });
    // A computed row id is unique, and so is what a default cannot repeat.
    let is_rowid = change.right.rowid_alias().is_some_and(|alias| columns == [alias.name.clone()]);
    (is_known || !is_rowid).then(|| Remark::MayFail {
        object: name.clone(),
        what: format!("{}: rows with the same {}", change.right.name.name, columns.join(", ")),
        count,
    })
}

/// A new unique index. Where it needs a new column, nothing can be counted.
pub(super) fn unique_index(
    left: Option<&TableView<'_>>,
    right: Option<&TableView<'_>>,
    name: &ObjectName,
    index: &Index,
) -> Option<Remark> {
    let (left, right) = (left.filter(|_| index.is_unique)?, right?);
    let terms: Vec<String> = index
        .keys
        .iter()
        .map(|key| match &key.collation {
            Some(collation) => format!("{} COLLATE {}", key.expression, quoted(collation)),
            None => key.expression.clone(),
        })
        .collect();
    let predicate = index.predicate.as_deref().unwrap_or_default();
    let mentioned: BTreeSet<String> =
        terms.iter().map(String::as_str).chain([predicate]).flat_map(mention::names).collect();
    let is_new = |name: &String| left.column(name).is_none() && right.column(name).is_some();
    let is_other = |name: &String| comparison(left, right, name).is_some();
    let terms: Vec<&str> = terms.iter().map(String::as_str).collect();
    let table = quoted(&left.name.name);
    let is_countable = !mentioned.iter().any(|name| is_new(name) || is_other(name));
    let count = is_countable.then(|| duplicates(&table, &terms, index.predicate.as_deref()));
    Some(Remark::MayFail {
        object: name.clone(),
        what: format!("{}: rows with the same {}", left.name.name, terms.join(", ")),
        count,
    })
}

/// A key column without its `DESC`.
fn without_order(key: &str) -> &str {
    key.strip_suffix(" DESC").unwrap_or(key)
}

/// How many rows are too many, where NULLs are never the same.
fn duplicates(table: &str, terms: &[&str], predicate: Option<&str>) -> String {
    let present: Vec<String> = terms.iter().map(|term| format!("{term} IS NOT NULL")).collect();
    let predicate = predicate.map(|predicate| format!(" AND ({predicate})")).unwrap_or_default();
    format!(
        "SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM {table} WHERE {}{predicate} GROUP BY {} \
         HAVING count(*) > 1)",
        present.join(" AND "),
        terms.join(", ")
    )
}

/// Says that rows may refer to no row by a new foreign key.
pub(super) fn foreign_key(
    change: &TableChange<'_>,
    left: &Side<'_>,
    name: &ObjectName,
    key: &ForeignKey,
) -> Remark {
    let columns = key.columns.join(", ");
    Remark::MayFail {
        object: name.clone(),
        what: format!("{}: rows whose {columns} refer to no row of {}", change.right.name.name, key.table),
        count: dangling(change, left, key),
    }
}

/// How many rows point nowhere, where both tables have all columns already.
fn dangling(change: &TableChange<'_>, left: &Side<'_>, key: &ForeignKey) -> Option<String> {
    let parent = left.table(&key.table)?;
    let mut conditions = Vec::new();
    let mut present = Vec::new();
    for (own, other) in key.columns.iter().zip(&key.referenced_columns) {
        let own = change.left.column(&mention::leading_name(own))?;
        let other = parent.column(&mention::leading_name(other))?;
        present.push(format!("child.{} IS NOT NULL", quoted(&own.name)));
        conditions.push(format!("parent.{} = child.{}", quoted(&other.name), quoted(&own.name)));
    }
    if conditions.is_empty() {
        return None;
    }
    Some(format!(
        "SELECT count(*) FROM {} AS child WHERE {} AND NOT EXISTS (SELECT 1 FROM {} AS parent WHERE {})",
        table_name(change),
        present.join(" AND "),
        quoted(&parent.name.name),
        conditions.join(" AND ")
    ))
}

/// What a change of a column's type does to its values, by its affinity and, in a `STRICT` table, its type.
pub(super) fn conversion(change: &TableChange<'_>, left: &Column, right: &Column) -> Vec<Remark> {
    let object = change.column_name(right);
    let (table, column) = (table_name(change), quoted(&left.name));
    let mut remarks = Vec::new();
    let (from, to) = (
        Affinity::of_column(&left.data_type, change.left.table.is_strict),
        Affinity::of_column(&right.data_type, change.right.table.is_strict),
    );
    if let Some(condition) = affinity::altered(from, to, &column) {
        remarks.push(Remark::Loses {
            object: object.clone(),
            what: format!(
                "how values of {}.{} are written, as {} takes them for {}",
                change.right.name.name,
                right.name,
                type_name(right),
                to.name()
            ),
            count: Some(format!("SELECT count(*) FROM {table} WHERE {condition}")),
        });
    }
    if change.right.table.is_strict
        && let Some(condition) = affinity::refused(&right.data_type, &column)
        && !(change.left.table.is_strict && left.data_type.eq_ignore_ascii_case(&right.data_type))
    {
        remarks.push(Remark::MayFail {
            object,
            what: format!(
                "{}.{}: values that are no {}",
                change.right.name.name,
                right.name,
                type_name(right)
            ),
            count: Some(format!("SELECT count(*) FROM {table} WHERE {condition}")),
        });
    }
    remarks
}

fn type_name(column: &Column) -> &str {
    if column.data_type.is_empty() { "a column without type" } else { &column.data_type }
}

/// A column that becomes another name of the row id, which takes integers alone.
pub(super) fn row_id(change: &TableChange<'_>, left: &Column, right: &Column) -> Vec<Remark> {
    let (table, column) = (table_name(change), quoted(&left.name));
    let place = format!("{}.{}", change.right.name.name, right.name);
    let nulls = left_takes_null(change, left)
        .then(|| Remark::Note(format!("{place}: rows with NULL get ids of their own")));
    let others = Remark::MayFail {
        object: change.column_name(right),
        what: format!("{place}: values that are no integers"),
        count: Some(format!(
            "SELECT count(*) FROM {table} WHERE {column} IS NOT NULL AND CAST({column} AS INTEGER) IS NOT {column}"
        )),
    };
    [others].into_iter().chain(nulls).collect()
}
