//! A statement that fails: what is told, what stays, and that the mended script goes on from there.

use crate::support::{Project, Ran, on_each_database};

on_each_database!(
    a_failing_statement_is_told_with_its_place,
    the_database_stands_where_it_stood_before_the_failing_revision,
    the_mended_script_goes_on,
    a_failing_down_script_leaves_its_revision_applied,
    a_runtime_error_points_at_its_statement,
    what_a_failing_script_prints_has_no_stack_trace,
    a_failure_of_the_bookkeeping_undoes_the_script,
);

const FAILING: &str = "CREATE TABLE t_b (id INTEGER PRIMARY KEY);\n\
    INSERT INTO t_b VALUES (1);\n\
    \n\
    SELECT id,\n       nothing FROM t_b;\n\
    INSERT INTO t_b VALUES (2);";

fn line_with_failing_middle(project: &Project) {
    project.tables(&[("a", "")]).revision("b", "a", FAILING, "DROP TABLE t_b;").tables(&[("c", "b")]);
}

fn a_failing_statement_is_told_with_its_place(project: &Project) {
    line_with_failing_middle(project);
    let ran = project.run(&["upgrade", "--json"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""));
    let error = ran.error();
    assert_eq!(error["kind"], "step");
    assert_eq!(error["revision"], "b");
    assert_eq!(error["file"], "[PROJECT]/versions/b_test.up.sql");
    assert_eq!((&error["line"], &error["column"]), (&10.into(), &8.into()));
    assert_eq!(error["statement_number"], 3);
    assert_eq!(error["statement"], "SELECT id,\n       nothing FROM t_b");
    assert_eq!((&error["completed"], &error["heads"]), (&1.into(), &serde_json::json!(["a"])));
    if project.database.is_postgres() {
        assert_eq!(error["sqlstate"], "42703");
    } else {
        assert_eq!(error["sqlite_code"], 1);
    }
}

fn the_database_stands_where_it_stood_before_the_failing_revision(project: &Project) {
    line_with_failing_middle(project);
    assert_eq!(project.run(&["upgrade"]).status, 1);
    assert_eq!(project.database.version_rows(), ["a"]);
    project.assert_applied(&["a"]);
    assert_eq!(project.database.events(), ["upgrade a done", "upgrade b failed"]);
    let detail = project.database.scalar("SELECT detail FROM revgraph_ledger WHERE outcome = 'failed'");
    assert!(detail.starts_with("statement 3 of 4: ") && detail.contains("nothing"), "{detail}");
}

fn the_mended_script_goes_on(project: &Project) {
    line_with_failing_middle(project);
    assert_eq!(project.run(&["upgrade"]).status, 1);
    project.table("b", "a", &[]);
    project.takes(&["upgrade"], &["b", "c"], &["c"]);
    project.assert_applied(&["a", "b", "c"]);
}

fn a_failing_down_script_leaves_its_revision_applied(project: &Project) {
    project.tables(&[("a", "")]);
    project.revision("b", "a", "CREATE TABLE t_b (id INTEGER);", "DROP TABLE t_b;\nDROP TABLE nowhere;");
    project.tables(&[("c", "b")]);
    project.takes(&["upgrade"], &["a", "b", "c"], &["c"]);
    let ran = project.run(&["downgrade", "base", "--json"]);
    assert_eq!((ran.status, &ran.error()["statement_number"]), (1, &2.into()));
    assert_eq!(ran.error()["file"], "[PROJECT]/versions/b_test.down.sql");
    assert_eq!(project.database.version_rows(), ["b"]);
    project.assert_applied(&["a", "b"]);
}

fn a_runtime_error_points_at_its_statement(project: &Project) {
    let up = "CREATE TABLE t_a (id INTEGER PRIMARY KEY);\nINSERT INTO t_a VALUES (1);\n  INSERT INTO t_a VALUES (1);";
    project.revision("a", "", up, "DROP TABLE t_a;");
    let error = project.run(&["upgrade", "--json"]).error();
    assert_eq!((&error["line"], &error["column"]), (&8.into(), &3.into()));
    assert_eq!(error["statement_number"], 3);
    project.assert_applied(&[]);
}

fn what_a_failing_script_prints_has_no_stack_trace(project: &Project) {
    line_with_failing_middle(project);
    let mut command = project.command(&["upgrade"]);
    let output = command.env("RUST_BACKTRACE", "1").output().expect("the binary can be run");
    let ran = Ran::new(&output, &project.path(""));
    for word in ["panicked", "backtrace", "Error {", "Some(", "src/"] {
        assert!(!ran.stderr.contains(word), "{word}: {}", ran.stderr);
    }
    assert!(ran.stderr.contains("versions/b_test.up.sql:10:8"), "{}", ran.stderr);
    assert!(ran.stderr.contains("^^^^^^^"), "{}", ran.stderr);
}

/// The ledger refuses the revision, after its script has run.
fn a_failure_of_the_bookkeeping_undoes_the_script(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    project.takes(&["upgrade", "a"], &["a"], &["a"]);
    project.database.execute("ALTER TABLE revgraph_ledger DROP COLUMN message");
    let ran = project.run(&["upgrade", "--json"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    assert_eq!(
        (project.database.version_rows(), project.database.tables()),
        (vec!["a".to_owned()], vec!["t_a".to_owned()])
    );
}
