//! The one runner of all integration tests: a binary for each would link SQLite, libpq and OpenSSL again.

mod alembic_traversals;
