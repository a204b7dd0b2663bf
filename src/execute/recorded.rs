//! Scripts that another tool computed from rows: refused where the rows are others now.

use super::{ExecuteError, Options, OtherRows};
use crate::backend::{Backend, PreparedStep};
use crate::catalog::{ObjectKind, ObjectName};
use crate::plan::Operation;
use crate::script::RecordedRows;

/// Refuses steps whose scripts were recorded from other rows than the database holds, but for the revisions that
/// `options` accepts. A table that is not there yet, or empty, is one that the steps before will fill as they did
/// when the script was recorded. It is to be called under the lock.
///
/// # Errors
/// [`ExecuteError::OtherRows`], and the database's.
pub fn check_recorded(
    backend: &mut dyn Backend,
    steps: &[PreparedStep],
    options: &Options,
) -> Result<(), ExecuteError> {
    let mut others = Vec::new();
    for step in steps {
        let revision = &step.step.revision;
        let runs = matches!(step.step.operation, Operation::Upgrade | Operation::Downgrade);
        if !runs || options.accepted_recorded.contains(revision) {
            continue;
        }
        for recorded in &step.script.body.recorded {
            let found = backend.rows_in(&table(recorded))?.unwrap_or_default();
            if found != 0 && found != recorded.rows {
                others.push(OtherRows { revision: revision.clone(), recorded: recorded.clone(), found });
            }
        }
    }
    if others.is_empty() { Ok(()) } else { Err(ExecuteError::OtherRows(others)) }
}

fn table(recorded: &RecordedRows) -> ObjectName {
    ObjectName::new(ObjectKind::Table, recorded.schema.as_deref(), &recorded.table)
}
