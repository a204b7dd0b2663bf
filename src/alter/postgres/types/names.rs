//! Names of types and their columns, and names that are free.

use super::super::POSTGRES;
use super::super::sides::Sides;
use crate::catalog::sql::qualified;
use crate::catalog::{Catalog, Column, Definition, Object, ObjectKind, ObjectName};

/// The type that a type, as the server writes it, is made of: what is beneath a domain, else the type itself.
pub(in super::super) fn beneath(catalog: &Catalog, data_type: &str) -> String {
    let mut name = data_type.to_owned();
    // A circle of domains is impossible.
    while let Some((_, Object { definition: Definition::Domain(domain), .. })) = of_type(catalog, &name) {
        let ending = if name.ends_with("[]") { "[]" } else { "" };
        name = format!("{}{ending}", domain.data_type);
    }
    name
}

/// The user's own type that a column's type, as the server writes it, is or is an array of.
pub(in super::super) fn of_type<'c>(
    catalog: &'c Catalog,
    data_type: &str,
) -> Option<(&'c ObjectName, &'c Object)> {
    let element = data_type.trim_end_matches("[]");
    let (first, end) = (ObjectKind::Enum, ObjectKind::Sequence);
    let types = catalog.objects.range(ObjectName::new(first, None, "")..ObjectName::new(end, None, ""));
    types.into_iter().find(|(name, _)| qualified(POSTGRES, name) == element)
}

/// The columns of tables that are of a type, or of arrays of it, with their tables.
pub(super) fn columns_of<'c>(
    catalog: &'c Catalog,
    name: &ObjectName,
) -> impl Iterator<Item = (&'c ObjectName, &'c Column)> + use<'c> {
    let type_name = qualified(POSTGRES, name);
    catalog.objects.iter().flat_map(move |(table, object)| {
        let columns = match &object.definition {
            Definition::Table(table) => table.columns.as_slice(),
            _ => &[],
        };
        let type_name = type_name.clone();
        let is_of_it = move |column: &&Column| column.data_type.trim_end_matches("[]") == type_name;
        columns.iter().filter(is_of_it).map(move |column| (table, column))
    })
}

/// Whether a column that stays is of a type, or of one that is made of it.
pub(super) fn holds_values(sides: &Sides<'_>, name: &ObjectName) -> bool {
    const MADE_OF_IT: [ObjectKind; 3] =
        [ObjectKind::CompositeType, ObjectKind::Domain, ObjectKind::RangeType];
    columns_of(sides.left, name).next().is_some()
        || is_of_column(sides, name)
        || sides.dependents_of(name).any(|one| MADE_OF_IT.contains(&one.kind) && holds_values(sides, one))
}

/// Whether a column of a table that stays needs it on both sides.
fn is_of_column(sides: &Sides<'_>, name: &ObjectName) -> bool {
    let mut columns = sides.dependents_of(name).filter(|dependent| dependent.kind == ObjectKind::Column);
    columns.any(|column| sides.is_needed_by(name, column))
}

/// Whether values of a type are within others: in arrays, or as attributes of a composite type.
pub(super) fn is_contained(sides: &Sides<'_>, name: &ObjectName) -> bool {
    columns_of(sides.left, name).any(|(_, column)| column.data_type.ends_with("[]"))
        || sides
            .dependents_of(name)
            .any(|dependent| matches!(dependent.kind, ObjectKind::CompositeType | ObjectKind::RangeType))
}

/// The longest name that PostgreSQL keeps, in bytes.
const LONGEST_NAME: usize = 63;

/// What an object is called while another has its name: a name that nothing has on either side.
pub(in super::super) fn free_name(sides: &Sides<'_>, name: &ObjectName) -> ObjectName {
    let is_taken = |candidate: &str| {
        [sides.left, sides.right].into_iter().any(|catalog| {
            let mut others = catalog.objects.keys();
            others.any(|other| {
                other.schema == name.schema && other.relation.is_none() && other.name == candidate
            })
        })
    };
    let mut names = (1..).map(|number: u32| {
        let ending = if number == 1 { "_old".to_owned() } else { format!("_old{number}") };
        format!("{}{ending}", beginning(&name.name, LONGEST_NAME - ending.len()))
    });
    let free = names.find(|candidate| !is_taken(candidate));
    ObjectName { name: free.unwrap_or_default(), ..name.clone() }
}

/// A name as far as PostgreSQL keeps it: its first 63 bytes, cut between characters.
pub(in super::super) fn shortened(name: &str) -> &str {
    beginning(name, LONGEST_NAME)
}

/// The beginning of a name, of so many bytes at most.
fn beginning(name: &str, most: usize) -> &str {
    let end = (0..=most.min(name.len())).rev().find(|end| name.is_char_boundary(*end));
    end.and_then(|end| name.get(..end)).unwrap_or_default()
}

/// A qualified name in its two parts, schema and name, both as SQL; the first is empty where there is no dot outside
/// quotes.
pub(in super::super) fn split_name(qualified: &str) -> (&str, &str) {
    let mut is_quoted = false;
    let dot = qualified.char_indices().find(|(_, character)| {
        is_quoted ^= *character == '"';
        *character == '.' && !is_quoted
    });
    let parts = dot.and_then(|(place, _)| Some((qualified.get(..place)?, qualified.get(place + 1..)?)));
    parts.unwrap_or(("", qualified))
}
