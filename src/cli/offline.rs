//! `--sql`: runs as text.

use super::context::Context;
use super::output::{print_json, print_raw};
use crate::backend::Access;
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::execute::{Direction, MigrationWay, Offline, StampWay};
use crate::graph::{RevisionId, RevisionSpec};
use crate::report::SqlDocument;
use crate::script::ScriptDirectory;

/// `upgrade --sql` and `downgrade --sql`: prints the SQL of the run that `text`, a target or a range, stands for.
pub fn migrate(
    context: &Context,
    scripts: &ScriptDirectory,
    direction: Direction,
    text: &str,
) -> Result<ExitStatus, Diagnostic> {
    let offline = Offline::of(&context.config)?;
    let way = MigrationWay::parse(direction, text)?;
    let rows = rows_meant(context, way.start.as_ref())?;
    let text = offline.migration_text(scripts, &way, rows.as_deref(), &context.options())?;
    if text.steps == 0 {
        context.say("nothing to do between the two ends of the range");
    }
    print_sql(context, &text.sql);
    Ok(ExitStatus::Done)
}

/// The version rows of the database, where a range starts at `current`; none, and no database is asked, where it does
/// not.
pub fn rows_meant(
    context: &Context,
    start: Option<&RevisionSpec>,
) -> Result<Option<Vec<RevisionId>>, Diagnostic> {
    Ok(match start {
        Some(start) if start.is_from_current() => Some(context.connect(Access::Read)?.state()?.rows),
        _ => None,
    })
}

/// `stamp --sql`: prints the text of a stamp.
pub fn stamp(
    context: &Context,
    scripts: &ScriptDirectory,
    texts: &[String],
) -> Result<ExitStatus, Diagnostic> {
    let offline = Offline::of(&context.config)?;
    let way = StampWay::parse(texts)?;
    let rows = rows_meant(context, way.start.as_ref())?;
    let text = offline.stamp_text(scripts, &way, rows.as_deref(), &context.options())?;
    print_sql(context, &text.sql);
    Ok(ExitStatus::Done)
}

/// `ensure-version --sql`: prints what makes the bookkeeping tables.
pub fn ensure_version(context: &Context) -> Result<ExitStatus, Diagnostic> {
    print_sql(context, &Offline::of(&context.config)?.tables_only());
    Ok(ExitStatus::Done)
}

fn print_sql(context: &Context, sql: &str) {
    if context.json { print_json(&SqlDocument { dialect: None, sql }) } else { print_raw(sql) }
}
