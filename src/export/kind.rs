//! The tools that revisions are written for.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Who the files are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Diesel's `diesel migration` and diesel_migrations.
    Diesel,
    /// PostgreSQL's psql.
    Psql,
    /// SQLx.
    Sqlx,
}

/// A name that [`Kind::from_str`] does not know.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("nothing can be exported for `{0}`: there are diesel, psql and sqlx")]
pub struct UnknownKind(pub String);

impl Kind {
    /// All of them, by name.
    pub const ALL: [Self; 3] = [Self::Diesel, Self::Psql, Self::Sqlx];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Diesel => "diesel",
            Self::Psql => "psql",
            Self::Sqlx => "sqlx",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| UnknownKind(name.to_owned()))
    }
}
