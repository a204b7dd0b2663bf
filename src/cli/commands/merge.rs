//! `revgraph merge`.

use clap::Args;

use super::super::authoring;
use super::super::context::Context;
use super::super::target;
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::graph::RevisionSpec;
use crate::plan;
use crate::script::{RevisionRequest, create};

/// Arguments of `merge`.
#[derive(Debug, Args)]
pub struct MergeArgs {
    /// What it is for [default: merge and the ids]
    #[arg(short, long, value_name = "MSG")]
    pub message: Option<String>,
    /// Its id [default: twelve random hexadecimal digits]
    #[arg(long, value_name = "ID")]
    pub rev_id: Option<String>,
    /// Give the branch a label; repeatable
    #[arg(long, value_name = "L", value_delimiter = ',')]
    pub branch_label: Vec<String>,
    /// Let it join revisions that are not heads
    #[arg(long)]
    pub splice: bool,
    /// What to join: ids, LABEL@head, …, or heads
    #[arg(value_name = "REV", required = true, allow_negative_numbers = true)]
    pub revisions: Vec<String>,
}

/// Writes a revision that merges heads, and prints both paths.
pub fn run(context: &Context, args: MergeArgs) -> Result<ExitStatus, Diagnostic> {
    let specs: Vec<RevisionSpec> =
        args.revisions.iter().map(|text| target::parse(text)).collect::<Result<_, _>>()?;
    if args.message.as_ref().is_some_and(|message| message.trim().is_empty()) {
        return Err(
            Diagnostic::usage("the message is empty").hint("leave -m out for one that names the parents")
        );
    }
    let wishes = RevisionRequest {
        message: args.message,
        revision: args.rev_id,
        splice: args.splice,
        branch_labels: args.branch_label,
        ..RevisionRequest::default()
    };
    let created = create(&context.config, wishes, |scripts| {
        plan::to_merge(scripts.graph(), &specs).map_err(Diagnostic::from)
    })?;
    Ok(authoring::report(context, &created))
}
