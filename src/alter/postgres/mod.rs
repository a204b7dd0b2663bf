//! What makes one PostgreSQL schema into another.
//!
//! ```text
//! Sides ─► Fates ─► Steps ─► in order ─► Part
//! ```
//!
//! [`Sides`] are the two catalogs. [`Fates`] say of every object, and of every column of a table that stays, whether
//! it comes, goes, is altered in place or has to be made again; what cannot stay takes along what the left side's
//! dependencies say that reads it. [`Steps`] are the statements of each, and which must precede which, by the
//! dependencies of both sides. Nothing is dropped with `CASCADE`.

mod cast;
mod circles;
mod column;
mod constraint;
mod fate;
mod grants;
mod index;
mod names;
mod order;
mod program;
mod routine;
mod sides;
mod spread;
mod steps;
mod table;
mod types;
mod unchecked;
mod view;
mod way;

use self::fate::Fates;
use self::sides::Sides;
use self::steps::Steps;
use super::{Alteration, Hints, Part, Refusal};
use crate::catalog::Catalog;
use crate::sql::Dialect;

const POSTGRES: Dialect = Dialect::Postgres;

/// What makes the left schema into the right one.
///
/// # Errors
/// A [`Refusal`] of each object that no statement leads to.
pub(super) fn alter(left: &Catalog, right: &Catalog, hints: &Hints) -> Result<Alteration, Vec<Refusal>> {
    let sides = Sides::of(left, right, hints);
    let fates = Fates::of(&sides)?;
    let mut statements = Steps::of(&sides, &fates).in_order();
    unchecked::add_setting(&sides, &fates, &mut statements);
    if statements.is_empty() {
        return Ok(Alteration::default());
    }
    Ok(Alteration { parts: vec![Part { statements, ..Part::default() }] })
}
