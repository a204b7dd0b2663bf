//! The first run on a database whose version rows are another tool's, or were written by hand, looks whether it has the
//! schema that they claim.

use crate::baselines::squash;
use crate::support::{Project, on_each_database};

on_each_database!(
    a_wrong_hand_stamp_is_refused_with_the_differences,
    a_right_hand_stamp_goes_on,
    where_it_is_told_so_it_goes_on,
    what_changes_nothing_compares_nothing,
    a_stamp_does_not_launder_what_is_wrong,
    an_empty_ledger_vouches_for_nothing,
    a_history_that_cannot_be_replayed_is_told_and_the_run_goes_on,
    originals_of_a_baseline_are_compared_too,
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

fn what_changes_nothing_compares_nothing(project: &Project) {
    stamped_by_hand(project, "a", "b");
    assert_eq!(project.json(&["upgrade", "--dry-run"]).steps(), ["c"]);
    assert!(project.run(&["upgrade", "--sql", "b:c"]).stdout.contains("t_c"));
    project.takes(&["upgrade", "b"], &[], &["b"]);
    assert_eq!(project.database.ledger(), [""; 0]);
}

/// The same rows once more, and whatever else writes the ledger, claim what nobody has looked at yet.
fn a_stamp_does_not_launder_what_is_wrong(project: &Project) {
    stamped_by_hand(project, "a", "b");
    for command in [&["stamp", "b"][..], &["stamp", "--from", "alembic"]] {
        assert_eq!(project.refused(command, 4)["kind"], "schema_differs", "{command:?}");
    }
    project.takes(&["stamp", "b", "--force"], &[], &["b"]);
    project.takes(&["upgrade"], &["c"], &["c"]);
}

fn an_empty_ledger_vouches_for_nothing(project: &Project) {
    stamped_by_hand(project, "a", "b");
    project.json(&["ensure-version"]);
    assert_eq!(project.refused(&["upgrade"], 4)["kind"], "schema_differs");
}

fn a_history_that_cannot_be_replayed_is_told_and_the_run_goes_on(project: &Project) {
    stamped_by_hand(project, "b", "b");
    project.revision("a", "", "ALTER TABLE was_there ADD COLUMN x INTEGER;", "");
    let ran = project.run(&["upgrade"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(
        ran.stderr.contains("warning: whether the database has the schema of b was not looked at"),
        "{ran:?}"
    );
    project.assert_applied(&["a", "b", "c"]);
}

fn originals_of_a_baseline_are_compared_too(project: &Project) {
    stamped_by_hand(project, "a", "b");
    squash(project, "s", "", &["a", "b"], &["c"]);
    assert_eq!(project.refused(&["upgrade"], 4)["kind"], "schema_differs");
    project.database.execute("UPDATE alembic_version SET version_num = 'a'");
    project.takes(&["upgrade"], &["b", "s", "c"], &["c"]);
}

#[cfg(feature = "postgres")]
#[test]
fn without_a_scratch_database_it_is_told_and_the_run_goes_on() {
    let project = Project::new(crate::support::Kind::Postgres);
    stamped_by_hand(&project, "b", "b");
    let role = format!("role_{}", project.database.name());
    project.database.execute(&format!(
        "CREATE ROLE {role} LOGIN NOCREATEDB; GRANT ALL ON SCHEMA public TO {role}; \
         GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}"
    ));
    let url = project.database.url().replace("postgres@", &format!("{role}@"));
    let ran = project.run(&["upgrade", "--url", &url]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.stderr.contains("was not looked at: a scratch database cannot be made"), "{ran:?}");
    project.database.execute(&format!("DROP OWNED BY {role} CASCADE; DROP ROLE {role}"));
}
