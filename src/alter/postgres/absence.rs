//! Partitions that leave, for a while or for good.
//!
//! The server lets no partition go whose rows a foreign key needs in the whole. So these keys go first, and come again when
//! all partitions are where they belong.

use std::collections::BTreeSet;

use super::heritage::is_tied;
use super::order::Stage;
use super::remake;
use super::sides::Sides;
use super::steps::Steps;
use super::whole::{is_reference, left_wholes, references, wholes, with_parts};
use crate::catalog::{ObjectKind, ObjectName};

/// The foreign keys that are to be made again, since partitions leave what they refer to.
pub(super) fn to_be_renewed<'c>(sides: &Sides<'c>) -> BTreeSet<&'c ObjectName> {
    let leaves = sides.common_tables().filter(|(name, left, right)| {
        left.partition_of.is_some() && (left.partition_of != right.partition_of || is_tied(sides, name))
    });
    let left: BTreeSet<&ObjectName> = leaves.flat_map(|(name, _, _)| left_wholes(sides, name)).collect();
    left.into_iter().flat_map(|whole| references(sides, whole)).collect()
}

/// A partition leaves when no foreign key needs that its rows are in the whole; what checks or reads the rows of the whole is
/// made when it is back.
pub(super) fn connect(steps: &mut Steps<'_, '_>, partition: &ObjectName) {
    let (sides, fates) = (steps.sides(), steps.fates());
    let place = |steps: &Steps<'_, '_>, name: &ObjectName, stage| steps.place(sides.right, name, stage);
    let leave = place(steps, partition, Stage::Release);
    let join = place(steps, partition, Stage::Join);
    if let Some(parent) = remake::parent(sides, partition) {
        steps.before(place(steps, parent, Stage::Create), join);
    }
    for whole in left_wholes(sides, partition) {
        for reader in references(sides, whole) {
            steps.before(steps.place(sides.left, reader, Stage::Drop), leave);
            steps.before(leave, place(steps, reader, Stage::Create));
        }
    }
    for whole in wholes(sides, partition) {
        let right = with_parts(sides.right, whole);
        for reader in right.iter().flat_map(|one| sides.right_dependents_of(one)) {
            if !fates.is_made(reader) {
                continue;
            }
            if reader.kind == ObjectKind::MaterializedView || is_reference(sides, reader) {
                steps.before(join, place(steps, reader, Stage::Create));
            }
        }
    }
}
