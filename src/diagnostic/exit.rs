//! Exit statuses.

use crate::execute::{Standing, State};

/// How a command ended, as scripts see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitStatus {
    /// As asked.
    Done,
    /// It failed.
    Failed,
    /// The arguments or the configuration are wrong.
    Usage,
    /// What was asked is not so.
    No,
    /// History or schema is not what it should be.
    Differs,
    /// The database was not reached, or a lock not had in time.
    Unavailable,
    /// By a signal.
    Interrupted,
}

impl ExitStatus {
    /// The exit status of the process, as the contract numbers them: 0 to 5, or 130.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::No => 3,
            Self::Differs => 4,
            Self::Unavailable => 5,
            Self::Interrupted => 130,
        }
    }

    /// How `status` ends: [`ExitStatus::No`] where revisions are pending, [`ExitStatus::Differs`] where the histories
    /// disagree.
    #[must_use]
    pub fn of_standing(standing: &Standing) -> Self {
        let differs =
            !standing.edited.is_empty() || !standing.reparented.is_empty() || !standing.missing.is_empty();
        if differs || standing.state == State::Failed {
            Self::Differs
        } else if standing.pending.is_empty() {
            Self::Done
        } else {
            Self::No
        }
    }
}
