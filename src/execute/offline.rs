//! Offline mode: the SQL of a run as text, for `psql` and `sqlite3`. Pure.
//!
//! It is the online run's own bookkeeping with its values written out, so piping it leaves the same schema, version
//! rows and ledger. Both programs are told to stop at the first error; a transaction that is open then is rolled
//! back when they end.

use super::left_offline::BehindScript;
use crate::backend::PreparedStep;
use crate::config::TransactionMode;
use crate::graph::RevisionId;
use crate::ledger::{
    Change, EventDuration, RowsBefore, Tables, VERSION_NUM_WIDTH, bookkeeping_statement,
    bookkeeping_statements, create_ledger, create_version_table, widen_version_table,
};
use crate::plan::RowChange;
use crate::script::SourceText;
use crate::sql::{Dialect, Statement};

/// What the SQL of every offline run depends on: the dialect, and the settings that an online run would have.
#[derive(Debug, Clone)]
pub struct Offline {
    /// The dialect.
    pub dialect: Dialect,
    /// The bookkeeping tables.
    pub tables: Tables,
    /// How revisions share transactions.
    pub transaction: TransactionMode,
    /// The schema that Prisma's `schema` parameter puts first, for PostgreSQL.
    pub search_path: Option<String>,
    /// `lock_timeout` of the configuration, in milliseconds.
    pub lock_timeout_ms: u128,
    /// `statement_timeout` of the configuration, in milliseconds; none where it is not limited.
    pub statement_timeout_ms: Option<u128>,
}

/// Rows that point nowhere fail this constraint of a temporary table before the commit.
const FOREIGN_KEYS_BEGIN: &str = "PRAGMA foreign_keys = OFF;\n\
    CREATE TEMP TABLE revgraph_known AS SELECT count(*) AS dangling FROM pragma_foreign_key_check;\n\
    CREATE TEMP TABLE revgraph_check (dangling INTEGER, CONSTRAINT foreign_keys_point_somewhere CHECK (dangling <= 0));\n";
const FOREIGN_KEYS_CHECK: &str = "INSERT INTO temp.revgraph_check SELECT count(*) - (SELECT dangling FROM temp.revgraph_known) \
    FROM pragma_foreign_key_check;\n";

impl Offline {
    /// The SQL that takes these steps on a database whose version rows are `before`, with the bookkeeping that an
    /// online run does and the commits where it commits.
    #[must_use]
    pub fn migration(&self, before: &[RevisionId], steps: &[PreparedStep]) -> String {
        let longest = steps.iter().map(|step| step.step.revision.as_str().chars().count()).max().unwrap_or(0);
        let mut text = self.opening(before, longest);
        let mut open = false;
        // What follows the commit that is due.
        let mut after_commit = String::new();
        for (index, step) in steps.iter().enumerate() {
            let transactional = !step.script.body.no_transaction;
            let joins = open && transactional && self.transaction == TransactionMode::All;
            if open && !joins {
                text.push_str(&self.commit());
                text.push_str(&std::mem::take(&mut after_commit));
            }
            let stays_open = transactional
                && self.transaction == TransactionMode::All
                && steps.get(index + 1).is_some_and(|next| !next.script.body.no_transaction);
            let statements = step.pieces();
            let behind = BehindScript::of(self.dialect, &statements, stays_open);
            text.push_str(&format!("\n-- {} {}\n", step.step.operation.name(), step.step.revision));
            if !transactional {
                match self.dialect {
                    Dialect::Postgres => text.push_str(&self.settings("SET")),
                    Dialect::Sqlite => {}
                }
                text.push_str(&script_text(&step.script, &statements));
                text.push_str(&behind.at_once);
                text.push_str(&behind.after_commit);
                text.push_str(&self.begin());
            } else {
                let opening = match (joins, self.dialect) {
                    (false, _) => self.begin(),
                    // The script before it has been followed by a reset.
                    (true, Dialect::Postgres) => self.settings("SET LOCAL"),
                    (true, Dialect::Sqlite) => String::new(),
                };
                text.push_str(&opening);
                text.push_str(&script_text(&step.script, &statements));
                text.push_str(&behind.at_once);
                after_commit.push_str(&behind.after_commit);
            }
            let change = std::slice::from_ref(&step.change);
            text.push_str(&self.bookkeeping(&step.step.rows, change, Some(&step.rows_before)));
            open = true;
        }
        if open {
            text.push_str(&self.commit());
        }
        text
    }

