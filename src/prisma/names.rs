//! The names that keys, indexes and join tables have where the schema gives none.
//!
//! They are those of Prisma: `psl/psl-core/src/datamodel_connector/constraint_names.rs` of prisma-engines.

use crate::sql::Dialect;

/// The longest name in bytes. SQLite has no limit; Prisma takes this one.
pub(super) fn limit(dialect: Dialect) -> usize {
    match dialect {
        Dialect::Postgres => 63,
        Dialect::Sqlite => 10_000,
    }
}

/// The name that Prisma gives to a primary key: `users_pkey`.
pub(super) fn primary_key(dialect: Dialect, table: &str) -> String {
    with_suffix(dialect, table.to_owned(), "_pkey")
}

/// The name that Prisma gives to a unique index: `users_email_key`.
pub(super) fn unique(dialect: Dialect, table: &str, columns: &[&str]) -> String {
    with_suffix(dialect, joined(table, columns), "_key")
}

/// The name that Prisma gives to another index: `users_email_idx`.
pub(super) fn index(dialect: Dialect, table: &str, columns: &[&str]) -> String {
    with_suffix(dialect, joined(table, columns), "_idx")
}

/// The name that Prisma gives to a foreign key: `posts_author_id_fkey`.
pub(super) fn foreign_key(dialect: Dialect, table: &str, columns: &[&str]) -> String {
    with_suffix(dialect, joined(table, columns), "_fkey")
}

/// The name that Prisma gives to the join table of a many-to-many relation: `_CategoryToPost`.
pub(super) fn join_table(dialect: Dialect, relation: &str) -> String {
    cut(format!("_{relation}"), limit(dialect))
}

/// The name of a part of a join table: `_CategoryToPost_B_index`.
pub(super) fn of_join_table(dialect: Dialect, table: &str, suffix: &str) -> String {
    cut(table.to_owned(), limit(dialect).saturating_sub(suffix.len())) + suffix
}

fn joined(table: &str, columns: &[&str]) -> String {
    let mut joined = table.to_owned();
    for column in columns {
        joined.push('_');
        joined.push_str(column);
    }
    joined
}

fn with_suffix(dialect: Dialect, name: String, suffix: &str) -> String {
    cut(name, limit(dialect) - suffix.len()) + suffix
}

fn cut(mut name: String, longest: usize) -> String {
    name.truncate(name.floor_char_boundary(longest));
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_cut_before_their_suffix_at_a_character() {
        let table = "ä".repeat(40);
        let name = unique(Dialect::Postgres, &table, &["b"]);
        assert_eq!(name, format!("{}_key", "ä".repeat(29)));
        assert_eq!(unique(Dialect::Sqlite, &table, &["b"]), format!("{table}_b_key"));
    }
}
