//! What can be wrong with the scripts of an environment.

use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};

use crate::config::Config;
use crate::excerpt::Excerpt;
use crate::execute::RefusalReason;
use crate::graph::{GraphProblem, RevisionId};
use crate::script::{FileError, ScriptProblem};

/// A word for each kind of problem, for scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// A folder cannot be listed.
    UnreadableFolder,
    /// A file cannot be read as text.
    UnreadableFile,
    /// A header or a directive is malformed.
    Malformed,
    /// A down script without an up script.
    DownWithoutUp,
    /// A `.sql` file that is neither an up nor a down script.
    NotAScript,
    /// Two scripts with one id.
    DuplicateId,
    /// Two revisions with one label.
    DuplicateLabel,
    /// A label that is an id as well.
    LabelIsId,
    /// A parent that no script declares.
    UnknownParent,
    /// A dependency that nothing declares.
    UnknownDependency,
    /// A revision that stands on itself.
    SelfReference,
    /// Revisions that stand on each other.
    Cycle,
    /// A parent or dependency that a squash has replaced.
    ReplacedName,
    /// The id of a revision that a squash has replaced.
    ReservedId,
    /// A revision that two squashes replace.
    ReplacedTwice,
    /// More than one head.
    SeveralHeads,
    /// The heads file does not name the heads.
    StaleHeadsFile,
    /// There is no heads file.
    MissingHeadsFile,
    /// A statement that would end the transaction it runs in.
    TransactionControl,
    /// A statement that no transaction can hold.
    CannotRunInTransaction,
    /// A statement that changes a table of revgraph's own.
    ChangesBookkeeping,
    /// A script that cannot be cut into statements.
    Unsplittable,
}

/// What [`check`](super::check) finds wrong with the scripts; serialised as an entry of its document.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct CheckProblem {
    /// What kind of problem.
    pub kind: ProblemKind,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
    /// The file.
    #[serde(serialize_with = "path_as_text")]
    pub file: Option<PathBuf>,
    /// The line, from 1.
    pub line: Option<usize>,
    /// The column in characters, from 1.
    pub column: Option<usize>,
    /// The place in the script, with the lines around it.
    #[serde(skip)]
    pub excerpt: Option<Box<Excerpt>>,
}

fn path_as_text<S: Serializer>(path: &Option<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
    match path {
        Some(path) => serializer.collect_str(&path.display()),
        None => serializer.serialize_none(),
    }
}

fn comma_separated(ids: &[RevisionId], separator: &str) -> String {
    ids.iter().map(RevisionId::as_str).collect::<Vec<_>>().join(separator)
}

impl CheckProblem {
    /// Whether the problem is one of the graph of the scripts as a whole: what is told of a tree that merging gives has these
    /// already.
    #[must_use]
    pub fn is_of_graph(&self) -> bool {
        matches!(
            self.kind,
            ProblemKind::DuplicateId
                | ProblemKind::DuplicateLabel
                | ProblemKind::LabelIsId
                | ProblemKind::UnknownParent
                | ProblemKind::UnknownDependency
                | ProblemKind::SelfReference
                | ProblemKind::Cycle
                | ProblemKind::ReplacedName
                | ProblemKind::ReservedId
                | ProblemKind::ReplacedTwice
                | ProblemKind::SeveralHeads
        )
    }

    fn new(kind: ProblemKind, message: String, file: Option<PathBuf>) -> Self {
        Self { kind, message, hint: None, file, line: None, column: None, excerpt: None }
    }

    fn at(self, excerpt: Excerpt) -> Self {
        Self {
            file: Some(excerpt.path.clone()),
            line: Some(excerpt.line),
            column: Some(excerpt.column),
            excerpt: Some(Box::new(excerpt)),
            ..self
        }
    }

    fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// The problem that keeps the scripts from being a history. What the graph calls a script is a path within the
    /// folder of `config`.
    #[must_use]
    pub fn of_script(problem: ScriptProblem, config: &Config) -> Self {
        let message = problem.to_string();
        match problem {
            ScriptProblem::Folder { path, source } => {
                Self::new(ProblemKind::UnreadableFolder, format!("{message}: {source}"), Some(path))
            }
            ScriptProblem::File(error) => Self::of_file(error),
            ScriptProblem::Malformed { message, excerpt } => {
                Self::new(ProblemKind::Malformed, message, None).at(*excerpt)
            }
            ScriptProblem::Directive { error, excerpt } => {
                Self::new(ProblemKind::Malformed, error.to_string(), None).at(*excerpt)
            }
            ScriptProblem::DownWithoutUp { path } => {
                Self::new(ProblemKind::DownWithoutUp, message, Some(path))
                    .hint("write its up script beside it, or remove it")
            }
            ScriptProblem::Unfinished(error) => {
                let reason = std::error::Error::source(&error).map(|source| format!(": {source}"));
                let message = format!("{message}{}", reason.unwrap_or_default());
                Self::new(ProblemKind::UnreadableFolder, message, None)
            }
            ScriptProblem::Graph(problem) => Self::of_graph(&problem, config),
        }
    }

    /// The problem of a script that cannot be read, with the line at fault where the error knows it.
    #[must_use]
    pub fn of_file(error: FileError) -> Self {
        let mut message = error.to_string();
        let (path, line) = match error {
            FileError::Io { path, source } => {
                message = format!("{message}: {source}");
                (path, None)
            }
            FileError::IsFolder { path } => (path, None),
            FileError::NotUtf8 { path, line } | FileError::Nul { path, line } => (path, Some(line)),
        };
        Self { line, ..Self::new(ProblemKind::UnreadableFile, message, Some(path)) }
    }

