//! What people read, on SQLite, whose words are the same everywhere.

#![cfg(feature = "sqlite")]

use insta::assert_snapshot;

use crate::support::{Kind, Project};

fn project() -> Project {
    let project = Project::new(Kind::Sqlite);
    project.tables(&[("a", ""), ("b", "a")]);
    project
}

#[test]
fn a_run_tells_its_steps_and_where_the_database_stands() {
    let project = project();
    assert_snapshot!(project.run(&["upgrade"]).snapshot(), @"");
    assert_snapshot!(project.run(&["upgrade"]).snapshot(), @"");
    assert_snapshot!(project.run(&["current"]).snapshot(), @"");
    assert_snapshot!(project.run(&["downgrade", "base"]).snapshot(), @"");
}

#[test]
fn quiet_says_nothing_but_results() {
    let project = project();
    assert_snapshot!(project.run(&["upgrade", "--quiet"]).snapshot(), @"");
    assert_snapshot!(project.run(&["downgrade", "base", "--quiet"]).snapshot(), @"");
}

#[test]
fn a_dry_run_tells_what_would_run() {
    assert_snapshot!(project().run(&["upgrade", "--dry-run"]).snapshot(), @"");
}

#[test]
fn a_failing_statement_is_shown() {
    let project = project();
    let up = "CREATE TABLE t_c (id INTEGER);\nINSERT INTO t_c\n  SELECT nowt FROM t_a;\nSELECT 1;";
    project.revision("c", "b", up, "");
    assert_snapshot!(project.run(&["upgrade"]).snapshot(), @"");
}

#[test]
fn a_refused_statement_is_shown() {
    let project = project();
    project.revision("c", "b", "CREATE TABLE t_c (id INTEGER);\nCOMMIT;", "");
    assert_snapshot!(project.run(&["upgrade"]).snapshot(), @"");
}

#[test]
fn an_edited_script_is_told() {
    let project = project();
    project.run(&["upgrade", "a"]);
    project.revision("a", "", "SELECT 1;", "");
    assert_snapshot!(project.run(&["upgrade"]).snapshot(), @"");
}

#[test]
fn an_unknown_version_row_is_told() {
    let project = project();
    project.run(&["upgrade"]);
    project.database.execute("UPDATE alembic_version SET version_num = 'gone'");
    assert_snapshot!(project.run(&["upgrade"]).snapshot(), @"");
}

#[test]
fn an_unknown_target_is_told() {
    assert_snapshot!(project().run(&["upgrade", "nowhere"]).snapshot(), @"");
}
