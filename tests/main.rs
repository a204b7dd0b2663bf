//! The one runner of all integration tests: a binary for each would link SQLite, libpq and OpenSSL again.

mod support;

mod alembic_traversals;
mod cli_authoring;
mod cli_check;
mod cli_reference;
mod cli_views;
mod support_authoring;
mod execution;
#[cfg(feature = "postgres")]
mod postgres_session;
