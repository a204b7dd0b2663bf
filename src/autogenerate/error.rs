//! Why no revision was made. Nothing has then been written.

use std::fmt;

use thiserror::Error;

use crate::alter::Refusal;
use crate::backend::{BackendError, StepFailure};
use crate::catalog::Difference;
use crate::excerpt::Excerpt;
use crate::execute::ExecuteError;
use crate::graph::{GraphProblem, RevisionId, problems_joined};
use crate::scratch::ScratchError;
use crate::script::{DraftError, NewScriptError};
use crate::squash::RowDifference;

/// From the left schema to the right one, or back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// To the desired schema.
    Up,
    /// Back to what was there.
    Down,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Up => "up",
            Self::Down => "down",
        })
    }
}

/// Why no revision was drafted, or its scripts were not proved.
#[derive(Debug, Error)]
pub enum AutogenerateError {
    /// There is no scratch database, or what one of the schemas is made of does not run.
    #[error(transparent)]
    Scratch(Box<ScratchError>),
    /// A desired schema cannot be cut into statements.
    #[error("{message}")]
    Unreadable {
        /// What is wrong.
        message: String,
        /// The place in the schema's text.
        excerpt: Box<Excerpt>,
    },
    /// Something cannot be altered, or only with a hint that is missing.
    #[error("{}", told(.0))]
    Refused(Vec<Refusal>),
    /// A statement that was made does not run.
    #[error("a statement that was made does not run: {}", .0.cause)]
    Statement(Box<StepFailure>),
    /// The statements that were made leave something as it was.
    #[error("the statements that were made do not lead {}", if *.way == Way::Up { "to the desired schema" } else { "back" })]
    Unsettled {
        /// On which way.
        way: Way,
        /// What sets the schema that they leave apart from what it should be.
        differences: Vec<Difference>,
    },
    /// The scripts do something else than the statements did.
    #[error("the {way} scripts do not give the schema that they should")]
    Differs {
        /// Which of the scripts.
        way: Way,
        /// What sets the schema that they leave apart from what it should be.
        differences: Vec<Difference>,
    },
    /// The scripts lose or change values that need not be lost, which was tried with made-up rows.
    #[error("the {way} scripts do not keep the rows that they should")]
    RowsDiffer {
        /// After which of them.
        way: Way,
        /// In what rows differ from those that there were: of the columns that both schemas have.
        differences: Vec<RowDifference>,
    },
    /// The revision does not go with those that are there.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// Id or message cannot be written into a script, or a file of its name is there.
    #[error(transparent)]
    NewScript(#[from] NewScriptError),
    /// The result is no graph.
    #[error("the graph would be broken: {}", problems_joined(.0))]
    Graph(Vec<GraphProblem>),
    /// The system gives no random numbers for an id.
    #[error("there is no randomness for an id: {0}")]
    NoRandomness(String),
    /// The revision does not run where only what it stands on is: it needs what another branch has made.
    #[error("{0}")]
    NeedsOthers(Box<AutogenerateError>),
    /// A script does not run.
    #[error("the {way} script of {revision} does not run")]
    Script {
        /// The revision.
        revision: RevisionId,
        /// Which of the revision's scripts.
        way: Way,
        /// Whether there were made-up rows.
        on_rows: bool,
        /// Why the script does not run.
        error: Box<ExecuteError>,
    },
}

fn told(refusals: &[Refusal]) -> String {
    match refusals {
        [only] => only.to_string(),
        several => format!("{} objects cannot be altered", several.len()),
    }
}

impl From<ScratchError> for AutogenerateError {
    fn from(error: ScratchError) -> Self {
        Self::Scratch(Box::new(error))
    }
}

impl From<BackendError> for AutogenerateError {
    fn from(error: BackendError) -> Self {
        ScratchError::from(error).into()
    }
}
