//! What keeps a day's work from going on, before anything has changed.

use thiserror::Error;

use crate::catalog::{Difference, ObjectName};
use crate::verify::{Verification, Verified};

/// The database is not what its scripts build at their heads.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the database is not what its scripts build")]
pub struct Drifted {
    /// What sets it apart: `-` is what the scripts build, `+` what it has.
    pub differences: Vec<Difference>,
}

/// The database has tables and no version rows, where there are scripts: nobody knows whether they have run on it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the database has tables and no version rows, so that nobody knows which revisions it has")]
pub struct Unmanaged {
    /// The first of the tables.
    pub first: ObjectName,
}

/// Pending revisions do not go up, down and up again on a scratch database.
#[derive(Debug, Error)]
#[error("a pending revision does not go up, down and up again; nothing has been applied")]
pub struct PendingBroken {
    /// The revisions, with what was found of each.
    pub broken: Vec<Verified>,
}

impl PendingBroken {
    /// What is broken of a verification; none where nothing is.
    #[must_use]
    pub fn of(verification: Verification) -> Option<Self> {
        if !verification.is_broken() {
            return None;
        }
        Some(Self { broken: verification.revisions.into_iter().filter(Verified::is_broken).collect() })
    }
}
