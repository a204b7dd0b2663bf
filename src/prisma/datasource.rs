//! `datasource db { … }`

use super::arguments::{list, text};
use super::model::Extension;
use super::parser::check_name;
use super::source::{Fault, Place};
use super::syntax::{Block, Document, Expression, Keyword, Name, Value};
use crate::sql::Dialect;

/// What the `datasource` block says of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Datasource {
    /// The datasource's name, which native types begin with.
    pub name: String,
    pub dialect: Dialect,
    /// Whether relations are foreign keys.
    pub has_foreign_keys: bool,
    pub extensions: Vec<Extension>,
    /// `schemas`; none where it is not given.
    pub schemas: Option<Vec<Name>>,
}

/// What a datasource can say. The connection is that of `alembic.toml`.
const SETTINGS: [&str; 7] =
    ["provider", "url", "directUrl", "shadowDatabaseUrl", "relationMode", "extensions", "schemas"];

/// Reads the first `datasource` block; none where there is none or it has a fault. What is wrong goes to
/// `faults`, further blocks too.
pub(super) fn read(document: &Document, faults: &mut Vec<Fault>) -> Option<Datasource> {
    let mut blocks = document.blocks.iter().filter(|block| block.keyword == Keyword::Datasource);
    let Some(block) = blocks.next() else {
        let place =
            document.blocks.first().map_or(Place { file: 0, span: 0..0 }, |block| block.name.place.clone());
        let fault = Fault::new(&place, "there is no datasource");
        faults.push(fault.help("datasource db {\n  provider = \"postgresql\"\n}"));
        return None;
    };
    for other in blocks {
        faults.push(Fault::new(&other.name.place, "there can be only one datasource"));
    }
    match of_block(block) {
        Ok(datasource) => Some(datasource),
        Err(fault) => {
            faults.push(fault);
            None
        }
    }
}

fn of_block(block: &Block) -> Result<Datasource, Fault> {
    check_name(&block.name)?;
    let mut seen: Vec<&str> = Vec::new();
    for (name, _) in block.settings() {
        if name.text == "referentialIntegrity" {
            return Err(Fault::new(&name.place, "`referentialIntegrity` is called `relationMode`"));
        }
        if !SETTINGS.contains(&name.text.as_str()) {
            let fault = Fault::new(&name.place, format!("a datasource has no setting `{}`", name.text));
            return Err(fault.suggest(&name.text, SETTINGS));
        }
        if seen.contains(&name.text.as_str()) {
            return Err(Fault::new(&name.place, format!("`{}` is given twice", name.text)));
        }
        seen.push(&name.text);
    }
    let setting =
        |wanted: &str| block.settings().find(|(name, _)| name.text == wanted).map(|(_, value)| value);
    let provider = setting("provider")
        .ok_or_else(|| Fault::new(&block.name.place, "the datasource has no `provider`"))?;
    let dialect = dialect(provider)?;
    let is_postgres = dialect == Dialect::Postgres;
    let only_postgres = |value: &Expression, name: &str| {
        Err(Fault::new(&value.place, format!("SQLite has no {name}: `{name}` is for PostgreSQL")))
    };
    let extensions = match setting("extensions") {
        Some(value) if !is_postgres => return only_postgres(value, "extensions"),
        Some(value) => list(value).iter().map(extension).collect::<Result<_, _>>()?,
        None => Vec::new(),
    };
    let schemas = match setting("schemas") {
        Some(value) if !is_postgres => return only_postgres(value, "schemas"),
        Some(value) => Some(schemas(value)?),
        None => None,
    };
    let has_foreign_keys = setting("relationMode").map_or(Ok(true), has_foreign_keys)?;
    Ok(Datasource { name: block.name.text.clone(), dialect, has_foreign_keys, extensions, schemas })
}

fn dialect(provider: &Expression) -> Result<Dialect, Fault> {
    let Value::Text(name) = &provider.value else {
        return Err(Fault::new(&provider.place, "the provider is a text in quotes"));
    };
    match name.as_str() {
        "postgresql" | "postgres" => Ok(Dialect::Postgres),
        "sqlite" => Ok(Dialect::Sqlite),
        "mysql" | "sqlserver" | "mongodb" | "cockroachdb" => {
            Err(Fault::new(&provider.place, format!("`{name}` is not supported: postgresql and sqlite are")))
        }
        _ => {
            let fault = Fault::new(&provider.place, format!("there is no provider `{name}`"));
            Err(fault.suggest(name, ["postgresql", "postgres", "sqlite"]))
        }
    }
}

fn has_foreign_keys(mode: &Expression) -> Result<bool, Fault> {
    match text(mode)? {
        "foreignKeys" => Ok(true),
        "prisma" => Ok(false),
        other => {
            let fault = Fault::new(&mode.place, format!("there is no relation mode `{other}`"));
            Err(fault.help("relationMode is \"foreignKeys\" or \"prisma\""))
        }
    }
}

fn schemas(value: &Expression) -> Result<Vec<Name>, Fault> {
    let mut schemas: Vec<Name> = Vec::new();
    for element in list(value) {
        let name = text(element)?.to_owned();
        if schemas.iter().any(|other| other.text == name) {
            return Err(Fault::new(&element.place, format!("the schema `{name}` is given twice")));
        }
        schemas.push(Name { text: name, place: element.place.clone() });
    }
    if schemas.is_empty() {
        return Err(Fault::new(&value.place, "the list of schemas is empty"));
    }
    Ok(schemas)
}

/// `citext`, `uuidOssp(map: "uuid-ossp", schema: "public", version: "1.1")`
fn extension(element: &Expression) -> Result<Extension, Fault> {
    let place = element.place.clone();
    let (name, arguments) = match &element.value {
        Value::Word(name) => (name, &[][..]),
        Value::Call(name, arguments) => (name, arguments.as_slice()),
        _ => return Err(Fault::new(&place, "the name of an extension is expected here")),
    };
    let mut extension = Extension { name: name.clone(), schema: None, version: None, place };
    for argument in arguments {
        let Some(key) = &argument.name else {
            return Err(Fault::new(&argument.value.place, "arguments of an extension have names"));
        };
        let value = text(&argument.value)?.to_owned();
        match key.text.as_str() {
            "map" => extension.name = value,
            "schema" => extension.schema = Some(value),
            "version" => extension.version = Some(value),
            other => {
                let fault = Fault::new(&key.place, format!("an extension has no argument `{other}`"));
                return Err(fault.suggest(other, ["map", "schema", "version"]));
            }
        }
    }
    Ok(extension)
}
