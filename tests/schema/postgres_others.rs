//! What else PostgreSQL has: each attribute altered alone, what is not written, and what is not told.

use revgraph::catalog::sql;

use super::builds_again::assert_builds_again;
use super::{Scratch, assert_changes, differences};
use crate::support::cluster::cluster;
use crate::support::{Database, Kind, Project};

const SCHEMA: &str = include_str!("others_postgres.sql");

#[test]
fn they_build_again() {
    assert_builds_again(Kind::Postgres, SCHEMA);
}

#[test]
fn each_attribute_is_compared() {
    assert_changes(
        Kind::Postgres,
        SCHEMA,
        &[
            ("CREATE COLLATION other (locale = 'C')", &["collation public.other: added"]),
            (
                "DROP COLLATION \"Plain\"; CREATE COLLATION \"Plain\" (locale = 'POSIX')",
                &["collation public.Plain: locale: C -> POSIX", "collation public.Plain: ctype: C -> POSIX"],
            ),
            (
                "ALTER OPERATOR === (text, text) SET (RESTRICT = NONE)",
                &["operator public.===(text, text): restriction estimator: eqsel -> -"],
            ),
            ("DROP OPERATOR ~~~ (NONE, text)", &["operator public.~~~(NONE, text): removed"]),
            (
                "DROP CAST (pair AS text); CREATE CAST (pair AS text) WITH INOUT AS IMPLICIT",
                &["cast (public.pair AS text): context:  ->  AS IMPLICIT"],
            ),
            (
                "ALTER TEXT SEARCH DICTIONARY short (Accept = 'true')",
                &[
                    "text search dictionary public.short: options: stopwords = 'english', accept = 'false' -> \
                   stopwords = 'english', accept = 'true'",
                ],
            ),
            (
                "ALTER SERVER there OPTIONS (SET host 'i')",
                &["server there: options: OPTIONS (\"Port\" '5', host 'h') -> \
                   OPTIONS (\"Port\" '5', host 'i')"],
            ),
            ("ALTER SERVER there VERSION '2'", &["server there: version: 1 -> 2"]),
            (
                "ALTER FOREIGN DATA WRAPPER far OPTIONS (DROP debug)",
                &["foreign data wrapper far: options: OPTIONS (debug 'true') -> -"],
            ),
            (
                "ALTER FOREIGN TABLE ft OPTIONS (SET table_name 'y')",
                &["foreign table public.ft: options: table_name=it's -> table_name=y"],
            ),
            (
                "ALTER FOREIGN TABLE ft ALTER COLUMN id OPTIONS (DROP column_name)",
                &["column public.ft.id: foreign options: column_name=ID -> -"],
            ),
            (
                "ALTER STATISTICS st SET STATISTICS 100",
                &["statistics public.st: statistics target: 200 -> 100"],
            ),
            (
                "ALTER PUBLICATION parts SET (publish = 'delete') -- since 15",
                &["publication parts: operations: insert -> delete"],
            ),
            ("ALTER PUBLICATION nothing ADD TABLE t", &["publication nothing: tables: - -> ONLY public.t"]),
            (
                "ALTER PUBLICATION more DROP TABLES IN SCHEMA s -- since 15",
                &["publication more: schemas: s -> -"],
            ),
            (
                "ALTER EVENT TRIGGER watch ENABLE ALWAYS",
                &["event trigger watch: enabled: - -> ENABLE ALWAYS"],
            ),
            ("DROP EVENT TRIGGER idle", &["event trigger idle: removed"]),
            ("CREATE OPERATOR FAMILY fam USING btree", &["operator family public.fam USING btree: added"]),
            ("CREATE TYPE shell", &["base type public.shell: added"]),
            (
                "CREATE CONVERSION co FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8",
                &["conversion public.co: added"],
            ),
        ],
    );
}

#[test]
fn what_is_not_written_is_named_and_so_is_what_is_not_valid() {
    let scratch = Scratch::with(
        Kind::Postgres,
        "CREATE OPERATOR FAMILY fam USING btree; CREATE TABLE t (x integer); INSERT INTO t VALUES (1), (1);",
    );
    let mut session = crate::support::cluster::cluster().connect(scratch.database.name());
    session.run_batch("CREATE UNIQUE INDEX CONCURRENTLY i ON t (x)").expect_err("there are duplicates");
    scratch.database.execute("COMMENT ON INDEX i IS 'unfinished'");
    let written = sql::write(&scratch.catalog());
    insta::assert_snapshot!(written, @r"
    CREATE TABLE public.t (
        x integer
    );

    -- index public.t.i is not valid, and not written:
    -- CREATE UNIQUE INDEX i ON public.t USING btree (x)

    -- operator family public.fam USING btree is not written: revgraph does not know how
    ");
    let copy = Scratch::with(Kind::Postgres, &written);
    assert_eq!(
        differences(&scratch.catalog(), &copy.catalog()),
        ["index public.t.i: removed", "operator family public.fam USING btree: removed"]
    );
}

#[test]
fn secrets_are_not_read() {
    let scratch = Scratch::with(
        Kind::Postgres,
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (password 'hunter2', host 'h'); \
         CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (password 'hunter2', \"user\" 'u');",
    );
    let catalog = scratch.catalog();
    let told = format!("{catalog:?}{}", sql::write(&catalog));
    assert!(!told.contains("hunter2"), "{told}");
    assert!(told.contains("user mapping for public on server s"), "{told}");
}

/// A role that owns nothing, on a server that has subscriptions, here and in other databases; what others may not read of
/// them differs from version to version.
#[test]
fn whoever_may_connect_can_describe_the_schema() {
    let project = Project::new(Kind::Postgres);
    let name = project.database.name();
    project.database.execute(&format!(
        "CREATE TABLE t (x integer); CREATE ROLE reads_{name} LOGIN PASSWORD 'sesame'; \
         CREATE SUBSCRIPTION su_{name} CONNECTION 'host=h' PUBLICATION a \
         WITH (connect = false, slot_name = NONE, enabled = false)"
    ));
    let other = Database::on(cluster());
    let url = |database: &str| cluster().tcp_url(database, &format!("reads_{name}"), "sesame");
    let here = project.run(&["schema", "--url", &url(name)]);
    assert!(here.status == 0 && here.stdout.contains(&format!("subscription su_{name}")), "{here:?}");
    let there = project.run(&["schema", "--url", &url(other.name())]);
    assert!(there.status == 0 && !there.stdout.contains("subscription"), "{there:?}");
    project.database.execute(&format!("DROP SUBSCRIPTION su_{name}"));
}
