//! The SQL dialects revgraph speaks, and how each quotes names and strings.

use std::fmt;
use std::str::FromStr;

/// The SQL of one kind of database, by whose rules scripts are cut and names quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// PostgreSQL, with `standard_conforming_strings` on (the default since 9.1).
    Postgres,
    /// SQLite 3.
    Sqlite,
}

/// A name that [`Dialect::from_str`] does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown SQL dialect `{0}`: expected `postgres` or `sqlite`")]
pub struct UnknownDialect(pub String);

impl Dialect {
    /// The dialect's name in scripts and output: `postgres` or `sqlite`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Sqlite => "sqlite",
        }
    }

    /// The other dialect of the two.
    #[doc(hidden)]
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Postgres => Self::Sqlite,
            Self::Sqlite => Self::Postgres,
        }
    }

    /// Whether a table that is there gets and loses constraints by a statement of their own. In SQLite they stand in its
    /// `CREATE TABLE` for good.
    #[doc(hidden)]
    #[must_use]
    pub fn alters_constraints(self) -> bool {
        match self {
            Self::Postgres => true,
            Self::Sqlite => false,
        }
    }

    /// Whether each constraint is known by a name of its own, also where nobody has given it one. In SQLite none can be found
    /// by its name.
    #[doc(hidden)]
    #[must_use]
    pub fn names_constraints(self) -> bool {
        match self {
            Self::Postgres => true,
            Self::Sqlite => false,
        }
    }

    /// Whether a schema has types of its own, enums and arrays among them.
    #[doc(hidden)]
    #[must_use]
    pub fn has_own_types(self) -> bool {
        match self {
            Self::Postgres => true,
            Self::Sqlite => false,
        }
    }

    /// Whether two names, without their quotes, are one name: in SQLite whatever the case of their ASCII letters.
    #[doc(hidden)]
    #[must_use]
    pub fn is_same_name(self, one: &str, other: &str) -> bool {
        if self.ignores_case_of_names() { one.eq_ignore_ascii_case(other) } else { one == other }
    }

    /// Whether names that differ in the case of ASCII letters alone are one name, also where they are quoted.
    #[doc(hidden)]
    #[must_use]
    pub fn ignores_case_of_names(self) -> bool {
        match self {
            Self::Postgres => false,
            Self::Sqlite => true,
        }
    }

    /// `identifier` as a quoted identifier, which both dialects take literally, case included.
    #[doc(hidden)]
    pub fn quote_identifier(self, identifier: &str) -> String {
        enclose(identifier, '"')
    }

    /// `value` as a string literal.
    ///
    /// For PostgreSQL a value with a backslash becomes an `E''` string with its backslashes
    /// doubled, as libpq's `PQescapeLiteral` writes it (without that function's leading space), so
    /// that it means the same whatever `standard_conforming_strings` is. Neither database can hold
    /// U+0000 in a literal.
    #[doc(hidden)]
    pub fn quote_literal(self, value: &str) -> String {
        match self {
            Self::Postgres if value.contains('\\') => {
                format!("E{}", enclose(&value.replace('\\', "\\\\"), '\''))
            }
            Self::Postgres | Self::Sqlite => enclose(value, '\''),
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for Dialect {
    type Err = UnknownDialect;

    /// Reads `postgres`, `postgresql` or `sqlite`, in lower case.
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "postgres" | "postgresql" => Ok(Self::Postgres),
            "sqlite" => Ok(Self::Sqlite),
            _ => Err(UnknownDialect(name.to_owned())),
        }
    }
}

/// `text` between two `quote`s, with every `quote` in it doubled.
fn enclose(text: &str, quote: char) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push(quote);
    for character in text.chars() {
        if character == quote {
            quoted.push(quote);
        }
        quoted.push(character);
    }
    quoted.push(quote);
    quoted
}

#[cfg(test)]
mod tests {
    use super::Dialect::{Postgres, Sqlite};
    use super::*;

    #[test]
    fn names_are_read_back() {
        for dialect in [Postgres, Sqlite] {
            assert_eq!(dialect.name().parse(), Ok(dialect));
            assert_eq!(dialect.to_string(), dialect.name());
        }
        assert_eq!("postgresql".parse(), Ok(Postgres));
        assert_eq!("mysql".parse::<Dialect>(), Err(UnknownDialect("mysql".to_owned())));
    }

    #[test]
    fn identifiers_double_their_quotes() {
        for dialect in [Postgres, Sqlite] {
            assert_eq!(dialect.quote_identifier("a\"b"), r#""a""b""#);
            assert_eq!(dialect.quote_identifier(""), r#""""#);
        }
    }

    #[test]
    fn literals_double_their_quotes() {
        for dialect in [Postgres, Sqlite] {
            assert_eq!(dialect.quote_literal("it's"), "'it''s'");
        }
    }

    #[test]
    fn only_postgres_escapes_backslashes() {
        assert_eq!(Postgres.quote_literal(r"a\'b"), r"E'a\\''b'");
        assert_eq!(Sqlite.quote_literal(r"a\'b"), r"'a\''b'");
    }
}
