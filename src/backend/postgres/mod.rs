//! PostgreSQL: Diesel's query layer over a libpq session.
//!
//! Scripts go out in the simple protocol, a whole revision with its bookkeeping in one message; what is read comes
//! through Diesel with bound values.

mod administration;
#[cfg(feature = "bundled-libpq")]
mod authorities;
mod backend;
mod blockers;
mod cancel;
mod connect;
mod connect_error;
mod connection;
mod contents;
mod describe;
mod diesel_connection;
mod errors;
mod foreign;
mod identity;
mod invalid_index;
mod inventory;
mod kept;
mod leftovers;
mod lent;
mod libpq;
mod lock;
mod lock_watch;
mod message;
mod no_transaction;
mod notice;
mod opening;
mod outcome;
mod parameters;
mod pooled_lock;
mod properties;
mod queries;
mod repeated;
mod replacement;
mod row_counts;
mod run;
mod scratch;
mod scratch_release;
mod server_error;
mod session;
mod supported;

pub(super) use administration::{create_database, drop_database};
pub use cancel::{CancelError, CancelHandle};
pub use connect_error::ConnectError;
pub use connection::Postgres;
pub use diesel_connection::{SessionCursor, SessionField, SessionRow};
pub use identity::Identity;
pub use lent::LentDatabase;
pub use libpq::TransactionStatus;
pub use notice::{Notice, NoticeHandler};
pub use outcome::CommandOutcome;
pub use parameters::parse_conninfo;
pub use replacement::{Kept, Replacement, drop_kept, kept, name_of};
pub use scratch::TemporaryDatabase;
pub use server_error::{BatchError, ErrorOrigin, ServerError};
pub use session::Session;
