//! Cases of PostgreSQL that take more than one statement: keys of partitions, new parents, domains, privileges.

use revgraph::alter::{Hints, Remark, alter};

use super::postgres_types::{Place, texts};

/// What leads there and back over a schema of a case's own.
pub(super) fn both_ways(before: &str, after: &str) -> (Vec<String>, Vec<String>) {
    let (base, wanted) = (Place::with(before), Place::with(after));
    let work = base.copy();
    let up = work.lead(&wanted.catalog(), &base.hints()).expect("up");
    assert_eq!(work.database.schema(), wanted.database.schema(), "{:#?}", texts(&up));
    let back = Hints { one_part: true, ..base.hints() };
    let down = work.lead(&base.catalog(), &back).expect("down");
    assert_eq!(work.database.schema(), base.database.schema(), "{:#?}", texts(&down));
    (texts(&up), texts(&down))
}

/// The server drops neither an index of a partitioned table nor the key whose index is a part of it: the partition leaves for
/// that while.
#[test]
fn an_index_that_holds_keys_of_partitions_goes_while_these_are_detached() {
    let tables = "CREATE TABLE p (id integer NOT NULL, k text NOT NULL) PARTITION BY LIST (k); \
        CREATE TABLE p1 PARTITION OF p FOR VALUES IN ('a');";
    let unique = "CREATE UNIQUE INDEX p_pkey ON p (id, k); \
        ALTER TABLE p1 ADD CONSTRAINT own PRIMARY KEY USING INDEX p1_id_k_idx;";
    let (up, _) = both_ways(&format!("{tables}{unique}"), tables);
    assert!(!up.iter().any(|sql| sql.contains("CREATE") || sql.contains("DROP TABLE")), "{up:#?}");
    both_ways(
        &format!("{tables}{unique}"),
        &format!("{tables} ALTER TABLE p ADD CONSTRAINT p_pkey PRIMARY KEY (id, k)"),
    );
}

/// A key of a partitioned table alone is made so, where a partition has only an index like it.
#[test]
fn a_key_of_a_partitioned_table_alone_leaves_the_index_of_the_partition() {
    let tables = "CREATE TABLE p (id integer NOT NULL, k text NOT NULL) PARTITION BY LIST (k); \
        CREATE TABLE p1 PARTITION OF p FOR VALUES IN ('a'); \
        ALTER TABLE ONLY p ADD CONSTRAINT pu UNIQUE (id, k); CREATE UNIQUE INDEX own ON p1 (id, k);";
    let attached =
        "ALTER TABLE p1 ADD CONSTRAINT own UNIQUE USING INDEX own; ALTER INDEX pu ATTACH PARTITION own";
    both_ways(tables, &format!("{tables}{attached}"));
    both_ways(tables, "CREATE TABLE others (a integer)");
    both_ways(&tables.replace("INDEX own", "INDEX p1_id_k_key"), "CREATE TABLE others (a integer)");
}

/// What is only inherited cannot be declared away: an empty parent hands it down for the new one.
#[test]
fn columns_that_come_with_a_new_parent_are_inherited() {
    let parents = "CREATE TABLE p (a integer DEFAULT 3, b text); CREATE TABLE q (z date);";
    let (up, _) = both_ways(
        &format!("{parents} CREATE TABLE c (x integer)"),
        &format!("{parents} CREATE TABLE c (x integer) INHERITS (p, q)"),
    );
    assert!(!up.iter().any(|sql| sql == "DROP TABLE public.c"), "{up:#?}");
}

/// What a domain's checks call can be made again, while columns of the domain stay.
#[test]
fn checks_of_domains_let_go_of_what_they_call() {
    let schema = |returns: &str| {
        format!(
            "CREATE FUNCTION good(i integer) RETURNS {returns} IMMUTABLE LANGUAGE sql AS 'SELECT 5::{returns}'; \
             CREATE DOMAIN d AS integer DEFAULT good(1) CHECK (good(VALUE) > 1) CHECK (VALUE < 9); CREATE TABLE t (a d, b d[])"
        )
    };
    let table = "CREATE DOMAIN d AS integer CHECK (VALUE < 9); CREATE TABLE t (a d, b d[])";
    both_ways(&schema("integer").replace(", b d[]", ""), &schema("bigint").replace(", b d[]", ""));
    both_ways(&schema("integer").replace(", b d[]", ""), &table.replace(", b d[]", ""));
}

