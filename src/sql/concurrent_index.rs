//! PostgreSQL's `CREATE INDEX CONCURRENTLY`, which leaves an invalid index behind where it fails.

use super::{Dialect, Statement};

/// What a `CREATE INDEX CONCURRENTLY` names, as it is written there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ConcurrentIndex<'a> {
    /// The index, which is made in the schema of its table; none leaves the name to the server.
    pub name: Option<&'a str>,
    /// The table, quotes and schema included.
    pub table: &'a str,
}

impl<'a> Statement<'a> {
    /// The index that a `CREATE [UNIQUE] INDEX CONCURRENTLY` makes.
    pub fn concurrent_index(&self) -> Option<ConcurrentIndex<'a>> {
        let mut cursor = self.cursor();
        if self.dialect != Dialect::Postgres || !cursor.eat(&["CREATE"]) {
            return None;
        }
        cursor.eat(&["UNIQUE"]);
        if !cursor.eat(&["INDEX", "CONCURRENTLY"]) {
            return None;
        }
        cursor.eat(&["IF", "NOT", "EXISTS"]);
        let unnamed = cursor.clone().eat(&["ON"]);
        let name = if unnamed { None } else { Some(cursor.eat_name()?) };
        if !cursor.eat(&["ON"]) {
            return None;
        }
        cursor.eat(&["ONLY"]);
        Some(ConcurrentIndex { name, table: cursor.eat_name()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::tests::statement;

    #[test]
    fn index_and_table_are_read_as_written() {
        for (sql, name, table) in [
            ("CREATE INDEX CONCURRENTLY i ON t (a)", Some("i"), "t"),
            (
                "create unique index concurrently if not exists \"I x\" on only s.\"T\" using btree (a)",
                Some("\"I x\""),
                "s.\"T\"",
            ),
            ("CREATE INDEX CONCURRENTLY ON t (a)", None, "t"),
        ] {
            let statement = statement(Dialect::Postgres, sql);
            assert_eq!(statement.concurrent_index(), Some(ConcurrentIndex { name, table }), "{sql}");
        }
        for sql in ["CREATE INDEX i ON t (a)", "DROP INDEX CONCURRENTLY i", "CREATE TABLE t (a int)"] {
            assert_eq!(statement(Dialect::Postgres, sql).concurrent_index(), None, "{sql}");
        }
    }
}
