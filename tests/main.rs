//! The one runner of all integration tests: a binary for each would link SQLite, libpq and OpenSSL again.

mod support;

mod alembic_traversals;
mod execution;
#[cfg(feature = "postgres")]
mod postgres_session;
