//! `revgraph check --base`: what merging with another commit would give.

use serde_json::{Value, json};

use super::super::context::Context;
use crate::check::{CheckProblem, MergeCheck, MergeProblem, ProblemKind, check_merge};
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

/// The document of a judgement.
pub fn as_json(reference: &str, found: &MergeCheck) -> Value {
    json!({
        "base": reference,
        "merge_base": found.merge_base.as_str(),
        "problems": found.problems.iter().map(problem_as_json).collect::<Vec<_>>(),
    })
}

fn problem_as_json(problem: &MergeProblem) -> Value {
    let mut document = json!({
        "kind": problem.kind(),
        "message": problem.to_string(),
        "hints": problem.hints(),
    });
    let more = match problem {
        MergeProblem::SeveralHeads { heads, common_ancestors, commands } => {
            json!({ "heads": heads, "common_ancestors": common_ancestors, "commands": commands })
        }
        MergeProblem::Edited { revision, path }
        | MergeProblem::Reparented { revision, path, .. }
        | MergeProblem::Removed { revision, path } => {
            json!({ "revision": revision, "file": path.display().to_string() })
        }
        MergeProblem::ChangedOnBothSides { path } => json!({ "file": path.display().to_string() }),
        MergeProblem::Unreadable { file, .. } => json!({ "file": file }),
        MergeProblem::Graph(_) => json!({}),
    };
    if let (Some(document), Value::Object(more)) = (document.as_object_mut(), more) {
        document.extend(more);
    }
    document
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
