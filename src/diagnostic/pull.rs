//! Why the schema of a database was not written into files.

use super::{Diagnostic, ErrorKind, from_here};
use crate::autogenerate::PullError;
use crate::report::difference_lines;

impl From<PullError> for Diagnostic {
    fn from(error: PullError) -> Self {
        let message = error.to_string();
        match error {
            PullError::NoSqlFile(path) => Self::usage(format!("{} is no SQL file", from_here(&path))),
            PullError::Nowhere => Self::usage(message)
                .hint("name it: revgraph pull schema.sql, or revgraph pull prisma/schema.prisma"),
            PullError::NoModels(path) => Self::usage(format!("{} holds no models", from_here(&path))),
            PullError::Unreadable(_) => Self::new(ErrorKind::UnreadableSchema, message),
            PullError::NotPulled { differences } => {
                let told = Self::new(ErrorKind::NotPulled, message).cause("nothing was written");
                let told = difference_lines(&differences).into_iter().fold(told, Self::cause);
                told.hint("write it into a new file, and take over from it by hand: revgraph pull pulled.sql")
            }
            PullError::Config(error) => error.into(),
            PullError::Side(error) => (*error).into(),
            PullError::Autogenerate(error) => (*error).into(),
            PullError::Scratch(error) => (*error).into(),
            PullError::Io { path, source } => Self::io(&from_here(&path), &source),
        }
    }
}
