//! What git knows of the scripts: read through its own plumbing commands. Nothing here writes, nor asks a network.

mod error;
mod object_id;
mod three_way;
mod tree;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub use error::GitError;
pub use object_id::ObjectId;
pub use three_way::{Merged, three_way};
use tree::{read_batch, read_tree};

/// A work tree under git.
#[derive(Debug, Clone)]
pub struct Repository {
    root: PathBuf,
}

impl Repository {
    /// The repository that a folder is in.
    ///
    /// # Errors
    /// [`GitError::NotInstalled`] and [`GitError::NotARepository`].
    pub fn discover(folder: &Path) -> Result<Self, GitError> {
        let output = run(git(folder, ["rev-parse", "--show-toplevel"]), None)?;
        if !output.status.success() {
            return Err(GitError::NotARepository { folder: folder.to_owned(), message: message(&output) });
        }
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(Self { root: PathBuf::from(text.trim_end_matches(['\n', '\r'])) })
    }

    /// The top folder of the work tree, as git names it.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The commit that a name stands for.
    ///
    /// # Errors
    /// [`GitError::UnknownRef`].
    pub fn commit(&self, name: &str) -> Result<ObjectId, GitError> {
        let commit = format!("{name}^{{commit}}");
        let output =
            run(git(&self.root, ["rev-parse", "--verify", "--quiet", "--end-of-options", &commit]), None)?;
        if !output.status.success() {
            return Err(GitError::UnknownRef { name: name.to_owned() });
        }
        Ok(ObjectId(String::from_utf8_lossy(&output.stdout).trim().to_owned()))
    }

    /// The commit that two others have last had in common.
    ///
    /// # Errors
    /// [`GitError::NoMergeBase`].
    pub fn merge_base(&self, ours: &ObjectId, theirs: &ObjectId) -> Result<ObjectId, GitError> {
        let output = run(git(&self.root, ["merge-base", ours.as_str(), theirs.as_str()]), None)?;
        let text = String::from_utf8_lossy(&output.stdout);
        match text.lines().next() {
            Some(line) if output.status.success() => Ok(ObjectId(line.to_owned())),
            _ => Err(GitError::NoMergeBase { message: message(&output) }),
        }
    }

    /// The commits of the branch that is checked out in which something of some paths, relative to the repository's
    /// folder, has changed: newest first, `limit` at most. None where there is no commit yet.
    ///
    /// # Errors
    /// [`GitError::Failed`].
    pub fn commits_of(&self, paths: &[&Path], limit: usize) -> Result<Vec<ObjectId>, GitError> {
        if self.commit("HEAD").is_err() {
            return Ok(Vec::new());
        }
        let mut command = git(&self.root, ["rev-list", "--max-count"]);
        command.arg(limit.to_string()).args(["HEAD", "--"]).args(paths);
        let output = succeeded("rev-list", run(command, None)?)?;
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(text.lines().map(|line| ObjectId(line.to_owned())).collect())
    }

    /// The path of a folder of the work tree in the repository.
    ///
    /// # Errors
    /// [`GitError::Outside`].
    pub fn relative(&self, path: &Path) -> Result<PathBuf, GitError> {
        let outside = || GitError::Outside { path: path.to_owned(), root: self.root.clone() };
        let root = self.root.canonicalize().unwrap_or_else(|_| self.root.clone());
        // The folder may be gone from the work tree and still be on the other side.
        let absolute = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        absolute
            .strip_prefix(&root)
            .or_else(|_| path.strip_prefix(&self.root))
            .map(Path::to_owned)
            .map_err(|_| outside())
    }

    /// The files of a commit in a folder, by their paths in the repository. Without `recursive` those of its
    /// subfolders are left out.
    ///
    /// # Errors
    /// [`GitError::Failed`].
    pub fn files(
        &self,
        commit: &ObjectId,
        folder: &Path,
        recursive: bool,
    ) -> Result<BTreeMap<PathBuf, ObjectId>, GitError> {
        let mut command = git(&self.root, ["ls-tree", "-z", "--full-tree"]);
        if recursive {
            command.arg("-r");
        }
        command.arg(commit.as_str()).arg("--");
        if !folder.as_os_str().is_empty() {
            // With the slash it is the folder's content that is listed.
            command.arg(folder.join(""));
        }
        Ok(read_tree(&succeeded("ls-tree", run(command, None)?)?.stdout))
    }

    /// What the contents of files would be named, line endings and filters as git has them.
    ///
    /// # Errors
    /// [`GitError::Failed`].
    pub fn hash_files(&self, paths: &[PathBuf]) -> Result<Vec<ObjectId>, GitError> {
        if paths.is_empty() {
            return Ok(Vec::new());
        }
        let mut input = Vec::new();
        for path in paths {
            input.extend_from_slice(path.as_os_str().as_encoded_bytes());
            input.push(b'\n');
        }
        let output = run(git(&self.root, ["hash-object", "--stdin-paths"]), Some(input))?;
        let output = succeeded("hash-object", output)?;
        let names = String::from_utf8_lossy(&output.stdout);
        let names: Vec<ObjectId> = names.lines().map(|line| ObjectId(line.to_owned())).collect();
        if names.len() == paths.len() {
            return Ok(names);
        }
        Err(GitError::Failed { command: "hash-object", message: "a path holds a line break".to_owned() })
    }

    /// The contents with these names, in their order.
    ///
    /// # Errors
    /// [`GitError::Failed`], also where one is missing.
    pub fn contents(&self, names: &[ObjectId]) -> Result<Vec<Vec<u8>>, GitError> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let input: String = names.iter().map(|name| format!("{}\n", name.as_str())).collect();
        let output = run(git(&self.root, ["cat-file", "--batch"]), Some(input.into_bytes()))?;
        let output = succeeded("cat-file", output)?;
        read_batch(&output.stdout, names.len()).ok_or_else(|| GitError::Failed {
            command: "cat-file",
            message: "a content is missing".to_owned(),
        })
    }
}

fn git<const N: usize>(folder: &Path, arguments: [&str; N]) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(arguments.iter().map(OsStr::new));
    // A hook is run with these, some of them relative to a folder that is not this one.
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
        command.env_remove(variable);
    }
    // Nothing is written beside, nothing is fetched into a partial clone, and messages are in English.
    command.env("GIT_OPTIONAL_LOCKS", "0").env("GIT_NO_LAZY_FETCH", "1").env("LC_ALL", "C");
    command
}

fn run(mut command: Command, input: Option<Vec<u8>>) -> Result<Output, GitError> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => GitError::NotInstalled,
        _ => GitError::Failed { command: "git", message: error.to_string() },
    };
    command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(failed)?;
    // Both sides of a pipe are limited: what is written and what is read have to go on at the same time.
    let writer = child.stdin.take().zip(input).map(|(mut stdin, input)| {
        std::thread::spawn(move || {
            // A git that ends early says why by itself.
            let _ = stdin.write_all(&input);
        })
    });
    let output = child.wait_with_output().map_err(failed)?;
    if let Some(writer) = writer
        && let Err(panic) = writer.join()
    {
        std::panic::resume_unwind(panic);
    }
    Ok(output)
}

fn succeeded(command: &'static str, output: Output) -> Result<Output, GitError> {
    if output.status.success() {
        return Ok(output);
    }
    Err(GitError::Failed { command, message: message(&output) })
}

fn message(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).trim().to_owned()
}
