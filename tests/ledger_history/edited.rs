//! Edited scripts of applied revisions: what stops, what is shown, and how it is settled.

use crate::support::{Project, on_each_database};

on_each_database!(
    an_edit_is_shown_as_a_diff_against_the_ledgers_copy,
    the_policy_decides_whether_an_edit_stops,
    a_dry_run_stops_as_well,
    what_is_accepted_is_what_the_ledger_holds,
    accepting_again_changes_nothing,
    what_another_tool_has_applied_can_be_accepted,
    what_has_not_been_applied_cannot_be_accepted,
    other_parents_cannot_be_accepted,
    other_parents_stop_both_ways_until_they_are_put_back,
    other_dependencies_stop_an_upgrade,
    an_up_script_without_a_statement_is_warned_of,
    an_entry_with_a_part_missing_is_told_and_not_passed_over,
);

const EDITED: &str = "CREATE TABLE t_a (id INTEGER PRIMARY KEY, edited TEXT);";

/// `a` applied, then edited, and `b` to come.
fn edited(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    project.takes(&["upgrade", "a"], &["a"], &["a"]);
    project.revision("a", "", EDITED, "DROP TABLE t_a; -- edited");
}

fn an_edit_is_shown_as_a_diff_against_the_ledgers_copy(project: &Project) {
    edited(project);
    let error = project.refused(&["upgrade"], 4);
    assert_eq!(error["kind"], "edited", "{error}");
    let revision = &error["revisions"][0];
    assert_eq!(revision["revision"], "a");
    let diff = revision["diff"].as_str().expect("a diff");
    assert!(diff.starts_with("--- ledger:a.up.sql\n+++ "), "{diff}");
    assert!(diff.contains("\n-CREATE TABLE t_a (id INTEGER PRIMARY KEY);\n"), "{diff}");
    assert!(diff.contains(&format!("\n+{EDITED}\n")), "{diff}");
    let ran = project.run(&["upgrade"]);
    assert!(ran.stderr.contains(&format!("+{EDITED}")), "{}", ran.stderr);
    assert!(ran.stderr.contains("revgraph resolve --accept a"), "{}", ran.stderr);
}

fn the_policy_decides_whether_an_edit_stops(project: &Project) {
    edited(project);
    project.table("c", "b", &[]);
    assert_eq!(project.refused(&["upgrade", "b"], 4)["kind"], "edited");
    project.configure("[env.warn]\nchecksums = \"warn\"\n[env.off]\nchecksums = \"off\"");
    let warned = project.run(&["upgrade", "-n", "warn", "b"]);
    assert_eq!((warned.status, warned.stderr.matches("warning").count()), (0, 1), "{}", warned.stderr);
    let silent = project.run(&["upgrade", "-n", "off"]);
    assert_eq!((silent.status, silent.stderr.contains("a_test")), (0, false), "{}", silent.stderr);
    project.assert_applied(&["a", "b", "c"]);
}

fn a_dry_run_stops_as_well(project: &Project) {
    edited(project);
    assert_eq!(project.refused(&["upgrade", "--dry-run"], 4)["kind"], "edited");
}

fn what_is_accepted_is_what_the_ledger_holds(project: &Project) {
    edited(project);
    let ran = project.json(&["resolve", "--accept", "a"]);
    assert_eq!(ran.json()["resolved"][0]["changed"], true, "{ran:?}");
    for (column, side) in [("up_script", "up"), ("down_script", "down")] {
        let on_disk = std::fs::read_to_string(project.path(&format!("versions/a_test.{side}.sql")));
        let recorded = project.database.entry(column);
        assert_eq!(recorded, on_disk.expect("the script is there"));
    }
    assert_eq!(project.database.events(), ["upgrade a done", "accept a done"]);
    let detail = project.database.scalar("SELECT detail FROM revgraph_ledger WHERE operation = 'accept'");
    let checksum = project.database.entry("checksum");
    assert!(detail.ends_with(&format!(" -> {checksum}")), "{detail}");
    assert_eq!(project.run(&["status", "--json"]).json()["edited"], serde_json::json!([]));
    project.takes(&["upgrade"], &["b"], &["b"]);
}

