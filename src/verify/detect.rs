//! Which revisions have the schema that a database has.

use super::rehearsal::{Observer, Place};
use super::verdict::is_column_order;
use crate::catalog::{Catalog, CompareOptions, Difference, compare};
use crate::config::{Config, DatabaseUrl};
use crate::graph::RevisionId;
use crate::scratch::{self, ScratchError};
use crate::script::ScriptDirectory;

/// Version rows, and what sets the database apart from what they stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The version rows, sorted; none for the base.
    pub heads: Vec<RevisionId>,
    /// From what they stand for to the database.
    pub differences: Vec<Difference>,
}

impl Candidate {
    /// Whether the database has this schema, but for the order of columns.
    #[must_use]
    pub fn matches(&self) -> bool {
        self.differences.iter().all(is_column_order)
    }
}

/// What has been found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detection {
    /// All that have the schema of the database, in the order in which they were reached. Several, where revisions
    /// change no more than rows.
    pub matches: Vec<Candidate>,
    /// The last of those with the fewest differences.
    pub nearest: Candidate,
    /// The revision at which the replay ended because it does not go up.
    pub stopped_at: Option<RevisionId>,
}

/// Replays all revisions once and puts what stands after each beside `actual`.
///
/// # Errors
/// [`ScratchError`] where there is no scratch database.
pub fn detect(
    scripts: &ScriptDirectory,
    actual: &Catalog,
    config: &Config,
    like: &DatabaseUrl,
    observer: &mut dyn Observer,
) -> Result<Detection, ScratchError> {
    let options = scratch::options(config);
    let place = Place { scripts, config, like, options: &options };
    let mut stage = place.stage(observer)?;
    let candidate = |heads: &[RevisionId], expected: &Catalog| Candidate {
        heads: heads.to_vec(),
        differences: compare(expected, actual, &CompareOptions::default()),
    };
    let base = candidate(&[], &stage.catalog()?);
    let mut detection = Detection { matches: Vec::new(), nearest: base.clone(), stopped_at: None };
    detection.add(base);
    for node in scripts.graph().in_order() {
        if observer.is_stopped() {
            return Err(ScratchError::Stopped);
        }
        let revision = scripts.graph().id(*node);
        observer.started(revision);
        if stage.up(*node).is_err() {
            if observer.is_stopped() {
                return Err(ScratchError::Stopped);
            }
            detection.stopped_at = Some(revision.clone());
            break;
        }
        let expected = stage.catalog()?;
        detection.add(candidate(stage.rows(), &expected));
        observer.passed();
    }
    Ok(detection)
}

impl Detection {
    fn add(&mut self, candidate: Candidate) {
        if candidate.differences.len() <= self.nearest.differences.len() {
            self.nearest = candidate.clone();
        }
        if candidate.matches() {
            self.matches.push(candidate);
        }
    }
}