/// Attributes of a composite type come and go in place, while what reads the type is away.
#[test]
fn attributes_go_while_views_that_read_the_type_are_away() {
    let schema = |attributes: &str| {
        format!(
            "CREATE TYPE pair AS ({attributes}); CREATE TABLE t (x pair, many pair[]); CREATE TABLE of OF pair; \
             CREATE VIEW v AS SELECT (x).a, many FROM t"
        )
    };
    let (up, down) = both_ways(&schema("a integer, b text"), &schema("a integer, b text, c date"));
    assert_eq!(up, ["ALTER TYPE public.pair ADD ATTRIBUTE c date CASCADE"]);
    assert!(!down.iter().any(|sql| sql.contains("ALTER TABLE")), "{down:#?}");
}

/// A key that becomes a serial one begins behind what the values will be, whatever they were.
#[test]
fn a_sequence_for_what_was_no_number_begins_behind_it() {
    let (base, wanted) = (
        Place::with("CREATE TABLE t (id text); INSERT INTO t VALUES ('41')"),
        Place::with("CREATE TABLE t (id serial)"),
    );
    base.database.execute("ALTER TABLE t ALTER id SET NOT NULL");
    base.lead(&wanted.catalog(), &base.hints()).expect("it leads there");
    assert_eq!(base.value("SELECT nextval('t_id_seq')"), "42");
    both_ways("CREATE TABLE t (id serial PRIMARY KEY)", "CREATE TABLE t (id uuid PRIMARY KEY)");
}

/// Default privileges, and privileges of columns of views, are made, changed and taken away.
#[test]
fn privileges_that_stand_for_themselves_are_altered() {
    let (base, wanted) = (
        Place::with(
            "CREATE SCHEMA s; CREATE TABLE t (a integer, b integer); CREATE VIEW v AS SELECT a, b FROM t; \
             ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT, INSERT ON TABLES TO PUBLIC; \
             GRANT SELECT (a) ON v TO PUBLIC; ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO PUBLIC",
        ),
        Place::with(
            "CREATE SCHEMA s; CREATE TABLE t (a bigint, b integer); CREATE VIEW v AS SELECT a, b FROM t; \
             ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO PUBLIC; \
             ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC; GRANT SELECT (a), UPDATE (b) ON v TO PUBLIC",
        ),
    );
    let found = "SELECT string_agg(x, '; ' ORDER BY x) FROM (SELECT defaclobjtype::text || defaclacl::text \
        FROM pg_default_acl UNION ALL SELECT attname || attacl::text FROM pg_attribute WHERE attrelid = 'v'::regclass \
        AND attacl IS NOT NULL) y (x)";
    let (before, after) = (base.value(found), wanted.value(found));
    let work = base.copy();
    work.lead(&wanted.catalog(), &base.hints()).expect("up");
    assert_eq!(work.value(found), after);
    work.lead(&base.catalog(), &base.hints()).expect("down");
    assert_eq!(work.value(found), before);
}

/// The partition for all other rows may hold some that a new one is for, which the server does not move.
#[test]
fn rows_of_a_default_partition_in_the_way_of_a_new_one_are_said() {
    let tables = "CREATE TABLE p (k integer) PARTITION BY LIST (k); CREATE TABLE d PARTITION OF p DEFAULT; CREATE TABLE b (k integer);";
    let base = Place::with(tables);
    for joins in [
        "CREATE TABLE n PARTITION OF p FOR VALUES IN (1)",
        "ALTER TABLE p ATTACH PARTITION b FOR VALUES IN (1)",
    ] {
        let wanted = Place::with(&format!("{tables}{joins}"));
        let found = alter(&base.catalog(), &wanted.catalog(), &base.hints()).expect("it can be altered");
        let of_default = |remark: &Remark| matches!(remark, Remark::MayFail { what, .. } if what.contains("rows of public.d"));
        assert!(found.statements().any(|one| one.remarks.iter().any(of_default)), "{found:#?}");
    }
}

