//! Why a history cannot be imported, in the words of the command line.

use super::alembic::of_alembic;
use super::{Diagnostic, ErrorKind, from_here};
use crate::import::{CarryOutError, ImportError, NameModelsError};

impl From<ImportError> for Diagnostic {
    fn from(error: ImportError) -> Self {
        let message = error.to_string();
        let failed = |kind| Self::new(kind, message.clone());
        let told = match error {
            ImportError::NoFolder { .. } => Self::usage(message),
            ImportError::NothingFound { likely, .. } => {
                likely.iter().fold(failed(ErrorKind::WrongKind), |told, (kind, folder)| {
                    let folder = folder.display().to_string();
                    let command = format!("revgraph import {kind} {}", shell_words::quote(&folder));
                    told.hint(format!("there are files like those of {kind}: {command}"))
                })
            }
            ImportError::Io { source, .. } => failed(ErrorKind::Io).cause(source.to_string()),
            ImportError::Alembic(error) => of_alembic(error),
            ImportError::Write(error) => return error.into(),
            ImportError::NotUtf8 { .. } => {
                failed(ErrorKind::Encoding).hint("convert the file to UTF-8, or leave it out")
            }
            ImportError::Nul { .. } | ImportError::FileName { .. } => failed(ErrorKind::Encoding),
            ImportError::Broken(_, faults) => faulty(failed(ErrorKind::BrokenHistory), &faults).hint(
                "put it right; or move what no database has met out of the folder, and import the rest",
            ),
            ImportError::Provider { .. } => failed(ErrorKind::OtherDatabase),
            ImportError::Clashes(clashes) => {
                let told = Self::new(ErrorKind::Clash, message);
                clashes.iter().fold(told, |told, clash| told.cause(clash.to_string()))
            }
            ImportError::Label { source, .. } => failed(ErrorKind::Label).cause(source.to_string()),
            ImportError::Graph(problems) => failed(ErrorKind::Scripts).causes_of(&problems),
            ImportError::Scripts(problems) => return problems.into(),
        };
        told.cause("nothing has been written")
    }
}

impl From<CarryOutError> for Diagnostic {
    fn from(error: CarryOutError) -> Self {
        match error {
            CarryOutError::Environment(error) => error.into(),
            CarryOutError::Authoring(error) => error.into(),
            CarryOutError::Import(error) => (*error).into(),
            CarryOutError::Cancelled(cancelled) => cancelled.into(),
            CarryOutError::NotAdopted(error) => error.into(),
            CarryOutError::Models(error) => error.into(),
        }
    }
}

impl From<NameModelsError> for Diagnostic {
    fn from(error: NameModelsError) -> Self {
        match error {
            NameModelsError::Config(error) => error.into(),
            NameModelsError::Io { path, source } => Self::io(&from_here(&path), &source),
        }
    }
}

/// One fault is the message already.
fn faulty(told: Diagnostic, faults: &[crate::import::Fault]) -> Diagnostic {
    if faults.len() < 2 {
        return told;
    }
    faults.iter().fold(told, |told, fault| told.cause(fault.to_string()))
}
