//! Revisions as text, as JSON and as a drawn graph, in Alembic's words. Pure.

mod dag;
mod describe;
mod differences;
mod entry;
mod picture;

pub use dag::{Drawing, draw, lines_together};
pub use describe::{Describer, LineParts};
pub use differences::difference_lines;
pub use entry::RevisionEntry;
pub use picture::{PictureFormat, picture};
