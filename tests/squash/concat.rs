//! Mode `concat`: the scripts one after the other.

use super::*;

on_each_database! {
    the_scripts_stand_one_after_the_other,
    what_cannot_be_undone_stays_so,
    a_script_without_transaction,
    older_tables_may_change,
    downs_that_fail_make_a_baseline_that_cannot_be_undone,
    what_downs_leave_behind_is_said,
    what_fails_is_told_by_the_originals_place,
}

const CONCAT: [&str; 2] = ["--mode", "concat"];

fn concat(project: &Project, arguments: &[&str]) -> serde_json::Value {
    squashed(project, &[&CONCAT, arguments].concat()).json()
}

fn body(project: &Project, side: &str) -> String {
    let text = read(project, &format!("versions/base1_all_of_it.{side}.sql"));
    text.split_once("\n\n").expect("a blank line").1.to_owned()
}

fn the_scripts_stand_one_after_the_other(project: &Project) {
    branching(project);
    concat(project, &["m"]);
    let up = body(project, "up");
    let titles: Vec<&str> = up.lines().filter(|line| line.starts_with("-- ")).collect();
    assert_eq!(titles, ["-- a: test a", "-- b: test b", "-- c: test c", "-- m: test m"]);
    assert!(up.contains("INSERT INTO a VALUES (1, 'it''s'), (2, NULL);"), "{up}");
    let down = body(project, "down");
    let titles: Vec<&str> = down.lines().filter(|line| line.starts_with("-- ")).collect();
    assert_eq!(titles, ["-- m: test m", "-- c: test c", "-- b: test b", "-- a: test a"]);
    project.json(&["upgrade", "heads"]);
    assert_eq!(project.database.scalar("SELECT count(*) FROM c"), "2");
    project.json(&["downgrade", "base", "--yes"]);
    assert_eq!(project.database.tables(), [""; 0]);
}

#[cfg(feature = "postgres")]
#[test]
fn settings_do_not_reach_the_next_script() {
    let project = Project::new(Kind::Postgres);
    // Nor do they take away what revgraph itself has set.
    let first = "CREATE SCHEMA other;\nSET search_path = other;\nSET LOCAL lock_timeout = '1ms';\nCREATE TABLE there (id INTEGER)";
    let second = "CREATE TABLE here AS SELECT current_setting('lock_timeout') AS lock_timeout;";
    project.revision("a", "", first, "DROP SCHEMA other CASCADE;");
    project.revision("b", "a", second, "DROP TABLE here;");
    concat(&project, &[]);
    project.json(&["upgrade"]);
    let found = project.database.column(
        "SELECT schemaname || '.' || tablename FROM pg_tables WHERE tablename IN ('here', 'there') ORDER BY 1",
    );
    assert_eq!(found, ["other.there", "public.here"]);
    assert_eq!(project.database.scalar("SELECT lock_timeout FROM here"), "10s");
}

fn what_cannot_be_undone_stays_so(project: &Project) {
    project.table("a", "", &[]);
    project.revision(
        "b",
        "a",
        "CREATE TABLE b (id INTEGER);",
        "-- revgraph: irreversible the rows are gone\n",
    );
    project.script(&Script {
        id: "c",
        down_revision: "b",
        up: "CREATE TABLE c (id INTEGER);",
        ..Script::default()
    });
    let ran = concat(project, &[]);
    let reason = "c: it has no down script; b: the rows are gone";
    assert_eq!(ran["irreversible"][0]["reason"], reason);
    assert_eq!(body(project, "down"), format!("-- revgraph: irreversible {reason}\n"));
    project.json(&["upgrade"]);
    let error = project.refused(&["downgrade", "base", "--yes"], 1);
    assert!(error["message"].as_str().expect("a text").contains(reason), "{error}");
}

fn a_script_without_transaction(project: &Project) {
    project.table("a", "", &[]);
    let up =
        if project.database.is_postgres() { "CREATE INDEX CONCURRENTLY i ON t_a (id);" } else { "VACUUM;" };
    let down = if project.database.is_postgres() { "DROP INDEX i;" } else { "" };
    let header = ["revgraph: no-transaction"];
    project.script(&Script { id: "b", header: &header, down_revision: "a", up, down: Some(down) });
    concat(project, &[]);
    let up = read(project, "versions/base1_all_of_it.up.sql");
    assert!(up.contains("\n-- It runs outside of a transaction, as an original does.\n"), "{up}");
    assert_eq!(up.matches("-- revgraph: no-transaction\n").count(), 1, "{up}");
    project.json(&["upgrade"]);
}

fn older_tables_may_change(project: &Project) {
    project.table("a", "", &[]);
    project.revision("b", "a", "ALTER TABLE t_a ADD COLUMN b INTEGER;", "ALTER TABLE t_a DROP COLUMN b;");
    project.revision("c", "b", "INSERT INTO t_a (id) VALUES (1);", "DELETE FROM t_a;");
    for (range, what) in [("b:b", "+ column"), ("c:c", "~ rows of table")] {
        let error = refused(project, &[range], "changes_older", 1);
        assert!(told(&error).contains(what), "{error}");
        assert!(error["hints"].to_string().contains("--mode concat"), "{error}");
    }
    concat(project, &["b:c"]);
    project.json(&["upgrade"]);
    assert_eq!(project.database.scalar("SELECT count(*) FROM t_a WHERE b IS NULL"), "1");
}

