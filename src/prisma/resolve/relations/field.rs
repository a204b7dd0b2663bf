//! Relation fields as they are written.

use super::super::super::arguments::{Arguments, word};
use super::super::super::model::Action;
use super::super::super::source::Fault;
use super::super::super::syntax::{Attribute, Expression, Field};
use super::super::attributes::{attribute, unknown};

/// A relation field as it is written.
pub(in crate::prisma::resolve) struct RelationField<'s> {
    pub field: &'s Field,
    /// The model that it leads to.
    pub(super) target: usize,
    /// The name of the relation, where it is given.
    pub(super) name: Option<&'s str>,
    pub(super) attribute: Option<&'s Attribute>,
    pub(super) fields: Option<&'s Expression>,
    pub(super) references: Option<&'s Expression>,
    pub(super) on_delete: Option<(Action, &'s Expression)>,
    pub(super) on_update: Option<(Action, &'s Expression)>,
    pub(super) is_ignored: bool,
}

impl<'s> RelationField<'s> {
    /// Reads the attributes of a relation field; `target` is the number of the model that it refers to.
    ///
    /// # Errors
    /// A fault at an attribute or argument that a relation field does not take.
    pub fn read(field: &'s Field, target: usize) -> Result<Self, Fault> {
        const KNOWN: [&str; 6] = ["name", "fields", "references", "onDelete", "onUpdate", "map"];
        let mut relation = Self {
            field,
            target,
            name: None,
            attribute: None,
            fields: None,
            references: None,
            on_delete: None,
            on_update: None,
            is_ignored: attribute(field, "ignore").is_some(),
        };
        for attribute in &field.attributes {
            let place = &attribute.place;
            match attribute.name.text.as_str() {
                "relation" => {}
                "ignore" => {
                    Arguments::of(attribute, None, &[])?;
                    continue;
                }
                // The keys tell what is wrong with them.
                "id" | "unique" => continue,
                "map" | "default" | "updatedAt" => {
                    let message =
                        format!("`@{}` is not for relation fields: they are no columns", attribute.name.text);
                    return Err(Fault::new(place, message));
                }
                other => return Err(unknown("@", attribute, other, &["relation", "ignore"])),
            }
            let arguments = Arguments::of(attribute, Some("name"), &KNOWN)?;
            relation.attribute = Some(attribute);
            relation.name = arguments.text("name")?;
            if relation.name == Some("") {
                return Err(Fault::new(arguments.place("name"), "the name of the relation is empty"));
            }
            relation.fields = arguments.get("fields");
            relation.references = arguments.get("references");
            relation.on_delete = arguments.get("onDelete").map(action).transpose()?;
            relation.on_update = arguments.get("onUpdate").map(action).transpose()?;
        }
        Ok(relation)
    }

    /// A fault at the attribute `@relation`; at the field, where it has none.
    pub(super) fn fault(&self, message: String) -> Fault {
        Fault::new(self.attribute.map_or(&self.field.place, |attribute| &attribute.place), message)
    }

    /// Whether the field names columns on either side, so that it is the one that has the foreign key.
    pub(super) fn has_columns(&self) -> bool {
        self.fields.is_some() || self.references.is_some()
    }
}

fn action(value: &Expression) -> Result<(Action, &Expression), Fault> {
    let name = word(value)?;
    match Action::ALL.into_iter().find(|action| action.name() == name) {
        Some(action) => Ok((action, value)),
        None => {
            let fault = Fault::new(&value.place, format!("there is no referential action `{name}`"));
            Err(fault.suggest(name, Action::ALL.map(Action::name)))
        }
    }
}
