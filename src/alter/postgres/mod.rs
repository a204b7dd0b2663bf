//! What makes one PostgreSQL schema into another.
//!
//! ```text
//! Sides ─► Fates ─► Steps ─► in order ─► Part
//! ```
//!
//! [`Sides`] are the two catalogs. [`Fates`] say of every object, and of every column of a table that stays, whether
//! it comes, goes, is altered in place or has to be made again; what cannot stay takes along what the left side's
//! dependencies say that reads it. [`Steps`](steps::Steps) are the statements of each, and which must precede which,
//! by the dependencies of both sides. Nothing is dropped with `CASCADE`.

mod absence;
mod all_null;
mod bound;
mod cast;
mod circles;
mod column;
mod column_added;
mod column_identity;
mod column_settings;
mod constraint;
mod course;
mod creates;
mod decision;
mod drops;
mod fate;
mod foreign;
mod foster;
mod grants;
mod handed_down;
mod heritage;
mod index;
mod index_as_key;
mod joining;
mod locks;
mod mention;
mod misfit;
mod names;
mod not_null;
mod of_rows;
mod online;
mod order;
mod persistence;
mod place;
mod precedence;
mod program;
mod rebuild;
mod remake;
mod routine;
mod row_type;
mod serial;
mod sides;
mod spread;
mod stand_in;
mod steps;
mod table;
mod typed;
mod types;
mod unalterable;
mod view;
mod way;
mod ways;
mod whole;
mod work;

pub(in crate::alter::postgres) use self::sides::POSTGRES;

use self::fate::Fates;
use self::sides::Sides;
use super::{Alteration, Hints, Part, Refusal, Statement};
use crate::catalog::Catalog;
use crate::catalog::sql::respell_lists;

/// What makes the left schema into the right one.
///
/// # Errors
/// A [`Refusal`] of each object that no statement leads to.
pub(super) fn alter(left: &Catalog, right: &Catalog, hints: &Hints) -> Result<Alteration, Vec<Refusal>> {
    let mut sides = Sides::of(left, right, hints);
    let mut swaps_labels = hints.one_part || !hints.online;
    loop {
        let fates = match Fates::of(&sides) {
            Ok(fates) => fates,
            Err(refusals) => {
                let remade = remake::candidates(&sides, &refusals);
                if !remade.is_empty() {
                    sides.remake(remade);
                } else if sides.has_swaps() && !hints.one_part {
                    // A type that cannot be swapped gets its labels in a part of their own.
                    sides.swap_nothing();
                    swaps_labels = false;
                } else {
                    return Err(refusals);
                }
                continue;
            }
        };
        let mut statements = course::steps(&sides, &fates).in_order();
        for statement in &mut statements {
            respell_lists(&mut statement.sql, right, &statement.object);
        }
        let used = types::used_at_once(&sides, &fates, &statements);
        if swaps_labels && !used.is_empty() {
            sides.swap(used);
            continue;
        }
        let (labels, rest): (Vec<_>, Vec<_>) =
            statements.drain(..).partition(|statement| types::is_addition(statement, &used));
        let mut rest = rest;
        index_as_key::take_over(&sides, &fates, &mut rest);
        mention::add_setting(&sides, &fates, &mut rest);
        let rest = match hints.online && !hints.one_part {
            true => online::in_parts(&sides, &fates, rest),
            false => vec![Part { statements: rest, ..Part::default() }],
        };
        return Ok(in_parts(labels, rest));
    }
}

/// Labels that are used at once come first, on their own: the server refuses them in the transaction that adds them.
fn in_parts(labels: Vec<Statement>, rest: Vec<Part>) -> Alteration {
    let labels = Part {
        title: Some("add the labels".to_owned()),
        // Not even with all revisions in one transaction may they be used in the one that adds them.
        no_transaction: true,
        statements: labels,
    };
    let parts = [labels].into_iter().chain(rest);
    Alteration { parts: parts.filter(|part| !part.statements.is_empty()).collect() }
}
