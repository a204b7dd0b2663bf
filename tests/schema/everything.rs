//! One of everything that a PostgreSQL database can have and `pg_dump` can write: nothing comes or changes unnoticed.

use std::collections::BTreeSet;

use revgraph::catalog::{Catalog, CompareOptions, compare};

use super::Scratch;
use crate::support::Kind;
use crate::support::cluster::cluster;
use crate::support::postgres_programs::pg_dump_reads;

/// The kinds of entries that `pg_dump` has for what is no row, apart from those of the database (`--create`), subscriptions
/// (of which one is only passing) and what pg_dump derives from others.
const KINDS_OF_DUMP: [&str; 32] = [
    "ACCESS METHOD",
    "ACL",
    "AGGREGATE",
    "CAST",
    "COLLATION",
    "COMMENT",
    "CONSTRAINT",
    "CONVERSION",
    "DEFAULT ACL",
    "DOMAIN",
    "EVENT TRIGGER",
    "EXTENSION",
    "FOREIGN DATA WRAPPER",
    "FOREIGN TABLE",
    "FUNCTION",
    "MATERIALIZED VIEW",
    "OPERATOR",
    "OPERATOR CLASS",
    "OPERATOR FAMILY",
    "PROCEDURAL LANGUAGE",
    "PUBLICATION",
    "PUBLICATION TABLE",
    "SCHEMA",
    "SERVER",
    "SHELL TYPE",
    "STATISTICS",
    "TEXT SEARCH CONFIGURATION",
    "TEXT SEARCH DICTIONARY",
    "TEXT SEARCH PARSER",
    "TEXT SEARCH TEMPLATE",
    "TRANSFORM",
    "USER MAPPING",
];

/// The statements for this server: one a line, behind `14: ` where only servers from that major version on know it.
fn statements() -> impl Iterator<Item = &'static str> {
    let known = |line: &'static str| match line.split_once(": ") {
        Some((since, statement)) if since.bytes().all(|byte| byte.is_ascii_digit()) => {
            let since: i32 = since.parse().expect("a version");
            (cluster().major_version() >= since).then_some(statement)
        }
        _ => Some(line),
    };
    include_str!("everything.sql").lines().filter_map(known)
}

/// Each statement makes a difference, also for a description that is only brought up to date, which is that of the whole;
/// and no mark of before it holds.
#[test]
fn whatever_is_changed_is_noticed() {
    let scratch = Scratch::new(Kind::Postgres);
    let mut session = cluster().connect(scratch.database.name());
    let mut backend = scratch.backend();
    let mut followed = Catalog::empty(backend.dialect());
    followed.apply(backend.catalog_changes().expect("it can be described"), &mut []);
    let all = CompareOptions { with_privileges: true, of_database: true, ..CompareOptions::default() };
    let (mut unnoticed, mut marked, mut entries) = (Vec::new(), Vec::new(), BTreeSet::new());
    let mut observer = scratch.backend();
    for statement in statements() {
        let (_, mark) = observer.marked_catalog().expect("it can be described");
        session.run_batch(statement).unwrap_or_else(|error| panic!("{statement}: {error}"));
        if mark.is_some_and(|mark| observer.is_as_marked(&mark).expect("it can be asked")) {
            marked.push(statement);
        }
        let before = followed.clone();
        followed.apply(backend.catalog_changes().expect("it can be described"), &mut []);
        if compare(&before, &followed, &all).is_empty() {
            unnoticed.push(statement);
        }
        if statement.starts_with("DROP TABLE p") && pg_dump_reads(cluster().major_version()) {
            entries = entries_of_dump(&scratch.database.schema());
        }
    }
    assert_eq!(unnoticed, [""; 0]);
    assert_eq!(marked, [""; 0]);
    let whole = backend.catalog().expect("it can be described").objects;
    let missed = followed.changes_to(&Catalog { objects: whole, ..followed.clone() });
    assert!(missed.is_empty(), "{missed:#?}");
    if pg_dump_reads(cluster().major_version()) {
        let lacking: Vec<&str> = KINDS_OF_DUMP.into_iter().filter(|kind| !entries.contains(*kind)).collect();
        assert_eq!(lacking, [""; 0], "in {entries:?}");
    }
}

/// The kinds of the entries of a dump, as the comments above them say.
fn entries_of_dump(dump: &str) -> BTreeSet<String> {
    let kind = |line: &str| {
        let (_, rest) = line.strip_prefix("-- Name: ")?.split_once("; Type: ")?;
        rest.split(';').next().map(str::to_owned)
    };
    dump.lines().filter_map(kind).collect()
}
