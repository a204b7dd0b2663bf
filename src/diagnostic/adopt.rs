//! Why what another tool has applied cannot be taken over.

use super::{Diagnostic, ErrorKind};
use crate::import::AdoptError;

impl From<AdoptError> for Diagnostic {
    fn from(error: AdoptError) -> Self {
        let message = error.to_string();
        match error {
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
            AdoptError::Backend(error) => error.into(),
        }
    }
}
