//! Keys and indexes as attributes.

use super::super::super::names;
use super::super::super::resolve::operator_class::schema_name;
use super::super::defaults::quoted;
use super::drawer::Drawer;
use super::drawn::{DrawnField, DrawnModel, FieldKey, Predicates};
use crate::catalog::{ConstraintRule, Definition, Index, ObjectKind, ObjectName, Table};

impl Drawer<'_> {
    /// Primary key, unique keys and indexes; what has no place is told.
    pub(super) fn draw_keys(&self, model: &mut DrawnModel) {
        let table = model.object.clone();
        for (part, object) in self.catalog.parts_of(&table) {
            let drawn = match &object.definition {
                Definition::Constraint(constraint) => match &constraint.rule {
                    ConstraintRule::PrimaryKey(key) => self.draw_primary_key(model, part, &key.columns),
                    ConstraintRule::Unique(key) if key.include.is_empty() && !key.nulls_not_distinct => {
                        self.draw_columns(model, part, &key.columns)
                    }
                    ConstraintRule::ForeignKey(_) => true,
                    _ => false,
                },
                Definition::Index(index) => self.draw_index(model, part, index),
                _ => false,
            };
            if !drawn {
                model.remarks.push(format!("{} {} stays as it is", part.kind.name(), part.name));
            }
        }
    }

    fn draw_primary_key(&self, model: &mut DrawnModel, part: &ObjectName, columns: &[String]) -> bool {
        let Some(fields) = self.fields_of(model, columns) else { return false };
        let usual = names::primary_key(self.catalog.dialect, &model.object.name);
        let is_named = self.catalog.dialect.names_constraints() && part.name != usual;
        let map = is_named.then(|| format!("map: {}", quoted(&part.name)));
        if let [field] = fields.as_slice() {
            let field = (*field).to_owned();
            let block_text = match &map {
                Some(map) => format!("@@id([{field}], {map})"),
                None => format!("@@id([{field}])"),
            };
            let text = map.map_or_else(|| "@id".to_owned(), |map| format!("@id({map})"));
            add_key(model, &field, FieldKey { part: part.clone(), text, block_text });
        } else {
            let map = map.map_or_else(String::new, |map| format!(", {map}"));
            let text = format!("@@id([{}]{map})", fields.join(", "));
            model.attributes.push((Some(part.clone()), text));
        }
        true
    }

    /// A unique constraint, which the language does not tell from a unique index.
    fn draw_columns(&self, model: &mut DrawnModel, part: &ObjectName, columns: &[String]) -> bool {
        let Some(fields) = self.fields_of(model, columns) else { return false };
        let fields: Vec<(String, String)> =
            fields.into_iter().map(|field| (field.to_owned(), String::new())).collect();
        self.add_index(model, part, DrawnIndex { is_unique: true, fields, method: None, predicate: None });
        true
    }

    fn draw_index(&self, model: &mut DrawnModel, part: &ObjectName, index: &Index) -> bool {
        let method = match index.method.as_deref() {
            None | Some("btree") => None,
            Some("hash") => Some("Hash"),
            Some("gin") => Some("Gin"),
            Some("gist") => Some("Gist"),
            Some("spgist") => Some("SpGist"),
            Some("brin") => Some("Brin"),
            Some(_) => return false,
        };
        let has_no_place = (index.predicate.is_some() && self.predicates == Predicates::Remarked)
            || !index.include.is_empty()
            || index.nulls_not_distinct
            || index.keys.iter().any(|key| key.collation.is_some());
        if has_no_place {
            return false;
        }
        let columns: Vec<String> = index.keys.iter().map(|key| key.expression.clone()).collect();
        let Some(fields) = self.fields_of(model, &columns) else { return false };
        let options = index.keys.iter().map(|key| {
            let mut options = Vec::new();
            if let Some(class) = &key.operator_class {
                let class = schema_name(class).filter(|_| method.is_some());
                let raw = key.operator_class.as_deref().unwrap_or_default();
                options.push(format!("ops: {}", class.unwrap_or_else(|| format!("raw({})", quoted(raw)))));
            }
            if key.is_descending {
                options.push("sort: Desc".to_owned());
            }
            if options.is_empty() { String::new() } else { format!("({})", options.join(", ")) }
        });
        let fields: Vec<(String, String)> = fields.into_iter().map(str::to_owned).zip(options).collect();
        let predicate = index.predicate.as_deref();
        self.add_index(model, part, DrawnIndex { is_unique: index.is_unique, fields, method, predicate });
        true
    }

    fn add_index(&self, model: &mut DrawnModel, part: &ObjectName, index: DrawnIndex<'_>) {
        let DrawnIndex { is_unique, fields, method, predicate } = index;
        let plain: Vec<&str> = fields.iter().map(|(field, _)| field.as_str()).collect();
        let columns = self.columns_of(model, &plain);
        let usual = if is_unique { names::unique } else { names::index };
        let usual = usual(self.catalog.dialect, &model.object.name, &columns);
        // What SQLite makes of `UNIQUE` has no name that could be given.
        let is_named = part.kind == ObjectKind::Index || self.catalog.dialect.names_constraints();
        let map = (is_named && part.name != usual).then(|| format!("map: {}", quoted(&part.name)));
        let keys: Vec<String> = fields.iter().map(|(field, options)| format!("{field}{options}")).collect();
        let mut text = format!("@@{}([{}]", if is_unique { "unique" } else { "index" }, keys.join(", "));
        if let Some(method) = method {
            text.push_str(&format!(", type: {method}"));
        }
        if let Some(predicate) = predicate {
            text.push_str(&format!("{PREDICATE}raw({})", quoted(predicate)));
        }
        if let Some(map) = &map {
            text.push_str(&format!(", {map}"));
        }
        text.push(')');
        match fields.as_slice() {
            [(field, options)] if is_unique && predicate.is_none() => {
                let key = FieldKey { part: part.clone(), text: field_unique(map, options), block_text: text };
                add_key(model, field, key);
            }
            _ => model.attributes.push((Some(part.clone()), text)),
        }
    }
}

