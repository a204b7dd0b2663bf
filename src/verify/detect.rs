//! Which revisions have the schema that a database has.

use super::composition::Composition;
use super::rehearsal::Observer;
use super::stage::{Describing, Place};
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
    fn new(heads: Vec<RevisionId>, expected: &Catalog, actual: &Catalog) -> Self {
        let mut differences = compare(expected, actual, &CompareOptions::default());
        differences.retain(|difference| !difference.is_bookkeeping_of_another_migrator());
        Self { heads, differences }
    }

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

/// Replays all revisions once and puts what stands after each beside `actual`. Where none of them has its schema, it
/// is looked for among the sets of revisions that the one order of a replay does not pass through, by what each
/// revision changes.
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
    let graph = scripts.graph();
    let options = scratch::options(config);
    let place = Place { scripts, config, like, options: &options, describing: Describing::Changes };
    let mut stage = place.stage(observer)?;
    stage.look(&mut [])?;
    let base = stage.schema().clone();
    let mut composition = Composition::new(graph, &base);
    let mut detection = Detection::beginning_with(Candidate::new(Vec::new(), &base, actual));
    for node in graph.in_order() {
        observer.control().check()?;
        observer.started(graph.id(*node));
        if stage.up(*node).is_err() {
            observer.control().check()?;
            detection.stopped_at = Some(graph.id(*node).clone());
            break;
        }
        stage.look(&mut [])?;
        composition.add(*node, stage.schema());
        detection.add(Candidate::new(stage.rows().to_vec(), stage.schema(), actual));
        observer.passed();
    }
    if detection.matches.is_empty() {
        let (applied, built) = composition.marks_on(actual);
        let heads = graph.ids(&graph.effective(&applied.iter().collect::<Vec<_>>()));
        let mut composed = Candidate::new(heads, &built, actual);
        // The order of columns is not known of what was put together.
        composed.differences.retain(|difference| !is_column_order(difference));
        detection.add(composed);
    }
    Ok(detection)
}

impl Detection {
    fn beginning_with(candidate: Candidate) -> Self {
        let mut detection = Self { matches: Vec::new(), nearest: candidate.clone(), stopped_at: None };
        detection.add(candidate);
        detection
    }

    fn add(&mut self, candidate: Candidate) {
        if candidate.differences.len() <= self.nearest.differences.len() {
            self.nearest = candidate.clone();
        }
        if candidate.matches() {
            self.matches.push(candidate);
        }
    }
}
