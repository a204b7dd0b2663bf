//! `revgraph downs`.

use clap::Args;

use super::super::context::Context;
use super::super::observer::ScratchProgress;
use super::super::output::{print_json, print_line, print_text};
use super::super::rendering;
use super::super::target;
use crate::autogenerate::{Down, DownOutcome, DownSelection, find_downs};
use crate::diagnostic::{Diagnostic, DownsDocument, ErrorKind, ExitStatus};
use crate::graph::NodeIndex;
use crate::import::is_placeholder;
use crate::plan;
use crate::report::count;
use crate::script::{FileChanges, Irreversible, ReadMode, ScriptDirectory, lock_scripts};
use crate::sql::Dialect;

/// Arguments of `downs`.
#[derive(Debug, Args)]
pub struct DownsArgs {
    /// The revisions
    #[arg(value_name = "REV")]
    pub revisions: Vec<String>,
    /// All revisions that lack a down script: there is none, it is empty, or an import has left one to be written
    #[arg(long, conflicts_with = "revisions")]
    pub missing: bool,
    /// Replace down scripts that are there; without REV all that do not undo their revision
    #[arg(long, conflicts_with = "missing")]
    pub replace: bool,
}

/// Writes down scripts for revisions that lack one, or for those that are named, each proved on a scratch
/// database.
pub fn run(context: &Context, args: &DownsArgs) -> Result<ExitStatus, Diagnostic> {
    let _lock = lock_scripts(&context.config)?;
    let scripts = context.scripts(ReadMode::Headers)?;
    let like = context.config.database_url()?;
    let revisions = selected(&scripts, args, like.dialect())?;
    let selection =
        if args.replace && args.revisions.is_empty() { DownSelection::Wrong } else { DownSelection::All };
    let mut progress = ScratchProgress::new(context, revisions.len());
    let found = find_downs(&scripts, &revisions, selection, (&context.config, like), &mut progress);
    drop(progress);
    let found = found?;
    let texts = found.iter().filter_map(|down| match &down.outcome {
        DownOutcome::Proved { path, text, .. } => Some((path.clone(), text.clone())),
        _ => None,
    });
    let files = FileChanges { texts: texts.collect(), ..FileChanges::default() };
    if !files.texts.is_empty() {
        files.carry_out(&context.config).map_err(crate::squash::SquashError::Files)?;
    }
    let is_complete = found.iter().all(|down| !matches!(down.outcome, DownOutcome::NotFound(_)));
    if context.json {
        print_json(&DownsDocument::from(found));
    } else {
        tell(context, found);
    }
    Ok(if is_complete { ExitStatus::Done } else { ExitStatus::Differs })
}

/// The revisions that are meant. Those that have a down script must be asked to be replaced.
fn selected(
    scripts: &ScriptDirectory,
    args: &DownsArgs,
    dialect: Dialect,
) -> Result<Vec<NodeIndex>, Diagnostic> {
    let graph = scripts.graph();
    if args.revisions.is_empty() {
        if !args.missing && !args.replace {
            return Err(Diagnostic::usage("nothing says which down scripts are wanted")
                .hint("all that are missing: revgraph downs --missing")
                .hint("or name revisions: revgraph downs REV"));
        }
        let mut chosen = Vec::new();
        for node in graph.in_order() {
            let lack = lack(scripts, *node, dialect)?;
            let is_wanted = if args.missing { lack == Lack::Missing } else { lack == Lack::None };
            chosen.extend(is_wanted.then_some(*node));
        }
        return Ok(chosen);
    }
    let mut chosen = Vec::new();
    for text in &args.revisions {
        for node in plan::select(scripts.graph(), &target::parse(text)?)? {
            if lack(scripts, node, dialect)? == Lack::None && !args.replace {
                let id = graph.id(node);
                return Err(Diagnostic::new(ErrorKind::HasDownScript, format!("{id} has a down script"))
                    .hint(format!("to write another in its place: revgraph downs --replace {id}")));
            }
            chosen.push(node);
        }
    }
    Ok(chosen)
}

/// How a revision lacks a down script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lack {
    /// It has one.
    None,
    /// Nobody has written one.
    Missing,
    /// Somebody has written that there can be none.
    Declared,
}

fn lack(scripts: &ScriptDirectory, node: NodeIndex, dialect: Dialect) -> Result<Lack, Diagnostic> {
    let bodies = scripts.script(node).bodies(dialect).map_err(|problem| Diagnostic::from(vec![problem]))?;
    Ok(match bodies.irreversible(dialect) {
        None => Lack::None,
        Some(Irreversible::Declared(Some(reason))) if !is_placeholder(&reason) => Lack::Declared,
        Some(_) => Lack::Missing,
    })
}

fn tell(context: &Context, found: Vec<Down>) {
    let mut written = 0;
    for Down { revision, outcome } in found {
        match outcome {
            DownOutcome::Proved { path, text, replaces, not_brought_back } => {
                written += 1;
                print_line(&path.display().to_string());
                if let Some(old) = replaces {
                    print_text(&replaced(&old, &text));
                }
                for lost in not_brought_back {
                    context.say(&format!("{revision}: its down script does not bring back {lost}"));
                }
            }
            DownOutcome::Right => context.say(&format!("{revision}: its down script undoes it")),
            DownOutcome::NoChange => context.say(&format!(
                "{revision}: it does not change the schema, so no down script can be made from schemas"
            )),
            DownOutcome::NotFound(error) => {
                context.say(&format!("{revision}: no down script was found"));
                rendering::report(&Diagnostic::from(*error), false);
            }
        }
    }
    context.say(&match written {
        0 => "nothing was written".to_owned(),
        written => format!("{}, each proved to undo its revision", count(written, "down script")),
    });
}

/// The old text and the new one, line by line.
fn replaced(old: &str, new: &str) -> String {
    let lines =
        |sign: &str, text: &str| -> String { text.lines().map(|line| format!("{sign} {line}\n")).collect() };
    format!("{}{}", lines("-", old), lines("+", new))
}
