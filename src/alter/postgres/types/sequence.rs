//! Sequences, and what becomes of their positions where identity columns, serial columns and plain ones turn into each
//! other.

use super::super::super::{Remark, Statement};
use super::super::POSTGRES;
use super::super::cast::{Cast, cast};
use super::super::fate::{Fate, Fates};
use super::super::sides::Sides;
use super::super::way::{Way, drop_statement};
use super::names::free_name;
use crate::catalog::sql::{identifier, named, qualified, qualified_column, relation_of};
use crate::catalog::{Column, Definition, Identity, ObjectKind, ObjectName, Sequence};

/// The way between two sequences: all of it can be altered in place, and its position stays.
pub(super) fn way(sides: &Sides<'_>, name: &ObjectName, left: &Sequence, right: &Sequence) -> Way {
    let words = format!("ALTER SEQUENCE {}", qualified(POSTGRES, name));
    let mut statements = Vec::new();
    let changes = changes(left, right);
    if !changes.is_empty() {
        let statement = Statement::new(name, format!("{words} {}", changes.join(" ")));
        statements.extend(within_bounds(statement, &qualified(POSTGRES, name), left, right));
    }
    if left.is_unlogged != right.is_unlogged && !is_turned_with_table(sides, left, right) {
        let action = if right.is_unlogged { "SET UNLOGGED" } else { "SET LOGGED" };
        statements.push(Statement::new(name, format!("{words} {action}")));
    }
    if left.owned_by != right.owned_by && !is_owned_later(sides, right) {
        let owner = right.owned_by.as_deref().unwrap_or("NONE");
        statements.push(Statement::new(name, format!("{words} OWNED BY {owner}")));
    }
    Way::settings(statements)
}

/// Whether the table of the column that owns a sequence is made logged or unlogged as it is, and takes it along.
fn is_turned_with_table(sides: &Sides<'_>, left: &Sequence, right: &Sequence) -> bool {
    let column = left.owned_by.as_ref().filter(|column| right.owned_by.as_ref() == Some(column));
    let column = column.and_then(|column| sides.right_column_named(column));
    let tables = column.and_then(|column| sides.tables(sides.right.relation_of(&column)?.0));
    tables
        .is_some_and(|(old, new)| old.is_unlogged != new.is_unlogged && new.is_unlogged == right.is_unlogged)
}

/// Whether the column that is to own a sequence comes: the statements that make a new table give it the sequence, and
/// a column of another table gets it at the end.
fn is_owned_later(sides: &Sides<'_>, sequence: &Sequence) -> bool {
    let column = sequence.owned_by.as_ref().and_then(|column| sides.right_column_named(column));
    column.is_some_and(|column| sides.columns(&column).is_none_or(|(left, _)| left.is_none()))
}

/// The options, as of `ALTER SEQUENCE`, that lead from one sequence to another.
pub(in super::super) fn changes(left: &Sequence, right: &Sequence) -> Vec<String> {
    let mut options = Vec::new();
    if left.data_type != right.data_type {
        options.push(format!("AS {}", right.data_type));
    }
    for (clause, old, new) in [
        ("INCREMENT BY", left.increment, right.increment),
        ("MINVALUE", left.minimum, right.minimum),
        ("MAXVALUE", left.maximum, right.maximum),
        ("START WITH", left.start, right.start),
        ("CACHE", left.cache, right.cache),
    ] {
        if old != new {
            options.push(format!("{clause} {new}"));
        }
    }
    if left.cycles != right.cycles {
        options.push(if right.cycles { "CYCLE" } else { "NO CYCLE" }.to_owned());
    }
    options
}

/// What the server makes of a sequence that gets another type: bounds that were those of its type are those of the new one.
pub(in super::super) fn as_type(sequence: &Sequence, data_type: &str) -> Sequence {
    let (old, new) = (limits(&sequence.data_type), limits(data_type));
    let is_ascending = sequence.increment > 0;
    let minimum = if is_ascending { 1 } else { new.0 };
    let maximum = if is_ascending { new.1 } else { -1 };
    Sequence {
        data_type: data_type.to_owned(),
        minimum: if sequence.minimum == old.0 { minimum } else { sequence.minimum },
        maximum: if sequence.maximum == old.1 { maximum } else { sequence.maximum },
        ..sequence.clone()
    }
}

/// The smallest and the largest value of a sequence of a type.
pub(in super::super) fn limits(data_type: &str) -> (i64, i64) {
    match data_type {
        "smallint" => (i16::MIN.into(), i16::MAX.into()),
        "integer" => (i32::MIN.into(), i32::MAX.into()),
        _ => (i64::MIN, i64::MAX),
    }
}

