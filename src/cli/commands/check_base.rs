//! `revgraph check --base`: what merging with another commit would give.

use super::super::context::Context;
use crate::check::{MergeCheck, check_merge};
use crate::diagnostic::{Diagnostic, ErrorKind};

/// Judges the merge with `reference`.
pub fn judge(context: &Context, reference: &str) -> Result<MergeCheck, Diagnostic> {
    Ok(check_merge(&context.config, reference)?)
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
