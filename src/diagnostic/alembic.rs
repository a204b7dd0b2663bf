//! Why an Alembic environment cannot be read, in the words of the command line.

use super::{Diagnostic, ErrorKind};
use crate::import::alembic::{AlembicError, Failure, Stage};

/// Why an Alembic environment cannot be read, as the user reads it.
pub fn of_alembic(error: AlembicError) -> Diagnostic {
    let told = Diagnostic::new(ErrorKind::Alembic, error.to_string());
    match error {
        AlembicError::NoPython { source, .. } => told
            .cause(source.to_string())
            .hint("name the environment's Python, or the folder of its virtual environment: --python PATH"),
        AlembicError::Failed { python, failure } => {
            let told = told.cause(format!("the Python is {}", python.display()));
            of_failure(told, *failure)
        }
        AlembicError::Ended { said, .. } if said.is_empty() => told,
        AlembicError::Ended { said, .. } => told.cause(said),
        AlembicError::Garbled { source, .. } => told.cause(source.to_string()),
        AlembicError::NotRendered { .. } => told,
        AlembicError::Dialect { .. } => {
            told.hint("to render it for one of these: --dialect postgres or --dialect sqlite")
        }
        AlembicError::NoDatabase { wanted, source: Some(source) } => {
            let mut reason: Diagnostic = (*source).into();
            reason.causes.insert(0, reason.message.clone());
            let others = wanted.len().saturating_sub(1);
            let more = if others == 0 { String::new() } else { format!(" (and {others} more)") };
            Diagnostic { message: format!("{}{more}", told.message), ..reason }
        }
        AlembicError::NoDatabase { source: None, .. } => told
            .cause("such revisions are run on a scratch database, and no PostgreSQL server is configured")
            .hint("name a database of a server where scratch databases may be made: --url postgresql://…")
            .hint("or an empty database that may be used: scratch_url in alembic.toml"),
    }
}

fn of_failure(told: Diagnostic, failure: Failure) -> Diagnostic {
    let told = told
        .cause(failure.message.clone())
        .field("exception", failure.message)
        .field("traceback", failure.traceback.trim_end())
        .hint("-v shows the traceback");
    let told = match failure.path {
        Some(path) => told.field("file", path.display().to_string()),
        None => told,
    };
    let told = match failure.revision {
        Some(revision) => told.field("revision", revision),
        None => told,
    };
    match failure.stage {
        Stage::Alembic => told
            .hint("name the environment's Python, or the folder of its virtual environment: --python PATH"),
        Stage::Configuration | Stage::History => {
            told.hint("see whether `alembic history` works with the same Python, in the same folder")
        }
        Stage::Env => told
            .hint("see whether `alembic upgrade head --sql` works, and give revgraph the same environment variables")
            .hint("another Python: --python PATH; what env.py reads with get_x_argument(): -x KEY=VALUE")
            .hint("to leave env.py out: --without-env"),
        Stage::Revision => told.hint("see whether `alembic upgrade head` works on an empty database"),
        Stage::Database => told,
    }
}
