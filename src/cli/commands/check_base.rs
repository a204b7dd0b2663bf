//! `revgraph check --base`: what merging with another commit would give.

use super::super::context::Context;
use crate::check::{CheckProblem, MergeCheck, ProblemKind, check_merge};
use crate::diagnostic::{Diagnostic, ErrorKind};

/// Judges the merge with `reference`.
pub fn judge(context: &Context, reference: &str) -> Result<MergeCheck, Diagnostic> {
    Ok(check_merge(&context.config, reference)?)
}

/// Whether a problem of the work tree alone is still told beside those of the merged tree, which has the graph's.
pub fn is_told_beside(problem: &CheckProblem) -> bool {
    !matches!(
        problem.kind,
        ProblemKind::DuplicateId
            | ProblemKind::DuplicateLabel
            | ProblemKind::LabelIsId
            | ProblemKind::UnknownParent
            | ProblemKind::UnknownDependency
            | ProblemKind::SelfReference
            | ProblemKind::Cycle
            | ProblemKind::ReplacedName
            | ProblemKind::ReservedId
            | ProblemKind::ReplacedTwice
            | ProblemKind::SeveralHeads
    )
}

/// The problems for people.
pub fn told(reference: &str, found: &MergeCheck) -> Option<Diagnostic> {
    if found.problems.is_empty() {
        return None;
    }
    let message = format!("merged with {reference}, the scripts would not do");
    let mut told = Diagnostic::new(ErrorKind::Check, message);
    for problem in &found.problems {
        told = told.cause(problem.to_string());
        for hint in problem.hints() {
            if !told.hints.contains(&hint) {
                told = told.hint(hint);
            }
        }
    }
    Some(told)
}
