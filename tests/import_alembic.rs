//! `import alembic`, against the real Alembic.

mod catalogs;
mod environment;
mod flask;
mod mistakes;
mod recorded;
mod rendering;
