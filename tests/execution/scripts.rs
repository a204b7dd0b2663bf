//! Scripts that are malformed, too many, too few or very large.

use std::fs;

use crate::support::{Project, on_each_database};

on_each_database!(
    malformed_scripts_are_told_by_file_and_nothing_runs,
    a_script_that_is_a_folder_is_told,
    two_files_for_one_id_are_both_named,
    a_down_script_without_an_up_script_is_told,
    an_unreadable_down_script_is_told_before_anything_is_undone,
    a_large_script_runs,
    an_error_in_a_large_script_is_told_briefly,
    a_script_may_have_a_bom_and_crlf,
    lines_for_the_other_dialect_do_not_run,
    an_unfinished_string_is_refused_before_anything_runs,
);

const UP: &str = "versions/b_test.up.sql";

/// Refused with everything that is wrong, before anything has run.
fn assert_refused(project: &Project, expected: &str) {
    let error = project.refused(&["upgrade"], 4);
    assert_eq!(error["kind"], "scripts", "{error}");
    assert!(error.to_string().contains(expected), "{expected}: {error}");
    assert_eq!(project.database.events(), [""; 0]);
}

fn malformed_scripts_are_told_by_file_and_nothing_runs(project: &Project) {
    project.tables(&[("a", "")]);
    let cases: [(&[u8], &str); 9] = [
        (b"", "b_test.up.sql"),
        (b"CREATE TABLE t_b (id INTEGER);\n", "b_test.up.sql"),
        (b"-- title\n--\n-- down_revision: a\n\nSELECT 1;\n", "b_test.up.sql"),
        (b"-- title\n-- revision: b@c\n-- down_revision: a\n", "b_test.up.sql"),
        (b"-- title\n-- revision: head\n-- down_revision: a\n", "b_test.up.sql"),
        (b"-- title\n-- revision: b\n-- revision: c\n", "b_test.up.sql"),
        (b"-- title\n-- revision: b\n-- created: yesterday\n", "b_test.up.sql"),
        (b"-- title\n-- revision: b\n-- down_revision: nowhere\n", "nowhere"),
        (b"-- title\n-- revision: b\n-- down_revision: a\n\nSELECT '\xff\xfe';\n", "b_test.up.sql"),
    ];
    for (content, expected) in cases {
        project.write(UP, content);
        assert_refused(project, expected);
    }
    project
        .write(UP, "-- title\n-- revision: b\n-- down_revision: a\n\n-- revgraph: onlly sqlite\nSELECT 1;\n");
    let error = project.refused(&["upgrade"], 4);
    assert_eq!((&error["line"], project.database.events().len()), (&5.into(), 0), "{error}");
}

fn a_script_that_is_a_folder_is_told(project: &Project) {
    project.tables(&[("a", "")]);
    fs::create_dir(project.path(UP)).expect("a folder");
    assert_refused(project, "b_test.up.sql");
}

fn two_files_for_one_id_are_both_named(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    let text = fs::read_to_string(project.path(UP)).expect("the script is there");
    project.write("versions/copy_of_b.up.sql", text);
    assert_refused(project, "b_test.up.sql");
    assert_refused(project, "copy_of_b.up.sql");
}

fn a_down_script_without_an_up_script_is_told(project: &Project) {
    project.tables(&[("a", "")]);
    project.write("versions/b_test.down.sql", "DROP TABLE t_b;");
    assert_refused(project, "b_test.down.sql");
}

fn an_unreadable_down_script_is_told_before_anything_is_undone(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    project.takes(&["upgrade"], &["a", "b"], &["b"]);
    project.write("versions/a_test.down.sql", b"DROP TABLE t_a; -- \xff\n");
    let error = project.refused(&["downgrade", "base"], 4);
    assert!(error.to_string().contains("a_test.down.sql"), "{error}");
}

/// 10 MB of rows.
fn large(end: &str) -> String {
    let row = format!("INSERT INTO t_a VALUES ('{}');\n", "x".repeat(10_000));
    format!("CREATE TABLE t_a (text VARCHAR(10000));\n{}{end}", row.repeat(1_000))
}

fn a_large_script_runs(project: &Project) {
    project.revision("a", "", &large(""), "DROP TABLE t_a;");
    project.takes(&["upgrade"], &["a"], &["a"]);
    assert_eq!(project.database.scalar("SELECT count(*) FROM t_a"), "1000");
    project.takes(&["downgrade", "base"], &["a"], &[]);
}

fn an_error_in_a_large_script_is_told_briefly(project: &Project) {
    let one_statement = format!("INSERT INTO nowhere VALUES ('{}');", "x".repeat(10_000_000));
    for up in [large("SELECT nothing FROM t_a;"), one_statement] {
        project.revision("a", "", &up, "");
        for arguments in [&["upgrade"][..], &["upgrade", "--json"]] {
            let ran = project.run(arguments);
            assert_eq!((ran.status, project.database.tables()), (1, vec![]));
            assert!(ran.stderr.len() < 20_000, "{} bytes", ran.stderr.len());
        }
    }
}

fn a_script_may_have_a_bom_and_crlf(project: &Project) {
    let up = "\u{feff}-- title\r\n--\r\n-- revision: a\r\n-- down_revision:\r\n\r\nCREATE TABLE t_a (id INTEGER);\r\nCREATE TABLE t_b (id INTEGER);\r\nSELECT nothing FROM t_a;\r\n";
    project.write("versions/a_test.up.sql", up);
    let error = project.refused(&["upgrade"], 1);
    assert_eq!((&error["line"], &error["column"]), (&8.into(), &8.into()));
    project.write("versions/a_test.up.sql", up.replace("SELECT nothing", "SELECT id"));
    project.takes(&["upgrade"], &["a"], &["a"]);
}

fn lines_for_the_other_dialect_do_not_run(project: &Project) {
    let up = "-- revgraph: only postgres\nCREATE TABLE made_by_postgres (id INTEGER);\n-- revgraph: end\n\
        -- revgraph: only sqlite\nCREATE TABLE made_by_sqlite (id INTEGER);\n-- revgraph: end";
    project.revision("a", "", up, "");
    project.takes(&["upgrade"], &["a"], &["a"]);
    let made = if project.database.is_postgres() { "made_by_postgres" } else { "made_by_sqlite" };
    assert_eq!(project.database.tables(), [made]);
}

fn an_unfinished_string_is_refused_before_anything_runs(project: &Project) {
    project.tables(&[("a", "")]).revision("b", "a", "SELECT 1;\nSELECT 'no end;\n", "");
    let error = project.refused(&["upgrade"], 1);
    assert_eq!((&error["kind"], &error["line"]), (&"refused".into(), &7.into()), "{error}");
    assert_eq!(project.database.events(), [""; 0]);
}
