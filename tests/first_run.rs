//! The first run on a database whose version rows are another tool's, or were written by hand, looks whether it has the
//! schema that they claim.

use crate::support::{Project, on_each_database};

on_each_database!(
    a_wrong_hand_stamp_is_refused_with_the_differences,
    a_right_hand_stamp_goes_on,
    where_it_is_told_so_it_goes_on,
);

/// `a` and `b`; the database has the schema of one of them, and a version row that somebody has written by hand.
fn stamped_by_hand(project: &Project, has: &str, claims: &str) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "b")]);
    project.takes(&["upgrade", has], if has == "a" { &["a"] } else { &["a", "b"] }, &[has]);
    project.database.execute(&format!(
        "DROP TABLE revgraph_ledger; DROP TABLE revgraph_statement; UPDATE alembic_version SET version_num = '{claims}';"
    ));
}

fn a_wrong_hand_stamp_is_refused_with_the_differences(project: &Project) {
    stamped_by_hand(project, "a", "b");
    for arguments in [&["upgrade"][..], &["downgrade", "a"]] {
        let ran = project.run(&[arguments, &["--json"]].concat());
        let error = ran.error();
        assert_eq!((ran.status, &error["kind"]), (4, &"schema_differs".into()), "{ran:?}");
        assert!(error["causes"].to_string().contains("t_b"), "{error}");
    }
    assert_eq!(project.database.tables(), ["t_a"], "nothing has run");
}

fn a_right_hand_stamp_goes_on(project: &Project) {
    stamped_by_hand(project, "b", "b");
    project.takes(&["upgrade"], &["c"], &["c"]);
    // From then on the ledger knows.
    project.database.execute("DROP TABLE t_a");
    project.takes(&["downgrade", "b"], &["c"], &["b"]);
}

fn where_it_is_told_so_it_goes_on(project: &Project) {
    stamped_by_hand(project, "a", "b");
    project.configure("[adopt]\ncheck = \"off\"");
    project.takes(&["upgrade"], &["c"], &["c"]);
    project.database.execute("DROP TABLE revgraph_ledger; DROP TABLE revgraph_statement;");
    project.write("alembic.toml", format!("url = {:?}\n", project.database.url()));
    project.takes(&["downgrade", "b", "--force"], &["c"], &["b"]);
}
