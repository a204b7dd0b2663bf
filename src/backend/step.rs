//! A step that is ready to run, and how it can fail.

use std::error::Error;
use std::time::Duration;

use thiserror::Error;

use super::{DatabaseError, ForeignKeyViolation};
use crate::cancellation::Cancelled;
use crate::excerpt::Excerpt;
use crate::graph::RevisionId;
use crate::ledger::{Change, RowsBefore};
use crate::plan::{Operation, Step};
use crate::script::SourceText;
use crate::sql::{LexError, Pieces, Statement};

/// A step with its script and its bookkeeping.
#[derive(Debug, Clone)]
pub struct PreparedStep {
    /// The step.
    pub step: Step,
    /// The script of its side.
    pub script: SourceText,
    /// What `script` has been cut into.
    pieces: Pieces,
    /// What the ledger notes of the step.
    pub change: Change,
    /// The version rows that the step begins from.
    pub rows_before: RowsBefore,
}

/// Is told by a backend how the steps of a run go on, and may keep a run from beginning.
pub trait Watch {
    /// So many steps are to run; after a new plan it is told again.
    fn planned(&mut self, _steps: usize) {}
    /// A run is about to change the database, which is locked: where this fails nothing has run, and nothing will.
    ///
    /// # Errors
    /// Whatever keeps the run from beginning; the caller of the run gets it back.
    fn begins(&mut self) -> Result<(), Box<dyn Error + Send + Sync>> {
        Ok(())
    }
    /// A step is about to run.
    fn started(&mut self, step: &Step);
    /// A step has run. [`execute::migrate`](crate::execute::migrate) tells it once it is committed.
    fn finished(&mut self, step: &Step, took: Duration);
    /// The database has something to say: its severity and its message.
    fn notice(&mut self, severity: &str, message: &str);
}

impl<W: Watch + ?Sized> Watch for &mut W {
    fn planned(&mut self, steps: usize) {
        (**self).planned(steps);
    }

    fn begins(&mut self) -> Result<(), Box<dyn Error + Send + Sync>> {
        (**self).begins()
    }

    fn started(&mut self, step: &Step) {
        (**self).started(step);
    }

    fn finished(&mut self, step: &Step, took: Duration) {
        (**self).finished(step, took);
    }

    fn notice(&mut self, severity: &str, message: &str) {
        (**self).notice(severity, message);
    }
}

/// A step that failed: which, what stays of it, and why.
#[derive(Debug, Error)]
#[error("{} of {revision} failed", .operation.name())]
#[non_exhaustive]
pub struct StepFailure {
    /// The revision.
    pub revision: RevisionId,
    /// What was to be done.
    pub operation: Operation,
    /// Whether it ran in a transaction, all of which has then been rolled back. Else what ran of it stays.
    pub in_transaction: bool,
    /// What the failing statement has left behind, for people: an index that is invalid.
    pub left_behind: Option<String>,
    /// Why the step failed.
    #[source]
    pub cause: FailureCause,
}

/// Why a step did not happen.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FailureCause {
    /// A statement of the script failed.
    #[error("statement {number} of {of}: {error}")]
    Statement {
        /// Its number in the script, from 1.
        number: usize,
        /// How many statements the script has.
        of: usize,
        /// What the database says.
        error: Box<DatabaseError>,
        /// The place of the statement in its file.
        excerpt: Box<Excerpt>,
        /// The text of the statement.
        statement: String,
    },
    /// What a script has deferred to the end of its transaction failed there: a constraint, or a trigger.
    #[error("at the end of the transaction: {error}")]
    Deferred {
        /// What the database says.
        error: Box<DatabaseError>,
        /// The last statement that has to do with it, as far as can be told.
        excerpt: Box<Excerpt>,
    },
    /// A version row was not what the plan expects: somebody else has moved it.
    #[error("the version rows have changed since they were read")]
    RowsMoved,
    /// The version rows or the tables beside them are others than before the script, and nobody else has changed them.
    #[error("the script has changed the version rows, or another table of revgraph's")]
    BookkeepingTouched,
    /// Rows would be left with keys that point nowhere.
    #[error("foreign keys would point nowhere: {}", display(.violations))]
    ForeignKeys {
        /// The keys at fault, with how many rows of each point nowhere.
        violations: Vec<ForeignKeyViolation>,
        /// The last statement that has to do with the first of them, as far as can be told.
        excerpt: Option<Box<Excerpt>>,
    },
    /// An index that was built concurrently is there, but cannot be used.
    #[error("statement {number} of {of} left the index {index} invalid")]
    InvalidIndex {
        /// The index.
        index: String,
        /// The statement's number in the script, from 1.
        number: usize,
        /// How many statements the script has.
        of: usize,
    },
    /// A script without transaction needs a session of its own, and a pooler is between.
    #[error("the script needs one session for all its statements, which a connection pooler does not give")]
    NeedsSession {
        /// The number of the statement that leaves something in the session; none where it is the search path that
        /// the URL asks for.
        number: Option<usize>,
    },
    /// The work was cancelled before it had ended.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// Beginning, bookkeeping or committing failed.
    #[error("{phase}: {error}")]
    Bookkeeping {
        /// What was being done.
        phase: &'static str,
        /// What the database says.
        error: Box<DatabaseError>,
    },
}

