//! Fields: columns and relation fields.

use super::super::arguments::Arguments;
use super::super::defaults::{self, DefaultOf};
use super::super::model::{Column, ColumnType, Scalar};
use super::super::native::{self, NativeType};
use super::super::source::Fault;
use super::super::syntax::{Arity, Attribute, Field, Name, TypeName};
use super::attributes::{attribute, mapped_name, unknown};
use super::relations::RelationField;
use super::resolver::{Draft, Named, Resolver};

/// The attributes of a scalar field, besides the native types.
const OF_COLUMNS: [&str; 6] = ["id", "unique", "default", "map", "updatedAt", "ignore"];

impl<'s> Resolver<'s> {
    /// Reads the fields of a model's block: columns into the model, relation fields to be resolved later. What is wrong
    /// becomes faults.
    pub(super) fn read_fields(&mut self, draft: &mut Draft<'s>) {
        let mut names: Vec<&str> = Vec::new();
        for field in draft.block.fields() {
            if names.contains(&field.name.text.as_str()) {
                let message = format!("`{}` has two fields `{}`", draft.model.name, field.name.text);
                self.fault(Fault::new(&field.name.place, message));
                continue;
            }
            names.push(&field.name.text);
            self.read_field(draft, field);
        }
    }

    fn read_field(&mut self, draft: &mut Draft<'s>, field: &'s Field) {
        for (at, attribute) in field.attributes.iter().enumerate() {
            let before = field.attributes.iter().take(at);
            if before.into_iter().any(|other| group(other) == group(attribute)) {
                let message = format!("`@{}` can be given only once", attribute.name.text);
                self.fault(Fault::new(&attribute.place, message));
                return;
            }
        }
        if draft.is_ignored
            && let Some(ignore) = attribute(field, "ignore")
        {
            self.fault(Fault::new(&ignore.place, "the model is ignored: its fields need no `@ignore`"));
        }
        let result = match &field.type_name {
            Some(TypeName::Unsupported(text)) => self.unsupported(text),
            Some(TypeName::Named(name)) => match self.named(name) {
                Ok(FieldKind::Relation(target)) => {
                    let relation = RelationField::read(field, target);
                    match relation {
                        Ok(relation) => draft.relation_fields.push(relation),
                        Err(fault) => self.fault(fault),
                    }
                    return;
                }
                Ok(FieldKind::Column(column_type)) => Ok(column_type),
                Err(fault) => Err(fault),
            },
            None => Err(Fault::new(&field.place, "the field has no type")),
        };
        let column = result.and_then(|column_type| self.column(field, column_type));
        match column {
            Ok(column) => self.add_column(draft, column),
            Err(fault) => self.fault(fault),
        }
    }

    fn add_column(&mut self, draft: &mut Draft<'s>, column: Column) {
        if let Some(other) = draft.model.columns.iter().find(|other| other.name == column.name) {
            let message =
                format!("`{}` and `{}` are both the column `{}`", other.field, column.field, column.name);
            self.fault(Fault::new(&column.place, message));
        }
        draft.model.columns.push(column);
    }

    /// Whether a type name stands for a scalar type, an enum or a model; else the fault, with what it may
    /// have meant.
    fn named(&self, name: &Name) -> Result<FieldKind, Fault> {
        if let Some(scalar) = Scalar::named(&name.text) {
            return Ok(FieldKind::Column(ColumnType::Scalar(scalar, None)));
        }
        match self.names.get(name.text.as_str()) {
            Some(Named::Model(index)) => Ok(FieldKind::Relation(*index)),
            Some(Named::Enum(index)) => Ok(FieldKind::Column(ColumnType::Enum(*index))),
            None => {
                let known = Scalar::ALL.map(Scalar::name).into_iter().chain(self.names.keys().copied());
                let fault = Fault::new(&name.place, format!("there is no type `{}`", name.text));
                Err(fault.suggest(&name.text, known))
            }
        }
    }

