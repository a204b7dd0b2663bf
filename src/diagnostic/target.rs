//! Why a target leads nowhere, and what is near it.

use super::{Diagnostic, ErrorKind};
use crate::graph::{RevisionId, SpecError, TargetError};
use crate::plan::{MergeError, NotOneError, PlanError};

impl From<SpecError> for Diagnostic {
    fn from(error: SpecError) -> Self {
        let told = Self::new(ErrorKind::Target, error.to_string());
        told.hint("targets are head, heads, base, an id or its beginning, a label, ID+N, ID-N, +N, -N and LABEL@TARGET")
    }
}

impl From<TargetError> for Diagnostic {
    fn from(error: TargetError) -> Self {
        let failed = |kind| Self::new(kind, error.to_string());
        match &error {
            TargetError::Syntax(error) => error.clone().into(),
            TargetError::Unknown { nearest, .. } if !nearest.is_empty() => {
                failed(ErrorKind::UnknownRevision).hint(format!("did you mean {}?", nearest.join(" or ")))
            }
            TargetError::Unknown { .. } => {
                failed(ErrorKind::UnknownRevision).hint("revgraph history lists the revisions")
            }
            TargetError::PrefixTooShort { candidates, .. } => {
                failed(ErrorKind::UnknownRevision).hint(format!("it begins {}", candidates.join(", ")))
            }
            TargetError::AmbiguousPrefix { .. } => {
                failed(ErrorKind::AmbiguousRevision).hint("give more characters")
            }
            TargetError::UnknownBranch { nearest, .. } if !nearest.is_empty() => {
                failed(ErrorKind::UnknownBranch).hint(format!("did you mean {}?", nearest.join(" or ")))
            }
            TargetError::UnknownBranch { labels, .. } if labels.is_empty() => {
                failed(ErrorKind::UnknownBranch).hint("no revision has a branch label; ID@… works as well")
            }
            TargetError::UnknownBranch { labels, .. } => {
                failed(ErrorKind::UnknownBranch).hint(format!("the branch labels are {}", labels.join(", ")))
            }
            TargetError::NotOnBranch { .. } | TargetError::NothingOnBranch { .. } => {
                failed(ErrorKind::WrongBranch)
            }
            TargetError::MultipleHeads { heads, .. } => {
                let first = heads.first().map(ToString::to_string).unwrap_or_default();
                failed(ErrorKind::MultipleHeads)
                    .hint(format!("name one of them ({first}), or `heads` for all"))
                    .hint("join them: revgraph merge heads")
            }
            TargetError::AmbiguousStep { .. } => {
                failed(ErrorKind::AmbiguousTarget).hint("name the revision instead")
            }
            TargetError::AmbiguousStart { rows, .. } => {
                let first = rows.first().map(ToString::to_string).unwrap_or_default();
                failed(ErrorKind::AmbiguousTarget).hint(format!("name the branch: {first}@… or LABEL@…"))
            }
            TargetError::PastTheEnd { .. } | TargetError::NothingApplied { .. } => {
                failed(ErrorKind::PastTheEnd)
            }
            TargetError::WrongDirection { direction, .. } => {
                let other = if *direction == "up" { "downgrade" } else { "upgrade" };
                failed(ErrorKind::WrongDirection).hint(format!("revgraph {other} goes the other way"))
            }
            TargetError::NotBelow { .. } => {
                failed(ErrorKind::NotAnAncestor).hint("revgraph history -i shows what has been applied")
            }
            TargetError::NotARangeOfAncestors { .. } => {
                failed(ErrorKind::NotAnAncestor).hint("revgraph history --graph shows how they are related")
            }
            TargetError::Overlap { .. } => failed(ErrorKind::OverlappingTargets),
            TargetError::CurrentUnavailable { .. } | TargetError::StepsNotAllowed { .. } => {
                Self::usage(error.to_string())
            }
        }
    }
}

impl From<PlanError> for Diagnostic {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::Target(error) => error.into(),
            PlanError::UnknownRows { .. } => Self::new(ErrorKind::UnknownVersionRow, error.to_string())
                .hint("are these the right scripts for this database, and is the checkout up to date?")
                .hint("if the database is known to stand elsewhere: revgraph stamp --purge REV"),
        }
    }
}

impl From<NotOneError> for Diagnostic {
    fn from(error: NotOneError) -> Self {
        let message = error.to_string();
        match error {
            NotOneError::Plan(error) => error.into(),
            NotOneError::Several { .. } => Self::new(ErrorKind::AmbiguousTarget, message),
        }
    }
}

impl From<MergeError> for Diagnostic {
    fn from(error: MergeError) -> Self {
        let message = error.to_string();
        let heads = match error {
            MergeError::Plan(error) => return error.into(),
            MergeError::TooFew { heads, .. } => heads,
        };
        let told = Self::new(ErrorKind::NothingToMerge, message);
        match heads.iter().map(RevisionId::as_str).collect::<Vec<_>>().as_slice() {
            [] => told.hint("there are no revisions yet"),
            [head] => told.hint(format!("there is one head, {head}: nothing needs to be merged")),
            // `heads` leaves out heads that others depend on.
            several => told.hint(format!("name the heads: revgraph merge {}", several.join(" "))),
        }
    }
}
