//! What is common to all attributes.

use super::super::arguments::Arguments;
use super::super::source::Fault;
use super::super::syntax::{Attribute, Field};

/// The name in the database that `@map` or `@@map` gives; a fault where it gives none.
pub(super) fn mapped_name(attribute: &Attribute) -> Result<String, Fault> {
    let arguments = Arguments::of(attribute, Some("name"), &["name"])?;
    arguments.required("name")?;
    match arguments.text("name")? {
        Some(name) if !name.is_empty() => Ok(name.to_owned()),
        _ => Err(Fault::new(arguments.place("name"), "the name is empty")),
    }
}

/// The fault of an attribute that is not among those `known` at its place.
pub(super) fn unknown(mark: &str, attribute: &Attribute, name: &str, known: &[&str]) -> Fault {
    let fault = Fault::new(&attribute.place, format!("there is no attribute `{mark}{name}` here"));
    match name {
        "fulltext" => fault.help("full text indexes are MySQL's and MongoDB's"),
        "shardKey" => fault.help("shard keys are PlanetScale's"),
        _ => fault.suggest(name, known.iter().copied()),
    }
}

/// The field's attribute of that name, without `@`.
pub(super) fn attribute<'s>(field: &'s Field, name: &str) -> Option<&'s Attribute> {
    field.attributes.iter().find(|attribute| attribute.name.text == name)
}
