//! Rows, positions of sequences, and objects that a catalog has no place for.

use std::collections::BTreeSet;

use super::super::error::lacking;
use super::super::{BackendError, Contents, SequencePosition, TableRows};
use super::describe::{read_only, read_only_by_path};
use super::{CommandOutcome, Session, TransactionStatus};
use crate::catalog::sql::{identifier, qualified, text_literal};
use crate::catalog::{Catalog, Column, Definition, ObjectKind, ObjectName};
use crate::sql::Dialect;

const POSTGRES: Dialect = Dialect::Postgres;

/// The system catalogs of the objects that a schema written down leaves out.
const UNMODELLED: [&str; 7] =
    ["pg_am", "pg_conversion", "pg_language", "pg_opclass", "pg_opfamily", "pg_transform", "pg_ts_parser"];

/// What one statement of the message asks for.
enum Question<'c> {
    Rows(&'c ObjectName, Vec<&'c Column>),
    Position(String),
    Unmodelled,
}

/// Reads what the tables and sequences of a catalog hold, as one snapshot shows it, in two round trips.
///
/// Values name what they are of with its schema. The server looks into functions that indexes call before it reads a
/// table, and where these find others only by the session's search path, it is read with that.
///
/// # Errors
/// The database's, of the first of both ways.
pub(super) fn read(session: &mut Session, catalog: &Catalog) -> Result<Contents, BackendError> {
    let read = read_after(session, catalog, &read_only());
    read.or_else(|error| read_after(session, catalog, &read_only_by_path()).map_err(|_| error))
}

fn read_after(session: &mut Session, catalog: &Catalog, begin: &str) -> Result<Contents, BackendError> {
    let began = session.run_batch(&format!("{begin}; SET LOCAL row_security = off"));
    let contents = began.map_err(BackendError::from).and_then(|_| ask(session, catalog));
    if session.transaction_status() != TransactionStatus::Idle {
        // Nothing was changed. Where this fails the connection is gone, and the transaction with it.
        let _ = session.run_batch("ROLLBACK");
    }
    contents
}

fn ask(session: &mut Session, catalog: &Catalog) -> Result<Contents, BackendError> {
    let mut contents = Contents::default();
    let mut questions = Vec::new();
    let has = |kind| catalog.objects.keys().any(|name| name.kind == kind);
    let mut of = |kind, condition| match has(kind) {
        true => relations(session, condition),
        false => Ok(BTreeSet::new()),
    };
    let views = of(ObjectKind::MaterializedView, UNPOPULATED)?;
    let empty = of(ObjectKind::Table, EMPTY)?;
    for (name, object) in &catalog.objects {
        match &object.definition {
            Definition::Table(table) if name.kind == ObjectKind::Table => {
                let columns = writable(&table.columns);
                if empty.contains(&qualified(POSTGRES, name)) {
                    let columns = columns.into_iter().map(|column| column.name.clone()).collect();
                    contents.tables.insert(name.clone(), TableRows { columns, rows: Vec::new() });
                } else {
                    questions.push(Question::Rows(name, columns));
                }
                let identities = table.columns.iter().filter_map(|column| column.identity.as_ref());
                questions.extend(identities.map(|one| Question::Position(one.sequence_name.clone())));
            }
            Definition::Sequence(_) => questions.push(Question::Position(qualified(POSTGRES, name))),
            Definition::View(_) if name.kind == ObjectKind::MaterializedView => {
                if views.contains(&qualified(POSTGRES, name)) {
                    contents.unpopulated.insert(name.clone());
                } else {
                    questions.push(Question::Rows(name, Vec::new()));
                }
            }
            _ => {}
        }
    }
    questions.push(Question::Unmodelled);
    let message: Vec<String> = questions.iter().map(Question::sql).collect();
    let mut answers = Vec::with_capacity(questions.len());
    session.run_batch_with(&message.join(";\n"), usize::MAX, &mut |outcome| answers.push(outcome))?;
    take_all(questions, answers, &mut contents)?;
    Ok(contents)
}