fn display(violations: &[ForeignKeyViolation]) -> String {
    violations.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl FailureCause {
    /// What the database said, where it said something.
    #[must_use]
    pub fn database_error(&self) -> Option<&DatabaseError> {
        match self {
            Self::Statement { error, .. }
            | Self::Deferred { error, .. }
            | Self::Bookkeeping { error, .. } => Some(error),
            Self::RowsMoved
            | Self::BookkeepingTouched
            | Self::Cancelled(_)
            | Self::ForeignKeys { .. }
            | Self::InvalidIndex { .. }
            | Self::NeedsSession { .. } => None,
        }
    }
}

impl StepFailure {
    /// The failure of a step whose script cannot be cut.
    #[must_use]
    #[doc(hidden)]
    pub fn unreadable(step: &Step, script: &SourceText, error: &LexError) -> Self {
        let error = DatabaseError { message: error.to_string(), ..DatabaseError::default() };
        Self {
            revision: step.revision.clone(),
            operation: step.operation,
            in_transaction: !script.body.no_transaction,
            left_behind: None,
            cause: FailureCause::Bookkeeping { phase: "reading the script", error: Box::new(error) },
        }
    }

    /// Whether the step ended as one does that is cancelled; a timeout may end it so as well.
    #[must_use]
    #[doc(hidden)]
    pub fn is_interruption(&self) -> bool {
        matches!(self.cause, FailureCause::Cancelled(_))
            || self.cause.database_error().is_some_and(DatabaseError::is_interruption)
    }
}

impl PreparedStep {
    /// A step whose script has been cut into `pieces`.
    #[must_use]
    pub fn new(
        step: Step,
        script: SourceText,
        pieces: Pieces,
        change: Change,
        rows_before: RowsBefore,
    ) -> Self {
        Self { step, script, pieces, change, rows_before }
    }

    /// All pieces of its script, also those that there is nothing to run of.
    #[must_use]
    pub fn pieces(&self) -> Vec<Statement<'_>> {
        self.pieces.of_script(&self.script.body.sql).collect()
    }

    /// The statements of the step's script, as it was cut when it was prepared.
    #[must_use]
    pub fn statements(&self) -> Vec<Statement<'_>> {
        self.pieces.of_script(&self.script.body.sql).filter(Statement::is_runnable).collect()
    }

    /// The failure that says that this step did not happen, and why. That it has left something behind is not said yet.
    #[must_use]
    pub fn failure(&self, cause: FailureCause) -> StepFailure {
        StepFailure {
            revision: self.step.revision.clone(),
            operation: self.step.operation,
            in_transaction: !self.script.body.no_transaction,
            left_behind: None,
            cause,
        }
    }

    /// The failure of one of its statements, the one at `index` of `statements`, at `offset` bytes of the script
    /// where the database told, else at the statement's beginning.
    #[must_use]
    pub fn statement_failure(
        &self,
        statements: &[Statement<'_>],
        index: usize,
        offset: Option<usize>,
        error: DatabaseError,
    ) -> StepFailure {
        let Some(statement) = statements.get(index) else {
            return self
                .failure(FailureCause::Bookkeeping { phase: "after the script", error: Box::new(error) });
        };
        let span = match offset {
            Some(offset) => offset..offset + word_length(&self.script.text, offset),
            None => first_line(statement),
        };
        self.failure(FailureCause::Statement {
            number: index + 1,
            of: statements.len(),
            error: Box::new(error),
            excerpt: Box::new(Excerpt::new(&self.script.path, &self.script.text, span)),
            statement: statement.sql().to_owned(),
        })
    }

    /// The failure of what the script has deferred to the end of its transaction: of a constraint of `table`, where the
    /// database names one.
    #[must_use]
    pub fn deferred_failure(&self, table: Option<&str>, error: DatabaseError) -> StepFailure {
        let error = Box::new(error);
        self.failure(match self.last_statement_about(table.as_slice()) {
            Some(excerpt) => FailureCause::Deferred { error, excerpt },
            None => FailureCause::Bookkeeping { phase: "committing", error },
        })
    }

    /// The failure of a script behind which keys point nowhere.
    #[must_use]
    pub fn foreign_key_failure(&self, violations: Vec<ForeignKeyViolation>) -> StepFailure {
        let names = violations.first().map(|first| [first.table.as_str(), first.parent.as_str()]);
        let excerpt = self.last_statement_about(names.as_ref().map_or(&[], <[_; 2]>::as_slice));
        self.failure(FailureCause::ForeignKeys { violations, excerpt })
    }

    /// Where the last statement stands that names one of these tables; where none does, the last one.
    fn last_statement_about(&self, tables: &[&str]) -> Option<Box<Excerpt>> {
        let statements = self.statements();
        let is_about = |statement: &&Statement<'_>| tables.iter().any(|table| statement.mentions_name(table));
        let statement = statements.iter().rfind(is_about).or(statements.last())?;
        Some(Box::new(Excerpt::new(&self.script.path, &self.script.text, first_line(statement))))
    }
}

/// Where the first line of a statement stands in its script.
fn first_line(statement: &Statement<'_>) -> std::ops::Range<usize> {
    let body = statement.body();
    body.start..statement.sql().find('\n').map_or(body.end, |newline| body.start + newline)
}

/// How many bytes the word at an offset takes; at least one character.
fn word_length(text: &str, offset: usize) -> usize {
    let rest = text.get(offset..).unwrap_or_default();
    let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    if word > 0 { word } else { rest.chars().next().map_or(0, char::len_utf8) }
}
