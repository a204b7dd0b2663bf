//! Primary keys, unique indexes and others.

use super::super::arguments::{Arguments, list, word};
use super::super::model::{ColumnType, DefaultValue, Index, IndexKey, IndexMethod, PrimaryKey};
use super::super::names;
use super::super::source::{Fault, Place};
use super::super::syntax::{Arity, Attribute, Expression, Value};
use super::attributes::attribute;
use super::resolver::{Draft, Resolver};
use super::{operator_class, predicate};

/// A key as it is written.
struct Written<'s> {
    attribute: &'s Attribute,
    arguments: Arguments<'s>,
    keys: Vec<IndexKey>,
}

impl Resolver<'_> {
    /// Reads the keys and indexes of a model, of its fields and of its block. What is wrong becomes faults.
    pub(super) fn read_keys(&mut self, draft: &mut Draft<'_>) {
        let block = draft.block;
        let known_faults = self.faults.len();
        for field in block.fields() {
            for name in ["id", "unique"] {
                let Some(attribute) = attribute(field, name) else { continue };
                let result = self.on_field(draft, &field.name.text, attribute);
                self.take(result);
            }
        }
        for attribute in block.attributes() {
            let result = match attribute.name.text.as_str() {
                "id" => self.block_id(draft, attribute),
                "unique" | "index" => self.block_index(draft, attribute),
                _ => Ok(()),
            };
            self.take(result);
        }
        if self.faults.len() == known_faults {
            let result = check_identified(draft).and_then(|()| self.check_autoincrement(draft));
            self.take(result);
        }
    }

    /// SQLite counts the rows of a table by its only key.
    fn check_autoincrement(&self, draft: &Draft<'_>) -> Result<(), Fault> {
        let key = draft.model.primary_key.as_ref().map_or(&[][..], |key| key.columns.as_slice());
        for (index, column) in draft.model.columns.iter().enumerate() {
            let is_counted = column.default == Some(DefaultValue::Autoincrement);
            if is_counted && !self.is_postgres() && key != [index] {
                return Err(Fault::new(
                    &column.place,
                    "SQLite has `autoincrement()` only for the field that is the key",
                ));
            }
        }
        Ok(())
    }

    /// Takes `@id` or `@unique` on the line of a field.
    fn on_field(&mut self, draft: &mut Draft<'_>, field: &str, attribute: &Attribute) -> Result<(), Fault> {
        let is_id = attribute.name.text == "id";
        let known: &[&str] = if is_id {
            &["map", "length", "sort", "clustered"]
        } else {
            &["map", "length", "sort", "clustered", "where"]
        };
        let arguments = Arguments::of(attribute, None, known)?;
        let Some(column) = draft.model.columns.iter().position(|column| column.field == field) else {
            if draft.relation_fields.iter().any(|relation| relation.field.name.text == field) {
                let fault = Fault::new(&attribute.place, "a relation field is no column");
                return Err(fault.help("the fields that `@relation(fields: …)` names can be keys"));
            }
            return Ok(());
        };
        let is_descending = arguments.get("sort").map(sort).transpose()?;
        let key = IndexKey { column, is_descending, operator_class: None };
        let written = Written { attribute, arguments, keys: vec![key] };
        if is_id { self.set_id(draft, written) } else { self.add_index(draft, written) }
    }

    /// Takes `@@id`, the primary key of several columns.
    fn block_id(&mut self, draft: &mut Draft<'_>, attribute: &Attribute) -> Result<(), Fault> {
        let arguments = Arguments::of(attribute, Some("fields"), &["fields", "name", "map", "clustered"])?;
        let keys = keys(draft, arguments.required("fields")?)?;
        self.check_client_name(draft, &arguments, &keys)?;
        self.set_id(draft, Written { attribute, arguments, keys })
    }

    /// Takes `@@unique` or `@@index`.
    fn block_index(&mut self, draft: &mut Draft<'_>, attribute: &Attribute) -> Result<(), Fault> {
        let is_unique = attribute.name.text == "unique";
        let known: &[&str] = if is_unique {
            &["fields", "name", "map", "clustered", "where"]
        } else {
            &["fields", "name", "map", "clustered", "where", "type"]
        };
        let arguments = Arguments::of(attribute, Some("fields"), known)?;
        let keys = keys(draft, arguments.required("fields")?)?;
        if is_unique {
            self.check_client_name(draft, &arguments, &keys)?;
        }
        self.add_index(draft, Written { attribute, arguments, keys })
    }

    fn set_id(&mut self, draft: &mut Draft<'_>, written: Written<'_>) -> Result<(), Fault> {
        let Written { attribute, arguments, keys } = written;
        let place = &attribute.place;
        check_options(&arguments)?;
        if keys.iter().any(|key| key.is_descending.is_some()) {
            return Err(Fault::new(place, "`sort` is not supported in a primary key"));
        }
        if draft.model.primary_key.is_some() {
            return Err(Fault::new(place, format!("`{}` has two primary keys", draft.model.name)));
        }
        for key in &keys {
            let Some(column) = draft.model.columns.get(key.column) else { continue };
            if column.arity != Arity::Required {
                return Err(Fault::new(
                    place,
                    format!("`{}` is a part of the key, so it must be required", column.field),
                ));
            }
        }
        let name = self.database_name(&arguments, "map")?;
        if name.is_some() && !self.is_postgres() {
            return Err(Fault::new(arguments.place("map"), "primary keys of SQLite have no name"));
        }
        let name = name.unwrap_or_else(|| names::primary_key(self.datasource.dialect, &draft.model.table));
        let columns = keys.into_iter().map(|key| key.column).collect();
        draft.model.primary_key = Some(PrimaryKey { name, columns, place: place.clone() });
        Ok(())
    }

    fn add_index(&mut self, draft: &mut Draft<'_>, written: Written<'_>) -> Result<(), Fault> {
        let Written { attribute, arguments, keys } = written;
        let is_unique = attribute.name.text == "unique";
        check_options(&arguments)?;
        let method = match arguments.get("type") {
            Some(value) => self.method(value)?,
            None => None,
        };
        let predicate = match arguments.get("where") {
            Some(value) => Some(predicate::read(value, &draft.model, self.datasource.dialect)?),
            None => None,
        };
        let place = attribute.place.clone();
        if is_unique && keys.iter().any(|key| key.operator_class.is_some()) {
            return Err(Fault::new(&place, "`ops` is for `@@index` alone"));
        }
        if self.is_postgres() {
            operator_class::check(&draft.model, &keys, method, &place)?;
        } else if keys.iter().any(|key| key.operator_class.is_some()) {
            return Err(Fault::new(&place, "SQLite has no operator classes: `ops` is for PostgreSQL"));
        }
        // `name` of an index is an old word for `map`; that of a unique key is for the client.
        let mut name = self.database_name(&arguments, "map")?;
        if name.is_none() && !is_unique {
            name = self.database_name(&arguments, "name")?;
        }
        let name = name.unwrap_or_else(|| {
            let columns: Vec<&str> = keys
                .iter()
                .filter_map(|key| draft.model.columns.get(key.column))
                .map(|column| column.name.as_str())
                .collect();
            let default = if is_unique { names::unique } else { names::index };
            default(self.datasource.dialect, &draft.model.table, &columns)
        });
        draft.model.indexes.push(Index { name, is_unique, keys, method, predicate, place });
        Ok(())
    }

    fn method(&self, value: &Expression) -> Result<Option<IndexMethod>, Fault> {
        let name = word(value)?;
        if !self.is_postgres() && name != "BTree" {
            return Err(Fault::new(&value.place, "indexes of SQLite have no type"));
        }
        let method = IndexMethod::ALL.into_iter().find(|method| method.name() == name);
        if method.is_none() && name != "BTree" {
            let known = IndexMethod::ALL.map(IndexMethod::name).into_iter().chain(["BTree"]);
            return Err(
                Fault::new(&value.place, format!("there is no type of index `{name}`")).suggest(name, known)
            );
        }
        Ok(method)
    }

    /// The name for the database that the argument `key` gives; none where it is not given.
    ///
    /// # Errors
    /// A fault where the name is empty, or longer than the database takes.
    pub(super) fn database_name(
        &self,
        arguments: &Arguments<'_>,
        key: &str,
    ) -> Result<Option<String>, Fault> {
        let Some(name) = arguments.text(key)? else { return Ok(None) };
        let limit = names::limit(self.datasource.dialect);
        if name.is_empty() {
            return Err(Fault::new(arguments.place(key), "the name is empty"));
        }
        if name.len() > limit {
            return Err(Fault::new(arguments.place(key), format!("the name is longer than {limit} bytes")));
        }
        Ok(Some(name.to_owned()))
    }

    /// `name` is what Prisma's client calls the key, and must not be a field.
    fn check_client_name(
        &self,
        draft: &Draft<'_>,
        arguments: &Arguments<'_>,
        keys: &[IndexKey],
    ) -> Result<(), Fault> {
        let given = arguments.text("name")?;
        let joined: Vec<&str> = keys
            .iter()
            .filter_map(|key| draft.model.columns.get(key.column))
            .map(|column| column.field.as_str())
            .collect();
        let joined = joined.join("_");
        let name = match given {
            Some(name) => name,
            None if keys.len() > 1 => &joined,
            None => return Ok(()),
        };
        if draft.block.fields().any(|field| field.name.text == name) {
            let fault = Fault::new(
                arguments.place("name"),
                format!("the key would be called `{name}`, as a field is"),
            );
            return Err(fault.help("give it another `name`"));
        }
        Ok(())
    }
}

