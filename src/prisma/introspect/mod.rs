//! From a database to the model language, as `prisma db pull` goes.
//!
//! ```text
//! Catalog ─► Drawing ─► text                          (no models yet)
//!               └─► edits of the texts that are there  (what is as it was keeps its text)
//! ```
//!
//! What differs is found by comparing catalogs, not texts: that of the models, as the database prints it, with the
//! database's.

mod defaults;
mod draw;
mod edit;
mod edits;
mod home;
mod render;
mod splice;
mod types;

use super::parser;
use super::source::SourceFile;
use crate::catalog::Catalog;

pub use defaults::is_same_default;
use draw::Predicates;
pub use edit::Known;
pub use types::{postgres_column, sqlite_scalar};

/// The text of a whole file of models for a database for which there are none yet.
#[must_use]
pub fn file(database: &Catalog) -> String {
    render::file(&draw::draw(database, None, Predicates::Remarked), database.dialect)
}

/// The files of models that are there, with what differs in the database: their comments, their order and the names
/// that were given by hand stay.
#[must_use]
pub fn pull(known: Known<'_>, database: &Catalog) -> Vec<SourceFile> {
    let (document, _) = parser::parse(known.files);
    let drawing = draw::draw(database, Some(known.schema), Predicates::of(&document));
    edit::edit(known, &document, &drawing, database)
}
