//! Histories of other migrators, taken over as revisions.
//!
//! ```text
//! folder ─► reader (one a KIND) ─► ImportedHistory ─► Import ─► scripts
//!                                        │                 transactions, ids, what was imported before
//!                                        └─► Adoption: the other tool's table ─► stamp
//! ```
//!
//! A reader knows its tool: order, pairing, markers. What comes after is the same for all of them.

pub mod alembic;
mod digest;
mod error;
mod files;
mod history;
mod identifier;
mod kind;
mod provenance;
mod script;
mod transactions;
mod write;

use std::path::PathBuf;

use crate::config::Config;
use crate::sql::Dialect;

pub use digest::Digest;
pub use error::{Clash, Fault, ImportError};
pub use files::{FolderEntry, SourceFile, list, read_source};
pub use history::{ImportedDown, ImportedHistory, ImportedRevision, ImportedScript, Note};
pub use identifier::allowed_id;
pub use kind::{Kind, UnknownKind};
pub use provenance::Provenance;
pub use write::{Import, ImportedFiles};

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
}

/// Reads another tool's history. Nothing is written.
///
/// # Errors
/// [`ImportError`] where the folder is not the tool's, or its files contradict each other.
pub fn read(request: &Request<'_>) -> Result<ImportedHistory, ImportError> {
    if !request.folder.is_dir() {
        return Err(ImportError::NoFolder { folder: request.folder.clone() });
    }
    if request.kind == Kind::Alembic {
        return alembic::read(request);
    }
    Err(ImportError::NothingFound {
        kind: request.kind,
        folder: request.folder.clone(),
        likely: kind::likely(&request.folder),
    })
}
