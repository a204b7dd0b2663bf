//! `--sql`: runs as text.

use std::borrow::Cow;

use super::context::Context;
use super::output::{print_json, print_raw};
use super::target;
use crate::backend::Access;
use crate::config::DatabaseUrl;
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::execute::{Direction, Offline, plan_for, prepare, stamp_changes, unfolded_for};
use crate::graph::{RevisionId, RevisionRange, RevisionSpec, Symbol};
use crate::ledger::Tables;
use crate::plan::{self, up_to_range};
use crate::report::SqlDocument;
use crate::script::ScriptDirectory;
use crate::sql::Dialect;

fn offline(context: &Context) -> Result<Offline, Diagnostic> {
    let config = &context.config;
    let (dialect, search_path) = match config.database_url()? {
        DatabaseUrl::Sqlite(_) => (Dialect::Sqlite, None),
        DatabaseUrl::Postgres(url) => (Dialect::Postgres, url.search_path().map(str::to_owned)),
    };
    let schema = match dialect {
        Dialect::Sqlite => None,
        Dialect::Postgres => config.version_table_schema.clone().or(search_path.clone()),
    };
    Ok(Offline {
        dialect,
        tables: Tables { schema, version: config.version_table.clone() },
        transaction: config.transaction,
        search_path,
        lock_timeout_ms: config.lock_timeout.as_millis(),
        statement_timeout_ms: config.statement_timeout.map(|timeout| timeout.as_millis()),
    })
}

/// `upgrade --sql` and `downgrade --sql`.
pub fn migrate(
    context: &Context,
    scripts: &ScriptDirectory,
    direction: Direction,
    text: &str,
) -> Result<ExitStatus, Diagnostic> {
    let offline = offline(context)?;
    let (start, end) = ends(direction, text)?;
    let named: Vec<RevisionSpec> = start.iter().chain([&end]).cloned().collect();
    let (scripts, before) = rows_at(context, scripts, start.as_ref(), &named)?;
    let plan = plan_for(&scripts, direction, &end, &before)?;
    // The version of the server that the text is for is not known.
    let exempts_new_enums = true;
    let steps =
        prepare(&scripts, &plan, offline.dialect, &offline.tables, exempts_new_enums, &context.options())?;
    if steps.is_empty() {
        context.say("nothing to do between the two ends of the range");
    }
    print_sql(context, &offline.migration(&before, &steps));
    Ok(ExitStatus::Done)
}

/// The two ends of an offline run; an open end is the base below, and `head` or the base where it leads to.
fn ends(direction: Direction, text: &str) -> Result<(Option<RevisionSpec>, RevisionSpec), Diagnostic> {
    let open_end = match direction {
        Direction::Up => "head",
        Direction::Down => "base",
    };
    if text.contains(':') {
        let range: RevisionRange = text.parse()?;
        let end = range.end.map_or_else(|| target::parse(open_end), Ok)?;
        return Ok((range.start, end));
    }
    match direction {
        Direction::Up => Ok((None, target::parse(text)?)),
        Direction::Down => Err(Diagnostic::usage("downgrade --sql needs both ends of the way: FROM:TO")
            .hint(format!("revgraph downgrade --sql head:{text}"))),
    }
}

/// The version rows that the start of an offline run stands for, and the scripts with the originals that they or the
/// run's targets name; only `current` asks the database.
pub fn rows_at<'s>(
    context: &Context,
    scripts: &'s ScriptDirectory,
    start: Option<&RevisionSpec>,
    targets: &[RevisionSpec],
) -> Result<(Cow<'s, ScriptDirectory>, Vec<RevisionId>), Diagnostic> {
    let rows = match start {
        Some(start) if start.symbol == Some(Symbol::Current) => {
            Some(context.connect(Access::Read)?.state()?.rows)
        }
        _ => None,
    };
    let scripts = unfolded_for(scripts, rows.as_deref().unwrap_or_default(), targets)?;
    let before = match start {
        Some(start) => up_to_range(scripts.graph(), start, rows.as_deref())?,
        None => Vec::new(),
    };
    Ok((scripts, before))
}

/// `stamp --sql`.
pub fn stamp(
    context: &Context,
    scripts: &ScriptDirectory,
    texts: &[String],
) -> Result<ExitStatus, Diagnostic> {
    let offline = offline(context)?;
    let mut start: Option<RevisionSpec> = None;
    let mut targets = Vec::new();
    for text in texts {
        let target = match text.split_once(':') {
            None => text.as_str(),
            Some((from, to)) => {
                let from = target::parse(from)?;
                if start.as_ref().is_some_and(|known| *known != from) {
                    return Err(Diagnostic::usage("stamp --sql takes one start for all its ranges"));
                }
                start = Some(from);
                to
            }
        };
        targets.push(target::parse(target)?);
    }
    let named: Vec<RevisionSpec> = start.iter().chain(&targets).cloned().collect();
    let (scripts, before) = rows_at(context, scripts, start.as_ref(), &named)?;
    let plan = plan::stamp(scripts.graph(), &before, &targets, false)?;
    let (rows, changes) = stamp_changes(&scripts, &plan, offline.dialect, &context.options())?;
    let longest = plan.after.iter().map(|id| id.as_str().chars().count()).max().unwrap_or(0);
    print_sql(context, &offline.stamp(&before, &rows, &changes, longest));
    Ok(ExitStatus::Done)
}

/// `ensure-version --sql`.
pub fn ensure_version(context: &Context) -> Result<ExitStatus, Diagnostic> {
    print_sql(context, &offline(context)?.tables_only());
    Ok(ExitStatus::Done)
}

fn print_sql(context: &Context, sql: &str) {
    if context.json { print_json(&SqlDocument { dialect: None, sql }) } else { print_raw(sql) }
}