fn an_entry_with_a_part_missing_is_told_and_not_passed_over(project: &Project) {
    edited(project);
    project.database.execute("UPDATE revgraph_ledger SET checksum = NULL");
    for command in [&["upgrade"], &["status"]] {
        let ran = project.run(command);
        assert_eq!(ran.status, 1, "{ran:?}");
        assert!(ran.stderr.contains("the ledger's entry of a is incomplete"), "{}", ran.stderr);
    }
    assert_eq!(
        (project.database.version_rows(), project.database.tables()),
        (vec!["a".into()], vec!["t_a".into()])
    );
}

fn accepting_again_changes_nothing(project: &Project) {
    edited(project);
    project.json(&["resolve", "--accept", "a"]);
    let before = project.database.bookkeeping();
    assert_eq!(project.json(&["resolve", "--accept", "a"]).json()["resolved"][0]["changed"], false);
    assert_eq!(project.database.bookkeeping(), before);
}

fn what_another_tool_has_applied_can_be_accepted(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    project.takes(&["upgrade"], &["a", "b"], &["b"]);
    project.database.execute("DROP TABLE revgraph_ledger");
    assert_eq!(project.json(&["resolve", "--accept", "a"]).json()["resolved"][0]["changed"], true);
    assert_eq!(
        (project.database.ledger(), project.database.events()),
        (vec!["a".into()], vec!["adopt a done".into()])
    );
    project.takes(&["downgrade", "base"], &["b", "a"], &[]);
}

fn what_has_not_been_applied_cannot_be_accepted(project: &Project) {
    edited(project);
    let error = project.refused(&["resolve", "--accept", "b"], 1);
    assert_eq!((&error["kind"], &error["revision"]), (&"not_applied".into(), &"b".into()), "{error}");
    assert_eq!(project.refused(&["resolve", "--accept", "nowhere"], 1)["kind"], "unknown_revision");
}

fn moved(project: &Project) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "b")]);
    project.takes(&["upgrade", "b"], &["a", "b"], &["b"]);
    project.tables(&[("x", ""), ("b", "a, x")]);
}

fn other_parents_cannot_be_accepted(project: &Project) {
    moved(project);
    assert_eq!(project.refused(&["resolve", "--accept", "b"], 4)["kind"], "reparented");
}

fn other_parents_stop_both_ways_until_they_are_put_back(project: &Project) {
    moved(project);
    for command in [&["upgrade"][..], &["downgrade", "base"], &["upgrade", "--dry-run"]] {
        let error = project.refused(command, 4);
        assert_eq!(error["kind"], "reparented", "{command:?}: {error}");
        let causes = error["causes"].to_string();
        assert!(causes.contains("b stood on a when it was applied") && causes.contains("a, x"), "{causes}");
    }
    let status = project.run(&["status", "--json"]);
    assert_eq!((status.status, &status.json()["state"]), (4, &"diverged".into()), "{status:?}");
    assert_eq!(status.json()["reparented"], serde_json::json!(["b"]));
    project.tables(&[("b", "a")]);
    std::fs::remove_file(project.path("versions/x_test.up.sql")).expect("the script is there");
    std::fs::remove_file(project.path("versions/x_test.down.sql")).expect("the script is there");
    project.takes(&["upgrade"], &["c"], &["c"]);
}

fn other_dependencies_stop_an_upgrade(project: &Project) {
    project.tables(&[("a", ""), ("x", "")]).table("b", "a", &["depends_on: x"]);
    project.takes(&["upgrade", "b"], &["x", "a", "b"], &["b"]);
    project.table("b", "a", &[]).tables(&[("c", "b")]);
    let error = project.refused(&["upgrade", "c"], 4);
    assert_eq!(error["kind"], "reparented", "{error}");
    assert!(error["causes"].to_string().contains("depending on x"), "{error}");
}

fn an_up_script_without_a_statement_is_warned_of(project: &Project) {
    project.revision("a", "", "-- nothing yet", "").tables(&[("b", "a"), ("c", "a")]);
    project.revision("m", "b, c", "", "");
    let only_here = if project.database.is_postgres() { "sqlite" } else { "postgres" };
    let foreign = format!("-- revgraph: only {only_here}\nSELECT nothing;\n-- revgraph: end");
    project.revision("n", "m", &foreign, "");
    let ran = project.run(&["upgrade"]);
    assert_eq!((ran.status, ran.stderr.matches("warning").count()), (0, 1), "{}", ran.stderr);
    assert!(ran.stderr.contains("a_test.up.sql holds no statement"), "{}", ran.stderr);
    assert_eq!(project.database.version_rows(), ["n"]);
}
