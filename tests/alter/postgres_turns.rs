//! Cases of PostgreSQL where what one object becomes decides when or how another is altered.

use revgraph::alter::{Hints, Remark, alter};
use revgraph::catalog::{ObjectKind, ObjectName};

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

/// Lists of columns and whole schemas cannot be in a publication together, not even for a moment.
#[test]
fn what_leaves_a_publication_makes_way_for_what_comes() {
    let schema = |elements: &str| {
        format!(
            "CREATE SCHEMA s; CREATE TABLE s.t (id integer); CREATE TABLE u (a integer, b integer, c integer); \
             CREATE PUBLICATION p FOR {elements}"
        )
    };
    both_ways(&schema("TABLES IN SCHEMA s"), &schema("TABLE u (a, b)"));
    both_ways(&schema("TABLE u (a, b)"), &schema("TABLE u (a), s.t WHERE (id > 1)"));
}

/// A materialized view that holds rows of a table is away while columns of that are altered.
#[test]
fn materialized_views_of_rows_are_away_meanwhile() {
    let schema = |columns: &str| {
        format!(
            "CREATE TABLE t ({columns}); CREATE MATERIALIZED VIEW m AS SELECT t, ARRAY[t] AS all_of_it FROM t"
        )
    };
    both_ways(&schema("a integer, b text"), &schema("a bigint, b text"));
    both_ways(&schema("a integer"), &schema("a integer, b integer DEFAULT 1"));
    for column in ["bigint GENERATED ALWAYS AS (a * 2) STORED", "integer GENERATED ALWAYS AS IDENTITY", "d"] {
        let domain = "CREATE DOMAIN d AS integer CHECK (VALUE > 0);";
        let with = |columns: &str| format!("{domain} {}", schema(columns));
        both_ways(&with("a integer"), &with(&format!("a integer, b {column}")));
    }
    let unlogged = schema("a integer").replace("CREATE TABLE", "CREATE UNLOGGED TABLE");
    both_ways(&schema("a integer"), &unlogged);
    let twice = |factor: u8| format!("a integer, b integer GENERATED ALWAYS AS (a * {factor}) STORED");
    both_ways(&schema(&twice(2)), &schema(&twice(3)));
}

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

/// In which order statistics name columns is the table's affair.
#[test]
fn statistics_of_columns_in_another_order_are_the_same() {
    let schema = |columns: &str| {
        format!("CREATE TABLE t ({columns}); CREATE STATISTICS s (mcv) ON b, a, lower(c) FROM t")
    };
    let wanted = Place::with(&schema("b bigint, a integer, c text"));
    let work = Place::with(&schema("a integer, b integer, c text"));
    work.lead(&wanted.catalog(), &wanted.hints()).expect("up");
}

/// What a child declares too gets its type with its parent.
#[test]
fn columns_that_children_declare_too_get_their_types_with_their_parents() {
    let schema = |data_type: &str| {
        format!(
            "CREATE TABLE p (a {data_type} DEFAULT 1); CREATE TABLE c (a {data_type} DEFAULT 2, b text) INHERITS (p); \
             CREATE TABLE d (a {data_type} NOT NULL) INHERITS (c)"
        )
    };
    both_ways(&schema("integer"), &schema("bigint"));
}

