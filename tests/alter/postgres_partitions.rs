//! Partitions of PostgreSQL whose bounds change, and the rows that are in their way.

use revgraph::alter::{Hints, Remark, alter};
use revgraph::catalog::{ObjectKind, ObjectName};

use super::postgres_types::{Place, texts};

/// What may fail on the way from one schema with rows to another, with the number of rows in the way.
fn in_the_way(before: &str, after: &str) -> Vec<(String, String)> {
    let (base, wanted) = (Place::with(before), Place::with(after));
    let found = alter(&base.catalog(), &wanted.catalog(), &base.hints()).expect("it can be altered");
    let remarks = found.statements().flat_map(|statement| &statement.remarks);
    let failing = remarks.filter_map(|remark| match remark {
        Remark::MayFail { what, count, .. } => Some((what.clone(), count.as_ref()?)),
        _ => None,
    });
    failing.map(|(what, count)| (what, base.value(count))).collect()
}

/// Rows beyond another bound, and those of a default partition that another is for, are counted.
#[test]
fn rows_that_do_not_fit_a_bound_are_counted() {
    let parts = |key: &str, first: &str, second: &str, rows: &str| {
        format!(
            "CREATE TABLE p (a integer, b text) PARTITION BY {key}; CREATE TABLE p1 PARTITION OF p {first}; {second}; {rows}"
        )
    };
    let fill = "INSERT INTO p SELECT n, n::text FROM generate_series(0, 9) n";
    let second = "CREATE TABLE p2 PARTITION OF p DEFAULT";
    let moves = "which --rebuild public.p moves";
    let cases = [
        (
            "RANGE (a)",
            "FOR VALUES FROM (0) TO (6)",
            "FOR VALUES FROM (2) TO (8)",
            [("2", "beyond"), ("2", "of public.p2")],
        ),
        (
            "LIST (b)",
            "FOR VALUES IN ('0', '1', '2')",
            "FOR VALUES IN ('1', '4')",
            [("2", "beyond"), ("1", "of public.p2")],
        ),
        (
            "RANGE (a, b)",
            "FOR VALUES FROM (0, MINVALUE) TO (5, MAXVALUE)",
            "FOR VALUES FROM (0, '0') TO (5, '4')",
            [("1", "beyond"), ("0", "of public.p2")],
        ),
    ];
    for (key, before, after, expected) in cases {
        let found = in_the_way(&parts(key, before, second, fill), &parts(key, after, second, ""));
        let expected = expected.map(|(count, words)| (words, count));
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for ((what, count), (words, number)) in found.iter().zip(expected) {
            assert!(what.contains(words) && what.ends_with(moves) && count == number, "{key}: {found:?}");
        }
    }
    let other = |first: &str, second: &str| {
        parts("HASH (a)", first, &format!("CREATE TABLE p2 PARTITION OF p {second}"), "")
    };
    let (even, odd) =
        ("FOR VALUES WITH (MODULUS 2, REMAINDER 0)", "FOR VALUES WITH (MODULUS 2, REMAINDER 1)");
    let found = in_the_way(&format!("{}; {fill}", other(even, odd)), &other(odd, even));
    assert_eq!(found.iter().map(|(_, count)| count.parse::<u8>().expect("a number")).sum::<u8>(), 10);
}

const TABLES: &str =
    "CREATE TABLE p (id integer PRIMARY KEY, up integer REFERENCES p) PARTITION BY RANGE (id);";
const READER: &str = "CREATE TABLE c (p integer REFERENCES p ON DELETE CASCADE) PARTITION BY HASH (p); \
    CREATE TABLE c1 PARTITION OF c FOR VALUES WITH (MODULUS 1, REMAINDER 0);";

fn partitions(middle: u8, rows: &str) -> String {
    format!(
        "{TABLES} CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO ({middle}); \
         CREATE TABLE p2 PARTITION OF p FOR VALUES FROM ({middle}) TO (30); {READER} {rows}"
    )
}

