//! What a target names in a graph: Alembic 1.20's `get_revisions`, `_walk` and `_resolve_branch`, with an error
//! that names the candidates wherever Alembic guesses, asserts or crashes.

use super::spec::{RevisionSpec, Symbol};
use super::target_error::TargetError;
use super::{Follow, NodeIndex, RevisionGraph};

/// The shortest beginning of an id or label that may stand for it.
pub const SHORTEST_PREFIX: usize = 4;

/// Where a walk over the graph ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Before the first revision.
    Base,
    /// At a revision.
    At(NodeIndex),
}

/// What a walk does when it runs out of revisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overwalk {
    /// Fail, as `upgrade` and `downgrade` do.
    Refuse,
    /// Stay at the last one, as the ranges of `history` do.
    Stop,
}

/// Words that are targets by themselves.
const SYMBOLS: [&str; 4] = ["head", "heads", "base", "current"];
/// How alike a name is to one that may be meant (Jaro and Winkler's measure), and how many are told.
const LEAST_LIKENESS: f64 = 0.8;
const MOST_TOLD: usize = 3;

#[doc(hidden)]
impl RevisionGraph {
    /// The revisions that a target without steps names; none for `base` (as Alembic's `get_revisions`).
    ///
    /// # Errors
    /// [`TargetError`] where the name is unknown, ambiguous or not on its branch, where `head` is several, or
    /// where the target is `current` or counts steps.
    pub fn resolve(&self, spec: &RevisionSpec) -> Result<Vec<NodeIndex>, TargetError> {
        let branch = spec.branch.as_deref();
        if let Some(branch) = branch {
            self.branch(branch)?;
        }
        match (&spec.symbol, spec.steps) {
            (Some(Symbol::Base), None) => Ok(Vec::new()),
            (Some(Symbol::Heads), None) => self.heads_on(branch),
            (Some(Symbol::Head), None) => Ok(self.single_head(branch, spec)?.into_iter().collect()),
            (Some(Symbol::Name(name)), None) => Ok(vec![self.named(name, branch)?]),
            (_, Some(_)) => Err(TargetError::StepsNotAllowed { target: spec.to_string() }),
            _ => Err(TargetError::CurrentUnavailable { target: spec.to_string() }),
        }
    }

    /// The one revision that a symbol stands for on `branch`, or the base (as Alembic's `get_revision`). `spec` is the
    /// whole target, for the message.
    ///
    /// # Errors
    /// Those of [`Self::resolve`], and [`TargetError::MultipleHeads`] where the symbol stands for several.
    pub(crate) fn resolve_one(
        &self,
        symbol: &Symbol,
        branch: Option<&str>,
        spec: &RevisionSpec,
    ) -> Result<Place, TargetError> {
        let nodes = self.resolve(&RevisionSpec {
            branch: branch.map(str::to_owned),
            symbol: Some(symbol.clone()),
            steps: None,
        })?;
        match nodes.as_slice() {
            [] => Ok(Place::Base),
            [node] => Ok(Place::At(*node)),
            several => Err(TargetError::MultipleHeads { target: spec.to_string(), heads: self.ids(several) }),
        }
    }

    /// The heads that `heads` means: without a branch the effective ones, with one the branch's own.
    fn heads_on(&self, branch: Option<&str>) -> Result<Vec<NodeIndex>, TargetError> {
        match branch {
            None => Ok(self.effective_heads()),
            Some(branch) => self.on_branch(self.heads(), branch),
        }
    }

    fn single_head(
        &self,
        branch: Option<&str>,
        spec: &RevisionSpec,
    ) -> Result<Option<NodeIndex>, TargetError> {
        let heads = match branch {
            None => self.heads(),
            Some(branch) => self.on_branch(self.heads(), branch)?,
        };
        match heads.as_slice() {
            [] => Ok(None),
            [head] => Ok(Some(*head)),
            several => Err(TargetError::MultipleHeads { target: spec.to_string(), heads: self.ids(several) }),
        }
    }

