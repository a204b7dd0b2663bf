//! What the layers below answer, in the words of the command line.

use super::error::CliError;
use super::exit::ExitStatus;
use super::history_errors::{of_ahead, of_diverged, of_edited};
use super::interrupt;
use crate::backend::{BackendError, DatabaseError, FailureCause};
use crate::execute::{ExecuteError, FailedRun, RefusalReason};
use crate::graph::{SpecError, TargetError};
use crate::plan::{Operation, PlanError};

/// How many characters of a statement an error tells.
const LONGEST_STATEMENT: usize = 2_000;

impl From<SpecError> for CliError {
    fn from(error: SpecError) -> Self {
        let told = Self::new("target", ExitStatus::Usage, error.to_string());
        told.hint("targets are head, heads, base, an id or its beginning, a label, ID+N, ID-N, +N, -N and LABEL@TARGET")
    }
}

impl From<TargetError> for CliError {
    fn from(error: TargetError) -> Self {
        let failed = |kind| Self::failed(kind, error.to_string());
        match &error {
            TargetError::Syntax(error) => error.clone().into(),
            TargetError::Unknown { nearest, .. } if !nearest.is_empty() => {
                failed("unknown_revision").hint(format!("did you mean {}?", nearest.join(" or ")))
            }
            TargetError::Unknown { .. } => {
                failed("unknown_revision").hint("revgraph history lists the revisions")
            }
            TargetError::PrefixTooShort { candidates, .. } => {
                failed("unknown_revision").hint(format!("it begins {}", candidates.join(", ")))
            }
            TargetError::AmbiguousPrefix { .. } => failed("ambiguous_revision").hint("give more characters"),
            TargetError::UnknownBranch { labels, .. } if labels.is_empty() => {
                failed("unknown_branch").hint("no revision has a branch label; ID@… works as well")
            }
            TargetError::UnknownBranch { labels, .. } => {
                failed("unknown_branch").hint(format!("the branch labels are {}", labels.join(", ")))
            }
            TargetError::NotOnBranch { .. } | TargetError::NothingOnBranch { .. } => failed("wrong_branch"),
            TargetError::MultipleHeads { heads, .. } => {
                let first = heads.first().map(ToString::to_string).unwrap_or_default();
                failed("multiple_heads")
                    .hint(format!("name one of them ({first}), or `heads` for all"))
                    .hint("join them: revgraph merge heads")
            }
            TargetError::AmbiguousStep { .. } => failed("ambiguous_target").hint("name the revision instead"),
            TargetError::AmbiguousStart { rows, .. } => {
                let first = rows.first().map(ToString::to_string).unwrap_or_default();
                failed("ambiguous_target").hint(format!("name the branch: {first}@… or LABEL@…"))
            }
            TargetError::PastTheEnd { .. } | TargetError::NothingApplied { .. } => failed("past_the_end"),
            TargetError::WrongDirection { direction, .. } => {
                let other = if *direction == "up" { "downgrade" } else { "upgrade" };
                failed("wrong_direction").hint(format!("revgraph {other} goes the other way"))
            }
            TargetError::NotBelow { .. } => {
                failed("not_an_ancestor").hint("revgraph history -i shows what has been applied")
            }
            TargetError::NotARangeOfAncestors { .. } => {
                failed("not_an_ancestor").hint("revgraph history --graph shows how they are related")
            }
            TargetError::Overlap { .. } => failed("overlapping_targets"),
            TargetError::CurrentUnavailable { .. } | TargetError::StepsNotAllowed { .. } => {
                Self::usage(error.to_string())
            }
        }
    }
}

impl From<PlanError> for CliError {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::Target(error) => error.into(),
            PlanError::UnknownRows { .. } => {
                Self::new("unknown_version_row", ExitStatus::Differs, error.to_string())
                    .hint("are these the right scripts for this database, and is the checkout up to date?")
                    .hint("if the database is known to stand elsewhere: revgraph stamp --purge REV")
            }
        }
    }
}

