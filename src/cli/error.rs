//! From a library's typed error to what a user or a script reads: a message, its causes, hints, the place in a
//! file, and the exit status.

use std::io;
use std::path::Path;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde_json::{Map, Value, json};

use super::error_kind::ErrorKind;
use super::exit::ExitStatus;
use super::output::{log, logs_json, readable, tell_raw, tell_styled};
use super::redaction::without_typed_urls;
use crate::backend::DatabaseError;
use crate::cancellation::Cancelled;
use crate::config::ConfigError;
use crate::excerpt::Excerpt;
use crate::graph::GraphProblem;
use crate::script::{FileChangeError, NewScriptError, ScriptProblem};

/// An error at the edge.
#[derive(Debug)]
pub struct CliError {
    pub kind: ErrorKind,
    pub status: ExitStatus,
    pub message: String,
    pub causes: Vec<String>,
    pub hints: Vec<String>,
    pub excerpts: Vec<(String, Excerpt)>,
    /// More for scripts: `statement`, `sqlstate`, …
    pub fields: Map<String, Value>,
}

impl CliError {
    /// An error of a kind, with the exit status that is usual for it.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            status: kind.usual_status(),
            message: message.into(),
            causes: Vec::new(),
            hints: Vec::new(),
            excerpts: Vec::new(),
            fields: Map::new(),
        }
    }

    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// The same error with another exit status than the usual one of its kind.
    pub fn with_status(self, status: ExitStatus) -> Self {
        Self { status, ..self }
    }

    /// The same error as one of another kind, with the exit status of that.
    pub fn with_kind(self, kind: ErrorKind) -> Self {
        Self { kind, status: kind.usual_status(), ..self }
    }

    /// The same error; where it came of a lost connection or of a lock that was not had, the exit status says that another
    /// try may help.
    pub fn retryable_after(self, cause: Option<&DatabaseError>) -> Self {
        match cause {
            Some(error) if error.is_worth_retrying() => self.with_status(ExitStatus::Unavailable),
            _ => self,
        }
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    pub fn cause(mut self, cause: impl Into<String>) -> Self {
        self.causes.push(cause.into());
        self
    }

    pub fn excerpt(mut self, label: impl Into<String>, excerpt: Excerpt) -> Self {
        self.excerpts.push((label.into(), excerpt));
        self
    }

    pub fn field(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(name.to_owned(), value.into());
        self
    }

    pub fn io(what: &str, error: &io::Error) -> Self {
        Self::new(ErrorKind::Io, format!("{what} cannot be used")).cause(error.to_string())
    }

    pub fn prompt(error: dialoguer::Error) -> Self {
        let dialoguer::Error::IO(error) = error;
        if error.kind() == io::ErrorKind::Interrupted {
            return Cancelled.into();
        }
        Self::io("the terminal", &error)
    }

    pub fn no_environment() -> Self {
        Self::new(
            ErrorKind::Config,
            "there is no alembic.toml here or in a folder above, and no folder `versions`",
        )
        .hint("make them: revgraph init")
        .hint("or name the file: revgraph -c FILE …")
    }

    /// What it is where a signal has ended the command.
    pub fn interrupted(self) -> Self {
        if self.kind == ErrorKind::Interrupted {
            return self;
        }
        let message = format!("interrupted: {}", self.message);
        // Where the work stood is no place of a mistake, and nothing need be done about it.
        let (hints, excerpts) = (Vec::new(), Vec::new());
        Self {
            kind: ErrorKind::Interrupted,
            status: ExitStatus::Interrupted,
            message,
            hints,
            excerpts,
            ..self
        }
    }

    /// Tells it on standard error.
    pub fn report(&self, json: bool) -> ExitStatus {
        if logs_json() {
            let told = without_typed_urls(&self.as_json().to_string());
            let mut document: Value = serde_json::from_str(&told).unwrap_or_default();
            if let Some(object) = document.as_object_mut() {
                object.insert("level".to_owned(), "error".into());
            }
            log(document);
        } else if json {
            tell_raw(&without_typed_urls(&self.as_json().to_string()));
        } else {
            tell_styled(&without_typed_urls(self.as_text().trim_end()));
        }
        self.status
    }

    /// It as a script reads it.
    pub fn as_json(&self) -> Value {
        let mut error = json!({
            "kind": self.kind.word(),
            "message": self.message,
            "causes": self.causes,
            "hints": self.hints,
        });
        if let Some(object) = error.as_object_mut() {
            if let Some((_, excerpt)) = self.excerpts.first() {
                object.insert("file".to_owned(), json!(excerpt.path.display().to_string()));
                object.insert("line".to_owned(), json!(excerpt.line));
                object.insert("column".to_owned(), json!(excerpt.column));
            }
            if self.excerpts.len() > 1 || self.excerpts.iter().any(|(label, _)| !label.is_empty()) {
                object.insert("problems".to_owned(), self.places());
            }
            object.extend(self.fields.clone());
        }
        json!({ "error": error })
    }

    /// Every marked place, with what is wrong there.
    fn places(&self) -> Value {
        let place = |(label, excerpt): &(String, Excerpt)| {
            json!({
                "message": if label.is_empty() { &self.message } else { label },
                "file": excerpt.path.display().to_string(),
                "line": excerpt.line,
                "column": excerpt.column,
            })
        };
        self.excerpts.iter().map(place).collect()
    }

    /// It as people read it, with colours.
    pub fn as_text(&self) -> String {
        let mut title = Level::ERROR
            .primary_title(readable(&self.message))
            .elements(Vec::<annotate_snippets::Message<'_>>::new());
        for (label, excerpt) in &self.excerpts {
            title = title.element(snippet(label, excerpt));
        }
        for cause in &self.causes {
            title = title.element(Level::NOTE.message(readable(cause)));
        }
        let mut groups: Vec<Group<'_>> = vec![title];
        for hint in &self.hints {
            groups.push(Group::with_title(Level::HELP.secondary_title(readable(hint))));
        }
        let renderer = Renderer::styled();
        renderer.render(&groups)
    }
}

/// A path for people: relative where it lies below the current folder.
pub fn from_here(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).display().to_string()
}

