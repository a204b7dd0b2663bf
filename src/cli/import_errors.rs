//! Why a history cannot be imported, in the words of the command line.

use super::alembic_errors::of_alembic;
use super::error::CliError;
use super::exit::ExitStatus;
use crate::import::ImportError;

impl From<ImportError> for CliError {
    fn from(error: ImportError) -> Self {
        let message = error.to_string();
        let failed = |kind| Self::failed(kind, message.clone());
        let told = match error {
            ImportError::NoFolder { .. } => Self::usage(message),
            ImportError::NothingFound { likely, .. } => {
                likely.iter().fold(failed("wrong_kind"), |told, (kind, folder)| {
                    let folder = folder.display().to_string();
                    let command = format!("revgraph import {kind} {}", shell_words::quote(&folder));
                    told.hint(format!("there are files like those of {kind}: {command}"))
                })
            }
            ImportError::Io { source, .. } => failed("io").cause(source.to_string()),
            ImportError::Alembic(error) => of_alembic(error),
            ImportError::Write { source, .. } => return failed("io").cause(source.to_string()),
            ImportError::NotUtf8 { .. } => {
                failed("encoding").hint("convert the file to UTF-8, or leave it out")
            }
            ImportError::Nul { .. } | ImportError::FileName { .. } => failed("encoding"),
            ImportError::Broken(_, faults) => faulty(failed("broken_history"), &faults),
            ImportError::Provider { .. } => failed("other_database"),
            ImportError::Clashes(clashes) => {
                let told = Self::new("clash", ExitStatus::Differs, message);
                clashes.iter().fold(told, |told, clash| told.cause(clash.to_string()))
            }
            ImportError::Label { source, .. } => failed("label").cause(source.to_string()),
            ImportError::Graph(problems) => {
                problems.iter().fold(failed("scripts"), |told, problem| told.cause(problem.to_string()))
            }
            ImportError::Scripts(problems) => return problems.into(),
        };
        told.cause("nothing has been written")
    }
}

/// One fault is the message already.
fn faulty(told: CliError, faults: &[crate::import::Fault]) -> CliError {
    if faults.len() < 2 {
        return told;
    }
    faults.iter().fold(told, |told, fault| told.cause(fault.to_string()))
}
