//! A thin safe wrapper over the part of libpq that a session needs, with the project's `unsafe` code.
//!
//! Each function stands for one libpq call, or for calls that are only sound together. What the
//! results mean is decided by the callers. The functions used exist since libpq 17.

#![allow(unsafe_code, reason = "libpq is a C library")]
#![deny(clippy::undocumented_unsafe_blocks)]

mod cancel;
mod connection;
mod conninfo;
mod result;
mod string;

pub(super) use cancel::CancelConnection;
pub use connection::TransactionStatus;
pub(super) use connection::{Beginning, BoundQuery, Connection, Refused};
pub(super) use conninfo::parse_conninfo;
pub(super) use result::{DiagnosticField, PgResult, ResultStatus};