fn snippet<'s>(label: &'s str, excerpt: &'s Excerpt) -> Snippet<'s, annotate_snippets::Annotation<'s>> {
    let mut annotation = AnnotationKind::Primary.span(excerpt.mark.clone());
    if !label.is_empty() {
        annotation = annotation.label(readable(label));
    }
    let path = readable(&from_here(&excerpt.path)).into_owned();
    Snippet::source(without_c1(&excerpt.text))
        .line_start(excerpt.first_line)
        .path(path)
        .annotation(annotation)
}

/// The renderer shows pictures of control characters, but for those beyond ASCII. What stands in their place is as long
/// as they are, so that the mark stays where it is.
fn without_c1(text: &str) -> String {
    text.replace(|c: char| c.is_control() && !c.is_ascii(), "¤")
}

impl From<Cancelled> for CliError {
    fn from(cancelled: Cancelled) -> Self {
        Self::new(ErrorKind::Interrupted, cancelled.to_string())
    }
}

impl From<ConfigError> for CliError {
    fn from(error: ConfigError) -> Self {
        let mut told = Self::new(ErrorKind::Config, error.to_string());
        if let Some(excerpt) = error.excerpt() {
            told = Self { message: error.message(), ..told }.excerpt("", excerpt.clone());
        }
        told.hints.extend(error.hint());
        told
    }
}

impl From<Vec<ScriptProblem>> for CliError {
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

fn of_script_problem(problem: ScriptProblem) -> CliError {
    let told = CliError::new(ErrorKind::Scripts, problem.to_string());
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
            hint.into_iter().fold(told, CliError::hint)
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

impl From<NewScriptError> for CliError {
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
