//! Backups of databases, and databases made from them.
//!
//! A backup is a file (or a folder) and a small JSON file beside it, [`Info`], which says what the database was like. It
//! is written under a temporary name and appears whole. A restore makes a new database, compares it with that, and only
//! then changes names; the old database stays until it is told to go.

mod error;
mod files;
mod info;
mod kept;
mod load;
mod location;
#[cfg(feature = "postgres")]
mod programs;
mod restore;
mod staging;
mod take;
mod tool;

pub use error::BackupError;
pub use info::{Format, Info};
pub use kept::{KeptDatabase, drop_kept, kept};
pub use load::{check, subject};
pub use location::{Found, folder, list, remove_oldest};
pub use restore::{Restored, Restoring, restore};
pub use take::{Taken, Taking, take};
pub use tool::Tool;
