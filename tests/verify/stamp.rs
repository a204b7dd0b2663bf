//! A stamp that is checked.

use crate::support::{Project, on_each_database};

on_each_database!(
    a_stamp_that_is_true_is_made,
    a_stamp_that_is_not_true_is_refused,
    a_database_without_tables_can_be_stamped_as_anything,
    a_stamp_as_base_claims_nothing,
    rows_that_stay_are_not_checked,
    columns_in_another_order_do_not_matter,
    what_another_migrator_keeps_does_not_matter,
);

fn a_stamp_that_is_true_is_made(project: &Project) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "b")]);
    project
        .database
        .execute("CREATE TABLE t_b (id INTEGER PRIMARY KEY); CREATE TABLE t_a (id INTEGER PRIMARY KEY);");
    project.takes(&["stamp", "b"], &["b"], &["b"]);
    project.takes(&["upgrade"], &["c"], &["c"]);
}

fn a_stamp_that_is_not_true_is_refused(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    project.database.execute("CREATE TABLE t_a (id INTEGER PRIMARY KEY, more INTEGER);");
    let error = project.refused(&["stamp", "b"], 4);
    assert_eq!(error["kind"], "schema_differs");
    assert_eq!(error["differences"].as_array().map(Vec::len), Some(2));
    assert!(error["message"].as_str().expect("a text").contains("nothing has been stamped"), "{error}");
    assert_eq!(project.refused(&["stamp", "--purge", "b"], 4)["kind"], "schema_differs");
    project.takes(&["stamp", "--force", "b"], &["b"], &["b"]);
}

fn a_database_without_tables_can_be_stamped_as_anything(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    let ran = project.run(&["stamp", "b"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.stderr.contains("warning: the database is empty, and is stamped b all the same"), "{ran:?}");
    project.takes(&["stamp", "a"], &["a"], &["a"]);
}

fn a_stamp_as_base_claims_nothing(project: &Project) {
    project.tables(&[("a", "")]);
    project.takes(&["upgrade"], &["a"], &["a"]);
    project.takes(&["stamp", "base"], &["a"], &[]);
}

fn rows_that_stay_are_not_checked(project: &Project) {
    project.tables(&[("a", "")]);
    project.takes(&["upgrade"], &["a"], &["a"]);
    project.database.execute("CREATE TABLE t_other (id INTEGER);");
    project.takes(&["stamp", "head"], &[], &["a"]);
}

fn columns_in_another_order_do_not_matter(project: &Project) {
    project.revision("a", "", "CREATE TABLE t_a (x INTEGER, y INTEGER);", "DROP TABLE t_a;");
    project.database.execute("CREATE TABLE t_a (y INTEGER, x INTEGER);");
    project.takes(&["stamp", "a"], &["a"], &["a"]);
}

fn what_another_migrator_keeps_does_not_matter(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    project.database.execute("CREATE TABLE t_a (id INTEGER PRIMARY KEY);");
    project
        .database
        .execute("CREATE TABLE _prisma_migrations (id VARCHAR(36) PRIMARY KEY, checksum VARCHAR(64));");
    assert_eq!(project.refused(&["stamp", "b"], 4)["differences"].as_array().map(Vec::len), Some(1));
    let detected = project.json(&["stamp", "--detect", "--yes"]).json();
    assert_eq!(detected["stamped"], serde_json::json!(["a"]), "{detected}");
    project.takes(&["stamp", "a"], &[], &["a"]);
    assert_eq!(project.json(&["diff"]).json()["differences"], serde_json::json!([]));
}