    /// A type that is written as the database has it.
    fn unsupported(&self, text: &Name) -> Result<ColumnType, Fault> {
        if let Some(known) = NativeType::named(&text.text).filter(|_| self.is_postgres()) {
            let scalar = native::scalar_of(&known).map_or("", Scalar::name);
            let name = &self.datasource.name;
            let fault = Fault::new(&text.place, format!("`{}` is supported", text.text));
            return Err(fault.help(format!("{scalar} @{name}.{}", known.name)));
        }
        if text.text.trim().is_empty() {
            return Err(Fault::new(&text.place, "the type is empty"));
        }
        Ok(ColumnType::Unsupported(text.text.clone()))
    }

    fn column(&mut self, field: &Field, mut column_type: ColumnType) -> Result<Column, Fault> {
        if field.arity == Arity::List && !self.is_postgres() {
            return Err(Fault::new(&field.place, "SQLite has no lists"));
        }
        let mut name = field.name.text.clone();
        for attribute in &field.attributes {
            match attribute.name.text.as_str() {
                "map" => name = mapped_name(attribute)?,
                "updatedAt" => check_updated_at(attribute, &column_type, field.arity)?,
                "ignore" => {
                    Arguments::of(attribute, None, &[])?;
                }
                "relation" => {
                    return Err(Fault::new(
                        &attribute.place,
                        "`@relation` is for fields whose type is a model",
                    ));
                }
                dotted if dotted.contains('.') => {
                    column_type = ColumnType::Scalar(
                        scalar(&column_type, attribute)?,
                        Some(self.native(attribute, &column_type)?),
                    );
                }
                other if OF_COLUMNS.contains(&other) => {}
                other => return Err(unknown("@", attribute, other, &OF_COLUMNS)),
            }
        }
        let of = DefaultOf { column_type: &column_type, arity: field.arity, enums: &self.enums };
        let default = match attribute(field, "default") {
            Some(attribute) => defaults::read(attribute, &of)?,
            None => None,
        };
        let has_unknown_default =
            default.is_none() && attribute(field, "default").is_some_and(defaults::is_unknown);
        let (field, arity, place) = (field.name.text.clone(), field.arity, field.place.clone());
        Ok(Column { field, name, column_type, arity, default, has_unknown_default, place })
    }

    fn native(&self, attribute: &Attribute, column_type: &ColumnType) -> Result<NativeType, Fault> {
        let (prefix, name) = attribute.name.text.split_once('.').unwrap_or_default();
        if prefix != self.datasource.name {
            let fault = Fault::new(&attribute.place, format!("`{prefix}` is not the name of the datasource"));
            return Err(fault.help(format!("@{}.{name}", self.datasource.name)));
        }
        if !self.is_postgres() {
            return Err(Fault::new(&attribute.place, "there are no native types for SQLite"));
        }
        native::read(attribute, name, scalar(column_type, attribute)?)
    }
}

/// What a field is.
enum FieldKind {
    Column(ColumnType),
    Relation(usize),
}

/// What can be given once: the native types count as one attribute.
fn group(attribute: &Attribute) -> &str {
    attribute.name.text.split('.').next().unwrap_or_default()
}

fn scalar(column_type: &ColumnType, attribute: &Attribute) -> Result<Scalar, Fault> {
    match column_type {
        ColumnType::Scalar(scalar, _) => Ok(*scalar),
        ColumnType::Enum(_) | ColumnType::Unsupported(_) => {
            Err(Fault::new(&attribute.place, "a field of this type has no native type"))
        }
    }
}

fn check_updated_at(attribute: &Attribute, column_type: &ColumnType, arity: Arity) -> Result<(), Fault> {
    Arguments::of(attribute, None, &[])?;
    let is_time = matches!(column_type, ColumnType::Scalar(Scalar::DateTime, _));
    if is_time && arity != Arity::List {
        return Ok(());
    }
    Err(Fault::new(&attribute.place, "`@updatedAt` is for DateTime fields that are no list"))
}
