//! `revgraph squash`.

use std::path::Path;

use clap::{Args, ValueEnum};

use super::super::context::Context;
use super::super::observer::ScratchProgress;
use super::super::output::{print_json, print_line, print_raw};
use super::super::prompt;
use super::revision::message;
use crate::diagnostic::{Diagnostic, ErrorKind, ExitStatus, from_here};
use crate::report::{ForgottenDocument, SquashDocument, forgotten_sentence, squash_sentences};
use crate::script::{ReadMode, lock_scripts, revision_id};
use crate::sql::Dialect;
use crate::squash::{Forgettable, Mode, Request, Squash, baselines, forgettable, selected, squash};

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
    let range = selected(scripts.graph(), range_text(&args.revisions)?)?;
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

/// The range that the arguments name, as it is typed; the head where there is none.
fn range_text(arguments: &[String]) -> Result<&str, Diagnostic> {
    match arguments {
        [] => Ok("head"),
        [only] => Ok(only),
        _ => Err(Diagnostic::usage("one range is squashed at a time").hint("write it with a colon: FROM:TO")),
    }
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
    squash_sentences(made, is_dry_run, &from_here).iter().for_each(|sentence| context.say(sentence));
}

fn path(path: &Path) -> String {
    path.display().to_string()
}

/// `--forget`
fn forget(context: &Context, args: &SquashArgs) -> Result<ExitStatus, Diagnostic> {
    let _lock = lock_scripts(&context.config)?;
    let scripts = context.scripts(ReadMode::Headers)?;
    let baselines = baselines(scripts.graph(), &args.revisions)?;
    let found = forgettable(&scripts, &baselines)?;
    let files: usize = found.iter().map(|one| one.files().count()).sum();
    if files > 0 && !args.dry_run && !context.yes {
        agree(context, &found, files)?;
    }
    if files > 0 && !args.dry_run {
        Forgettable::changes(&found).carry_out(&context.config)?;
    }
    if context.json {
        print_json(&ForgottenDocument::new(&found, args.dry_run));
        return Ok(ExitStatus::Done);
    }
    found.iter().flat_map(Forgettable::files).for_each(|file| print_line(&path(file)));
    context.say(&forgotten_sentence(&found, args.dry_run));
    Ok(ExitStatus::Done)
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
