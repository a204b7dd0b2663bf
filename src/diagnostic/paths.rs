//! Paths in messages.

use std::path::Path;

/// A path for people: relative where it lies below the current folder.
pub fn from_here(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).display().to_string()
}
