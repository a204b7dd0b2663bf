//! The locks on tables that a statement takes, after
//! <https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES> and the page of each statement.

use super::super::Statement;
use super::POSTGRES;
use super::sides::{Sides, constraint_of};
use crate::catalog::sql::{identifier, qualified, relation_of};
use crate::catalog::{Catalog, ConstraintRule, ObjectKind, ObjectName};

const READERS_WAIT: &str = "ACCESS EXCLUSIVE";
const WRITERS_WAIT: &str = "SHARE ROW EXCLUSIVE";
const ONLY_CHANGES_WAIT: &str = "SHARE UPDATE EXCLUSIVE";

/// The locks of a statement, as `SHARE UPDATE EXCLUSIVE on public.users`.
pub(super) fn of(sides: &Sides<'_>, statement: &Statement) -> String {
    let Some(relation) = relation(&statement.object) else { return "none on tables".to_owned() };
    let sql = statement.sql.as_str();
    let mut text = format!("{} on {relation}", mode(sql));
    if let Some(other) = other(sides, statement) {
        let mode = if sql.contains(" VALIDATE CONSTRAINT ") { "ROW SHARE" } else { mode(sql) };
        text.push_str(&format!(", {mode} on {other}"));
    }
    text
}

/// The table or view that a statement about an object locks.
fn relation(object: &ObjectName) -> Option<String> {
    match object.kind {
        _ if object.relation.is_some() => Some(relation_of(POSTGRES, object)),
        ObjectKind::Table
        | ObjectKind::ForeignTable
        | ObjectKind::View
        | ObjectKind::MaterializedView
        | ObjectKind::Sequence => Some(qualified(POSTGRES, object)),
        _ => None,
    }
}

/// The strongest lock that a statement takes.
fn mode(sql: &str) -> &'static str {
    let has = |words: &str| sql.contains(words);
    let begins = |words: &str| sql.starts_with(words);
    let is_renamed_index = begins("ALTER INDEX ") && has(" RENAME TO ");
    if has(" CONCURRENTLY ")
        || has(" VALIDATE CONSTRAINT ")
        || begins("COMMENT ON ")
        || begins("CREATE STATISTICS ")
        || is_renamed_index
    {
        ONLY_CHANGES_WAIT
    } else if begins("CREATE INDEX ") || begins("CREATE UNIQUE INDEX ") {
        "SHARE"
    } else if begins("CREATE TRIGGER ") || begins("CREATE CONSTRAINT TRIGGER ") || has(" FOREIGN KEY ") {
        WRITERS_WAIT
    } else if begins("UPDATE ") || begins("INSERT ") {
        "ROW EXCLUSIVE"
    } else if has(" ATTACH PARTITION ") || is_setting(sql) {
        ONLY_CHANGES_WAIT
    } else if begins("SELECT ") || begins("GRANT ") || begins("REVOKE ") || begins("SET ") {
        "ACCESS SHARE"
    } else {
        READERS_WAIT
    }
}

/// Whether an `ALTER TABLE` only sets what the planner and the vacuum read.
fn is_setting(sql: &str) -> bool {
    [" SET STATISTICS ", " CLUSTER ON ", " SET WITHOUT CLUSTER", " SET (", " RESET ("]
        .into_iter()
        .any(|words| sql.starts_with("ALTER TABLE ") && sql.contains(words))
}

/// The table that a foreign key refers to.
fn other(sides: &Sides<'_>, statement: &Statement) -> Option<String> {
    let of = |catalog: &Catalog| match &constraint_of(catalog, &statement.object)?.rule {
        ConstraintRule::ForeignKey(foreign) => {
            let own = identifier(POSTGRES, &foreign.table);
            Some(match &foreign.schema {
                Some(schema) => format!("{}.{own}", identifier(POSTGRES, schema)),
                None => own,
            })
        }
        _ => None,
    };
    of(sides.right)
        .or_else(|| of(sides.left))
        .filter(|other| Some(other) != relation(&statement.object).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_are_those_of_the_statement() {
        for (sql, expected) in [
            ("CREATE INDEX CONCURRENTLY i ON t (a)", ONLY_CHANGES_WAIT),
            ("CREATE INDEX i ON t (a)", "SHARE"),
            ("ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES u NOT VALID", WRITERS_WAIT),
            ("ALTER TABLE t VALIDATE CONSTRAINT c", ONLY_CHANGES_WAIT),
            ("ALTER TABLE t ALTER COLUMN a SET STATISTICS 100", ONLY_CHANGES_WAIT),
            ("ALTER TABLE t ALTER COLUMN a TYPE bigint", READERS_WAIT),
            ("DROP INDEX i", READERS_WAIT),
        ] {
            assert_eq!(mode(sql), expected, "{sql}");
        }
    }
}
