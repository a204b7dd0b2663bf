//! `revgraph status`.

use clap::Args;

use super::super::context::Context;
use super::super::output::print_json;
use super::super::paint::{Ink, Stroke, print_painted};
use crate::backend::Access;
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::execute::{Differing, LeftHalfway, Pending, Reading, Standing, standing};
use crate::graph::RevisionId;
use crate::report::{NextStep, StandingDocument, StatementNumbers, standing_sentence};
use crate::script::{ReadMode, RecordedRows, ScriptDirectory};

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

/// Shows it; the exit status, and how the database was found to stand.
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

fn screen(scripts: &ScriptDirectory, standing: &Standing, database: &str) -> String {
    let graph = scripts.graph();
    let titled = |id: &RevisionId| match graph.find(id.as_str()) {
        Some(node) => format!("{id}  {}", scripts.script(node).title()),
        None => match graph.baseline_replacing(id.as_str()) {
            Some(baseline) => format!("{id}  (replaced by {})", baseline.id),
            None => format!("{id}  (no script)"),
        },
    };
    let mut text = format!("database  {database}\nstate     {}\n", standing_sentence(standing));
    let mut list = |name: &str, lines: Vec<String>| {
        for (index, line) in lines.iter().take(MOST_LISTED).enumerate() {
            let name = if index == 0 { name } else { "" };
            text.push_str(format!("{name:10}{line}").trim_end());
            text.push('\n');
        }
        if lines.len() > MOST_LISTED {
            text.push_str(&format!("{:10}… and {} more\n", "", lines.len() - MOST_LISTED));
        }
    };
    list("stands at", standing.heads.iter().map(titled).collect());
    let pending = |pending: &Pending| format!("{}  {}", pending.revision, pending.title);
    list("pending", standing.pending.iter().map(pending).collect());
    let recorded = |(revision, tables): &(RevisionId, Vec<RecordedRows>)| {
        let names: Vec<String> = tables.iter().map(ToString::to_string).collect();
        format!("{revision}  from the rows of {}", names.join(", "))
    };
    list("recorded", standing.recorded.iter().map(recorded).collect());
    list("missing", standing.missing.iter().map(ToString::to_string).collect());
    let changed = |one: &Differing| format!("{}  {}", one.revision, one.path.display());
    list("edited", standing.edited.iter().map(changed).collect());
    let moved =
        |one: &Differing| format!("{}  stood on {}, now on {}", one.revision, one.recorded, one.found);
    list("moved", standing.reparented.iter().map(moved).collect());
    list(
        "failed",
        standing.failed.iter().flat_map(|left| failed_lines(left, titled(&left.revision))).collect(),
    );
    list("at work", standing.at_work.iter().cloned().collect());
    list("protected", standing.protected_as.iter().map(|name| format!("as {name}")).collect());
    let next = NextStep::after(standing, graph.heads().len());
    list("next", next.iter().map(ToString::to_string).collect());
    text
}

/// A revision that was left halfway, and how far it came.
fn failed_lines(left: &LeftHalfway, title: String) -> Vec<String> {
    let how_far =
        StatementNumbers::of(&left.statements).sentences().into_iter().map(|line| format!("  {line}"));
    std::iter::once(title).chain(how_far).collect()
}