    /// The revision that stands for a branch: the one that declares the label, or any revision by its id or a beginning
    /// of it.
    ///
    /// # Errors
    /// [`TargetError::UnknownBranch`] with the nearest names, and [`TargetError::AmbiguousPrefix`].
    pub(crate) fn branch(&self, name: &str) -> Result<NodeIndex, TargetError> {
        self.named(name, None).map_err(|error| match error {
            TargetError::Unknown { name, .. } | TargetError::PrefixTooShort { name, .. } => {
                let nearest = nearest(&name, self.labels().chain(self.all_ids()));
                TargetError::UnknownBranch {
                    name,
                    labels: self.labels().map(str::to_owned).collect(),
                    nearest,
                }
            }
            other => other,
        })
    }

    /// Those of some nodes that share the lineage of a branch by parents, in their order.
    ///
    /// # Errors
    /// Those of [`Self::branch`].
    pub(crate) fn on_branch(
        &self,
        nodes: Vec<NodeIndex>,
        branch: &str,
    ) -> Result<Vec<NodeIndex>, TargetError> {
        let lineage = self.lineage(&[self.branch(branch)?], Follow::Parents);
        Ok(nodes.into_iter().filter(|node| lineage.contains(*node)).collect())
    }

    fn named(&self, name: &str, branch: Option<&str>) -> Result<NodeIndex, TargetError> {
        let lineage = match branch {
            Some(branch) => Some(self.lineage(&[self.branch(branch)?], Follow::Parents)),
            None => None,
        };
        let on_branch = |node: NodeIndex| lineage.as_ref().is_none_or(|lineage| lineage.contains(node));
        if let Some(node) = self.find(name).or_else(|| self.find_label(name)) {
            return match branch {
                Some(branch) if !on_branch(node) => Err(TargetError::NotOnBranch {
                    revision: self.id(node).clone(),
                    branch: branch.to_owned(),
                }),
                _ => Ok(node),
            };
        }
        let mut matches = self.beginning_with(name);
        if name.chars().count() < SHORTEST_PREFIX {
            return Err(self.unknown(name, matches));
        }
        matches.retain(|(_, node)| on_branch(*node));
        match matches.as_slice() {
            [] => Err(self.unknown(name, Vec::new())),
            [(_, node)] => Ok(*node),
            _ => Err(TargetError::AmbiguousPrefix {
                name: name.to_owned(),
                candidates: matches.into_iter().map(|(name, _)| name.to_owned()).collect(),
            }),
        }
    }

    /// Whether a text, long enough to be trusted, is the beginning of an id or a label.
    #[must_use]
    pub fn begins_a_name(&self, text: &str) -> bool {
        text.chars().count() >= SHORTEST_PREFIX && !self.beginning_with(text).is_empty()
    }

    fn beginning_with(&self, prefix: &str) -> Vec<(&str, NodeIndex)> {
        let ids = self.nodes().map(|node| (self.id(node).as_str(), node));
        let labels = self.labels.iter().map(|(label, node)| (label.as_str(), *node));
        ids.chain(labels).filter(|(name, _)| name.starts_with(prefix)).collect()
    }

    fn all_ids(&self) -> impl Iterator<Item = &str> {
        self.revisions().map(|revision| revision.id.as_str())
    }

    fn unknown(&self, name: &str, begun: Vec<(&str, NodeIndex)>) -> TargetError {
        let name = name.to_owned();
        if name.chars().count() < SHORTEST_PREFIX && !begun.is_empty() {
            let candidates = begun.into_iter().map(|(name, _)| name.to_owned()).collect();
            return TargetError::PrefixTooShort { name, candidates };
        }
        let nearest = nearest(&name, self.all_ids().chain(self.labels()).chain(SYMBOLS));
        TargetError::Unknown { name, nearest }
    }

