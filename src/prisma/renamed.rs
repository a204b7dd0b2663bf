//! What another `@map` has renamed: the field is the same, and only its column has another name.

use super::model::{Model, Schema};
use crate::catalog::{ObjectKind, ObjectName};

/// Whether `to`, a table or column of the models, is `from` under another name: the column or table that goes is called as
/// the field or model is, but for the case of letters and for `_`. Before it had a `@map`, or another, it was that.
#[must_use]
pub fn is_renamed(schema: &Schema, from: &ObjectName, to: &ObjectName) -> bool {
    match (from.kind, to.kind) {
        (ObjectKind::Table, ObjectKind::Table) => {
            models_of(schema, &to.name).any(|model| is_called(&from.name, &model.name))
        }
        (ObjectKind::Column, ObjectKind::Column) => {
            let Some(table) = to.relation.as_deref() else { return false };
            let mut columns = models_of(schema, table).flat_map(|model| &model.columns);
            columns.any(|column| column.name == to.name && is_called(&from.name, &column.field))
        }
        _ => false,
    }
}

fn models_of<'s>(schema: &'s Schema, table: &str) -> impl Iterator<Item = &'s Model> {
    schema.models.iter().filter(move |model| !model.is_view && model.table == table)
}

/// Whether a name of the database is a name of the models.
fn is_called(name: &str, model: &str) -> bool {
    let plain = |text: &str| text.replace('_', "").to_lowercase();
    plain(name) == plain(model)
}
