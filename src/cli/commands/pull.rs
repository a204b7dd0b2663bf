//! `revgraph pull`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::super::context::Context;
use super::super::observer::ScratchProgress;
use super::super::output::{print_json, print_line};
use super::super::path_argument::path_to_write;
use crate::autogenerate::{PullFormat, PullTarget, pulled, write_changed};
use crate::backend::Access;
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::report::PulledDocument;

/// Arguments of `pull`.
#[derive(Debug, Args)]
pub struct PullArgs {
    /// The file, or the folder of models [default: what `schema` in alembic.toml names]
    #[arg(value_parser = path_to_write())]
    pub path: Option<PathBuf>,
    /// What to write [default: by the ending of the file]
    #[arg(long, value_enum)]
    pub format: Option<FormatArg>,
}

/// What a schema can be written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FormatArg {
    /// SQL
    Sql,
    /// The models of Prisma
    Prisma,
}

/// Writes the schema of a database into the schema files, as SQL or as models of Prisma.
pub fn run(context: &Context, args: &PullArgs) -> Result<ExitStatus, Diagnostic> {
    let here = || std::env::current_dir().map_err(|error| Diagnostic::io("the current folder", &error));
    let path = args.path.as_ref().map(|path| Ok::<_, Diagnostic>(here()?.join(path))).transpose()?;
    let format = args.format.map(|format| match format {
        FormatArg::Sql => PullFormat::Sql,
        FormatArg::Prisma => PullFormat::Prisma,
    });
    let target = PullTarget::of(&context.config, path, format)?;
    let database = context.connect(Access::Read)?.catalog()?.within(&context.config.scope());
    let mut progress = ScratchProgress::new(context, 0);
    let files = pulled(context.sides(), &target, &database, &mut progress);
    drop(progress);
    let files = files?;
    // A signal may have come while nothing was asked of a database.
    context.control.check()?;
    let changed = write_changed(files)?;
    let changed: Vec<String> = changed.iter().map(|path| path.display().to_string()).collect();
    if context.json {
        print_json(&PulledDocument { files: &changed });
        return Ok(ExitStatus::Done);
    }
    for path in &changed {
        print_line(path);
    }
    if changed.is_empty() {
        context.say("nothing to do: the files say what the database is");
    }
    Ok(ExitStatus::Done)
}
