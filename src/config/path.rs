//! Relative paths, made absolute without asking the file system.

use std::path::{Path, PathBuf};

/// `path`, which is relative to `directory` unless absolute, without `.` parts and doubled
/// slashes. `..` stays: what it leads to depends on symbolic links.
pub(super) fn absolute(directory: &Path, path: impl AsRef<Path>) -> PathBuf {
    directory.join(path).components().collect()
}
