//! From what goes wrong with a scratch database to what the user reads.

use super::database::READ_ONLY_TRANSACTION;
use super::failed_run::with_failure;
use super::{Diagnostic, ErrorKind, from_here};
use crate::backend::BackendError;
use crate::execute::ExecuteError;
use crate::scratch::ScratchError;
use crate::verify::DataFileError;

const ON_SCRATCH: &str = "this happened on a scratch database; no other was touched";

impl From<DataFileError> for Diagnostic {
    fn from(error: DataFileError) -> Self {
        let message = error.to_string();
        match error {
            DataFileError::Io { source, .. } => Self::new(ErrorKind::Io, message).cause(source.to_string()),
            DataFileError::NoRevision { message: cause, excerpt, .. } => Self::usage(message)
                .excerpt("", *excerpt)
                .cause(cause)
                .hint("begin it with a comment and the revision:\n-- rows for testing\n--\n-- revision: ID"),
            DataFileError::UnknownRevision { revision, .. } => {
                Self::new(ErrorKind::UnknownRevision, message).field("revision", revision.as_str())
            }
        }
    }
}

impl From<ScratchError> for Diagnostic {
    fn from(error: ScratchError) -> Self {
        let message = error.to_string();
        match error {
            ScratchError::NotAllowed(BackendError::Database(error))
                if error.sqlstate.as_deref() == Some(READ_ONLY_TRANSACTION) =>
            {
                Self::new(ErrorKind::Scratch, message)
                    .hint("the server only reads, as a standby does: name an empty database on one that may write: scratch_url in alembic.toml")
                    .hint("or connect to the primary")
                    .field("sqlstate", READ_ONLY_TRANSACTION)
            }
            ScratchError::NotAllowed(_) => Self::new(ErrorKind::Scratch, message)
                .hint("let the role create databases: ALTER ROLE name CREATEDB")
                .hint("or name an empty database that may be used: scratch_url in alembic.toml"),
            ScratchError::NotAtHand { .. } => Self::new(ErrorKind::Scratch, message)
                .hint("name an empty database that may be used: scratch_url in alembic.toml"),
            ScratchError::SameDatabase { .. } | ScratchError::OtherKind { .. } => {
                Self::new(ErrorKind::ScratchUrl, message)
                    .hint("name an empty database that may be filled and emptied")
            }
            ScratchError::NotEmpty { .. } => Self::new(ErrorKind::ScratchUrl, message)
                .hint("name an empty database: what is in it would be lost"),
            ScratchError::Config(error) => error.into(),
            ScratchError::Backend(error) => error.into(),
            ScratchError::Execute(ExecuteError::Step(run)) => {
                let revision = &run.failure.revision;
                let told = Self::new(ErrorKind::Step, String::new()).field("revision", revision.as_str());
                with_failure(told, &format!("the upgrade to {revision}"), &run.failure).cause(ON_SCRATCH)
            }
            ScratchError::Execute(error) => {
                let mut told: Self = error.into();
                told.causes.push(ON_SCRATCH.to_owned());
                told
            }
            ScratchError::File { path, failure } => {
                with_failure(Self::new(ErrorKind::SqlFile, String::new()), &from_here(&path), &failure)
            }
            ScratchError::Script(problem) => vec![problem].into(),
            ScratchError::Io { source, .. } => Self::new(ErrorKind::Io, message).cause(source.to_string()),
            ScratchError::NoFiles { .. } => Self::new(ErrorKind::NoFiles, message),
            ScratchError::Cancelled(cancelled) => cancelled.into(),
        }
    }
}
