//! `revgraph check`.

use clap::Args;

use super::super::context::Context;
use super::super::output::{print_json, print_styled};
use super::super::rendering;
use crate::check::{CheckProblem, RecordedScript, check, check_merge, mend_heads_file, recorded_scripts};
use crate::diagnostic::{Diagnostic, ExitStatus, from_here};
use crate::report::{CheckDocument, MergeEntry};
use crate::script::{check_environment, lock_scripts};

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Write the heads file anew, where the scripts make a history
    #[arg(long)]
    pub fix: bool,
    /// Judge the scripts as merging with this commit would leave them, such as origin/main
    #[arg(long, value_name = "GIT_REF")]
    pub base: Option<String>,
}

/// Prints what is wrong with the scripts; [`ExitStatus::Differs`] where anything is.
pub fn run(context: &Context, args: &CheckArgs) -> Result<ExitStatus, Diagnostic> {
    check_environment(&context.config)?;
    if args.fix {
        let _lock = lock_scripts(&context.config)?;
        mend_heads_file(&context.config)?;
    }
    let mut problems = check(&context.config);
    let recorded = recorded_scripts(&context.config);
    if let Some(reference) = &args.base {
        problems.retain(|problem| !problem.is_of_graph());
        return with_base(context, reference, problems, &recorded);
    }
    let status = if problems.is_empty() { ExitStatus::Done } else { ExitStatus::Differs };
    if context.json {
        print_json(&CheckDocument { problems: &problems, merge: None, recorded: &recorded });
    } else if problems.is_empty() {
        tell_recorded(context, &recorded);
        context.say("the scripts are in order");
    } else {
        // They are what was asked for, hence a result and not an error of the command.
        print_styled(rendering::as_text(&Diagnostic::of_problems(problems)).trim_end());
    }
    Ok(status)
}

/// Scripts that are in order, but were computed from rows that other databases need not have.
fn tell_recorded(context: &Context, recorded: &[RecordedScript]) {
    for one in recorded {
        let tables = one.tables.join(", ");
        context.say(&format!(
            "{} was recorded from the rows of {tables}: {}",
            one.revision,
            from_here(&one.path)
        ));
    }
}

fn with_base(
    context: &Context,
    reference: &str,
    problems: Vec<CheckProblem>,
    recorded: &[RecordedScript],
) -> Result<ExitStatus, Diagnostic> {
    let merged = check_merge(&context.config, reference)?;
    let in_order = problems.is_empty() && merged.problems.is_empty();
    if context.json {
        let merge = Some(MergeEntry::new(reference, &merged));
        print_json(&CheckDocument { problems: &problems, merge, recorded });
    } else if in_order {
        tell_recorded(context, recorded);
        context.say(&format!("the scripts are in order, also merged with {reference}"));
    } else {
        let own = (!problems.is_empty()).then(|| Diagnostic::of_problems(problems));
        for told in own.into_iter().chain(Diagnostic::of_merge(reference, &merged)) {
            print_styled(rendering::as_text(&told).trim_end());
        }
    }
    Ok(if in_order { ExitStatus::Done } else { ExitStatus::Differs })
}
