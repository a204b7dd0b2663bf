//! The command line: the only place that prints, prompts, or reads the process's environment.

mod actor;
mod adoption;
mod args;
mod authoring;
mod autogenerate_args;
mod autogeneration;
mod backup_first;
mod bar;
mod bug;
mod candidates;
mod commands;
mod confirmation;
mod context;
mod data_loss;
mod detection;
mod dev;
mod editor;
mod erasing;
mod examples;
mod first_run;
mod global_args;
mod habits;
mod interrupt;
mod migration;
mod observer;
mod offline;
mod open_database;
mod output;
mod paint;
mod path_argument;
mod progress;
mod prompt;
mod pushing;
mod readiness;
mod redaction;
mod rename_questions;
mod rendering;
mod seeding;
mod selection;
mod target;

use std::borrow::Cow;
use std::env;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory, FromArgMatches};

use crate::diagnostic::{Diagnostic, ExitStatus};
pub use args::{Cli, command};
use global_args::LogFormat;

/// Runs the command that the process's arguments ask for.
#[must_use]
pub fn main() -> ExitCode {
    bug::report_panics();
    if candidates::answer() {
        return code(ExitStatus::Done);
    }
    let read = command().try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match read {
        Ok(cli) => cli,
        Err(error) => return refuse_arguments(&error),
    };
    let json = cli.global.json;
    let color = cli.global.color;
    color.write_global();
    output::log_as(cli.global.log_format);
    let cancellation = interrupt::install();
    match commands::run(cli.global, cli.command, Cli::command, cancellation.clone()) {
        Ok(status) => code(status),
        Err(error) if cancellation.is_cancelled() => code(rendering::report(&error.interrupted(), json)),
        Err(error) => code(rendering::report(&error, json)),
    }
}

/// The exit status as what `main` returns.
fn code(status: ExitStatus) -> ExitCode {
    ExitCode::from(status.number())
}

/// Help and version are answers; anything else that clap says is a usage error, in JSON where that was asked for.
fn refuse_arguments(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        // Nobody is left to be told where even this cannot be written.
        let _ = error.print();
        return code(ExitStatus::Done);
    }
    output::log_as(LogFormat::of_arguments(env::args_os()));
    let is_json = env::args_os().any(|argument| argument == "--json");
    if let Some(sentence) = of_habit(error) {
        return code(rendering::report(&Diagnostic::usage(sentence), is_json));
    }
    if !is_json && !output::logs_json() {
        let told = with_readable_arguments(&error.render().ansi().to_string());
        output::tell_styled(redaction::without_typed_urls(&told).trim_end());
        return code(ExitStatus::Usage);
    }
    let told = Diagnostic::usage(first_line(error));
    code(rendering::report(&hints(error).into_iter().fold(told, Diagnostic::hint), true))
}

/// What clap would tell below its message: what was meant, or what may stand there.
fn hints(error: &clap::Error) -> Vec<String> {
    let words = |kind| match error.get(kind) {
        Some(ContextValue::String(word)) => vec![word.clone()],
        Some(ContextValue::Strings(words)) => words.clone(),
        _ => Vec::new(),
    };
    let meant = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue]
        .map(words)
        .concat();
    let valid = words(ContextKind::ValidValue);
    let mut hints = Vec::new();
    if !meant.is_empty() {
        hints.push(format!("did you mean {}?", meant.join(" or ")));
    }
    if !valid.is_empty() {
        hints.push(format!("it may be {}", valid.join(", ")));
    }
    hints
}

/// clap quotes arguments as they were typed, between colours of its own.
fn with_readable_arguments(told: &str) -> String {
    let arguments = env::args_os().map(|argument| argument.to_string_lossy().into_owned());
    arguments.fold(told.to_owned(), |told, argument| {
        let value = argument.split_once('=').map_or(argument.as_str(), |(_, value)| value);
        match output::readable(value) {
            Cow::Borrowed(_) => told,
            Cow::Owned(shown) => told.replace(value, &shown),
        }
    })
}

/// What a command of another tool is called here, where it is one.
fn of_habit(error: &clap::Error) -> Option<String> {
    let Some(ContextValue::String(unknown)) = error.get(ContextKind::InvalidSubcommand) else { return None };
    let arguments: Vec<String> =
        env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned()).collect();
    habits::answer(unknown, &arguments)
}

/// clap's message without the usage and the tips below it.
fn first_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}
