//! What a database or a role is set to changes nothing of what is read, compared, written and kept.

use std::fs;

use serde_json::Value;

use crate::support::cluster::cluster;
use crate::support::postgres_programs::pg_dump_reads;
use crate::support::{Kind, Project};

/// Each as far from the default as it goes.
const ODD: [&str; 30] = [
    "array_nulls = off",
    "backslash_quote = off",
    "bytea_output = 'escape'",
    "check_function_bodies = off",
    "client_encoding = 'LATIN1'",
    "client_min_messages = 'debug5'",
    "constraint_exclusion = 'on'",
    "cursor_tuple_fraction = 0.1",
    "\"DateStyle\" = 'SQL, DMY'",
    "default_table_access_method = 'heap'",
    "default_tablespace = 'pg_default'",
    "default_text_search_config = 'pg_catalog.german'",
    "default_transaction_isolation = 'serializable'",
    "escape_string_warning = off",
    "extra_float_digits = -15",
    "geqo = off",
    "gin_fuzzy_search_limit = 1",
    "\"IntervalStyle\" = 'sql_standard'",
    "lc_monetary = 'POSIX'",
    "lc_numeric = 'POSIX'",
    "lc_time = 'POSIX'",
    "lo_compat_privileges = on",
    "quote_all_identifiers = on",
    "row_security = off",
    "synchronize_seqscans = off",
    "\"TimeZone\" = 'Asia/Kolkata'",
    "timezone_abbreviations = 'India'",
    "transform_null_equals = on",
    "xmlbinary = 'hex'",
    "xmloption = 'document'",
];
/// Those that not every server has, with its version.
const ODD_SINCE: [(i32, &str); 2] =
    [(14, "default_toast_compression = 'pglz'"), (17, "restrict_nonsystem_relation_kind = 'foreign-table'")];

/// What each of them could change, in definitions and in rows.
const UP: &str = r#"CREATE FUNCTION later() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE TABLE t (
    id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    bytes bytea DEFAULT '\\x00ff5c27',
    spent interval DEFAULT '-1 day -02:03:04.5',
    made timestamptz DEFAULT '2020-01-02 03:04:05+00',
    day date DEFAULT '2020-02-01',
    ratio double precision DEFAULT 0.1::real::double precision,
    price money DEFAULT 12.5::money,
    names text[] DEFAULT ARRAY['a', NULL, 'it''s', 'NULL'],
    counts integer[] DEFAULT '{1,2}'::integer[],
    mails text[],
    page xml DEFAULT '<a>x</a>'::xml,
    word text DEFAULT 'Bäume',
    during tstzrange,
    CHECK (spent <> '3 days 04:05:06'::interval AND made > '1999-12-31 23:59:59+00'::timestamptz)
);
INSERT INTO t (during) VALUES ('[2020-01-02 00:00+00,2020-01-03 00:00+00)');
INSERT INTO t (mails, page) VALUES (ARRAY['x', NULL], XMLPARSE(CONTENT '<a/>and <b/>'));
INSERT INTO t (bytes, spent, ratio) VALUES (E'\\\\000', '1 year -3 days', 1e-300), (E'\\\\\\\\', '-00:00:01', 0.30000000000000004);
CREATE VIEW v AS SELECT id, spent + '-1 mon 3 days -04:00:00'::interval AS later FROM t WHERE made < '2021-03-04 05:06:07+00';
CREATE INDEX i ON t (id) WHERE ratio > 0.30000000000000004::double precision;
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON t USING (day > '2020-01-01');"#;

fn project(settings: &[&str]) -> Project {
    let project = Project::new(Kind::Postgres);
    project.configure("ignore = [\"setting * of the database\"]");
    let name = project.database.name();
    for setting in settings {
        project.database.execute(&format!("ALTER DATABASE {name} SET {setting}"));
    }
    project.revision("a", "", UP, "DROP VIEW v; DROP TABLE t; DROP FUNCTION later();");
    project.revision("b", "a", "ALTER TABLE t ADD COLUMN more text;", "ALTER TABLE t DROP COLUMN more;");
    project.takes(&["upgrade"], &["a", "b"], &["b"]);
    project
}

/// The file of a backup, without what no two databases share.
fn backed_up(project: &Project) -> Value {
    project.json(&["backup", "t.dump"]);
    project.json(&["backup", "--check", "t.dump"]);
    let text = fs::read_to_string(project.path("t.dump.json")).expect("it is there");
    let mut info: Value = serde_json::from_str(&text).expect("it is JSON");
    for key in ["taken_at", "database", "name", "size", "sha256"] {
        info[key] = Value::Null;
    }
    info
}

