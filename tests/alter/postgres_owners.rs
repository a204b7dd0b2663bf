//! Whom what is altered belongs to on PostgreSQL, and who may use it.

use super::postgres_types::{Place, texts};

/// What a materialized view reads is handed to owners who may not read what lies beneath once the view is filled.
#[test]
fn owners_come_after_what_is_filled_with_their_rights() {
    let table = "CREATE TABLE t (a integer);";
    let view = "CREATE VIEW v AS SELECT a FROM t;";
    let function = "CREATE FUNCTION f() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER \
        AS $$ BEGIN RETURN (SELECT count(*) FROM t); END $$;";
    let handed_over = "ALTER VIEW v OWNER TO pg_monitor; ALTER FUNCTION f OWNER TO pg_monitor; \
        GRANT SELECT ON v TO PUBLIC";
    let filled = "CREATE MATERIALIZED VIEW m AS SELECT a, f() FROM v;";
    for before in [table.to_owned(), format!("{table} {view} {function}")] {
        let base = Place::with(&before);
        let wanted = Place::with(&format!("{table} {view} {function} {filled} {handed_over}"));
        let up = base.lead(&wanted.catalog(), &base.hints()).expect("up");
        let owners = "SELECT string_agg(relname || relowner::regrole || coalesce(relacl::text, ''), ' ' ORDER BY 1) \
            || (SELECT proowner::regrole FROM pg_proc WHERE proname = 'f') FROM pg_class WHERE relname IN ('v', 'm')";
        assert_eq!(base.value(owners), wanted.value(owners), "{:#?}", texts(&up));
    }
}

/// The sequence of an identity column is given what the default privileges say, and that can be taken back.
#[test]
fn what_default_privileges_give_to_identity_columns_is_taken_back() {
    let schema = |column: &str| {
        format!(
            "ALTER DEFAULT PRIVILEGES GRANT SELECT, USAGE ON SEQUENCES TO PUBLIC; CREATE TABLE t (id integer NOT NULL {column}"
        )
    };
    let wanted = "GENERATED ALWAYS AS IDENTITY); REVOKE USAGE ON SEQUENCE t_id_seq FROM PUBLIC";
    let (base, wanted) = (Place::with(&schema(")")), Place::with(&schema(wanted)));
    let found = "SELECT relacl::text FROM pg_class WHERE relname = 't_id_seq'";
    base.lead(&wanted.catalog(), &base.hints()).expect("up");
    assert_eq!(base.value(found), wanted.value(found));
}

/// The server gives no owner of its own to a sequence that is a column's.
#[test]
fn sequences_of_columns_are_handed_over_with_their_tables() {
    let table = "CREATE TABLE t (id serial PRIMARY KEY, n integer)";
    let base = Place::with(table);
    let wanted = Place::with(&format!(
        "{table}; ALTER TABLE t OWNER TO pg_monitor; GRANT SELECT ON t_id_seq TO PUBLIC"
    ));
    let found = "SELECT string_agg(relname || relowner::regrole::text || coalesce(relacl::text, ''), ' ' ORDER BY relname) \
        FROM pg_class WHERE relname IN ('t', 't_id_seq')";
    let up = base.lead(&wanted.catalog(), &base.hints()).expect("up");
    assert_eq!(base.value(found), wanted.value(found), "{:#?}", texts(&up));
}

/// A sequence that comes with the table of its column has the owner of that.
#[test]
fn sequences_come_with_tables_of_other_owners() {
    let base = Place::with("");
    let wanted = Place::with(
        "CREATE SEQUENCE q; CREATE TABLE t (id integer DEFAULT nextval('q') PRIMARY KEY, n integer); \
         ALTER SEQUENCE q OWNED BY t.n; ALTER TABLE t OWNER TO pg_monitor; GRANT SELECT ON q TO PUBLIC",
    );
    let found = "SELECT string_agg(relname || relowner::regrole::text || coalesce(relacl::text, ''), ' ' ORDER BY relname) \
        FROM pg_class WHERE relname IN ('t', 'q')";
    let up = base.lead(&wanted.catalog(), &base.hints()).expect("up");
    assert_eq!(base.value(found), wanted.value(found), "{:#?}", texts(&up));
}

/// A sequence is handed over while it is no column's, and given to a column of a table of its owner's.
#[test]
fn sequences_change_columns_and_owners_at_once() {
    let tables = "CREATE TABLE a (id integer, n integer); CREATE TABLE b (id integer); CREATE SEQUENCE q;";
    let places = [
        "",
        "ALTER SEQUENCE q OWNER TO pg_monitor;",
        "ALTER SEQUENCE q OWNED BY a.id;",
        "ALTER SEQUENCE q OWNED BY a.id; ALTER TABLE a OWNER TO pg_monitor;",
        "ALTER TABLE b OWNER TO pg_monitor; ALTER SEQUENCE q OWNER TO pg_monitor; ALTER SEQUENCE q OWNED BY b.id;",
        "ALTER TABLE a OWNER TO pg_monitor;",
        "ALTER SEQUENCE q OWNED BY b.id; ALTER TABLE a OWNER TO pg_monitor; ALTER TABLE b OWNER TO pg_monitor;",
        "ALTER TABLE a ADD m integer; ALTER SEQUENCE q OWNED BY a.m; ALTER TABLE a OWNER TO pg_monitor;",
    ];
    let places = places.map(|place| Place::with(&format!("{tables}{}", place)));
    let found = "SELECT string_agg(relname || relowner::regrole, ' ' ORDER BY relname) || coalesce((SELECT \
        string_agg(refobjid::regclass || '.' || refobjsubid, ' ') FROM pg_depend WHERE objid = 'q'::regclass \
        AND deptype = 'a'), '') FROM pg_class WHERE relname IN ('a', 'b', 'q')";
    for from in &places {
        for to in &places {
            let work = from.copy();
            let led = work.lead(&to.catalog(), &from.hints()).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(work.value(found), to.value(found), "{:#?}", texts(&led));
        }
    }
}