/// What cannot be altered is refused by its name, and not found out by the server.
#[test]
fn what_rows_elsewhere_hold_is_refused_by_name() {
    let child = |columns: &str| {
        format!(
            "CREATE TABLE p (a integer); CREATE TABLE c ({columns}) INHERITS (p); CREATE TABLE d () INHERITS (c)"
        )
    };
    for (before, after, object) in [
        (
            "CREATE TABLE t (a integer) PARTITION BY LIST (a)".to_owned(),
            "CREATE TABLE t (a integer) PARTITION BY RANGE (a)".to_owned(),
            "table public.t",
        ),
        (child("a integer"), child(""), "column public.c.a"),
    ] {
        let (before, after) = (&before, &after);
        let (base, wanted) = (Place::with(before), Place::with(after));
        let refusals = alter(&base.catalog(), &wanted.catalog(), &base.hints()).expect_err("it is refused");
        assert_eq!(refusals[0].object.to_string(), object, "{refusals:#?}");
        assert!(!refusals[0].ways_on.is_empty(), "{refusals:#?}");
    }
}

/// There and back, and the rows of `filled` are then what they were.
fn both_ways_with_rows(before: &str, after: &str, filled: &str, query: &str) {
    both_ways(before, after);
    let (base, wanted) = (Place::with(before), Place::with(after));
    base.database.execute(filled);
    let held = base.value(query);
    let catalog = base.catalog();
    base.lead(&wanted.catalog(), &base.hints()).expect("up with rows");
    assert_eq!(base.value(query), held, "{after}");
    base.lead(&catalog, &Hints { one_part: true, ..base.hints() }).expect("down with rows");
    assert_eq!(base.value(query), held, "{before}");
}

/// The attributes of a composite type are put in another order, wherever its values are: each keeps its own.
#[test]
fn attributes_in_another_order_keep_their_values() {
    let schema = |pair: &str, default: &str| {
        format!(
            "CREATE TYPE pair AS ({pair}); CREATE DOMAIN d AS pair; CREATE TYPE whole AS (p pair, more pair[], d d); \
             CREATE TABLE t (id integer, v pair DEFAULT '{default}', a pair[], d d, ds d[], w whole, ws whole[]); \
             CREATE VIEW seen AS SELECT (v).x FROM t; CREATE FUNCTION f(pair) RETURNS text LANGUAGE sql AS 'SELECT $1.x'"
        )
    };
    let filled = "INSERT INTO t VALUES (1, ('1','2'), '[3:3][2:3]={{\"(3,4)\",\"(5,6)\"}}', ('7','8'), \
        ARRAY[('9','10')::pair::d], (('11','12'), ARRAY[('13','14')::pair, NULL], ('15','16')), \
        ARRAY[(('17','18'), NULL, NULL)::whole]), (2, (NULL,NULL), '{}', NULL, NULL, NULL, NULL)";
    let query = "SELECT string_agg(concat_ws(' ', (v).x, (v).y, array_dims(a), (a[3][3]).x, (d).x, (ds[1]).y, \
        ((w).p).x, ((w).more[1]).x, ((w).d).x, ((ws[1]).p).y), ';' ORDER BY id) FROM t";
    let (one, other) = (schema("x text, y text", "(a,b)"), schema("y text, x text", "(b,a)"));
    both_ways_with_rows(&one, &other, filled, query);
    both_ways_with_rows(&other, &schema("n date, x text, y text", "(,a,b)"), filled, query);
}

/// No statement alters a range type: its values turn to a new one, in columns, arrays, domains and multiranges.
#[test]
fn a_range_type_gives_way_to_a_new_one_of_its_name() {
    // Older servers have no multiranges.
    if crate::support::cluster::cluster().major_version() < 14 {
        return;
    }
    let schema = |range: &str| {
        format!(
            "CREATE TYPE r AS RANGE ({range}); CREATE DOMAIN d AS r CHECK (NOT isempty(VALUE)); \
             CREATE TABLE t (id integer, v r NOT NULL DEFAULT 'empty', a r[], m r_multirange, d d, \
                 EXCLUDE USING gist (v WITH &&)); \
             CREATE VIEW w AS SELECT v FROM t; \
             CREATE FUNCTION f(r) RETURNS integer LANGUAGE sql AS 'SELECT 1'"
        )
    };
    let filled = "INSERT INTO t VALUES (1, '[1,5)', '{\"[2,3)\"}', '{[1,2),[4,7)}', '(,4)')";
    let query = "SELECT string_agg(t::text, ';') FROM t";
    both_ways_with_rows(&schema("SUBTYPE = integer"), &schema("SUBTYPE = bigint"), filled, query);
    both_ways_with_rows(
        &schema("SUBTYPE = float8"),
        &schema("SUBTYPE = float8, SUBTYPE_DIFF = float8mi"),
        filled,
        query,
    );
}

