//! Database URLs, which never show a password.

use std::fmt;
use std::path::Path;
use std::time::Duration;

mod error;
mod keywords;
mod parameters;
mod postgres;
mod prisma;
mod program;
mod sqlite;

pub use error::UrlError;
pub(super) use parameters::{LIBPQ_KEYWORDS, SCHEMA};
pub use postgres::PostgresUrl;
pub(super) use postgres::is_port_list;
pub use program::ProgramUrl;
pub use sqlite::{SqliteLocation, SqliteMode, SqliteUrl};

use crate::sql::Dialect;

/// Where the database is. `Display` and `Debug` show `***` for every password.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A PostgreSQL database.
    Postgres(PostgresUrl),
    /// An SQLite database.
    Sqlite(SqliteUrl),
}

impl DatabaseUrl {
    /// Whether this is the URL of a SQLite file that does not exist.
    #[must_use]
    pub fn is_missing_file(&self) -> bool {
        match self {
            Self::Sqlite(sqlite) => matches!(sqlite.location(), SqliteLocation::File(path) if !path.exists()),
            Self::Postgres(_) => false,
        }
    }

    /// The dialect of the kind of database that the URL names.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match self {
            Self::Postgres(_) => Dialect::Postgres,
            Self::Sqlite(_) => Dialect::Sqlite,
        }
    }

    /// The URL with a limit on how long the server may take to accept a connection, unless the URL itself says how long; whole
    /// seconds, and libpq waits for two at the least.
    #[must_use]
    pub fn with_connect_timeout(&self, timeout: Duration) -> Self {
        match self {
            Self::Postgres(url) => Self::Postgres(url.with_connect_timeout(timeout)),
            Self::Sqlite(url) => Self::Sqlite(url.clone()),
        }
    }

    /// Whether the URL holds a password or another secret, which [`fmt::Display`] hides.
    #[must_use]
    pub fn has_secret(&self) -> bool {
        match self {
            Self::Postgres(url) => url.has_secret(),
            Self::Sqlite(_) => false,
        }
    }

    /// Reads a database URL. A relative SQLite path is relative to `directory`.
    ///
    /// | form | |
    /// |---|---|
    /// | `postgres://`, `postgresql://`, `postgresql+DRIVER://` | libpq's, SQLAlchemy's and Prisma's, see [`PostgresUrl`] |
    /// | `sqlite:PATH`, `sqlite://PATH` | relative or absolute |
    /// | `sqlite:///PATH`, `sqlite:////ABSOLUTE` | SQLAlchemy's |
    /// | `sqlite::memory:`, `sqlite://` | in memory |
    /// | `file:PATH`, `file:///ABSOLUTE` | Prisma's, SQLite's own |
    ///
    /// # Errors
    /// [`UrlError`], which quotes neither the URL nor any part of it that may be a password.
    pub fn parse(text: &str, directory: &Path) -> Result<Self, UrlError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(UrlError::Empty);
        }
        let (scheme, rest) =
            split_scheme(text).ok_or(UrlError::NotAUrl { quoted: text.starts_with(['"', '\'']) })?;
        match database_of(&scheme) {
            Some(Database::Postgres) => {
                let rest = rest.strip_prefix("//").ok_or(UrlError::MissingSlashes)?;
                PostgresUrl::parse(rest).map(Self::Postgres)
            }
            Some(Database::Sqlite) => SqliteUrl::parse(rest, directory).map(Self::Sqlite),
            Some(Database::File) => SqliteUrl::parse_file(rest, directory).map(Self::Sqlite),
            // Without slashes the text may be `USER:PASSWORD@…`.
            None if rest.starts_with("//") => Err(UrlError::UnsupportedScheme { scheme }),
            None => Err(UrlError::NotAUrl { quoted: false }),
        }
    }
}

enum Database {
    Postgres,
    Sqlite,
    File,
}

