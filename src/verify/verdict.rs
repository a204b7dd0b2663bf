//! What a rehearsal says of a revision.

use std::collections::BTreeSet;

use super::RowsLost;
use crate::catalog::{Attribute, Change, Difference, ObjectName};
use crate::execute::ExecuteError;
use crate::graph::RevisionId;
use crate::script::Irreversible;

/// What has been found.
#[derive(Debug, Default)]
pub struct Verification {
    /// The revisions, in the order in which they were tried.
    pub revisions: Vec<Verified>,
    /// The merge points among them, in the same order.
    pub merges: Vec<MergeOrders>,
}

impl Verification {
    /// Whether something has to be mended.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.revisions.iter().any(Verified::is_broken) || self.merges.iter().any(|merge| !merge.is_equal())
    }

    /// What revisions make otherwise each time.
    pub(super) fn volatile_objects(&self) -> BTreeSet<ObjectName> {
        let volatile = self.revisions.iter().filter_map(|verified| match &verified.verdict {
            Verdict::ReversibleButVolatile(differences) => Some(differences),
            _ => None,
        });
        volatile.flatten().map(|difference| difference.object.clone()).collect()
    }

    /// Whether a revision that was tried has been applied, at least at first.
    pub(super) fn has_gone_up(&self, revision: &RevisionId) -> bool {
        let tried = self.revisions.iter().find(|verified| verified.revision == *revision);
        let fails = |verdict: &Verdict| {
            matches!(
                verdict,
                Verdict::NotReached { .. } | Verdict::Broken(Breakage::Failed { phase: Phase::Up, .. })
            )
        };
        tried.is_some_and(|verified| !fails(&verified.verdict))
    }
}

/// A revision that has been tried.
#[derive(Debug)]
pub struct Verified {
    /// The revision.
    pub revision: RevisionId,
    /// What was found.
    pub verdict: Verdict,
    /// Rows of a rehearsal's data that are gone after up and down.
    pub rows_lost: Vec<RowsLost>,
}

impl Verified {
    /// Whether something has to be mended.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        matches!(self.verdict, Verdict::Broken(_) | Verdict::NotReached { .. })
    }
}

/// What became of a revision that went up, down and up again.
#[derive(Debug)]
pub enum Verdict {
    /// Its down script undoes it, and it can go up again.
    Reversible,
    /// The same, but that columns of a table stand in another order afterwards.
    ReversibleButForColumnOrder(Vec<Difference>),
    /// The same, but that it makes these objects otherwise each time, as with a clock's value in a view.
    ReversibleButVolatile(Vec<Difference>),
    /// It goes up, and says that it cannot be undone.
    Irreversible(Irreversible),
    /// It does not do what it should.
    Broken(Breakage),
    /// It was not tried, because what it stands on does not go up.
    NotReached {
        /// What does not.
        because_of: RevisionId,
    },
}

impl Verdict {
    /// The word for it in JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Reversible => "reversible",
            Self::ReversibleButForColumnOrder(_) => "reversible_but_for_column_order",
            Self::ReversibleButVolatile(_) => "reversible_but_volatile",
            Self::Irreversible(_) => "irreversible",
            Self::Broken(_) => "broken",
            Self::NotReached { .. } => "not_reached",
        }
    }
}

/// How a revision is broken.
#[derive(Debug)]
pub enum Breakage {
    /// A script failed or was refused.
    Failed {
        /// When.
        phase: Phase,
        /// How.
        error: Box<ExecuteError>,
        /// What the down script had left otherwise than it was before, where it had run.
        left_behind: Vec<Difference>,
    },
    /// The schema is not what it was.
    Differs {
        /// From before the revision to after its down script.
        after_down: Vec<Difference>,
        /// From after its up script to after the second time.
        after_second_up: Vec<Difference>,
    },
}

/// When a script ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The first time up.
    Up,
    /// Down.
    Down,
    /// Up after it was down.
    SecondUp,
}

impl Phase {
    /// The word for it in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::SecondUp => "second_up",
        }
    }
}

/// A merge point's parents, applied in two orders.
#[derive(Debug)]
pub struct MergeOrders {
    /// The merge point.
    pub revision: RevisionId,
    /// The two orders.
    pub orders: [Vec<RevisionId>; 2],
    /// What sets the second apart from the first.
    pub differences: Vec<Difference>,
    /// The first failure, where the parents do not go up in an order, with that order.
    pub failure: Option<(Vec<RevisionId>, Box<ExecuteError>)>,
}

impl MergeOrders {
    /// Whether both orders give the same schema. The order of columns does not count: where two branches add
    /// columns to one table, no script could make it the same.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.failure.is_none() && self.differences.iter().all(is_column_order)
    }
}

/// Whether a difference is one of the order of columns alone.
pub(super) fn is_column_order(difference: &Difference) -> bool {
    matches!(difference.change, Change::Altered { attribute: Attribute::ColumnOrder(_), .. })
}
