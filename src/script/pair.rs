//! Up and down scripts by their names, and which of them belong together.

use std::cmp::Ordering;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::body::Side;
use super::directory::ScriptProblem;
use super::listing::Listing;

/// The files of one revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair<'l> {
    folder: &'l Path,
    /// The folder as messages name it: the end of its path.
    shown_folder: &'l Path,
    stem: &'l str,
    has_down: bool,
}

impl Pair<'_> {
    /// The up script.
    pub(super) fn up(&self) -> PathBuf {
        script_path(self.folder, self.stem, Side::Up)
    }

    /// The down script, where there is one.
    pub(super) fn down(&self) -> Option<PathBuf> {
        self.has_down.then(|| script_path(self.folder, self.stem, Side::Down))
    }

    /// The up script as messages name it.
    pub(super) fn source(&self) -> String {
        let path = script_path(self.shown_folder, self.stem, Side::Up).into_os_string();
        path.into_string().unwrap_or_else(|path| path.display().to_string())
    }
}

/// Allocates once: there are many.
fn script_path(folder: &Path, stem: &str, side: Side) -> PathBuf {
    let ending = ending(side);
    let mut path = PathBuf::with_capacity(folder.as_os_str().len() + 1 + stem.len() + ending.len());
    path.push(folder);
    path.push(stem);
    path.as_mut_os_string().push(ending);
    path
}

/// Puts up and down scripts together by the stem of their names; other files are left out. Pairs and problems are in
/// the order of the folders, and in each in that of [`by_stem`]. Messages name scripts relative to `directory`.
pub(super) fn pair_files<'l>(
    listing: &'l Listing,
    directory: &Path,
    problems: &mut Vec<ScriptProblem>,
) -> Vec<Pair<'l>> {
    let mut pairs = Vec::new();
    let mut unpaired = Vec::new();
    for (folder, names) in listing {
        let shown_folder = folder.strip_prefix(directory).unwrap_or(folder);
        let mut scripts: Vec<ScriptName<'_>> = names.scripts().filter_map(ScriptName::new).collect();
        scripts.sort_unstable();
        pairs.reserve(scripts.len() / 2);
        for scripts in scripts.chunk_by(|a, b| a.stem == b.stem) {
            let [ScriptName { stem, side, .. }, ..] = scripts else { continue };
            // A folder that somebody writes to while it is listed may show the later of two files only.
            if *side == Side::Up || script_path(folder, stem, Side::Up).exists() {
                let has_down = scripts.iter().any(|script| script.side == Side::Down);
                pairs.push(Pair { folder, shown_folder, stem, has_down });
            } else {
                unpaired.push(script_path(folder, stem, Side::Down));
            }
        }
    }
    unpaired.sort_by(|a, b| by_stem(a, b));
    problems.extend(unpaired.into_iter().map(|path| ScriptProblem::DownWithoutUp { path }));
    pairs
}

/// The name of a script; in order, by the bytes of its stem, and up before down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct ScriptName<'l> {
    /// The first bytes of the stem. They stand here so that a comparison rarely has to go and look at the name.
    beginning: [u8; 16],
    stem: &'l str,
    side: Side,
}

impl<'l> ScriptName<'l> {
    fn new(name: &'l str) -> Option<Self> {
        let side = side(name)?;
        let stem = name.strip_suffix(ending(side))?;
        let mut beginning = [0; 16];
        beginning.iter_mut().zip(stem.bytes()).for_each(|(place, byte)| *place = byte);
        Some(Self { beginning, stem, side })
    }
}

/// What tells the side.
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
