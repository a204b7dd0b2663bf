//! The two sides of a merge and their common commit, and the scripts that come of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::super::MergeProblem;
use crate::config::Config;
use crate::git::{GitError, Merged, ObjectId, Repository, three_way};
use crate::script::{Header, ScriptReader, Side, parse, side_of, survey};

type Tree = BTreeMap<PathBuf, ObjectId>;

/// The scripts of each side by their paths in the repository.
pub(super) struct Sides {
    /// The work tree's folder.
    pub(super) root: PathBuf,
    pub(super) base: Tree,
    pub(super) ours: Tree,
    pub(super) theirs: Tree,
}

/// An up script of the merged tree.
pub(super) struct Script {
    pub(super) path: PathBuf,
    /// Its path for people: where the work tree does not have it, as `REF:PATH`.
    pub(super) file: String,
    pub(super) header: Header,
    /// Whether the other side has it too, whatever is in it there.
    pub(super) in_theirs: bool,
}

/// Whether a path is an up script's, by the end of its name.
pub(super) fn is_up(path: &Path) -> bool {
    side_of(path) == Some(Side::Up)
}

impl Sides {
    /// Lists the scripts of the work tree, of commit `theirs` and of `base`, which both stand on.
    ///
    /// # Errors
    /// [`GitError`] of a script folder outside of the repository, and of git.
    pub(super) fn read(
        config: &Config,
        repository: &Repository,
        base: &ObjectId,
        theirs: &ObjectId,
    ) -> Result<Self, GitError> {
        let mut folders = Vec::with_capacity(config.version_locations.len());
        for location in &config.version_locations {
            folders.push((location, repository.relative(location)?));
        }
        // It need not be in the repository.
        let backup = repository.relative(&config.backup_location).ok();
        let tree = |commit: &ObjectId| -> Result<Tree, GitError> {
            let mut tree = Tree::new();
            for (_, folder) in &folders {
                tree.extend(repository.files(commit, folder, config.recursive_version_locations)?);
            }
            let is_backup = |path: &Path| backup.as_ref().is_some_and(|backup| path.starts_with(backup));
            tree.retain(|path, _| side_of(path).is_some() && !is_backup(path));
            Ok(tree)
        };
        let (base, theirs) = (tree(base)?, tree(theirs)?);
        let paths: Vec<PathBuf> = survey(config)
            .scripts
            .iter()
            .filter_map(|(path, _)| {
                folders
                    .iter()
                    .find_map(|(location, folder)| Some(folder.join(path.strip_prefix(location).ok()?)))
            })
            .collect();
        let names = repository.hash_files(&paths)?;
        let ours = paths.into_iter().zip(names).collect();
        Ok(Self { root: repository.root().to_owned(), base, ours, theirs })
    }

    fn merged(&self, path: &PathBuf) -> Merged {
        three_way(self.base.get(path), self.ours.get(path), self.theirs.get(path))
    }
}

/// Reads the headers of the merged tree; `reference` is what messages call the other side. Of a script that differs on
/// both sides the work tree's counts. Scripts that cannot be read, or that both sides have changed, become `problems`.
///
/// # Errors
/// [`GitError`] where git does not give the other side's texts.
pub(super) fn read_scripts(
    repository: &Repository,
    sides: &Sides,
    reference: &str,
    problems: &mut Vec<MergeProblem>,
) -> Result<Vec<Script>, GitError> {
    let mut paths: Vec<&PathBuf> = sides.ours.keys().chain(sides.theirs.keys()).collect();
    paths.sort();
    paths.dedup();
    let mut scripts = Vec::new();
    let mut from_theirs: Vec<(&PathBuf, ObjectId)> = Vec::new();
    let mut reader = ScriptReader::default();
    for path in paths {
        let merged = sides.merged(path);
        if merged == Merged::Conflict {
            problems.push(MergeProblem::ChangedOnBothSides { path: path.clone() });
        }
        if !is_up(path) || merged == Merged::Gone {
            continue;
        }
        match (merged, sides.ours.contains_key(path), sides.theirs.get(path)) {
            (Merged::Ours | Merged::Conflict, true, _) => {
                let text = reader.header(&sides.root.join(path)).map_err(|error| error.to_string());
                let header = text.and_then(|text| parse(text).map_err(|error| error.to_string()));
                add(&mut scripts, problems, sides, path, path.display().to_string(), header);
            }
            (_, _, Some(name)) => from_theirs.push((path, name.clone())),
            _ => {}
        }
    }
    let names: Vec<ObjectId> = from_theirs.iter().map(|(_, name)| name.clone()).collect();
    for ((path, _), content) in from_theirs.into_iter().zip(repository.contents(&names)?) {
        let text = String::from_utf8(content).map_err(|_| "it is not UTF-8".to_owned());
        let header = text.and_then(|text| parse(&text).map_err(|error| error.to_string()));
        add(&mut scripts, problems, sides, path, format!("{reference}:{}", path.display()), header);
    }
    scripts.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(scripts)
}

fn add(
    scripts: &mut Vec<Script>,
    problems: &mut Vec<MergeProblem>,
    sides: &Sides,
    path: &Path,
    file: String,
    header: Result<Header, String>,
) {
    match header {
        Ok(header) => {
            let in_theirs = sides.theirs.contains_key(path);
            scripts.push(Script { path: path.to_owned(), file, header, in_theirs });
        }
        Err(message) => problems.push(MergeProblem::Unreadable { file, message }),
    }
}
