//! What is wrong with scripts, or keeps them from being written.

use super::{Diagnostic, ErrorKind};
use crate::execute::BringBackError;
use crate::graph::GraphProblem;
use crate::script::{
    AuthoringError, DraftError, FileChangeError, NewScriptError, RebaseError, ScriptProblem,
};

impl From<Vec<ScriptProblem>> for Diagnostic {
    fn from(problems: Vec<ScriptProblem>) -> Self {
        let count = problems.len();
        let mut problems = problems.into_iter();
        match (problems.next(), count) {
            (Some(only), 1) => of_script_problem(only),
            (first, _) => {
                let message = format!("the scripts have {count} problems");
                let mut told = Self::new(ErrorKind::Scripts, message);
                for problem in first.into_iter().chain(problems) {
                    told = match problem {
                        ScriptProblem::Malformed { message, excerpt } => told.excerpt(message, *excerpt),
                        ScriptProblem::Directive { error, excerpt } => {
                            told.excerpt(error.to_string(), *excerpt)
                        }
                        other => told.cause(with_sources(&other)),
                    };
                }
                told.hint("revgraph check looks at the scripts alone")
            }
        }
    }
}

fn of_script_problem(problem: ScriptProblem) -> Diagnostic {
    let told = Diagnostic::new(ErrorKind::Scripts, problem.to_string());
    match problem {
        ScriptProblem::Malformed { excerpt, .. } => told
            .excerpt("", *excerpt)
            .hint("a header looks like this:\n-- title\n--\n-- revision: ID\n-- down_revision: PARENT"),
        ScriptProblem::Directive { excerpt, .. } => told.excerpt("", *excerpt),
        ScriptProblem::Unfinished(FileChangeError::Foreign { .. }) => told
            .hint("finish them where they were begun, by any command of revgraph there, and take over the scripts from there")
            .hint("where the scripts are as they should be, delete the journal, .revgraph-moves, and .revgraph-staging beside it"),
        ScriptProblem::Unfinished(
            FileChangeError::Journal { .. } | FileChangeError::Gone { .. } | FileChangeError::Elsewhere { .. },
        ) => told.hint("a change of scripts was interrupted; where they are as they should be, delete its journal, .revgraph-moves"),
        ScriptProblem::Graph(problem) => {
            let hint = problem.hint().or_else(|| way_to_missing(&problem));
            hint.into_iter().fold(told, Diagnostic::hint)
        }
        ScriptProblem::DownWithoutUp { .. } => told.hint("write its up script beside it, or remove it"),
        other => {
            let mut source = std::error::Error::source(&other);
            let mut told = told;
            while let Some(error) = source {
                told = told.cause(error.to_string());
                source = error.source();
            }
            told
        }
    }
}

/// Where the scripts of a missing parent may be.
fn way_to_missing(problem: &GraphProblem) -> Option<String> {
    let GraphProblem::UnknownParent { parent, .. } = problem else { return None };
    Some(format!(
        "where a database has applied {parent}, its ledger has the scripts: revgraph show --restore {parent}"
    ))
}

/// An error with its causes on one line.
fn with_sources(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(&format!(": {error}"));
        source = error.source();
    }
    text
}

impl From<NewScriptError> for Diagnostic {
    fn from(error: NewScriptError) -> Self {
        let told = Self::new(ErrorKind::Io, error.to_string());
        match error {
            NewScriptError::Exists { .. } => told.hint("choose another message or --rev-id"),
            NewScriptError::Message { .. } => {
                told.with_kind(ErrorKind::Message).hint("put another word in front of the colon")
            }
            NewScriptError::Control { .. } => told.with_kind(ErrorKind::Message),
            NewScriptError::Dots { .. } => told.hint("choose another id: --rev-id"),
            NewScriptError::Separator { .. } => told.with_kind(ErrorKind::Usage),
        }
    }
}

