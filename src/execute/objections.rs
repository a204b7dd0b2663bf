//! What keeps a script from running, told before anything runs.

use std::ops::Range;

use super::enum_values::{EnumChanges, changes_enums};
use super::{Refusal, RefusalReason};
use crate::backend::PreparedStep;
use crate::excerpt::Excerpt;
use crate::ledger::Tables;
use crate::plan::Step;
use crate::script::SourceText;
use crate::sql::{Dialect, EncodingChange, LexError, Statement, split};

/// Why something cannot run, with its bytes of the script's text.
pub type Objection = (RefusalReason, Range<usize>);

/// The refusal of `step` for one objection to its script, with an excerpt of the place.
pub(super) fn refusal(step: &Step, script: &SourceText, (reason, span): Objection) -> Refusal {
    let excerpt = Excerpt::new(&script.path, &script.text, span);
    Refusal { revision: step.revision.clone(), reason, excerpt }
}

/// What looking through a script's statements has found, before any of them runs.
#[derive(Default)]
pub(super) struct Inspection {
    /// What keeps it from running, in the order of the text.
    pub(super) refused: Vec<Objection>,
    /// Whether enums are made or given values in a transaction.
    pub(super) changes_enums: bool,
}

/// Looks for what keeps a script from running on a database with these bookkeeping tables.
pub(super) fn inspect(step: &PreparedStep, tables: &Tables) -> Inspection {
    let statements = step.pieces();
    let mut refused = changes_of_bookkeeping(&statements, tables);
    if step.script.body.no_transaction {
        return Inspection { refused, changes_enums: false };
    }
    refused.extend(objections_in_transaction(&statements));
    refused.sort_by_key(|(_, span)| span.start);
    Inspection { refused, changes_enums: changes_enums(&statements) }
}

/// The statements that change a table of revgraph's own, or would be read otherwise than they are cut.
fn changes_of_bookkeeping(statements: &[Statement<'_>], tables: &Tables) -> Vec<Objection> {
    let names = tables.all();
    let changed = |statement: &Statement<'_>| {
        let span = statement.change_of_table(tables.schema.as_deref(), &names)?;
        let body = statement.body();
        let written = statement.sql().get(span.start - body.start..span.end - body.start);
        Some((RefusalReason::Bookkeeping(written.unwrap_or(statement.sql()).to_owned()), span))
    };
    let mut objections: Vec<Objection> = statements.iter().filter_map(changed).collect();
    let switched = statements.iter().skip_while(|statement| !statement.switches_strings_off());
    let misread = switched.filter(|statement| statement.depends_on_strings());
    objections.extend(misread.map(|statement| (RefusalReason::Strings, statement.body())));
    let mut is_switched = false;
    for statement in statements {
        match statement.encoding_change() {
            Some(change) => is_switched = change == EncodingChange::ToAnother,
            None if is_switched && !statement.sql().is_ascii() => {
                objections.push((RefusalReason::Encoding, statement.body()));
            }
            None => {}
        }
    }
    objections
}

/// What of a script, judged alone, cannot run as it asks, with the bytes of its text. Where `tables` are given, nothing
/// may change them.
#[must_use]
pub fn unrunnable(script: &SourceText, dialect: Dialect, tables: Option<&Tables>) -> Vec<Objection> {
    let statements = match split(dialect, &script.body.sql) {
        Ok(statements) => statements,
        Err(error) => return vec![unreadable(&error)],
    };
    let mut objections = tables.map_or_else(Vec::new, |tables| changes_of_bookkeeping(&statements, tables));
    if script.body.no_transaction {
        return objections;
    }
    objections.extend(objections_in_transaction(&statements));
    objections.extend(EnumChanges::new(true).uses(&statements, None));
    objections
}

/// The objection to a script that cannot be cut into statements; its span is the byte at which the lexer stopped.
pub(super) fn unreadable(error: &LexError) -> Objection {
    let offset = error.offset();
    (RefusalReason::Unreadable(error.to_string()), offset..offset + 1)
}

fn objections_in_transaction(statements: &[Statement<'_>]) -> Vec<Objection> {
    statements.iter().filter_map(|statement| Some((reason_to_refuse(statement)?, statement.body()))).collect()
}

fn reason_to_refuse(statement: &Statement<'_>) -> Option<RefusalReason> {
    if let Some(control) = statement.transaction_control() {
        return Some(RefusalReason::TransactionControl(control));
    }
    // Foreign keys are off during a revision anyway, so a script that switches them may do so in vain.
    let reason = statement.cannot_run_in_transaction().filter(|_| !statement.switches_foreign_keys())?;
    Some(RefusalReason::CannotRunInTransaction(reason))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::Side;

    fn tables() -> Tables {
        Tables { schema: None, version: "alembic_version".to_owned() }
    }

    /// The texts at which a script is refused, each with the name of the reason.
    fn objections(sql: &str) -> Vec<(&'static str, String)> {
        let text: std::sync::Arc<str> = format!("-- a\n-- revision: a\n\n{sql}").into();
        let script = SourceText::new("a_a.up.sql".into(), text.clone(), Side::Up, Dialect::Postgres);
        let found = unrunnable(&script.expect("a script"), Dialect::Postgres, Some(&tables()));
        let named = found.into_iter().map(|(reason, span)| {
            let reason = match reason {
                RefusalReason::Bookkeeping(_) => "books",
                RefusalReason::Strings => "strings",
                RefusalReason::Encoding => "encoding",
                RefusalReason::TransactionControl(_) => "control",
                RefusalReason::CannotRunInTransaction(_) => "alone",
                RefusalReason::UncommittedEnumValue { .. } => "enum",
                _ => "other",
            };
            (reason, text.get(span).unwrap_or_default().to_owned())
        });
        named.collect()
    }

    #[test]
    fn a_script_is_refused_where_it_would_not_do_what_it_says() {
        let one = |reason, text: &str| vec![(reason, text.to_owned())];
        assert_eq!(objections("SELECT 1;\nSELECT * FROM alembic_version;"), []);
        assert_eq!(objections("SELECT 1; DELETE FROM alembic_version;"), one("books", "alembic_version"));
        assert_eq!(objections("DROP TABLE revgraph_ledger;"), one("books", "revgraph_ledger"));
        assert_eq!(objections("SELECT 1; COMMIT; SELECT 2;"), one("control", "COMMIT"));
        assert_eq!(objections("VACUUM t;"), one("alone", "VACUUM t"));
        assert_eq!(objections("SELECT 'a"), one("other", "'"));
        let off = "SET standard_conforming_strings = off;";
        assert_eq!(objections(&format!("SELECT 'a\\'; {off}")), [], "before it is switched");
        assert_eq!(objections(&format!("{off} SELECT 'a\\';")), one("strings", "SELECT 'a\\'"));
        let latin = "SET client_encoding = 'LATIN1';";
        assert_eq!(objections(&format!("SELECT 'é'; {latin} SELECT 'e';")), []);
        assert_eq!(objections(&format!("{latin} SELECT 'é';")), one("encoding", "SELECT 'é'"));
        assert_eq!(objections(&format!("{latin} RESET client_encoding; SELECT 'é';")), []);
        let added = "ALTER TYPE e ADD VALUE 'b';";
        let used = "INSERT INTO t VALUES ('b'::e);";
        assert_eq!(objections(&format!("{used} {added}")), []);
        assert_eq!(objections(&format!("{added} {used}")).first().map(|one| one.0), Some("enum"));
    }
}
