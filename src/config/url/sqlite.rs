//! SQLite URLs, as sqlx, SQLAlchemy and Prisma write them.

use std::fmt;
use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::error::UrlError;
use super::{percent_decoded, query_parameters};
use crate::config::path::absolute;
use crate::config::suggestion::nearest;

const MEMORY: &str = ":memory:";

/// Parameters of other tools that do not concern a migrator: Prisma's pool and SQLAlchemy's
/// `check_same_thread`.
const IGNORED: [&str; 5] =
    ["check_same_thread", "connect_timeout", "connection_limit", "pool_timeout", "socket_timeout"];

/// The address of an SQLite database.
///
/// A path is percent-decoded; a `%` that begins no escape is a `%`. The only parameter is
/// SQLite's `mode`: `ro`, `rw`, `rwc` (the default) or `memory`. Prisma's `connection_limit`,
/// `connect_timeout`, `pool_timeout` and `socket_timeout`, and SQLAlchemy's `check_same_thread`
/// are ignored.
#[derive(Clone, PartialEq, Eq)]
pub struct SqliteUrl {
    location: SqliteLocation,
    mode: SqliteMode,
}

/// Where an SQLite database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SqliteLocation {
    /// A file, by its absolute path; it need not exist.
    File(PathBuf),
    /// In memory, gone with the connection.
    Memory,
}

/// How a SQLite file is opened, as the parameter `mode` of its URL says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SqliteMode {
    /// `mode=ro`: only to read.
    ReadOnly,
    /// `mode=rw`: the file has to exist.
    ReadWrite,
    /// `mode=rwc`: the file is created where it does not exist.
    #[default]
    ReadWriteCreate,
}

impl SqliteUrl {
    /// Reads a URL from behind `sqlite:` on, in the forms of SQLAlchemy and SQLite; a relative path is one of
    /// `directory`.
    ///
    /// # Errors
    /// [`UrlError`] of a user before a host, of a path that is none and of a parameter that is not understood.
    pub(super) fn parse(text: &str, directory: &Path) -> Result<Self, UrlError> {
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let location = match path.strip_prefix("//") {
            // SQLAlchemy's `sqlite://` and `sqlite:///`.
            Some("" | "/") => SqliteLocation::Memory,
            Some(authority) => match authority.strip_prefix('/') {
                Some(path) => SqliteLocation::of(path, directory)?,
                None if has_user_info(authority) => return Err(UrlError::SqliteAuthority),
                None => SqliteLocation::of(authority, directory)?,
            },
            None => SqliteLocation::of(path, directory)?,
        };
        Self::with_query(location, query)
    }

    /// Reads what follows `file:`, which is SQLite's own kind of URI: after `//` comes a host, empty or `localhost`,
    /// and then an absolute path.
    ///
    /// # Errors
    /// [`UrlError::SqliteAuthority`] of another host, and as [`Self::parse`] of path and parameters.
    pub(super) fn parse_file(text: &str, directory: &Path) -> Result<Self, UrlError> {
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let path = match path.strip_prefix("//") {
            None => path,
            Some(authority) => {
                let path = authority.strip_prefix("localhost").unwrap_or(authority);
                if !path.starts_with('/') {
                    return Err(UrlError::SqliteAuthority);
                }
                path
            }
        };
        Self::with_query(SqliteLocation::of(path, directory)?, query)
    }

    /// The URL of a database in memory, which each connection has for itself.
    #[must_use]
    pub fn in_memory() -> Self {
        Self { location: SqliteLocation::Memory, mode: SqliteMode::default() }
    }

    /// The database in the file `path`, opened to read and write, and made where it does not exist.
    #[must_use]
    pub fn of_file(path: PathBuf) -> Self {
        Self { location: SqliteLocation::File(path), mode: SqliteMode::default() }
    }

    /// Where the database is.
    #[must_use]
    pub fn location(&self) -> &SqliteLocation {
        &self.location
    }

    /// How a file is to be opened.
    #[must_use]
    pub fn mode(&self) -> SqliteMode {
        self.mode
    }

    fn with_query(location: SqliteLocation, query: &str) -> Result<Self, UrlError> {
        let mut url = Self { location, mode: SqliteMode::default() };
        for (name, value) in query_parameters(query)? {
            if name == "mode" {
                url.set_mode(&value)?;
            } else if !IGNORED.contains(&name.as_str()) {
                return Err(UrlError::UnknownParameter {
                    nearest: nearest(&name, IGNORED.into_iter().chain(["mode"])),
                    name: Some(name),
                });
            }
        }
        Ok(url)
    }

    fn set_mode(&mut self, mode: &str) -> Result<(), UrlError> {
        match mode {
            "ro" => self.mode = SqliteMode::ReadOnly,
            "rw" => self.mode = SqliteMode::ReadWrite,
            "rwc" => self.mode = SqliteMode::ReadWriteCreate,
            "memory" => self.location = SqliteLocation::Memory,
            _ => {
                return Err(UrlError::ParameterValue { name: "mode", allowed: "ro, rw, rwc, memory" });
            }
        }
        Ok(())
    }
}