/// A check that a child has from one that lets go of it is gone with that, unless the child has left before.
#[test]
fn children_leave_before_their_parents_let_go_of_checks() {
    let schema = |check: &str, parents: &str| {
        format!(
            "CREATE TABLE base (a integer); CREATE TABLE child (c integer{check}) INHERITS (base); \
             CREATE TABLE grand (d integer) INHERITS ({parents})"
        )
    };
    both_ways(&schema(", CONSTRAINT pos CHECK (a > 0)", "child"), &schema("", "child, base"));
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

/// A column of any type of numbers, or whose texts are some, gets a sequence that goes on behind its values.
#[test]
fn columns_of_other_types_become_serial() {
    let rows = "INSERT INTO t VALUES (3), (8)";
    for data_type in ["smallint", "numeric", "numeric(8,2)", "real", "double precision", "text", "d"] {
        let before = format!("CREATE DOMAIN d AS numeric; CREATE TABLE t (a {data_type} NOT NULL)");
        let wanted = Place::with("CREATE DOMAIN d AS numeric; CREATE TABLE t (a serial)");
        let work = Place::with(&before);
        work.database.execute(rows);
        let up = work
            .lead(&wanted.catalog(), &work.hints())
            .unwrap_or_else(|error| panic!("{data_type}: {error}"));
        work.database.execute("INSERT INTO t DEFAULT VALUES");
        assert_eq!(work.value("SELECT max(a) FROM t"), "9", "{data_type}: {:#?}", texts(&up));
    }
}

/// The bounds of an identity column's sequence are altered with its type, and its position is taken within them first.
#[test]
fn identity_columns_get_narrower_bounds() {
    let table = |column: &str| format!("CREATE TABLE t (a {column})");
    let wide = "bigint GENERATED ALWAYS AS IDENTITY (MINVALUE -100 MAXVALUE 100000 START -100)";
    for narrow in
        ["smallint GENERATED ALWAYS AS IDENTITY", "bigint GENERATED BY DEFAULT AS IDENTITY (MINVALUE -5)"]
    {
        both_ways(&table(wide), &table(narrow));
    }
}

/// What an index calls may find other functions by the search path alone: its table is read all the same.
#[test]
fn tables_are_read_whose_indexes_call_what_is_found_by_the_search_path() {
    // Since 17 the server builds no such index.
    if crate::support::cluster::cluster().major_version() >= 17 {
        return;
    }
    let place = Place::with(
        "CREATE FUNCTION inner_one(integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 > 0'; \
         CREATE FUNCTION outer_one(integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT inner_one($1)'; \
         CREATE TABLE t (x integer); CREATE INDEX i ON t (x) WHERE outer_one(x); INSERT INTO t VALUES (1), (2)",
    );
    let mut backend = place.backend();
    let catalog = backend.catalog().expect("it can be described");
    let contents = backend.contents(&catalog).expect("the rows can be read");
    let inventory = backend.inventory().expect("they can be counted");
    assert_eq!(contents.tables.values().map(|rows| rows.rows.len()).sum::<usize>(), 2);
    assert_eq!(inventory.tables.values().sum::<u64>(), 2);
}

/// Of a partitioned table that is made anew the rows of all partitions are distributed anew, what leaves takes its own along, and
/// the positions of sequences stay.
#[test]
fn rows_are_distributed_among_the_partitions_of_a_table_that_is_made_anew() {
    let columns = "id integer GENERATED ALWAYS AS IDENTITY, k integer NOT NULL";
    let base = Place::with(&format!(
        "CREATE TABLE e ({columns}) PARTITION BY LIST (k); CREATE TABLE a PARTITION OF e FOR VALUES IN (1); \
         CREATE TABLE d PARTITION OF e DEFAULT PARTITION BY RANGE (id); CREATE TABLE d1 PARTITION OF d DEFAULT; \
         CREATE TABLE gone PARTITION OF e FOR VALUES IN (7); CREATE TABLE come (k integer NOT NULL, id integer NOT NULL); \
         CREATE INDEX i ON e (k); INSERT INTO e (k) VALUES (1), (2), (3), (7); INSERT INTO come VALUES (200, 9); \
         DELETE FROM e WHERE k = 3"
    ));
    let wanted = Place::with(&format!(
        "CREATE TABLE e ({columns}) PARTITION BY RANGE (k); CREATE TABLE a PARTITION OF e FOR VALUES FROM (2) TO (3); \
         CREATE TABLE d PARTITION OF e DEFAULT PARTITION BY LIST (id); CREATE TABLE d1 PARTITION OF d DEFAULT; \
         CREATE TABLE gone (id integer NOT NULL, k integer NOT NULL); CREATE TABLE come (k integer NOT NULL, id integer NOT NULL); \
         ALTER TABLE e ATTACH PARTITION come FOR VALUES FROM (100) TO (300); CREATE INDEX i ON e (k); CREATE INDEX ON gone (k)"
    ));
    let rows = |place: &Place| {
        place.value(
            "SELECT string_agg(x, ' ' ORDER BY x) FROM (SELECT tableoid::regclass || ':' || k FROM e UNION ALL \
             SELECT relname || ':' || (SELECT string_agg(k::text, ',') FROM gone) FROM pg_class WHERE relname = 'gone' \
             AND NOT relispartition UNION ALL SELECT 'next:' || nextval('e_id_seq')) y (x)",
        )
    };
    let table = |name| ObjectName::new(ObjectKind::Table, Some("public"), name);
    let hints = Hints { rebuilds: [table("e"), table("d")].into(), ..base.hints() };
    let work = base.copy();
    let up = work.lead(&wanted.catalog(), &hints).expect("up");
    assert_eq!(work.database.schema(), wanted.database.schema(), "{:#?}", texts(&up));
    assert_eq!(rows(&work), "a:2 come:200 d1:1 gone:7 next:5", "{:#?}", texts(&up));
}

/// A column that comes is NULL in every row, so that what is made on it alone cannot fail.
#[test]
fn nothing_is_said_to_fail_on_columns_that_come_without_values() {
    let (base, wanted) = (
        Place::with("CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE t (a integer)"),
        Place::with(
            "CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE t (a integer, b integer UNIQUE REFERENCES p, \
             c integer CHECK (c > 0 OR c < -5), d integer DEFAULT 1 CHECK (d > 0), e integer CHECK (e IS NOT NULL)); \
             CREATE UNIQUE INDEX i ON t (a, c)",
        ),
    );
    let found = alter(&base.catalog(), &wanted.catalog(), &base.hints()).expect("it can be altered");
    let may_fail = found
        .statements()
        .filter(|one| one.remarks.iter().any(|remark| matches!(remark, Remark::MayFail { .. })));
    let names: Vec<&str> = may_fail.map(|one| one.object.name.as_str()).collect();
    assert_eq!(names, ["t_d_check", "t_e_check"]);
}

/// What has been granted on a wrapper, a server or a column of a view and taken back is as if it had never been.
#[test]
fn grants_that_were_taken_back_leave_no_difference() {
    let objects = "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE VIEW v AS SELECT 1 AS a;";
    let granted = "GRANT USAGE ON FOREIGN DATA WRAPPER w TO PUBLIC; GRANT USAGE ON FOREIGN SERVER s TO PUBLIC; \
        GRANT SELECT (a) ON v TO PUBLIC";
    let base = Place::with(objects);
    let wanted = Place::with(&format!("{objects}{granted}"));
    let work = base.copy();
    work.lead(&wanted.catalog(), &base.hints()).expect("up");
    work.lead(&base.catalog(), &base.hints()).expect("down");
    assert_eq!(work.catalog(), base.catalog());
}

/// A type goes once no column is of it, also where the column lets go of its default first.
#[test]
fn types_go_after_the_columns_that_were_of_them() {
    let types = "CREATE TYPE e AS ENUM ('1', '2'); CREATE DOMAIN d AS text CHECK (VALUE <> ''); CREATE TYPE c AS (a integer);";
    both_ways(
        &format!(
            "{types} CREATE TABLE t (x e NOT NULL DEFAULT '1', y d DEFAULT 'y', z e[] DEFAULT '{{1}}', w c DEFAULT '(1)')"
        ),
        "CREATE TABLE t (x integer, y varchar(9), z text[] DEFAULT '{2}', w text DEFAULT 'w')",
    );
}

/// A column that a child has declared too is dropped from the parent first.
#[test]
fn columns_that_children_declare_too_go_from_their_parents_first() {
    let tables = |column: &str| {
        format!(
            "CREATE TABLE p (a integer{column}); CREATE TABLE c (x integer{column}) INHERITS (p); \
             CREATE TABLE d (y integer{column}) INHERITS (c)"
        )
    };
    // Columns come back at the end, where they are compared in any order.
    let (base, wanted) = (Place::with(&tables(", b text")), Place::with(&tables("")));
    let work = base.copy();
    work.lead(&wanted.catalog(), &base.hints()).expect("up");
    work.lead(&base.catalog(), &base.hints()).expect("down");
}

/// A list over a column of type `character varying` becomes what the server makes of it as somebody writes it, not of what it
/// has written down itself.
#[test]
fn lists_of_strings_are_written_as_somebody_would() {
    let schema = |column: &str, list: &str| {
        format!(
            "CREATE DOMAIN d AS {column} CHECK (VALUE IN ({list})); \
             CREATE TABLE t (id integer, a {column} CHECK (a IN ({list})), \"B\" varchar, f d, \
             CONSTRAINT m CHECK (a NOT IN ({list}, 'z') AND id > 3 OR \"B\" IN ('it''s', '')), CHECK (a NOT IN ('one')), \
             CHECK (f IN ('new', 'o'))); \
             CREATE INDEX i ON t (id) WHERE a IN ({list}); \
             CREATE VIEW v AS SELECT id, a FROM t WHERE a IN ({list}) AND \"B\" NOT IN ('u', 'w'); \
             CREATE VIEW w AS SELECT v.id, v.a IN ({list}) AS c FROM v JOIN t USING (id) WHERE t.\"B\" IN ('a', 'c'); \
             CREATE MATERIALIZED VIEW y AS SELECT id FROM t WHERE a IN ({list}); ALTER TABLE t ENABLE ROW LEVEL SECURITY; \
             CREATE POLICY p ON t USING (a IN ({list}) AND EXISTS (SELECT FROM t AS o WHERE o.\"B\" IN ('k', 'l'))); \
             CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; \
             CREATE TRIGGER r BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.a IN ({list})) EXECUTE FUNCTION g(); \
             CREATE RULE r AS ON UPDATE TO v WHERE NEW.a IN ({list}) DO INSTEAD NOTHING"
        )
    };
    both_ways("CREATE TABLE t (id integer, a varchar)", &schema("varchar(20)", "'new', 'old'"));
    both_ways(&schema("varchar", "'new', 'old'"), &schema("varchar(9)", "'new', 'older'"));
    both_ways(&schema("varchar", "'new', 'old'"), &schema("text", "'new', 'old'"));
    both_ways(&schema("varchar", "'new', 'old'"), &schema("\"char\"", "'n', 'o'"));
}

/// A column that is computed can be NULL where it takes none; the rows are counted where the table has what it is computed from.
#[test]
fn rows_for_which_new_columns_are_computed_as_null_are_told() {
    let base = Place::with("CREATE TABLE t (a integer); INSERT INTO t VALUES (1), (NULL), (NULL)");
    let computed = |columns: &str| format!("CREATE TABLE t (a integer{columns})");
    let own = ", n integer GENERATED ALWAYS AS (a * 2) STORED NOT NULL";
    let of_new = ", b integer, n integer GENERATED ALWAYS AS (a + b) STORED NOT NULL";
    for (columns, number) in [(own, Some("2")), (of_new, None)] {
        let wanted = Place::with(&computed(columns));
        let found = alter(&base.catalog(), &wanted.catalog(), &base.hints()).expect("there is a way");
        let remarks = found.parts.iter().flat_map(|part| &part.statements).flat_map(|one| &one.remarks);
        let counts: Vec<_> = remarks
            .filter_map(|remark| match remark {
                Remark::MayFail { what, count, .. } => Some((what.as_str(), count)),
                _ => None,
            })
            .collect();
        let [(what, count)] = counts.as_slice() else { panic!("{counts:#?}") };
        assert_eq!(*what, "public.t.n: rows for which it is computed as NULL");
        assert_eq!(count.as_ref().map(|count| base.value(count)).as_deref(), number);
    }
}
