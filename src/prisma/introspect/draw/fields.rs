//! Columns as fields.

use super::super::super::model::Scalar;
use super::super::defaults::{self, quoted};
use super::super::types::{postgres_column, sqlite_scalar};
use super::drawer::Drawer;
use super::drawn::{DrawnEnum, DrawnField};
use crate::catalog::sql::qualified;
use crate::catalog::{Column, ConstraintRule, Definition, ObjectName};
use crate::sql::{Dialect, unquoted_name};

impl Drawer<'_> {
    /// The column of `table` as the field `name`; `enums` are those that have been drawn.
    pub(super) fn draw_field(
        &self,
        table: &ObjectName,
        column: &Column,
        name: String,
        enums: &[DrawnEnum],
    ) -> DrawnField {
        let dialect = self.catalog.dialect;
        let (element, is_list) = match column.data_type.strip_suffix("[]") {
            Some(element) if dialect.has_own_types() => (element, true),
            _ => (column.data_type.as_str(), false),
        };
        let of_enum = enums.iter().find(|one| qualified(dialect, &one.object) == element);
        let scalar = match dialect {
            Dialect::Postgres => postgres_column(element),
            Dialect::Sqlite => sqlite_scalar(element).map(|scalar| (scalar, None)),
        };
        let mut attributes = Vec::new();
        let type_name = match (of_enum, &scalar) {
            (Some(one), _) => one.name.clone(),
            (None, Some((scalar, _))) => scalar.name().to_owned(),
            (None, None) => format!("Unsupported({})", quoted(element)),
        };
        let is_key_of_sqlite = dialect == Dialect::Sqlite && self.is_only_key(table, &column.name);
        let suffix = if is_list {
            "[]"
        } else if column.is_nullable && !is_key_of_sqlite {
            "?"
        } else {
            ""
        };
        if name != column.name {
            attributes.push(format!("@map({})", quoted(&column.name)));
        }
        if let Some(default) = self.draw_default(column, is_list, &scalar, of_enum) {
            attributes.push(format!("@default({default})"));
        } else if is_key_of_sqlite && scalar.as_ref().is_some_and(|(scalar, _)| scalar.name() == "Int") {
            attributes.push("@default(autoincrement())".to_owned());
        }
        if let Some((_, Some(native))) = &scalar {
            attributes.push(format!("@db.{native}"));
        }
        let type_name = format!("{type_name}{suffix}");
        DrawnField { column: column.name.clone(), name, type_name, attributes, keys: Vec::new() }
    }

    fn draw_default(
        &self,
        column: &Column,
        is_list: bool,
        scalar: &Option<(Scalar, Option<String>)>,
        of_enum: Option<&DrawnEnum>,
    ) -> Option<String> {
        let dialect = self.catalog.dialect;
        let is_integer = scalar.as_ref().is_some_and(|(scalar, native)| {
            matches!(scalar.name(), "Int" | "BigInt") && native.as_deref() != Some("Oid")
        });
        if column.identity.is_some() && is_integer {
            return Some("autoincrement()".to_owned());
        }
        if column.generated.is_some() {
            return Some("dbgenerated()".to_owned());
        }
        let sql = column.default.as_deref()?;
        if dialect == Dialect::Postgres && is_integer && !is_list && sql.starts_with("nextval(") {
            return Some("autoincrement()".to_owned());
        }
        let labels = of_enum.map(|one| one.values.as_slice());
        Some(defaults::default(dialect, sql, scalar.as_ref().map(|(scalar, _)| *scalar), is_list, labels))
    }

    fn is_only_key(&self, table: &ObjectName, column: &str) -> bool {
        self.catalog.parts_of(table).any(|(_, object)| match &object.definition {
            Definition::Constraint(constraint) => match &constraint.rule {
                ConstraintRule::PrimaryKey(key) => {
                    matches!(key.columns.as_slice(), [one] if unquoted_name(one) == *column)
                }
                _ => false,
            },
            _ => false,
        })
    }
}