/// # Errors
/// Where a question has no answer. What is missing on both sides of a comparison would be equal.
fn take_all(
    questions: Vec<Question<'_>>,
    answers: Vec<CommandOutcome>,
    contents: &mut Contents,
) -> Result<(), BackendError> {
    let mut answers = answers.into_iter();
    for question in questions {
        let answer = answers.next().ok_or_else(|| lacking(&question.what()))?;
        question.take(answer, contents)?;
    }
    Ok(())
}

/// The materialized views without data.
const UNPOPULATED: &str = "c.relkind = 'm' AND NOT c.relispopulated";

/// The tables without a page: there can be no row in them, and to look for one in each takes five times as long.
const EMPTY: &str = "c.relkind = 'r' AND c.relam = (SELECT oid FROM pg_am WHERE amname = 'heap') \
    AND c.oid >= 16384 AND pg_relation_size(c.oid) = 0";

/// The relations `c` that fulfil a condition, qualified.
fn relations(session: &mut Session, condition: &str) -> Result<BTreeSet<String>, BackendError> {
    let sql = format!(
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {condition}"
    );
    let mut found = BTreeSet::new();
    session.run_batch_with(&sql, usize::MAX, &mut |outcome| {
        found.extend(outcome.rows.into_iter().filter_map(|row| {
            let [Some(schema), Some(name)] = row.as_slice() else { return None };
            Some(qualified(POSTGRES, &ObjectName::new(ObjectKind::Table, Some(schema), name)))
        }));
    })?;
    Ok(found)
}

fn writable(columns: &[Column]) -> Vec<&Column> {
    columns.iter().filter(|column| column.generated.is_none()).collect()
}

impl Question<'_> {
    fn sql(&self) -> String {
        match self {
            Self::Rows(name, _) if name.kind == ObjectKind::MaterializedView => {
                format!("SELECT * FROM {}", qualified(POSTGRES, name))
            }
            Self::Rows(name, columns) => {
                let columns: Vec<String> =
                    columns.iter().map(|column| identifier(POSTGRES, &column.name)).collect();
                format!("SELECT {} FROM ONLY {}", columns.join(", "), qualified(POSTGRES, name))
            }
            Self::Position(sequence) => format!("SELECT last_value, is_called FROM {sequence}"),
            Self::Unmodelled => unmodelled(),
        }
    }

    /// What the query reads, as an error says it.
    fn what(&self) -> String {
        match self {
            Self::Rows(name, _) => format!("the rows of {name}"),
            Self::Position(sequence) => format!("the position of the sequence {sequence}"),
            Self::Unmodelled => "the objects beside the catalog's".to_owned(),
        }
    }

    fn take(self, answer: CommandOutcome, contents: &mut Contents) -> Result<(), BackendError> {
        match self {
            Self::Rows(name, columns) => {
                let literals = |row: Vec<Option<String>>| {
                    let types = columns.iter().map(|column| column.data_type.as_str());
                    let types = types.chain(std::iter::repeat(""));
                    row.into_iter().zip(types).map(|(value, data_type)| literal(value, data_type)).collect()
                };
                let rows = answer.rows.into_iter().map(literals).collect();
                contents.tables.insert(name.clone(), TableRows { columns: answer.columns, rows });
            }
            Self::Position(ref sequence) => {
                let position = position(&answer).ok_or_else(|| lacking(&self.what()))?;
                contents.sequences.insert(sequence.clone(), position);
            }
            Self::Unmodelled => contents.unmodelled.extend(answer.rows.into_iter().flatten().flatten()),
        }
        Ok(())
    }
}

/// Where a sequence stands, by the answer to [`Question::Position`].
fn position(answer: &CommandOutcome) -> Option<SequencePosition> {
    let [Some(last_value), Some(is_called)] = answer.rows.first()?.as_slice() else { return None };
    Some(SequencePosition { last_value: last_value.parse().ok()?, is_called: is_called == "t" })
}

