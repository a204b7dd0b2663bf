//! The files in the script folders, by their names.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::names::side;
use super::problem::ScriptProblem;
use crate::config::Config;

/// The names of the files of each folder that may hold scripts, by the folder's path.
pub(super) type Listing = BTreeMap<PathBuf, Names>;

/// The names of the files in a folder; twice where it was listed twice.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Of scripts, each with a slash behind it, which no name holds. In one text, as ten thousand revisions have so many
    /// that what each would take of memory is felt.
    scripts: String,
    others: Vec<OsString>,
}

impl Names {
    /// The names of the files that end as scripts do.
    pub(super) fn scripts(&self) -> impl Iterator<Item = &str> {
        self.scripts.split_terminator('/')
    }

    /// The names of all files and folders that do not end as scripts do.
    pub(super) fn others(&self) -> impl Iterator<Item = &OsStr> {
        self.others.iter().map(OsString::as_os_str)
    }

    /// Adds the name of a file, which ends as a script's does.
    pub(super) fn add_script(&mut self, name: &str) {
        self.scripts.push_str(name);
        self.scripts.push('/');
    }

    fn append(&mut self, mut other: Self) {
        self.scripts.push_str(&other.scripts);
        self.others.append(&mut other.others);
    }
}

/// Lists the folders of `version_locations`, with those below them where the configuration says so, and never
/// the backup. What cannot be read is a problem.
pub(super) fn list_all(config: &Config, problems: &mut Vec<ScriptProblem>) -> Listing {
    let mut listing = Listing::new();
    let enters = |path: &Path| config.recursive_version_locations && path != config.backup_location;
    for location in &config.version_locations {
        list(location, &enters, &mut listing, problems);
    }
    listing
}

/// Adds the files of a folder, and of those below it that `enters` allows.
pub(super) fn list(
    folder: &Path,
    enters: &dyn Fn(&Path) -> bool,
    listing: &mut Listing,
    problems: &mut Vec<ScriptProblem>,
) {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(source) => {
                problems.push(ScriptProblem::Folder { path: folder, source });
                continue;
            }
        };
        let mut names = Names::default();
        for entry in entries {
            match entry {
                Ok(entry) => {
                    let name = entry.file_name();
                    if let Some(script) = name.to_str().filter(|name| side(name).is_some()) {
                        names.add_script(script);
                    } else if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                        folders.extend(Some(folder.join(name)).filter(|below| enters(below)));
                    } else {
                        names.others.push(name);
                    }
                }
                Err(source) => problems.push(ScriptProblem::Folder { path: folder.clone(), source }),
            }
        }
        listing.entry(folder).or_default().append(names);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_listed_by_folder() {
        let root = tempfile::tempdir().expect("a folder");
        let versions = root.path().join("versions");
        for folder in ["2024/a.up.sql", "backup"] {
            fs::create_dir_all(versions.join(folder)).expect("it is new");
        }
        for file in ["1.up.sql", "1.down.sql", "heads", "2024/2.up.sql", "backup/0.up.sql"] {
            fs::write(versions.join(file), "").expect("it can be written");
        }
        let mut config = Config::defaults(root.path());
        config.version_locations = vec![versions.clone(), root.path().join("gone"), versions.join("2024")];
        let listed = |config: &Config| -> Vec<(PathBuf, Vec<String>)> {
            let mut problems = Vec::new();
            let listing = list_all(config, &mut problems);
            assert!(problems.is_empty(), "{problems:?}");
            let sorted = |names: &Names| {
                let others = names.others().map(|name| name.display().to_string());
                let mut names: Vec<String> = names.scripts().map(str::to_owned).chain(others).collect();
                names.sort();
                names
            };
            listing.iter().map(|(folder, names)| (folder.clone(), sorted(names))).collect()
        };
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let here = (versions.clone(), names(&["1.down.sql", "1.up.sql", "heads"]));
        let below = versions.join("2024");
        // A folder with a script's name is not looked into: that it is none is told when it is read.
        assert_eq!(listed(&config), [here.clone(), (below.clone(), names(&["2.up.sql", "a.up.sql"]))]);
        config.recursive_version_locations = true;
        let twice = names(&["2.up.sql", "2.up.sql", "a.up.sql", "a.up.sql"]);
        assert_eq!(listed(&config), [here, (below, twice)], "and not the backup");
    }
}
