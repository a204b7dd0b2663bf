//! What sets schemas apart, as documents and in lines.

use serde::Serialize;

use super::{Told, count, difference_lines};
use crate::catalog::{Difference, ObjectName};
use crate::graph::{RevisionId, joined_or_base};
use crate::verify::{Candidate, Detection};

/// What `diff --json` prints.
#[derive(Debug, Serialize)]
pub struct DifferencesDocument<'d> {
    /// What sets the two sides apart.
    pub differences: &'d [Difference],
    /// Objects that the same scripts build otherwise each time they run, and that were not compared.
    pub volatile: &'d [ObjectName],
}

/// What `stamp --detect --json` prints.
#[derive(Debug, Serialize)]
pub struct DetectionDocument<'d> {
    /// All version rows whose scripts build the schema of the database.
    pub matches: Vec<CandidateEntry<'d>>,
    /// The version rows whose scripts come nearest to it.
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
    /// The document of a detection on a database, named without password; `stamped` are the version rows that were then
    /// set.
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

/// Whose schema a database has: the version rows that stand for it, else those that come nearest, and what sets the database
/// apart from them.
#[must_use]
pub fn detection_told(detection: &Detection) -> Vec<Told> {
    let below = |candidate: &Candidate| {
        let lines = difference_lines(&candidate.differences).into_iter();
        lines.map(|line| Told::Result(format!("    {line}"))).collect::<Vec<_>>()
    };
    let mut told = Vec::new();
    for candidate in &detection.matches {
        told.push(Told::Result(joined_or_base(&candidate.heads)));
        told.extend(below(candidate));
    }
    match detection.matches.as_slice() {
        [] => {
            let nearest = &detection.nearest;
            let differences = count(nearest.differences.len(), "difference");
            let heads = joined_or_base(&nearest.heads);
            told.push(Told::Message("no revision has the schema of the database".to_owned()));
            told.push(Told::Result(format!("nearest: {heads}, with {differences}")));
            told.extend(below(nearest));
        }
        [_] => told.push(Told::Message("the database has this schema".to_owned())),
        _ => told.push(Told::Message("the database has the schema that all of these share".to_owned())),
    }
    if let Some(revision) = &detection.stopped_at {
        told.push(Told::Message(format!("{revision} does not go up; what comes after it was not looked at")));
    }
    told
}