/// Large objects, whose numbers a script may choose.
const LARGE_OBJECTS: &str = "SELECT 'large object ' || oid FROM pg_largeobject_metadata";

/// The query of all that is neither the server's nor an extension's, and has no place in a catalog.
fn unmodelled() -> String {
    let objects = UNMODELLED.map(|class| format!("SELECT '{class}'::regclass AS class, oid FROM {class}"));
    format!(
        "SELECT i.type || ' ' || i.identity FROM ({}) AS o \
         CROSS JOIN LATERAL pg_identify_object(o.class, o.oid, 0) AS i \
         WHERE o.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend d \
         WHERE d.classid = o.class AND d.objid = o.oid AND d.deptype IN ('e', 'i')) UNION ALL {LARGE_OBJECTS}",
        objects.join(" UNION ALL ")
    )
}

/// A value in text format as a literal that its column takes.
fn literal(value: Option<String>, data_type: &str) -> String {
    let Some(value) = value else { return "NULL".to_owned() };
    match data_type {
        "boolean" if value == "t" => "true".to_owned(),
        "boolean" => "false".to_owned(),
        "smallint" | "integer" | "bigint" => value,
        // Without quotes it would be a number of type numeric, which has neither infinity nor a negative zero.
        "real" | "double precision" if is_number(&value) && !value.starts_with("-0") => value,
        _ if data_type.starts_with("numeric") && is_number(&value) => value,
        _ => text_literal(POSTGRES, &value),
    }
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_where_their_type_asks_for_it() {
        for (value, data_type, written) in [
            ("t", "boolean", "true"),
            ("-12", "bigint", "-12"),
            ("1.50", "numeric(10,2)", "1.50"),
            ("NaN", "numeric", "'NaN'"),
            ("1e-07", "double precision", "1e-07"),
            ("-0", "real", "'-0'"),
            ("Infinity", "double precision", "'Infinity'"),
            ("\\x00ff", "bytea", "E'\\\\x00ff'"),
            ("{1,2}", "integer[]", "'{1,2}'"),
            ("it's", "text", "'it''s'"),
        ] {
            assert_eq!(literal(Some(value.to_owned()), data_type), written);
        }
        assert_eq!(literal(None, "text"), "NULL");
    }

    #[test]
    fn an_answer_that_is_missing_is_no_empty_one() {
        let table = ObjectName::new(ObjectKind::Table, Some("public"), "t");
        let questions = || {
            let columns = Vec::new();
            vec![
                Question::Rows(&table, columns),
                Question::Position("public.s".to_owned()),
                Question::Unmodelled,
            ]
        };
        let answer = |rows: &[&[&str]]| CommandOutcome {
            rows: rows
                .iter()
                .map(|row| row.iter().map(|value| Some((*value).to_owned())).collect())
                .collect(),
            ..CommandOutcome::default()
        };
        let taken = |answers: Vec<CommandOutcome>| {
            let mut contents = Contents::default();
            take_all(questions(), answers, &mut contents)
                .map(|()| contents)
                .map_err(|error| error.to_string())
        };
        let position = answer(&[&["7", "t"]]);
        let contents = taken(vec![answer(&[&["1"]]), position.clone(), answer(&[&["cast x"]])]).unwrap();
        assert_eq!(contents.tables[&table].rows, [["'1'"]]);
        assert_eq!(contents.sequences["public.s"], SequencePosition { last_value: 7, is_called: true });
        assert!(contents.unmodelled.contains("cast x"));
        let lacks = |what: &str| Err(format!("the database's answer lacks {what}"));
        let sequence = "the position of the sequence public.s";
        assert_eq!(taken(Vec::new()), lacks("the rows of table public.t"));
        assert_eq!(taken(vec![answer(&[]), position]), lacks("the objects beside the catalog's"));
        for wrong in [answer(&[]), answer(&[&["7"]]), answer(&[&["seven", "t"]])] {
            assert_eq!(taken(vec![answer(&[]), wrong, answer(&[])]), lacks(sequence));
        }
    }
}
