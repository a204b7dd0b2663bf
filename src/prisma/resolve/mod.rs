//! From what is written to what it means, with Prisma's own checks.

mod attributes;
mod collisions;
mod fields;
mod keys;
pub(super) mod operator_class;
mod predicate;
mod relations;
mod resolver;

use std::collections::{BTreeMap, BTreeSet};

use super::arguments::Arguments;
use super::datasource::{self};
use super::model::{Enum, Model, Scalar, Schema};
use super::parser::check_name;
use super::source::Fault;
use super::syntax::{Attribute, Block, Document, Keyword, Name};
use attributes::{mapped_name, unknown};
use resolver::{Draft, Named, Resolver};

/// The schema of a document, or everything that is wrong with it.
pub(super) fn resolve(document: &Document) -> Result<Schema, Vec<Fault>> {
    let mut faults = Vec::new();
    let Some(datasource) = datasource::read(document, &mut faults) else { return Err(faults) };
    let mut resolver = Resolver { datasource, enums: Vec::new(), names: BTreeMap::new(), faults };
    let schema = resolver.schema(document);
    if resolver.faults.is_empty() { Ok(schema) } else { Err(resolver.faults) }
}

impl<'s> Resolver<'s> {
    fn schema(&mut self, document: &'s Document) -> Schema {
        self.declare(document);
        for block in document.blocks.iter().filter(|block| block.keyword == Keyword::Enum) {
            let found = self.read_enum(block);
            self.enums.push(found);
        }
        let blocks = document.blocks.iter().filter(|block| is_model(block));
        let mut drafts: Vec<Draft<'s>> = blocks.map(|block| self.draft(block)).collect();
        for draft in drafts.iter_mut().filter(|draft| !draft.is_broken) {
            self.read_keys(draft);
        }
        let join_tables =
            if self.faults.is_empty() { self.resolve_relations(&mut drafts) } else { Vec::new() };
        let schema = Schema {
            dialect: self.datasource.dialect,
            extensions: std::mem::take(&mut self.datasource.extensions),
            enums: std::mem::take(&mut self.enums),
            models: drafts.into_iter().map(|draft| draft.model).collect(),
            join_tables,
        };
        if self.faults.is_empty() {
            collisions::check(&schema, &mut self.faults);
        }
        schema
    }

    /// Takes down the names of models, views and enums.
    fn declare(&mut self, document: &'s Document) {
        let (mut models, mut enums) = (0, 0);
        for block in &document.blocks {
            let named = match block.keyword {
                Keyword::Model | Keyword::View => {
                    models += 1;
                    Named::Model(models - 1)
                }
                Keyword::Enum => {
                    enums += 1;
                    Named::Enum(enums - 1)
                }
                Keyword::Type => {
                    self.fault(Fault::new(&block.name.place, "composite types are for MongoDB alone"));
                    continue;
                }
                Keyword::Datasource | Keyword::Generator => continue,
            };
            if let Err(fault) = check_declared(&block.name) {
                self.fault(fault);
            }
            if self.names.insert(&block.name.text, named).is_some() {
                let message = format!("`{}` is declared twice", block.name.text);
                self.fault(Fault::new(&block.name.place, message));
            }
        }
    }

    fn read_enum(&mut self, block: &Block) -> Enum {
        let mut labels = BTreeSet::new();
        let mut values: Vec<(String, String)> = Vec::new();
        for value in block.fields() {
            let mapped = value.attributes.iter().map(|attribute| match attribute.name.text.as_str() {
                "map" => mapped_name(attribute),
                other => Err(unknown("@", attribute, other, &["map"])),
            });
            let mapped: Result<Vec<String>, Fault> = mapped.collect();
            let label = self.take(mapped).pop().unwrap_or_else(|| value.name.text.clone());
            if values.iter().any(|(name, _)| *name == value.name.text) || !labels.insert(label.clone()) {
                let message = format!("the enum `{}` has the value `{label}` twice", block.name.text);
                self.fault(Fault::new(&value.place, message));
            }
            values.push((value.name.text.clone(), label));
        }
        if values.is_empty() {
            self.fault(Fault::new(&block.name.place, format!("the enum `{}` has no value", block.name.text)));
        }
        let names = self.block_names(block, &["map", "schema"]);
        Enum {
            name: block.name.text.clone(),
            type_name: names.mapped.unwrap_or_else(|| block.name.text.clone()),
            schema: names.schema,
            values,
            place: block.name.place.clone(),
        }
    }

