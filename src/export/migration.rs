//! What is exported: revisions with the SQL of one dialect.

use chrono::{DateTime, FixedOffset};

use super::ExportError;
use super::text::runnable_text;
use crate::graph::{RevisionId, RevisionSpec, Symbol};
use crate::plan;
use crate::script::{Bodies, Irreversible, Script, ScriptDirectory, ScriptProblem, Side};
use crate::sql::Dialect;

/// A revision as every layout writes it, with both scripts for the dialect asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// The revision's id.
    pub revision: RevisionId,
    /// The revision's message, title first.
    pub message: String,
    /// When the revision was created, where its header says.
    pub created: Option<DateTime<FixedOffset>>,
    /// The SQL of the up script.
    pub up: MigrationScript,
    /// The SQL of the down script, or why the revision cannot be undone.
    pub down: Result<MigrationScript, Irreversible>,
}

/// SQL of one dialect, without header and directives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationScript {
    /// The text.
    pub sql: String,
    /// Whether each statement runs on its own, outside any transaction.
    pub no_transaction: bool,
}

/// All revisions, in the order in which `upgrade heads` runs them on an empty database.
///
/// # Errors
/// [`ExportError::Plan`], and [`ExportError::Scripts`] with all scripts that cannot be read.
pub fn migrations(scripts: &ScriptDirectory, dialect: Dialect) -> Result<Vec<Migration>, ExportError> {
    let heads = RevisionSpec::of(Symbol::Heads);
    let plan = plan::upgrade(scripts.graph(), &[], &heads)?;
    let mut migrations = Vec::with_capacity(plan.steps.len());
    let mut problems = Vec::new();
    let nodes = plan.steps.iter().filter_map(|step| scripts.graph().find(step.revision.as_str()));
    for node in nodes {
        match migration(scripts.graph().id(node), scripts.script(node), dialect) {
            Ok(migration) => migrations.push(migration),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(migrations) } else { Err(ExportError::Scripts(problems)) }
}

fn migration(revision: &RevisionId, script: &Script, dialect: Dialect) -> Result<Migration, ScriptProblem> {
    let bodies = script.bodies(dialect)?;
    Ok(Migration {
        revision: revision.clone(),
        message: script.message.clone(),
        created: script.created,
        up: MigrationScript {
            sql: runnable_text(&bodies.up, Side::Up),
            no_transaction: bodies.up.body.no_transaction,
        },
        down: down(&bodies, dialect),
    })
}

fn down(bodies: &Bodies, dialect: Dialect) -> Result<MigrationScript, Irreversible> {
    if let Some(irreversible) = bodies.irreversible(dialect) {
        return Err(irreversible);
    }
    let down = bodies.down.as_ref().ok_or(Irreversible::NoDownScript)?;
    Ok(MigrationScript { sql: runnable_text(down, Side::Down), no_transaction: down.body.no_transaction })
}
