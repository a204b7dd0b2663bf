//! Which database SQL was written for, by words that only one of them knows. Pure.

use super::{ImportedDown, ImportedHistory};
use crate::sql::Dialect;

const POSTGRES: [&str; 18] = [
    "bigserial",
    "bytea",
    "concurrently",
    "extension",
    "gen_random_uuid",
    "inet",
    "jsonb",
    "nextval",
    "plpgsql",
    "regclass",
    "serial",
    "setval",
    "smallserial",
    "timestamptz",
    "to_tsvector",
    "tsvector",
    "uuid_generate_v4",
    "varying",
];
const SQLITE: [&str; 8] = [
    "autoincrement",
    "fts5",
    "julianday",
    "last_insert_rowid",
    "pragma",
    "rowid",
    "sqlite_master",
    "strftime",
];

/// The dialect of a history's scripts; none where nothing tells, or some speak for one and some for the other.
#[must_use]
pub fn dialect_of_scripts(history: &ImportedHistory) -> Option<Dialect> {
    let (mut postgres, mut sqlite) = (false, false);
    for revision in &history.revisions {
        let down = match &revision.down {
            ImportedDown::Script(script) => Some(script.sql.as_str()),
            ImportedDown::Irreversible(_) => None,
        };
        for sql in std::iter::once(revision.up.sql.as_str()).chain(down) {
            postgres |= is_for(sql, &POSTGRES) || sql.contains("$$") || sql.contains("::");
            sqlite |= is_for(sql, &SQLITE);
        }
    }
    match (postgres, sqlite) {
        (true, false) => Some(Dialect::Postgres),
        (false, true) => Some(Dialect::Sqlite),
        _ => None,
    }
}

/// Whether one of the words stands outside comments of one line and strings.
fn is_for(sql: &str, words: &[&str]) -> bool {
    let code = sql.lines().map(|line| line.split("--").next().unwrap_or_default());
    code.flat_map(|line| line.split('\'').step_by(2))
        .flat_map(|text| text.split(|c: char| !c.is_alphanumeric() && c != '_'))
        .any(|word| words.iter().any(|known| word.eq_ignore_ascii_case(known)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{ImportedRevision, ImportedScript, Kind};

    fn told(sql: &str) -> Option<Dialect> {
        let script =
            ImportedScript { sql: sql.to_owned(), first_line: 1, file: "x".into(), no_transaction: false };
        let down = ImportedDown::Irreversible(String::new());
        let revision = ImportedRevision::new("1", "x", "x", script, down, &[]);
        let (notes, summary) = (Vec::new(), None);
        let kind = Kind::Sqlx;
        dialect_of_scripts(&ImportedHistory {
            kind,
            dialect: None,
            revisions: vec![revision],
            notes,
            summary,
        })
    }

    #[test]
    fn words_of_one_database_tell() {
        assert_eq!(told("CREATE TABLE t (id BIGSERIAL)"), Some(Dialect::Postgres));
        assert_eq!(told("SELECT now()::date"), Some(Dialect::Postgres));
        assert_eq!(told("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT)"), Some(Dialect::Sqlite));
        assert_eq!(told("CREATE TABLE t (id INTEGER) -- no serial\n;INSERT INTO t VALUES ('jsonb')"), None);
        assert_eq!(told("PRAGMA foreign_keys = off; CREATE TABLE t (id SERIAL)"), None);
    }
}
