//! An error as a user or a script reads it: a message, its causes, hints, the places in files, and the exit status.

use std::io;

use serde_json::{Map, Value, json};

use super::{ErrorKind, ExitStatus};
use crate::backend::DatabaseError;
use crate::excerpt::Excerpt;

/// What went wrong, why, where and what to do about it. It holds no password.
#[derive(Debug)]
pub struct Diagnostic {
    /// The kind, whose word scripts go by.
    pub kind: ErrorKind,
    /// How a command ends with it.
    pub status: ExitStatus,
    /// What went wrong, one sentence without a full stop.
    pub message: String,
    /// Why, and how things stand now.
    pub causes: Vec<String>,
    /// What can be done, each a way of its own.
    pub hints: Vec<String>,
    /// Places in files, each with what is wrong there; the text may be empty where it is the message.
    pub excerpts: Vec<(String, Excerpt)>,
    /// More for scripts, by key: `statement`, `sqlstate`, …
    pub fields: Map<String, Value>,
}

impl Diagnostic {
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

    /// An error in what was asked, which ends with the status of usage.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// The same error with another exit status than the usual one of its kind.
    #[must_use]
    pub fn with_status(self, status: ExitStatus) -> Self {
        Self { status, ..self }
    }

    /// The same error as one of another kind, with the exit status of that.
    #[must_use]
    pub fn with_kind(self, kind: ErrorKind) -> Self {
        Self { kind, status: kind.usual_status(), ..self }
    }

    /// The same error; where it came of a lost connection or of a lock that was not had, the exit status says that another
    /// try may help.
    #[must_use]
    pub fn retryable_after(self, cause: Option<&DatabaseError>) -> Self {
        match cause {
            Some(error) if error.is_worth_retrying() => self.with_status(ExitStatus::Unavailable),
            _ => self,
        }
    }

    /// The same error with one more way on, behind those that it has.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The same error with one more cause, behind those that it has.
    #[must_use]
    pub fn cause(mut self, cause: impl Into<String>) -> Self {
        self.causes.push(cause.into());
        self
    }

    /// The same error with one more cause for each of these, in their order.
    #[must_use]
    pub fn causes_of<C: ToString>(self, causes: &[C]) -> Self {
        causes.iter().fold(self, |told, cause| told.cause(cause.to_string()))
    }

    /// The same error with one more place in a file. `label` says what is wrong there; empty where the message does.
    #[must_use]
    pub fn excerpt(mut self, label: impl Into<String>, excerpt: Excerpt) -> Self {
        self.excerpts.push((label.into(), excerpt));
        self
    }

    /// The same error with a value for scripts under a key of its own.
    #[must_use]
    pub fn field(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(name.to_owned(), value.into());
        self
    }

    /// A file, a folder or a terminal that cannot be used; `what` names it.
    pub fn io(what: &str, error: &io::Error) -> Self {
        Self::new(ErrorKind::Io, format!("{what} cannot be used")).cause(error.to_string())
    }

    /// This error where a signal has ended the command: it says that it was interrupted, without hints and places.
    #[must_use]
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

    /// The document that scripts get: the contract's `error`, with the fields beside kind, message, causes and hints.
    #[must_use]
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

    /// What stands in the document of [`Diagnostic::as_json`], for one that holds more than an error.
    #[must_use]
    pub fn error_as_json(&self) -> Option<Value> {
        self.as_json().get("error").cloned()
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
}
