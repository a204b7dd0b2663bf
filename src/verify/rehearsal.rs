//! Every revision up, down and up, on one scratch database.

use std::collections::{BTreeMap, BTreeSet};

use super::data::{self, RowCounts};
use super::merge_orders::merge_orders;
use super::observer::Observer;
use super::stage::{Describing, Place, Stage};
use super::verdict::is_column_order;
use super::{Breakage, DataFiles, Phase, RowsLost, Verdict, Verification, Verified};
use crate::cancellation::Cancelled;
use crate::catalog::{Difference, ObjectName, Past};
use crate::config::{Config, DatabaseUrl};
use crate::execute::ExecuteError;
use crate::graph::{Follow, NodeIndex, NodeSet, RevisionId};
use crate::scratch::{self, ScratchError, Snapshot, wait_for_next_second};
use crate::script::ScriptDirectory;

/// To apply fewer revisions again takes less time than to copy a database.
const WORTH_A_SNAPSHOT: usize = 16;

/// Which revisions are tried. What they stand on is applied all the same.
#[derive(Debug, Clone)]
pub struct Selection {
    /// The revisions.
    pub revisions: Vec<NodeIndex>,
    /// Whether the parents of merge points are applied in two orders, each on a scratch database of its own.
    pub with_merge_orders: bool,
    /// Rows that are put into tables on the way.
    pub data: DataFiles,
}

/// Tries revisions on scratch databases of the kind of `like`, in the order in which they can be applied, and then
/// the parents of those that are merge points in both orders. A revision that was not selected is told of where
/// others stand on it and it does not go up.
///
/// # Errors
/// [`ScratchError`] where there is no scratch database, or it is lost; what is wrong with a revision is no error.
pub fn verify(
    scripts: &ScriptDirectory,
    config: &Config,
    like: &DatabaseUrl,
    selection: &Selection,
    observer: &mut dyn Observer,
) -> Result<Verification, ScratchError> {
    let graph = scripts.graph();
    let options = scratch::options(config);
    let place = Place { scripts, config, like, options: &options, describing: Describing::Changes };
    let (mut verification, is_exact) = rehearse(place, selection, observer)?;
    if !is_exact {
        // Nothing that was said of a revision can be trusted then.
        let thorough = Place { describing: Describing::Everything, ..place };
        (verification, _) = rehearse(thorough, selection, observer)?;
    }
    if selection.with_merge_orders {
        let selected = NodeSet::of(graph.len(), selection.revisions.iter().copied());
        for node in graph.sorted(&selected) {
            if graph.revision(node).down_revisions.len() > 1 && verification.has_gone_up(graph.id(node)) {
                observer.started(graph.id(node));
                let mut orders = merge_orders(&place, node, observer)?;
                let volatile = verification.volatile_objects();
                orders.differences.retain(|difference| !volatile.contains(&difference.object));
                verification.merges.push(orders);
            }
        }
    }
    Ok(verification)
}

/// Tries the revisions; and whether the schema in the end is the one that following its changes has led to.
fn rehearse(
    place: Place<'_>,
    selection: &Selection,
    observer: &mut dyn Observer,
) -> Result<(Verification, bool), ScratchError> {
    let graph = place.scripts.graph();
    let selected = NodeSet::of(graph.len(), selection.revisions.iter().copied());
    let needed = graph.ancestors(selected.iter(), Follow::ParentsAndDependencies);
    let mut rehearsal = Rehearsal::begin(place, &selection.data, observer)?;
    let mut verification = Verification::default();
    for node in graph.sorted(&needed) {
        if let Some(verdict) = rehearsal.attempt(node, selected.contains(node))? {
            let rows_lost = std::mem::take(&mut rehearsal.rows_lost);
            let verified = Verified { revision: graph.id(node).clone(), verdict, rows_lost };
            rehearsal.observer.finished(&verified);
            verification.revisions.push(verified);
        }
    }
    Ok((verification, rehearsal.is_exact()?))
}

struct Rehearsal<'v, 'o> {
    place: Place<'v>,
    data: &'v DataFiles,
    /// None while a database on which something has been left is being replaced.
    stage: Option<Stage<'v>>,
    observer: &'o mut dyn Observer,
    /// What has been applied, in that order.
    applied: Vec<NodeIndex>,
    /// What a database that was given up was replaced with, and how many of `applied` had been applied to it.
    snapshot: Option<(Snapshot, usize)>,
    /// Whether a script has run since somebody looked at the schema.
    is_stale: bool,
    /// Revisions that have not been applied, with the one that is to blame.
    missing: BTreeMap<NodeIndex, RevisionId>,
    /// What the revision that is being tried has lost.
    rows_lost: Vec<RowsLost>,
}

