//! Scripts that have been compiled into a program. Pure.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::archive::{Archive, Backup};
use super::body::Side;
use super::declared::{self, Declarations, ScriptFiles};
use super::directory::ScriptDirectory;
use super::file::FileError;
use super::names::{ending, side};
use super::problem::ScriptProblem;
use super::read_mode::ReadMode;
use super::revision_files::{HeldTexts, Script, ScriptTexts};
use crate::graph::Revision;

/// The folder of what squashes have replaced, among scripts that are compiled in.
pub const BACKUP: &str = "backup";

/// The two scripts of one stem.
#[derive(Default)]
struct Pair {
    up: Option<HeldFile>,
    down: Option<HeldFile>,
}

struct HeldFile {
    path: PathBuf,
    text: Arc<str>,
}

impl ScriptDirectory {
    /// Takes texts for the files of script folders, each with the path that messages name. Those in a folder of the
    /// name `backup` are what squashes have replaced. What has not a script's name is passed over.
    ///
    /// # Errors
    /// Every problem found.
    pub fn of_texts<'t>(
        files: impl IntoIterator<Item = (&'t str, &'t str)>,
    ) -> Result<Self, Vec<ScriptProblem>> {
        let (replaced, own): (Vec<_>, Vec<_>) =
            files.into_iter().partition(|(path, _)| is_in_backup(Path::new(path)));
        let mut problems = Vec::new();
        let declared = declared(replaced, &mut problems);
        let archive = Archive::of(declared, &mut problems);
        let declared = self::declared(own, &mut problems);
        Self::assemble(declared, problems, Vec::new(), Backup::Program(archive))
    }
}

fn is_in_backup(path: &Path) -> bool {
    path.parent().and_then(Path::file_name).is_some_and(|folder| folder == BACKUP)
}

/// The revisions that texts declare, in the order of their ids.
fn declared(files: Vec<(&str, &str)>, problems: &mut Vec<ScriptProblem>) -> Declarations {
    let mut declared = Declarations::default();
    for pair in pairs(files).into_values() {
        match read(pair) {
            Ok(pair) => declared.push(pair),
            Err(problem) => problems.push(problem),
        }
    }
    declared.sort();
    declared
}

fn pairs<'t>(files: Vec<(&'t str, &'t str)>) -> BTreeMap<&'t str, Pair> {
    let mut pairs: BTreeMap<&str, Pair> = BTreeMap::new();
    for (path, text) in files {
        let Some(side) = side(path) else { continue };
        let pair = pairs.entry(path.strip_suffix(ending(side)).unwrap_or(path)).or_default();
        let file = Some(HeldFile { path: PathBuf::from(path), text: Arc::from(text) });
        match side {
            Side::Up => pair.up = file,
            Side::Down => pair.down = file,
        }
    }
    pairs
}

fn read(pair: Pair) -> Result<(Revision, Script), ScriptProblem> {
    let (up, down) = match pair {
        Pair { up: Some(up), down } => (up, down),
        Pair { up: None, down } => {
            let path = down.map(|down| down.path).unwrap_or_default();
            return Err(ScriptProblem::DownWithoutUp { path });
        }
    };
    for file in [Some(&up), down.as_ref()].into_iter().flatten() {
        refuse_nul(file)?;
    }
    let (down_path, down_text) = down.map(|down| (down.path, down.text)).unzip();
    let source = up.path.display().to_string();
    let files = ScriptFiles { up: up.path, down: down_path, source };
    let (revision, mut script) = declared::declared(files, &up.text, ReadMode::Checksums)?;
    script.texts = ScriptTexts::Program(HeldTexts { up: up.text, down: down_text });
    Ok((revision, script))
}

fn refuse_nul(file: &HeldFile) -> Result<(), ScriptProblem> {
    match file.text.split_once('\0') {
        Some((before, _)) => {
            let line = before.matches('\n').count() + 1;
            Err(FileError::Nul { path: file.path.clone(), line }.into())
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::sql::Dialect;

    const FILES: [(&str, &str); 5] = [
        ("versions/a_one.up.sql", "-- one\n-- revision: a\n\nCREATE TABLE one (id INTEGER);\n"),
        ("versions/a_one.down.sql", "DROP TABLE one;\n"),
        ("versions/b_two.up.sql", "-- two\n-- revision: b\n-- down_revision: a\n"),
        ("versions/heads", "b\n"),
        ("versions/readme.sql", "no script"),
    ];

    #[test]
    fn texts_are_what_their_files_would_be() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("versions")).expect("it is new");
        for (path, text) in FILES {
            std::fs::write(folder.path().join(path), text).expect("it can be written");
        }
        let files =
            ScriptDirectory::load(&Config::defaults(folder.path()), ReadMode::Checksums).expect("scripts");
        let texts = ScriptDirectory::of_texts(FILES).expect("scripts");
        assert_eq!(texts.graph().len(), 2);
        for node in texts.graph().nodes() {
            assert_eq!(texts.graph().revision(node), files.graph().revision(node));
            let (text, file) = (texts.script(node), files.script(node));
            assert_eq!((&text.message, text.checksum), (&file.message, file.checksum));
            let (text, file) = (text.bodies(Dialect::Sqlite), file.bodies(Dialect::Sqlite));
            let (text, file) = (text.expect("bodies"), file.expect("bodies"));
            assert_eq!(text.up.text, file.up.text);
            assert_eq!(text.down.map(|down| down.text), file.down.map(|down| down.text));
        }
    }

    #[test]
    fn all_problems_are_told() {
        let problems = ScriptDirectory::of_texts([
            ("x.up.sql", "SELECT 1;\n"),
            ("y.down.sql", "SELECT 1;\n"),
            ("z.up.sql", "-- z\n-- revision: z\n\nSELECT '\0';\n"),
        ])
        .expect_err("problems");
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "the script has no header: it must begin with comment lines, one of them `-- revision: ID`",
                "y.down.sql is a down script without an up script",
                "z.up.sql:4 holds a NUL byte",
            ]
        );
    }
}
