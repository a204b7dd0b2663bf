//! A script that would end the transaction which keeps the version row true is refused before anything runs.

use crate::support::{Project, on_each_database};

on_each_database!(
    transaction_control_is_refused_before_anything_runs,
    transaction_control_in_a_down_script_is_refused_too,
    words_in_strings_comments_and_bodies_are_no_transaction_control,
    savepoints_are_a_scripts_own_affair,
    a_rollback_that_hides_leaves_nothing_half_applied,
);

fn transaction_control_is_refused_before_anything_runs(project: &Project) {
    project.tables(&[("a", "")]);
    for control in ["BEGIN", "COMMIT", "ROLLBACK", "END", "begin transaction", "/* */ CoMMiT"] {
        project.revision("b", "a", &format!("CREATE TABLE t_b (id INTEGER);\n{control};"), "DROP TABLE t_b;");
        let error = project.refused(&["upgrade"], 1);
        assert_eq!((&error["kind"], &error["line"]), (&"refused".into(), &7.into()), "{control}");
        assert_eq!(
            project.database.events(),
            [""; 0],
            "{control}: the revision before it did not run either"
        );
    }
}

fn transaction_control_in_a_down_script_is_refused_too(project: &Project) {
    project
        .revision("a", "", "CREATE TABLE t_a (id INTEGER);", "DROP TABLE t_a;\nCOMMIT;")
        .tables(&[("b", "a")]);
    project.takes(&["upgrade"], &["a", "b"], &["b"]);
    let error = project.refused(&["downgrade", "base"], 1);
    assert_eq!((&error["kind"], &error["line"]), (&"refused".into(), &2.into()));
}

fn words_in_strings_comments_and_bodies_are_no_transaction_control(project: &Project) {
    let body = if project.database.is_postgres() {
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END; $$;"
    } else {
        "CREATE TRIGGER t AFTER INSERT ON t_a BEGIN SELECT 1; END;"
    };
    let up = format!(
        "CREATE TABLE t_a (word TEXT DEFAULT 'COMMIT');\n-- ROLLBACK;\n/* BEGIN; */\nINSERT INTO t_a VALUES ('; COMMIT;');\n{body}"
    );
    project.revision("a", "", &up, "DROP TABLE t_a;");
    project.takes(&["upgrade"], &["a"], &["a"]);
    assert_eq!(project.database.column("SELECT word FROM t_a"), ["; COMMIT;"]);
}

fn savepoints_are_a_scripts_own_affair(project: &Project) {
    let up = "CREATE TABLE t_a (id INTEGER);\nSAVEPOINT s;\nINSERT INTO t_a VALUES (1);\nROLLBACK TO s;\nRELEASE s;\nSAVEPOINT left_open;";
    project.revision("a", "", up, "DROP TABLE t_a;");
    project.takes(&["upgrade"], &["a"], &["a"]);
    assert_eq!(project.database.scalar("SELECT count(*) FROM t_a"), "0");
}

/// What rolls back without being a statement of the script.
fn a_rollback_that_hides_leaves_nothing_half_applied(project: &Project) {
    let hidden = if project.database.is_postgres() {
        "DO $$ BEGIN ROLLBACK; END $$"
    } else {
        "INSERT OR ROLLBACK INTO t_a VALUES (1), (1)"
    };
    project.revision(
        "a",
        "",
        &format!("CREATE TABLE t_a (id INTEGER PRIMARY KEY);\n{hidden};\nSELECT 1;"),
        "",
    );
    let ran = project.run(&["upgrade", "--json"]);
    assert_eq!((ran.status, &ran.error()["statement_number"]), (1, &2.into()));
    assert_eq!(project.database.version_rows(), [""; 0]);
    project.assert_applied(&[]);
}