impl<'v, 'o> Rehearsal<'v, 'o> {
    fn begin(
        place: Place<'v>,
        data: &'v DataFiles,
        observer: &'o mut dyn Observer,
    ) -> Result<Self, ScratchError> {
        let stage = place.stage(observer)?;
        Ok(Self {
            place,
            data,
            stage: Some(stage),
            observer,
            applied: Vec::new(),
            snapshot: None,
            is_stale: true,
            missing: BTreeMap::new(),
            rows_lost: Vec::new(),
        })
    }

    fn goes_up(&self, node: NodeIndex) -> bool {
        !self.missing.contains_key(&node)
    }

    /// Tries a revision, or only applies it; then there is a verdict only where it does not go up.
    fn attempt(&mut self, node: NodeIndex, is_selected: bool) -> Result<Option<Verdict>, ScratchError> {
        let graph = self.place.scripts.graph();
        self.observer.control().check()?;
        self.observer.started(graph.id(node));
        let below = graph.below(node, Follow::ParentsAndDependencies);
        if let Some(because_of) = below.iter().find_map(|below| self.missing.get(below)).cloned() {
            self.missing.insert(node, because_of.clone());
            self.observer.passed();
            return Ok(is_selected.then_some(Verdict::NotReached { because_of }));
        }
        let verdict =
            if is_selected { Some(self.rehearse(node)?) } else { self.apply(node)?.map(Verdict::Broken) };
        if self.goes_up(node) {
            self.fill(node)?;
            self.applied.push(node);
        }
        if verdict.is_none() {
            self.observer.passed();
        }
        Ok(verdict)
    }

    /// Applies a revision; how it is broken, where it does not go up.
    fn apply(&mut self, node: NodeIndex) -> Result<Option<Breakage>, ScratchError> {
        let went_up = self.stage()?.up(node);
        self.is_stale = true;
        let Err(error) = went_up else { return Ok(None) };
        self.after_failure(&error)?;
        self.missing.insert(node, self.place.scripts.graph().id(node).clone());
        Ok(Some(Breakage::Failed { phase: Phase::Up, error: Box::new(error), left_behind: Vec::new() }))
    }

    fn rehearse(&mut self, node: NodeIndex) -> Result<Verdict, ScratchError> {
        let (mut before, mut after) = (Past::default(), Past::default());
        self.look(&mut [])?;
        let rows = self.count_rows()?;
        if let Some(breakage) = self.apply(node)? {
            return Ok(Verdict::Broken(breakage));
        }
        self.look(&mut [&mut before])?;
        match self.stage()?.down(node) {
            Ok(()) => self.is_stale = true,
            Err(ExecuteError::Irreversible { reason, .. }) => {
                self.rows_lost = data::lost(&rows, &self.count_rows()?);
                return Ok(Verdict::Irreversible(reason));
            }
            Err(error) => {
                self.is_stale = true;
                return self.failed(Phase::Down, error, Vec::new());
            }
        }
        self.look(&mut [&mut before, &mut after])?;
        let left_behind = self.differences_since(&before)?;
        self.rows_lost = data::lost(&rows, &self.count_rows()?);
        if let Err(error) = self.stage()?.up(node) {
            let verdict = self.failed(Phase::SecondUp, error, left_behind);
            self.give_up_database();
            return verdict;
        }
        self.is_stale = true;
        self.look(&mut [&mut after])?;
        let after_second_up = self.differences_since(&after)?;
        let is_undone = left_behind.iter().all(is_column_order);
        if is_undone && !after_second_up.is_empty() && self.is_volatile(node, &after_second_up)? {
            return Ok(Verdict::ReversibleButVolatile(after_second_up));
        }
        let verdict = Verdict::of_differences(left_behind, after_second_up);
        if let Verdict::Broken(Breakage::Differs { after_second_up, .. }) = &verdict
            && !after_second_up.is_empty()
        {
            self.give_up_database();
        }
        Ok(verdict)
    }

