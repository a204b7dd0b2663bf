//! Tables as models: what `prisma db pull` would write for them.

mod drawer;
mod drawn;
mod fields;
mod joins;
mod keys;
mod names;
mod relations;

use std::collections::{BTreeMap, BTreeSet};

use super::super::model::Schema;
use super::defaults::quoted;
use crate::catalog::{Catalog, Definition, ObjectKind, ObjectName, Table};
pub(super) use drawn::{Drawing, DrawnEnum, DrawnField, DrawnModel, DrawnRelation, FieldKey, Predicates};

use drawer::Drawer;
use keys::has_key;
use names::{fresh, valid_name};

/// Draws a catalog. Names are those of the models that are there, where these have the same tables and columns.
pub(super) fn draw(catalog: &Catalog, known: Option<&Schema>, predicates: Predicates) -> Drawing {
    let drawer = Drawer::new(catalog, known, predicates);
    drawer.all()
}

impl<'c> Drawer<'c> {
    fn new(catalog: &'c Catalog, known: Option<&'c Schema>, predicates: Predicates) -> Self {
        let all = catalog.objects.iter().filter_map(|(name, object)| match &object.definition {
            Definition::Table(table) if name.kind == ObjectKind::Table && !is_bookkeeping(name) => {
                Some((name, table.as_ref()))
            }
            _ => None,
        });
        let mut drawer = Self {
            catalog,
            known,
            predicates,
            tables: all.collect(),
            model_names: BTreeMap::new(),
            enum_names: BTreeMap::new(),
            join_tables: BTreeSet::new(),
            has_schemas: false,
        };
        let joins: Vec<ObjectName> = drawer
            .tables
            .iter()
            .filter(|(name, table)| drawer.is_join_table(name, table))
            .map(|(name, _)| (*name).clone())
            .collect();
        drawer.join_tables.extend(joins);
        let tables = std::mem::take(&mut drawer.tables);
        let is_model = |drawer: &Self, name: &ObjectName| !drawer.join_tables.contains(name);
        drawer.tables = tables.iter().copied().filter(|(name, _)| is_model(&drawer, name)).collect();
        drawer.name_all();
        // Which column is `A` the order of the models' names says. Where it says otherwise, the table is a model.
        let crossed: Vec<ObjectName> =
            drawer.join_tables.iter().filter(|table| drawer.is_crossed(table)).cloned().collect();
        if !crossed.is_empty() {
            drawer.join_tables.retain(|table| !crossed.contains(table));
            drawer.tables = tables.iter().copied().filter(|(name, _)| is_model(&drawer, name)).collect();
            drawer.name_all();
        }
        drawer
    }

    fn all(self) -> Drawing {
        let enums: Vec<DrawnEnum> = self.enums().map(|(name, labels)| self.draw_enum(name, labels)).collect();
        let mut models: Vec<DrawnModel> =
            self.tables.iter().map(|(name, table)| self.draw_model(name, table, &enums)).collect();
        self.draw_relations(&mut models);
        let all = self.tables.iter().map(|(name, _)| *name).chain(self.enum_names.keys().copied());
        let schemas: BTreeSet<String> = all.filter_map(|name| name.schema.clone()).collect();
        let schemas = if self.has_schemas { schemas.into_iter().collect() } else { Vec::new() };
        Drawing { enums, models, join_tables: self.join_tables, schemas }
    }

    fn block_attributes(&self, object: &ObjectName, name: &str) -> Vec<String> {
        let mut attributes = Vec::new();
        if name != object.name {
            attributes.push(format!("@@map({})", quoted(&object.name)));
        }
        if let Some(schema) = object.schema.as_deref().filter(|_| self.has_schemas) {
            attributes.push(format!("@@schema({})", quoted(schema)));
        }
        attributes
    }

    fn draw_enum(&self, object: &ObjectName, labels: &[String]) -> DrawnEnum {
        let name = self.enum_names.get(object).cloned().unwrap_or_else(|| valid_name(&object.name));
        let known = self.known.into_iter().flat_map(|known| &known.enums).find(|one| one.name == name);
        let mut taken = BTreeSet::new();
        let values = labels.iter().map(|label| {
            let found = known.and_then(|known| known.values.iter().find(|(_, one)| one == label));
            let value = found.map_or_else(|| fresh(&valid_name(label), &taken), |(value, _)| value.clone());
            taken.insert(value.clone());
            (value, label.clone())
        });
        let values = values.collect();
        DrawnEnum { object: object.clone(), values, attributes: self.block_attributes(object, &name), name }
    }

    fn draw_model(&self, object: &ObjectName, table: &Table, enums: &[DrawnEnum]) -> DrawnModel {
        let name = self.model_names.get(object).cloned().unwrap_or_else(|| valid_name(&object.name));
        let known = self.known_model(object);
        let mut taken = BTreeSet::new();
        let fields = table.columns.iter().map(|column| {
            let found = known.and_then(|known| known.columns.iter().find(|one| one.name == column.name));
            let field =
                found.map_or_else(|| fresh(&valid_name(&column.name), &taken), |one| one.field.clone());
            taken.insert(field.clone());
            self.draw_field(object, column, field, enums)
        });
        let fields = fields.collect();
        let mut model = DrawnModel {
            object: object.clone(),
            fields,
            relations: Vec::new(),
            attributes: Vec::new(),
            remarks: Vec::new(),
            name,
        };
        self.draw_keys(&mut model);
        let own = self.block_attributes(object, &model.name);
        if !has_key(&model, table) {
            model.remarks.push(
                "it has no key whose columns are all required: Prisma's client cannot use it".to_owned(),
            );
            model.attributes.push((None, "@@ignore".to_owned()));
        }
        model.attributes.extend(own.into_iter().map(|attribute| (None, attribute)));
        model
    }
}

/// What migrators keep; it is no model.
fn is_bookkeeping(name: &ObjectName) -> bool {
    name.name == "_prisma_migrations" || name.name == "alembic_version" || name.name.starts_with("revgraph_")
}
