//! `kill -9` and a full disk in the midst of `backup` and `restore`.

use std::fs;

use super::{files, filled, rows};
use crate::support::fault::Fault;
use crate::support::{Project, on_each_database};

on_each_database!(a_killed_backup_leaves_no_half_of_one, a_killed_restore_leaves_one_database_or_the_other);

/// More calls than any run here makes.
const MOST_CALLS: usize = 3_000;

/// Runs a command with a fault; whether it came to its end all the same.
fn ends(project: &Project, arguments: &[&str], fault: Fault) -> bool {
    let mut command = project.command(arguments);
    fault.put_into(&mut command);
    command.output().expect("the binary can be run").status.success()
}

/// The calls to try: another part of them in each run of the suite.
fn moments(project: &Project) -> impl Iterator<Item = usize> {
    let stride = match std::env::var_os("REVGRAPH_TORTURE") {
        Some(_) => 1,
        None if project.database.is_sqlite() => 3,
        None => 23,
    };
    (std::process::id() as usize % stride..MOST_CALLS).step_by(stride)
}

fn a_killed_backup_leaves_no_half_of_one(project: &Project) {
    filled(project);
    let mut killed = 0;
    for call in moments(project) {
        let ended = ends(project, &["backup", "a.dump"], Fault::Kill(call));
        let is_there = project.path("a.dump").exists();
        assert!(is_there || !ended);
        if is_there {
            project.json(&["backup", "--check", "a.dump"]);
            fs::remove_file(project.path("a.dump")).expect("it is there");
        }
        killed += usize::from(!ended);
        if ended {
            break;
        }
    }
    assert!(killed >= 2, "killed only {killed} times");
    project.json(&["backup", "b.dump"]);
    let left: Vec<String> =
        files(project, "").into_iter().filter(|name| name.starts_with(".revgraph")).collect();
    assert_eq!(left, [""; 0]);
}

fn a_killed_restore_leaves_one_database_or_the_other(project: &Project) {
    filled(project);
    project.json(&["backup", "a.dump"]);
    let mut killed = 0;
    for call in moments(project) {
        project.database.execute("DELETE FROM t_a WHERE id = 1");
        let ended = ends(project, &["restore", "a.dump"], Fault::Kill(call));
        let now = rows(project);
        assert!(now == ["two"] || now == ["one", "two"], "{now:?}");
        assert_eq!(project.database.version_rows(), ["a"]);
        assert!(!ended || now.len() == 2);
        killed += usize::from(!ended);
        if ended {
            break;
        }
        if now.len() == 2 {
            // It was killed after its work was done.
            project.json(&["restore", "--drop-old"]);
        }
    }
    assert!(killed >= 2, "killed only {killed} times");
    project.json(&["restore", "--drop-old"]);
    project.json(&["restore", "a.dump"]);
    assert_eq!(rows(project), ["one", "two"]);
    assert_eq!(super::kept(project).len(), 1);
    let left: Vec<String> =
        files(project, "").into_iter().filter(|name| name.starts_with(".revgraph")).collect();
    assert_eq!(left, [""; 0]);
}

#[cfg(feature = "sqlite")]
#[test]
fn a_full_disk_leaves_the_database_and_no_half_of_a_backup() {
    let project = Project::new(crate::support::Kind::Sqlite);
    filled(&project);
    project.json(&["backup", "a.dump"]);
    let mut failed = 0;
    for call in 0..MOST_CALLS {
        let taken = ends(&project, &["backup", "b.dump"], Fault::Full(call));
        assert_eq!(project.path("b.dump").exists(), taken);
        let restored = ends(&project, &["restore", "a.dump"], Fault::Full(call));
        assert_eq!(rows(&project), ["one", "two"]);
        assert_eq!(super::kept(&project).len(), usize::from(restored));
        failed += usize::from(!taken) + usize::from(!restored);
        if restored {
            project.json(&["restore", "--drop-old"]);
        }
        if taken && restored {
            break;
        }
        for file in ["b.dump", "b.dump.json"] {
            let _ = fs::remove_file(project.path(file));
        }
    }
    assert!(failed >= 4, "failed only {failed} times");
}
