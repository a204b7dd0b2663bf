//! `revgraph check`.

use clap::Args;
use serde_json::json;

use super::super::context::Context;
use super::super::error::CliError;
use super::super::exit::ExitStatus;
use super::super::output::{print_document, print_line};
use super::super::target::count;
use crate::check::{CheckProblem, check, mend_heads_file};

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Write the heads file anew, where the scripts make a history
    #[arg(long)]
    pub fix: bool,
}

/// Runs it.
pub fn run(context: &Context, args: &CheckArgs) -> Result<ExitStatus, CliError> {
    let folders_missing = context.config.version_locations.iter().all(|folder| !folder.exists());
    if context.config.file.is_none() && folders_missing {
        return Err(CliError::no_environment());
    }
    if args.fix {
        mend_heads_file(&context.config).map_err(|error| CliError::io("the heads file", &error))?;
    }
    let problems = check(&context.config);
    let status = if problems.is_empty() { ExitStatus::Done } else { ExitStatus::Differs };
    if context.json {
        print_document(&json!({ "problems": problems }))?;
    } else if problems.is_empty() {
        context.say("the scripts are in order");
    } else {
        // They are what was asked for, hence a result and not an error of the command.
        print_line(told(problems).as_text().trim_end());
    }
    Ok(status)
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
