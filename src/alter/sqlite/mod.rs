//! What makes one SQLite schema into another: `ALTER TABLE` where the library can, else one rebuild of a table however
//! much of it is other.
//!
//! ```text
//! compare ─► Work (what goes, what comes, what is altered) ─► statements
//!                     change ─► in_place, or rebuild
//! ```
//!
//! Everything that goes is dropped first, so that its name is free; views and triggers come last, since they name what
//! comes before them. Foreign keys must be off while tables are dropped, else `ON DELETE CASCADE` empties others: a
//! revision runs so.

mod affinity;
mod aside;
mod change;
mod in_place;
mod mention;
mod rebuild;
mod remark;
mod side;
mod sound;
mod virtual_table;
mod work;

pub(super) use sound::unsound;

use super::{Alteration, Hints, Part, Refusal};
use crate::catalog::{Affinity, Catalog};

/// The statements that make the left schema into the right one.
///
/// # Errors
/// [`Refusal`] of what is in a form that is not understood.
pub(super) fn alter(left: &Catalog, right: &Catalog, hints: &Hints) -> Result<Alteration, Vec<Refusal>> {
    let statements = work::Work::of(left, right, hints)?.statements();
    let parts = if statements.is_empty() {
        Vec::new()
    } else {
        vec![Part { title: None, no_transaction: false, statements }]
    };
    Ok(Alteration { parts })
}

/// Whether there can be values that become others on the way from a column of one type to one of another, and that
/// cannot be turned back; of each side with whether its table is `STRICT`.
pub(super) fn is_changed_for_good(from: (&str, bool), to: (&str, bool)) -> bool {
    let affinity = |(data_type, is_strict)| Affinity::of_column(data_type, is_strict);
    affinity::altered(affinity(from), affinity(to), "x").is_some()
}
