//! Scripts that are compiled into a program.
//!
//! A build script writes the list of the files, and [`embedded_scripts!`](crate::embedded_scripts) takes it in:
//!
//! ```no_run
//! // build.rs
//! fn main() -> Result<(), revgraph::MigratorError> {
//!     revgraph::embed::directory("versions")
//! }
//! ```
//!
//! ```ignore
//! // src/main.rs
//! revgraph::Migrator::embedded(revgraph::embedded_scripts!())?.connect(&url)?.upgrade("head")?;
//! ```
//!
//! The scripts are checked when the program is built. In `Cargo.toml` a build script needs neither the databases nor
//! the command line:
//!
//! ```toml
//! [build-dependencies]
//! revgraph = { version = "0.1", default-features = false }
//! ```

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Migrator, MigratorError};
use crate::script::BACKUP;
use crate::sql::Dialect;

/// The name of the list, below `OUT_DIR`.
const FILE_NAME: &str = "revgraph_scripts.rs";

/// Has the scripts of a folder compiled into the package whose build script calls this; the folder is relative to the
/// package. They are compiled in again when a file of the folder changes, comes or goes.
///
/// # Errors
/// [`MigratorError::Folder`] and [`MigratorError::Scripts`], which end the build with what is wrong, and
/// [`MigratorError::Embed`], also where this is not called from a build script.
///
/// ```no_run
/// fn main() -> Result<(), revgraph::MigratorError> {
///     revgraph::embed::directory("versions")
/// }
/// ```
pub fn directory(folder: impl AsRef<Path>) -> Result<(), MigratorError> {
    let folder = folder.as_ref();
    println!("cargo::rerun-if-changed={}", folder.display());
    let list = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default()).join(FILE_NAME);
    let text = list_of(folder)?;
    fs::write(&list, text).map_err(|source| MigratorError::Embed { path: list, source })
}

/// The list as Rust: paths and texts.
fn list_of(folder: &Path) -> Result<String, MigratorError> {
    let Migrator { scripts, .. } = Migrator::from_directory(folder)?;
    let archive = scripts.archive().map_err(MigratorError::Scripts)?;
    let own = scripts.graph().nodes().map(|node| (scripts.script(node), folder.to_owned()));
    let replaced = archive.revisions().map(|(_, script)| (script, folder.join(BACKUP)));
    let mut problems = Vec::new();
    let mut list = String::from("&[\n");
    for (script, shown_folder) in own.chain(replaced) {
        for dialect in [Dialect::Postgres, Dialect::Sqlite] {
            problems.extend(script.bodies(dialect).err());
        }
        for file in std::iter::once(&script.up).chain(&script.down) {
            list.push_str(&entry_of(file, &shown_folder)?);
        }
    }
    list.push_str("] as &[(&str, &str)]\n");
    if problems.is_empty() { Ok(list) } else { Err(MigratorError::Scripts(problems)) }
}

/// A file's line of the list: its name in the folder as it was given, and the text that is at its whole path.
fn entry_of(file: &Path, shown_folder: &Path) -> Result<String, MigratorError> {
    let path = file.to_str().ok_or_else(|| MigratorError::Embed {
        path: file.to_owned(),
        source: io::Error::new(io::ErrorKind::InvalidFilename, "the path is not UTF-8"),
    })?;
    let shown = shown_folder.join(file.file_name().unwrap_or_default());
    Ok(format!("    ({:?}, include_str!({path:?})),\n", shown.display().to_string()))
}

/// The scripts that [`embed::directory`](crate::embed::directory) has listed, for [`Migrator::embedded`]: a
/// `&'static [(&'static str, &'static str)]`.
///
/// ```ignore
/// let migrator = revgraph::Migrator::embedded(revgraph::embedded_scripts!())?;
/// ```
#[macro_export]
macro_rules! embedded_scripts {
    () => {
        include!(concat!(env!("OUT_DIR"), "/revgraph_scripts.rs"))
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_has_both_scripts_of_each_revision() {
        let folder = tempfile::tempdir().expect("a folder");
        let write =
            |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("it can be written");
        write("b_two.up.sql", "-- two\n-- revision: b\n-- down_revision: a\n");
        write("a_\"one\".up.sql", "-- one\n-- revision: a\n");
        write("a_\"one\".down.sql", "DROP TABLE one;\n");
        write("heads", "b\n");
        fs::create_dir(folder.path().join("backup")).expect("it is new");
        write("backup/c.up.sql", "-- replaced\n-- revision: c\n");
        let list = list_of(folder.path()).expect("a list");
        let place = folder.path().display();
        assert_eq!(
            list,
            format!(
                "&[\n    (\"{place}/a_\\\"one\\\".up.sql\", include_str!(\"{place}/a_\\\"one\\\".up.sql\")),\n    \
                 (\"{place}/a_\\\"one\\\".down.sql\", include_str!(\"{place}/a_\\\"one\\\".down.sql\")),\n    \
                 (\"{place}/b_two.up.sql\", include_str!(\"{place}/b_two.up.sql\")),\n    \
                 (\"{place}/backup/c.up.sql\", include_str!(\"{place}/backup/c.up.sql\")),\n] as &[(&str, &str)]\n"
            )
        );
    }

    #[test]
    fn unsound_scripts_end_the_build() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("a.up.sql"), "-- a\n-- revision: a\n-- revgraph: only sqlite\n")
            .expect("a file");
        let error = list_of(folder.path()).expect_err("an error");
        let place = folder.path().join("a.up.sql");
        assert!(
            format!("{error:?}")
                .starts_with(&format!("the scripts cannot be used: {}:3:1: ", place.display())),
            "{error:?}"
        );
    }
}
