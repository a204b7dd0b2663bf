//! What all of the drawing needs: the catalog, the models that are known, and the names that were given.

use std::collections::{BTreeMap, BTreeSet};

use super::super::super::model::Schema;
use super::drawn::{DrawnField, DrawnModel, Predicates};
use crate::catalog::{Catalog, Definition, ForeignKey, ObjectKind, ObjectName, Table};
use crate::sql::{Dialect, unquoted_name};

/// The schema of PostgreSQL that a model without `@@schema` is in.
pub(super) const PUBLIC: &str = "public";

pub(super) struct Drawer<'c> {
    pub(super) catalog: &'c Catalog,
    pub(super) known: Option<&'c Schema>,
    pub(super) predicates: Predicates,
    pub(super) tables: Vec<(&'c ObjectName, &'c Table)>,
    pub(super) model_names: BTreeMap<&'c ObjectName, String>,
    pub(super) enum_names: BTreeMap<&'c ObjectName, String>,
    pub(super) join_tables: BTreeSet<ObjectName>,
    pub(super) has_schemas: bool,
}

impl<'c> Drawer<'c> {
    /// The enum types of the database with their labels.
    pub(super) fn enums(&self) -> impl Iterator<Item = (&'c ObjectName, &'c Vec<String>)> {
        self.catalog.objects.iter().filter_map(|(name, object)| match &object.definition {
            Definition::Enum(labels) => Some((name, labels)),
            _ => None,
        })
    }

    /// The names of the fields of `columns`, which are given as SQL has them; none where one is an expression or has no
    /// field.
    pub(super) fn fields_of<'m>(&self, model: &'m DrawnModel, columns: &[String]) -> Option<Vec<&'m str>> {
        let dialect = self.catalog.dialect;
        let field = |column: &String| {
            let name = unquoted_name(column);
            let is_it = |field: &&DrawnField| dialect.is_same_name(&field.column, &name);
            model.fields.iter().find(is_it).map(|field| field.name.as_str())
        };
        columns.iter().map(field).collect()
    }

    /// The columns, unquoted, of the fields with these names; a name without a field is passed over.
    pub(super) fn columns_of<'m>(&self, model: &'m DrawnModel, fields: &[&str]) -> Vec<&'m str> {
        let column = |name: &&str| model.fields.iter().find(|field| field.name == **name);
        fields.iter().filter_map(column).map(|field| field.column.as_str()).collect()
    }
}

/// Whether a model without `@@schema`, or with this one, can be that of a table.
pub(super) fn is_schema(schema: Option<&str>, table: &ObjectName) -> bool {
    table.schema.as_deref().is_none_or(|found| found == schema.unwrap_or(PUBLIC))
}

/// Whether a foreign key refers to the table of this name.
pub(super) fn is_target(dialect: Dialect, name: &ObjectName, key: &ForeignKey) -> bool {
    name.kind == ObjectKind::Table
        && match dialect {
            Dialect::Postgres => {
                name.name == key.table && (key.schema.is_none() || name.schema == key.schema)
            }
            Dialect::Sqlite => name.name.eq_ignore_ascii_case(&key.table),
        }
}
