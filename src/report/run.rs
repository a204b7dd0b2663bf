//! A run, or the plan of one, as a document and in sentences.

use std::time::Duration;

use serde::Serialize;

use super::count;
use crate::execute::{Direction, Report, StepReport};
use crate::graph::{RevisionId, joined_or_base};
use crate::plan::{Operation, Step};

/// What `upgrade`, `downgrade` and `stamp` have done or would do, as the contract has it.
#[derive(Debug, Serialize)]
pub struct RunDocument<'r> {
    /// The steps, in order.
    pub steps: Vec<StepEntry<'r>>,
    /// The version rows after these steps.
    pub heads: &'r [RevisionId],
    /// The database, without password.
    pub database: &'r str,
    /// Said only of a plan that was not carried out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
    /// The backup that was taken before, where one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<String>,
}

/// A step of a run that has been committed.
#[derive(Debug, Serialize)]
pub struct StepEntry<'r> {
    /// The revision.
    pub revision: &'r RevisionId,
    /// What was done.
    pub operation: Operation,
    /// How long it took, in milliseconds.
    pub duration_ms: f64,
}

impl<'r> StepEntry<'r> {
    /// The entry of a step that has run.
    #[must_use]
    pub fn new(step: &'r StepReport) -> Self {
        Self { revision: &step.revision, operation: step.operation, duration_ms: milliseconds(step.took) }
    }
}

impl<'r> RunDocument<'r> {
    /// Of a run on a database, named without password.
    #[must_use]
    pub fn new(report: &'r Report, database: &'r str) -> Self {
        Self {
            steps: report.steps.iter().map(StepEntry::new).collect(),
            heads: &report.heads,
            database,
            dry_run: None,
            backup: None,
        }
    }
}

/// A step that has been taken, as a message for machines.
#[derive(Debug, Serialize)]
pub struct StepMessage<'r> {
    /// `info`.
    pub level: &'static str,
    /// The same as a line for people.
    pub message: &'r str,
    /// The revision.
    pub revision: &'r RevisionId,
    /// What was done.
    pub operation: Operation,
    /// How long the step took, in whole milliseconds.
    pub duration_ms: u64,
}

impl<'r> StepMessage<'r> {
    /// Of a step that took so long, with the line that people get.
    #[must_use]
    pub fn new(step: &'r Step, took: Duration, message: &'r str) -> Self {
        Self {
            level: "info",
            message,
            revision: &step.revision,
            operation: step.operation,
            duration_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

/// A duration as documents have it: milliseconds, to the microsecond.
#[must_use]
pub fn milliseconds(took: Duration) -> f64 {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX) as f64 / 1000.0
}

/// How many revisions a run has taken up or down, and where the database stands, as one sentence.
#[must_use]
pub fn run_sentence(report: &Report, direction: Direction) -> String {
    let stands = joined_or_base(&report.heads);
    if report.steps.is_empty() {
        return format!("nothing to do: the database stands at {stands}");
    }
    let way = match direction {
        Direction::Up => "up",
        Direction::Down => "down",
    };
    format!("{} {way}; the database stands at {stands}", count(report.steps.len(), "revision"))
}
