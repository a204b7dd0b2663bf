//! What makes one schema into another: pure, from two catalogs to statements.
//!
//! ```text
//! Catalog × Catalog × Hints ─► renames ─► statements     (what the user has confirmed, first)
//!                           └► alter ───► Alteration: Part* ─► Statement*
//! ```
//!
//! Statements are in an order that the dependencies of both sides allow: drops by the left's order reversed, alters,
//! creates by the right's. What cannot be altered is a [`Refusal`] that names the object. Nothing here knows a
//! database: the caller runs what comes out on a scratch database, reads the catalog that this gives, and asks again
//! until nothing differs. So what a statement does to others beside its object (a rename
//! that rewrites views, a dropped column that takes its index along) need not be foretold.

mod alteration;
mod hints;
mod keep;
mod postgres;
mod rename;
mod sample_rows;
mod sqlite;

use crate::catalog::Catalog;
use crate::sql::Dialect;

pub use alteration::{Alteration, Part, Refusal, Remark, Statement};
pub use hints::{Hints, Rename, ServerVersion};
pub use keep::{Keep, keep, may_lose};
pub use rename::{Candidate, Mapping, candidates};
pub use sample_rows::{SampleRow, sample_rows};

/// The statements of the confirmed renames of tables, columns, types, labels and other objects that hold values.
/// They come first, on their own: their effect on everything else is read from the database that has run them.
///
/// # Errors
/// [`Refusal`] of a rename whose object is missing on its side.
pub fn renames(left: &Catalog, right: &Catalog, hints: &Hints) -> Result<Vec<Statement>, Vec<Refusal>> {
    rename::statements(left, right, hints)
}

/// What makes the left schema into the right one, after [`renames`] have been made; nothing where they are equal.
///
/// # Errors
/// [`Refusal`] of everything that cannot be altered, or only with a hint that is missing.
pub fn alter(left: &Catalog, right: &Catalog, hints: &Hints) -> Result<Alteration, Vec<Refusal>> {
    match right.dialect {
        Dialect::Postgres => postgres::alter(left, right, hints),
        Dialect::Sqlite => sqlite::alter(left, right, hints),
    }
}
