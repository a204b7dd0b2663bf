//! What `upgrade` and `downgrade` share.

use std::path::Path;

use super::backup_first::BackingUp;
use super::context::Context;
use super::first_run::refuse_wrong_rows;
use super::output::{print_json, print_line};
use super::{confirmation, prompt};
use crate::backend::{Access, Backend};
use crate::diagnostic::{Diagnostic, ErrorKind, ExitStatus};
use crate::execute::{self, Direction, Planned, Reading, Report, erases, migrate};
use crate::graph::{RevisionId, RevisionSpec};
use crate::import::tool_at_work;
use crate::plan::Plan;
use crate::report::{RunDocument, count, run_sentence};
use crate::script::ScriptDirectory;

/// A migration that was asked for.
pub struct Migration {
    pub direction: Direction,
    pub target: RevisionSpec,
    pub dry_run: bool,
    /// `--force`: also where the schema is not what the version rows of a database without a ledger say.
    pub force: bool,
    /// Whether the database is backed up before.
    pub backup: bool,
    /// `--confirm`: the name of the protected database that may be erased.
    pub confirm: Option<String>,
    /// `--accept-recorded`
    pub accepted_recorded: Vec<RevisionId>,
}

impl Migration {
    /// What the run needs the database for: a dry run only reads.
    pub fn access(dry_run: bool) -> Access {
        if dry_run { Access::Read } else { Access::Write }
    }
}

/// Carries the migration out, or shows what it would do.
pub fn run(
    context: &Context,
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    reading: &Reading,
    migration: &Migration,
) -> Result<ExitStatus, Diagnostic> {
    if migration.dry_run {
        return dry_run(context, scripts, backend, reading, migration);
    }
    if !migration.force {
        let asked = (migration.direction, &migration.target);
        refuse_wrong_rows(context, scripts, backend, reading, asked)?;
    }
    let mut options = context.options();
    options.accepted_recorded = named(scripts, &migration.accepted_recorded)?;
    if migration.direction == Direction::Down {
        options.confirmed = agreed_to_undo(context, scripts, backend, reading, migration)?;
    }
    let mut progress = BackingUp::new(context, migration.backup);
    let Migration { direction, target, .. } = migration;
    let report = migrate(scripts, backend, reading, *direction, target, &options, &mut progress);
    let backup = progress.taken.take();
    drop(progress);
    let report = report.map_err(|error| Diagnostic::of_run(error, || tool_at_work(backend)))?;
    tell(context, &report, &backend.describe(), migration.direction, backup.as_deref());
    Ok(ExitStatus::Done)
}

/// The revisions of these names, each of which has a script.
fn named(scripts: &ScriptDirectory, names: &[RevisionId]) -> Result<Vec<RevisionId>, Diagnostic> {
    let graph = scripts.graph();
    let mut ids = Vec::with_capacity(names.len());
    for name in names {
        let spec: RevisionSpec = name.as_str().parse()?;
        ids.extend(graph.ids(&graph.resolve(&spec)?));
    }
    Ok(ids)
}

/// Has the user agree to what is going to be undone; the name of the protected database that it erases, where
/// that was given.
fn agreed_to_undo(
    context: &Context,
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    reading: &Reading,
    migration: &Migration,
) -> Result<Option<String>, Diagnostic> {
    let (direction, target) = (migration.direction, &migration.target);
    let expected = execute::foreseen(scripts, backend, reading, direction, target)?;
    let erases = erases(&expected.before, &expected.after);
    let confirmed = confirmation::of_erasing(context, backend, erases, migration.confirm.as_deref())?;
    // Who has given the name of what is to be erased has agreed to it.
    let named = erases && confirmed.is_some();
    if !named && !agreed(context, &expected, &backend.describe())? {
        return Err(Diagnostic::new(ErrorKind::Declined, "nothing has been undone"));
    }
    Ok(confirmed)
}

fn dry_run(
    context: &Context,
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    reading: &Reading,
    migration: &Migration,
) -> Result<ExitStatus, Diagnostic> {
    let Migration { direction, target, .. } = migration;
    let (options, mut progress) = (context.options(), context.progress());
    let planned = execute::dry_run(scripts, backend, reading, *direction, target, &options, &mut progress)?;
    drop(progress);
    let Planned { known, plan, .. } = &planned;
    let scripts = known.scripts();
    if context.json {
        let (report, database) = (Report::of_plan(plan), backend.describe());
        print_json(&RunDocument { dry_run: Some(true), ..RunDocument::new(&report, &database) });
        return Ok(ExitStatus::Done);
    }
    for step in &plan.steps {
        let title = scripts.graph().find(step.revision.as_str()).map(|node| scripts.script(node).title());
        print_line(&format!("{} {}  {}", step.operation.name(), step.revision, title.unwrap_or_default()));
    }
    context.say(&format!("nothing has run; {} would", count(plan.steps.len(), "revision")));
    Ok(ExitStatus::Done)
}

/// Whether the user agrees that revisions are undone, where there is a user to ask.
fn agreed(context: &Context, plan: &Plan, database: &str) -> Result<bool, Diagnostic> {
    if plan.steps.is_empty() || context.yes || context.json || !prompt::somebody_is_there() {
        return Ok(true);
    }
    let ids: Vec<&str> = plan.steps.iter().take(5).map(|step| step.revision.as_str()).collect();
    let more = if plan.steps.len() > ids.len() { ", …" } else { "" };
    let what = count(plan.steps.len(), "revision");
    prompt::confirm(
        context,
        &format!(
            "This undoes {what} ({}{more}) of {database}, and what they hold is lost. Go on?",
            ids.join(", ")
        ),
    )
}

fn tell(context: &Context, report: &Report, database: &str, direction: Direction, backup: Option<&Path>) {
    if context.json {
        let backup = backup.map(|path| path.display().to_string());
        print_json(&RunDocument { backup, ..RunDocument::new(report, database) });
        return;
    }
    context.say(&run_sentence(report, direction));
}
