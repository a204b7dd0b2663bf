//! What the names of files say.

use std::cmp::Ordering;
use std::ffi::OsStr;
use std::path::Path;

use super::body::Side;

/// The name of the heads file.
pub(super) const HEADS: &str = "heads";

/// How the file of this side's script ends.
pub(super) fn ending(side: Side) -> &'static str {
    match side {
        Side::Up => ".up.sql",
        Side::Down => ".down.sql",
    }
}

/// The side, where the name is a script's.
pub(super) fn side(name: &str) -> Option<Side> {
    [Side::Up, Side::Down].into_iter().find(|side| name.ends_with(ending(*side)))
}

/// Which side's script a file is, by its name.
#[must_use]
pub fn side_of(path: &Path) -> Option<Side> {
    path.file_name().and_then(OsStr::to_str).and_then(side)
}

/// The order of the bytes of two paths, each without the ending that tells the side.
pub(super) fn by_stem(a: &Path, b: &Path) -> Ordering {
    stem(a).cmp(stem(b))
}

fn stem(path: &Path) -> &[u8] {
    let bytes = path.as_os_str().as_encoded_bytes();
    side_of(path).and_then(|side| bytes.strip_suffix(ending(side).as_bytes())).unwrap_or(bytes)
}