    /// Whether a revision that was undone whole makes these objects otherwise each time it goes up, as one does that
    /// writes a clock's value into a view.
    fn is_volatile(&mut self, node: NodeIndex, found: &[Difference]) -> Result<bool, ScratchError> {
        let found: BTreeSet<&ObjectName> =
            found.iter().filter(|one| !is_column_order(one)).map(|one| &one.object).collect();
        if found.is_empty() {
            return Ok(false);
        }
        wait_for_next_second(self.observer.control().cancellation())?;
        let stage = self.stage()?;
        let went = stage.down(node).and_then(|()| stage.up(node));
        self.is_stale = true;
        if let Err(error) = went {
            self.after_failure(&error)?;
            self.give_up_database();
            return Ok(false);
        }
        let mut third = Past::default();
        self.look(&mut [&mut third])?;
        let again = self.differences_since(&third)?;
        let again: BTreeSet<&ObjectName> = again.iter().map(|one| &one.object).collect();
        Ok(found.is_subset(&again))
    }

    fn differences_since(&mut self, past: &Past) -> Result<Vec<Difference>, ScratchError> {
        self.stage()?;
        let stage = self.stage.as_mut().ok_or(Cancelled)?;
        stage.differences_since(past, self.observer)
    }

    fn failed(
        &mut self,
        phase: Phase,
        error: ExecuteError,
        left_behind: Vec<Difference>,
    ) -> Result<Verdict, ScratchError> {
        self.after_failure(&error)?;
        Ok(Verdict::Broken(Breakage::Failed { phase, error: Box::new(error), left_behind }))
    }

    /// Tells what is wrong with a revision from what ends the rehearsal, and gives up a database on which a script
    /// without transaction has left something.
    fn after_failure(&mut self, error: &ExecuteError) -> Result<(), ScratchError> {
        self.observer.control().check()?;
        let ExecuteError::Step(run) = error else { return Ok(()) };
        if let Some(database) = run.failure.cause.database_error()
            && database.connection_lost
        {
            return Err(crate::backend::BackendError::Database(database.clone()).into());
        }
        if !run.failure.in_transaction {
            self.give_up_database();
        }
        Ok(())
    }

    /// Runs the files of a revision that has just been applied. A database that has been given up is filled when it
    /// is replaced.
    fn fill(&mut self, node: NodeIndex) -> Result<(), ScratchError> {
        match &mut self.stage {
            Some(stage) if self.data.has(node) => {
                self.is_stale = true;
                self.data.fill(&mut stage.database, node)
            }
            _ => Ok(()),
        }
    }

    /// The rows of all tables; nothing where there is no data to lose.
    fn count_rows(&mut self) -> Result<RowCounts, ScratchError> {
        if self.data.is_empty() {
            return Ok(RowCounts::new());
        }
        self.look(&mut [])?;
        let stage = self.stage()?;
        let tables = data::tables(stage.schema());
        data::count_rows(&mut stage.database, tables)
    }

    /// The next step is to happen on a new database.
    fn give_up_database(&mut self) {
        self.stage = None;
        self.is_stale = true;
    }

    /// Looks at the schema, if a script has run since the last time; `pasts` note what has changed.
    fn look(&mut self, pasts: &mut [&mut Past]) -> Result<(), ScratchError> {
        if self.is_stale {
            self.stage()?.look(pasts)?;
            self.is_stale = false;
        }
        Ok(())
    }

    /// Whether following the changes of the schema has led to what is there.
    fn is_exact(&mut self) -> Result<bool, ScratchError> {
        self.stage.as_mut().map_or(Ok(true), Stage::is_exact)
    }

    /// The database, with all applied revisions. Where the last one was given up, they are applied to a new one.
    fn stage(&mut self) -> Result<&mut Stage<'v>, ScratchError> {
        if self.stage.is_none() {
            self.is_stale = true;
            self.stage = Some(self.recovered()?);
        }
        self.stage.as_mut().ok_or(Cancelled.into())
    }

    /// A new database with all applied revisions. However many are broken, each revision is applied to get there only a
    /// few times.
    fn recovered(&mut self) -> Result<Stage<'v>, ScratchError> {
        let (mut stage, done) = match &self.snapshot {
            Some((snapshot, done)) => {
                let applied = self.applied.get(..*done).unwrap_or_default();
                (self.place.stage_of(snapshot, applied, self.observer)?, *done)
            }
            None => (self.place.stage(self.observer)?, 0),
        };
        let missing = self.applied.get(done..).unwrap_or_default();
        for node in missing {
            self.observer.control().check()?;
            stage.up(*node)?;
            self.data.fill(&mut stage.database, *node)?;
        }
        if missing.len() < WORTH_A_SNAPSHOT || !stage.database.has_snapshots() {
            return Ok(stage);
        }
        self.snapshot = stage.database.into_snapshot().map(|snapshot| (snapshot, self.applied.len()));
        self.recovered()
    }
}
