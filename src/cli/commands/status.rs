//! `revgraph status`.

use clap::Args;

use super::super::context::Context;
use super::super::output::print_json;
use super::super::paint::{Ink, Stroke, print_painted};
use crate::backend::Access;
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::execute::{Reading, Standing, standing};
use crate::report::{StandingDocument, StandingRow, standing_rows};
use crate::script::{ReadMode, ScriptDirectory};

/// How many revisions are listed before the rest is only counted: it is one screen.
const MOST_LISTED: usize = 8;

/// Arguments of `status`.
#[derive(Debug, Args)]
pub struct StatusArgs {}

/// Prints where the database stands against the scripts; [`ExitStatus::No`] where revisions are pending,
/// [`ExitStatus::Differs`] where the histories disagree.
pub fn run(context: &Context, _: &StatusArgs) -> Result<ExitStatus, Diagnostic> {
    show(context).map(|(status, _)| status)
}

/// Shows how the database stands, and returns the exit status that says so with the standing itself.
pub fn show(context: &Context) -> Result<(ExitStatus, Standing), Diagnostic> {
    let (scripts, mut backend, reading) =
        context.scripts_and_database(ReadMode::Checksums, Access::Read, Reading::of)?;
    let standing = standing(&scripts, backend.as_mut(), &reading)?;
    if context.json {
        let heads = scripts.graph().heads().len();
        print_json(&StandingDocument::new(&standing, heads, &backend.describe()));
    } else {
        let state = ink(&standing);
        let strokes = |line: &str| match line.strip_prefix("state     ") {
            Some(sentence) => vec![(line.len() - sentence.len()..line.len(), state)],
            None => of_line(line),
        };
        print_painted(&screen(&scripts, &standing, &backend.describe()), strokes);
    }
    Ok((ExitStatus::of_standing(&standing), standing))
}

/// How the state is to be taken.
fn ink(standing: &Standing) -> Ink {
    match ExitStatus::of_standing(standing) {
        ExitStatus::Done => Ink::Good,
        ExitStatus::No => Ink::Notable,
        _ => Ink::Bad,
    }
}

/// What a line is about stands in its first ten columns.
fn of_line(line: &str) -> Vec<Stroke> {
    let is_bad = ["missing", "edited", "moved", "failed"].iter().any(|name| line.starts_with(name));
    let name = line.find("  ").filter(|end| *end > 0).map(|end| 0..end);
    let ink = if is_bad { Ink::Bad } else { Ink::Strong };
    name.into_iter().map(|name| (name, ink)).collect()
}

/// The rows of the standing below each other, the first ten columns of each for what it is about.
fn screen(scripts: &ScriptDirectory, standing: &Standing, database: &str) -> String {
    let mut text = String::new();
    for StandingRow { name, lines } in standing_rows(scripts, standing, database) {
        for (index, line) in lines.iter().take(MOST_LISTED).enumerate() {
            let name = if index == 0 { name } else { "" };
            text.push_str(format!("{name:10}{line}").trim_end());
            text.push('\n');
        }
        if lines.len() > MOST_LISTED {
            text.push_str(&format!("{:10}… and {} more\n", "", lines.len() - MOST_LISTED));
        }
    }
    text
}