impl SqliteLocation {
    fn of(path: &str, directory: &Path) -> Result<Self, UrlError> {
        match percent_decoded(path)?.as_str() {
            "" => Err(UrlError::NoPath),
            MEMORY => Ok(Self::Memory),
            path => Ok(Self::File(absolute(directory, path))),
        }
    }
}

/// Whether there is an `@` where another database's URL has one after its password. Such a text
/// would show the password as the name of a file.
fn has_user_info(authority: &str) -> bool {
    let colon = authority.find(':');
    let at = authority.rfind('@');
    matches!((colon, at), (Some(colon), Some(at)) if colon < at)
}

/// What a path cannot hold as it is.
const ESCAPED: AsciiSet = CONTROLS.add(b'%').add(b'?');

impl fmt::Display for SqliteUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = match &self.location {
            SqliteLocation::Memory => return write!(f, "sqlite:{MEMORY}"),
            SqliteLocation::File(path) => path.to_string_lossy(),
        };
        let mode = match self.mode {
            SqliteMode::ReadOnly => "?mode=ro",
            SqliteMode::ReadWrite => "?mode=rw",
            SqliteMode::ReadWriteCreate => "",
        };
        write!(f, "sqlite:{}{mode}", utf8_percent_encode(&path, &ESCAPED))
    }
}

impl fmt::Debug for SqliteUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SqliteUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::DatabaseUrl;
    use super::*;

    fn parse(text: &str) -> Result<SqliteUrl, UrlError> {
        match DatabaseUrl::parse(text, Path::new("/base"))? {
            DatabaseUrl::Sqlite(url) => Ok(url),
            DatabaseUrl::Postgres(url) => panic!("{url} is not SQLite"),
        }
    }

    #[test]
    fn every_form_gives_its_path() {
        for (text, path) in [
            ("sqlite:dev.db", "/base/dev.db"),
            ("sqlite:./data/dev.db", "/base/data/dev.db"),
            ("sqlite:../dev.db", "/base/../dev.db"),
            ("sqlite:/abs/dev.db", "/abs/dev.db"),
            ("sqlite://dev.db", "/base/dev.db"),
            ("sqlite://data/dev.db", "/base/data/dev.db"),
            ("sqlite:///dev.db", "/base/dev.db"),
            ("sqlite:////abs/dev.db", "/abs/dev.db"),
            ("sqlite+pysqlite:////abs/dev.db", "/abs/dev.db"),
            ("file:./dev.db", "/base/dev.db"),
            ("file:/abs/dev.db", "/abs/dev.db"),
            ("file:///abs/dev.db", "/abs/dev.db"),
            ("file://localhost/abs/dev.db", "/abs/dev.db"),
            ("file:dev.db?connection_limit=1", "/base/dev.db"),
            ("sqlite:a%20b%3F.db", "/base/a b?.db"),
            ("sqlite:100%.db", "/base/100%.db"),
            ("sqlite:me@home.db", "/base/me@home.db"),
            ("sqlite://me@home.db", "/base/me@home.db"),
        ] {
            let url = parse(text).unwrap();
            assert_eq!(url.location(), &SqliteLocation::File(PathBuf::from(path)), "{text}");
        }
    }

    #[test]
    fn memory_has_many_names() {
        for text in [
            "sqlite::memory:",
            "sqlite://",
            "sqlite:///",
            "sqlite:///:memory:",
            "sqlite://:memory:",
            "file::memory:",
            "sqlite:name?mode=memory",
        ] {
            assert_eq!(parse(text).unwrap().location(), &SqliteLocation::Memory, "{text}");
        }
    }

    #[test]
    fn the_mode_is_kept_and_shown() {
        assert_eq!(parse("sqlite:a.db").unwrap().mode(), SqliteMode::ReadWriteCreate);
        let url = parse("sqlite:a.db?mode=ro").unwrap();
        assert_eq!(url.mode(), SqliteMode::ReadOnly);
        assert_eq!(url.to_string(), "sqlite:/base/a.db?mode=ro");
    }

    #[test]
    fn mistakes_are_refused() {
        let unknown = parse("sqlite:a.db?mod=ro").unwrap_err();
        assert_eq!(unknown.hint().as_deref(), Some("did you mean `mode`?"));
        assert!(matches!(parse("sqlite:a.db?mode=x"), Err(UrlError::ParameterValue { name: "mode", .. })));
        assert_eq!(parse("sqlite:"), Err(UrlError::NoPath));
        assert_eq!(parse("file:"), Err(UrlError::NoPath));
        assert_eq!(parse("file://host/a.db"), Err(UrlError::SqliteAuthority));
        assert_eq!(parse("sqlite://user:secret@host/db"), Err(UrlError::SqliteAuthority));
        assert_eq!(parse("sqlite:a%00.db"), Err(UrlError::Nul));
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(name in "[^/\0]{1,20}") {
            let path = Path::new("/base").join(format!("x{name}x"));
            let url = SqliteUrl {
                location: SqliteLocation::File(path),
                mode: SqliteMode::default(),
            };
            prop_assert_eq!(parse(&url.to_string()), Ok(url));
        }
    }
}
