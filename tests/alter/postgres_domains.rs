//! Domains that give way to new ones of their names, over tables with rows.

use super::postgres_types::{Place, texts};

/// Values that are too long for the domain that takes the name of theirs stop it, as those of a column do, and are not cut.
#[test]
fn values_that_are_too_long_for_a_domain_are_not_cut() {
    let domains = |long: u8| {
        format!(
            "CREATE DOMAIN d AS varchar({long}); CREATE DOMAIN outer_one AS d; CREATE DOMAIN many AS varchar({long})[]; \
             CREATE DOMAIN bits AS bit varying({long});"
        )
    };
    for (column, value) in [
        ("d", "'1010101'"),
        ("d[]", "'{1, 1010101}'"),
        ("outer_one", "'1010101'"),
        ("many", "'{1, 1010101}'"),
        ("bits", "B'1010101'"),
    ] {
        let table = format!("CREATE TABLE t (a {column})");
        let base = Place::with(&format!("{} {table}; INSERT INTO t VALUES ({value})", domains(9)));
        let wanted = Place::with(&format!("{} {table}", domains(3)));
        let error = base.lead(&wanted.catalog(), &base.hints()).expect_err(column);
        assert!(error.contains("too long for type"), "{column}: {error}");
        base.database.execute("DELETE FROM t WHERE a::text LIKE '%1010101%'; INSERT INTO t SELECT NULL");
        base.lead(&wanted.catalog(), &base.hints()).expect(column);
        assert_eq!(base.value("SELECT count(*) FROM t"), "1");
    }
}

/// A domain over arrays takes the values of a domain over what is their element, and the other way about.
#[test]
fn values_of_domains_become_arrays_and_arrays_values() {
    let base =
        Place::with("CREATE DOMAIN d AS integer; CREATE DOMAIN e AS date[]; CREATE TABLE t (a d, b e)");
    let wanted =
        Place::with("CREATE DOMAIN d AS bigint[]; CREATE DOMAIN e AS date; CREATE TABLE t (a d, b e)");
    base.database.execute("INSERT INTO t VALUES (1, '{2020-01-02}'), (NULL, NULL)");
    let rows = |place: &Place| place.value("SELECT string_agg(t::text, ' ' ORDER BY b) FROM t");
    let work = base.copy();
    let up = work.lead(&wanted.catalog(), &base.hints()).expect("up");
    assert_eq!(rows(&work), "({1},2020-01-02) (,)", "{:#?}", texts(&up));
    work.lead(&base.catalog(), &base.hints()).expect("down");
    assert_eq!(rows(&work), rows(&base));
}
