//! Owners and grants of which the wanted schema says nothing.

use std::fs;

use crate::support::{Kind, Project};

/// What is made again keeps them, and a down script makes none that are there.
#[test]
fn grants_stay_where_the_schema_says_nothing_of_them() {
    let project = Project::new(Kind::Postgres);
    let view = "CREATE VIEW v AS SELECT id, s FROM t;";
    let grants = "GRANT SELECT ON v TO pg_monitor; GRANT UPDATE (s) ON v TO pg_monitor; GRANT INSERT ON t TO pg_monitor; \
        ALTER VIEW v OWNER TO pg_monitor; ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO pg_monitor;";
    project.revision(
        "a",
        "",
        &format!("CREATE TABLE t (id integer, s text); {view} {grants}"),
        "DROP VIEW v; DROP TABLE t;",
    );
    project.write("schema.sql", format!("CREATE TABLE t (id bigint, s text); {view}"));
    project.configure("schema = \"schema.sql\"");
    project.json(&["upgrade"]);
    let found = || {
        project.database.scalar(
            "SELECT string_agg(relname || relowner::regrole::text || coalesce(relacl::text, '') || \
             coalesce((SELECT string_agg(attacl::text, ',') FROM pg_attribute WHERE attrelid = c.oid), ''), ' ' ORDER BY relname) \
             FROM pg_class c WHERE relname IN ('t', 'v')",
        )
    };
    let before = found();
    let ran = project.run(&["revision", "--autogenerate", "-m", "wide", "--rev-id", "b"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    let down = fs::read_to_string(project.path("versions/b_wide.down.sql")).expect("it is there");
    assert!(!down.contains("DEFAULT PRIVILEGES"), "{down}");
    project.json(&["upgrade"]);
    assert_eq!(found(), before);
    project.json(&["downgrade", "a"]);
    assert_eq!(found(), before);
}

/// A table with another name that has to be made again as well keeps them, those of renamed columns too.
#[test]
fn grants_stay_where_what_is_renamed_is_made_again() {
    let project = Project::new(Kind::Postgres);
    let grants = "GRANT INSERT ON t TO pg_monitor; GRANT UPDATE (s) ON t TO pg_monitor;";
    let up = format!("CREATE TABLE t (id integer, s text); {grants}");
    project.revision("a", "", &up, "DROP TABLE t;");
    project.write("schema.sql", "CREATE TABLE u (id integer, body text) PARTITION BY LIST (id); CREATE TABLE d PARTITION OF u DEFAULT;");
    project.configure("schema = \"schema.sql\"");
    project.json(&["upgrade"]);
    let found = |table: &str, column: &str| {
        project.database.scalar(&format!(
            "SELECT relacl::text || ' ' || (SELECT attacl::text FROM pg_attribute WHERE attrelid = c.oid AND attname = '{column}') \
             FROM pg_class c WHERE relname = '{table}'"
        ))
    };
    let before = found("t", "s");
    let renames = ["--rename", "t:u", "--rename", "t.s:body", "--rebuild", "u"];
    project.json(&[&["revision", "--autogenerate", "-m", "parts", "--rev-id", "b"], &renames[..]].concat());
    project.json(&["upgrade"]);
    assert_eq!(found("u", "body"), before);
    project.json(&["downgrade", "a"]);
    assert_eq!(found("t", "s"), before);
}

/// The server keeps the order in which roles have been granted something, and dumps show it.
#[test]
fn roles_are_granted_to_in_the_order_of_the_schema() {
    let project = Project::new(Kind::Postgres);
    project.revision(
        "a",
        "",
        "CREATE TABLE t (id integer); GRANT SELECT ON t TO pg_monitor;",
        "DROP TABLE t;",
    );
    let grants = |table: &str| {
        format!(
            "GRANT SELECT ON {table} TO pg_monitor; GRANT UPDATE ON {table} TO pg_signal_backend; \
             GRANT UPDATE ON {table} TO pg_read_all_stats WITH GRANT OPTION; GRANT SELECT ON {table} TO PUBLIC;"
        )
    };
    let of_column = "GRANT UPDATE (id) ON u TO pg_signal_backend; GRANT UPDATE (id) ON u TO pg_monitor;";
    let wanted = format!(
        "CREATE TABLE t (id integer); {} CREATE TABLE u (id integer); {} {of_column}",
        grants("t"),
        grants("u")
    );
    project.write("schema.sql", wanted);
    project.configure("schema = \"schema.sql\"");
    project.json(&["upgrade"]);
    project.json(&["revision", "--autogenerate", "-m", "granted", "--rev-id", "b"]);
    project.json(&["upgrade"]);
    let roles = |lists: &str| {
        project.database.scalar(&format!(
            "SELECT string_agg(roles, '; ') FROM (SELECT string_agg(split_part(a::text, '=', 1), ',' ORDER BY place) AS roles \
             FROM {lists}, unnest(acl) WITH ORDINALITY u (a, place) WHERE a::text !~ '^postgres=' GROUP BY name ORDER BY name) x"
        ))
    };
    let of_tables = "(SELECT relname AS name, relacl AS acl FROM pg_class WHERE relname IN ('t', 'u')) l";
    let expected = "pg_monitor,pg_signal_backend,pg_read_all_stats,";
    assert_eq!(roles(of_tables), format!("{expected}; {expected}"));
    let of_columns = "(SELECT attname AS name, attacl AS acl FROM pg_attribute WHERE attrelid = 'u'::regclass AND attacl IS NOT NULL) l";
    assert_eq!(roles(of_columns), "pg_signal_backend,pg_monitor");
}
