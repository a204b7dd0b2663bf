//! PostgreSQL's extensions and schemas that a script takes as they are where somebody has made them before.

use super::{Dialect, Statement};

/// What a `CREATE EXTENSION` or `CREATE SCHEMA` with `IF NOT EXISTS` makes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tolerated {
    /// An extension, by its name without quotes.
    Extension(String),
    /// A schema, by its name without quotes.
    Schema(String),
}

impl Statement<'_> {
    /// What the statement makes unless that is there already; none where it would fail then.
    pub fn tolerated(&self) -> Option<Tolerated> {
        let mut cursor = self.cursor();
        if self.dialect != Dialect::Postgres || !cursor.eat(&["CREATE"]) {
            return None;
        }
        let make = match (cursor.eat(&["EXTENSION"]), cursor.eat(&["SCHEMA"])) {
            (true, _) => Tolerated::Extension,
            (_, true) => Tolerated::Schema,
            _ => return None,
        };
        if !cursor.eat(&["IF", "NOT", "EXISTS"]) {
            return None;
        }
        let written = cursor.eat_name()?;
        let quoted = written.strip_prefix('"').and_then(|name| name.strip_suffix('"'));
        Some(make(quoted.map_or_else(|| written.to_lowercase(), |name| name.replace("\"\"", "\""))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::tests::statement;

    #[test]
    fn names_are_folded_as_the_server_does() {
        for (sql, expected) in [
            ("CREATE EXTENSION IF NOT EXISTS CiText", Some(Tolerated::Extension("citext".to_owned()))),
            ("create schema if not exists \"S\"\"x\"", Some(Tolerated::Schema("S\"x".to_owned()))),
            ("CREATE EXTENSION \"uuid-ossp\"", None),
            ("CREATE TABLE IF NOT EXISTS t (a int)", None),
        ] {
            assert_eq!(statement(Dialect::Postgres, sql).tolerated(), expected, "{sql}");
        }
    }
}
