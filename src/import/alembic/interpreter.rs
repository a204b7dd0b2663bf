//! Which Python runs an environment.

use std::path::{Path, PathBuf};

/// What people call the folder of a virtual environment.
const FOLDERS: [&str; 3] = [".venv", "venv", "env"];
/// How far above the environment it is looked for.
const LEVELS: usize = 4;

/// The Python to run: that of a virtual environment where a folder is asked for, what is asked for, else the nearest
/// virtual environment of the folder and those above it, else the one of `PATH`.
pub(super) fn find(asked: Option<&Path>, folder: &Path) -> PathBuf {
    match asked {
        Some(path) if path.is_dir() => program_of(path),
        Some(path) => path.to_owned(),
        None => beside(folder).unwrap_or_else(|| PathBuf::from("python3")),
    }
}

fn beside(folder: &Path) -> Option<PathBuf> {
    // A relative folder has no name above the current one.
    let folder = std::path::absolute(folder).ok()?;
    let near = folder.ancestors().take(LEVELS);
    near.flat_map(|above| FOLDERS.map(|name| program_of(&above.join(name)))).find(|program| program.is_file())
}

fn program_of(environment: &Path) -> PathBuf {
    if cfg!(windows) { environment.join("Scripts/python.exe") } else { environment.join("bin/python") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_nearest_virtual_environment_is_taken() {
        let root = tempfile::tempdir().expect("a folder");
        let folder = root.path().join("app/migrations");
        fs::create_dir_all(&folder).expect("a folder");
        let make = |environment: &Path| {
            let program = program_of(environment);
            fs::create_dir_all(program.parent().expect("it has one")).expect("a folder");
            fs::write(&program, "").expect("a file");
            program
        };
        let far = make(&root.path().join("venv"));
        assert_eq!(find(None, &folder), far);
        let near = make(&root.path().join("app/.venv"));
        assert_eq!(find(None, &folder), near);
        assert_eq!(find(Some(&root.path().join("venv")), &folder), far);
        assert_eq!(find(Some(Path::new("python3.12")), &folder), Path::new("python3.12"));
    }
}
