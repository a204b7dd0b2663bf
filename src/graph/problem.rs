//! What can be wrong with a set of revisions.

use thiserror::Error;

use super::RevisionId;

/// A revision by its id and by where it is declared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Declared {
    /// The revision.
    pub id: RevisionId,
    /// Its [`Revision::source`](super::Revision::source).
    pub source: String,
}

impl std::fmt::Display for Declared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.id, self.source)
    }
}

/// One reason why a set of revisions is not a graph that can be walked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Error)]
pub enum GraphProblem {
    /// Two scripts declare the same id.
    #[error("revision {id} is declared twice: in {first} and in {second}")]
    DuplicateId {
        /// The id.
        id: RevisionId,
        /// Where it is declared first, by the order of the sources.
        first: String,
        /// Where it is declared again.
        second: String,
    },
    /// Two revisions carry the same branch label.
    #[error("branch label `{label}` is given by {first} and by {second}")]
    DuplicateLabel {
        /// The label.
        label: String,
        /// The first holder.
        first: Declared,
        /// The second holder.
        second: Declared,
    },
    /// A branch label is also the id of a revision.
    #[error("branch label `{label}` of {holder} is also the id of a revision ({source_of_id})")]
    LabelIsId {
        /// The label.
        label: String,
        /// The revision with the label.
        holder: Declared,
        /// Where the id is declared.
        source_of_id: String,
    },
    /// A parent that no script declares.
    #[error("{child} names {parent} as its down_revision, which no script declares")]
    UnknownParent {
        /// The revision.
        child: Declared,
        /// The missing parent.
        parent: RevisionId,
        /// An id that only quotes tell from it.
        quoted: Option<RevisionId>,
    },
    /// A dependency that is neither a revision nor a label.
    #[error("{child} depends on {dependency}, which is neither a revision nor a branch label")]
    UnknownDependency {
        /// The revision.
        child: Declared,
        /// The id or label that the dependency names.
        dependency: String,
        /// An id that only quotes tell from it.
        quoted: Option<RevisionId>,
    },
    /// A parent or dependency whose place a squash has given to another.
    #[error("{child} names {name} as its {relation}, which {baseline} replaces")]
    ReplacedName {
        /// The revision.
        child: Declared,
        /// `down_revision` or `depends_on`.
        relation: &'static str,
        /// The id or label that the parent or dependency names.
        name: String,
        /// The baseline that has taken its place.
        baseline: Declared,
    },
    /// A revision with the id of one that a squash has replaced.
    #[error("{revision} has an id that {baseline} replaces")]
    ReservedId {
        /// The revision.
        revision: Declared,
        /// The baseline.
        baseline: Declared,
    },
    /// Two baselines replace the same revision.
    #[error("revision {id} is replaced by {first} and by {second}")]
    ReplacedTwice {
        /// The revision.
        id: RevisionId,
        /// One baseline.
        first: Declared,
        /// The other.
        second: Declared,
    },
    /// A revision that names itself as parent or dependency.
    #[error("{revision} names itself as its {relation}")]
    SelfReference {
        /// The revision.
        revision: Declared,
        /// `down_revision` or `depends_on`.
        relation: &'static str,
    },
    /// Revisions that lead back to themselves.
    #[error("these revisions form a cycle: {}", display_cycle(.revisions))]
    Cycle {
        /// One way round, each the child of the one before it; the first is the child of the last.
        revisions: Vec<Declared>,
    },
}

impl GraphProblem {
    /// What to do about it, where more can be said than to put the name right.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::ReplacedName { name, relation, baseline, .. } => Some(format!(
                "{name} is no longer a revision of its own: let {relation} name {}, which does all that it did",
                baseline.id
            )),
            Self::ReservedId { baseline, .. } => Some(format!(
                "an original belongs into the backup folder; a new revision needs another id, as databases know this one as a part of {}",
                baseline.id
            )),
            Self::ReplacedTwice { .. } => Some(
                "keep one of the two baselines, and put what the other alone replaces on top of it"
                    .to_owned(),
            ),
            Self::UnknownParent { parent, quoted: Some(quoted), .. } => {
                Some(quotes_are_part(parent.as_str(), quoted))
            }
            Self::UnknownDependency { dependency, quoted: Some(quoted), .. } => {
                Some(quotes_are_part(dependency, quoted))
            }
            _ => None,
        }
    }
}

fn quotes_are_part(name: &str, quoted: &RevisionId) -> String {
    format!(
        "there is {quoted}, and {name} is another name: quotes in a header are a part of it, so write none"
    )
}

fn display_cycle(revisions: &[Declared]) -> String {
    let mut names: Vec<String> = revisions.iter().map(ToString::to_string).collect();
    names.extend(revisions.first().map(|first| first.id.to_string()));
    names.join(" -> ")
}
