//! Drawn models as text.

use super::defaults::quoted;
use super::draw::{Drawing, DrawnEnum, DrawnField, DrawnModel, DrawnRelation};
use crate::sql::Dialect;

/// A line of a model, in the three columns that `prisma format` aligns.
struct Line {
    name: String,
    type_name: String,
    attributes: String,
}

/// The text of a whole file, with its datasource, for a database that has none yet.
pub(super) fn file(drawing: &Drawing, dialect: Dialect) -> String {
    let provider = match dialect {
        Dialect::Postgres => "postgresql",
        Dialect::Sqlite => "sqlite",
    };
    let schemas = if drawing.schemas.is_empty() {
        String::new()
    } else {
        let schemas: Vec<String> = drawing.schemas.iter().map(|schema| quoted(schema)).collect();
        format!("  schemas  = [{}]\n", schemas.join(", "))
    };
    let mut text = "generator client {\n  provider = \"prisma-client-js\"\n}\n\n".to_owned();
    text.push_str(&format!("datasource db {{\n  provider = \"{provider}\"\n{schemas}}}\n"));
    for model in &drawing.models {
        text.push('\n');
        text.push_str(&model_block(model));
    }
    for one in &drawing.enums {
        text.push('\n');
        text.push_str(&enum_block(one));
    }
    text
}

/// An enum as a block, with a line end behind it.
pub(super) fn enum_block(one: &DrawnEnum) -> String {
    let mut text = format!("enum {} {{\n", one.name);
    for value in &one.values {
        text.push_str(&format!("  {}\n", enum_value(value)));
    }
    push_attributes(&mut text, one.attributes.iter());
    text.push_str("}\n");
    text
}

/// The line of an enum's value, by the name in the language and the label in the database: `SUPER @map("super
/// user")`.
pub(super) fn enum_value((name, label): &(String, String)) -> String {
    if name == label { name.clone() } else { format!("{name} @map({})", quoted(label)) }
}

/// A model as a block, its remarks as comments above it.
pub(super) fn model_block(model: &DrawnModel) -> String {
    let mut text = String::new();
    for remark in &model.remarks {
        text.push_str(&format!("// {}\n", remark.replace(['\n', '\r'], " ")));
    }
    text.push_str(&format!("model {} {{\n", model.name));
    let mut lines: Vec<Line> = model
        .fields
        .iter()
        .map(|field| Line {
            name: field.name.clone(),
            type_name: field.type_name.clone(),
            attributes: field_attributes(field),
        })
        .collect();
    lines.extend(model.relations.iter().map(|relation| Line {
        name: relation.name.clone(),
        type_name: relation.type_name.clone(),
        attributes: relation.attribute.clone().unwrap_or_default(),
    }));
    let width =
        |of: fn(&Line) -> &str| lines.iter().map(|line| of(line).chars().count()).max().unwrap_or_default();
    let (names, types) = (width(|line| &line.name), width(|line| &line.type_name));
    for Line { name, type_name, attributes } in &lines {
        let line = format!("  {name:names$} {type_name:types$} {attributes}");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    push_attributes(&mut text, model.attributes.iter().map(|(_, text)| text));
    text.push_str("}\n");
    text
}

fn push_attributes<'a>(text: &mut String, attributes: impl Iterator<Item = &'a String>) {
    for (at, attribute) in attributes.enumerate() {
        text.push_str(if at == 0 { "\n  " } else { "  " });
        text.push_str(attribute);
        text.push('\n');
    }
}

/// The attributes of a field: its keys first.
pub(super) fn field_attributes(field: &DrawnField) -> String {
    let keys = field.keys.iter().map(|key| &key.text);
    keys.chain(&field.attributes).cloned().collect::<Vec<_>>().join(" ")
}

/// The text of a field as its line, without indentation and line end.
pub(super) fn field_line(field: &DrawnField) -> String {
    let line = format!("{} {} {}", field.name, field.type_name, field_attributes(field));
    line.trim_end().to_owned()
}

/// The text of a relation field as its line, without indentation and line end.
pub(super) fn relation_line(relation: &DrawnRelation) -> String {
    let attribute = relation.attribute.as_deref().unwrap_or_default();
    let line = format!("{} {} {attribute}", relation.name, relation.type_name);
    line.trim_end().to_owned()
}