/// A collation that columns have gives way to a new one, with the domains and types that are made of it.
#[test]
fn a_collation_in_use_gives_way_to_a_new_one_of_its_name() {
    let schema = |locale: &str| {
        format!(
            "CREATE COLLATION c (provider = icu, locale = '{locale}'); CREATE DOMAIN d AS text COLLATE c; \
             CREATE TYPE y AS (x text COLLATE c, n integer); \
             CREATE TABLE t (a text COLLATE c UNIQUE, v varchar(5) COLLATE c NOT NULL DEFAULT 'x', d d, y y); \
             CREATE INDEX ON t (d, v COLLATE c); CREATE VIEW w AS SELECT a, 'x' COLLATE c AS z FROM t"
        )
    };
    let filled = "INSERT INTO t VALUES ('a', 'b', 'c', '(d,4)')";
    both_ways_with_rows(&schema("de-DE"), &schema("fr-FR"), filled, "SELECT string_agg(t::text, ';') FROM t");
}

/// The server alters no column of a table whose rows another holds, and gives it none with a value.
#[test]
fn a_table_whose_rows_others_hold_is_altered() {
    let schema = |table: &str, holder: &str| {
        format!("CREATE TABLE r ({table}); CREATE TABLE t (id integer{holder}); CREATE TABLE u (t t)")
    };
    let holder = ", v r DEFAULT '(1,x)', w r[]";
    let filled = "INSERT INTO r (a, b) VALUES (1, 'x'); INSERT INTO t VALUES (1, '(2,y)', '{\"(3,z)\"}'); \
        INSERT INTO u SELECT t FROM t";
    let query = "SELECT concat((SELECT string_agg(concat(a, b), ';') FROM r), \
        (SELECT string_agg(concat((v).a, (v).b, (w[1]).a), ';') FROM t), \
        (SELECT string_agg(((t).v).b, ';') FROM u))";
    let before = schema("a integer, b text", holder);
    both_ways_with_rows(&before, &schema("a bigint, b varchar(20)", holder), filled, query);
    let with_defaults = "a integer, b text, c integer DEFAULT 5, d integer NOT NULL DEFAULT 3";
    let plain = ", v r, w r[]";
    both_ways_with_rows(&schema("a integer, b text", plain), &schema(with_defaults, plain), filled, query);
    both_ways(&schema("a bigint, b text", ""), &before);
}

/// A check that a parent hands down is declared by the child as well, or no more, or becomes the parent's alone.
#[test]
fn a_check_of_a_parent_is_declared_by_its_children_or_is_not() {
    let check = "CONSTRAINT k CHECK (a > 0)";
    let schema = |parent: &str, child: &str| {
        format!(
            "CREATE TABLE p (a integer{parent}); CREATE TABLE c (x integer{child}) INHERITS (p); \
             CREATE TABLE sibling () INHERITS (p); CREATE TABLE below () INHERITS (c)"
        )
    };
    let own = format!(", {check}");
    let alone = format!(", {check} NO INHERIT");
    for (before, after) in [
        ((own.as_str(), ""), (own.as_str(), own.as_str())),
        ((&own, ""), ("", &own)),
        ((&own, &own), ("", "")),
        ((&own, ""), (&alone, "")),
        ((&own, ""), (&alone, &own)),
    ] {
        both_ways(&schema(before.0, before.1), &schema(after.0, after.1));
    }
}

