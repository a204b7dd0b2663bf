//! `sqitch.conf`, as far as it says where files are: the format of git's configuration.

use std::path::{Path, PathBuf};

use super::super::error::ImportError;
use super::super::files::read_source;
use crate::sql::Dialect;

const FILE: &str = "sqitch.conf";

/// Where a project has its files, and for which database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Configuration {
    pub dialect: Option<Dialect>,
    pub plan_file: PathBuf,
    pub deploy_folder: PathBuf,
    pub revert_folder: PathBuf,
    pub verify_folder: PathBuf,
    pub extension: String,
}

impl Configuration {
    /// Reads `sqitch.conf` in `folder`; where there is none, or a key is missing, Sqitch's defaults hold.
    ///
    /// # Errors
    /// [`ImportError::Provider`] of an engine that revgraph does not speak, and of a file that cannot be read.
    pub(super) fn read(folder: &Path) -> Result<Self, ImportError> {
        let path = folder.join(FILE);
        let text = if path.is_file() { read_source(&path)?.text } else { String::new() };
        let core = |key: &str| core_value(&text, key);
        let dialect = match core("engine") {
            None => None,
            Some("pg") => Some(Dialect::Postgres),
            Some("sqlite") => Some(Dialect::Sqlite),
            Some(other) => return Err(ImportError::Provider { file: path, provider: other.to_owned() }),
        };
        let top = folder.join(core("top_dir").unwrap_or("."));
        let below_top =
            |key: &str, name: &str| core(key).map_or_else(|| top.join(name), |path| folder.join(path));
        Ok(Self {
            dialect,
            plan_file: clean(below_top("plan_file", "sqitch.plan")),
            deploy_folder: clean(below_top("deploy_dir", "deploy")),
            revert_folder: clean(below_top("revert_dir", "revert")),
            verify_folder: clean(below_top("verify_dir", "verify")),
            extension: core("extension").unwrap_or("sql").to_owned(),
        })
    }
}

/// Without `.` inside, for messages.
fn clean(path: PathBuf) -> PathBuf {
    path.components().collect()
}

/// The value of a key of the section `[core]`.
fn core_value<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    let mut in_core = false;
    let mut found = None;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            in_core = line.trim_end_matches(']').trim_start_matches('[').trim().eq_ignore_ascii_case("core");
        } else if in_core
            && let Some((name, value)) = line.split_once('=')
            && name.trim().eq_ignore_ascii_case(key)
        {
            found = Some(value.trim().trim_matches('"'));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_core_section_counts() {
        let text = "[core]\n\tengine = pg\n\t# plan_file = x\n\ttop_dir = \"db\"\n[engine \"pg\"]\n\ttop_dir = other\n";
        assert_eq!(core_value(text, "engine"), Some("pg"));
        assert_eq!(core_value(text, "top_dir"), Some("db"));
        assert_eq!(core_value(text, "plan_file"), None);
    }
}
