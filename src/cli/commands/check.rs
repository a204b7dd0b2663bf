//! `revgraph check`.

use clap::Args;
use serde_json::json;

use super::super::authoring;
use super::super::context::Context;
use super::super::error::CliError;
use super::super::exit::ExitStatus;
use super::super::output::{print_document, print_styled};
use super::super::target::count;
use super::check_base;
use crate::check::{CheckProblem, check, mend_heads_file};

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

/// Runs it.
pub fn run(context: &Context, args: &CheckArgs) -> Result<ExitStatus, CliError> {
    let folders_missing = context.config.version_locations.iter().all(|folder| !folder.exists());
    if context.config.file.is_none() && folders_missing {
        return Err(CliError::no_environment());
    }
    if args.fix {
        let _lock = authoring::lock(context)?;
        mend_heads_file(&context.config)?;
    }
    let mut problems = check(&context.config);
    if let Some(reference) = &args.base {
        problems.retain(check_base::is_told_beside);
        return with_base(context, reference, problems);
    }
    let status = if problems.is_empty() { ExitStatus::Done } else { ExitStatus::Differs };
    if context.json {
        print_document(&json!({ "problems": problems }))?;
    } else if problems.is_empty() {
        context.say("the scripts are in order");
    } else {
        // They are what was asked for, hence a result and not an error of the command.
        print_styled(told(problems).as_text().trim_end());
    }
    Ok(status)
}

fn with_base(
    context: &Context,
    reference: &str,
    problems: Vec<CheckProblem>,
) -> Result<ExitStatus, CliError> {
    let merged = check_base::judge(context, reference)?;
    let in_order = problems.is_empty() && merged.problems.is_empty();
    if context.json {
        let merge = check_base::as_json(reference, &merged);
        print_document(&json!({ "problems": problems, "merge": merge }))?;
    } else if in_order {
        context.say(&format!("the scripts are in order, also merged with {reference}"));
    } else {
        let own = (!problems.is_empty()).then(|| told(problems));
        for told in own.into_iter().chain(check_base::told(reference, &merged)) {
            print_styled(told.as_text().trim_end());
        }
    }
    Ok(if in_order { ExitStatus::Done } else { ExitStatus::Differs })
}

fn told(problems: Vec<CheckProblem>) -> CliError {
    let message = format!("the scripts have {}", count(problems.len(), "problem"));
    let mut told = CliError::new("check", ExitStatus::Differs, message);
    for problem in problems {
        told = match problem.excerpt {
            Some(excerpt) => told.excerpt(problem.message, *excerpt),
            None => told.cause(problem.message),
        };
        if let Some(hint) = problem.hint
            && !told.hints.contains(&hint)
        {
            told = told.hint(hint);
        }
    }
    told
}
