//! `revgraph seed`.

use std::path::PathBuf;

use clap::Args;

use super::super::context::Context;
use super::super::output::print_json;
use super::super::seeding;
use crate::backend::Access;
use crate::daily;
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::report::{SeedEntry, SeededDocument, seeds_summary};

/// Arguments of `seed`.
#[derive(Debug, Args)]
pub struct SeedArgs {
    /// Run also what has run before and has not changed since
    #[arg(long)]
    pub again: bool,
    /// Run this file of the seeds alone; repeatable
    #[arg(long, value_name = "FILE")]
    pub only: Vec<PathBuf>,
}

/// Runs the seeds that the database does not hold yet, or those that are named, and tells which have run.
pub fn run(context: &Context, args: &SeedArgs) -> Result<ExitStatus, Diagnostic> {
    let config = &context.config;
    if config.seeds()?.is_none() {
        return Err(Diagnostic::usage("nothing says what the seeds are")
            .hint("name them in alembic.toml: seed = [\"seed.sql\"]")
            .hint("or a program: seed_command = [\"python\", \"-m\", \"app.seed\"]"));
    }
    let absolute = |path: &PathBuf| {
        std::path::absolute(path).map_err(|error| Diagnostic::io(&path.display().to_string(), &error))
    };
    let files: Vec<PathBuf> = args.only.iter().map(absolute).collect::<Result<_, _>>()?;
    let seeds = daily::seeds(config, config.database_url()?.dialect())?;
    let seeds = daily::only(seeds, &files)?;
    let mut backend = context.connect(Access::Write)?;
    let seeded = seeding::run(context, backend.as_mut(), &seeds, args.again)?;
    if context.json {
        let database = &backend.describe();
        print_json(&SeededDocument { database, seeds: SeedEntry::all(&seeded) });
    } else {
        context.say(&seeds_summary(&seeded));
    }
    Ok(ExitStatus::Done)
}
