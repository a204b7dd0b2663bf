//! What other migrators keep in a database that they have managed.

use super::{Change, Difference, ObjectKind};

/// Their tables, and the sequences that belong to these.
const BOOKKEEPING: [(ObjectKind, &str); 10] = [
    (ObjectKind::Table, "__diesel_schema_migrations"),
    (ObjectKind::Table, "_prisma_migrations"),
    (ObjectKind::Table, "_sqlx_migrations"),
    (ObjectKind::Table, "alembic_version"),
    (ObjectKind::Table, "flyway_schema_history"),
    (ObjectKind::Table, "goose_db_version"),
    (ObjectKind::Sequence, "goose_db_version_id_seq"),
    (ObjectKind::Table, "refinery_schema_history"),
    // golang-migrate's and dbmate's.
    (ObjectKind::Table, "schema_migrations"),
    (ObjectKind::Sequence, "schema_migrations_id_seq"),
];

/// The schema of Sqitch's registry.
const SQITCH: &str = "sqitch";

impl Difference {
    /// Whether the difference is only that the right side has what another migrator keeps. No script builds that, and a database
    /// that was taken over is not another for it.
    #[must_use]
    pub fn is_bookkeeping_of_another_migrator(&self) -> bool {
        let object = &self.object;
        let is_of_sqitch = object.schema.as_deref() == Some(SQITCH)
            || (object.kind == ObjectKind::Schema && object.name == SQITCH);
        let is_theirs = is_of_sqitch || BOOKKEEPING.contains(&(object.kind, object.name.as_str()));
        self.change == Change::Added && is_theirs
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Catalog, CompareOptions, compare, sqlite};
    use super::*;

    fn catalog(tables: &[&str]) -> Catalog {
        let row = |name: &&str| sqlite::SchemaRow {
            kind: "table".to_owned(),
            name: (*name).to_owned(),
            table: (*name).to_owned(),
            sql: format!("CREATE TABLE {name} (id TEXT)"),
        };
        sqlite::catalog(&tables.iter().map(row).collect::<Vec<_>>())
    }

    #[test]
    fn only_what_the_scripts_do_not_build_is_theirs() {
        let (without, with) = (catalog(&["user"]), catalog(&["user", "_prisma_migrations", "other"]));
        let theirs = |left, right| -> Vec<bool> {
            compare(left, right, &CompareOptions::default())
                .iter()
                .map(Difference::is_bookkeeping_of_another_migrator)
                .collect()
        };
        assert_eq!(theirs(&without, &with), [true, false]);
        assert_eq!(theirs(&with, &without), [false, false]);
    }
}
