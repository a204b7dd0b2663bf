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
mod carry_out;
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
mod imported;
mod kind;
mod meant_dialect;
mod number;
mod pairs;
mod prisma;
mod prisma_models;
mod provenance;
mod read;
mod refinery;
mod repair;
mod request;
mod script;
mod sqitch;
mod sqlx;
mod transactions;
mod versions;
mod write;

pub use adopt::{
    AdoptError, Adopting, Adoption, Disagreement, NotAdopted, adopt_own_rows, applied_by_tool,
    check_imported, tool_at_work,
};
pub use carry_out::{CarryOutError, ImportRun, Imported, carry_out};
pub use error::{Clash, Fault, ImportError};
pub use evidence::dialect_of_scripts;
pub use files::{FolderEntry, SourceFile, list, read_source};
pub use history::{ImportedDown, ImportedHistory, ImportedRevision, ImportedScript, Note};
pub use identifier::allowed_id;
pub use imported::{Import, ImportedFiles};
pub use kind::{Kind, UnknownKind, found_in, usual_folder};
pub use meant_dialect::meant_dialect;
pub use prisma_models::{NameModelsError, NamedModels, said_migrations};
pub use provenance::Provenance;
pub use read::read;
pub use repair::Rewritten;
pub use request::Request;
pub use write::Earlier;
