//! The steps of `revgraph dev`, each of which tells what it has found.

mod drift;
mod revision;
mod trial;

use std::mem::ManuallyDrop;
use std::sync::Arc;

use serde_json::{Map, Value, json};

pub use drift::{DriftArg, Settled, settle};
pub use revision::{Source, write};
pub use trial::try_pending;

use super::autogenerate_args::DecisionArgs;
use super::context::Context;
use crate::autogenerate::Ground;
use crate::backend::Backend;
use crate::daily::{Seen, first_unmanaged};
use crate::diagnostic::{Diagnostic, ErrorKind};
use crate::graph::NodeIndex;
use crate::script::{ReadMode, ScriptDirectory};

/// What the user has said beforehand.
#[derive(Debug, Default)]
pub struct Wishes {
    pub message: Option<String>,
    pub create_only: bool,
    pub accept_data_loss: bool,
    pub drift: Option<DriftArg>,
    pub decisions: DecisionArgs,
}

/// What a day's work has come to, for scripts.
#[derive(Debug, Default)]
pub struct Diary(Map<String, Value>);

impl Diary {
    pub fn new(database: &str) -> Self {
        let mut diary = Self::default();
        diary.note("database", database);
        diary.note("created", false);
        for list in ["steps", "drift", "revisions", "statements", "losses", "seeds"] {
            diary.note(list, json!([]));
        }
        diary
    }

    pub fn note(&mut self, key: &str, value: impl Into<Value>) {
        self.0.insert(key.to_owned(), value.into());
    }

    /// Adds the entries of a list to those that are there.
    pub fn extend(&mut self, key: &str, values: impl IntoIterator<Item = Value>) {
        let list = self.0.entry(key).or_insert_with(|| json!([]));
        if let Value::Array(list) = list {
            list.extend(values);
        }
    }

    pub fn into_json(self) -> Value {
        Value::Object(self.0)
    }
}

/// The scripts as they are on disk now, to be shared.
pub fn scripts(context: &Context) -> Result<Arc<ScriptDirectory>, Diagnostic> {
    Ok(Arc::new(ManuallyDrop::into_inner(context.scripts(ReadMode::Checksums)?)))
}

/// What the scripts build at their heads.
pub fn at_heads(scripts: &Arc<ScriptDirectory>) -> Ground {
    Ground::Revisions { scripts: Arc::clone(scripts), tips: heads(scripts) }
}

pub fn heads(scripts: &ScriptDirectory) -> Vec<NodeIndex> {
    scripts.graph().heads()
}

/// Refuses a database that has tables and no version rows, where there are scripts: whether they have been run on it
/// nobody knows.
pub fn refuse_unmanaged(
    context: &Context,
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    seen: &Seen,
) -> Result<(), Diagnostic> {
    if !seen.reading.state.rows.is_empty() || scripts.graph().is_empty() {
        return Ok(());
    }
    let Some(first) = first_unmanaged(&context.config, backend)? else { return Ok(()) };
    Err(Diagnostic::new(
        ErrorKind::Unmanaged,
        "the database has tables and no version rows, so that nobody knows which revisions it has",
    )
    .cause(format!("it has the {first}"))
    .hint("find out whose schema it is: revgraph stamp --detect")
    .hint("or erase it and begin anew: revgraph reset"))
}