    /// A model with its fields; keys and relations come later.
    fn draft(&mut self, block: &'s Block) -> Draft<'s> {
        const ATTRIBUTES: [&str; 6] = ["map", "schema", "ignore", "id", "unique", "index"];
        let names = self.block_names(block, &ATTRIBUTES);
        let model = Model {
            name: block.name.text.clone(),
            table: names.mapped.unwrap_or_else(|| block.name.text.clone()),
            schema: names.schema,
            is_view: block.keyword == Keyword::View,
            columns: Vec::new(),
            primary_key: None,
            indexes: Vec::new(),
            foreign_keys: Vec::new(),
            relations: Vec::new(),
            place: block.name.place.clone(),
        };
        let is_ignored = names.is_ignored;
        let mut draft = Draft { block, model, relation_fields: Vec::new(), is_ignored, is_broken: false };
        let before = self.faults.len();
        self.read_fields(&mut draft);
        draft.is_broken = self.faults.len() > before;
        draft
    }

    /// The attributes of a block that name it. What is not `known` is a fault.
    fn block_names(&mut self, block: &Block, known: &[&str]) -> BlockNames {
        let mut names = BlockNames::default();
        for attribute in block.attributes() {
            let name = attribute.name.text.as_str();
            let is_second = |given: bool| {
                given.then(|| Fault::new(&attribute.place, format!("`@@{name}` can be given only once")))
            };
            let again = match name {
                _ if !known.contains(&name) => Some(unknown("@@", attribute, name, known)),
                "map" => is_second(names.mapped.is_some()),
                "schema" => is_second(names.schema.is_some()),
                "ignore" => is_second(names.is_ignored),
                _ => continue,
            };
            if let Some(fault) = again {
                self.fault(fault);
                continue;
            }
            match name {
                "map" => {
                    let mapped = mapped_name(attribute).map(Some);
                    names.mapped = self.take(mapped);
                }
                "schema" => {
                    let schema = self.schema_of(attribute).map(Some);
                    names.schema = self.take(schema);
                }
                _ => {
                    names.is_ignored = true;
                    let nothing = Arguments::of(attribute, None, &[]).map(|_| ());
                    self.take(nothing);
                }
            }
        }
        if names.schema.is_none() && self.datasource.schemas.is_some() && self.faults.is_empty() {
            let fault = Fault::new(&block.name.place, format!("`{}` has no `@@schema`", block.name.text));
            self.fault(
                fault.help("where the datasource has `schemas`, each model and enum says which is its own"),
            );
        }
        names
    }

    fn schema_of(&self, attribute: &Attribute) -> Result<String, Fault> {
        let arguments = Arguments::of(attribute, Some("map"), &["map"])?;
        arguments.required("map")?;
        let name = arguments.text("map")?.unwrap_or_default();
        let known = self.datasource.schemas.as_deref().unwrap_or_default();
        if known.iter().any(|schema| schema.text == name) {
            return Ok(name.to_owned());
        }
        let fault = Fault::new(arguments.place("map"), format!("the datasource has no schema `{name}`"));
        Err(fault.suggest(name, known.iter().map(|schema| schema.text.as_str())))
    }
}

/// What the attributes of a block say of its name.
#[derive(Default)]
struct BlockNames {
    mapped: Option<String>,
    schema: Option<String>,
    is_ignored: bool,
}

fn is_model(block: &Block) -> bool {
    matches!(block.keyword, Keyword::Model | Keyword::View)
}

/// The name of a model or enum: none that the language has, or that Prisma's client cannot have.
fn check_declared(name: &Name) -> Result<(), Fault> {
    check_name(name)?;
    if Scalar::named(&name.text).is_some() {
        return Err(Fault::new(&name.place, format!("`{}` is a type of the language", name.text)));
    }
    Ok(())
}
