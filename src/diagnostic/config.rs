//! Settings that do not do, and work that was called off.

use super::{Diagnostic, ErrorKind};
use crate::cancellation::Cancelled;
use crate::config::ConfigError;

impl From<ConfigError> for Diagnostic {
    fn from(error: ConfigError) -> Self {
        let mut told = Self::new(ErrorKind::Config, error.to_string());
        if let Some(excerpt) = error.excerpt() {
            told = Self { message: error.message(), ..told }.excerpt("", excerpt.clone());
        }
        told.hints.extend(error.hint());
        told
    }
}

impl From<Cancelled> for Diagnostic {
    fn from(cancelled: Cancelled) -> Self {
        Self::new(ErrorKind::Interrupted, cancelled.to_string())
    }
}
