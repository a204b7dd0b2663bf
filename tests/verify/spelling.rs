//! PostgreSQL writes some expressions otherwise the second time it reads them. That is no difference, whatever two schemas
//! are compared; what means something else stays one.

use crate::support::cluster::cluster;
use crate::support::postgres_programs::{pg_dump_reads, program};
use crate::support::{Database, Kind, Project};

const SCHEMA: &str = include_str!("spelling.sql");
const SINCE_15: &str = include_str!("spelling_15.sql");
const EMPTY: &str = "DROP SCHEMA public CASCADE; CREATE SCHEMA public;";

/// Expressions of every kind that the server takes.
fn schema() -> String {
    if cluster().major_version() >= 15 { format!("{SCHEMA}{SINCE_15}") } else { SCHEMA.to_owned() }
}

fn down() -> String {
    if cluster().major_version() >= 15 { format!("DROP PUBLICATION p; {EMPTY}") } else { EMPTY.to_owned() }
}

/// A project whose first revision makes them.
fn project() -> Project {
    let project = Project::new(Kind::Postgres);
    project.revision("first", "", &schema(), &down());
    project
}

/// Whether there is a `pg_dump` that can write a database of this server, without which a test has nothing to look at.
fn can_restore() -> bool {
    pg_dump_reads(cluster().major_version())
}

/// What the server writes of a database, in another one.
fn restored(from: &Database) -> Database {
    let to = Database::on(cluster());
    let dump = program("pg_dump").arg(from.url()).output().expect("pg_dump can be run");
    assert!(dump.status.success(), "{dump:?}");
    let loaded = to.pipe(&String::from_utf8_lossy(&dump.stdout));
    assert!(loaded.status.success(), "{loaded:?}");
    to
}

/// The texts of checks, as they are now.
fn checks(database: &Database) -> Vec<String> {
    database.column("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c' ORDER BY 1")
}

#[test]
fn a_restored_database_is_the_same() {
    if !can_restore() {
        return;
    }
    let project = project();
    project.takes(&["upgrade"], &["first"], &["first"]);
    let copy = restored(&project.database);
    assert_ne!(checks(&copy), checks(&project.database), "the server spells them otherwise");
    let again = restored(&copy);
    for other in [&copy, &again] {
        assert_eq!(
            project.json(&["diff", "--url", &other.url()]).json()["differences"],
            serde_json::json!([])
        );
        let between = ["diff", &other.url(), &project.database.url()];
        assert_eq!(project.json(&between).json()["differences"], serde_json::json!([]));
        other.execute("DELETE FROM alembic_version");
        assert_eq!(project.json(&["stamp", "first", "--url", &other.url()]).heads(), ["first"]);
    }
}

#[test]
fn a_schema_that_was_written_down_can_be_stamped() {
    let project = Project::new(Kind::Postgres);
    project.database.execute(&schema());
    let written = project.run(&["schema"]).stdout;
    project.revision("first", "", &written, &down());
    project.takes(&["stamp", "first"], &["first"], &["first"]);
    let ran = project.json(&["diff"]);
    assert_eq!(ran.json()["differences"], serde_json::json!([]));
}

#[test]
fn a_squash_is_proved() {
    let project = project();
    let ran = project.json(&["squash", "first", "--rev-id", "base1", "-m", "all"]);
    assert_eq!(ran.json()["proved"], true, "{ran:?}");
}

