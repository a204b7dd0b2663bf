//! What a protected database does not let happen without its name.

use super::{ExecuteError, Options};
use crate::backend::Backend;
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
