//! Revisions as text and as JSON, in Alembic's words. Pure.

mod describe;

pub use describe::{Describer, LineParts};
