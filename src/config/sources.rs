//! What a configuration is made from beside its files.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

/// What the command line and the process say. `Debug` leaves out every value, as any may hold a
/// password.
#[derive(Clone, Default)]
pub struct Sources {
    /// The folder that the command runs in, absolute.
    pub current_directory: PathBuf,
    /// `-c`: the configuration file, which then has to exist.
    pub config_file: Option<PathBuf>,
    /// `-n`: the `[env.NAME]` to lay over the file.
    pub section: Option<String>,
    /// `--url`.
    pub url: Option<String>,
    /// Keys of the file that other flags set, with their values as text.
    pub overrides: BTreeMap<String, String>,
    /// The variables of the process.
    pub environment: BTreeMap<String, String>,
}

impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sources")
            .field("current_directory", &self.current_directory)
            .field("config_file", &self.config_file)
            .field("section", &self.section)
            .field("overrides", &self.overrides.keys())
            .finish_non_exhaustive()
    }
}
