//! What sets schemas apart, as documents.

use serde::Serialize;

use crate::catalog::{Difference, ObjectName};
use crate::graph::RevisionId;
use crate::verify::{Candidate, Detection};

/// What `diff` says.
#[derive(Debug, Serialize)]
pub struct DifferencesDocument<'d> {
    /// What sets the two sides apart.
    pub differences: &'d [Difference],
    /// Objects that the same scripts build otherwise each time they run, and that were not compared.
    pub volatile: &'d [ObjectName],
}

/// What `stamp --detect` says.
#[derive(Debug, Serialize)]
pub struct DetectionDocument<'d> {
    /// All version rows whose scripts build the schema of the database.
    pub matches: Vec<CandidateEntry<'d>>,
    /// Those that come nearest to it.
    pub nearest: CandidateEntry<'d>,
    /// The revision at which the replay ended because it does not go up.
    pub stopped_at: Option<&'d RevisionId>,
    /// What was stamped, where something was.
    pub stamped: Option<&'d [RevisionId]>,
    /// The database, without password.
    pub database: &'d str,
}

/// Version rows, and what sets the database apart from them.
#[derive(Debug, Serialize)]
pub struct CandidateEntry<'d> {
    /// The version rows.
    pub heads: &'d [RevisionId],
    /// What sets the database apart from what they stand for.
    pub differences: &'d [Difference],
}

impl<'d> DetectionDocument<'d> {
    /// Of a database, named without password.
    #[must_use]
    pub fn new(detection: &'d Detection, stamped: Option<&'d [RevisionId]>, database: &'d str) -> Self {
        let entry = |candidate: &'d Candidate| CandidateEntry {
            heads: &candidate.heads,
            differences: &candidate.differences,
        };
        Self {
            matches: detection.matches.iter().map(entry).collect(),
            nearest: entry(&detection.nearest),
            stopped_at: detection.stopped_at.as_ref(),
            stamped,
            database,
        }
    }
}
