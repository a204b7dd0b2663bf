//! What keeps a database from being seeded, emptied or pushed to.

use serde_json::json;

use super::failed_run::with_failure;
use super::{Diagnostic, ErrorKind, from_here};
use crate::catalog::{Difference, ObjectKind, ObjectName};
use crate::daily::{
    DayError, Drifted, FailedSeed, Guarded, OfExistingError, PendingBroken, PushDesiredError, PushError,
    ResetError, SeedError, UnknownKept, Unmanaged,
};
use crate::execute::ExecuteError;
use crate::graph::RevisionId;
use crate::report::difference_lines;
use crate::verify::{Breakage, Phase, Verdict, Verified};

impl From<Guarded> for Diagnostic {
    fn from(error: Guarded) -> Self {
        let name = shell_words::quote(&error.guard.name).into_owned();
        Self::new(ErrorKind::Protected, error.to_string())
            .cause("nothing has changed")
            .hint(format!("if it is to be erased all the same: --confirm {name}"))
            .field("reasons", json!(error.guard.dangers))
    }
}

/// PostgreSQL's `duplicate_object`.
const DUPLICATE_OBJECT: &str = "42710";

impl Diagnostic {
    /// Why a run on an emptied database has failed. A revision that makes an extension fails at one that `stays`.
    pub fn of_run_after_emptying<'o>(
        error: ExecuteError,
        stays: impl IntoIterator<Item = &'o ObjectName>,
    ) -> Self {
        let told = Self::from(error);
        let is_there_already = told.fields.get("sqlstate").is_some_and(|state| state == DUPLICATE_OBJECT);
        if is_there_already && stays.into_iter().any(|object| object.kind == ObjectKind::Extension) {
            return told.hint(
                "extensions stay: write CREATE EXTENSION IF NOT EXISTS, or run revgraph reset --recreate",
            );
        }
        told
    }
}

impl From<OfExistingError> for Diagnostic {
    fn from(error: OfExistingError) -> Self {
        match error {
            OfExistingError::Config(error) => error.into(),
            OfExistingError::Backend(error) => error.into(),
        }
    }
}

impl From<ResetError> for Diagnostic {
    fn from(error: ResetError) -> Self {
        match error {
            ResetError::Guarded(error) => error.into(),
            ResetError::Backend(error) => error.into(),
            ResetError::Failed(failure) => {
                let told = Self::new(ErrorKind::Reset, "").retryable_after(failure.cause.database_error());
                with_failure(told, "emptying the database", &failure)
                    .cause("it was rolled back, and nothing has changed")
                    .hint("drop the whole database instead, where the role may: revgraph reset --recreate")
            }
        }
    }
}

impl From<PushDesiredError> for Diagnostic {
    fn from(error: PushDesiredError) -> Self {
        match error {
            PushDesiredError::Push(error) => error.into(),
            PushDesiredError::Rows(error) => error.into(),
            PushDesiredError::Autogenerate(error) => (*error).into(),
        }
    }
}

impl From<PushError> for Diagnostic {
    fn from(error: PushError) -> Self {
        let message = error.to_string();
        match error {
            PushError::HasHistory { rows } => Self::new(ErrorKind::HasHistory, message)
                .field("heads", json!(rows))
                .cause("nothing has changed")
                .hint("write the change as a revision, and apply it: revgraph dev")
                .hint("or give the history up, and what it has built: revgraph reset"),
            PushError::Protected { .. } => Self::new(ErrorKind::Protected, message)
                .cause("nothing has changed")
                .hint("write the change as a revision: revgraph revision --autogenerate"),
            PushError::Production => Self::new(ErrorKind::Production, message)
                .cause("nothing has changed")
                .hint("write the change as a revision: revgraph revision --autogenerate"),
            PushError::Failed(failure) => {
                let told = Self::new(ErrorKind::Push, "").retryable_after(failure.cause.database_error());
                with_failure(told, "making the schema", &failure)
                    .cause("it was rolled back, and nothing has changed")
            }
            PushError::Differs { differences } => Self::new(ErrorKind::PushDiffers, message)
                .cause(format!(
                    "what should be (-), and what is (+):\n{}",
                    difference_lines(&differences).join("\n")
                ))
                .field("differences", json!(differences)),
            PushError::NotCompared(error) => {
                Self::from(*error).cause(message).hint("revgraph diff database schema compares them")
            }
            PushError::Config(error) => error.into(),
            PushError::Scratch(error) => (*error).into(),
            PushError::Backend(error) => error.into(),
        }
    }
}

impl From<SeedError> for Diagnostic {
    fn from(error: SeedError) -> Self {
        let message = error.to_string();
        match error {
            SeedError::Config(error) => error.into(),
            SeedError::Files(error) => (*error).into(),
            SeedError::Script(problem) => vec![*problem].into(),
            SeedError::NotASeed { .. } => {
                Self::usage(message).hint("name it in alembic.toml: seed = [\"seed.sql\"]")
            }
            SeedError::Refused(refusals) => ExecuteError::Refused(refusals).into(),
            SeedError::Unsettled { name, .. } => {
                let told = Self::new(ErrorKind::Unsettled, message).field("seed", name.as_str());
                told.hint("to run it from its beginning: revgraph seed --again")
            }
            SeedError::Failed(failed) => of_failed(*failed),
            SeedError::Program { source, .. } => {
                Self::new(ErrorKind::SeedCommand, message).cause(source.to_string())
            }
            SeedError::Command { .. } => Self::new(ErrorKind::SeedCommand, message)
                .cause("what it had done to the database before is not known"),
            SeedError::Backend(error) => error.into(),
        }
    }
}