/// What is MySQL's and SQL Server's.
fn check_options(arguments: &Arguments<'_>) -> Result<(), Fault> {
    arguments.refuse("length", "it is for MySQL")?;
    arguments.refuse("clustered", "it is for SQL Server")
}

/// `Asc` or `Desc`: whether it is descending.
fn sort(value: &Expression) -> Result<bool, Fault> {
    match word(value)? {
        "Asc" => Ok(false),
        "Desc" => Ok(true),
        _ => Err(Fault::new(&value.place, "`sort` is `Asc` or `Desc`")),
    }
}

/// `[a, b(sort: Desc)]`
fn keys(draft: &Draft<'_>, fields: &Expression) -> Result<Vec<IndexKey>, Fault> {
    let mut keys: Vec<IndexKey> = Vec::new();
    for element in list(fields) {
        let key = key(draft, element)?;
        if keys.iter().any(|other| other.column == key.column) {
            return Err(Fault::new(&element.place, "this field is named twice"));
        }
        keys.push(key);
    }
    if keys.is_empty() {
        return Err(Fault::new(&fields.place, "at least one field is needed"));
    }
    Ok(keys)
}

fn key(draft: &Draft<'_>, element: &Expression) -> Result<IndexKey, Fault> {
    let (name, arguments) = match &element.value {
        Value::Word(name) => (name, &[][..]),
        Value::Call(name, arguments) => (name, arguments.as_slice()),
        _ => return Err(Fault::new(&element.place, "the name of a field is expected here")),
    };
    let column = column_named(draft, name, &element.place)?;
    let mut key = IndexKey { column, is_descending: None, operator_class: None };
    for argument in arguments {
        let place = &argument.value.place;
        let Some(option) = &argument.name else {
            return Err(Fault::new(place, "this has no name: `sort` and `ops` are known"));
        };
        match option.text.as_str() {
            "sort" => key.is_descending = Some(sort(&argument.value)?),
            "ops" => key.operator_class = Some(operator_class::read(&argument.value)?),
            "length" => return Err(Fault::new(place, "`length` is not supported: it is for MySQL")),
            other => {
                let fault = Fault::new(&option.place, format!("a field of a key has no argument `{other}`"));
                return Err(fault.suggest(other, ["sort", "ops"]));
            }
        }
    }
    Ok(key)
}

