//! Paths as documents and sentences have them.

use std::path::Path;

/// How a front end shows a path in a sentence: at a terminal from the current folder on.
pub type ShownPath<'s> = &'s dyn Fn(&Path) -> String;

/// A path as text, in which bytes that are no UTF-8 are replaced by U+FFFD.
pub(super) fn text(path: &Path) -> String {
    path.display().to_string()
}