    /// Walks `steps` children up, on the branch of `spec` where it names one (as Alembic's `_walk`); what happens past
    /// the last revision is for `overwalk` to say.
    ///
    /// # Errors
    /// [`TargetError::AmbiguousStep`] where several revisions come next, [`TargetError::PastTheEnd`], and those of
    /// [`Self::branch`].
    pub(crate) fn walk_up(
        &self,
        start: Place,
        steps: u64,
        spec: &RevisionSpec,
        overwalk: Overwalk,
    ) -> Result<Place, TargetError> {
        let lineage = match &spec.branch {
            Some(branch) => Some(self.lineage(&[self.branch(branch)?], Follow::Parents)),
            None => None,
        };
        self.walk(start, steps, spec, overwalk, Free::Arriving, |place| {
            let mut children = match place {
                Place::Base => self.bases(),
                Place::At(node) => self.above(node, Follow::Parents),
            };
            children.retain(|child| lineage.as_ref().is_none_or(|lineage| lineage.contains(*child)));
            Next::Among(children)
        })
    }

    /// Walks `steps` parents down; the step below a base leads to [`Place::Base`].
    ///
    /// # Errors
    /// [`TargetError::AmbiguousStep`] at a merge point, and [`TargetError::PastTheEnd`] of more steps than lead to the
    /// base.
    pub(crate) fn walk_down(
        &self,
        start: Place,
        steps: u64,
        spec: &RevisionSpec,
        overwalk: Overwalk,
    ) -> Result<Place, TargetError> {
        self.walk(start, steps, spec, overwalk, Free::Leaving, |place| match place {
            Place::Base => Next::Among(Vec::new()),
            Place::At(node) => {
                let parents = self.below(node, Follow::Parents);
                if parents.is_empty() { Next::Base } else { Next::Among(parents) }
            }
        })
    }

    fn walk(
        &self,
        start: Place,
        wanted: u64,
        spec: &RevisionSpec,
        overwalk: Overwalk,
        free: Free,
        next: impl Fn(Place) -> Next,
    ) -> Result<Place, TargetError> {
        let is_unfolded = |place| matches!(place, Place::At(node) if self.is_unfolded(node));
        let mut place = start;
        let mut possible = 0;
        while possible < wanted {
            let before = place;
            place = match next(place) {
                Next::Base => Place::Base,
                Next::Among(nodes) => match nodes.as_slice() {
                    [node] => Place::At(*node),
                    [] if overwalk == Overwalk::Stop => return Ok(place),
                    [] => return Err(TargetError::PastTheEnd { target: spec.to_string(), wanted, possible }),
                    several => {
                        return Err(TargetError::AmbiguousStep {
                            target: spec.to_string(),
                            at: self.name_of(place),
                            candidates: self.ids(several),
                        });
                    }
                },
            };
            let counts = match free {
                Free::Arriving => !is_unfolded(place),
                Free::Leaving => !is_unfolded(before),
            };
            possible += u64::from(counts);
        }
        Ok(place)
    }

    /// The name of a place in messages: `base`, or the revision's id.
    pub(crate) fn name_of(&self, place: Place) -> String {
        match place {
            Place::Base => "base".to_owned(),
            Place::At(node) => self.id(node).to_string(),
        }
    }
}

/// Those of some names that are spelt like `name`, whatever its case; the nearest first.
fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Vec<String> {
    let lower = name.to_lowercase();
    let mut nearest: Vec<(f64, &str)> = known
        .map(|known| (strsim::jaro_winkler(&lower, &known.to_lowercase()), known))
        .filter(|(likeness, _)| *likeness > LEAST_LIKENESS)
        .collect();
    nearest.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    nearest.dedup_by(|a, b| a.1 == b.1);
    nearest.into_iter().take(MOST_TOLD).map(|(_, known)| known.to_owned()).collect()
}

/// Which steps of a walk do not count at a baseline that stands on its originals: it is none of the scripts that the
/// database goes through.
#[derive(Clone, Copy)]
enum Free {
    /// The step to it, on the way up.
    Arriving,
    /// The step from it, on the way down.
    Leaving,
}

enum Next {
    Base,
    Among(Vec<NodeIndex>),
}