impl From<BackendError> for CliError {
    fn from(error: BackendError) -> Self {
        let message = error.to_string();
        match error {
            BackendError::Unreachable { hint, .. } => {
                let mut told = Self::new("database_unreachable", ExitStatus::Unavailable, message);
                told.hints.extend(hint.map(str::to_owned));
                told
            }
            BackendError::NotBuiltIn { .. } => {
                Self::usage(message).hint("build it with the feature postgres or sqlite")
            }
            BackendError::NotADatabase { .. } => Self::failed("not_a_database", message),
            BackendError::ForeignVersionTable { .. } => {
                Self::new("foreign_version_table", ExitStatus::Differs, message)
                    .hint("set version_table in alembic.toml to another name")
            }
            BackendError::NoSchema => {
                Self::failed("no_schema", message).hint("create the schema, or set version_table_schema")
            }
            BackendError::LockNotHad { .. } => Self::new("lock", ExitStatus::Unavailable, message)
                .hint("wait for it and run the command again, or set migration_lock_timeout higher"),
            BackendError::RowsMoved => {
                Self::failed("version_rows_moved", message).hint("run the command again")
            }
            BackendError::Database(error) => error.into(),
        }
    }
}

impl From<DatabaseError> for CliError {
    fn from(error: DatabaseError) -> Self {
        let status = if error.connection_lost || error.lock_not_had {
            ExitStatus::Unavailable
        } else {
            ExitStatus::Failed
        };
        with_database_details(Self::new("database", status, error.message.clone()), &error)
    }
}

fn with_database_details(mut told: CliError, error: &DatabaseError) -> CliError {
    told.causes.extend(error.detail.iter().map(|detail| format!("detail: {detail}")));
    told.causes.extend(error.context.iter().map(|context| format!("context: {context}")));
    told.hints.extend(error.hint.iter().map(|hint| format!("the database advises: {hint}")));
    if let Some(sqlstate) = &error.sqlstate {
        told = told.field("sqlstate", sqlstate.clone());
    }
    if let Some(code) = error.sqlite_code {
        told = told.field("sqlite_code", code);
    }
    told
}

impl From<ExecuteError> for CliError {
    fn from(error: ExecuteError) -> Self {
        let message = error.to_string();
        match error {
            ExecuteError::Backend(error) => error.into(),
            ExecuteError::Plan(error) => error.into(),
            ExecuteError::Scripts(problems) => problems.into(),
            ExecuteError::Irreversible { revision, .. } => Self::failed("irreversible", message)
                .field("revision", revision.as_str())
                .cause("nothing has run"),
            ExecuteError::Refused(refusals) => {
                let mut told =
                    Self::failed("refused", "nothing has run: the scripts hold what cannot run as they ask");
                for refusal in refusals {
                    let hint = match refusal.reason {
                        RefusalReason::TransactionControl(_) => {
                            "leave the transaction to revgraph, or put `-- revgraph: no-transaction` into the header"
                        }
                        RefusalReason::CannotRunInTransaction(_) => {
                            "put `-- revgraph: no-transaction` into the header; each statement then runs on its own"
                        }
                        RefusalReason::UncommittedEnumValue { .. } => {
                            "put `-- revgraph: no-transaction` into the header of the script that adds the value; a string that is no value of the enum can be cast: 'value'::text"
                        }
                        RefusalReason::Unreadable(_) => "see the marked place",
                    };
                    told = told.excerpt(refusal.reason.to_string(), refusal.excerpt);
                    if !told.hints.iter().any(|known| known == hint) {
                        told = told.hint(hint);
                    }
                }
                told
            }
            ExecuteError::Edited(edited) => of_edited(message, edited),
            ExecuteError::Reparented(reparented) => {
                let mut told = Self::new("reparented", ExitStatus::Differs, message);
                for one in reparented {
                    told = told.cause(format!(
                        "{} stood on {} when it was applied; {} says {}",
                        one.revision,
                        one.recorded,
                        one.path.display(),
                        one.found
                    ));
                }
                told.hint("put the down_revision back as it was")
            }
            ExecuteError::Ahead { missing, common } => of_ahead(message, missing, &common),
            ExecuteError::Diverged { missing, pending, common } => {
                of_diverged(message, missing, pending, common)
            }
            ExecuteError::NotApplied { revision } => {
                Self::failed("not_applied", message).field("revision", revision.as_str())
            }
            ExecuteError::Step(run) => of_failed_run(*run),
        }
    }
}

