//! SQLite, through rusqlite.
//!
//! Every revision is one `BEGIN IMMEDIATE` transaction whose first statements move the version rows: of several
//! processes on one file, all but one find a row that is not what they expect, and read and plan again.

mod administration;
mod backend;
mod bookkeeping;
mod connection;
mod contents;
mod copy;
mod describe;
mod errors;
mod file;
mod foreign;
mod foreign_keys;
mod holder;
mod inventory;
mod kept;
mod lock_file;
mod memory;
mod no_transaction;
mod replace;
mod row_counts;
mod run;
mod session_settings;
mod waiting;

pub(super) use administration::{create_file, drop_file};
pub use connection::Sqlite;
pub use replace::{ReplaceError, left_by_killed, replace};
