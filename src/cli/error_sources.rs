//! What the layers below answer, in the words of the command line.

use super::error::{CliError, from_here};
use super::error_kind::ErrorKind;
use super::exit::ExitStatus;
use super::failed_run::missing_right;
use super::history_errors::{of_ahead, of_diverged, of_edited, of_other_rows};
use super::{failed_run, unsettled};
use crate::backend::{BackendError, DatabaseError, Instead, UnreachableKind};
use crate::backup::BackupError;
use crate::execute::{ExecuteError, RefusalReason};
use crate::graph::{SpecError, TargetError};
use crate::plan::PlanError;
use crate::script::UnfoldError;
use serde_json::json;

impl From<SpecError> for CliError {
    fn from(error: SpecError) -> Self {
        let told = Self::new(ErrorKind::Target, error.to_string());
        told.hint("targets are head, heads, base, an id or its beginning, a label, ID+N, ID-N, +N, -N and LABEL@TARGET")
    }
}

impl From<TargetError> for CliError {
    fn from(error: TargetError) -> Self {
        let failed = |kind| Self::new(kind, error.to_string());
        match &error {
            TargetError::Syntax(error) => error.clone().into(),
            TargetError::Unknown { nearest, .. } if !nearest.is_empty() => {
                failed(ErrorKind::UnknownRevision).hint(format!("did you mean {}?", nearest.join(" or ")))
            }
            TargetError::Unknown { .. } => {
                failed(ErrorKind::UnknownRevision).hint("revgraph history lists the revisions")
            }
            TargetError::PrefixTooShort { candidates, .. } => {
                failed(ErrorKind::UnknownRevision).hint(format!("it begins {}", candidates.join(", ")))
            }
            TargetError::AmbiguousPrefix { .. } => {
                failed(ErrorKind::AmbiguousRevision).hint("give more characters")
            }
            TargetError::UnknownBranch { nearest, .. } if !nearest.is_empty() => {
                failed(ErrorKind::UnknownBranch).hint(format!("did you mean {}?", nearest.join(" or ")))
            }
            TargetError::UnknownBranch { labels, .. } if labels.is_empty() => {
                failed(ErrorKind::UnknownBranch).hint("no revision has a branch label; ID@… works as well")
            }
            TargetError::UnknownBranch { labels, .. } => {
                failed(ErrorKind::UnknownBranch).hint(format!("the branch labels are {}", labels.join(", ")))
            }
            TargetError::NotOnBranch { .. } | TargetError::NothingOnBranch { .. } => {
                failed(ErrorKind::WrongBranch)
            }
            TargetError::MultipleHeads { heads, .. } => {
                let first = heads.first().map(ToString::to_string).unwrap_or_default();
                failed(ErrorKind::MultipleHeads)
                    .hint(format!("name one of them ({first}), or `heads` for all"))
                    .hint("join them: revgraph merge heads")
            }
            TargetError::AmbiguousStep { .. } => {
                failed(ErrorKind::AmbiguousTarget).hint("name the revision instead")
            }
            TargetError::AmbiguousStart { rows, .. } => {
                let first = rows.first().map(ToString::to_string).unwrap_or_default();
                failed(ErrorKind::AmbiguousTarget).hint(format!("name the branch: {first}@… or LABEL@…"))
            }
            TargetError::PastTheEnd { .. } | TargetError::NothingApplied { .. } => {
                failed(ErrorKind::PastTheEnd)
            }
            TargetError::WrongDirection { direction, .. } => {
                let other = if *direction == "up" { "downgrade" } else { "upgrade" };
                failed(ErrorKind::WrongDirection).hint(format!("revgraph {other} goes the other way"))
            }
            TargetError::NotBelow { .. } => {
                failed(ErrorKind::NotAnAncestor).hint("revgraph history -i shows what has been applied")
            }
            TargetError::NotARangeOfAncestors { .. } => {
                failed(ErrorKind::NotAnAncestor).hint("revgraph history --graph shows how they are related")
            }
            TargetError::Overlap { .. } => failed(ErrorKind::OverlappingTargets),
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
            PlanError::UnknownRows { .. } => Self::new(ErrorKind::UnknownVersionRow, error.to_string())
                .hint("are these the right scripts for this database, and is the checkout up to date?")
                .hint("if the database is known to stand elsewhere: revgraph stamp --purge REV"),
        }
    }
}

