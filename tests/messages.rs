//! What a failed run says: where it failed, and what to do where the script is right.

use crate::support::{Project, on_each_database};

on_each_database!(
    a_statement_that_is_cut_off_has_its_place,
    what_is_there_already_may_be_somebody_elses,
    what_is_missing_on_the_way_down_is_drift,
    a_misspelt_head_is_recognised,
    edited_scripts_are_not_up_to_date,
    whatever_changes_a_database_names_it,
);

fn a_statement_that_is_cut_off_has_its_place(project: &Project) {
    for (id, text) in [("a", "CREATE TABLE t_a (id INTEGER"), ("b", "SELECT 1;\nSELECT 1 +  -- and")] {
        project.script(&crate::support::Script { id, up: text, ..Default::default() });
        let error = project.refused(&["upgrade", id], 1);
        assert!(
            error["file"].as_str().is_some_and(|file| file.ends_with(&format!("{id}_test.up.sql"))),
            "{error}"
        );
        assert!(error["line"].as_u64().is_some_and(|line| line >= 6), "{error}");
        assert_eq!(error["kind"], "step", "{error}");
    }
}

fn what_is_there_already_may_be_somebody_elses(project: &Project) {
    project.tables(&[("a", "")]);
    project.database.execute("CREATE TABLE t_a (id INTEGER)");
    let error = project.refused(&["upgrade"], 1);
    assert!(error["hints"].to_string().contains("revgraph stamp --detect"), "{error}");
    assert!(!error["hints"].to_string().contains("mend the script"), "{error}");
}

fn what_is_missing_on_the_way_down_is_drift(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    project.json(&["upgrade"]);
    project.database.execute("DROP TABLE t_b");
    let error = project.refused(&["downgrade", "a"], 1);
    assert!(error["hints"].to_string().contains("revgraph diff"), "{error}");
}

fn a_misspelt_head_is_recognised(project: &Project) {
    project.tables(&[("a", "")]);
    let error = project.refused(&["upgrade", "haed"], 1);
    assert!(error["hints"].to_string().contains("did you mean head"), "{error}");
}

fn edited_scripts_are_not_up_to_date(project: &Project) {
    project.tables(&[("a", "")]);
    project.json(&["upgrade"]);
    project.revision("a", "", "CREATE TABLE t_other (id INTEGER);", "DROP TABLE t_other;");
    let ran = project.run(&["status"]);
    assert_eq!(ran.status, 4, "{ran:?}");
    assert!(ran.stdout.contains("edited") && !ran.stdout.contains("up to date"), "{}", ran.stdout);
}

/// First of all on standard error, and in the document.
fn whatever_changes_a_database_names_it(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    project.database.execute(
        "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY, run_on TIMESTAMP); \
         INSERT INTO __diesel_schema_migrations VALUES ('0001', CURRENT_TIMESTAMP)",
    );
    for side in ["up", "down"] {
        std::fs::create_dir_all(project.path("diesel/0001_x")).expect("a folder");
        project.write(&format!("diesel/0001_x/{side}.sql"), "SELECT 1;\n");
    }
    for command in [
        &["ensure-version"][..],
        &["upgrade", "a"],
        &["downgrade", "base"],
        &["stamp", "--force", "a"],
        &["stamp", "--purge", "base"],
        &["stamp", "--detect", "--yes"],
        &["upgrade"],
        &["resolve", "--accept", "a"],
        &["protect", "it"],
        &["protect", "--off", "it"],
        &["stamp", "--purge", "base"],
        &["import", "diesel", "diesel", "--adopt", "--force"],
        &["stamp", "--from", "diesel", "diesel", "--force"],
    ] {
        let ran = project.run(&[command, &["--json"]].concat());
        assert_eq!(ran.status, 0, "{command:?}: {ran:?}");
        let first = ran.stderr.lines().next().unwrap_or_default();
        assert!(first.starts_with("database: "), "{command:?}: {ran:?}");
        let document = ran.json();
        let named = document["database"].as_str().is_some_and(|database| first.contains(database));
        assert!(named, "{command:?}: {ran:?}");
    }
}
