//! `revgraph stamp`.

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::super::context::Context;
use super::super::observer::ScratchProgress;
use super::super::output::print_json;
use super::super::{adoption, confirmation, detection, offline, target};
use crate::backend::Access;
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::execute;
use crate::graph::{RevisionSpec, joined_or_base};
use crate::import::Kind;
use crate::report::RunDocument;
use crate::script::ReadMode;
use crate::verify::check_stamp;

/// Arguments of `stamp`.
#[derive(Debug, Args)]
pub struct StampArgs {
    /// Print the SQL instead of running it; a REV may then be a range A:B
    #[arg(long)]
    pub sql: bool,
    /// Take all version rows away first, also such as no script has
    #[arg(long, conflicts_with = "sql")]
    pub purge: bool,
    /// Stamp even where the schema is not what REV builds
    #[arg(long)]
    pub force: bool,
    /// Find out whose schema the database has, and stamp it where the user agrees
    #[arg(long, conflicts_with_all = ["sql", "purge", "force", "revisions"])]
    pub detect: bool,
    /// Stamp what another tool has applied, by its own table; REV may then name the folder of its files
    #[arg(
        long,
        value_name = "KIND",
        conflicts_with_all = ["sql", "purge", "detect", "confirm"],
        value_parser = PossibleValuesParser::new(Kind::ALL.map(Kind::name)),
    )]
    pub from: Option<String>,
    /// `--from alembic`: the environment's Python, or the folder of its virtual environment, where it is needed
    #[arg(long, value_name = "PATH", requires = "from")]
    pub python: Option<PathBuf>,
    /// Leave the protected database of this name without version rows
    #[arg(long, value_name = "NAME", conflicts_with = "sql")]
    pub confirm: Option<String>,
    /// Where the database stands: ids, head, heads, base, LABEL@head, …
    #[arg(value_name = "REV", required_unless_present_any = ["detect", "from"])]
    pub revisions: Vec<String>,
}

/// Sets the version rows without running scripts, after comparing the schema with what they claim.
pub fn run(context: &Context, args: &StampArgs) -> Result<ExitStatus, Diagnostic> {
    if let Some(kind) = &args.from {
        return from_another_tool(context, args, kind);
    }
    let scripts = context.scripts(ReadMode::Headers)?;
    if args.sql {
        return offline::stamp(context, &scripts, &args.revisions);
    }
    if args.detect {
        return detection::run(context, &scripts);
    }
    let targets: Vec<RevisionSpec> =
        args.revisions.iter().map(|text| target::parse(text)).collect::<Result<_, _>>()?;
    let mut backend = context.connect(Access::Write)?;
    if !args.force {
        let mut progress = ScratchProgress::new(context, 0);
        check_stamp(&scripts, backend.as_mut(), &targets, args.purge, &context.config, &mut progress)?;
    }
    let before = backend.state()?.rows;
    let after = execute::plan_stamp(&scripts, backend.as_mut(), &targets, args.purge)?.after;
    let mut options = context.options();
    let erasing = execute::erases(&before, &after);
    options.confirmed =
        confirmation::of_erasing(context, backend.as_mut(), erasing, args.confirm.as_deref())?;
    let report = execute::stamp(&scripts, backend.as_mut(), &targets, args.purge, &options)?;
    if context.json {
        print_json(&RunDocument::new(&report, &backend.describe()));
        return Ok(ExitStatus::Done);
    }
    context.say(&format!("the database is stamped {}", joined_or_base(&report.heads)));
    Ok(ExitStatus::Done)
}

fn from_another_tool(context: &Context, args: &StampArgs, kind: &str) -> Result<ExitStatus, Diagnostic> {
    let folder = match args.revisions.as_slice() {
        [] => None,
        [folder] => Some(Path::new(folder)),
        _ => return Err(Diagnostic::usage("--from takes the folder of the files, and nothing else")),
    };
    let report =
        adoption::stamp_from(context, adoption::kind(kind)?, folder, args.python.clone(), args.force)?;
    if context.json {
        let database = context.config.database_url()?.to_string();
        print_json(&RunDocument::new(&report, &database));
        return Ok(ExitStatus::Done);
    }
    context.say(&format!("the database is stamped {}", joined_or_base(&report.heads)));
    Ok(ExitStatus::Done)
}
