//! The first run on a database whose version rows nobody but their writer vouches for: another tool, or a hand.

use super::context::Context;
use super::error::{CliError, INTERRUPTED};
use super::stamp_check::{differences_from, name, refusal_with};
use crate::backend::Backend;
use crate::execute::Reading;
use crate::script::ScriptDirectory;

/// Refuses a database with version rows and without a ledger whose schema is not what its version rows say. Where no
/// scratch database can be had to find out, that is told, and the run goes on.
pub fn refuse_wrong_rows(
    context: &Context,
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    reading: &Reading,
) -> Result<(), CliError> {
    let rows = &reading.state.rows;
    let knows_all = rows.iter().all(|row| {
        let graph = scripts.graph();
        graph.find(row.as_str()).is_some() || graph.baseline_replacing(row.as_str()).is_some()
    });
    // Rows that no script has are told by what plans the run.
    if rows.is_empty() || reading.state.has_ledger || !context.config.adopt_check || !knows_all {
        return Ok(());
    }
    match differences_from(context, scripts, backend, rows) {
        Ok(found) if found.is_empty() => Ok(()),
        Ok(found) => {
            let message = format!(
                "the version rows say {}, and the database does not have its schema; nothing has run",
                name(rows)
            );
            Err(refusal_with(message, rows, &found)
                .hint("find out whose schema it has: revgraph stamp --detect")
                .hint("go on all the same: --force, or check = \"off\" under [adopt] in alembic.toml"))
        }
        Err(error) if error.kind == INTERRUPTED => Err(error),
        Err(error) => {
            let reason = error.message;
            context.say(&format!(
                "warning: whether the database has the schema of {} was not looked at: {reason}",
                name(rows)
            ));
            Ok(())
        }
    }
}
