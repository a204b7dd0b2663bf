//! Why an environment was not made.

use super::{Diagnostic, ErrorKind};
use crate::setup::SetupError;

impl From<SetupError> for Diagnostic {
    fn from(error: SetupError) -> Self {
        let message = error.to_string();
        match error {
            SetupError::Exists { .. } => {
                Self::new(ErrorKind::Exists, message).hint("name another folder: revgraph init DIR")
            }
            SetupError::Io { path, source } => Self::io(&path.display().to_string(), &source),
            SetupError::Url(error) => {
                error.hint().into_iter().fold(Self::new(ErrorKind::Config, message), Self::hint)
            }
            SetupError::Secret => Self::usage(message)
                .hint("set DATABASE_URL, or write the URL to .env, and run revgraph init without --url"),
        }
    }
}