/// A change of each expression, and the object that it is found in.
const CHANGES: [(&str, &str); 16] = [
    (
        "ALTER TABLE t DROP CONSTRAINT t_s_check, ADD CONSTRAINT t_s_check CHECK (s IN ('a', 'c'))",
        "public.t.t_s_check",
    ),
    (
        "ALTER TABLE t DROP CONSTRAINT several, ADD CONSTRAINT several CHECK (n > 0 AND n BETWEEN 1 AND 11 AND (s = 'a' OR s IN ('q', 'r')))",
        "public.t.several",
    ),
    (
        "ALTER TABLE t DROP CONSTRAINT apart, ADD CONSTRAINT apart EXCLUDE USING btree ((s IN ('a', 'b')) WITH =) WHERE (s IN ('a', 'p'))",
        "public.t.apart",
    ),
    ("ALTER TABLE t VALIDATE CONSTRAINT later", "public.t.later"),
    (
        "ALTER TABLE t ALTER f SET DEFAULT (CASE WHEN 'a'::varchar IN ('a', 'c') THEN 'x' ELSE 'y' END)",
        "public.t.f",
    ),
    (
        "DROP INDEX t_some; CREATE INDEX t_some ON t ((s IN ('a', 'd'))) WHERE s IN ('a', 'c')",
        "public.t.t_some",
    ),
    (
        "DROP INDEX t_some; CREATE UNIQUE INDEX t_some ON t ((s IN ('a', 'b'))) WHERE s IN ('a', 'c')",
        "public.t.t_some",
    ),
    (
        "CREATE OR REPLACE VIEW above AS SELECT s IN ('a', 'b') AS x FROM v WHERE s IN ('b', 'd')",
        "public.above",
    ),
    (
        "ALTER VIEW filled ALTER n SET DEFAULT CASE WHEN 'a'::varchar(3) IN ('a', 'b') THEN 2 END",
        "public.filled",
    ),
    (
        "DROP MATERIALIZED VIEW m; CREATE MATERIALIZED VIEW m AS SELECT s IN ('a', 'b') AS x, 2 / count(*) AS n FROM t GROUP BY 1",
        "public.m",
    ),
    ("ALTER POLICY p ON t USING (s IN ('a', 'd'))", "public.t.p"),
    (
        "ALTER DOMAIN word DROP CONSTRAINT word_check; ALTER DOMAIN word ADD CONSTRAINT word_check CHECK (VALUE IN ('a', 'd'))",
        "public.word",
    ),
    (
        "DROP TRIGGER on_t ON t; CREATE TRIGGER on_t BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.s IN ('a', 'd')) EXECUTE FUNCTION changed()",
        "public.t.on_t",
    ),
    (
        "CREATE OR REPLACE RULE also AS ON UPDATE TO t WHERE NEW.s IN ('a', 'd') DO ALSO SELECT NEW.s IN ('a', 'c') AS x",
        "public.t.also",
    ),
    (
        "CREATE OR REPLACE FUNCTION f(x varchar DEFAULT CASE WHEN 'a'::varchar(3) IN ('a', 'd') THEN 'q' END) RETURNS boolean LANGUAGE sql AS $$SELECT x IN ('a', 'b')$$",
        "public.f(character varying)",
    ),
    (
        "DROP INDEX parted_s; CREATE INDEX parted_s ON parted (s) WHERE s IN ('a', 'd')",
        "public.parted.parted_s",
    ),
];

