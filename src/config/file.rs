//! `alembic.toml`: where it is, and what it says.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::connection::ConnectionTable;
use super::error::{ConfigError, Location, Origin, Problem};
use super::key::{CONNECTION, ENV, Key, SECTIONS, suggest_setting};
use super::layer::{DatabaseSetting, Layer};
use super::values::RawValue;

use crate::regular_file;

/// The name of the file that is looked for.
pub const FILE_NAME: &str = "alembic.toml";

/// The path of `alembic.toml` in `directory` or the nearest folder above it; none where no folder has one.
pub(super) fn find(directory: &Path) -> Option<PathBuf> {
    directory.ancestors().map(|folder| folder.join(FILE_NAME)).find(|path| regular_file::is_there(path))
}

/// What a file says. Without a file, nothing.
#[derive(Default)]
pub(super) struct ConfigFile {
    /// The keys at the top.
    pub(super) top: Layer,
    /// The `[env.NAME]` tables.
    pub(super) environments: BTreeMap<String, Layer>,
}

impl ConfigFile {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// Where it cannot be read or is not TOML, and for every key or value that is not known.
    pub(super) fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = regular_file::read_to_string(path).map_err(|error| {
            ConfigError::new(Problem::Unreadable { path: path.to_owned(), reason: error.to_string() })
        })?;
        Self::parse(path, &text)
    }

    /// Reads `text`, the content of the file at `path`.
    ///
    /// # Errors
    /// As [`ConfigFile::read`].
    pub(super) fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let source = Source { path, text };
        // The parser's own `Display` quotes the line, which may hold a password.
        let document = DeTable::parse(text).map_err(|error| {
            let span = error.span().unwrap_or_default();
            let message = error.message().to_owned();
            ConfigError::at(source.origin(span), Problem::Syntax { message })
        })?;
        let mut file = Self::default();
        for (key, value) in in_file_order(document.get_ref()) {
            if key.get_ref() == ENV {
                file.environments = source.environments(value)?;
            } else {
                source.read_setting(&mut file.top, "", key, value)?;
            }
        }
        Ok(file)
    }
}

type Entry<'a, 'i> = (&'a Spanned<DeString<'i>>, &'a Spanned<DeValue<'i>>);

/// The entries of a table as they stand in the file, so that its first mistake is the one
/// reported.
fn in_file_order<'a, 'i>(table: &'a DeTable<'i>) -> Vec<Entry<'a, 'i>> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

/// The file, for the places in messages.
#[derive(Clone, Copy)]
struct Source<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Source<'_> {
    fn origin(self, span: Range<usize>) -> Origin {
        Origin::File(Location::new(self.path, self.text, span))
    }

    /// A place with the text of the span for its excerpt.
    fn shown(self, span: Range<usize>) -> Origin {
        let location = Location::new(self.path, self.text, span.clone());
        Origin::File(location.showing(self.text, span))
    }

    /// The place of a value, with its key and it for an excerpt where nothing there is secret.
    fn value_origin(self, key: Key, entry: Entry<'_, '_>) -> Origin {
        let (name, value) = entry;
        if matches!(key, Key::Url | Key::ScratchUrl) {
            return self.origin(value.span());
        }
        let location = Location::new(self.path, self.text, value.span());
        Origin::File(location.showing(self.text, name.span().start..value.span().end))
    }

    fn environments(self, tables: &Spanned<DeValue<'_>>) -> Result<BTreeMap<String, Layer>, ConfigError> {
        let mut environments = BTreeMap::new();
        for (name, value) in in_file_order(self.table(ENV, tables)?) {
            let path = format!("{ENV}.{}", name.get_ref());
            let mut layer = Layer::default();
            for (key, value) in in_file_order(self.table(&path, value)?) {
                self.read_setting(&mut layer, &path, key, value)?;
            }
            environments.insert(name.get_ref().to_string(), layer);
        }
        Ok(environments)
    }

    /// Reads one key of the top of the file or of an `[env.NAME]`, whose name is `table`.
    fn read_setting(
        self,
        layer: &mut Layer,
        table: &str,
        key: &Spanned<DeString<'_>>,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<(), ConfigError> {
        let name = key.get_ref().as_ref();
        let path = joined(table, name);
        let known = Key::from_name(name);
        let names_database = known == Some(Key::Url) || name == CONNECTION;
        if names_database && layer.database.is_some() {
            let problem =
                Problem::Conflict { first: joined(table, "url"), second: joined(table, CONNECTION) };
            return Err(ConfigError::at(self.shown(key.span()), problem));
        }
        if name == CONNECTION {
            let connection = self.connection(&path, value)?;
            layer.database = Some(DatabaseSetting::Connection(connection));
            return Ok(());
        }
        if SECTIONS.contains(&name) {
            return self.section(layer, name, &path, value);
        }
        let Some(known) = known else {
            let problem = Problem::UnknownKey {
                key: name.to_owned(),
                table: table.to_owned(),
                suggestion: suggest_setting(name),
            };
            return Err(ConfigError::at(self.shown(key.span()), problem));
        };
        let origin = self.value_origin(known, (key, value));
        layer.set(known, &path, RawValue::from(value.get_ref()), origin)
    }

    /// Reads a table whose keys are settings of the first level: see [`SECTIONS`].
    fn section(
        self,
        layer: &mut Layer,
        name: &str,
        path: &str,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<(), ConfigError> {
        for (key, value) in in_file_order(self.table(path, value)?) {
            let setting = format!("{name}_{}", key.get_ref());
            let Some(known) = Key::from_name(&setting) else {
                let problem = Problem::UnknownKey {
                    key: key.get_ref().to_string(),
                    table: path.to_owned(),
                    suggestion: suggest_setting(&setting),
                };
                return Err(ConfigError::at(self.shown(key.span()), problem));
            };
            let origin = self.value_origin(known, (key, value));
            layer.set(known, &joined(path, key.get_ref()), RawValue::from(value.get_ref()), origin)?;
        }
        Ok(())
    }

    fn connection(self, path: &str, value: &Spanned<DeValue<'_>>) -> Result<ConnectionTable, ConfigError> {
        let mut connection = ConnectionTable::default();
        for (key, value) in in_file_order(self.table(path, value)?) {
            connection.insert(
                path,
                key.get_ref(),
                RawValue::from(value.get_ref()),
                self.shown(key.span()),
                self.origin(value.span()),
            )?;
        }
        Ok(connection)
    }

    fn table<'a, 'i>(
        self,
        path: &str,
        value: &'a Spanned<DeValue<'i>>,
    ) -> Result<&'a DeTable<'i>, ConfigError> {
        match value.get_ref() {
            DeValue::Table(table) => Ok(table),
            other => {
                let key = path.to_owned();
                let error = RawValue::from(other).is_not("a table");
                let problem = Problem::Invalid { key, error };
                Err(ConfigError::at(self.origin(value.span()), problem))
            }
        }
    }
}

fn joined(table: &str, key: &str) -> String {
    if table.is_empty() { key.to_owned() } else { format!("{table}.{key}") }
}
