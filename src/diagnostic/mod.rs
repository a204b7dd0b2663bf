//! Errors as a user or a script reads them: every typed error of the library has a message, its causes, hints, the places in
//! files and an exit status here, in the words that the documentation uses. Whatever shows errors shows these.

mod adopt;
mod alembic;
mod autogenerate;
mod backup;
mod checked;
mod claim;
mod config;
mod daily;
mod database;
mod document;
mod environment;
mod execute;
mod exit;
mod export;
mod failed_run;
mod found_downs;
mod git;
mod history;
mod import;
mod kind;
mod paths;
mod pull;
mod scratch;
mod script;
mod setup;
mod side;
mod squash;
mod step_advice;
mod target;
mod unsettled;
mod verification;
mod verification_text;

pub use backup::UNTOUCHED;
pub use document::Diagnostic;
pub use exit::ExitStatus;
pub use failed_run::with_failure;
pub use found_downs::{DownEntry, DownOutcomeEntry, DownsDocument};
pub use kind::{ErrorKind, SECTIONS, Section};
pub use paths::from_here;
pub use verification::{
    FoundEntry, MergeOrdersEntry, OrderFailureEntry, VerificationDocument, VerifiedEntry, failure_of_script,
};
pub use verification_text::{Finding, FindingDetail, findings};