fn of_failed(failed: FailedSeed) -> Diagnostic {
    let FailedSeed { failure, done, rolled_back } = failed;
    let name = failure.revision.to_string();
    let path = std::path::Path::new(&name);
    let told = Diagnostic::new(ErrorKind::Seed, "")
        .retryable_after(failure.cause.database_error())
        .field("seed", name.as_str());
    let mut told = with_failure(told, &from_here(path), &failure)
        .field("done", json!(done))
        .field("rolled_back", json!(rolled_back));
    told = match (failure.in_transaction, rolled_back.as_slice()) {
        (false, _) => told.cause(format!(
            "{name} does not run in a transaction: what stands before the statement has run and stays"
        )),
        (true, []) => told.cause("it was rolled back"),
        (true, others) => told.cause(format!("it was rolled back, and with it {}", others.join(", "))),
    };
    if !done.is_empty() {
        told = told.cause(format!("the rows of {} stay", done.join(", ")));
    }
    told.hint("mend the file and run the same command again")
}

impl From<UnknownKept> for Diagnostic {
    fn from(error: UnknownKept) -> Self {
        Self::usage(error.to_string()).hint("what is kept, and where: revgraph kept")
    }
}

impl From<DayError> for Diagnostic {
    fn from(error: DayError) -> Self {
        let message = error.to_string();
        match error {
            DayError::Production => Self::new(ErrorKind::Production, message)
                .hint("bring the database to the heads: revgraph upgrade"),
            DayError::Unmanaged(error) => error.into(),
            DayError::Pending(error) => error.into(),
            DayError::Rows(error) => error.into(),
            DayError::Config(error) => error.into(),
            DayError::Desired(error) => error.into(),
            DayError::Environment(error) => error.into(),
            DayError::DataFile(error) => error.into(),
            DayError::Scratch(error) => (*error).into(),
            DayError::Autogenerate(error) => (*error).into(),
            DayError::Authoring(error) => error.into(),
            DayError::Files(error) => error.into(),
            DayError::Execute(error) => (*error).into(),
            DayError::Push(error) => error.into(),
            DayError::Reset(error) => error.into(),
            DayError::Seed(error) => (*error).into(),
            DayError::Backend(error) => error.into(),
        }
    }
}

impl From<Drifted> for Diagnostic {
    fn from(error: Drifted) -> Self {
        let lines = difference_lines(&error.differences).join("\n");
        Self::new(ErrorKind::Drift, error.to_string())
            .cause(format!("what the scripts build (-), and what the database has (+):\n{lines}"))
            .field("differences", json!(error.differences))
            .hint("write it as a revision, recorded as applied: revgraph dev --drift write")
            .hint("undo it: revgraph dev --drift undo")
            .hint("erase all that the database holds, and begin anew: revgraph reset")
    }
}

impl From<Unmanaged> for Diagnostic {
    fn from(error: Unmanaged) -> Self {
        Self::new(ErrorKind::Unmanaged, error.to_string())
            .cause(format!("it has the {}", error.first))
            .hint("find out whose schema it is: revgraph stamp --detect")
            .hint("or erase it and begin anew: revgraph reset")
    }
}

impl From<PendingBroken> for Diagnostic {
    fn from(error: PendingBroken) -> Self {
        let told = Self::new(ErrorKind::Verify, error.to_string());
        error
            .broken
            .iter()
            .fold(told, |told, verified| told.cause(why(verified)))
            .hint("revgraph verify tells all about it")
            .hint("mend its script, or say that it cannot be undone: -- revgraph: irreversible REASON")
            .hint("apply it all the same: revgraph upgrade")
    }
}

fn why(verified: &Verified) -> String {
    let revision = &verified.revision;
    match &verified.verdict {
        Verdict::Broken(Breakage::Differs { after_down, after_second_up }) => {
            does_not_come_back(revision, if after_down.is_empty() { after_second_up } else { after_down })
        }
        Verdict::Broken(Breakage::Failed { left_behind, .. }) if !left_behind.is_empty() => {
            does_not_come_back(revision, left_behind)
        }
        Verdict::Broken(Breakage::Failed { phase, error, .. }) => {
            let way = match phase {
                Phase::Up => "up",
                Phase::Down => "down",
                Phase::SecondUp => "up the second time",
            };
            format!("{revision} fails on its way {way}: {}", with_sources(&**error))
        }
        _ => revision.to_string(),
    }
}

fn does_not_come_back(revision: &RevisionId, found: &[Difference]) -> String {
    format!("{revision} does not come back to where it was:\n{}", difference_lines(found).join("\n"))
}

/// An error with its causes on one line.
fn with_sources(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let told = error.to_string();
        if !text.contains(&told) {
            text.push_str(&format!(": {told}"));
        }
        source = error.source();
    }
    text
}
