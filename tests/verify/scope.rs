//! What of a schema is compared.

use crate::support::{Project, on_each_database};

on_each_database!(
    what_is_ignored_is_not_compared,
    a_pattern_that_cannot_be_used_is_refused,
    what_other_version_tables_keep_is_not_compared,
    a_table_of_the_users_may_be_called_like_revgraphs,
);

fn what_is_ignored_is_not_compared(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    project.takes(&["upgrade"], &["a", "b"], &["b"]);
    project.database.execute(
        "CREATE TABLE noise (id INTEGER PRIMARY KEY); CREATE INDEX t_a_tmp ON t_a (id); CREATE VIEW other AS SELECT 1 AS x;",
    );
    let lines = |arguments: &[&str]| {
        let ran = project.run(&[&["diff"], arguments].concat());
        ran.stdout.lines().map(|line| line.replace("public.", "")).collect::<Vec<_>>()
    };
    assert_eq!(lines(&[]), ["+ table noise", "+ index t_a.t_a_tmp", "+ view other"]);
    project.configure("ignore = [\"*noise\", \"index *_tmp\"]");
    assert_eq!(lines(&[]), ["+ view other"]);
    assert!(!project.run(&["schema"]).stdout.contains("noise"));
    project.configure("");
    let ran = project.command(&["diff"]).env("REVGRAPH_IGNORE", "view *other, table *noise, *_tmp").output();
    assert!(ran.expect("the binary can be run").status.success());
    project.database.execute("DROP VIEW other");
    project.takes(&["stamp", "a", "--force"], &["a"], &["a"]);
    project.takes(&["stamp", "b"], &["b"], &["b"]);
    let detected = project.json(&["stamp", "--detect"]).json();
    assert_eq!(detected["matches"][0]["heads"], serde_json::json!(["b"]), "{detected}");
    // What a script makes and is to be ignored stands in no baseline.
    project.revision("c", "b", "CREATE TABLE noise (id INTEGER PRIMARY KEY);", "DROP TABLE noise;");
    project.json(&["squash", "c", "--rev-id", "base1", "-m", "all"]);
    let up = std::fs::read_to_string(project.path("versions/base1_all.up.sql")).expect("it was written");
    assert!(up.contains("t_a") && !up.contains("noise ("), "{up}");
}

fn a_pattern_that_cannot_be_used_is_refused(project: &Project) {
    project.tables(&[("a", "")]);
    project.configure("ignore = [\"tabel public.x\"]");
    let error = project.refused(&["diff"], 2);
    assert!(error["message"].as_str().expect("a text").contains("`tabel` is no kind of object"), "{error}");
}

fn what_other_version_tables_keep_is_not_compared(project: &Project) {
    project.tables(&[("a", "")]);
    project.takes(&["upgrade"], &["a"], &["a"]);
    let other = [("REVGRAPH_VERSION_TABLE", "other_version")];
    let stamped = project.command(&["stamp", "a"]).envs(other).output().expect("the binary can be run");
    assert!(stamped.status.success(), "{stamped:?}");
    assert!(project.database.has_table("revgraph_ledger_other_version"));
    for variables in [&[][..], &other] {
        let ran = project.command(&["diff"]).envs(variables.iter().copied()).output();
        let ran = ran.expect("the binary can be run");
        assert!(ran.status.success() && ran.stdout.is_empty(), "{ran:?}");
    }
}

fn a_table_of_the_users_may_be_called_like_revgraphs(project: &Project) {
    project.database.execute("CREATE TABLE revgraph_notes (id INTEGER)");
    assert!(project.run(&["schema"]).stdout.contains("revgraph_notes"));
}

/// `?schema=` is Prisma's.
#[cfg(feature = "postgres")]
#[test]
fn a_url_limits_a_comparison_to_its_schema() {
    let project = Project::new(crate::support::Kind::Postgres);
    project.database.execute("CREATE SCHEMA t1; CREATE TABLE t1.other (id integer); CREATE SCHEMA t2;");
    project.database.execute("CREATE EXTENSION citext SCHEMA t1");
    let separator = if project.database.url().contains('?') { '&' } else { '?' };
    let url = format!("{}{separator}schema=t2", project.database.url());
    project.write("alembic.toml", format!("url = {}\n", serde_json::json!(url)));
    project.revision("a", "", "CREATE TABLE t_a (id integer PRIMARY KEY);", "DROP TABLE t_a;");
    assert_eq!(project.json(&["upgrade"]).steps(), ["a"]);
    for arguments in [&["diff"][..], &["diff", "head", "database"]] {
        let ran = project.run(arguments);
        assert_eq!((ran.status, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
    }
    let written = project.run(&["schema"]).stdout;
    assert!(written.contains("t2.t_a") && !written.contains("t1"), "{written}");
    project.database.execute("DROP TABLE t2.alembic_version, t2.revgraph_ledger");
    assert_eq!(project.json(&["stamp", "a"]).heads(), ["a"]);
    let detected = project.json(&["stamp", "--detect"]).json();
    assert_eq!(detected["matches"][0]["heads"], serde_json::json!(["a"]), "{detected}");
    project.json(&["squash", "a", "--rev-id", "base1", "-m", "all"]);
}
