//! `stamp --detect`.

use serde_json::{Value, json};

use crate::baselines::squash;
use crate::support::{Project, on_each_database};

on_each_database!(
    the_revision_is_named_and_stamped_where_agreed,
    a_set_of_heads_that_no_one_order_passes_is_found,
    revisions_that_drop_things_are_told_apart,
    the_nearest_is_named_where_none_fits,
    several_that_share_a_schema_are_all_named,
    an_empty_database_is_at_the_base,
    a_replay_that_ends_early_says_so,
    the_originals_of_a_baseline_are_found_too,
);

#[track_caller]
fn detected(project: &Project, arguments: &[&str], status: i32) -> Value {
    let ran = project.run(&[&["stamp", "--detect", "--json"], arguments].concat());
    assert_eq!(ran.status, status, "{ran:?}");
    ran.json()
}

/// The heads of every match.
fn matches(document: &Value) -> Vec<Value> {
    document["matches"].as_array().expect("a list").iter().map(|one| one["heads"].clone()).collect()
}

fn tables(project: &Project, ids: &[&str]) {
    for id in ids {
        project.database.execute(&format!("CREATE TABLE t_{id} (id INTEGER PRIMARY KEY);"));
    }
}

fn the_revision_is_named_and_stamped_where_agreed(project: &Project) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "b")]);
    tables(project, &["a", "b"]);
    let document = detected(project, &[], 0);
    assert_eq!(matches(&document), [json!(["b"])]);
    assert_eq!(document["stamped"], Value::Null);
    assert_eq!(project.database.version_rows(), [""; 0]);
    assert_eq!(project.run(&["stamp", "--detect"]).stdout, "b\n");
    assert_eq!(detected(project, &["--yes"], 0)["stamped"], json!(["b"]));
    assert_eq!(project.database.version_rows(), ["b"]);
    project.takes(&["upgrade"], &["c"], &["c"]);
}

fn a_set_of_heads_that_no_one_order_passes_is_found(project: &Project) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "a"), ("d", "a"), ("e", "d")]);
    project.revision("f", "c", "ALTER TABLE t_a ADD COLUMN f INTEGER;", "ALTER TABLE t_a DROP COLUMN f;");
    project.revision("g", "e", "ALTER TABLE t_a ADD COLUMN g INTEGER;", "ALTER TABLE t_a DROP COLUMN g;");
    tables(project, &["a", "c", "d", "e"]);
    project.database.execute("ALTER TABLE t_a ADD COLUMN g INTEGER;");
    let document = detected(project, &["--yes"], 0);
    assert_eq!(matches(&document), [json!(["c", "g"])]);
    assert_eq!(project.database.version_rows(), ["c", "g"]);
    project.takes(&["upgrade", "heads"], &["b", "f"], &["b", "f", "g"]);
}

fn revisions_that_drop_things_are_told_apart(project: &Project) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "a")]);
    project.revision("d", "c", "DROP TABLE t_c;", "CREATE TABLE t_c (id INTEGER PRIMARY KEY);");
    project.revision("e", "a", "DROP TABLE t_a;", "CREATE TABLE t_a (id INTEGER PRIMARY KEY);");
    tables(project, &["c"]);
    assert_eq!(matches(&detected(project, &[], 0)), [json!(["c", "e"])]);
}

fn the_nearest_is_named_where_none_fits(project: &Project) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "b")]);
    tables(project, &["a", "b", "other"]);
    let document = detected(project, &["--yes"], 4);
    assert_eq!(matches(&document), [Value::Null; 0]);
    assert_eq!(document["nearest"]["heads"], json!(["b"]));
    assert_eq!(document["nearest"]["differences"][0]["object"]["name"], "t_other");
    assert_eq!(project.database.version_rows(), [""; 0]);
}

fn several_that_share_a_schema_are_all_named(project: &Project) {
    project
        .tables(&[("a", "")])
        .revision("b", "a", "DELETE FROM t_a;", "DELETE FROM t_a;")
        .tables(&[("c", "b")]);
    tables(project, &["a"]);
    assert_eq!(matches(&detected(project, &[], 0)), [json!(["a"]), json!(["b"])]);
    assert_eq!(project.refused(&["stamp", "--detect", "--yes"], 1)["kind"], "ambiguous_detection");
}

fn an_empty_database_is_at_the_base(project: &Project) {
    project.tables(&[("a", "")]);
    assert_eq!(matches(&detected(project, &[], 0)), [json!([])]);
}

fn a_replay_that_ends_early_says_so(project: &Project) {
    project.tables(&[("a", "")]).revision("b", "a", "DROP TABLE t_nowhere;", "");
    tables(project, &["a"]);
    let document = detected(project, &[], 0);
    assert_eq!((matches(&document), &document["stopped_at"]), (vec![json!(["a"])], &"b".into()));
}

fn the_originals_of_a_baseline_are_found_too(project: &Project) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "b"), ("d", "c")]);
    squash(project, "s", "", &["a", "b", "c"], &["d"]);
    tables(project, &["a", "b"]);
    let document = detected(project, &["--yes"], 0);
    assert_eq!((matches(&document), &document["stamped"]), (vec![json!(["b"])], &json!(["b"])));
    project.takes(&["upgrade"], &["c", "s", "d"], &["d"]);
}
