//! `revgraph squash`.

use std::path::Path;

use clap::{Args, ValueEnum};

use super::super::context::Context;
use super::super::observer::ScratchProgress;
use super::super::output::{print_json, print_line, print_raw};
use super::super::prompt;
use super::super::target;
use super::revision::message;
use crate::diagnostic::{Diagnostic, ErrorKind, ExitStatus, from_here};
use crate::graph::{NodeIndex, RevisionGraph, RevisionSpec, Symbol, joined};
use crate::plan;
use crate::report::{ForgottenDocument, SquashDocument, count};
use crate::script::{ReadMode, ScriptDirectory, lock_scripts, revision_id};
use crate::sql::Dialect;
use crate::squash::{
    Forgettable, Mode, Outcome, Range, Request, Squash, Treatment, VolatileColumn, forgettable, lines, range,
    squash,
};

/// Arguments of `squash`.
#[derive(Debug, Args)]
pub struct SquashArgs {
    /// What to squash: the revisions from FROM to TO, both included; without FROM from the base, without both up to the
    /// only head. With --forget: baselines
    #[arg(value_name = "[FROM:]TO")]
    pub revisions: Vec<String>,
    /// The id of the new revision [default: twelve random hexadecimal digits]
    #[arg(long, value_name = "ID")]
    pub rev_id: Option<String>,
    /// What it is; the first line is its title. Asked for where there is a terminal
    #[arg(short, long, value_name = "MSG")]
    pub message: Option<String>,
    /// What its scripts are made of
    #[arg(long, value_enum, default_value = "schema")]
    pub mode: ModeArg,
    /// The databases that it is for [default: both where a script has `only` blocks, else the configured one]
    #[arg(long, value_enum)]
    pub dialect: Option<DialectArg>,
    /// Show what would be done, and do all but writing the files
    #[arg(long)]
    pub dry_run: bool,
    /// Do not prove that it does what the others do; its header says so
    #[arg(long)]
    pub no_verify: bool,
    /// Delete what the backup keeps of baselines (all, where none is named). Their ids stay reserved
    #[arg(long, conflicts_with_all = ["rev_id", "message", "mode", "dialect", "no_verify"])]
    pub forget: bool,
}

/// What the scripts of a baseline are made of.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ModeArg {
    /// The resulting schema, and the rows that the scripts put there
    Schema,
    /// The scripts, one after the other
    Concat,
}

/// The databases that a baseline is for.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum DialectArg {
    /// PostgreSQL
    Postgres,
    /// SQLite
    Sqlite,
    /// PostgreSQL and SQLite
    Both,
}

/// Writes a baseline in place of the revisions of a range, proves it, and moves them to the backup folder.
pub fn run(context: &Context, args: &SquashArgs) -> Result<ExitStatus, Diagnostic> {
    if args.forget {
        return forget(context, args);
    }
    let message = message(context, args.message.clone())?;
    let _lock = lock_scripts(&context.config)?;
    let scripts = context.scripts(ReadMode::Headers)?;
    let range = selected(&scripts, &args.revisions)?;
    let steps = 2 * (range.originals.len() + range.below.len());
    let request = Request {
        range,
        revision: revision_id(args.rev_id.as_deref())?,
        message,
        created: context.config.timezone.now(),
        mode: match args.mode {
            ModeArg::Schema => Mode::Schema,
            ModeArg::Concat => Mode::Concat,
        },
        dialects: args.dialect.map(dialects),
        verify: !args.no_verify,
    };
    let mut progress = ScratchProgress::new(context, steps);
    let made = squash(&scripts, &context.config, &request, &mut progress);
    drop(progress);
    let made = made?;
    if !args.dry_run {
        context.control.check()?;
        made.write(&context.config)?;
    }
    if context.json {
        print_json(&SquashDocument::new(&made, args.dry_run));
    } else {
        tell(context, &made, args.dry_run);
    }
    Ok(ExitStatus::Done)
}

fn dialects(argument: DialectArg) -> Vec<Dialect> {
    match argument {
        DialectArg::Postgres => vec![Dialect::Postgres],
        DialectArg::Sqlite => vec![Dialect::Sqlite],
        DialectArg::Both => vec![Dialect::Postgres, Dialect::Sqlite],
    }
}

/// The range that was asked for.
fn selected(scripts: &ScriptDirectory, arguments: &[String]) -> Result<Range, Diagnostic> {
    let text = match arguments {
        [] => "head",
        [only] => only,
        _ => {
            return Err(
                Diagnostic::usage("one range is squashed at a time").hint("write it with a colon: FROM:TO")
            );
        }
    };
    let (from, to) = text.split_once(':').map_or((None, text), |(from, to)| (Some(from), to));
    let to = match to {
        "" => "head",
        to => to,
    };
    let end = single(scripts, to)?.ok_or_else(|| Diagnostic::usage(format!("`{to}` is not a revision")))?;
    let start = match from {
        None | Some("") => None,
        Some(from) => single(scripts, from)?,
    };
    Ok(range(scripts.graph(), start, end).map_err(crate::squash::SquashError::Range)?)
}

/// The one revision of a target; none for the base.
fn single(scripts: &ScriptDirectory, text: &str) -> Result<Option<NodeIndex>, Diagnostic> {
    let spec: RevisionSpec = target::parse(text)?;
    if spec.symbol == Some(Symbol::Base) && spec.steps.is_none() {
        return Ok(None);
    }
    let heads = scripts.graph().heads();
    let found =
        plan::select(scripts.graph(), &spec).map_err(Diagnostic::from).map_err(|error| match &spec.symbol {
            Some(Symbol::Head) if heads.len() > 1 => line_by_line(scripts.graph(), &heads, error),
            _ => error,
        });
    match found?.as_slice() {
        [node] => Ok(Some(*node)),
        [] => Err(Diagnostic::new(ErrorKind::NoRevisions, "there is no revision to squash")),
        several => {
            let graph = scripts.graph();
            let message = format!("`{text}` is several revisions: {}", joined(&graph.ids(several)));
            let told = Diagnostic::new(ErrorKind::AmbiguousTarget, message);
            Err(line_by_line(graph, several, told))
        }
    }
}

