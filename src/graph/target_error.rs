//! Why a target does not lead anywhere, with the candidates.

use thiserror::Error;

use super::RevisionId;
use super::spec::SpecError;
use super::words::{joined, joined_or_base};

/// Why a target does not lead anywhere.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TargetError {
    /// The text is not a target.
    #[error(transparent)]
    Syntax(#[from] SpecError),
    /// No revision or label has this name.
    #[error("there is no revision or branch `{name}`")]
    Unknown {
        /// The name that was asked for.
        name: String,
        /// Ids and labels like it, nearest first.
        nearest: Vec<String>,
    },
    /// The beginning of an id is too short to be trusted.
    #[error(
        "there is no revision or branch `{name}`, and the beginning of one needs at least four characters"
    )]
    PrefixTooShort {
        /// The beginning that was asked for.
        name: String,
        /// What begins with it.
        candidates: Vec<String>,
    },
    /// Several revisions begin with the name.
    #[error("`{name}` begins several names: {}", .candidates.join(", "))]
    AmbiguousPrefix {
        /// The beginning that was asked for.
        name: String,
        /// The ids and labels that begin with it.
        candidates: Vec<String>,
    },
    /// No label or revision has the name in front of `@`.
    #[error("there is no branch `{name}`")]
    UnknownBranch {
        /// The name in front of `@`.
        name: String,
        /// The labels there are.
        labels: Vec<String>,
        /// Labels and ids like it, nearest first.
        nearest: Vec<String>,
    },
    /// The revision is not on the branch in front of `@`.
    #[error("revision {revision} is not on branch `{branch}`")]
    NotOnBranch {
        /// The revision.
        revision: RevisionId,
        /// The branch.
        branch: String,
    },
    /// One revision is wanted, and there are several heads.
    #[error("`{target}` stands for several heads: {}", joined(.heads))]
    MultipleHeads {
        /// The target.
        target: String,
        /// The heads.
        heads: Vec<RevisionId>,
    },
    /// A step leads to several revisions.
    #[error("`{target}` is ambiguous: from {at} the next step could be {}", joined(.candidates))]
    AmbiguousStep {
        /// The target.
        target: String,
        /// Where the path divides: an id or `base`.
        at: String,
        /// Where it could go on.
        candidates: Vec<RevisionId>,
    },
    /// Steps are counted from where the database stands, which is in several places.
    #[error("`{target}` counts from where the database stands, which is at {}", joined(.rows))]
    AmbiguousStart {
        /// The target.
        target: String,
        /// The version rows it could count from.
        rows: Vec<RevisionId>,
    },
    /// There are fewer steps than were asked for.
    #[error("`{target}` goes past the end: only {possible} of {wanted} steps are there")]
    PastTheEnd {
        /// The target.
        target: String,
        /// Steps asked for.
        wanted: u64,
        /// Steps that there are.
        possible: u64,
    },
    /// Steps in the direction that this command does not take.
    #[error("`{target}` does not lead {direction} from where the database stands")]
    WrongDirection {
        /// The target.
        target: String,
        /// `up` or `down`.
        direction: &'static str,
    },
    /// Steps down from where nothing has been applied.
    #[error("`{target}` counts from where the database stands, and nothing has been applied there")]
    NothingApplied {
        /// The target.
        target: String,
    },
    /// The target of a downgrade has not been applied.
    #[error("`{target}` is not below what the database stands at ({})", joined_or_base(.rows))]
    NotBelow {
        /// The target.
        target: String,
        /// The version rows.
        rows: Vec<RevisionId>,
    },
    /// The target of a downgrade and its branch share nothing that could be undone.
    #[error("nothing above `{target}` is on branch `{branch}`")]
    NothingOnBranch {
        /// The target.
        target: String,
        /// The branch.
        branch: String,
    },
    /// Several targets of which one needs the other.
    #[error("`{target}` names both {upper} and {lower}, which comes before it")]
    Overlap {
        /// The target.
        target: String,
        /// The later one.
        upper: RevisionId,
        /// The earlier one.
        lower: RevisionId,
    },
    /// The ends of a range are not on one line.
    #[error("{start} is not an ancestor of {end}")]
    NotARangeOfAncestors {
        /// The start.
        start: String,
        /// The end.
        end: String,
    },
    /// Steps where a place is to be named.
    #[error("`{target}` counts steps; name the revision itself")]
    StepsNotAllowed {
        /// The target.
        target: String,
    },
    /// `current` where no database is asked.
    #[error("`{target}` stands for what the database is at, and means something only in ranges that ask it")]
    CurrentUnavailable {
        /// The target.
        target: String,
    },
}
