//! `rebase`: what it changes, byte for byte, and what it refuses.

use std::fs;

use crate::support::{Project, on_each_database};

on_each_database!(
    a_branch_moves_onto_another_head,
    an_applied_revision_stays,
    an_applied_descendant_keeps_its_ancestor,
    what_only_the_ledger_knows_as_applied_stays,
    a_row_that_nobody_knows_stops_it,
    without_a_ledger_the_version_rows_count,
);

/// `a <- b <- c` on one side, `a <- x <- y` on the other.
fn fork(project: &Project) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "b"), ("x", "a"), ("y", "x")]);
    project.write("versions/heads", "c\ny\n");
}

fn read(project: &Project, path: &str) -> String {
    String::from_utf8(fs::read(project.path(path)).expect("the file is there")).expect("it is text")
}

fn snapshot(project: &Project) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(project.path("versions")).expect("a listing");
    let mut files: Vec<_> = entries
        .map(|entry| {
            let entry = entry.expect("an entry");
            (entry.file_name().into_string().expect("a name"), fs::read(entry.path()).expect("a file"))
        })
        .collect();
    files.sort();
    files
}

/// Runs `rebase`, which is to fail with this kind and leave every file as it was.
#[track_caller]
fn refused(project: &Project, arguments: &[&str], status: i32) -> String {
    let before = snapshot(project);
    let ran = project.run(&[arguments, &["--json"]].concat());
    assert_eq!((ran.status, ran.stdout.as_str()), (status, ""), "{arguments:?}: {ran:?}");
    assert_eq!(snapshot(project), before, "{arguments:?} changed a file");
    ran.error()["kind"].as_str().expect("a kind").to_owned()
}

fn a_branch_moves_onto_another_head(project: &Project) {
    fork(project);
    project.takes(&["upgrade", "c"], &["a", "b", "c"], &["c"]);
    let before = snapshot(project);
    let document = project.json(&["rebase", "x", "--onto", "c"]).json();
    assert_eq!(document["revision"], "x");
    assert_eq!((&document["from"], &document["onto"]), (&"a".into(), &"c".into()));
    assert_eq!(document["down_revisions"], serde_json::json!(["c"]));
    assert_eq!(document["heads"], serde_json::json!(["y"]));
    assert_eq!(document["files"].as_array().expect("files").len(), 2);
    for ((name, old), (_, new)) in before.iter().zip(&snapshot(project)) {
        let (old, new) = (String::from_utf8_lossy(old), String::from_utf8_lossy(new));
        match name.as_str() {
            "x_test.up.sql" => assert_eq!(new, old.replace("-- down_revision: a\n", "-- down_revision: c\n")),
            "heads" => assert_eq!(new, "y\n"),
            _ => assert_eq!(new, old, "{name}"),
        }
    }
    project.takes(&["upgrade"], &["x", "y"], &["y"]);
    project.assert_applied(&["a", "b", "c", "x", "y"]);
}

fn an_applied_revision_stays(project: &Project) {
    fork(project);
    project.takes(&["upgrade", "x"], &["a", "x"], &["x"]);
    assert_eq!(refused(project, &["rebase", "x", "--onto", "c"], 1), "applied");
    // Its descendant has not been applied.
    project.json(&["rebase", "y", "--onto", "c"]);
    assert_eq!(read(project, "versions/heads"), "x\ny\n");
    project.json(&["rebase", "x", "--onto", "c", "--offline"]);
}

fn an_applied_descendant_keeps_its_ancestor(project: &Project) {
    fork(project);
    project.takes(&["upgrade", "y"], &["a", "x", "y"], &["y"]);
    assert_eq!(refused(project, &["rebase", "x", "--onto", "c"], 1), "applied");
    project.takes(&["downgrade", "a"], &["y", "x"], &["a"]);
    project.json(&["rebase", "x", "--onto", "c"]);
}

fn what_only_the_ledger_knows_as_applied_stays(project: &Project) {
    fork(project);
    project.takes(&["upgrade", "y"], &["a", "x", "y"], &["y"]);
    // Alembic has taken the row away, and knows nothing of the ledger.
    project.database.execute("UPDATE alembic_version SET version_num = 'a'");
    assert_eq!(refused(project, &["rebase", "x", "--onto", "c"], 1), "applied");
}

fn a_row_that_nobody_knows_stops_it(project: &Project) {
    fork(project);
    project.takes(&["upgrade", "a"], &["a"], &["a"]);
    project.database.execute("UPDATE alembic_version SET version_num = 'elsewhere'");
    assert_eq!(refused(project, &["rebase", "x", "--onto", "c"], 4), "unknown_version_row");
    project.json(&["rebase", "x", "--onto", "c", "--offline"]);
}

fn without_a_ledger_the_version_rows_count(project: &Project) {
    fork(project);
    project.database.execute(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))",
    );
    project.database.execute("INSERT INTO alembic_version VALUES ('x')");
    assert_eq!(refused(project, &["rebase", "x", "--onto", "c"], 1), "applied");
    project.json(&["rebase", "y", "--onto", "c"]);
}

