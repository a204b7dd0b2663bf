//! What the models of a desired schema were, as git has it.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use super::models::{Models, is_model_file_below};
use crate::git::{GitError, ObjectId, Repository};
use crate::prisma::{self, Schema, SourceFile};

/// How many commits are looked at. What has been renamed before is in the scripts, as a rule.
const COMMITS: usize = 50;

/// The former models, read when somebody asks for them.
#[derive(Debug, Default)]
pub struct FormerModels {
    schemas: OnceCell<Vec<Schema>>,
}

impl FormerModels {
    /// What the models were in the last commits that changed them, newest first. Commits whose models have faults are
    /// left out; without git, or outside of a repository, there are none.
    #[must_use]
    pub fn of(&self, models: &Models) -> &[Schema] {
        self.schemas.get_or_init(|| read(&models.roots).unwrap_or_default())
    }
}

fn read(roots: &[PathBuf]) -> Result<Vec<Schema>, GitError> {
    let Some(first) = roots.first() else { return Ok(Vec::new()) };
    let repository = Repository::discover(first.parent().unwrap_or(first))?;
    let relative: Vec<PathBuf> =
        roots.iter().map(|root| repository.relative(root)).collect::<Result<_, _>>()?;
    let paths: Vec<&Path> = relative.iter().map(PathBuf::as_path).collect();
    let mut schemas: Vec<Schema> = Vec::new();
    for commit in repository.commits_of(&paths, COMMITS)? {
        let files = files(&repository, &commit, &paths)?;
        schemas.extend(prisma::read(&files).ok().filter(|schema| schemas.last() != Some(schema)));
    }
    Ok(schemas)
}

/// The files of models as they are in a commit.
fn files(repository: &Repository, commit: &ObjectId, roots: &[&Path]) -> Result<Vec<SourceFile>, GitError> {
    let mut found = Vec::new();
    for root in roots {
        let folder = root.parent().unwrap_or(root);
        // A file that is a folder now, or the other way round, is found too.
        let there = repository.files(commit, folder, true)?;
        found.extend(there.into_iter().filter(|(path, _)| match path.strip_prefix(root) {
            Ok(below) => below.as_os_str().is_empty() || is_model_file_below(below),
            Err(_) => false,
        }));
    }
    let names: Vec<ObjectId> = found.iter().map(|(_, name)| name.clone()).collect();
    let texts = repository.contents(&names)?;
    let file = |((path, _), text): ((PathBuf, ObjectId), Vec<u8>)| SourceFile {
        path,
        text: String::from_utf8_lossy(&text).into_owned(),
    };
    Ok(found.into_iter().zip(texts).map(file).collect())
}
