//! The files in the script folders, by their names.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::directory::ScriptProblem;
use super::pair::side;
use crate::config::Config;

/// The names of the files in each folder. A folder that is listed twice has its names twice.
///
/// Names and folders are apart: of ten thousand revisions the paths would take longer to make than the names to read.
pub(super) type Listing = BTreeMap<PathBuf, Vec<OsString>>;

/// The files of all script folders.
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
        let mut names = Vec::new();
        for entry in entries {
            match entry {
                Ok(entry) => {
                    let name = entry.file_name();
                    let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
                    if is_folder && name.to_str().and_then(side).is_none() {
                        folders.extend(Some(folder.join(name)).filter(|below| enters(below)));
                    } else {
                        names.push(name);
                    }
                }
                Err(source) => problems.push(ScriptProblem::Folder { path: folder.clone(), source }),
            }
        }
        listing.entry(folder).or_default().append(&mut names);
    }
}
