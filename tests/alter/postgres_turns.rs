//! Cases of PostgreSQL where what one object becomes decides when or how another is altered.

use super::postgres_cases::both_ways;
use super::postgres_types::{Place, texts};

/// A publication of a schema lets go of it before it is dropped, and takes it once it is there.
#[test]
fn schemas_of_publications_come_and_go() {
    let schema = |publication: &str| format!("CREATE SCHEMA s; CREATE TABLE s.t (id integer); {publication}");
    both_ways(
        &schema("CREATE PUBLICATION p FOR TABLES IN SCHEMA s"),
        &schema("CREATE SCHEMA r; CREATE PUBLICATION p FOR TABLES IN SCHEMA r, TABLE s.t"),
    );
}

/// A function of a table's row is dropped before the table, and what of the table calls it before the function.
#[test]
fn parts_of_a_table_that_call_functions_of_its_row_are_dropped_first() {
    let before = "CREATE TABLE t (id integer PRIMARY KEY, a integer); \
        CREATE FUNCTION ok(t) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1.a > 0'; \
        ALTER TABLE t ADD CHECK (ok(t)); CREATE INDEX i ON t ((ok(t))); ALTER TABLE t ENABLE ROW LEVEL SECURITY; \
        CREATE POLICY p ON t USING (ok(t)); CREATE RULE r AS ON DELETE TO t WHERE ok(old) DO INSTEAD NOTHING; \
        CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW WHEN (ok(new)) \
        EXECUTE FUNCTION suppress_redundant_updates_trigger()";
    both_ways(before, "");
}

/// What refers to an unlogged table is unlogged itself at every moment.
#[test]
fn tables_that_refer_to_each_other_become_unlogged_in_order() {
    let tables = |word: &str, other: &str| {
        format!(
            "CREATE {word} TABLE z (id serial PRIMARY KEY); CREATE {word} TABLE a (id serial PRIMARY KEY, z integer REFERENCES z); \
             CREATE {other} TABLE b (id serial PRIMARY KEY, b integer REFERENCES b); \
             CREATE {other} TABLE y (id serial PRIMARY KEY, b integer REFERENCES b)"
        )
    };
    let (up, _) = both_ways(&tables("", "UNLOGGED"), &tables("UNLOGGED", ""));
    assert_eq!(up.len(), 4, "a sequence turns with its table: {up:#?}");
}

/// A value becomes the one element of an array, and the first element a value.
#[test]
fn values_become_arrays_and_arrays_values() {
    let base =
        Place::with("CREATE TYPE e AS ENUM ('x'); CREATE TABLE t (a integer DEFAULT 7, b date[], c e)");
    let wanted = Place::with(
        "CREATE TYPE e AS ENUM ('x'); CREATE TABLE t (a bigint[] DEFAULT '{8}', b date DEFAULT '2020-01-01', c e[])",
    );
    base.database.execute("INSERT INTO t VALUES (1, '{2020-01-02}', 'x'), (NULL, NULL, NULL)");
    let rows = |place: &Place| place.value("SELECT string_agg(t::text, ' ' ORDER BY a) FROM t");
    let before = rows(&base);
    let work = base.copy();
    let up = work.lead(&wanted.catalog(), &base.hints()).expect("up");
    assert_eq!(rows(&work), "({1},2020-01-02,{x}) (,,)", "{:#?}", texts(&up));
    work.lead(&base.catalog(), &base.hints()).expect("down");
    assert_eq!(rows(&work), before);
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
