//! Mode `schema`: the baseline builds what the originals build, with their rows.

use super::*;
use crate::support::database::known_to_server;

on_each_database! {
    a_new_database_gets_what_the_originals_leave,
    every_kind_of_object_and_value,
    a_part_above_the_base,
    values_that_differ_each_time,
    tables_that_refer_to_each_other_and_to_themselves,
    sequences_go_on_where_they_stood,
}

/// What a database holds, with rows as the database's own tool dumps them.
fn dump(project: &Project) -> Vec<String> {
    let mut lines: Vec<String> = project.database.schema().lines().map(str::to_owned).collect();
    for table in project.database.tables() {
        let name = format!("\"{table}\"");
        let mut rows: Vec<String> = project
            .database
            .query(&format!("SELECT * FROM {name}"))
            .iter()
            .map(|row| format!("{table}: {row:?}"))
            .collect();
        rows.sort();
        lines.extend(rows);
    }
    lines.retain(|line| !line.contains("revgraph_") && !line.contains("alembic_version"));
    lines
}

fn a_new_database_gets_what_the_originals_leave(project: &Project) {
    branching(project);
    project.json(&["upgrade", "heads"]);
    let before = dump(project);
    let ran = squashed(project, &["m"]);
    let document = ran.json();
    assert_eq!(document["replaces"], serde_json::json!(["a", "b", "c", "m"]));
    assert_eq!(document["repointed"], serde_json::json!(["x", "y"]));
    assert_eq!(document["heads"], serde_json::json!(["x", "y"]));
    let up = read(project, "versions/base1_all_of_it.up.sql");
    for line in ["-- all of it", "-- down_revision:", "-- branch_labels: left", "-- replaces: a, b, c, m"] {
        assert!(up.lines().any(|one| one == line), "{line} in {up}");
    }
    assert!(up.contains("Squashed from 4 revisions, a…m; proved equal on "), "{up}");
    let other = with_scripts_of(project);
    other.json(&["upgrade", "heads"]);
    assert_eq!(other.database.version_rows(), ["x", "y"]);
    let of = |name: &str| before.iter().filter(|line| line.starts_with(name)).cloned().collect::<Vec<_>>();
    let after = dump(&other);
    for rows in ["a: ", "b: "] {
        assert_eq!(after.iter().filter(|line| line.starts_with(rows)).cloned().collect::<Vec<_>>(), of(rows));
    }
    other.json(&["downgrade", "base", "--yes"]);
    assert_eq!(other.database.tables(), [""; 0]);
    assert_in_order(&other);
}

const KINDS_POSTGRES: &str = r#"
INSERT INTO zone VALUES ('a', E'line\nbreak\t\\ it''s'), ('B', NULL);
INSERT INTO account (email, zone, mood, moods, price, home, during, body) VALUES
    ('x@y', 'a', 'happy, really', '{sad,"it''s ok"}', 12.50, ROW('str "eet"', 'z,1'), '[1.5,2.5)', repeat('x', 20)),
    ('z@y', 'B', 'it''s ok', '{}', 1, NULL, '[3,Infinity]', NULL);
ALTER TABLE "Audit".event DISABLE TRIGGER on_event;
INSERT INTO "Audit".event VALUES (1, 1, '2025-05-05 12:00:00.123456', NULL), (2, 2, '2027-01-01', 4);
INSERT INTO hen VALUES (1, NULL); INSERT INTO egg VALUES (1, 1); UPDATE hen SET egg = 1;
INSERT INTO base VALUES (1, 'b'); INSERT INTO derived VALUES (2, 'd', 3);
INSERT INTO typed VALUES ('s', 'zip'); INSERT INTO nothing DEFAULT VALUES;
SELECT nextval('ticket'), nextval('ticket');
REFRESH MATERIALIZED VIEW counts;
CREATE TABLE kinds (r real, d double precision, n numeric, b bytea, j json, jb jsonb, i interval, ip inet,
    bits bit varying, ts tsvector, arr integer[][], p point, x xml, tm timetz, dt date, rg int4range, flag boolean,
    c "char", ch char(5), nm name, rc regclass);
INSERT INTO kinds VALUES
    ('NaN', 'Infinity', 'NaN', '\x00ff27', '{"a":  1}', '{"a": [1,2]}', '1 year -2 days 03:04:05.6', '::1/128', B'101',
     'fat:1A cat:2', '{{1,2},{3,NULL}}', '(1,2)', '<a>&amp;</a>', '12:00+02', '0044-03-15 BC', '[1,5)', false, 'x', 'ab',
     'nm', 'kinds'),
    (-0.0, 1e-300, 12345678901234567890.123456789, '', 'null', '"\u00e9"', '-00:00:01', '10.0.0.0/8', B'', '', '{}', NULL,
     NULL, NULL, 'infinity', 'empty', true, NULL, '', NULL, NULL);
