//! `CREATE` of types, sequences and aggregates.

use super::super::{identifier, qualified, table};
use crate::catalog::{Aggregate, CompositeAttribute, Domain, ObjectName, RangeType, Sequence};
use crate::sql::Dialect;

/// `CREATE TYPE … AS ENUM`, a label a line.
pub(super) fn create_enum(name: &ObjectName, labels: &[String]) -> String {
    let labels: Vec<String> = labels.iter().map(|label| Dialect::Postgres.quote_literal(label)).collect();
    format!("CREATE TYPE {} AS ENUM (\n    {}\n)", qualified(Dialect::Postgres, name), labels.join(",\n    "))
}

/// `CREATE DOMAIN` with the constraints that are validated; the others can only be added behind it.
pub(super) fn create_domain(name: &ObjectName, domain: &Domain) -> String {
    let mut text = format!("CREATE DOMAIN {} AS {}", qualified(Dialect::Postgres, name), domain.data_type);
    if let Some(collation) = &domain.collation {
        text.push_str(&format!(" COLLATE {collation}"));
    }
    if let Some(default) = &domain.default {
        text.push_str(&format!(" DEFAULT {default}"));
    }
    // With a name of its own it is among the constraints.
    let is_named = domain.constraints.values().any(|definition| definition == "NOT NULL");
    if !domain.is_nullable && !is_named {
        text.push_str(" NOT NULL");
    }
    for (name, definition) in domain.constraints.iter().filter(|(_, one)| is_validated(one)) {
        text.push_str(&format!("\n    CONSTRAINT {} {definition}", identifier(Dialect::Postgres, name)));
    }
    text
}

/// Whether a domain's constraint can be made with the domain: not where it is `NOT VALID`.
pub(super) fn is_validated(definition: &str) -> bool {
    !definition.ends_with(" NOT VALID")
}

/// `CREATE TYPE … AS (…)`, an attribute a line.
pub(super) fn create_composite(name: &ObjectName, attributes: &[CompositeAttribute]) -> String {
    let attribute = |attribute: &CompositeAttribute| {
        let collation = attribute.collation.as_ref().map(|name| format!(" COLLATE {name}"));
        let name = identifier(Dialect::Postgres, &attribute.name);
        format!("{name} {}{}", attribute.data_type, collation.unwrap_or_default())
    };
    let attributes: Vec<String> = attributes.iter().map(attribute).collect();
    format!("CREATE TYPE {} AS (\n    {}\n)", qualified(Dialect::Postgres, name), attributes.join(",\n    "))
}

/// `CREATE TYPE … AS RANGE` with the clauses that the type has.
pub(super) fn create_range(name: &ObjectName, range: &RangeType) -> String {
    let multirange = range.multirange.as_ref().map(|multirange| {
        let name = ObjectName { name: multirange.clone(), ..name.clone() };
        qualified(Dialect::Postgres, &name)
    });
    let clauses = [
        ("SUBTYPE", Some(&range.subtype)),
        ("SUBTYPE_OPCLASS", Some(&range.operator_class)),
        ("COLLATION", range.collation.as_ref()),
        ("CANONICAL", range.canonical.as_ref()),
        ("SUBTYPE_DIFF", range.subtype_difference.as_ref()),
        ("MULTIRANGE_TYPE_NAME", multirange.as_ref()),
    ];
    let clauses = clauses.into_iter().filter_map(|(clause, value)| Some(format!("{clause} = {}", value?)));
    let clauses: Vec<String> = clauses.collect();
    format!(
        "CREATE TYPE {} AS RANGE (\n    {}\n)",
        qualified(Dialect::Postgres, name),
        clauses.join(",\n    ")
    )
}

/// `CREATE SEQUENCE` with the options that are not the usual ones.
pub(super) fn create_sequence(name: &ObjectName, sequence: &Sequence) -> String {
    let unlogged = if sequence.is_unlogged { "UNLOGGED " } else { "" };
    let mut text = format!("CREATE {unlogged}SEQUENCE {}", qualified(Dialect::Postgres, name));
    if sequence.data_type != "bigint" {
        text.push_str(&format!(" AS {}", sequence.data_type));
    }
    for option in table::sequence_options(sequence) {
        text.push_str(&format!(" {option}"));
    }
    text
}

/// The arguments of an aggregate between its parentheses; `*` where it takes none.
pub(super) fn aggregate_arguments(aggregate: &Aggregate) -> &str {
    if aggregate.arguments.is_empty() { "*" } else { &aggregate.arguments }
}

/// `CREATE AGGREGATE`, a clause a line.
pub(super) fn create_aggregate(name: &ObjectName, aggregate: &Aggregate) -> String {
    let clause = |(name, value): (&String, &String)| match value.as_str() {
        "" => name.clone(),
        value => format!("{name} = {value}"),
    };
    let clauses: Vec<String> = aggregate.clauses.iter().map(clause).collect();
    let (name, arguments) = (qualified(Dialect::Postgres, name), aggregate_arguments(aggregate));
    format!("CREATE AGGREGATE {name}({arguments}) (\n    {}\n)", clauses.join(",\n    "))
}