/// The beginning of a statement that is too long to be told.
fn shortened(statement: &str) -> String {
    match statement.char_indices().nth(LONGEST_STATEMENT) {
        Some((end, _)) => format!("{}…", statement.get(..end).unwrap_or_default()),
        None => statement.to_owned(),
    }
}

/// Tells in `told` why a script failed; `what` was being done.
pub fn failed_script(mut told: CliError, what: &str, cause: FailureCause) -> CliError {
    match cause {
        FailureCause::Statement { number, of, error, excerpt, statement, .. } => {
            told.message = format!("{what} failed at statement {number} of {of}: {}", error.message);
            told = told.field("statement", shortened(&statement)).field("statement_number", number);
            let label = error.sqlstate.as_ref().map(|state| format!("SQLSTATE {state}")).unwrap_or_default();
            with_database_details(told.excerpt(label, *excerpt), &error)
        }
        FailureCause::Bookkeeping { phase, error } => {
            told.message = format!("{what} failed while {phase}: {}", error.message);
            with_database_details(told, &error)
        }
        FailureCause::ForeignKeys(violations) => {
            told.message = format!("{what} would leave foreign keys that point nowhere");
            told.causes.extend(violations.iter().map(ToString::to_string));
            told
        }
        FailureCause::RowsMoved => {
            told.message = format!("{what} found other version rows than were planned for");
            told
        }
    }
}

fn of_failed_run(run: FailedRun) -> CliError {
    let revision = run.failure.revision.clone();
    let verb = match run.failure.operation {
        Operation::Upgrade => "upgrade to",
        Operation::Downgrade => "downgrade of",
        Operation::Stamp => "stamp of",
    };
    let lost = run.failure.cause.database_error().is_some_and(|error| error.connection_lost);
    let lock = run.failure.cause.database_error().is_some_and(|error| error.lock_not_had);
    let status = if lost || lock { ExitStatus::Unavailable } else { ExitStatus::Failed };
    let told = CliError::new("step", status, String::new()).field("revision", revision.as_str());
    let kept_statements = match run.failure.cause {
        FailureCause::Statement { kept, .. } => kept,
        _ => 0,
    };
    let mut told = failed_script(told, &format!("the {verb} {revision}"), run.failure.cause);
    let heads = run.done.heads.iter().map(ToString::to_string).collect::<Vec<_>>();
    let stands = if heads.is_empty() { "base".to_owned() } else { heads.join(", ") };
    let known_heads = if run.state_known { serde_json::json!(heads) } else { serde_json::Value::Null };
    told = told.field("heads", known_heads).field("completed", run.done.steps.len());
    let place = match (run.state_known, kept_statements) {
        (false, _) => {
            "the connection is lost; whether the last revision was committed is not known".to_owned()
        }
        (true, 0) => format!("it was rolled back; the database stands at {stands}"),
        (true, kept) => format!(
            "it does not run in a transaction: {kept} of its statements have run and stay; the version rows say {stands}"
        ),
    };
    told = told.cause(place);
    let done = run.done.steps.len();
    if done > 0 {
        told = told.cause(format!("{done} of {} revisions were done before", run.planned));
    }
    if !run.state_known {
        return told.hint("look where it stands: revgraph current");
    }
    if lock || interrupt::happened() {
        return told.hint("run the same command again");
    }
    told.hint("mend the script and run the same command again")
}
