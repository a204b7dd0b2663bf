//! All database I/O. A [`Backend`] reads where a database stands and applies steps to it; what differs between
//! dialects stays behind it.

#[cfg_attr(
    not(all(feature = "postgres", feature = "sqlite")),
    allow(dead_code, unused_imports, unused_variables)
)]
mod administration;
mod books;
mod connect;
mod contents;
mod control;
mod database;
mod error;
mod foreign;
mod inventory;
mod journal;
mod kept;
mod step;

#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "sqlite")]
pub mod sqlite;

pub use administration::{Sessions, create_database, drop_database};
pub use connect::connect;
#[cfg(feature = "postgres")]
pub use connect::connect_to_scratch;
#[cfg(feature = "sqlite")]
pub use connect::of_rusqlite;
pub use contents::{Contents, SequencePosition, TableRows};
pub use control::{Control, Wait};
pub use database::{Access, Backend, DatabaseState, Describe, TakeRow, Timeouts};
pub use error::{BackendError, DatabaseError, ForeignKeyViolation, Instead, UnreachableKind};
pub use foreign::{ForeignColumn, ForeignRows, ForeignTable};
pub use inventory::Inventory;
pub use journal::{Resume, UnsettledReason, resume_point};
pub use kept::KeptTable;
pub use step::{FailureCause, PreparedStep, StepFailure, Watch};
