//! What a database has, in the model language, on its way to a document.

use std::collections::BTreeSet;

use super::super::super::syntax::{Block, Document, Expression, Keyword, Value};
use crate::catalog::ObjectName;

/// An enum type of the database as a block of the language.
pub(in crate::prisma::introspect) struct DrawnEnum {
    pub object: ObjectName,
    pub name: String,
    /// The names of the values, and their labels.
    pub values: Vec<(String, String)>,
    /// The attributes of the block.
    pub attributes: Vec<String>,
}

/// A table of the database as a block of the language.
pub(in crate::prisma::introspect) struct DrawnModel {
    pub object: ObjectName,
    pub name: String,
    pub fields: Vec<DrawnField>,
    pub relations: Vec<DrawnRelation>,
    /// The attributes of the block, with the part that each is.
    pub attributes: Vec<(Option<ObjectName>, String)>,
    /// What is there and has no place in the language.
    pub remarks: Vec<String>,
}

/// A key or index of a single column, which can stand on the line of its field.
pub(in crate::prisma::introspect) struct FieldKey {
    /// The constraint or index that the attribute stands for.
    pub part: ObjectName,
    /// As an attribute of the field: `@unique`.
    pub text: String,
    /// As an attribute of the model, where the field has one of that name already: `@@unique([email])`.
    pub block_text: String,
}

/// A column of the database as the line of a field.
pub(in crate::prisma::introspect) struct DrawnField {
    pub column: String,
    pub name: String,
    /// The type, with `?` or `[]`.
    pub type_name: String,
    /// The attributes that say type, default and name.
    pub attributes: Vec<String>,
    /// The keys and indexes of this column alone.
    pub keys: Vec<FieldKey>,
}

/// One of the two relation fields of a foreign key or join table.
pub(in crate::prisma::introspect) struct DrawnRelation {
    /// The foreign key, or the join table.
    pub part: ObjectName,
    pub name: String,
    pub type_name: String,
    pub attribute: Option<String>,
}

/// What a database has, in the model language.
pub(in crate::prisma::introspect) struct Drawing {
    pub enums: Vec<DrawnEnum>,
    pub models: Vec<DrawnModel>,
    /// The join tables of implicit relations.
    pub join_tables: BTreeSet<ObjectName>,
    /// The schemas, where there is one beside `public`.
    pub schemas: Vec<String>,
}

/// How the condition of a partial index is drawn, which older versions of Prisma have no word for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::prisma::introspect) enum Predicates {
    /// With `where: raw("…")`.
    Written,
    /// Not at all, but for a remark.
    Remarked,
}

impl Predicates {
    /// As Prisma 7.4's `db pull`, which writes them where a generator asks for its preview feature `partialIndexes`.
    pub(in crate::prisma::introspect) fn of(document: &Document) -> Self {
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
