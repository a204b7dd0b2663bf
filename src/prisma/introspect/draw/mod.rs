//! Tables as models: what `prisma db pull` would write for them.

mod fields;
mod joins;
mod keys;
mod names;
mod relations;

use std::collections::{BTreeMap, BTreeSet};

use super::super::model::Schema;
use super::super::syntax::{Block, Document, Expression, Keyword, Value};
use super::defaults::quoted;
use crate::catalog::{Catalog, Definition, ForeignKey, ObjectKind, ObjectName, Table};
use crate::sql::Dialect;
use keys::has_key;
use names::{fresh, valid_name};

/// The schema of PostgreSQL that a model without `@@schema` is in.
const PUBLIC: &str = "public";

/// An enum.
pub(super) struct DrawnEnum {
    pub object: ObjectName,
    pub name: String,
    /// The names of the values, and their labels.
    pub values: Vec<(String, String)>,
    /// The attributes of the block.
    pub attributes: Vec<String>,
}

/// A model.
pub(super) struct DrawnModel {
    pub object: ObjectName,
    pub name: String,
    pub fields: Vec<DrawnField>,
    pub relations: Vec<DrawnRelation>,
    /// The attributes of the block, with the part that each is.
    pub attributes: Vec<(Option<ObjectName>, String)>,
    /// What is there and has no place in the language.
    pub remarks: Vec<String>,
}

/// A key of one field.
pub(super) struct FieldKey {
    /// The constraint or index that it is.
    pub part: ObjectName,
    /// As an attribute of the field: `@unique`.
    pub text: String,
    /// As an attribute of the model, where the field has one of that name already: `@@unique([email])`.
    pub block_text: String,
}

/// A column.
pub(super) struct DrawnField {
    pub column: String,
    pub name: String,
    /// With `?` or `[]`.
    pub type_name: String,
    /// Those that say type, default and name.
    pub attributes: Vec<String>,
    /// Keys of this column alone.
    pub keys: Vec<FieldKey>,
}

/// A relation field.
pub(super) struct DrawnRelation {
    /// The foreign key, or the join table.
    pub part: ObjectName,
    pub name: String,
    pub type_name: String,
    pub attribute: Option<String>,
}

/// What a database has, in the model language.
pub(super) struct Drawing {
    pub enums: Vec<DrawnEnum>,
    pub models: Vec<DrawnModel>,
    /// The join tables of implicit relations.
    pub join_tables: BTreeSet<ObjectName>,
    /// The schemas, where there is one beside `public`.
    pub schemas: Vec<String>,
}

/// How a partial index is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Predicates {
    /// With `where: raw("…")`.
    Written,
    /// Not at all, but for a remark.
    Remarked,
}

impl Predicates {
    /// As Prisma 7.4's `db pull`, which writes them where a generator asks for its preview feature `partialIndexes`.
    pub(super) fn of(document: &Document) -> Self {
        let generators = document.blocks.iter().filter(|block| block.keyword == Keyword::Generator);
        let asked = generators.flat_map(Block::settings).any(|(name, value)| {
            let is_it =
                |one: &Expression| matches!(&one.value, Value::Text(text) if text == "partialIndexes");
            name.text == "previewFeatures"
                && matches!(&value.value, Value::List(features) if features.iter().any(is_it))
        });
        if asked { Self::Written } else { Self::Remarked }
    }
}

/// Draws a catalog. Names are those of the models that are there, where these have the same tables and columns.
pub(super) fn draw(catalog: &Catalog, known: Option<&Schema>, predicates: Predicates) -> Drawing {
    let drawer = Drawer::new(catalog, known, predicates);
    drawer.all()
}

struct Drawer<'c> {
    catalog: &'c Catalog,
    known: Option<&'c Schema>,
    predicates: Predicates,
    tables: Vec<(&'c ObjectName, &'c Table)>,
    model_names: BTreeMap<&'c ObjectName, String>,
    enum_names: BTreeMap<&'c ObjectName, String>,
    join_tables: BTreeSet<ObjectName>,
    has_schemas: bool,
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

    fn enums(&self) -> impl Iterator<Item = (&'c ObjectName, &'c Vec<String>)> {
        self.catalog.objects.iter().filter_map(|(name, object)| match &object.definition {
            Definition::Enum(labels) => Some((name, labels)),
            _ => None,
        })
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

    /// The fields of columns that are given as SQL has them.
    fn fields_of<'m>(&self, model: &'m DrawnModel, columns: &[String]) -> Option<Vec<&'m str>> {
        let dialect = self.catalog.dialect;
        let field = |column: &String| {
            let name = unquoted(column);
            let is_it = |field: &&DrawnField| match dialect {
                Dialect::Postgres => field.column == name,
                Dialect::Sqlite => field.column.eq_ignore_ascii_case(&name),
            };
            model.fields.iter().find(is_it).map(|field| field.name.as_str())
        };
        columns.iter().map(field).collect()
    }

    fn columns_of<'m>(&self, model: &'m DrawnModel, fields: &[&str]) -> Vec<&'m str> {
        let column = |name: &&str| model.fields.iter().find(|field| field.name == **name);
        fields.iter().filter_map(column).map(|field| field.column.as_str()).collect()
    }
}

/// A name as SQL has it, without its quotes.
pub(in crate::prisma) fn unquoted(name: &str) -> String {
    match name.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => name.to_owned(),
    }
}

/// What migrators keep; it is no model.
fn is_bookkeeping(name: &ObjectName) -> bool {
    name.name == "_prisma_migrations" || name.name == "alembic_version" || name.name.starts_with("revgraph_")
}

/// Whether a model without `@@schema`, or with this one, can be that of a table.
fn is_schema(schema: Option<&str>, table: &ObjectName) -> bool {
    table.schema.as_deref().is_none_or(|found| found == schema.unwrap_or(PUBLIC))
}

fn is_target(dialect: Dialect, name: &ObjectName, key: &ForeignKey) -> bool {
    name.kind == ObjectKind::Table
        && match dialect {
            Dialect::Postgres => {
                name.name == key.table && (key.schema.is_none() || name.schema == key.schema)
            }
            Dialect::Sqlite => name.name.eq_ignore_ascii_case(&key.table),
        }
}
