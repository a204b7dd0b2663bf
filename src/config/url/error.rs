//! Why a database URL cannot be understood.

/// What is wrong with a database URL, without quoting it: any part of it may be a piece of a
/// password that was not percent-encoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UrlError {
    /// Nothing at all.
    #[error("the database URL is empty")]
    Empty,
    /// No scheme.
    #[error("this is not a database URL")]
    NotAUrl {
        /// The text begins with a quotation mark.
        quoted: bool,
    },
    /// A scheme of another database.
    #[error("{}", unsupported(scheme))]
    UnsupportedScheme {
        /// The scheme, in lower case.
        scheme: String,
    },
    /// `postgres:` without `//`.
    #[error("the scheme of a PostgreSQL URL is followed by `//`")]
    MissingSlashes,
    /// The port is not a number from 1 to 65535.
    #[error("the port in the database URL is not a number from 1 to 65535")]
    Port,
    /// `[` without `]`, or something other than a port after it, or an IPv6 address without them.
    #[error("the database URL has an IPv6 address that is not in brackets")]
    Ipv6,
    /// A parameter that nobody knows.
    #[error("the database URL has an unknown parameter{}", quoted(name))]
    UnknownParameter {
        /// Its name, where that cannot be a piece of a password.
        name: Option<String>,
        /// The known parameter that is spelt most like it.
        nearest: Option<&'static str>,
    },
    /// A parameter without `=`.
    #[error("the database URL has a parameter without a value")]
    ParameterWithoutValue,
    /// A known parameter with a value it cannot take.
    #[error("the parameter `{name}` of the database URL should be one of: {allowed}")]
    ParameterValue {
        /// The parameter.
        name: &'static str,
        /// The values that it can take.
        allowed: &'static str,
    },
    /// `%00`.
    #[error("the database URL holds a NUL character")]
    Nul,
    /// `sqlite:` and nothing more.
    #[error("the database URL has no path")]
    NoPath,
    /// An SQLite URL with a user or host.
    #[error("an SQLite URL has a path, and no user or host")]
    SqliteAuthority,
}

/// Names of databases whose users may try.
const OTHERS: [(&str, &str); 11] = [
    ("mysql", "MySQL"),
    ("mysql2", "MySQL"),
    ("mariadb", "MariaDB"),
    ("mssql", "SQL Server"),
    ("sqlserver", "SQL Server"),
    ("cockroachdb", "CockroachDB"),
    ("cockroach", "CockroachDB"),
    ("oracle", "Oracle"),
    ("mongodb", "MongoDB"),
    ("redshift", "Redshift"),
    ("duckdb", "DuckDB"),
];

fn unsupported(scheme: &str) -> String {
    let database = scheme.split('+').next().unwrap_or_default();
    match OTHERS.into_iter().find(|(name, _)| *name == database) {
        Some((_, name)) => format!("`{scheme}://` is {name}, and revgraph works with PostgreSQL and SQLite"),
        None => format!("`{scheme}://` is not a database that is supported"),
    }
}

fn quoted(name: &Option<String>) -> String {
    match name {
        Some(name) => format!(" `{name}`"),
        None => String::new(),
    }
}

const FORMS: &str = "the forms are postgres://, postgresql://, postgresql+DRIVER://, sqlite:PATH, \
                     sqlite:///PATH, sqlite:////ABSOLUTE and file:PATH";

impl UrlError {
    /// What to do about it, where there is something to say.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotAUrl { quoted: true } => Some("remove the quotation marks around it".to_owned()),
            Self::NotAUrl { quoted: false } | Self::UnsupportedScheme { .. } => Some(FORMS.to_owned()),
            Self::MissingSlashes => Some("write postgres://USER:PASSWORD@HOST:PORT/DATABASE".to_owned()),
            Self::Port => Some("a URL with a user and password has an `@` before the host".to_owned()),
            Self::Ipv6 => Some("write [::1]:5432".to_owned()),
            Self::UnknownParameter { nearest: Some(name), .. } => Some(format!("did you mean `{name}`?")),
            Self::UnknownParameter { name: None, .. } | Self::ParameterWithoutValue => {
                Some("in a password, write %26 for `&`, and %3F for `?` before a name and `=`".to_owned())
            }
            Self::SqliteAuthority => {
                Some("write sqlite:PATH, or %40 for an `@` in the name of a file".to_owned())
            }
            Self::NoPath => Some("write sqlite:PATH, or sqlite::memory:".to_owned()),
            _ => None,
        }
    }
}
