//! What a rehearsal says of a revision.

use std::collections::BTreeSet;

use super::RowsLost;
use crate::catalog::{Attribute, Change, Difference, ObjectName};
use crate::execute::ExecuteError;
use crate::graph::RevisionId;
use crate::script::Irreversible;

/// What a rehearsal has found of all revisions that were tried.
#[derive(Debug, Default)]
pub struct Verification {
    /// The revisions, in the order in which they were tried.
    pub revisions: Vec<Verified>,
    /// The merge points among them, in the same order.
    pub merges: Vec<MergeOrders>,
}

impl Verification {
    /// Whether a revision is broken, or the order of a merge point's parents matters, so that something has to be mended.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.revisions.iter().any(Verified::is_broken) || self.merges.iter().any(|merge| !merge.is_equal())
    }

    /// The objects that some revision makes otherwise each time it runs.
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

/// What was found of one revision.
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
    /// Whether the revision has to be mended, or could not be tried because what it stands on does not go up.
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
        /// The revision that does not go up.
        because_of: RevisionId,
    },
}

impl Verdict {
    /// What is said of a revision that went up, down and up again: by what its down script has left otherwise than it was
    /// before, and its second up script otherwise than the first.
    pub(super) fn of_differences(after_down: Vec<Difference>, after_second_up: Vec<Difference>) -> Self {
        if after_down.is_empty() && after_second_up.is_empty() {
            return Self::Reversible;
        }
        if !after_down.iter().chain(&after_second_up).all(is_column_order) {
            return Self::Broken(Breakage::Differs { after_down, after_second_up });
        }
        let mut differences = after_down;
        differences.extend(after_second_up);
        let mut told = BTreeSet::new();
        differences.retain(|difference| told.insert(difference.object.clone()));
        Self::ReversibleButForColumnOrder(differences)
    }

    /// The word for the verdict in JSON, as `reversible_but_volatile`.
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
        /// In which phase.
        phase: Phase,
        /// How the script failed.
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

/// The run of a script, of the three that a rehearsal makes of a revision.
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
    /// The word for the phase in JSON, as `second_up`.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{
        Catalog, Column, CompareOptions, DataLoss, Definition, Object, ObjectKind, Table, compare,
    };
    use crate::sql::Dialect;

    fn difference(name: &str, change: Change) -> Difference {
        let object = ObjectName::new(ObjectKind::Table, None, name);
        Difference { object, change, loses_data: DataLoss::default() }
    }

    fn order(name: &str) -> Difference {
        let catalog = |columns: [&str; 2]| {
            let columns = columns.map(|name| Column { name: name.to_owned(), ..Column::default() });
            let table = Table { columns: columns.into(), ..Table::default() };
            let mut catalog = Catalog::empty(Dialect::Sqlite);
            let name = ObjectName::new(ObjectKind::Table, None, name);
            catalog.objects.insert(name, Object::new(Definition::Table(Box::new(table))));
            catalog
        };
        let mut found = compare(&catalog(["a", "b"]), &catalog(["b", "a"]), &CompareOptions::default());
        assert_eq!(found.len(), 1);
        found.remove(0)
    }

    fn verified(verdict: Verdict) -> Verification {
        let revision = RevisionId::recorded("a");
        let revisions = vec![Verified { revision, verdict, rows_lost: Vec::new() }];
        Verification { revisions, merges: Vec::new() }
    }

    /// Each way alone: what is left on the way down, what comes otherwise the second time.
    #[test]
    fn one_difference_on_either_way_breaks_a_revision() {
        let left = || vec![difference("left", Change::Added)];
        let judged = |down, up| Verdict::of_differences(down, up).name();
        assert_eq!(judged(Vec::new(), Vec::new()), "reversible");
        assert_eq!(judged(left(), Vec::new()), "broken");
        assert_eq!(judged(Vec::new(), left()), "broken");
        assert_eq!(judged(vec![order("t"), left().remove(0)], Vec::new()), "broken");
        assert_eq!(judged(vec![order("t")], left()), "broken");
        assert_eq!(judged(vec![order("t")], Vec::new()), "reversible_but_for_column_order");
        let told = Verdict::of_differences(vec![order("t")], vec![order("t"), order("u")]);
        let Verdict::ReversibleButForColumnOrder(told) = told else { panic!("{told:?}") };
        assert_eq!(told.iter().map(|one| one.object.name.as_str()).collect::<Vec<_>>(), ["t", "u"]);
    }

    #[test]
    fn what_is_broken_makes_the_whole_broken() {
        let because_of = RevisionId::recorded("b");
        for verdict in [
            Verdict::NotReached { because_of },
            Verdict::of_differences(Vec::new(), vec![difference("t", Change::Removed)]),
        ] {
            assert!(verified(verdict).is_broken());
        }
        for verdict in [
            Verdict::Reversible,
            Verdict::Irreversible(Irreversible::NoDownScript),
            Verdict::ReversibleButVolatile(vec![difference("t", Change::Added)]),
        ] {
            assert!(!verified(verdict).is_broken());
        }
        let merge = |differences| MergeOrders {
            revision: RevisionId::recorded("m"),
            orders: [Vec::new(), Vec::new()],
            differences,
            failure: None,
        };
        assert!(merge(Vec::new()).is_equal() && merge(vec![order("t")]).is_equal());
        let unequal = merge(vec![order("t"), difference("u", Change::Added)]);
        assert!(!unequal.is_equal());
        let whole = Verification { merges: vec![unequal], ..verified(Verdict::Reversible) };
        assert!(whole.is_broken());
    }
}