/// What an original cannot do, the baseline cannot either; nothing is refused for it.
fn downs_that_fail_make_a_baseline_that_cannot_be_undone(project: &Project) {
    project.table("a", "", &[]);
    project.revision("b", "a", "CREATE TABLE b (id INTEGER);", "DROP TABLE b;\nDROP TABLE nope;");
    let ran = concat(project, &[]);
    let reason = ran["irreversible"][0]["reason"].as_str().expect("a text");
    assert!(reason.starts_with("b: its down script fails at b_test.down.sql:"), "{reason}");
    assert!(reason.contains("nope"), "{reason}");
    assert_eq!(ran["proved"], true);
    assert_eq!(body(project, "down"), format!("-- revgraph: irreversible {reason}\n"));
    project.json(&["upgrade"]);
    project.refused(&["downgrade", "base", "--yes"], 1);
}

fn what_downs_leave_behind_is_said(project: &Project) {
    project.table("a", "", &[]);
    project.revision(
        "b",
        "a",
        "CREATE TABLE b (id INTEGER); CREATE TABLE left_over (id INTEGER);",
        "DROP TABLE b;",
    );
    let ran = concat(project, &[]);
    let left = ran["proofs"][0]["left_behind"].to_string();
    assert!(left.contains("left_over") && !left.contains("t_a"), "{left}");
    assert_eq!(ran["irreversible"], serde_json::json!([]));
    let up = read(project, "versions/base1_all_of_it.up.sql");
    assert!(up.contains("\n-- Its down script leaves behind what those of the originals do on "), "{up}");
    project.json(&["upgrade"]);
    project.json(&["downgrade", "base", "--yes"]);
    assert_eq!(project.database.tables(), ["left_over"]);
}

/// Two scripts that run one by one and not together: the file of the baseline was never written.
fn what_fails_is_told_by_the_originals_place(project: &Project) {
    let (up, other) = if project.database.is_postgres() {
        (
            "CREATE TYPE e AS ENUM ('a');\nCREATE TEMPORARY TABLE stage (id INTEGER);",
            "CREATE TABLE c AS SELECT 1 AS id;\nCREATE TEMPORARY TABLE stage (id INTEGER);",
        )
    } else {
        (
            "CREATE TEMP TABLE stage (id INTEGER);",
            "CREATE TABLE c (id INTEGER);\nCREATE TEMP TABLE stage (id INTEGER);",
        )
    };
    project.revision("a", "", up, "SELECT 1;");
    project.revision("b", "a", other, "DROP TABLE c;");
    let ran = project.run(&["squash", "--json", "-m", "all", "--rev-id", "base1", "--mode", "concat"]);
    assert_eq!(ran.status, 4, "{ran:?}");
    let error = ran.error();
    let file = error["file"].as_str().expect("a file");
    assert!(file.ends_with("versions/b_test.up.sql"), "{error}");
    assert!(error["statement_number"].is_number() && error["line"].is_number(), "{error}");
    let hints = error["hints"].to_string();
    assert!(hints.contains("--mode schema") && !hints.contains("--mode concat"), "{hints}");
}

/// Scripts for both databases make a baseline for both, proved where there is one.
#[cfg(feature = "sqlite")]
#[test]
fn blocks_are_kept_and_what_is_not_at_hand_is_told() {
    for mode in ["schema", "concat"] {
        let project = Project::new(Kind::Sqlite);
        let up = "CREATE TABLE a (id INTEGER);\n-- revgraph: only postgres\nCREATE TABLE p (id INTEGER);\n-- revgraph: end\n\
                  -- revgraph: only sqlite\nCREATE TABLE s (id INTEGER);\n-- revgraph: end";
        let down = "-- revgraph: only postgres\nDROP TABLE p;\n-- revgraph: end\n-- revgraph: only sqlite\nDROP TABLE s;\n\
                    -- revgraph: end\nDROP TABLE a;";
        project.revision("a", "", up, down);
        let ran = project.json(&["squash", "--rev-id", "base1", "-m", "all of it", "--mode", mode]).json();
        assert_eq!(ran["proved"], false, "{ran}");
        let outcomes: Vec<&str> = ran["proofs"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|proof| proof["outcome"].as_str())
            .collect();
        assert_eq!(outcomes, ["not_at_hand", "proved"]);
        let up = read(&project, "versions/base1_all_of_it.up.sql");
        assert!(up.contains("proved equal on SQLite ") && up.contains(", not on postgres."), "{up}");
        let block = up.split("-- revgraph: only postgres\n").nth(1).expect("a block");
        assert!(
            block.split("-- revgraph: end").next().expect("its end").contains("CREATE TABLE p (id INTEGER);"),
            "{up}"
        );
        project.json(&["upgrade"]);
        assert_eq!(project.database.tables(), ["a", "s"]);
        project.json(&["downgrade", "base", "--yes"]);
        assert_eq!(project.database.tables(), [""; 0]);
    }
}

/// With both at hand, both are proved.
#[cfg(all(feature = "postgres", feature = "sqlite"))]
#[test]
fn both_databases_are_proved() {
    let project = Project::new(Kind::Postgres);
    let up = "-- revgraph: only postgres\nCREATE TABLE t (id UUID);\n-- revgraph: end\n\
              -- revgraph: only sqlite\nCREATE TABLE t (id TEXT);\n-- revgraph: end\nINSERT INTO t VALUES (NULL);";
    project.revision("a", "", up, "DROP TABLE t;");
    let ran = squashed(&project, &[]).json();
    assert_eq!(ran["proofs"].as_array().map(Vec::len), Some(2));
    project.json(&["upgrade"]);
    // With a database for scratch work, the configured one may be SQLite.
    let other = Project::new(Kind::Sqlite);
    let lent = crate::support::Database::new(Kind::Postgres, &other.path(""));
    other.configure(&format!("scratch_url = \"{}\"", lent.url()));
    other.revision("a", "", up, "DROP TABLE t;");
    let ran = squashed(&other, &[]).json();
    assert_eq!(ran["proofs"][0]["dialect"], "postgres", "{ran}");
    assert_eq!(lent.all_tables(), [""; 0]);
}
