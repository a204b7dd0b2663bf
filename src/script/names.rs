//! What the names of files say.

use std::cmp::Ordering;
use std::ffi::OsStr;
use std::path::Path;

use super::body::Side;

/// The name of the heads file in a script folder.
pub(super) const HEADS: &str = "heads";

/// The end of the file name of this side's scripts, as `.up.sql`.
pub(super) fn ending(side: Side) -> &'static str {
    match side {
        Side::Up => ".up.sql",
        Side::Down => ".down.sql",
    }
}

/// The side of the script with this file name; none where it ends as no script does.
pub(super) fn side(name: &str) -> Option<Side> {
    [Side::Up, Side::Down].into_iter().find(|side| name.ends_with(ending(*side)))
}

/// Which side's script a file is, by the end of its name; none where it is no script, or the name is no UTF-8.
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
