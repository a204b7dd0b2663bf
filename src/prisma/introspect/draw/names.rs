//! Names of models, enums and fields: those that are there, else what the database has, as the language allows it.

use std::collections::BTreeSet;

use super::super::super::model::{Model, Scalar};
use super::drawer::{Drawer, PUBLIC, is_schema};
use super::drawn::DrawnModel;
use crate::catalog::ObjectName;

impl<'c> Drawer<'c> {
    /// Gives every table and enum a name that nothing else has.
    pub(super) fn name_all(&mut self) {
        let mut taken: BTreeSet<String> = BTreeSet::new();
        for (name, _) in &self.tables {
            let model = self.known_model(name).map(|model| model.name.clone());
            let model = model.unwrap_or_else(|| fresh(&valid_name(&name.name), &taken));
            taken.insert(model.clone());
            self.model_names.insert(name, model);
        }
        let enums: Vec<_> = self.enums().map(|(name, _)| name).collect();
        for name in enums {
            let known = self.known.into_iter().flat_map(|known| &known.enums);
            let mut known =
                known.filter(|one| one.type_name == name.name && is_schema(one.schema.as_deref(), name));
            let found = known.next().map(|one| one.name.clone());
            let found = found.unwrap_or_else(|| fresh(&valid_name(&name.name), &taken));
            taken.insert(found.clone());
            self.enum_names.insert(name, found);
        }
        let named = self.tables.iter().map(|(name, _)| *name).chain(self.enum_names.keys().copied());
        self.has_schemas = match self.known {
            Some(known) => known.models.iter().any(|model| model.schema.is_some()),
            None => {
                named.into_iter().any(|name| name.schema.as_deref().is_some_and(|schema| schema != PUBLIC))
            }
        };
    }

    /// The model that is there already for a table; none where there is none.
    pub(super) fn known_model(&self, table: &ObjectName) -> Option<&'c Model> {
        let mut models = self.known?.models.iter().filter(|model| !model.is_view);
        models.find(|model| model.table == table.name && is_schema(model.schema.as_deref(), table))
    }
}

/// Makes a name of the language: other characters than letters, digits and `_` become `_`, and what is empty
/// or a scalar type gets `Renamed` before it, as with `prisma db pull`.
pub(super) fn valid_name(name: &str) -> String {
    let valid: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect();
    let valid = valid.trim_start_matches(|c: char| !c.is_ascii_alphabetic()).to_owned();
    let is_taken = Scalar::named(&valid).is_some();
    if valid.is_empty() || is_taken { format!("Renamed{valid}") } else { valid }
}

/// The name, or the name with a number that nothing has.
pub(super) fn fresh(name: &str, taken: &BTreeSet<String>) -> String {
    if !taken.contains(name) {
        return name.to_owned();
    }
    let numbered = (2..).map(|number| format!("{name}_{number}")).find(|name| !taken.contains(name));
    numbered.unwrap_or_else(|| name.to_owned())
}

/// A name for a new field of the model, `name` where no other field has it.
pub(super) fn free_field(model: &DrawnModel, name: &str) -> String {
    let fields = model.fields.iter().map(|field| field.name.clone());
    let taken = fields.chain(model.relations.iter().map(|relation| relation.name.clone())).collect();
    fresh(name, &taken)
}
