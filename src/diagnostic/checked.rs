//! What `check` has found, as one error each for the scripts and for the merge with another commit.

use super::{Diagnostic, ErrorKind};
use crate::check::{CheckProblem, MergeCheck};
use crate::report::count;

impl Diagnostic {
    /// The problems of scripts, each at its place, with their hints once each.
    #[must_use]
    pub fn of_problems(problems: Vec<CheckProblem>) -> Self {
        let message = format!("the scripts have {}", count(problems.len(), "problem"));
        let mut told = Self::new(ErrorKind::Check, message);
        for problem in problems {
            told = match problem.excerpt {
                Some(excerpt) => told.excerpt(problem.message, *excerpt),
                None => told.cause(problem.message),
            };
            told = told.hints_once(problem.hint);
        }
        told
    }

    /// What would be wrong with the scripts merged with the commit `reference`; none where nothing would.
    #[must_use]
    pub fn of_merge(reference: &str, found: &MergeCheck) -> Option<Self> {
        if found.problems.is_empty() {
            return None;
        }
        let message = format!("merged with {reference}, the scripts would not do");
        let told = Self::new(ErrorKind::Check, message);
        Some(
            found
                .problems
                .iter()
                .fold(told, |told, problem| told.cause(problem.to_string()).hints_once(problem.hints())),
        )
    }

    fn hints_once(self, hints: impl IntoIterator<Item = String>) -> Self {
        hints.into_iter().fold(
            self,
            |told, hint| {
                if told.hints.contains(&hint) { told } else { told.hint(hint) }
            },
        )
    }
}