impl From<BackendError> for CliError {
    fn from(error: BackendError) -> Self {
        let message = error.to_string();
        match error {
            BackendError::Unreachable { hint, kind, sqlstate, .. } => {
                let kind = match kind {
                    UnreachableKind::NoAnswer | UnreachableKind::Other => ErrorKind::DatabaseUnreachable,
                    UnreachableKind::UnknownHost => ErrorKind::UnknownHost,
                    UnreachableKind::Timeout => ErrorKind::ConnectTimeout,
                    UnreachableKind::TooManyConnections => ErrorKind::TooManyConnections,
                    UnreachableKind::Starting => ErrorKind::ServerStarting,
                    UnreachableKind::Authentication => ErrorKind::AuthenticationFailed,
                    UnreachableKind::NoSuchRole => ErrorKind::NoSuchRole,
                    UnreachableKind::NoSuchDatabase => ErrorKind::NoSuchDatabase,
                    UnreachableKind::Tls => ErrorKind::Tls,
                };
                let mut told = Self::new(kind, message);
                if let Some(sqlstate) = sqlstate {
                    told = told.field("sqlstate", sqlstate);
                }
                told.hints.extend(hint.map(str::to_owned));
                told
            }
            BackendError::OtherDatabase { .. } => Self::new(ErrorKind::OtherDatabaseReached, message)
                .cause("nothing has run there")
                .hint("the server, or a pooler before it, gives one database whatever name is asked for; connect to a server with databases of its own")
                .hint("or name an empty database elsewhere that may be filled and emptied: scratch_url in alembic.toml"),
            BackendError::NotBuiltIn { .. } => {
                Self::usage(message).hint("build it with the feature postgres or sqlite")
            }
            BackendError::NotADatabase { instead: Instead::Content, .. } => {
                Self::new(ErrorKind::NotADatabase, message)
                    .hint("is it the right file? One that SQLCipher or its like has encrypted cannot be read")
            }
            BackendError::NotADatabase { .. } => {
                Self::new(ErrorKind::NotADatabase, message).hint("name the file of the database in the URL")
            }
            BackendError::Damaged { .. } => of_damage(Self::new(ErrorKind::DamagedDatabase, message)),
            BackendError::NotALockFile { .. } => Self::new(ErrorKind::NotALockFile, message)
                .hint("remove it: a link there could lead to any file, so that none is followed"),
            BackendError::ForeignVersionTable { .. } => {
                Self::new(ErrorKind::ForeignVersionTable, message)
                    .hint("set version_table in alembic.toml to another name")
            }
            BackendError::VersionTableElsewhere { schemas, .. } => {
                let first = schemas.first().map(String::as_str).unwrap_or_default();
                Self::new(ErrorKind::VersionTableElsewhere, message)
                    .cause("with a second version table everything would run again")
                    .hint(format!("if that is this environment's: version_table_schema = \"{first}\" in alembic.toml"))
                    .hint("if this is to be another environment, name its schema in version_table_schema, or as ?schema= in the URL")
            }
            BackendError::NameTooLong { .. } => Self::usage(message).hint("choose a shorter version_table or schema"),
            BackendError::OtherServer { make } => Self::new(ErrorKind::OtherServer, message)
                .cause("nothing has been asked of it")
                .cause(format!("it speaks PostgreSQL's protocol, but {make} has other catalogs, and locks that lock nothing"))
                .hint("name a PostgreSQL server in the URL"),
            BackendError::ServerTooOld { .. } => Self::new(ErrorKind::ServerTooOld, message)
                .cause("nothing has been asked of it")
                .hint("upgrade the server, or name another one in the URL"),
            BackendError::ReadOnly { .. } => Self::new(ErrorKind::ReadOnly, message)
                .cause("nothing has been written")
                .hint(CONNECT_TO_THE_PRIMARY)
                .field("sqlstate", READ_ONLY_TRANSACTION),
            BackendError::NoSchema => {
                Self::new(ErrorKind::NoSchema, message).hint("create the schema, or set version_table_schema")
            }
            BackendError::LockNotHad { .. } => Self::new(ErrorKind::Lock, message)
                .hint("wait for it and run the command again, or set migration_lock_timeout higher"),
            BackendError::PoolTooSmall { .. } => {
                Self::new(ErrorKind::PoolTooSmall, message)
                    .hint("give its pool at least two connections (PgBouncer: default_pool_size), or connect to the server itself")
            }
            BackendError::InUse { .. } => Self::new(ErrorKind::InUse, message)
                .hint("end what is connected, or where they may be disconnected: --disconnect (PostgreSQL)"),
            BackendError::NotAllowed { action, .. } => {
                let told = Self::new(ErrorKind::NotAllowed, message).cause("nothing has changed");
                match action {
                    "made" => told
                        .hint("let the role make databases: ALTER ROLE name CREATEDB")
                        .hint("or have somebody make it who may: CREATE DATABASE name OWNER role"),
                    _ => told.hint("only its owner may drop it; revgraph reset empties it object by object"),
                }
            }
            BackendError::NoDatabaseName { .. } => {
                Self::usage(message).hint("add it to the URL: postgres://HOST/NAME")
            }
            BackendError::InTransaction { .. } => Self::new(ErrorKind::InTransaction, message),
            BackendError::Cancelled(cancelled) => cancelled.into(),
            BackendError::RowsMoved => {
                Self::new(ErrorKind::VersionRowsMoved, message).hint("run the command again")
            }
            BackendError::Database(error) => error.into(),
        }
    }
}

