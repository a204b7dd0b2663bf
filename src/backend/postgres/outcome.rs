//! What one statement of a batch did, put together from the parts in which its result arrives.

use super::libpq::{PgResult, ResultStatus};

/// What one statement of a batch did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CommandOutcome {
    /// The server's command tag, such as `CREATE TABLE` or `INSERT 0 3`.
    pub command_tag: String,
    /// How many rows were changed or selected; `None` for commands that do not say.
    pub affected_rows: Option<u64>,
    /// The names of the result's columns; empty if the statement has no result.
    pub columns: Vec<String>,
    /// The first rows, as many as were asked for, in text format; `None` is NULL.
    pub rows: Vec<Vec<Option<String>>>,
}

/// Puts together the results of one statement, which come in parts.
#[derive(Default)]
pub(super) struct OutcomeBuilder {
    max_rows: usize,
    command_tag: String,
    affected_rows: Option<u64>,
    rows: Vec<Vec<Option<String>>>,
}

impl OutcomeBuilder {
    /// Begins an outcome that keeps no more than `max_rows` rows.
    pub(super) fn new(max_rows: usize) -> Self {
        Self { max_rows, ..Self::default() }
    }

    /// Adds a part; at the last part of a statement, returns what the statement did.
    pub(super) fn add(&mut self, result: &PgResult) -> Option<CommandOutcome> {
        let missing = self.max_rows.saturating_sub(self.rows.len());
        self.rows.extend((0..result.row_count().min(missing)).map(|row| text_row(result, row)));
        // Of a result in parts, libpq puts the tag on the last part that has rows, unless that is full.
        let command_tag = result.command_tag();
        if !command_tag.is_empty() {
            self.command_tag = command_tag;
            self.affected_rows = result.affected_rows();
        }
        match result.status() {
            ResultStatus::CommandOk | ResultStatus::RowsEnd => Some(CommandOutcome {
                command_tag: std::mem::take(&mut self.command_tag),
                affected_rows: self.affected_rows.take(),
                columns: (0..result.column_count()).filter_map(|column| result.column_name(column)).collect(),
                rows: std::mem::take(&mut self.rows),
            }),
            _ => None,
        }
    }
}

fn text_row(result: &PgResult, row: usize) -> Vec<Option<String>> {
    (0..result.column_count())
        .map(|column| result.value(row, column).map(|bytes| String::from_utf8_lossy(bytes).into_owned()))
        .collect()
}