#[cfg(feature = "sqlite")]
mod files {
    use super::*;
    use crate::support::{Kind, Script};

    fn forked() -> Project {
        let project = Project::new(Kind::Sqlite);
        fork(&project);
        project
    }

    #[test]
    fn every_other_byte_of_the_script_stays() {
        let project = forked();
        let text = "\u{feff}-- t\u{fc}r\r\n--\r\n-- revision: x\r\n--down_revision:a  \r\n-- created: 2025-11-21T09:23:00Z\r\n\r\nCREATE TABLE t_x (id INTEGER PRIMARY KEY);\r\n-- no newline";
        project.write("versions/x_test.up.sql", text);
        project.json(&["rebase", "x", "--onto", "c"]);
        assert_eq!(read(&project, "versions/x_test.up.sql"), text.replace("a  \r\n", " c\r\n"));
    }

    #[test]
    fn cycles_and_unknown_revisions_are_refused() {
        let project = forked();
        assert_eq!(refused(&project, &["rebase", "x", "--onto", "y"], 1), "cycle");
        assert_eq!(refused(&project, &["rebase", "x", "--onto", "x"], 1), "cycle");
        assert_eq!(refused(&project, &["rebase", "x", "--onto", "nowhere"], 1), "unknown_revision");
        assert_eq!(refused(&project, &["rebase", "nowhere", "--onto", "c"], 1), "unknown_revision");
        assert_eq!(refused(&project, &["rebase", "base", "--onto", "c"], 2), "usage");
        assert_eq!(refused(&project, &["rebase", "x", "--onto", "head"], 1), "multiple_heads");
        assert_eq!(refused(&project, &["rebase", "x", "--onto", "heads"], 1), "ambiguous_target");
    }

    #[test]
    fn a_dependency_makes_a_cycle_too() {
        let project = forked();
        project.table("d", "a", &["depends_on: y"]);
        assert_eq!(refused(&project, &["rebase", "x", "--onto", "d"], 1), "cycle");
    }

    #[test]
    fn of_a_merge_one_parent_moves_and_the_others_stay() {
        let project = forked();
        project.tables(&[("m", "c, y"), ("z", "a")]);
        assert_eq!(refused(&project, &["rebase", "m", "--onto", "z"], 1), "several_parents");
        assert_eq!(refused(&project, &["rebase", "m", "--from", "a", "--onto", "z"], 1), "not_a_parent");
        let document = project.json(&["rebase", "m", "--from", "c", "--onto", "z"]).json();
        assert_eq!(document["down_revisions"], serde_json::json!(["z", "y"]));
        assert!(read(&project, "versions/m_test.up.sql").contains("\n-- down_revision: z, y\n"));
    }

    #[test]
    fn a_base_gets_a_parent_and_a_revision_becomes_a_base() {
        let project = forked();
        project.script(&Script { id: "n", up: "SELECT 1;", ..Script::default() });
        project.json(&["rebase", "n", "--onto", "c"]);
        assert!(read(&project, "versions/n_test.up.sql").contains("\n-- down_revision: c\n"));
        project.json(&["rebase", "n", "--onto", "base"]);
        assert!(read(&project, "versions/n_test.up.sql").contains("\n-- down_revision:\n"));
        assert_eq!(read(&project, "versions/heads"), "c\nn\ny\n");
    }

    #[test]
    fn where_it_stands_already_nothing_is_written() {
        let project = forked();
        project.write("versions/heads", "stale\n");
        let before = snapshot(&project);
        let document = project.json(&["rebase", "x", "--onto", "a"]).json();
        assert_eq!(document["files"], serde_json::json!([]));
        assert_eq!(snapshot(&project), before);
    }

    #[test]
    fn a_database_that_cannot_be_reached_is_an_error() {
        let project = forked();
        let url = "postgresql://u@127.0.0.1:1/d?connect_timeout=1";
        assert_eq!(
            refused(&project, &["rebase", "x", "--onto", "c", "--url", url], 5),
            "database_unreachable"
        );
        project.write("alembic.toml", "");
        let ran = project.run(&["rebase", "x", "--onto", "c"]);
        assert_eq!(ran.status, 0, "{ran:?}");
        assert!(ran.stderr.contains("no database is configured"), "{ran:?}");
        assert_eq!(ran.stdout, "x: a -> c\n[PROJECT]/versions/x_test.up.sql\n[PROJECT]/versions/heads\n");
    }

    #[test]
    #[cfg(unix)]
    fn permissions_and_links_stay() {
        use std::os::unix::fs::PermissionsExt;
        let project = forked();
        let script = project.path("versions/x_test.up.sql");
        let elsewhere = project.path("x.sql");
        fs::rename(&script, &elsewhere).expect("it can be moved");
        std::os::unix::fs::symlink(&elsewhere, &script).expect("a link");
        fs::set_permissions(&elsewhere, fs::Permissions::from_mode(0o640)).expect("it is ours");
        project.json(&["rebase", "x", "--onto", "c"]);
        assert!(fs::symlink_metadata(&script).expect("it is there").is_symlink());
        let mode = fs::metadata(&elsewhere).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
    }
}
