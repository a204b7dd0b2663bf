//! Rows that statements are known to fail on, before these run.

use serde_json::json;

use crate::autogenerate::{Decisions, Named, Planner, Stake};
use crate::diagnostic::{Diagnostic, ErrorKind};

/// Refuses statements that would fail on rows of the database, as they were counted. A column that takes no NULL and was
/// given nothing for its rows is named for `--fill`.
pub fn refuse(stakes: &[Stake<'_>], planner: &Planner<'_>, decisions: &Decisions) -> Result<(), Diagnostic> {
    let unfilled = decisions.unfilled(planner.left(), planner.right());
    let obstacles: Vec<&Stake<'_>> = stakes.iter().filter(|stake| stake.is_sure_to_fail(&unfilled)).collect();
    if obstacles.is_empty() {
        return Ok(());
    }
    let told =
        Diagnostic::new(ErrorKind::RowsInTheWay, "the database has rows that these statements fail on");
    let told = obstacles.iter().fold(told, |told, obstacle| told.cause(obstacle.line()));
    let told = unfilled.iter().fold(told.cause("nothing has changed"), |told, (_, column)| {
        told.hint(format!("give its rows a value: --fill \"{}=EXPRESSION\"", Named::of(column)))
    });
    Err(told.hint("mend the rows, and run the same command again").field("rows", json!(obstacles)))
}