/// The server alters no column by which rows are distributed: the partitions leave their table, which is made again without
/// a copy of a row.
#[test]
fn a_column_of_a_partition_key_gets_another_type_around_the_partitions() {
    let schema = |key: &str| {
        format!(
            "CREATE TABLE t (id {key} NOT NULL, a integer, PRIMARY KEY (id)) PARTITION BY RANGE (id); \
             CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10); \
             CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (10) TO (20) PARTITION BY LIST (id); \
             CREATE TABLE t2a PARTITION OF t2 DEFAULT; CREATE INDEX i ON t (a); \
             CREATE TABLE u (t integer REFERENCES t); CREATE VIEW v AS SELECT id FROM t; \
             CREATE MATERIALIZED VIEW m AS SELECT count(*) FROM t; \
             ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (id > 0); \
             COMMENT ON TABLE t IS 'whole'; INSERT INTO t VALUES (1, 2), (11, 12); INSERT INTO u VALUES (1), (11);"
        )
    };
    let (up, down) = both_ways(&schema("integer"), &schema("bigint"));
    for statements in [up, down] {
        let copies = ["INSERT INTO", "DROP TABLE public.t1", "DROP TABLE public.t2a"];
        assert!(
            !statements.iter().any(|sql| copies.iter().any(|copy| sql.starts_with(copy))),
            "{statements:#?}"
        );
        let place = |words: &str| statements.iter().position(|sql| sql.contains(words));
        assert!(place("ATTACH PARTITION public.t2a") < place("CREATE MATERIALIZED VIEW"), "{statements:#?}");
    }
}

/// So it is where the type of the key is an enum that loses a label, or gets one that a new partition uses.
#[test]
fn an_enum_by_which_a_table_is_partitioned_loses_and_gets_labels() {
    let schema = |labels: &str, partition: &str| {
        format!(
            "CREATE TYPE e AS ENUM ({labels}); CREATE TABLE t (id integer, k e NOT NULL) PARTITION BY LIST (k); \
             CREATE TABLE ta PARTITION OF t FOR VALUES IN ('a'); CREATE TABLE tb PARTITION OF t FOR VALUES IN ('b'); \
             INSERT INTO t VALUES (1, 'a'), (2, 'b'); {partition}"
        )
    };
    both_ways(&schema("'a', 'b', 'c'", ""), &schema("'b', 'a'", ""));
    both_ways(
        &schema("'a', 'b'", ""),
        &schema("'a', 'b', 'c'", "CREATE TABLE tc PARTITION OF t FOR VALUES IN ('c')"),
    );
}

/// A partition that leaves for other bounds gets the columns and types of the whole by statements of its own.
#[test]
fn a_partition_gets_other_bounds_while_the_columns_change() {
    let schema = |columns: &str, bounds: &str, index: &str| {
        format!(
            "CREATE TABLE p (id integer, {columns}) PARTITION BY RANGE (id); \
             CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO ({bounds}) PARTITION BY HASH (id); \
             CREATE TABLE p1a PARTITION OF p1 FOR VALUES WITH (MODULUS 1, REMAINDER 0); CREATE INDEX i ON p ({index})"
        )
    };
    both_ways(
        &schema("r integer, o text", "10", "r"),
        &schema("r bigint, n integer DEFAULT 3", "20", "r, n"),
    );
}

/// What belongs to something that stays is taken away, though nothing drops it.
#[test]
fn comments_and_settings_without_a_place_of_their_own_are_taken_back() {
    let schema = "CREATE TABLE t (id integer PRIMARY KEY); CREATE VIEW v AS SELECT id FROM t; CREATE TYPE c AS (x integer); \
        CREATE DOMAIN d AS integer CONSTRAINT positive CHECK (VALUE > 0); CREATE MATERIALIZED VIEW m AS SELECT id FROM t;";
    let said = "COMMENT ON INDEX t_pkey IS 'it''s IS'; COMMENT ON COLUMN c.x IS 'x'; \
        COMMENT ON CONSTRAINT positive ON DOMAIN d IS 'p'; COMMENT ON RULE \"_RETURN\" ON v IS 'r'; CLUSTER t USING t_pkey; \
        ALTER MATERIALIZED VIEW m ALTER id SET STATISTICS 7; ALTER MATERIALIZED VIEW m ALTER id SET (n_distinct = 3);";
    let (up, down) = both_ways(&format!("{schema}{said}"), schema);
    assert_eq!((up.len(), down.len()), (7, 7), "{up:#?} {down:#?}");
    // What goes takes it along.
    both_ways(&format!("{schema}{said}"), "CREATE TABLE t (id integer)");
}

