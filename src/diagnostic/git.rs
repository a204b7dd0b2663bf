//! Why git cannot be asked.

use super::{Diagnostic, ErrorKind};
use crate::git::GitError;

impl From<GitError> for Diagnostic {
    fn from(error: GitError) -> Self {
        let text = error.to_string();
        match error {
            GitError::UnknownRef { .. } => {
                Self::usage(text).hint("fetch it first, and name it as git does: origin/main")
            }
            GitError::NoMergeBase { .. } => Self::new(ErrorKind::Git, text).hint(
                "a shallow clone lacks it: git fetch --unshallow, or a checkout with its whole history",
            ),
            GitError::NotARepository { message, .. } => Self::new(ErrorKind::Git, text).cause(message),
            GitError::NotInstalled | GitError::Outside { .. } | GitError::Failed { .. } => {
                Self::new(ErrorKind::Git, text)
            }
        }
    }
}