GRANT SELECT, UPDATE ON zone TO PUBLIC; GRANT SELECT (email) ON account TO PUBLIC;
REVOKE EXECUTE ON FUNCTION add_one FROM PUBLIC; GRANT USAGE ON SCHEMA "Audit" TO PUBLIC;
CREATE STATISTICS together ON flag, rc FROM kinds; CREATE COLLATION german (locale = 'C');
CREATE PUBLICATION pub FOR TABLE kinds; CREATE FUNCTION ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'begin end';
CREATE EVENT TRIGGER on_ddl ON ddl_command_end EXECUTE FUNCTION ddl();
CREATE OPERATOR === (leftarg = integer, rightarg = integer, function = int4eq);
CREATE FOREIGN DATA WRAPPER elsewhere; CREATE SERVER other FOREIGN DATA WRAPPER elsewhere;
CREATE FOREIGN TABLE far_away (id integer) SERVER other;
REVOKE USAGE ON SCHEMA public FROM PUBLIC; COMMENT ON SCHEMA public IS 'mine';
"#;

const KINDS_SQLITE: &str = r#"
INSERT INTO zone VALUES ('a', 'line
break'), ('B', NULL);
INSERT INTO account (email, zone, "order") VALUES ('a@b', 'a', 4), ('c@d', 'B', 5), ('e@f', NULL, 9);
DELETE FROM account WHERE id = 3;
INSERT INTO other VALUES (1, 'y', X'00ff'), (2, 'z', 'text');
INSERT INTO quirk VALUES (NULL, 9e999), (3, -0.0), (4, 1e300), (5, 0.1), (6, X''), (7, 9223372036854775807);
INSERT INTO "a table" VALUES (CAST(X'410042' AS TEXT)), (12), ('12'), ('-- revgraph: end'),
    ('x' || char(13, 10) || '-- revgraph: end' || char(10) || 'y');
PRAGMA user_version = 42;
"#;

fn every_kind_of_object_and_value(project: &Project) {
    let (schema, rows) = if project.database.is_postgres() {
        (known_to_server(include_str!("../schema/rich_postgres.sql")), KINDS_POSTGRES)
    } else {
        let dangling = "    FOREIGN KEY (\"order\", zone) REFERENCES other (x, y) MATCH FULL\n";
        (include_str!("../schema/rich_sqlite.sql").replace(dangling, ""), KINDS_SQLITE)
    };
    project.revision("a", "", &schema, "SELECT 1;");
    project.revision("b", "a", rows, "SELECT 1;");
    if project.database.is_postgres() {
        let hard = known_to_server(include_str!("../schema/hard_postgres.sql"));
        project.revision("c", "b", &hard, "SELECT 1;");
    }
    squashed(project, &[]);
    let up = read(project, "versions/base1_all_of_it.up.sql");
    assert!(up.lines().all(|line| !line.starts_with("-- revgraph:")), "{up}");
    project.json(&["upgrade"]);
    project.json(&["downgrade", "base", "--yes"]);
    if project.database.is_sqlite() {
        assert_eq!(project.database.scalar("PRAGMA user_version"), "0");
    }
}

fn a_part_above_the_base(project: &Project) {
    branching(project);
    project.revision(
        "z",
        "x",
        "CREATE INDEX i_z ON t_x (id);\nCREATE TABLE z (x INTEGER);",
        "DROP TABLE z;\nDROP INDEX i_z;",
    );
    let ran = squashed(project, &["x:z"]).json();
    assert_eq!(ran["down_revisions"], serde_json::json!(["m"]));
    assert_eq!(ran["originals"], serde_json::json!(["x", "z"]));
    let up = read(project, "versions/base1_all_of_it.up.sql");
    assert!(up.contains("-- down_revision: m\n") && !up.contains("CREATE TABLE b"), "{up}");
    // The lower end had no dependency; one with a dependency hands it on.
    let ran = project.json(&["squash", "y:y", "--rev-id", "base2", "-m", "y"]).json();
    assert_eq!(ran["down_revisions"], serde_json::json!([]));
    assert!(read(project, "versions/base2_y.up.sql").contains("-- depends_on: m\n"));
    project.json(&["upgrade", "heads"]);
    assert_eq!(project.database.version_rows(), ["base1", "base2"]);
}

fn values_that_differ_each_time(project: &Project) {
    let (now, random, key) = if project.database.is_postgres() {
        ("timestamptz DEFAULT now()", "md5(random()::text)", "uuid DEFAULT gen_random_uuid()")
    } else {
        ("TEXT DEFAULT CURRENT_TIMESTAMP", "hex(randomblob(8))", "TEXT DEFAULT (hex(randomblob(8)))")
    };
    let up = format!(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, at {now}, secret TEXT, k {key} UNIQUE);\n\
         INSERT INTO t (id, secret) VALUES (1, {random}), (2, 'known');\n\
         INSERT INTO t (id, at) VALUES (3, '2020-01-01 00:00:00');"
    );
    project.revision("a", "", &up, "DROP TABLE t;");
    let ran = squashed(project, &[]).json();
    let volatile: Vec<String> = ran["proofs"][0]["volatile"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| {
            format!(
                "{} {}",
                one["column"].as_str().expect("a name"),
                one["treatment"].as_str().expect("a word")
            )
        })
        .collect();
    assert_eq!(volatile, ["at left_to_default", "k written", "secret written"]);
    let up = read(project, "versions/base1_all_of_it.up.sql");
    assert!(up.contains("INSERT INTO ") && up.contains("(id, secret, k) VALUES"), "{up}");
    assert!(up.contains("(id, at, secret, k) VALUES\n    (3, '2020-01-01 00:00:00"), "{up}");
    project.json(&["upgrade"]);
    assert_eq!(project.database.scalar("SELECT count(*) FROM t WHERE at IS NULL"), "0");
    // The same again, as it stands in the scripts.
    let concat = with_scripts_of(project);
    fs::remove_dir_all(concat.path("versions")).expect("it can");
    fs::create_dir(concat.path("versions")).expect("it can");
    let original = read(project, "versions/backup/a_test.up.sql");
    concat.write("versions/a_test.up.sql", original);
    concat.write("versions/a_test.down.sql", "DROP TABLE t;");
    let ran = squashed(&concat, &["--mode", "concat"]).json();
    assert_eq!(ran["proofs"][0]["volatile"][0]["treatment"], "computed_anew");
}

