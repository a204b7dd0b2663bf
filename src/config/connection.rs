//! `[connection]`: libpq's keywords, taken literally.

use std::path::Path;

use super::error::{ConfigError, Origin, Problem};
use super::key::Key;
use super::path::absolute;
use super::suggestion::{Suggestion, nearest};
use super::url::{LIBPQ_KEYWORDS, PostgresUrl, SCHEMA, is_port_list};
use super::values::{RawValue, ValueError, any_text};

use crate::regular_file;

const PASSWORD: &str = "password";
const PASSWORD_FILE: &str = "password_file";

/// The keywords of a `[connection]` table and their values, in the order of the file. It holds a
/// password, hence no `Debug`.
#[derive(Clone, Default)]
pub(super) struct ConnectionTable {
    keywords: Vec<Keyword>,
}

#[derive(Clone)]
struct Keyword {
    name: String,
    value: String,
    origin: Origin,
}

impl ConnectionTable {
    /// Takes one more keyword of the table, which has `path` for its name in messages.
    ///
    /// # Errors
    /// An unknown keyword, one beside which another cannot stand, or a value it cannot have.
    pub(super) fn insert(
        &mut self,
        path: &str,
        name: &str,
        value: RawValue,
        key_origin: Origin,
        origin: Origin,
    ) -> Result<(), ConfigError> {
        if !is_keyword(name) {
            let problem = Problem::UnknownKey {
                key: name.to_owned(),
                table: path.to_owned(),
                suggestion: suggest_keyword(name),
            };
            return Err(ConfigError::at(key_origin, problem));
        }
        let value = literal(name, value).map_err(|error| {
            let key = format!("{path}.{name}");
            ConfigError::at(origin.clone(), Problem::Invalid { key, error })
        })?;
        if let Some(other) = excluded_by(name).filter(|other| self.has(other)) {
            let problem =
                Problem::Conflict { first: format!("{path}.{other}"), second: format!("{path}.{name}") };
            return Err(ConfigError::at(key_origin, problem));
        }
        self.keywords.push(Keyword { name: name.to_owned(), value, origin });
        Ok(())
    }

    /// This table laid over `lower`, keyword by keyword: a keyword of this one takes the place of the same, and of one
    /// that excludes it.
    pub(super) fn over(self, mut lower: Self) -> Self {
        lower.keywords.retain(|keyword| {
            let excluded = excluded_by(&keyword.name).is_some_and(|other| self.has(other));
            !excluded && !self.has(&keyword.name)
        });
        lower.keywords.extend(self.keywords);
        lower
    }

    /// The database that the table names. `password_file` is relative to `directory`.
    ///
    /// # Errors
    /// Where that file cannot be read.
    pub(super) fn resolve(&self, directory: &Path) -> Result<PostgresUrl, ConfigError> {
        let mut keywords = Vec::with_capacity(self.keywords.len());
        for keyword in &self.keywords {
            keywords.push(match keyword.name.as_str() {
                PASSWORD_FILE => (PASSWORD.to_owned(), keyword.first_line(directory)?),
                name => (name.to_owned(), keyword.value.clone()),
            });
        }
        Ok(PostgresUrl::from_keywords(keywords))
    }

    fn has(&self, name: &str) -> bool {
        self.keywords.iter().any(|keyword| keyword.name == name)
    }
}

impl Keyword {
    /// The first line of the file that the value names.
    fn first_line(&self, directory: &Path) -> Result<String, ConfigError> {
        let path = absolute(directory, &self.value);
        match regular_file::read_to_string(&path) {
            Ok(text) => Ok(text.lines().next().unwrap_or_default().to_owned()),
            Err(error) => {
                let reason = error.to_string();
                let problem = Problem::Unreadable { path, reason };
                Err(ConfigError::at(self.origin.clone(), problem))
            }
        }
    }
}

fn is_keyword(name: &str) -> bool {
    LIBPQ_KEYWORDS.contains(&name) || [SCHEMA, PASSWORD_FILE].contains(&name)
}

/// The keyword that cannot be given beside this one.
fn excluded_by(name: &str) -> Option<&'static str> {
    match name {
        PASSWORD => Some(PASSWORD_FILE),
        PASSWORD_FILE => Some(PASSWORD),
        _ => None,
    }
}

/// The value as libpq has it: text.
fn literal(name: &str, value: RawValue) -> Result<String, ValueError> {
    let text = match value {
        RawValue::Integer(number) => number.to_string(),
        RawValue::Boolean(boolean) => u8::from(boolean).to_string(),
        other => any_text(other)?,
    };
    if text.contains('\0') {
        return Err(ValueError::Nul);
    }
    if name == "port" && !is_port_list(&text) {
        return Err(ValueError::NotAPort);
    }
    if name == PASSWORD_FILE && text.is_empty() {
        return Err(ValueError::Empty);
    }
    Ok(text)
}

fn suggest_keyword(name: &str) -> Suggestion {
    if Key::from_name(name).is_some() {
        // What follows a table's header belongs to the table.
        return Suggestion::BelongsIn("above the first [table] of the file");
    }
    match name {
        "database" | "db" => return Suggestion::Nearest("dbname".to_owned()),
        "username" => return Suggestion::Nearest("user".to_owned()),
        _ => {}
    }
    let usual = ["host", "port", "user", PASSWORD, PASSWORD_FILE, "dbname", "sslmode"];
    match nearest(name, LIBPQ_KEYWORDS.into_iter().chain([SCHEMA, PASSWORD_FILE])) {
        Some(keyword) => Suggestion::Nearest(keyword.to_owned()),
        None => Suggestion::OneOf(usual.to_vec()),
    }
}