#[test]
fn what_means_something_else_is_told() {
    if !can_restore() {
        return;
    }
    let project = project();
    project.takes(&["upgrade"], &["first"], &["first"]);
    let copy = restored(&project.database);
    for (change, _) in CHANGES {
        copy.execute(change);
    }
    let ran = project.run(&["diff", "--url", &copy.url()]);
    assert_eq!(ran.status, 4, "{ran:?}");
    for (change, object) in CHANGES {
        assert!(ran.stdout.contains(object), "{change}: {ran:?}");
    }
    let found = project.run(&["diff", "--url", &copy.url(), "--json"]).json();
    let objects: Vec<String> = found["differences"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| one["object"]["name"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert!(!objects.iter().any(|name| name == "v" || name == "changed"), "what nobody changed: {objects:?}");
}

/// A type that is changed and changed back has its table's checks and indexes read again.
#[test]
fn a_type_that_is_changed_and_changed_back_leaves_the_same() {
    let project = Project::new(Kind::Postgres);
    let table = "CREATE TABLE t (s varchar(10) CHECK (s IN ('a', 'b')), n integer);\n\
                 CREATE INDEX some_s ON t (n) WHERE s IN ('a', 'b');";
    project.revision("first", "", table, "DROP TABLE t;");
    let wider = "ALTER TABLE t ALTER s TYPE varchar(20);";
    project.revision("wider", "first", wider, "ALTER TABLE t ALTER s TYPE varchar(10);");
    let check = "ALTER TABLE t ADD CONSTRAINT beside CHECK (s IN ('c', 'd'));";
    project.revision("beside", "first", check, "ALTER TABLE t DROP CONSTRAINT beside;");
    project.revision("both", "wider, beside", "", "");
    let other = "ALTER TABLE t DROP CONSTRAINT t_s_check;";
    let not_back = "ALTER TABLE t ADD CONSTRAINT t_s_check CHECK (s IN ('a', 'c'));";
    project.revision("other", "both", other, not_back);
    let lent = Database::on(cluster());
    for configuration in ["", &format!("scratch_url = {}", serde_json::json!(lent.url()))] {
        project.configure(configuration);
        let ran = project.run(&["verify", "--json"]);
        let verdicts: Vec<String> = ran.json()["revisions"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|one| format!("{} {}", one["revision"], one["verdict"]).replace('"', ""))
            .collect();
        let expected =
            ["first reversible", "beside reversible", "wider reversible", "both reversible", "other broken"];
        let sorted = |mut lines: Vec<String>| {
            lines.sort();
            lines
        };
        assert_eq!(sorted(verdicts), sorted(expected.map(str::to_owned).to_vec()), "{ran:?}");
        assert_eq!(ran.json()["merges"][0]["equal"], true, "{ran:?}");
    }
}

#[test]
fn a_restored_database_is_detected() {
    if !can_restore() {
        return;
    }
    let project = project();
    project.revision("more", "first", "CREATE TABLE more (id integer PRIMARY KEY);", "DROP TABLE more;");
    project.revision("rows", "more", "INSERT INTO more VALUES (1);", "DELETE FROM more;");
    project.takes(&["upgrade", "first"], &["first"], &["first"]);
    let copy = restored(&project.database);
    let detected = |database: &Database| {
        let ran = project.run(&["stamp", "--detect", "--json", "--url", &database.url()]);
        let matches = ran.json()["matches"].as_array().cloned().unwrap_or_default();
        matches.iter().map(|one| one["heads"][0].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(detected(&copy), ["first"]);
    copy.execute("CREATE TABLE more (id integer PRIMARY KEY)");
    assert_eq!(detected(&copy), ["more", "rows"]);
    copy.execute("ALTER TABLE t DROP CONSTRAINT t_s_check, ADD CONSTRAINT t_s_check CHECK (s IN ('a', 'c'))");
    assert_eq!(detected(&copy), [""; 0]);
}

/// What a clock has written into a view is no drift and keeps nobody from stamping; what differs beside it does.
#[test]
fn what_is_otherwise_each_time_is_no_drift() {
    let project = Project::new(Kind::Postgres);
    let up = "DO $$ BEGIN EXECUTE format('CREATE VIEW seen AS SELECT %L::text AS at', clock_timestamp()); END $$;\n\
              CREATE TABLE t (a varchar(10));";
    project.revision("a", "", up, "DROP VIEW seen; DROP TABLE t;");
    project.json(&["upgrade"]);
    let diff = project.run(&["diff", "--json"]);
    assert_eq!(diff.status, 0, "{diff:?}");
    assert_eq!(diff.json()["differences"], serde_json::json!([]));
    assert!(diff.json()["volatile"].to_string().contains("seen"), "{diff:?}");
    project.database.execute("DELETE FROM alembic_version");
    let stamped = project.run(&["stamp", "a"]);
    assert_eq!(stamped.status, 0, "{stamped:?}");
    assert!(stamped.stderr.contains("view public.seen: query is something else each time"), "{stamped:?}");
    project.database.execute("ALTER TABLE t ALTER a TYPE varchar(20)");
    let diff = project.run(&["diff"]);
    assert_eq!(diff.status, 4, "{diff:?}");
    assert!(diff.stdout.contains("column public.t.a: type") && !diff.stdout.contains("seen"), "{diff:?}");
}

/// A clock's value that a script writes into an object.
#[test]
fn what_is_otherwise_each_time_is_volatile_and_not_broken() {
    let project = Project::new(Kind::Postgres);
    let view = "DO $$ BEGIN EXECUTE format('CREATE VIEW v AS SELECT %L::timestamptz AS since', clock_timestamp()); END $$;";
    project.revision("clock", "", view, "DROP VIEW v;");
    let second = "DO $$ BEGIN EXECUTE format('CREATE VIEW w AS SELECT %L::timestamptz AS since', \
                  date_trunc('second', clock_timestamp())); END $$;";
    project.revision("second", "clock", second, "DROP VIEW w;");
    let ran = project.json(&["verify"]);
    for revision in ran.json()["revisions"].as_array().expect("a list") {
        let verdict = revision["verdict"].as_str().expect("a word");
        let is_fast = revision["revision"] == "second" && verdict == "reversible";
        assert!(verdict == "reversible_but_volatile" || is_fast, "{ran:?}");
    }
}
