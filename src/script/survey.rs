//! What lies in the script folders, whether or not it makes a history.

use std::path::PathBuf;

use super::Side;
use super::listing::list_all;
use super::names::side;
use crate::config::Config;

/// The files of the script folders, sorted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Survey {
    /// Files with a script's name.
    pub scripts: Vec<(PathBuf, Side)>,
    /// Files that end in `.sql` without being named as a script of either side.
    pub strays: Vec<PathBuf>,
}

/// Lists the script folders of an environment. What cannot be listed is left out.
#[must_use]
pub fn survey(config: &Config) -> Survey {
    let mut survey = Survey::default();
    let mut unlistable = Vec::new();
    for (folder, names) in list_all(config, &mut unlistable) {
        let script = |name: &str| Some((folder.join(name), side(name)?));
        survey.scripts.extend(names.scripts().filter_map(script));
        let is_sql =
            |path: &PathBuf| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("sql"));
        survey.strays.extend(names.others().map(|name| folder.join(name)).filter(is_sql));
    }
    // A location inside another is listed twice where subfolders are looked into.
    survey.scripts.sort_by(|a, b| a.0.cmp(&b.0));
    survey.scripts.dedup();
    survey.strays.sort();
    survey.strays.dedup();
    survey
}
