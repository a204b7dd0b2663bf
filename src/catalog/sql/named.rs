//! Objects as statements about them name them.

use super::drop::aggregate_arguments;
use super::{identifier, qualified, relation_of};
use crate::catalog::{ObjectKind, ObjectName};
use crate::sql::Dialect;

/// A PostgreSQL object as statements about it name it: a routine with the types of its arguments, a part with its relation.
#[must_use]
pub fn named(object: &ObjectName) -> String {
    let name = qualified(Dialect::Postgres, object);
    match (object.kind, &object.arguments, &object.relation) {
        (ObjectKind::Aggregate, ..) => format!("{name}({})", aggregate_arguments(object)),
        (_, Some(arguments), _) => format!("{name}({arguments})"),
        (ObjectKind::Column, _, Some(_)) => {
            let relation = relation_of(Dialect::Postgres, object);
            format!("{relation}.{}", identifier(Dialect::Postgres, &object.name))
        }
        _ => name,
    }
}
