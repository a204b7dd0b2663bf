//! Why nothing is exported, in the words of the command line.

use super::{Diagnostic, ErrorKind};
use crate::export::ExportError;

impl From<ExportError> for Diagnostic {
    fn from(error: ExportError) -> Self {
        let message = error.to_string();
        let told = match error {
            ExportError::NotEmpty { .. } => {
                Self::new(ErrorKind::NotEmpty, message).hint("name a folder that is not there yet")
            }
            ExportError::OtherDialect { .. } => Self::usage(message)
                .hint("for the sqlite3 shell: revgraph upgrade --sql base:heads | sqlite3 FILE"),
            ExportError::Plan(error) => return error.into(),
            ExportError::Scripts(problems) => return problems.into(),
            ExportError::Unreadable { revision, source } => Self::new(ErrorKind::Refused, message)
                .field("revision", revision.as_str())
                .cause(source.to_string()),
            ExportError::Io { source, .. } => Self::new(ErrorKind::Io, message).cause(source.to_string()),
        };
        told.cause("nothing has been written")
    }
}
