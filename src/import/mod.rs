//! Histories of other migrators, taken over as revisions.
//!
//! ```text
//! folder ─► reader (one a KIND) ─► ImportedHistory ─► Import ─► scripts
//!                                        │                 transactions, ids, what was imported before
//!                                        └─► Adoption: the other tool's table ─► stamp
//! ```
//!
//! A reader knows its tool: order, pairing, markers. What comes after is the same for all of them.

mod adopt;
pub mod alembic;
mod dbmate;
mod diesel;
mod error;
mod evidence;
mod files;
mod flyway;
mod golang_migrate;
mod goose;
mod history;
mod identifier;
mod kind;
mod pairs;
mod placeholder;
mod prisma;
mod provenance;
mod refinery;
mod repair;
mod script;
mod sqitch;
mod sqlx;
mod transactions;
mod versions;
mod write;

use std::path::PathBuf;

use crate::backend::Control;
use crate::config::Config;
use crate::sql::Dialect;

pub use adopt::{AdoptError, Disagreement, applied_by_tool, tool_at_work};
pub use error::{Clash, Fault, ImportError};
pub use evidence::dialect_of_scripts;
pub use files::{FolderEntry, SourceFile, list, read_source};
pub use history::{ImportedDown, ImportedHistory, ImportedRevision, ImportedScript, Note};
pub use identifier::allowed_id;
pub use kind::{Kind, UnknownKind, found_in, usual_folder};
pub use placeholder::is_placeholder;
pub use provenance::Provenance;
pub use repair::Rewritten;
pub use write::{Earlier, Import, ImportedFiles};

/// What to import.
#[derive(Debug, Clone)]
pub struct Request<'c> {
    /// The tool whose files they are.
    pub kind: Kind,
    /// The folder that holds them.
    pub folder: PathBuf,
    /// The SQL that they are in; none where neither the user nor a configured database says so.
    pub dialect: Option<Dialect>,
    /// The environment that the revisions go to.
    pub config: &'c Config,
    /// How an Alembic environment is run.
    pub alembic: alembic::AlembicOptions,
    /// What may cancel the reading.
    pub control: Control,
}

/// Reads another tool's history. Nothing is written.
///
/// # Errors
/// [`ImportError`] where the folder is not the tool's, or its files contradict each other.
pub fn read(request: &Request<'_>) -> Result<ImportedHistory, ImportError> {
    if !request.folder.is_dir() {
        return Err(ImportError::NoFolder { folder: request.folder.clone() });
    }
    let folder = &request.folder;
    // What another tool's markers divide into up and down would otherwise run as one script.
    let is_likelier_another = || !kind::looks_like(request.kind, folder) && !kind::likely(folder).is_empty();
    if request.kind != Kind::Alembic && is_likelier_another() {
        return Err(nothing_found(request));
    }
    let history = match request.kind {
        Kind::Alembic => alembic::read(request),
        Kind::Dbmate => dbmate::read(folder),
        Kind::Diesel => diesel::read(folder),
        Kind::Flyway => flyway::read(folder),
        Kind::GolangMigrate => golang_migrate::read(folder),
        Kind::Goose => goose::read(folder),
        Kind::Prisma => prisma::read(folder),
        Kind::Refinery => refinery::read(folder),
        Kind::Sqitch => sqitch::read(folder),
        Kind::Sqlx => sqlx::read(folder),
    };
    match history {
        Ok(history) if history.revisions.is_empty() => Err(nothing_found(request)),
        other => other,
    }
}

fn nothing_found(request: &Request<'_>) -> ImportError {
    let likely = kind::likely_near(&request.folder);
    ImportError::NothingFound { kind: request.kind, folder: request.folder.clone(), likely }
}
