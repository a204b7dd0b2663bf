//! The first run on a database whose version rows nobody but their writer vouches for: another tool, or a hand.

use super::context::Context;
use super::migration::Migration;
use super::stamp_check::{differences_from, name, refusal_with};
use crate::backend::Backend;
use crate::config::ChecksumPolicy;
use crate::diagnostic::{Diagnostic, ErrorKind};
use crate::execute::{Reading, plan_against};
use crate::scratch::Unwatched;
use crate::script::ScriptDirectory;

/// Refuses a run that would change a database with version rows and an empty ledger whose schema is not what the rows
/// say. Where that cannot be found out, as without a scratch database, it is told, and the run goes on. Where there is
/// nothing to do, nothing is compared: the comparison replays the history.
pub fn refuse_wrong_rows(
    context: &Context,
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    reading: &Reading,
    migration: &Migration,
) -> Result<(), Diagnostic> {
    if reading.vouches_for_rows() || migration.force || !context.config.adopt_check {
        return Ok(());
    }
    // An empty ledger knows of no script that could have been edited.
    let planned = plan_against(
        scripts,
        backend,
        reading,
        migration.direction,
        &migration.target,
        ChecksumPolicy::Off,
        &mut Unwatched,
    )?;
    if planned.plan.steps.is_empty() {
        return Ok(());
    }
    let rows = &reading.state.rows;
    match differences_from(context, scripts, backend, rows) {
        Ok(found) if found.is_empty() => Ok(()),
        Ok(found) => {
            let stands = name(rows);
            let message = format!(
                "the version rows say {stands}, and the database does not have its schema; nothing has run"
            );
            Err(refusal_with(message, rows, &found)
                .hint("find out whose schema it has: revgraph stamp --detect")
                .hint("go on all the same: --force, or check = \"off\" under [adopt] in alembic.toml"))
        }
        Err(error) if error.kind == ErrorKind::Interrupted => Err(error),
        Err(error) => {
            let (stands, reason) = (name(rows), error.message);
            context.say(&format!(
                "warning: whether the database has the schema of {stands} was not looked at: {reason}"
            ));
            Ok(())
        }
    }
}