/// The database of a scheme in lower case, whose part from `+` on names a driver.
fn database_of(scheme: &str) -> Option<Database> {
    let (database, driver) = match scheme.split_once('+') {
        Some((database, driver)) => (database, Some(driver)),
        None => (scheme, None),
    };
    match (database, driver) {
        (_, Some("")) => None,
        ("postgres" | "postgresql", _) => Some(Database::Postgres),
        ("sqlite", _) => Some(Database::Sqlite),
        ("file", None) => Some(Database::File),
        _ => None,
    }
}

/// The scheme in lower case, and what follows its colon.
fn split_scheme(text: &str) -> Option<(String, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let valid = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.' | '_'));
    valid.then(|| (scheme.to_ascii_lowercase(), rest))
}

/// Decodes percent escapes. What is no valid escape stays as it is, and so does the whole text
/// where the result would not be UTF-8.
fn percent_decoded(text: &str) -> Result<String, UrlError> {
    let decoded = percent_encoding::percent_decode_str(text)
        .decode_utf8()
        .map_or_else(|_| text.to_owned(), std::borrow::Cow::into_owned);
    if decoded.contains('\0') {
        return Err(UrlError::Nul);
    }
    Ok(decoded)
}

/// The names and values of a query, decoded. A `+` is a `+`, as in libpq.
fn query_parameters(query: &str) -> Result<Vec<(String, String)>, UrlError> {
    query
        .split('&')
        .filter(|parameter| !parameter.is_empty())
        .map(|parameter| {
            let (name, value) = parameter.split_once('=').ok_or(UrlError::ParameterWithoutValue)?;
            Ok((percent_decoded(name)?, percent_decoded(value)?))
        })
        .collect()
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postgres(url) => url.fmt(f),
            Self::Sqlite(url) => url.fmt(f),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<DatabaseUrl, UrlError> {
        DatabaseUrl::parse(text, Path::new("/base"))
    }

    #[test]
    fn the_scheme_decides_the_database() {
        for text in [
            "postgres://h/d",
            "postgresql://h/d",
            "PostgreSQL://h/d",
            "postgresql+psycopg2://h/d",
            "postgresql+asyncpg://h/d",
            " postgres://h/d\n",
        ] {
            assert!(matches!(parse(text), Ok(DatabaseUrl::Postgres(_))), "{text}");
        }
        for text in ["sqlite:a.db", "SQLite:///a.db", "sqlite+aiosqlite:///a.db", "file:a.db"] {
            assert!(matches!(parse(text), Ok(DatabaseUrl::Sqlite(_))), "{text}");
        }
    }

    #[test]
    fn other_schemes_are_refused_by_name() {
        for (text, scheme) in [
            ("mysql://u:secret@h/d", "mysql"),
            ("MYSQL+pymysql://u:secret@h/d", "mysql+pymysql"),
            ("prisma+postgres://u:secret@h/d", "prisma+postgres"),
            ("postgresql+://h/d", "postgresql+"),
        ] {
            let error = parse(text).unwrap_err();
            let scheme = scheme.to_owned();
            assert_eq!(error, UrlError::UnsupportedScheme { scheme }, "{text}");
            assert!(error.hint().unwrap().contains("sqlite:PATH"));
        }
    }

    #[test]
    fn what_is_no_url_is_not_quoted() {
        for text in [
            "dev.db",
            "user:secret@host/db",
            "host=h password=secret",
            "\"postgres://u:secret@h/d\"",
            "://secret",
        ] {
            let error = parse(text).unwrap_err();
            assert!(matches!(error, UrlError::NotAUrl { .. }), "{text}: {error:?}");
            assert!(!format!("{error} {:?}", error.hint()).contains("secret"));
        }
        assert_eq!(parse("postgres:u:secret@h"), Err(UrlError::MissingSlashes));
        assert_eq!(parse("  "), Err(UrlError::Empty));
    }
}