fn tables_that_refer_to_each_other_and_to_themselves(project: &Project) {
    let (late, close) = if project.database.is_postgres() {
        ("", "ALTER TABLE hen ADD FOREIGN KEY (egg) REFERENCES egg (id);")
    } else {
        (" REFERENCES egg (id)", "")
    };
    let up = format!(
        "CREATE TABLE hen (id INTEGER PRIMARY KEY, egg INTEGER{late});\n\
         CREATE TABLE egg (id INTEGER PRIMARY KEY, hen INTEGER REFERENCES hen (id));\n{close}\n\
         CREATE TABLE tree (id INTEGER PRIMARY KEY, up INTEGER REFERENCES tree (id));\n\
         INSERT INTO hen VALUES (1, NULL);\nINSERT INTO egg VALUES (1, 1);\nUPDATE hen SET egg = 1;\n\
         INSERT INTO tree WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 700) SELECT i, NULL FROM n;\n\
         UPDATE tree SET up = 701 - id;"
    );
    let down = if project.database.is_postgres() {
        "DROP TABLE tree;\nDROP TABLE hen, egg;"
    } else {
        "DROP TABLE tree;\nDROP TABLE hen;\nDROP TABLE egg;"
    };
    project.revision("a", "", &up, down);
    squashed(project, &[]);
    project.json(&["upgrade"]);
    assert_eq!(project.database.scalar("SELECT count(*) FROM tree WHERE id + up = 701"), "700");
    project.json(&["downgrade", "base", "--yes"]);
    assert_eq!(project.database.tables(), [""; 0]);
}

fn sequences_go_on_where_they_stood(project: &Project) {
    let id = if project.database.is_postgres() {
        "integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
    } else {
        "INTEGER PRIMARY KEY AUTOINCREMENT"
    };
    let up = format!(
        "CREATE TABLE gone (id {id}, x INTEGER);\nCREATE TABLE kept (id {id}, x INTEGER);\n\
         INSERT INTO gone (x) VALUES (1), (2), (3);\nDELETE FROM gone;\n\
         INSERT INTO kept (x) VALUES (1), (2);"
    );
    project.revision("a", "", &up, "DROP TABLE gone;\nDROP TABLE kept;");
    squashed(project, &[]);
    project.json(&["upgrade"]);
    project.database.execute("INSERT INTO gone (x) VALUES (7); INSERT INTO kept (x) VALUES (7);");
    assert_eq!(project.database.scalar("SELECT id FROM gone"), "4");
    assert_eq!(project.database.scalar("SELECT max(id) FROM kept"), "3");
}