/// With the commands that squash several lines, each for itself.
fn line_by_line(graph: &RevisionGraph, tops: &[NodeIndex], error: Diagnostic) -> Diagnostic {
    let command = |range: Range| {
        let to = graph.id(range.to);
        let from = range.from.map(|from| format!("{}:", graph.id(from))).unwrap_or_default();
        format!("squash one line after the other: revgraph squash {from}{to}")
    };
    lines(graph, tops).into_iter().map(command).fold(error, Diagnostic::hint)
}

fn tell(context: &Context, made: &Squash, is_dry_run: bool) {
    let (up, down) = (&made.up, &made.down);
    for (path, _) in [up, down] {
        print_line(&path.display().to_string());
    }
    if is_dry_run {
        print_line("");
        print_raw(&up.1);
        print_line("");
        print_raw(&down.1);
    }
    let what = if is_dry_run { "would stand for" } else { "stands for" };
    context.say(&format!("{} {what} {}", made.revision, count(made.originals.len(), "revision")));
    for proof in &made.proofs {
        let outcome = match &proof.outcome {
            Outcome::Proved { version } => format!("proved equal on {version}"),
            Outcome::NotAsked => format!("not proved on {}", proof.dialect),
            Outcome::NotAtHand => format!("not proved on {}: there is none at hand", proof.dialect),
        };
        context.say(&outcome);
        proof.volatile.iter().for_each(|column| context.say(&volatile(column)));
        if !proof.left_behind.is_empty() {
            let left = proof.left_behind.join(", ");
            context.say(&format!(
                "its down script leaves behind what those of the originals do on {}: {left}",
                proof.dialect
            ));
        }
    }
    for (dialect, reason) in &made.irreversible {
        context.say(&format!("it cannot be undone on {dialect}: {reason}"));
    }
    if let Some((_, first)) = made.files.moves.first() {
        let folder = first.parent().map(from_here).unwrap_or_default();
        let what = if is_dry_run { "files would be moved to" } else { "files have been moved to" };
        context.say(&format!("{} {what} {folder}", made.files.moves.len()));
    }
    if !made.repointed.is_empty() {
        let what = if is_dry_run { "would stand on it" } else { "now stand on it" };
        context.say(&format!("{what}: {}", joined(&made.repointed)));
    }
}

fn volatile(column: &VolatileColumn) -> String {
    let what = match column.treatment {
        Treatment::LeftToDefault => "they are left to its default",
        Treatment::Written => "they are written as they were this time",
        Treatment::ComputedAnew => "they are computed anew",
    };
    format!("values of {} in {} differ from replay to replay; {what}", column.column, column.table)
}

fn path(path: &Path) -> String {
    path.display().to_string()
}

/// `--forget`
fn forget(context: &Context, args: &SquashArgs) -> Result<ExitStatus, Diagnostic> {
    let _lock = lock_scripts(&context.config)?;
    let scripts = context.scripts(ReadMode::Headers)?;
    let baselines = baselines(&scripts, &args.revisions)?;
    let found = forgettable(&scripts, &baselines)?;
    let files: usize = found.iter().map(|one| one.files().count()).sum();
    if files > 0 && !args.dry_run && !context.yes {
        agree(context, &found, files)?;
    }
    if files > 0 && !args.dry_run {
        Forgettable::changes(&found).carry_out(&context.config).map_err(crate::squash::SquashError::Files)?;
    }
    if context.json {
        print_json(&ForgottenDocument::new(&found, args.dry_run));
        return Ok(ExitStatus::Done);
    }
    found.iter().flat_map(Forgettable::files).for_each(|file| print_line(&path(file)));
    let what = if args.dry_run { "would be deleted" } else { "have been deleted" };
    context.say(&match files {
        0 => "the backup keeps nothing of these baselines".to_owned(),
        files => format!("{files} files {what}; their ids stay reserved"),
    });
    Ok(ExitStatus::Done)
}

/// The baselines that were named, else all.
fn baselines(scripts: &ScriptDirectory, names: &[String]) -> Result<Vec<NodeIndex>, Diagnostic> {
    let graph = scripts.graph();
    if names.is_empty() {
        return Ok(graph.nodes().filter(|node| !graph.revision(*node).replaces.is_empty()).collect());
    }
    let named = names.iter().map(|name| {
        single(scripts, name)?.ok_or_else(|| Diagnostic::usage(format!("`{name}` is not a revision")))
    });
    named.collect()
}

fn agree(context: &Context, found: &[Forgettable], files: usize) -> Result<(), Diagnostic> {
    let ids: Vec<&str> = found.iter().map(|one| one.baseline.as_str()).collect();
    if context.json || !prompt::somebody_is_there() {
        return Err(Diagnostic::usage(format!(
            "this deletes {files} files of the backup, and nobody can be asked"
        ))
        .hint("agree to it: --yes"));
    }
    let question = format!(
        "This deletes the scripts that {} stand for ({files} files). Databases that have applied only some of them can \
         then not be upgraded. Go on?",
        ids.join(", ")
    );
    if prompt::confirm(context, &question)? {
        return Ok(());
    }
    Err(Diagnostic::new(ErrorKind::Declined, "nothing has been deleted"))
}
