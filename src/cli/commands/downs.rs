//! `revgraph downs`.

use clap::Args;

use super::super::context::Context;
use super::super::observer::ScratchProgress;
use super::super::output::{print_json, print_line, print_text};
use super::super::rendering;
use super::super::target;
use crate::autogenerate::{Down, DownOutcome, DownSelection, WantedDowns, find_downs, wanted_downs};
use crate::diagnostic::{Diagnostic, DownsDocument, ExitStatus};
use crate::report::count;
use crate::script::{ReadMode, lock_scripts};

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
    let revisions = wanted_downs(&scripts, like.dialect(), &wanted(args)?)?;
    let selection =
        if args.replace && args.revisions.is_empty() { DownSelection::Wrong } else { DownSelection::All };
    let mut progress = ScratchProgress::new(context, revisions.len());
    let found = find_downs(&scripts, &revisions, selection, (&context.config, like), &mut progress);
    drop(progress);
    let found = found?;
    let files = Down::changes(&found);
    if !files.texts.is_empty() {
        context.control.check()?;
        files.carry_out(&context.config)?;
    }
    let is_complete = !found.iter().any(Down::is_missing);
    if context.json {
        print_json(&DownsDocument::from(found));
    } else {
        tell(context, found);
    }
    Ok(if is_complete { ExitStatus::Done } else { ExitStatus::Differs })
}

/// What the options ask for. Those that have a down script must be asked to be replaced.
fn wanted(args: &DownsArgs) -> Result<WantedDowns, Diagnostic> {
    match (args.revisions.as_slice(), args.missing, args.replace) {
        ([], true, _) => Ok(WantedDowns::Missing),
        ([], _, true) => Ok(WantedDowns::Written),
        ([], ..) => Err(Diagnostic::usage("nothing says which down scripts are wanted")
            .hint("all that are missing: revgraph downs --missing")
            .hint("or name revisions: revgraph downs REV")),
        (revisions, _, replaces) => {
            let targets = revisions.iter().map(|text| target::parse(text)).collect::<Result<_, _>>()?;
            Ok(WantedDowns::Of { targets, replaces })
        }
    }
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
