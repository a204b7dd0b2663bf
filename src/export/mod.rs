//! Revisions written for other migrators, in one line: the way back.
//!
//! ```text
//! Plan ─► Migrations ─► layout (one a KIND) ─► files ─► folder
//! ```
//!
//! Diesel, SQLx and psql know no graph. Its revisions come in the order in which `upgrade heads` would run them.

mod diesel;
mod error;
mod kind;
mod lay_out;
mod layout;
mod migration;
mod parts;
mod psql;
mod sqlx;
mod text;
mod version;
mod write;

pub use error::ExportError;
pub use kind::{Kind, UnknownKind};
pub use lay_out::lay_out;
pub use layout::{ExportedMigration, Layout, Note};
pub use migration::{Migration, MigrationScript, migrations};
pub use write::write;