/// A statement that gives a sequence, as SQL names it, other bounds, with what goes before it and what is to be said of it.
pub(in super::super) fn within_bounds(
    statement: Statement,
    sequence: &str,
    left: &Sequence,
    right: &Sequence,
) -> Vec<Statement> {
    let first = into_bounds(&statement.object, sequence, left, right);
    let statement = match out_of_bounds(&statement.object, sequence, left, right) {
        Some(remark) => statement.remark(remark),
        None => statement,
    };
    first.into_iter().chain([statement]).collect()
}

/// Takes a position that comes before the new bounds to the first value within them; the server refuses the bounds else.
fn into_bounds(name: &ObjectName, sequence: &str, left: &Sequence, right: &Sequence) -> Option<Statement> {
    let (first, comparison) = match right.increment > 0 {
        true if right.minimum > left.minimum => (right.minimum, "<"),
        false if right.maximum < left.maximum => (right.maximum, ">"),
        _ => return None,
    };
    if first < left.minimum || first > left.maximum {
        return None;
    }
    let literal = POSTGRES.quote_literal(sequence);
    Some(Statement::new(
        name,
        format!(
            "SELECT setval({literal}, {first}, false) FROM {sequence} WHERE last_value {comparison} {first}"
        ),
    ))
}

fn out_of_bounds(name: &ObjectName, sequence: &str, left: &Sequence, right: &Sequence) -> Option<Remark> {
    let condition = match right.increment > 0 {
        true if right.maximum < left.maximum => format!("last_value > {}", right.maximum),
        false if right.minimum > left.minimum => format!("last_value < {}", right.minimum),
        _ => return None,
    };
    Some(Remark::MayFail {
        object: name.clone(),
        what: format!("{}: a position beyond the new bounds", named(name)),
        count: Some(format!("SELECT count(*) FROM {sequence} WHERE {condition}")),
    })
}

/// What makes a new sequence: with the position of the identity column whose place it takes, or behind the largest value
/// of a column that has had no sequence. What gives it to a column that there is comes at the end.
pub(in super::super) fn create(
    sides: &Sides<'_>,
    name: &ObjectName,
    right: &Sequence,
    made: Vec<Statement>,
) -> (Vec<Statement>, Vec<Statement>) {
    let column = right.owned_by.as_ref().and_then(|column| sides.right_column_named(column));
    let Some((column, old, _)) = column.as_ref().and_then(|column| existing(sides, column)) else {
        return (made, Vec::new());
    };
    let owned = qualified_of(column);
    let at_end =
        vec![Statement::new(name, format!("ALTER SEQUENCE {} OWNED BY {owned}", qualified(POSTGRES, name)))];
    let Some(old) = old else { return (made, at_end) };
    let mut statements = Vec::new();
    let own = qualified(POSTGRES, name);
    match &old.identity {
        Some(identity) => {
            let mut from = identity.sequence_name.clone();
            if from == own {
                let aside = free_name(sides, name);
                statements.push(rename(name, &own, &aside));
                from = qualified(POSTGRES, &aside);
            }
            statements.extend(made);
            statements.push(Statement::new(name, position_of(&own, &from)));
        }
        None if old.default.as_ref().is_some_and(|default| default.contains("nextval(")) => {
            statements.extend(made)
        }
        None => {
            statements.extend(made);
            statements.push(Statement::new(name, behind(&own, column, &as_number(column, old), right)));
        }
    }
    (statements, at_end)
}

/// A column of a table that both sides have, with the column as it was.
fn existing<'n, 'c>(
    sides: &Sides<'c>,
    column: &'n ObjectName,
) -> Option<(&'n ObjectName, Option<&'c Column>, &'c Column)> {
    let (left, right) = sides.columns(column)?;
    Some((column, left, right?))
}

/// The statements that make a column that there is an identity column, with the position of the sequence that it has had,
/// or behind its largest value.
pub(in super::super) fn add_identity(
    sides: &Sides<'_>,
    fates: &Fates,
    column: &ObjectName,
    identity: &Identity,
    add: Statement,
) -> Vec<Statement> {
    let Some(old) = forerunner(sides, fates, column) else {
        let behind = behind_values(&identity.sequence_name, column, &identity.sequence);
        return vec![add, Statement::new(column, behind)];
    };
    let mut statements = Vec::new();
    let mut from = qualified(POSTGRES, old);
    if from == identity.sequence_name {
        let aside = free_name(sides, old);
        statements.push(rename(old, &from, &aside));
        from = qualified(POSTGRES, &aside);
    }
    statements.push(add);
    statements.push(Statement::new(column, position_of(&identity.sequence_name, &from)));
    statements
}