#[test]
fn what_a_database_is_set_to_changes_nothing_that_is_read_or_written() {
    let version = cluster().major_version();
    let since = ODD_SINCE.iter().filter(|(first, _)| *first <= version).map(|(_, setting)| *setting);
    let (plain, odd) = (project(&[]), project(&ODD.into_iter().chain(since).collect::<Vec<_>>()));
    assert_eq!(odd.run(&["schema"]).stdout, plain.run(&["schema"]).stdout);
    let ran = odd.run(&["diff"]);
    assert_eq!(ran.status, 0, "{}", ran.snapshot());
    let ran = odd.run(&["verify"]);
    assert_eq!(ran.status, 0, "{}", ran.snapshot());
    if pg_dump_reads(version) {
        assert_eq!(backed_up(&odd), backed_up(&plain));
    }
    let baseline = |project: &Project| {
        project.json(&["squash", "base:b", "--rev-id", "c", "-m", "all"]);
        let names = fs::read_dir(project.path("versions")).expect("a listing").flatten();
        let names = names.map(|entry| entry.path());
        let up = names.filter(|path| path.to_string_lossy().ends_with(".up.sql"));
        let texts: Vec<String> = up.map(|path| fs::read_to_string(path).expect("a text")).collect();
        let text = texts.concat();
        text.lines().filter(|line| !line.contains("created")).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(baseline(&odd), baseline(&plain));
}

/// Providers set much that no script knows; what is told of it can be named as it is told.
#[test]
fn settings_that_a_provider_has_made_can_be_ignored() {
    let project = Project::new(Kind::Postgres);
    project.revision("a", "", "CREATE TABLE t (x integer);", "DROP TABLE t;");
    project.takes(&["upgrade"], &["a"], &["a"]);
    let name = project.database.name();
    project.database.execute(&format!(
        "ALTER DATABASE {name} SET log_min_duration_statement = 1000; ALTER ROLE CURRENT_USER IN DATABASE {name} SET work_mem = '9MB'"
    ));
    let told = project.run(&["diff"]);
    assert_eq!(told.status, 4, "{}", told.snapshot());
    assert!(told.stdout.contains("setting log_min_duration_statement of the database"), "{}", told.stdout);
    assert!(told.stdout.contains("setting work_mem for role postgres of the database"), "{}", told.stdout);
    project.configure("ignore = [\"setting log_min_duration_statement of the database\"]");
    let told = project.run(&["diff"]);
    assert!(!told.stdout.contains("log_min_duration"), "{}", told.stdout);
    assert_eq!(told.status, 4, "{}", told.snapshot());
    project
        .write("alembic.toml", format!("url = \"{}\"\nignore = [\"setting *\"]\n", project.database.url()));
    let told = project.run(&["diff"]);
    assert_eq!(told.status, 0, "{}", told.snapshot());
}

/// The script of a revision means the same on a database whose settings are others.
#[test]
fn autogenerate_writes_the_settings_that_its_literals_depend_on() {
    let project = Project::new(Kind::Postgres);
    let name = project.database.name();
    project.database.execute(&format!(
        "ALTER DATABASE {name} SET xmloption = document; ALTER DATABASE {name} SET array_nulls = off"
    ));
    project.configure("schema = \"schema.sql\"\nignore = [\"setting *\"]");
    let columns = "x xml DEFAULT '<a/>b'::xml, y text[] DEFAULT '{NULL,a}'::text[]";
    project.write(
        "schema.sql",
        format!("SET xmloption = content;\nSET array_nulls = on;\nCREATE TABLE t (id integer, {columns});\n"),
    );
    let settings = "SET array_nulls = on;\nSET xmloption = content;\n";
    let differs = project.run(&["diff", "--sql", "database", "schema"]);
    assert!(differs.stdout.starts_with(settings), "{}", differs.snapshot());
    project.json(&["revision", "--autogenerate", "-m", "x", "--rev-id", "a"]);
    let up = std::fs::read_to_string(project.path("versions/a_x.up.sql")).expect("it was written");
    assert!(up.contains(settings), "{up}");
    project.takes(&["upgrade"], &["a"], &["a"]);
    project.database.execute("INSERT INTO t (id) VALUES (1)");
    assert_eq!(project.database.column("SELECT y[1] IS NULL FROM t"), ["t"]);
}
