//! Why what another tool has applied cannot be taken over.

use super::{Diagnostic, ErrorKind};
use crate::graph::RevisionId;
use crate::import::{AdoptError, NotAdopted};

impl From<AdoptError> for Diagnostic {
    fn from(error: AdoptError) -> Self {
        let message = error.to_string();
        match error {
            AdoptError::Environment(error) => error.into(),
            AdoptError::NoTable { kind, .. } => {
                Self::new(ErrorKind::NoTable, message).cause("nothing has changed").hint(format!(
                    "import without it, if {kind} has never been at work there: leave out --adopt"
                ))
            }
            AdoptError::OtherTable { .. } => {
                Self::new(ErrorKind::OtherTable, message).cause("nothing has changed")
            }
            AdoptError::Disagreements { kind, found } => {
                let told = Self::new(ErrorKind::NotAdopted, message);
                let told = found.iter().fold(told, |told, one| told.cause(one.to_string()));
                told.cause("nothing has changed")
                    .hint(format!("settle it with {kind} first, or restore its files as they were applied"))
            }
            AdoptError::HalfABaseline { kind, lacking } => {
                let told = Self::new(ErrorKind::NotAdopted, message);
                let told = lacking.iter().fold(told, |told, (name, id)| {
                    told.cause(format!("{name} has not been applied, and {id} stands for it among others"))
                });
                told.cause("nothing has changed").hint(format!("bring the database up with {kind} first"))
            }
            AdoptError::Elsewhere { heads, .. } => Self::new(ErrorKind::Managed, message)
                .cause("nothing has been stamped")
                .hint("go on with revgraph alone: revgraph upgrade")
                .hint(format!("or set the version rows: revgraph stamp --purge {}", as_arguments(&heads))),
            AdoptError::NotImported { kind, folder, missing } => {
                let folder = shell_words::quote(&folder.display().to_string()).into_owned();
                let told = Self::new(ErrorKind::NotImported, message).hint(format!(
                    "import it, and take over the state: revgraph import {kind} {folder} --adopt"
                ));
                missing.into_iter().fold(told, Self::cause)
            }
            AdoptError::Claim(error) => {
                let told = Self { hints: Vec::new(), ..(*error).into() };
                told.hint("adopt it all the same: --force")
            }
            AdoptError::Execute(error) => (*error).into(),
            AdoptError::Backend(error) => error.into(),
        }
    }
}

impl From<NotAdopted> for Diagnostic {
    fn from(NotAdopted { error, left }: NotAdopted) -> Self {
        let still_there = left.map(|left| format!("the imported scripts are still there: {left}"));
        still_there.into_iter().fold((*error).into(), Self::cause)
    }
}

/// Version rows as a command takes them.
fn as_arguments(heads: &[RevisionId]) -> String {
    if heads.is_empty() {
        return "base".to_owned();
    }
    heads.iter().map(RevisionId::as_str).collect::<Vec<_>>().join(" ")
}