/// The index of the column that the field `name` is; a fault where there is none, or it is a relation field.
pub(super) fn column_named(draft: &Draft<'_>, name: &str, place: &Place) -> Result<usize, Fault> {
    if let Some(column) = draft.model.columns.iter().position(|column| column.field == name) {
        return Ok(column);
    }
    if draft.relation_fields.iter().any(|relation| relation.field.name.text == name) {
        return Err(Fault::new(
            place,
            format!("`{name}` is a relation field: only columns can be named here"),
        ));
    }
    let known = draft.model.columns.iter().map(|column| column.field.as_str());
    Err(Fault::new(place, format!("`{}` has no field `{name}`", draft.model.name)).suggest(name, known))
}

/// A row must be found again: by a key whose columns are all required.
fn check_identified(draft: &Draft<'_>) -> Result<(), Fault> {
    let model = &draft.model;
    let is_strict = |columns: &mut dyn Iterator<Item = usize>| {
        columns.filter_map(|column| model.columns.get(column)).all(|column| {
            column.arity == Arity::Required && !matches!(column.column_type, ColumnType::Unsupported(_))
        })
    };
    let has_id = model.primary_key.as_ref().is_some_and(|key| is_strict(&mut key.columns.iter().copied()));
    let mut uniques = model.indexes.iter().filter(|index| index.is_unique && index.predicate.is_none());
    if model.is_view
        || draft.is_ignored
        || has_id
        || uniques.any(|index| is_strict(&mut index.keys.iter().map(|key| key.column)))
    {
        return Ok(());
    }
    let fault =
        Fault::new(&model.place, format!("`{}` has no key whose fields are all required", model.name));
    Err(fault.help("mark a field with `@id`, or use `@@id`"))
}
