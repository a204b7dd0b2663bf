//! Revisions that have not been applied yet, tried on a scratch database before.

use super::super::context::Context;
use super::super::observer::ScratchProgress;
use crate::backend::Backend;
use crate::catalog::Difference;
use crate::diagnostic::{Diagnostic, ErrorKind};
use crate::execute::{Reading, standing};
use crate::graph::{Follow, NodeIndex, RevisionId};
use crate::report::{count, difference_lines};
use crate::script::ScriptDirectory;
use crate::verify::{Breakage, DataFiles, Phase, Selection, Verdict, Verification, Verified, verify};

/// Tries what is pending: up, down and up. Where scripts and database do not agree on what has been applied, nothing is
/// tried: an upgrade says so.
pub fn try_pending(
    context: &Context,
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    reading: &Reading,
) -> Result<(), Diagnostic> {
    let graph = scripts.graph();
    let found = standing(scripts, backend, reading)?;
    let pending = found.pending.iter().filter_map(|pending| graph.find(pending.revision.as_str()));
    let revisions: Vec<NodeIndex> = pending.collect();
    if revisions.is_empty() || !found.missing.is_empty() || !found.failed.is_empty() {
        return Ok(());
    }
    let like = context.config.database_url()?;
    let needed = graph.ancestors(revisions.iter().copied(), Follow::ParentsAndDependencies);
    let number = revisions.len();
    let selection = Selection { revisions, with_merge_orders: false, data: DataFiles::read(scripts, &[])? };
    let mut progress = ScratchProgress::new(context, needed.len());
    let verification = verify(scripts, &context.config, like, &selection, &mut progress);
    drop(progress);
    let verification = verification?;
    if verification.is_broken() {
        return Err(refusal(&verification));
    }
    context
        .say(&format!("{} tried on a scratch database: up, down and up", count(number, "pending revision")));
    Ok(())
}

fn refusal(verification: &Verification) -> Diagnostic {
    let broken = verification.revisions.iter().filter(|verified| verified.is_broken());
    let told = Diagnostic::new(
        ErrorKind::Verify,
        "a pending revision does not go up, down and up again; nothing has been applied",
    );
    broken
        .fold(told, |told, verified| told.cause(why(verified)))
        .hint("revgraph verify tells all about it")
        .hint("mend its script, or say that it cannot be undone: -- revgraph: irreversible REASON")
        .hint("apply it all the same: revgraph upgrade")
}

fn why(verified: &Verified) -> String {
    let revision = &verified.revision;
    match &verified.verdict {
        Verdict::Broken(Breakage::Differs { after_down, after_second_up }) => {
            does_not_come_back(revision, if after_down.is_empty() { after_second_up } else { after_down })
        }
        Verdict::Broken(Breakage::Failed { left_behind, .. }) if !left_behind.is_empty() => {
            does_not_come_back(revision, left_behind)
        }
        Verdict::Broken(Breakage::Failed { phase, error, .. }) => {
            let way = match phase {
                Phase::Up => "up",
                Phase::Down => "down",
                Phase::SecondUp => "up the second time",
            };
            format!("{revision} fails on its way {way}: {}", with_sources(&**error))
        }
        _ => revision.to_string(),
    }
}

fn does_not_come_back(revision: &RevisionId, found: &[Difference]) -> String {
    format!("{revision} does not come back to where it was:\n{}", difference_lines(found).join("\n"))
}

/// An error with its causes on one line.
fn with_sources(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let told = error.to_string();
        if !text.contains(&told) {
            text.push_str(&format!(": {told}"));
        }
        source = error.source();
    }
    text
}
