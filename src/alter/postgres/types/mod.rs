//! Types, sequences, and the objects that the server itself writes down.

mod composite;
mod conversion;
mod detail;
mod domain;
mod labels;
mod names;
mod narrowed;
mod other;
mod range;
mod sequence;
mod sequence_owner;
mod swap;

use super::sides::Sides;
use super::steps::Steps;
use super::way::Way;
use crate::catalog::{Definition, ObjectKind, ObjectName};
use names::holds_values;

pub(super) use composite::is_reshaped;
pub(super) use detail::undone;
pub(super) use domain::released as released_domain;
pub(super) use labels::{is_addition, used_at_once};
pub(super) use names::{beneath, free_name, of_type, shortened, split_name};
pub(super) use other::of_mapping;
pub(super) use sequence::{
    add_identity, as_type as sequence_as, behind_values, changes as sequence_changes,
    create as create_sequence, drop as drop_sequence, limits as sequence_limits, within_bounds,
};
pub(super) use sequence_owner::hand_over;
pub(super) use swap::turn;

/// The way between two objects of a kind that is neither a relation, nor a part of one, nor a routine.
pub(super) fn way(sides: &Sides<'_>, name: &ObjectName, left: &Definition, right: &Definition) -> Way {
    match (left, right) {
        (Definition::Enum(left), Definition::Enum(right)) => labels::way(sides, name, left, right),
        (Definition::Domain(left), Definition::Domain(right)) => domain::way(sides, name, left, right),
        (Definition::CompositeType(left), Definition::CompositeType(right)) => {
            composite::way(sides, name, left, right)
        }
        (Definition::Sequence(left), Definition::Sequence(right)) => sequence::way(sides, name, left, right),
        (Definition::Extension(left), Definition::Extension(right)) => other::extension(name, left, right),
        (Definition::Schema, Definition::Schema) => Way::Equal,
        (Definition::Other(left), Definition::Other(right)) => match other::way(name, left, right) {
            Way::Renew if name.kind == ObjectKind::Collation && holds_values(sides, name) => Way::Swap,
            way => way,
        },
        (Definition::RangeType(left), Definition::RangeType(right)) => range::way(sides, name, left, right),
        _ => Way::Renew,
    }
}

/// Adds the steps of types that are swapped, and the order that the owners of sequences ask for.
pub(super) fn add_steps(steps: &mut Steps<'_, '_>) {
    swap::add(steps);
    sequence_owner::connect(steps);
}