impl From<DraftError> for Diagnostic {
    fn from(error: DraftError) -> Self {
        let message = error.to_string();
        match error {
            DraftError::Taken(_) => Self::new(ErrorKind::Taken, message).hint("choose another name"),
            DraftError::Replaced { .. } => Self::new(ErrorKind::Taken, message).hint("choose another id"),
            DraftError::Label(cause) => Self::usage(cause.to_string()),
            DraftError::NotAHead(id) => Self::new(ErrorKind::NotAHead, message)
                .hint(format!("to begin a new branch at {id}: --splice")),
            DraftError::RepeatedParent(_) | DraftError::RelatedParents { .. } => {
                Self::new(ErrorKind::RelatedParents, message)
            }
            DraftError::Target(error) => error.into(),
            DraftError::Dependency(_) => Self::usage(message).hint("name an id or a branch label"),
            DraftError::Folder { locations, .. } => {
                let locations: Vec<String> =
                    locations.iter().map(|location| location.display().to_string()).collect();
                Self::usage(message).hint(format!("they are {}", locations.join(", ")))
            }
            DraftError::Graph(_) => Self::new(ErrorKind::Scripts, message),
        }
    }
}

impl From<RebaseError> for Diagnostic {
    fn from(error: RebaseError) -> Self {
        let message = error.to_string();
        match error {
            RebaseError::Cycle { .. } => Self::new(ErrorKind::Cycle, message),
            RebaseError::SeveralParents { parents, .. } => {
                let first = parents.first().map(ToString::to_string).unwrap_or_default();
                Self::new(ErrorKind::SeveralParents, message)
                    .hint(format!("say which one it leaves: --from {first}"))
            }
            RebaseError::NotAParent { .. } => Self::new(ErrorKind::NotAParent, message),
            RebaseError::Graph(problems) => {
                Self::new(ErrorKind::Scripts, "the scripts would no longer be a history").causes_of(&problems)
            }
            RebaseError::Read(_) | RebaseError::Header(_) => Self::new(ErrorKind::Scripts, message),
            RebaseError::Write(error) => error.into(),
        }
    }
}

impl From<FileChangeError> for Diagnostic {
    fn from(error: FileChangeError) -> Self {
        let told = Self::new(ErrorKind::Io, error.to_string());
        match error {
            FileChangeError::Io { source, .. } => told.cause(source.to_string()),
            _ => told,
        }
    }
}

impl From<BringBackError> for Diagnostic {
    fn from(error: BringBackError) -> Self {
        let message = error.to_string();
        match error {
            BringBackError::HasScript { .. } => Self::new(ErrorKind::HasScript, message)
                .hint("where the database has recorded another text: revgraph resolve --accept REV, or git"),
            BringBackError::NotRecorded { .. } => Self::new(ErrorKind::NotRecorded, message)
                .hint("revgraph status shows the revisions that only the database has, as missing"),
            BringBackError::Ambiguous { .. } => {
                Self::new(ErrorKind::AmbiguousRevision, message).hint("name all of the id")
            }
            BringBackError::Exists { .. } => {
                Self::new(ErrorKind::Exists, message).hint("move that file away; it is not written over")
            }
            BringBackError::Files(error) => error.into(),
            BringBackError::Backend(error) => error.into(),
        }
    }
}

impl From<AuthoringError> for Diagnostic {
    fn from(error: AuthoringError) -> Self {
        let message = error.to_string();
        match error {
            AuthoringError::Environment(error) => error.into(),
            AuthoringError::Folder { path, source } => Self::io(&path.display().to_string(), &source),
            AuthoringError::Id(_) => Self::usage(message),
            AuthoringError::NoRandomness(source) => {
                Self::new(ErrorKind::Io, message).cause(source.to_string())
            }
            AuthoringError::Draft(error) => error.into(),
            AuthoringError::Script(error) => error.into(),
            AuthoringError::Files(error) => error.into(),
        }
    }
}
