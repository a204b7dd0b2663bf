//! The one runner of all integration tests: a binary for each would link SQLite, libpq and OpenSSL again.

// With one database some helpers have no user.
#[cfg_attr(not(all(feature = "postgres", feature = "sqlite")), allow(dead_code, unused_imports))]
mod support;

mod alembic_databases;
mod alembic_traversals;
mod cli_authoring;
mod cli_check;
mod cli_reference;
mod cli_views;
mod example;
mod execution;
mod layering;
mod ledger_history;
#[cfg(feature = "postgres")]
mod postgres_session;
mod schema;
mod support_authoring;
mod verify;