/// The sequence that goes and whose position an identity column takes over.
fn forerunner<'c>(sides: &Sides<'c>, fates: &Fates, column: &ObjectName) -> Option<&'c ObjectName> {
    let owned = qualified_of(column);
    let (left, right) = sides.columns(column)?;
    let becomes_identity = left?.identity.is_none() && right?.identity.is_some();
    let mut sequences = sides.left.objects.iter().filter(|(name, object)| match &object.definition {
        Definition::Sequence(sequence) => {
            sequence.owned_by.as_ref() == Some(&owned) && fates.get(name) == Some(&Fate::Goes)
        }
        _ => false,
    });
    sequences.next().map(|(name, _)| name).filter(|_| becomes_identity)
}

/// The column that takes over the position of a sequence that goes.
pub(super) fn heir(sides: &Sides<'_>, fates: &Fates, name: &ObjectName) -> Option<ObjectName> {
    let Definition::Sequence(sequence) = &sides.left.objects.get(name)?.definition else { return None };
    let column = sides.left_column_named(sequence.owned_by.as_ref()?)?;
    (forerunner(sides, fates, &column) == Some(name)).then_some(column)
}

/// The statement that drops a sequence that does not go with its column.
pub(in super::super) fn drop(sides: &Sides<'_>, fates: &Fates, name: &ObjectName) -> Option<Statement> {
    let Some(column) = heir(sides, fates, name) else {
        let sequence = qualified(POSTGRES, name);
        return Some(drop_statement(name)?.remark(Remark::Loses {
            object: name.clone(),
            what: format!("the position of {}", named(name)),
            count: Some(format!("SELECT count(*) FROM {sequence} WHERE is_called")),
        }));
    };
    let (_, right) = sides.columns(&column)?;
    let takes_name =
        right?.identity.as_ref().is_some_and(|one| one.sequence_name == qualified(POSTGRES, name));
    let now = if takes_name { free_name(sides, name) } else { name.clone() };
    Some(Statement::new(name, drop_statement(&now)?.sql))
}

fn rename(name: &ObjectName, from: &str, to: &ObjectName) -> Statement {
    Statement::new(name, format!("ALTER SEQUENCE {from} RENAME TO {}", identifier(POSTGRES, &to.name)))
}

/// Takes a sequence to where another stands; both as SQL names them.
fn position_of(sequence: &str, from: &str) -> String {
    format!("SELECT setval({}, last_value, is_called) FROM {from}", POSTGRES.quote_literal(sequence))
}

/// The values of a column that does not hold numbers yet, as those that it will hold.
fn as_number(column: &ObjectName, left: &Column) -> String {
    let own = identifier(POSTGRES, &column.name);
    match cast(&left.data_type, "bigint") {
        Cast::Assignment if ["smallint", "integer", "bigint"].contains(&left.data_type.as_str()) => own,
        Cast::Assignment => format!("{own}::bigint"),
        Cast::OutOfArray => format!("({own})[1]::bigint"),
        Cast::Explicit | Cast::ByText | Cast::IntoArray => format!("{own}::text::bigint"),
    }
}

/// Takes a sequence behind the values that a column has.
pub(in super::super) fn behind_values(
    sequence_name: &str,
    column: &ObjectName,
    sequence: &Sequence,
) -> String {
    behind(sequence_name, column, &identifier(POSTGRES, &column.name), sequence)
}

/// The same, where `own` is the value of the column.
fn behind(sequence_name: &str, column: &ObjectName, own: &str, sequence: &Sequence) -> String {
    let table = relation_of(POSTGRES, column);
    let (last, bound) = match sequence.increment > 0 {
        true => (format!("max({own})"), format!(">= {}", sequence.minimum)),
        false => (format!("min({own})"), format!("<= {}", sequence.maximum)),
    };
    let literal = POSTGRES.quote_literal(sequence_name);
    format!("SELECT setval({literal}, {last}) FROM {table} HAVING {last} {bound}")
}

/// A column as SQL names it, with schema and table.
pub(super) fn qualified_of(column: &ObjectName) -> String {
    let table = ObjectName::new(
        ObjectKind::Table,
        column.schema.as_deref(),
        column.relation.as_deref().unwrap_or_default(),
    );
    qualified_column(&table, &column.name)
}
