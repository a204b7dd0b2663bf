//! What has to be agreed to or mended before statements run, and what is to be decided before there are any: refusals that
//! say everything that whoever asks has to know.

use thiserror::Error;

use super::decisions::Decisions;
use super::names::Named;
use super::stakes::{Stake, StakeEntry};
use crate::alter::Candidate;
use crate::catalog::Catalog;

/// Statements lose values, and nobody has agreed to it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("values would be lost, and nobody has agreed to it")]
pub struct UnagreedLoss {
    /// What would be lost.
    pub losses: Vec<StakeEntry>,
}

impl UnagreedLoss {
    /// What has to be agreed to; none where nothing is lost. What is known to hold nothing is no loss.
    #[must_use]
    pub fn of(stakes: &[Stake<'_>]) -> Option<Self> {
        let losses: Vec<StakeEntry> =
            stakes.iter().filter(|stake| stake.is_loss_of_something()).map(Stake::entry).collect();
        (!losses.is_empty()).then_some(Self { losses })
    }
}

/// Statements would fail on rows of the database, as these were counted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the database has rows that these statements fail on")]
pub struct RowsInTheWay {
    /// The rows, with the statements that fail on them.
    pub rows: Vec<StakeEntry>,
    /// The columns that take no NULL, and whose rows were given nothing.
    pub unfilled: Vec<Named>,
}

impl RowsInTheWay {
    /// Looks for rows that statements between two schemas are sure to fail on.
    ///
    /// # Errors
    /// Where there are some.
    pub fn check(
        stakes: &[Stake<'_>],
        (left, right): (&Catalog, &Catalog),
        decisions: &Decisions,
    ) -> Result<(), Self> {
        let unfilled = decisions.unfilled(left, right);
        let rows: Vec<StakeEntry> =
            stakes.iter().filter(|stake| stake.is_sure_to_fail(&unfilled)).map(Stake::entry).collect();
        if rows.is_empty() {
            return Ok(());
        }
        Err(Self { rows, unfilled: unfilled.iter().map(|(_, column)| Named::of(column)).collect() })
    }
}

/// What goes may have been renamed to what comes, and nobody has said so.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("what goes may have been renamed to what comes, and nobody can be asked")]
pub struct UndecidedRenames {
    /// What may have been renamed.
    pub open: Vec<Candidate>,
}