/// The server lets no partition go that holds rows which a foreign key needs in the whole: the key goes, and comes again.
#[test]
fn partitions_whose_rows_are_referred_to_get_other_bounds() {
    let rows = "INSERT INTO p VALUES (1, NULL), (21, 1), (2, 21); INSERT INTO c VALUES (1), (2), (21)";
    let (base, wanted) = (Place::with(&partitions(10, rows)), Place::with(&partitions(20, "")));
    let work = base.copy();
    let up = work.lead(&wanted.catalog(), &base.hints()).expect("up");
    assert_eq!(work.database.schema(), wanted.database.schema(), "{:#?}", texts(&up));
    work.lead(&base.catalog(), &base.hints()).expect("down");
    assert_eq!(work.database.schema(), base.database.schema());
    assert_eq!(work.value("SELECT (SELECT count(*) FROM p) || ' ' || (SELECT count(*) FROM c)"), "3 3");
}

/// With `--rebuild` rows move between partitions whose bounds shift.
#[test]
fn rows_move_between_partitions_of_a_table_that_is_made_anew() {
    let rows = "INSERT INTO p VALUES (1, NULL), (15, 1), (25, 15); INSERT INTO c VALUES (1), (15), (25)";
    let (base, wanted) = (Place::with(&partitions(10, rows)), Place::with(&partitions(20, "")));
    let found = |place: &Place| {
        place.value("SELECT string_agg(tableoid::regclass || ':' || id, ' ' ORDER BY id) || (SELECT count(*) FROM c) FROM p")
    };
    let table = ObjectName::new(ObjectKind::Table, Some("public"), "p");
    let hints = Hints { rebuilds: [table].into(), ..base.hints() };
    let statements = alter(&base.catalog(), &wanted.catalog(), &hints).expect("it can be altered");
    let untaken =
        statements.statements().flat_map(|statement| &statement.remarks).find_map(|one| match one {
            Remark::MayFail { what, count, .. } if what.ends_with("that no partition takes") => count.clone(),
            _ => None,
        });
    assert_eq!(base.value(&untaken.expect("it is counted")), "0");
    let work = base.copy();
    let up = work.lead(&wanted.catalog(), &hints).expect("up");
    assert_eq!(work.database.schema(), wanted.database.schema(), "{:#?}", texts(&up));
    assert_eq!(found(&work), "p1:1 p1:15 p2:253", "{:#?}", texts(&up));
    work.lead(&base.catalog(), &hints).expect("down");
    assert_eq!(work.database.schema(), base.database.schema());
    assert_eq!(found(&work), found(&base));
}

/// Rows that refer to those of a partition which leaves or goes are in the way, though what they refer to is there yet.
#[test]
fn rows_that_refer_to_those_of_a_partition_that_goes_are_counted() {
    let rows = "INSERT INTO p (id) VALUES (1), (2), (21); INSERT INTO c VALUES (1), (2), (21)";
    let only = |first: &str| {
        format!("{TABLES} CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (30); {READER} {first}")
    };
    for after in ["", "CREATE TABLE p1 (id integer NOT NULL PRIMARY KEY, up integer)"] {
        let found = in_the_way(&partitions(10, rows), &only(after));
        let found: Vec<&(String, String)> =
            found.iter().filter(|(what, _)| what.starts_with("public.c:")).collect();
        assert!(matches!(found[..], [(_, count)] if count == "2"), "{after}: {found:?}");
    }
}

/// A partition that leaves keeps its key, which goes before the columns take NULL.
#[test]
fn partitions_that_leave_let_go_of_keys() {
    let table = |key: &str| format!("CREATE TABLE p (id integer{key}, a integer) PARTITION BY RANGE (id);");
    let base = Place::with(&format!(
        "{} CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10)",
        table(" PRIMARY KEY")
    ));
    let wanted = Place::with(&format!("{} CREATE TABLE p1 (LIKE p)", table("")));
    let work = base.copy();
    let up = work.lead(&wanted.catalog(), &base.hints()).expect("up");
    assert_eq!(work.database.schema(), wanted.database.schema(), "{:#?}", texts(&up));
    work.lead(&base.catalog(), &base.hints()).expect("down");
    assert_eq!(work.database.schema(), base.database.schema());
}

/// The key of a partition is there before it is attached, also where the table refers to itself.
#[test]
fn partitioned_tables_that_refer_to_themselves_are_made_and_dropped() {
    super::postgres_cases::both_ways(
        "CREATE TABLE z ()",
        &format!("CREATE TABLE z (); {}", partitions(10, "")),
    );
}
