//! `import alembic`, against the real Alembic.

mod catalogs;
mod environment;
mod mistakes;
mod recorded;
mod rendering;