    /// The text of a stamp from version rows `before`.
    #[must_use]
    pub fn stamp(
        &self,
        before: &[RevisionId],
        rows: &RowChange,
        changes: &[Change],
        longest_id: usize,
    ) -> String {
        let mut text = self.opening(before, longest_id);
        if !changes.is_empty() {
            text.push_str(&format!(
                "\n{}{}{}",
                self.begin(),
                self.bookkeeping(rows, changes, None),
                self.commit()
            ));
        }
        text
    }

    /// The SQL that makes the bookkeeping tables, and nothing else.
    #[must_use]
    pub fn tables_only(&self) -> String {
        self.opening(&[], 0)
    }

    fn opening(&self, before: &[RevisionId], longest_id: usize) -> String {
        let mut text = match self.dialect {
            Dialect::Postgres => "\\set ON_ERROR_STOP on\nSET standard_conforming_strings = on;\n".to_owned(),
            Dialect::Sqlite => format!(".bail on\n{FOREIGN_KEYS_BEGIN}"),
        };
        text.push_str("BEGIN;\n");
        if before.is_empty() {
            text.push_str(&create_version_table(self.dialect, &self.tables, longest_id));
            text.push_str(";\n");
        } else if longest_id > VERSION_NUM_WIDTH
            && let Some(widen) = widen_version_table(self.dialect, &self.tables, longest_id)
        {
            text.push_str(&format!("{widen};\n"));
        }
        for statement in create_ledger(self.dialect, &self.tables) {
            text.push_str(&format!("{statement};\n"));
        }
        text.push_str("COMMIT;\n");
        text
    }

    fn begin(&self) -> String {
        match self.dialect {
            Dialect::Sqlite => "BEGIN IMMEDIATE;\n".to_owned(),
            Dialect::Postgres => format!("BEGIN;\n{}", self.settings("SET LOCAL")),
        }
    }

    /// PostgreSQL's settings as the online run makes them.
    fn settings(&self, set: &str) -> String {
        let mut text = format!("{set} lock_timeout = {};\n", self.lock_timeout_ms);
        if let Some(timeout) = self.statement_timeout_ms {
            text.push_str(&format!("{set} statement_timeout = {timeout};\n"));
        }
        if let Some(schema) = &self.search_path {
            text.push_str(&format!("{set} search_path = {};\n", self.dialect.quote_identifier(schema)));
        }
        text
    }

    fn commit(&self) -> String {
        match self.dialect {
            Dialect::Sqlite => format!("{FOREIGN_KEYS_CHECK}COMMIT;\n"),
            Dialect::Postgres => "COMMIT;\n".to_owned(),
        }
    }

    fn bookkeeping(&self, rows: &RowChange, changes: &[Change], before: Option<&RowsBefore>) -> String {
        let timed = |change: &Change| {
            let measured = self.dialect == Dialect::Postgres && !change.operation.runs_nothing();
            let duration = if measured { EventDuration::OfTransaction } else { EventDuration::None };
            Change { duration, ..change.clone() }
        };
        let changes: Vec<Change> = changes.iter().map(timed).collect();
        let statements = match self.dialect {
            Dialect::Postgres => vec![bookkeeping_statement(&self.tables, rows, &changes, before)],
            Dialect::Sqlite => bookkeeping_statements(&self.tables, rows, &changes, before),
        };
        statements.iter().map(|sql| format!("{};\n", sql.literal(self.dialect))).collect()
    }
}

/// The statements of a script with their comments, each ended, without the header.
fn script_text(script: &SourceText, pieces: &[Statement<'_>]) -> String {
    let header_end = crate::script::header_range(&script.text).end;
    let mut text = String::new();
    for piece in pieces {
        let (range, body) = (piece.piece(), piece.body());
        let body_start = if piece.is_runnable() { body.start } else { range.end };
        let comments =
            script.body.sql.get(range.start.max(header_end.min(range.end))..body_start).unwrap_or_default();
        for line in comments.lines().filter(|line| !line.trim().is_empty()) {
            text.push_str(&format!("{line}\n"));
        }
        if !piece.is_runnable() {
            continue;
        }
        let behind = script.body.sql.get(body.end..range.end).unwrap_or_default();
        match piece.dialect() {
            Dialect::Postgres => text.push_str(&piece.for_psql()),
            Dialect::Sqlite => text.push_str(piece.sql()),
        }
        text.push_str(behind.trim_end());
        let is_ended = script.body.sql.get(body.end..).is_some_and(|rest| rest.starts_with(';'));
        text.push_str(if is_ended || piece.copy_data().is_some() { "\n" } else { ";\n" });
    }
    text
}
