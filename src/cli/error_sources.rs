//! What the layers below answer, in the words of the command line.

use super::error::CliError;
use super::exit::ExitStatus;
use super::interrupt;
use crate::backend::{BackendError, DatabaseError, FailureCause, UnsettledReason};
use crate::execute::{ExecuteError, FailedRun, RefusalReason, Unsettled};
use crate::graph::{SpecError, TargetError};
use crate::ledger::StatementState;
use crate::plan::{Operation, PlanError};

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
            TargetError::NotBelow { .. } | TargetError::NotARangeOfAncestors { .. } => {
                failed("not_an_ancestor").hint("revgraph history -i shows what has been applied")
            }
            TargetError::Overlap { .. } => failed("overlapping_targets"),
            TargetError::CurrentUnavailable { .. } => Self::usage(error.to_string()),
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
                        RefusalReason::Unreadable(_) => "see the marked place",
                    };
                    told = told.excerpt(refusal.reason.to_string(), refusal.excerpt);
                    if !told.hints.iter().any(|known| known == hint) {
                        told = told.hint(hint);
                    }
                }
                told
            }
            ExecuteError::Edited(edited) => {
                let mut told = Self::new("edited", ExitStatus::Differs, message);
                for one in edited {
                    told = told.cause(format!(
                        "{} is not what was applied as {}",
                        one.path.display(),
                        one.revision
                    ));
                }
                told.hint("put the script back as it was, and write the change as a new revision")
                    .hint("or set checksums = \"warn\" in alembic.toml")
            }
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
            ExecuteError::Unsettled(unsettled) => of_unsettled(&unsettled, message),
            ExecuteError::NothingToResolve { .. } => Self::failed("nothing_to_resolve", message)
                .hint("to record where a database stands: revgraph stamp REV"),
            ExecuteError::OutOfTurn { .. } => Self::failed("out_of_turn", message)
                .hint("revgraph current shows where the database stands, revgraph stamp REV sets it"),
            ExecuteError::Step(run) => of_failed_run(*run),
        }
    }
}

fn of_unsettled(unsettled: &Unsettled, message: String) -> CliError {
    let revision = &unsettled.revision;
    let mut told = CliError::new("unsettled", ExitStatus::Differs, message)
        .field("revision", revision.as_str())
        .field("operation", unsettled.operation.clone());
    for state in [StatementState::Done, StatementState::Failed, StatementState::Started] {
        let numbers = unsettled.numbers(state);
        told = told.field(state.name(), numbers.clone());
        if !numbers.is_empty() {
            let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
            told = told.cause(format!("{}: statement {}", in_words(state), numbers.join(", ")));
        }
    }
    let errors = unsettled.statements.iter().filter_map(|statement| statement.error.as_ref());
    told.causes.extend(errors.cloned());
    let way_on = match unsettled.reason {
        UnsettledReason::Unknown { number } => format!(
            "or, where statement {number} may run twice, let it say so (IF NOT EXISTS, IF EXISTS) and run the same command again"
        ),
        UnsettledReason::Edited { number } => {
            format!("or put statement {number} back as it was, and run the same command again")
        }
        UnsettledReason::Transactional => {
            "or put `-- revgraph: no-transaction` back into the header, and run the same command again"
                .to_owned()
        }
        UnsettledReason::InTheWay => match unsettled.operation.as_str() {
            "upgrade" => format!("to go on with it: revgraph upgrade {revision}"),
            operation => format!("to go on with it, {operation} through {revision} again"),
        },
    };
    told.hint(format!(
        "if all of it is there, or has been finished by hand: revgraph resolve --applied {revision}"
    ))
    .hint(format!(
        "if nothing of it is left, or has been undone by hand: revgraph resolve --rolled-back {revision}"
    ))
    .hint(way_on)
}

fn in_words(state: StatementState) -> &'static str {
    match state {
        StatementState::Done => "has run",
        StatementState::Failed => "failed",
        StatementState::Started => "started, and nothing is known of its end",
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
    let mut told = CliError::new("step", status, String::new()).field("revision", revision.as_str());
    let mut kept_statements = 0;
    match run.failure.cause {
        FailureCause::Statement { number, of, error, excerpt, statement, kept } => {
            told.message =
                format!("the {verb} {revision} failed at statement {number} of {of}: {}", error.message);
            kept_statements = kept;
            told = told.field("statement", statement).field("statement_number", number);
            let label = error.sqlstate.as_ref().map(|state| format!("SQLSTATE {state}")).unwrap_or_default();
            told = with_database_details(told.excerpt(label, *excerpt), &error);
        }
        FailureCause::Bookkeeping { phase, error } => {
            told.message = format!("the {verb} {revision} failed while {phase}: {}", error.message);
            told = with_database_details(told, &error);
        }
        FailureCause::ForeignKeys(violations) => {
            told.message = format!("the {verb} {revision} would leave foreign keys that point nowhere");
            told.causes.extend(violations.iter().map(ToString::to_string));
        }
        FailureCause::InvalidIndex { index, number, of } => {
            told.message = format!(
                "the {verb} {revision} failed at statement {number} of {of}: the index {index} is there, but invalid"
            );
            kept_statements = number.saturating_sub(1);
            told = told
                .field("statement_number", number)
                .hint("the same command again drops it and builds it anew")
                .hint("look for rows that break its rule, or for a build of it that was cut off");
        }
        FailureCause::NeedsSession { number } => {
            told.message = format!(
                "the {verb} {revision} needs one session for all its statements, and a connection pooler is between"
            );
            told.causes.push(match number {
                Some(number) => format!("statement {number} leaves something in the session"),
                None => "the URL asks for a search path (schema=…)".to_owned(),
            });
            told = told.hint("connect to the server itself, past the pooler, for this revision");
        }
        FailureCause::RowsMoved => {
            told.message = format!("the {verb} {revision} found other version rows than were planned for");
        }
    }
    let heads = run.done.heads.iter().map(ToString::to_string).collect::<Vec<_>>();
    let stands = if heads.is_empty() { "base".to_owned() } else { heads.join(", ") };
    told = told.field("heads", heads).field("completed", run.done.steps.len());
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
    told.causes.extend(run.blockers);
    if run.tries > 1 {
        told = told.cause(format!("it was tried {} times", run.tries));
    }
    let done = run.done.steps.len();
    if done > 0 {
        told = told.cause(format!("{done} of {} revisions were done before", run.planned));
    }
    if !run.state_known {
        return told.hint("look where it stands: revgraph current");
    }
    if interrupt::happened() {
        return told.hint("run the same command again");
    }
    if kept_statements > 0 {
        return told
            .hint(format!(
                "mend the script and run the same command again: it goes on at statement {}",
                kept_statements + 1
            ))
            .hint(format!(
                "or finish it by hand: revgraph resolve --applied {revision}; or undo it by hand: revgraph resolve --rolled-back {revision}"
            ));
    }
    if lock {
        return told.hint("wait for them, or end them, and run the same command again");
    }
    told.hint("mend the script and run the same command again")
}
