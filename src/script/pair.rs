//! Up and down scripts by their names, and which of them belong together.

use std::path::{Path, PathBuf};

use super::body::Side;
use super::listing::Listing;
use super::names::{by_stem, ending, side};
use super::problem::ScriptProblem;

/// The two files of one revision, found by the name that they share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair<'l> {
    folder: &'l Path,
    /// The folder as messages name it: the end of its path.
    shown_folder: &'l Path,
    stem: &'l str,
    has_down: bool,
}

impl Pair<'_> {
    /// The path of the up script, which every pair has.
    pub(super) fn up(&self) -> PathBuf {
        script_path(self.folder, self.stem, Side::Up)
    }

    /// The path of the down script, where there is one.
    pub(super) fn down(&self) -> Option<PathBuf> {
        self.has_down.then(|| script_path(self.folder, self.stem, Side::Down))
    }

    /// The path of the up script as messages name it.
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

/// Puts up and down scripts together by the stem of their names. The pairs are in the order of the folders, and in each
/// in that of the stems; the problems are in the order of [`by_stem`]. Messages name scripts relative to `directory`.
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::super::listing::Names;
    use super::*;

    /// Folders of which some lie in others, and names of which some begin alike.
    fn any_files() -> impl Strategy<Value = Vec<(String, String)>> {
        let folder = proptest::sample::select(vec!["no/v", "no/v/a", "no/v-2", "no/w"]);
        let name =
            "(a|a-b|ab|é|a_long_name_that_goes_on|a_long_name_that_ends|[a-z]{0,18})(.up.sql|.down.sql)";
        proptest::collection::vec((folder.prop_map(str::to_owned), name), 0..40)
    }

    fn listing(files: &[(String, String)]) -> Listing {
        let mut listing = Listing::new();
        for (folder, name) in files {
            listing.entry(PathBuf::from(folder)).or_default().add_script(name);
        }
        listing
    }

    proptest! {
        #[test]
        fn each_up_script_has_its_down_script_and_the_others_are_told(files in any_files()) {
            let listing = listing(&files);
            let mut problems = Vec::new();
            let pairs = pair_files(&listing, Path::new("no"), &mut problems);

            let paths: BTreeSet<String> = files.iter().map(|(folder, name)| format!("{folder}/{name}")).collect();
            let stems = |ending| paths.iter().filter_map(|path| path.strip_suffix(ending)).collect::<BTreeSet<&str>>();
            let (ups, downs) = (stems(".up.sql"), stems(".down.sql"));
            let found: BTreeSet<PathBuf> = pairs.iter().map(Pair::up).collect();
            prop_assert_eq!(found.len(), pairs.len());
            prop_assert_eq!(found, ups.iter().map(|stem| PathBuf::from(format!("{stem}.up.sql"))).collect());
            for pair in &pairs {
                let up = pair.up().display().to_string();
                let stem = up.trim_end_matches(".up.sql");
                let down = downs.contains(stem).then(|| PathBuf::from(format!("{stem}.down.sql")));
                prop_assert_eq!(pair.down(), down);
                prop_assert_eq!(format!("no/{}", pair.source()), up);
            }
            let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
            let expected: Vec<String> = downs
                .difference(&ups)
                .map(|stem| format!("{stem}.down.sql is a down script without an up script"))
                .collect();
            prop_assert_eq!(told, expected);
        }
    }

    #[test]
    fn an_up_script_that_the_listing_missed_is_there() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("a.up.sql"), "").expect("it can be written");
        let mut names = Names::default();
        names.add_script("a.down.sql");
        let listing = Listing::from([(folder.path().to_owned(), names)]);
        let mut problems = Vec::new();
        let pairs = pair_files(&listing, folder.path(), &mut problems);
        assert!(problems.is_empty());
        assert_eq!(pairs.iter().map(Pair::source).collect::<Vec<_>>(), ["a.up.sql"]);
        assert!(pairs.iter().all(|pair| pair.down().is_some()));
    }
}
