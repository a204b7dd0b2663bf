//! Steps as messages to the server, and where in them an error is.

use std::ops::Range;

use super::super::{DatabaseError, FailureCause, PreparedStep, StepFailure};
use super::{BatchError, Postgres};
use crate::sql::Statement;

/// Ends the last statement of a script, behind which a comment may stand.
const END_OF_SCRIPT: &str = "\n;\n";

/// A step with the statements of its script.
pub(super) struct Cut<'s> {
    pub(super) step: &'s PreparedStep,
    pub(super) statements: Vec<Statement<'s>>,
}

impl<'s> Cut<'s> {
    /// The step with its statements, which are not cut again.
    pub(super) fn new(step: &'s PreparedStep) -> Self {
        Self { step, statements: step.statements() }
    }

    fn has_copy_data(&self) -> bool {
        self.statements.iter().any(|statement| statement.copy_data().is_some())
    }

    /// From the first statement to the last, as it stands in the file.
    fn text(&self) -> &'s str {
        match (self.statements.first(), self.statements.last()) {
            (Some(first), Some(last)) => {
                self.step.script.body.sql.get(first.body().start..last.body().end).unwrap_or_default()
            }
            _ => "",
        }
    }

    /// Whether the text between first and last statement holds nothing but statements: `\restrict` lines and the
    /// data of COPY do not belong into a message.
    pub(super) fn can_be_sent_whole(&self) -> bool {
        !self.has_copy_data() && !self.text().contains("\\restrict") && !self.text().contains("\\unrestrict")
    }

    /// Whether the session may be another than before, so that there is something to restore.
    pub(super) fn may_change_session(&self) -> bool {
        self.statements.iter().any(Statement::may_change_session)
    }

    /// The names of statements that the script prepares and does not give up itself.
    pub(super) fn prepared_statements(&self) -> Vec<&str> {
        if self.takes_prepared_statements_away() {
            return Vec::new();
        }
        self.statements.iter().filter_map(Statement::prepared_statement).collect()
    }

    /// Runs the statements with the indexes of `range` one by one, the data of COPY behind its statement.
    ///
    /// # Errors
    /// [`StepFailure`] of the first that fails, or whose strings the server would read otherwise.
    pub(super) fn run_statements(
        &self,
        database: &mut Postgres,
        range: std::ops::Range<usize>,
    ) -> Result<(), StepFailure> {
        if range.start == 0 {
            database.pin_strings().map_err(|error| reading_strings(self.step, error.into()))?;
        }
        for (index, statement) in self.statements.iter().enumerate().take(range.end).skip(range.start) {
            if database.strings_are_off() && statement.depends_on_strings() {
                let message = "standard_conforming_strings is off, and a string with a backslash would be read otherwise";
                let error = DatabaseError { message: message.to_owned(), ..DatabaseError::default() };
                return Err(self.failure(index, None, error));
            }
            let ran = match statement.copy_data_text() {
                Some(data) => database.session.copy_in(statement.sql(), data.as_bytes()).map(drop),
                None => database.session.run_batch(statement.sql()).map(drop).map_err(|error| error.error),
            };
            ran.map_err(|error| {
                let offset = error.position.and_then(|position| statement.script_offset(position));
                self.failure(index, offset, (&*error).into())
            })?;
        }
        Ok(())
    }

    /// Whether it drops prepared statements, revgraph's own among them.
    pub(super) fn takes_prepared_statements_away(&self) -> bool {
        let words = ["DEALLOCATE", "DISCARD"];
        self.statements.iter().any(|statement| words.iter().any(|word| statement.mentions_word(word)))
    }

    /// The failure of the statement at `index`; `offset` is the byte of the script that the server points to.
    pub(super) fn failure(&self, index: usize, offset: Option<usize>, error: DatabaseError) -> StepFailure {
        self.step.statement_failure(&self.statements, index, offset, error)
    }
}

/// The failure of a step while its bookkeeping was done; `phase` says at what, as `committing`.
pub(super) fn bookkeeping_failure(
    step: &PreparedStep,
    phase: &'static str,
    error: DatabaseError,
) -> StepFailure {
    step.failure(FailureCause::Bookkeeping { phase, error: Box::new(error) })
}

/// The failure of a step where the server cannot be made to read strings as revgraph's lexer does.
pub(super) fn reading_strings(step: &PreparedStep, error: DatabaseError) -> StepFailure {
    bookkeeping_failure(step, "making sure how strings are read", error)
}

/// A message to the server that is put together, and where each part of it is.
#[derive(Default)]
pub(super) struct Message {
    pub(super) text: String,
    /// How many statements it holds.
    statements: usize,
    /// The number of its `COMMIT`. What follows that is no part of the transaction.
    pub(super) commit: Option<usize>,
    /// The scripts in it: which step, the number of its first statement, and the bytes of its text.
    pub(super) scripts: Vec<(usize, usize, std::ops::Range<usize>)>,
}

impl Message {
    /// Adds statements of revgraph's own, each of which counts as one when results are assigned.
    pub(super) fn push_all<T: AsRef<str>>(&mut self, statements: &[T]) {
        for statement in statements {
            self.text.push_str(statement.as_ref());
            self.text.push_str(";\n");
        }
        self.statements += statements.len();
    }

    /// Adds the `COMMIT`, and notes which statement it is.
    pub(super) fn push_commit(&mut self) {
        self.commit = Some(self.statements);
        self.push_all(&["COMMIT"]);
    }

    /// Adds the script of the step at `index` among those of the message, and notes where it is.
    pub(super) fn push_script(&mut self, index: usize, cut: &Cut<'_>) {
        let start = self.text.len();
        self.text.push_str(cut.text());
        self.scripts.push((index, self.statements, start..self.text.len()));
        self.text.push_str(END_OF_SCRIPT);
        self.statements += cut.statements.len();
    }

    /// Which script an error is of, which of its statements, and the byte of the file where the server told.
    pub(super) fn locate(
        &self,
        error: &BatchError,
        cuts: &[Cut<'_>],
    ) -> Option<(usize, usize, Option<usize>)> {
        if let Some(byte) =
            error.error.position.and_then(|position| crate::sql::byte_offset(&self.text, position))
        {
            // A statement that was cut off is missed at the end that was put behind it.
            let holds = |range: &Range<usize>| (range.start..range.end + END_OF_SCRIPT.len()).contains(&byte);
            let (index, _, range) = self.scripts.iter().find(|(.., range)| holds(range))?;
            let statements = &cuts.get(*index)?.statements;
            let offset = statements.first()?.body().start + (byte.min(range.end) - range.start);
            let number = statements.iter().rposition(|statement| statement.body().start <= offset)?;
            return Some((*index, number, Some(offset)));
        }
        let number = error.completed;
        self.scripts.iter().find_map(|(index, first, _)| {
            let count = cuts.get(*index)?.statements.len();
            (*first..first + count).contains(&number).then(|| (*index, number - first, None))
        })
    }
}
