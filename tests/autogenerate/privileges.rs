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

/// A column of a view that gets another name is another one: the script tells that its privileges go, and brings them back.
#[test]
fn privileges_that_go_with_the_column_of_a_view_are_told() {
    let project = Project::new(Kind::Postgres);
    let grants = "GRANT SELECT ON v TO pg_monitor; GRANT UPDATE (s) ON v TO pg_monitor; GRANT UPDATE (id) ON v TO pg_monitor;";
    let up = format!("CREATE TABLE t (id integer, s text); CREATE VIEW v AS SELECT id, s FROM t; {grants}");
    project.revision("a", "", &up, "DROP VIEW v; DROP TABLE t;");
    project.write(
        "schema.sql",
        "CREATE TABLE t (id integer, s text); CREATE VIEW v AS SELECT id, s AS body FROM t;",
    );
    project.configure("schema = \"schema.sql\"");
    project.json(&["upgrade"]);
    let found = || {
        project.database.column(
            "SELECT attname || attacl::text FROM pg_attribute WHERE attrelid = 'v'::regclass AND attacl IS NOT NULL \
             ORDER BY attnum",
        )
    };
    let before = found();
    project.json(&["revision", "--autogenerate", "-m", "x", "--rev-id", "b"]);
    let script = fs::read_to_string(project.path("versions/b_x.up.sql")).expect("it is there");
    assert_eq!(
        script.matches("-- takes along the privileges of column public.v.s\nDROP VIEW").count(),
        1,
        "{script}"
    );
    project.json(&["upgrade"]);
    assert_eq!(found(), before.iter().filter(|one| one.starts_with("id")).cloned().collect::<Vec<_>>());
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

const NOTE: &str = "owners and grants are left as they are: the desired schema says nothing of them; --privileges compares them";

/// A project whose scripts build a table and grant something, with a desired schema.
fn granting(grants: &str, wanted: &str) -> Project {
    let project = Project::new(Kind::Postgres);
    project.revision("a", "", &format!("CREATE TABLE t (id integer); {grants}"), "DROP TABLE t;");
    project.write("schema.sql", wanted);
    project.configure("schema = \"schema.sql\"");
    project.json(&["upgrade"]);
    project
}

const AUTOGENERATE: [&str; 4] = ["revision", "--autogenerate", "-m", "b"];

#[test]
fn what_is_left_is_told_where_the_schema_says_nothing_of_it() {
    let project = granting("GRANT SELECT ON t TO pg_monitor;", "CREATE TABLE t (id integer);");
    let run = |arguments: &[&str]| project.run(&[&AUTOGENERATE, arguments].concat());
    for arguments in [&[][..], &["--check"]] {
        let ran = run(arguments);
        assert_eq!((ran.status, ran.stdout.as_str()), (0, ""), "{ran:?}");
        assert_eq!(ran.stderr, format!("nothing to do: the schemas are equal\n{NOTE}\n"));
    }
    assert_eq!(project.json(&AUTOGENERATE).json()["notes"], serde_json::json!([NOTE]));
    project.write("schema.sql", "CREATE TABLE t (id integer, s text);");
    let ran = run(&["--check"]);
    assert!(ran.status == 3 && ran.stderr.ends_with(&format!("{NOTE}\n")), "{ran:?}");
    let ran = project.run(&["diff", "--sql", "heads", "schema"]);
    assert!(ran.status == 0 && ran.stderr.ends_with(&format!("{NOTE}\n")), "{ran:?}");
    let ran = run(&[]);
    assert!(ran.status == 0 && ran.stderr.ends_with(&format!("{NOTE}\n")), "{ran:?}");
}

#[test]
fn nothing_is_told_where_nothing_is_left() {
    let project = granting("GRANT SELECT ON t TO pg_monitor;", "");
    let told =
        |arguments: &[&str]| project.json(&[&AUTOGENERATE, arguments].concat()).json()["notes"].clone();
    assert_eq!(told(&["--to", "database", "--no-verify"]), serde_json::json!([]));
    project.write("schema.sql", "CREATE TABLE t (id integer, s text); GRANT SELECT ON t TO pg_monitor;");
    assert_eq!(told(&[]), serde_json::json!([]));
}

#[test]
fn what_is_asked_for_is_compared_though_the_schema_says_nothing() {
    let grants = "GRANT SELECT, INSERT ON t TO pg_monitor; GRANT UPDATE (id) ON t TO PUBLIC; \
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO pg_monitor;";
    let project = granting(grants, "CREATE TABLE t (id integer);");
    let found = || {
        project.database.scalar(
            "SELECT coalesce((SELECT relacl::text FROM pg_class WHERE relname = 't' AND cardinality(relacl) > 1), 'usual') || ' ' \
             || (SELECT count(*) FROM pg_attribute WHERE attrelid = 't'::regclass AND attacl IS NOT NULL) || ' ' \
             || (SELECT count(*) FROM pg_default_acl)",
        )
    };
    let before = found();
    let made = project.json(&[&AUTOGENERATE[..], &["--privileges"]].concat()).json();
    assert_eq!(made["notes"], serde_json::json!([]), "{made}");
    project.json(&["upgrade"]);
    assert_eq!(found(), "usual 0 0");
    let again = project.json(&[&AUTOGENERATE[..], &["--privileges"]].concat()).json();
    assert_eq!((&again["statements"], &again["notes"]), (&serde_json::json!([]), &serde_json::json!([])));
    project.json(&["downgrade", "-1"]);
    assert_eq!(found(), before);
}

#[test]
fn what_is_revoked_is_said_though_nobody_had_it() {
    let wanted = "CREATE TABLE t (id integer); REVOKE ALL ON t FROM pg_monitor;";
    let project = granting("GRANT SELECT ON t TO pg_monitor;", wanted);
    let made = project.json(&AUTOGENERATE).json();
    let sql: Vec<&str> =
        made["statements"].as_array().expect("a list").iter().filter_map(|one| one["sql"].as_str()).collect();
    assert_eq!(sql, ["REVOKE SELECT ON TABLE public.t FROM pg_monitor"]);
    assert_eq!(made["notes"], serde_json::json!([]));
}

/// What is not looked at says nothing.
#[test]
fn what_is_revoked_from_what_is_ignored_says_nothing() {
    let wanted =
        "CREATE TABLE t (id integer); CREATE TABLE old (id integer); REVOKE ALL ON old FROM pg_monitor;";
    let project = granting("GRANT SELECT ON t TO pg_monitor;", wanted);
    project.configure("ignore = [\"public.old\"]");
    let made = project.json(&AUTOGENERATE).json();
    assert_eq!((&made["statements"], &made["notes"]), (&serde_json::json!([]), &serde_json::json!([NOTE])));
}

/// The schema that every database begins with says nothing of privileges where the scripts have granted something on it.
#[test]
fn grants_on_public_stay_where_the_schema_says_nothing_of_them() {
    let project = granting("GRANT CREATE ON SCHEMA public TO pg_monitor;", "CREATE TABLE t (id integer);");
    let made = project.json(&AUTOGENERATE).json();
    assert_eq!((&made["statements"], &made["notes"]), (&serde_json::json!([]), &serde_json::json!([NOTE])));
}

/// What was read from a database is built again with its owners and grants where they are asked for.
#[test]
fn privileges_of_a_database_are_compared_where_that_is_asked_for() {
    let project = granting(
        "GRANT SELECT ON t TO pg_monitor; CREATE SEQUENCE s OWNED BY t.id; ALTER TABLE t OWNER TO pg_monitor; \
         ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor;",
        "CREATE TABLE t (id integer); CREATE SEQUENCE s OWNED BY t.id; GRANT INSERT ON t TO pg_signal_backend;",
    );
    let from_database = ["diff", "--sql", "database", "schema"];
    let left = project.json(&from_database).json();
    assert_eq!(left["statements"], serde_json::json!([]), "{left}");
    let note = "owners and grants are left as they are: those of a database are not compared; --privileges compares them";
    assert_eq!(left["notes"], serde_json::json!([note]));
    let compared = project.json(&[&from_database[..], &["--privileges"]].concat()).json();
    let sql = compared["sql"].as_str().expect("a text");
    for one in [
        "ALTER TABLE public.t OWNER TO postgres;",
        "REVOKE SELECT ON TABLES FROM pg_monitor;",
        "GRANT INSERT ON TABLE public.t TO pg_signal_backend;",
    ] {
        assert!(sql.contains(one), "{one}: {sql}");
    }
    assert_eq!(compared["notes"], serde_json::json!([]));
    let made = project.json(&[&AUTOGENERATE[..], &["--from", "database", "--privileges"]].concat()).json();
    assert_eq!(made["proved"], true, "{made}");
    project.json(&["upgrade"]);
    let equal = project.json(&[&from_database[..], &["--privileges"]].concat()).json();
    assert_eq!(equal["statements"], serde_json::json!([]), "{equal}");
}

/// Where SQL beside models says something of privileges, what no model can say keeps its own.
#[test]
fn what_stays_beside_models_keeps_its_grants_where_others_are_said() {
    let project = Project::new(Kind::Postgres);
    let function = "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'; REVOKE EXECUTE ON FUNCTION f FROM PUBLIC;";
    let up = format!("CREATE TABLE t (id integer PRIMARY KEY); {function}");
    project.revision("a", "", &up, "DROP TABLE t; DROP FUNCTION f;");
    let models = "datasource db {\n  provider = \"postgresql\"\n}\n\nmodel t {\n  id Int @id\n  b Int?\n}\n";
    project.write("schema.prisma", models);
    project.write("beside.sql", "GRANT SELECT ON t TO pg_monitor; GRANT UPDATE (id) ON t TO PUBLIC;");
    project.configure("schema = [\"schema.prisma\", \"beside.sql\"]");
    let made = project.json(&AUTOGENERATE).json();
    let sql: Vec<&str> =
        made["statements"].as_array().expect("a list").iter().filter_map(|one| one["sql"].as_str()).collect();
    let granted =
        ["GRANT SELECT ON TABLE public.t TO pg_monitor", "GRANT UPDATE (id) ON TABLE public.t TO PUBLIC"];
    assert_eq!(
        sql.iter().filter(|sql| sql.contains("GRANT")).collect::<Vec<_>>(),
        granted.iter().collect::<Vec<_>>()
    );
    assert!(!sql.iter().any(|sql| sql.contains("FUNCTION") || sql.contains("REVOKE")), "{sql:?}");
}
