//! What the layers below answer, in the words of the command line.

use super::history::{of_ahead, of_diverged, of_edited, of_other_rows};
use super::{Diagnostic, ErrorKind, ExitStatus, from_here};
use super::{failed_run, unsettled};
use crate::backup::BackupError;
use crate::execute::{ExecuteError, LocalError, OfflineWayError, ProtectError, RefusalReason};
use crate::script::UnfoldError;
use serde_json::json;

impl From<ExecuteError> for Diagnostic {
    fn from(error: ExecuteError) -> Self {
        let message = error.to_string();
        match error {
            ExecuteError::Backend(error) => error.into(),
            ExecuteError::Plan(error) => error.into(),
            ExecuteError::Scripts(problems) => problems.into(),
            ExecuteError::Irreversible { revision, .. } => Self::new(ErrorKind::Irreversible, message)
                .field("revision", revision.as_str())
                .cause("nothing has run"),
            ExecuteError::Refused(refusals) => {
                let mut told = Self::new(
                    ErrorKind::Refused,
                    "nothing has run: the scripts hold what cannot run as they ask",
                );
                for refusal in refusals {
                    let hint = match refusal.reason {
                        RefusalReason::TransactionControl(_) => {
                            "leave the transaction to revgraph, or put `-- revgraph: no-transaction` into the header"
                        }
                        RefusalReason::CannotRunInTransaction(_) => {
                            "put `-- revgraph: no-transaction` into the header; each statement then runs on its own"
                        }
                        RefusalReason::UncommittedEnumValue { .. } => {
                            "put `-- revgraph: no-transaction` into the header of the script that adds the value; a string that is no value of the enum can be cast: 'value'::text"
                        }
                        RefusalReason::Bookkeeping(_) => {
                            "take the statement out: the version rows are moved with each revision. Text that `alembic upgrade --sql` printed holds them, and `revgraph import alembic` leaves them out"
                        }
                        RefusalReason::Strings => {
                            "write the string as E'…', which means the same with either setting"
                        }
                        RefusalReason::Encoding => {
                            "take the SET client_encoding out: scripts are UTF-8, and revgraph says so to the server"
                        }
                        RefusalReason::Unreadable(_) => "see the marked place",
                    };
                    told = told.excerpt(refusal.reason.to_string(), refusal.excerpt);
                    if !told.hints.iter().any(|known| known == hint) {
                        told = told.hint(hint);
                    }
                }
                told
            }
            ExecuteError::Edited(edited) => of_edited(message, edited),
            ExecuteError::Reparented(reparented) => {
                let mut told = Self::new(ErrorKind::Reparented, message);
                for one in reparented {
                    told = told.cause(format!(
                        "{} stood on {} when it was applied; {} says {}",
                        one.revision,
                        one.recorded,
                        one.path.display(),
                        one.found
                    ));
                }
                told.hint("put the down_revision back as it was")
            }
            ExecuteError::Protected { name, .. } => Self::new(ErrorKind::Protected, message)
                .cause("nothing has changed")
                .hint(format!("if it is to be erased all the same: --confirm {}", shell_words::quote(&name))),
            ExecuteError::Ahead { missing, common } => of_ahead(message, missing, &common),
            ExecuteError::Diverged { missing, pending, common } => {
                of_diverged(message, missing, pending, common)
            }
            ExecuteError::Unfold(UnfoldError::OriginalsGone { baseline, missing }) => {
                Self::new(ErrorKind::OriginalsGone, message)
                    .cause(
                        "the database stands, or is to stand, among the revisions that a squash has replaced",
                    )
                    .hint("put their scripts back into the backup folder, from version control")
                    .hint(format!(
                        "where the database has all that they do, say so: revgraph stamp --purge {baseline}"
                    ))
                    .field("baseline", baseline.as_str())
                    .field("missing", json!(missing))
            }
            ExecuteError::Unfold(UnfoldError::Graph(problems)) => {
                Self::new(ErrorKind::Backup, message).with_status(ExitStatus::Differs).causes_of(&problems)
            }
            ExecuteError::NotApplied { revision } => {
                Self::new(ErrorKind::NotApplied, message).field("revision", revision.as_str())
            }
            ExecuteError::Unsettled(left) => unsettled::told(&left, message),
            ExecuteError::NothingToResolve { .. } => Self::new(ErrorKind::NothingToResolve, message)
                .hint("to record where a database stands: revgraph stamp REV"),
            ExecuteError::OutOfTurn { .. } => Self::new(ErrorKind::OutOfTurn, message)
                .hint("revgraph current shows where the database stands, revgraph stamp REV sets it"),
            ExecuteError::UnknownStep { revision } => {
                Self::new(ErrorKind::UnknownRevision, message).field("revision", revision.as_str())
            }
            ExecuteError::OtherRows(others) => of_other_rows(&others),
            ExecuteError::NotImported { revision, path, .. } => Self::new(ErrorKind::Stub, message)
                .field("revision", revision.as_str())
                .field("file", path.display().to_string())
                .cause("nothing has run")
                .hint(format!("write what it does as SQL into {}", from_here(&path)))
                .hint("or bring the database there with the other tool, and then: revgraph stamp REV"),
            ExecuteError::NotBegun(error) => match error.downcast::<BackupError>() {
                Ok(error) => Self::from(*error).cause("nothing has run"),
                Err(_) => Self::new(ErrorKind::NotBegun, message),
            },
            ExecuteError::Step(run) => failed_run::told(*run),
        }
    }
}

impl From<LocalError> for Diagnostic {
    fn from(error: LocalError) -> Self {
        let message = error.to_string();
        match error {
            LocalError::Applied { revision, .. } => Self::new(ErrorKind::Applied, message)
                .cause("nothing has changed")
                .hint(format!("undo it there first: revgraph downgrade, to below {revision}"))
                .hint("or join the branches instead: revgraph merge heads"),
            LocalError::Execute(error) => {
                Self::from(error).hint("to move it without asking the database: --offline")
            }
        }
    }
}

impl From<ProtectError> for Diagnostic {
    fn from(error: ProtectError) -> Self {
        let message = error.to_string();
        match error {
            ProtectError::OtherName { known, .. } => {
                Self::new(ErrorKind::Protected, message).cause("nothing has changed").hint(format!(
                    "end that protection first: revgraph protect --off {}",
                    shell_words::quote(&known)
                ))
            }
            ProtectError::Backend(error) => error.into(),
        }
    }
}

impl From<OfflineWayError> for Diagnostic {
    fn from(error: OfflineWayError) -> Self {
        let message = error.to_string();
        match error {
            OfflineWayError::Spec(error) => error.into(),
            OfflineWayError::NoStart { end } => {
                Self::usage(message).hint(format!("revgraph downgrade --sql head:{end}"))
            }
            OfflineWayError::SeveralStarts => Self::usage(message),
        }
    }
}