/// A table gets and loses its type with its columns; where these would stand otherwise than in the type, it is refused.
#[test]
fn a_table_joins_a_type_when_its_columns_are_those_of_the_type() {
    let typed = |attributes: &str, of: &str| {
        format!(
            "CREATE TYPE a AS (x integer, y text); CREATE TYPE b AS ({attributes}); CREATE TABLE t OF {of} (PRIMARY KEY (x))"
        )
    };
    let more = "x bigint, y text, z date";
    both_ways(&typed(more, "a"), &typed(more, "b"));
    let plain =
        "CREATE TYPE a AS (x integer, y text); CREATE TABLE t (x integer PRIMARY KEY, y text, gone date)";
    let (up, _) =
        both_ways(plain, "CREATE TYPE a AS (x integer, y text); CREATE TABLE t OF a (PRIMARY KEY (x))");
    assert_eq!(up, ["ALTER TABLE public.t DROP COLUMN gone", "ALTER TABLE public.t OF public.a"]);
    let (base, wanted) =
        (Place::with(&typed(more, "a")), Place::with(&typed("x integer, z date, y text", "b")));
    let refusals = alter(&base.catalog(), &wanted.catalog(), &base.hints()).expect_err("it is refused");
    assert_eq!(refusals[0].object.to_string(), "column public.t.z", "{refusals:#?}");
}

/// Servers and publications are made again with what hangs on them, where nothing else changes them.
#[test]
fn foreign_tables_and_publications_go_out_of_the_way() {
    let server = |kind: &str| {
        format!(
            "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s {kind} FOREIGN DATA WRAPPER w; \
             CREATE FOREIGN TABLE f (id integer) SERVER s; CREATE VIEW v AS SELECT id FROM f; COMMENT ON FOREIGN TABLE f IS 'far'"
        )
    };
    both_ways(&server(""), &server("TYPE 'x' VERSION '2'"));
    let publication = |kind: &str| {
        format!(
            "CREATE TABLE t (id integer PRIMARY KEY, n {kind}); CREATE PUBLICATION p FOR TABLE t (id, n) WHERE (n > 0)"
        )
    };
    // A publication of some rows is there from PostgreSQL 15 on.
    let version: u32 = Place::with("").value("SHOW server_version_num").parse().expect("a number");
    if version >= 150_000 {
        both_ways(&publication("integer"), &publication("bigint"));
    }
}

/// In which order the events of a trigger name columns says nothing, also where the columns stand in another order.
#[test]
fn a_trigger_is_the_same_whatever_the_order_of_its_columns() {
    let function = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';";
    let schema = |columns: &str, of: &str| {
        format!(
            "{function} CREATE TABLE t (id integer, {columns}); \
             CREATE TRIGGER tr BEFORE UPDATE OF {of} ON t FOR EACH ROW EXECUTE FUNCTION f()"
        )
    };
    both_ways(&schema("b integer, a integer", "a, b"), &schema("b integer", "b"));
}

/// A new column is `serial` where this makes all of it; where its sequence is another, all of it is written.
#[test]
fn a_serial_column_is_written_as_one() {
    let table = "CREATE TABLE t (n text)";
    let (up, down) = both_ways(
        table,
        "CREATE TABLE t (n text, id serial, b bigserial UNIQUE); CREATE TABLE \"U\" (\"Id\" smallserial PRIMARY KEY); \
         COMMENT ON SEQUENCE t_id_seq IS 'counts'; GRANT USAGE ON SEQUENCE \"U_Id_seq\" TO PUBLIC",
    );
    assert!(!up.iter().any(|sql| sql.contains("CREATE SEQUENCE") || sql.contains("nextval")), "{up:#?}");
    assert!(up.contains(&"ALTER TABLE public.t ADD COLUMN id serial".to_owned()), "{up:#?}");
    assert!(!down.iter().any(|sql| sql.contains("DROP SEQUENCE")), "{down:#?}");
    for other in [
        "CREATE TABLE t (n text, id serial); ALTER SEQUENCE t_id_seq INCREMENT 5",
        "CREATE TABLE t (n text, id serial); ALTER TABLE t ALTER id DROP NOT NULL",
        "CREATE TABLE t (n text, id serial, m integer DEFAULT nextval('t_id_seq'))",
        "CREATE TABLE t (n text, id serial); ALTER SEQUENCE t_id_seq RENAME TO other",
    ] {
        let (up, _) = both_ways(table, other);
        assert!(up.iter().any(|sql| sql.starts_with("CREATE SEQUENCE")), "{up:#?}");
    }
    // The name belongs to something that goes.
    both_ways("CREATE TABLE t_id_seq (n text)", "CREATE TABLE t (id serial)");
}