impl From<DatabaseError> for CliError {
    fn from(error: DatabaseError) -> Self {
        let told = Self::new(ErrorKind::Database, error.message.clone()).retryable_after(Some(&error));
        let told = match error.sqlstate.as_deref() {
            Some(READ_ONLY_TRANSACTION) => told.with_kind(ErrorKind::ReadOnly),
            _ if error.sqlite_code.is_some_and(|code| code & 0xff == SQLITE_CORRUPT) => {
                of_damage(told.with_kind(ErrorKind::DamagedDatabase))
            }
            _ => told,
        };
        with_database_details(told, &error)
    }
}

/// SQLite's primary result code of a damaged file.
const SQLITE_CORRUPT: i32 = 11;

/// What to do about a damaged SQLite file.
fn of_damage(told: CliError) -> CliError {
    told.hint("put a backup in its place: revgraph backup --list, revgraph restore FILE")
        .hint("or save what can be read of it: sqlite3 FILE .recover")
}

/// The SQLSTATE `read_only_sql_transaction`.
pub(super) const READ_ONLY_TRANSACTION: &str = "25006";
const CONNECT_TO_THE_PRIMARY: &str = "connect to the primary, or where default_transaction_read_only is set, as a role or to a database that may write";

pub(super) fn with_database_details(mut told: CliError, error: &DatabaseError) -> CliError {
    if error.sqlstate.as_deref() == Some(READ_ONLY_TRANSACTION) {
        told = told.hint(CONNECT_TO_THE_PRIMARY);
    }
    told.hints.extend(missing_right(error));
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
            ExecuteError::Irreversible { revision, .. } => Self::new(ErrorKind::Irreversible, message)
                .field("revision", revision.as_str())
                .cause("nothing has run"),
            ExecuteError::Refused(refusals) => {
                let mut told = Self::new(
                    ErrorKind::Refused,
                    "nothing has run: the scripts hold what cannot run as they ask",
                );
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
                        RefusalReason::Bookkeeping(_) => {
                            "take the statement out: the version rows are moved with each revision. Text that `alembic upgrade --sql` printed holds them, and `revgraph import alembic` leaves them out"
                        }
                        RefusalReason::Strings => {
                            "write the string as E'…', which means the same with either setting"
                        }
                        RefusalReason::Encoding => {
                            "take the SET client_encoding out: scripts are UTF-8, and revgraph says so to the server"
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
                let mut told = Self::new(ErrorKind::Reparented, message);
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
            ExecuteError::Protected { name, .. } => Self::new(ErrorKind::Protected, message)
                .cause("nothing has changed")
                .hint(format!("if it is to be erased all the same: --confirm {}", shell_words::quote(&name))),
            ExecuteError::Ahead { missing, common } => of_ahead(message, missing, &common),
            ExecuteError::Diverged { missing, pending, common } => {
                of_diverged(message, missing, pending, common)
            }
            ExecuteError::Unfold(UnfoldError::OriginalsGone { baseline, missing }) => {
                Self::new(ErrorKind::OriginalsGone, message)
                    .cause(
                        "the database stands, or is to stand, among the revisions that a squash has replaced",
                    )
                    .hint("put their scripts back into the backup folder, from version control")
                    .hint(format!(
                        "where the database has all that they do, say so: revgraph stamp --purge {baseline}"
                    ))
                    .field("baseline", baseline.as_str())
                    .field("missing", json!(missing))
            }
            ExecuteError::Unfold(UnfoldError::Graph(problems)) => {
                let told = Self::new(ErrorKind::Backup, message).with_status(ExitStatus::Differs);
                problems.iter().fold(told, |told, problem| told.cause(problem.to_string()))
            }
            ExecuteError::NotApplied { revision } => {
                Self::new(ErrorKind::NotApplied, message).field("revision", revision.as_str())
            }
            ExecuteError::Unsettled(left) => unsettled::told(&left, message),
            ExecuteError::NothingToResolve { .. } => Self::new(ErrorKind::NothingToResolve, message)
                .hint("to record where a database stands: revgraph stamp REV"),
            ExecuteError::OutOfTurn { .. } => Self::new(ErrorKind::OutOfTurn, message)
                .hint("revgraph current shows where the database stands, revgraph stamp REV sets it"),
            ExecuteError::UnknownStep { revision } => {
                Self::new(ErrorKind::UnknownRevision, message).field("revision", revision.as_str())
            }
            ExecuteError::OtherRows(others) => of_other_rows(&others),
            ExecuteError::NotImported { revision, path, .. } => Self::new(ErrorKind::Stub, message)
                .field("revision", revision.as_str())
                .field("file", path.display().to_string())
                .cause("nothing has run")
                .hint(format!("write what it does as SQL into {}", from_here(&path)))
                .hint("or bring the database there with the other tool, and then: revgraph stamp REV"),
            ExecuteError::NotBegun(error) => match error.downcast::<BackupError>() {
                Ok(error) => Self::from(*error).cause("nothing has run"),
                Err(_) => Self::new(ErrorKind::NotBegun, message),
            },
            ExecuteError::Step(run) => failed_run::told(*run),
        }
    }
}
