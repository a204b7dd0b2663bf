//! Paths as documents have them.

use std::path::Path;

/// A path as text. What of it is no UTF-8 is replaced.
pub(super) fn text(path: &Path) -> String {
    path.display().to_string()
}
