//! What a protected database does not let happen without its name.

use thiserror::Error;

use super::{ExecuteError, Options};
use crate::backend::{Backend, BackendError};
use crate::graph::RevisionId;

/// Whether a change of the version rows erases a database whole: there were some, and none are left. That is a
/// downgrade of everything, and a stamp that makes the next upgrade begin anew on what is there.
#[must_use]
pub fn erases(before: &[RevisionId], after: &[RevisionId]) -> bool {
    !before.is_empty() && after.is_empty()
}

/// Refuses to erase a protected database whole unless its name has been given. It is to be called under the lock.
///
/// # Errors
/// [`ExecuteError::Protected`], and the database's.
pub fn check_protection(
    backend: &mut dyn Backend,
    before: &[RevisionId],
    after: &[RevisionId],
    options: &Options,
) -> Result<(), ExecuteError> {
    if !erases(before, after) {
        return Ok(());
    }
    match backend.protection()? {
        Some(name) if options.confirmed.as_deref() != Some(name.as_str()) => {
            Err(ExecuteError::Protected { name, given: options.confirmed.clone() })
        }
        _ => Ok(()),
    }
}

/// Why a database was not protected, or its protection not ended. Nothing has changed.
#[derive(Debug, Error)]
pub enum ProtectError {
    /// It is protected under another name.
    #[error("the database is protected as `{known}`, not as `{given}`")]
    OtherName {
        /// The name under which it is protected.
        known: String,
        /// The name that was given.
        given: String,
    },
    /// The database's.
    #[error(transparent)]
    Backend(#[from] BackendError),
}

/// Marks a database as protected under a name, or ends the protection of that name, where `off`; under the migration lock.
/// Whether that has changed anything.
///
/// # Errors
/// [`ProtectError::OtherName`] where it is protected under another name, and the database's.
pub fn protect(backend: &mut dyn Backend, name: &str, off: bool, actor: &str) -> Result<bool, ProtectError> {
    backend.lock()?;
    let wanted = (!off).then_some(name);
    let known = match backend.protection()? {
        Some(known) if known != name => {
            return Err(ProtectError::OtherName { known, given: name.to_owned() });
        }
        known => known,
    };
    if known.as_deref() == wanted {
        return Ok(false);
    }
    let state = backend.state()?;
    backend.ensure_tables(&state, 0)?;
    backend.set_protection(wanted, actor)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_leaves_no_rows_erases() {
        let rows = |ids: &[&str]| ids.iter().map(|id| RevisionId::recorded(id)).collect::<Vec<_>>();
        assert!(erases(&rows(&["a", "b"]), &rows(&[])));
        assert!(!erases(&rows(&["a", "b"]), &rows(&["a"])));
        assert!(!erases(&rows(&[]), &rows(&[])));
        assert!(!erases(&rows(&[]), &rows(&["a"])));
    }
}
