//! `revgraph verify`.

use std::borrow::Cow;
use std::path::PathBuf;

use clap::Args;

use super::super::context::Context;
use super::super::observer::ScratchProgress;
use super::super::output::{print_json, print_styled, readable};
use super::super::rendering;
use super::super::selection;
use crate::backend::Access;
use crate::diagnostic::{Diagnostic, ExitStatus, Finding, FindingDetail, VerificationDocument, findings};
use crate::execute::unfolded_for;
use crate::graph::{Follow, NodeIndex, RevisionRange};
use crate::plan;
use crate::report::verification_summary;
use crate::script::{ReadMode, ScriptDirectory};
use crate::verify::{DataFiles, Selection, verify};

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// What to try: a revision, or a range A:B with both ends [default: all revisions]
    #[arg(value_name = "RANGE", allow_hyphen_values = true)]
    pub range: Option<String>,
    /// Do not apply the parents of merge points in two orders, which takes two more replays for each
    #[arg(long)]
    pub skip_merge_orders: bool,
    /// SQL that fills tables after the revision that its header names, `-- revision: ID`; rows that a revision loses
    /// are then told
    #[arg(long, value_name = "FILE")]
    pub data: Vec<PathBuf>,
}

/// Takes every revision up and down on a scratch database; [`ExitStatus::Differs`] where one does not come back.
pub fn run(context: &Context, args: &VerifyArgs) -> Result<ExitStatus, Diagnostic> {
    let scripts = context.scripts(ReadMode::Headers)?;
    let like = context.config.database_url()?;
    let (scripts, revisions) = selected(context, &scripts, args.range.as_deref())?;
    let needed = scripts.graph().ancestors(revisions.iter().copied(), Follow::ParentsAndDependencies);
    let data = DataFiles::read(&scripts, &args.data)?;
    let selection = Selection { revisions, with_merge_orders: !args.skip_merge_orders, data };
    let mut progress = ScratchProgress::new(context, needed.len());
    let verification = verify(&scripts, &context.config, like, &selection, &mut progress);
    drop(progress);
    let verification = verification?;
    let status = if verification.is_broken() { ExitStatus::Differs } else { ExitStatus::Done };
    let summary = verification_summary(&verification);
    if context.json {
        print_json(&VerificationDocument::from(verification));
    } else {
        let text = as_text(findings(&scripts, verification));
        if !text.is_empty() {
            print_styled(text.trim_end());
        }
        context.say(&summary);
    }
    Ok(status)
}

/// The revisions of a range, in no particular order, in the scripts with the originals that it names.
fn selected<'s>(
    context: &Context,
    scripts: &'s ScriptDirectory,
    text: Option<&str>,
) -> Result<(Cow<'s, ScriptDirectory>, Vec<NodeIndex>), Diagnostic> {
    let Some(text) = text else {
        return Ok((Cow::Borrowed(scripts), scripts.graph().nodes().collect()));
    };
    if !text.contains(':') {
        return selection::select_with_originals(context, scripts, text);
    }
    let range: RevisionRange = text.trim().parse()?;
    let rows = match range.names_current() {
        true => Some(context.connect(Access::Read)?.state()?.rows),
        false => None,
    };
    let scripts = unfolded_for(scripts, rows.as_deref().unwrap_or_default(), &range.ends())?;
    let nodes = plan::history(scripts.graph(), &range, rows.as_deref())?;
    Ok((scripts, nodes))
}

/// The findings with what is said of each indented below it, with the colours of errors.
fn as_text(findings: Vec<Finding>) -> String {
    let mut text = String::new();
    for Finding { heading, details } in findings {
        text.push_str(&format!("{}\n", readable(&heading)));
        for detail in details {
            match detail {
                FindingDetail::Line(line) => text.push_str(&format!("    {}\n", readable(&line))),
                FindingDetail::Error(error) => {
                    let lines = rendering::as_text(&error);
                    text.extend(lines.trim_end().lines().map(|line| format!("    {line}\n")));
                }
            }
        }
    }
    text
}
