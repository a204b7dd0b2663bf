//! `revgraph reset`.

use clap::Args;

use super::super::context::{Context, Scripts};
use super::super::open_database::OpenDatabase;
use super::super::output::print_json;
use super::super::{erasing, readiness, seeding};
use crate::backend::{Access, Backend, Sessions, drop_database};
use crate::catalog::ObjectName;
use crate::daily::{self, Guard};
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::report::{ResetDocument, RunDocument, SeedEntry, StaysEntry, count, seeds_summary};
use crate::script::ReadMode;

/// Arguments of `reset`.
#[derive(Debug, Args)]
pub struct ResetArgs {
    /// The name of a database that is protected, of production, or on another machine
    #[arg(long, value_name = "NAME")]
    pub confirm: Option<String>,
    /// Drop the database and make it anew, instead of dropping what is in it
    #[arg(long)]
    pub recreate: bool,
    /// Run no seeds
    #[arg(long)]
    pub skip_seed: bool,
}

/// Erases what the database holds, where the user agrees, brings it to the heads and seeds it.
pub fn run(context: &Context, args: &ResetArgs) -> Result<ExitStatus, Diagnostic> {
    let scripts = context.scripts(ReadMode::Checksums)?;
    let dialect = context.config.database_url()?.dialect();
    // What cannot be read is told before anything is gone.
    let seeds = if args.skip_seed { Vec::new() } else { daily::seeds(&context.config, dialect)? };
    let open = || context.connect(Access::Write);
    let mut backend = readiness::open_or_make(context, true, open)?;
    let guard = Guard::of(&context.config, backend.as_mut())?;
    let what = format!("this erases all that {} holds", backend.describe());
    let name = erasing::agreed(context, &guard, &what, args.confirm.as_deref())?;
    let emptied = if args.recreate {
        backend = recreate(context, backend)?;
        Emptied::default()
    } else {
        empty(context, backend.as_mut(), name.as_deref())?
    };
    tell(context, args, &emptied);
    finish(context, &scripts, backend, &emptied, &seeds)
}

/// What has gone, and what stays.
#[derive(Default)]
struct Emptied {
    dropped: usize,
    stays: Vec<(ObjectName, String)>,
}

fn empty(context: &Context, backend: &mut dyn Backend, name: Option<&str>) -> Result<Emptied, Diagnostic> {
    let actor = super::super::actor::actor();
    let emptied = daily::empty(&context.config, backend, name, &actor, &mut crate::scratch::Unwatched)?;
    let told = emptied.stays.into_iter().filter_map(|(object, stay)| Some((object, stay.sentence()?)));
    Ok(Emptied { dropped: emptied.drops.len(), stays: told.collect() })
}

/// Drops the database and makes it anew; the connection to the new one.
fn recreate(context: &Context, backend: OpenDatabase) -> Result<OpenDatabase, Diagnostic> {
    let url = context.config.database_url()?;
    backend.close();
    drop_database(&context.config, url, Sessions::Respected, &context.control)?;
    readiness::make(context)?;
    context.connect(Access::Write)
}

fn tell(context: &Context, args: &ResetArgs, emptied: &Emptied) {
    if !args.recreate {
        context.say(&format!("{} dropped", count(emptied.dropped, "object")));
    }
    for (object, why) in &emptied.stays {
        context.say(&format!("{object} stays: {why}"));
    }
}

/// Brings the empty database to the heads, and seeds it.
fn finish(
    context: &Context,
    scripts: &Scripts,
    mut backend: OpenDatabase,
    emptied: &Emptied,
    seeds: &[daily::Seed],
) -> Result<ExitStatus, Diagnostic> {
    let report = daily::to_heads(scripts, backend.as_mut(), &context.options(), &mut context.progress())
        .map_err(|error| {
            Diagnostic::of_run_after_emptying(error, emptied.stays.iter().map(|(object, _)| object))
        })?;
    let seeded = seeding::run(context, backend.as_mut(), seeds, true)?;
    if context.json {
        let stays = emptied.stays.iter().map(|(object, why)| StaysEntry { object, why });
        print_json(&ResetDocument {
            run: RunDocument::new(&report, &backend.describe()),
            dropped: emptied.dropped,
            stays: stays.collect(),
            seeds: SeedEntry::all(&seeded),
        });
        return Ok(ExitStatus::Done);
    }
    let mut told = format!("{} up", count(report.steps.len(), "revision"));
    if !seeds.is_empty() {
        told.push_str(&format!(", {}", seeds_summary(&seeded)));
    }
    context.say(&told);
    Ok(ExitStatus::Done)
}