    fn of_graph(problem: &GraphProblem, config: &Config) -> Self {
        let (kind, source) = match problem {
            GraphProblem::DuplicateId { second, .. } => (ProblemKind::DuplicateId, Some(second)),
            GraphProblem::DuplicateLabel { second, .. } => {
                (ProblemKind::DuplicateLabel, Some(&second.source))
            }
            GraphProblem::LabelIsId { holder, .. } => (ProblemKind::LabelIsId, Some(&holder.source)),
            GraphProblem::UnknownParent { child, .. } => (ProblemKind::UnknownParent, Some(&child.source)),
            GraphProblem::UnknownDependency { child, .. } => {
                (ProblemKind::UnknownDependency, Some(&child.source))
            }
            GraphProblem::ReplacedName { child, .. } => (ProblemKind::ReplacedName, Some(&child.source)),
            GraphProblem::ReservedId { revision, .. } => (ProblemKind::ReservedId, Some(&revision.source)),
            GraphProblem::ReplacedTwice { second, .. } => (ProblemKind::ReplacedTwice, Some(&second.source)),
            GraphProblem::SelfReference { revision, .. } => {
                (ProblemKind::SelfReference, Some(&revision.source))
            }
            GraphProblem::Cycle { revisions } => {
                (ProblemKind::Cycle, revisions.first().map(|first| &first.source))
            }
        };
        let told = Self::new(kind, problem.to_string(), source.map(|source| config.directory.join(source)));
        Self { hint: problem.hint(), ..told }
    }

    /// The problem of more heads than `[check]` allows; `to_merge` are the targets of the merge that is proposed, none
    /// for all heads.
    pub(super) fn several_heads(heads: Vec<RevisionId>, to_merge: Vec<RevisionId>) -> Self {
        let message = format!("there are {} heads: {}", heads.len(), comma_separated(&heads, ", "));
        let names = if to_merge.is_empty() { "heads".to_owned() } else { comma_separated(&to_merge, " ") };
        let stay = format!("heads = {} under [check] in alembic.toml", heads.len());
        Self::new(ProblemKind::SeveralHeads, message, None)
            .hint(format!("join them: revgraph merge {names}; or, where branches are meant to stay: {stay}"))
    }

    /// The problem of a heads file that names other heads than the scripts have.
    pub(super) fn stale_heads_file(path: PathBuf) -> Self {
        let message = format!("{} does not name the heads", path.display());
        Self::new(ProblemKind::StaleHeadsFile, message, Some(path))
            .hint("write it anew: revgraph check --fix")
    }

    /// The problem of a heads file that is not there.
    pub(super) fn missing_heads_file(path: PathBuf) -> Self {
        let message = format!("{} is missing", path.display());
        Self::new(ProblemKind::MissingHeadsFile, message, Some(path)).hint("write it: revgraph check --fix")
    }

    /// The problem of a `.sql` file whose name is no script's.
    pub(super) fn stray(path: PathBuf) -> Self {
        let message = format!("{} is neither an up script nor a down script", path.display());
        Self::new(ProblemKind::NotAScript, message, Some(path))
            .hint("name it NAME.up.sql or NAME.down.sql, or move it to another folder")
    }

    /// The problem of a statement that a run would refuse for `reason`.
    pub(super) fn of_statement(reason: &RefusalReason, excerpt: Excerpt) -> Self {
        let (kind, hint) = match reason {
            RefusalReason::TransactionControl(_) => (
                ProblemKind::TransactionControl,
                Some(
                    "leave the transaction to revgraph, or put `-- revgraph: no-transaction` into the header",
                ),
            ),
            RefusalReason::CannotRunInTransaction(_) => (
                ProblemKind::CannotRunInTransaction,
                Some(
                    "put `-- revgraph: no-transaction` into the header; each statement then runs on its own",
                ),
            ),
            RefusalReason::UncommittedEnumValue { .. } => (
                ProblemKind::CannotRunInTransaction,
                Some(
                    "put `-- revgraph: no-transaction` into the header, or use the value in a later revision; a string that is no value of the enum can be cast: 'value'::text",
                ),
            ),
            RefusalReason::Bookkeeping(_) => (
                ProblemKind::ChangesBookkeeping,
                Some("take the statement out: revgraph moves the version rows with each revision"),
            ),
            RefusalReason::Strings => (
                ProblemKind::Unsplittable,
                Some("write the string as E'…', which means the same with either setting"),
            ),
            RefusalReason::Encoding => (
                ProblemKind::Unsplittable,
                Some(
                    "take the SET client_encoding out: scripts are UTF-8, and revgraph says so to the server",
                ),
            ),
            RefusalReason::Unreadable(_) => (ProblemKind::Unsplittable, None),
        };
        let problem = Self::new(kind, reason.to_string(), None).at(excerpt);
        Self { hint: hint.map(str::to_owned), ..problem }
    }

    /// The problem of a header or directive at fault; `path` is named where `problem` has no place of its own.
    pub(super) fn malformed(problem: ScriptProblem, path: &Path) -> Self {
        match problem {
            ScriptProblem::Malformed { message, excerpt } => {
                Self::new(ProblemKind::Malformed, message, None).at(*excerpt)
            }
            ScriptProblem::Directive { error, excerpt } => {
                Self::new(ProblemKind::Malformed, error.to_string(), None).at(*excerpt)
            }
            other => Self::new(ProblemKind::Malformed, other.to_string(), Some(path.to_owned())),
        }
    }
}
