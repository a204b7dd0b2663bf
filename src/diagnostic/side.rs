//! Why a schema that was asked for cannot be had.

use std::path::Path;

use super::{Diagnostic, ErrorKind};
use crate::autogenerate::SideError;

impl From<SideError> for Diagnostic {
    fn from(error: SideError) -> Self {
        let message = error.to_string();
        match error {
            SideError::Url(error) => {
                let told = Self::usage(message);
                error.hint().into_iter().fold(told, Self::hint)
            }
            SideError::Spec(error) => error.into(),
            SideError::Plan(error) => error.into(),
            SideError::NamedLikePath { error, path, is_database: true } => {
                Self::from(*error).hint(format!("a database is named by a URL: sqlite:{path}"))
            }
            SideError::NamedLikePath { error, path, .. } if Path::new(&path).is_dir() => {
                Self::from(*error).hint(format!("the SQL files of a folder are named with a slash: {path}/"))
            }
            SideError::NamedLikePath { error, path, .. } => Self::from(*error)
                .hint(format!("a file whose name does not end in .sql is named with a slash: ./{path}")),
            SideError::Environment(error) => error.into(),
            SideError::Config(error) => error.into(),
            SideError::Backend(error) => error.into(),
            SideError::Execute(error) => (*error).into(),
            SideError::Scratch(error) => (*error).into(),
            SideError::Desired(error) => error.into(),
            SideError::Autogenerate(error) => (*error).into(),
            SideError::NoDesiredSchema => Self::usage(message)
                .hint("name it in alembic.toml: schema = \"schema.sql\"")
                .hint("or say where it is: --to SIDE"),
            SideError::DifferentKinds | SideError::NoModels => Self::usage(message),
            SideError::NotAtHeads => Self::new(ErrorKind::NotAtHeads, message)
                .hint("bring it there: revgraph upgrade heads")
                .hint("or begin where the scripts lead: without --from"),
        }
    }
}