/// What stands before the predicate of a partial index.
const PREDICATE: &str = ", where: ";

/// `@@unique` or `@@index`.
struct DrawnIndex<'c> {
    is_unique: bool,
    /// The fields, with their options in parentheses.
    fields: Vec<(String, String)>,
    /// Its type, where that is not the usual one.
    method: Option<&'static str>,
    predicate: Option<&'c str>,
}

/// `@unique(map: "name", sort: Desc)`; the options are in parentheses, or empty.
fn field_unique(map: Option<String>, options: &str) -> String {
    let sort = options.trim_matches(['(', ')']);
    let inside: Vec<String> = map.into_iter().chain((!sort.is_empty()).then(|| sort.to_owned())).collect();
    if inside.is_empty() { "@unique".to_owned() } else { format!("@unique({})", inside.join(", ")) }
}

/// Gives a field its key, or the model where the field has one of that kind: an attribute can be given only once.
fn add_key(model: &mut DrawnModel, field: &str, key: FieldKey) {
    let Some(field) = model.fields.iter_mut().find(|one| one.name == field) else { return };
    let is_id = key.text.starts_with("@id");
    if !is_id && field.keys.iter().any(|one| one.text.starts_with("@unique")) {
        return model.attributes.push((Some(key.part), key.block_text));
    }
    let before_others = usize::from(!is_id) * field.keys.len();
    field.keys.insert(before_others, key);
}

/// Whether a model has what Prisma's client needs to tell rows apart: a key of fields that are required.
pub(super) fn has_key(model: &DrawnModel, table: &Table) -> bool {
    let required = |field: &DrawnField| {
        let column = table.columns.iter().find(|column| column.name == field.column);
        column.is_some_and(|_| !field.type_name.ends_with(['?', ']']))
            && !field.type_name.starts_with("Unsupported")
    };
    let on_field = model.fields.iter().any(|field| !field.keys.is_empty() && required(field));
    let of_block = model.attributes.iter().any(|(_, text)| {
        let is_whole = !text.contains(PREDICATE);
        let is_key = text.starts_with("@@id") || (text.starts_with("@@unique") && is_whole);
        let fields =
            text.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map_or("", |(fields, _)| fields);
        let names = fields.split(", ").map(|key| key.split('(').next().unwrap_or_default());
        is_key
            && names
                .into_iter()
                .all(|name| model.fields.iter().any(|field| field.name == name && required(field)))
    });
    on_field || of_block
}
