//! `kill -9` at every call of `revision`, `merge`, `rebase` and `check --fix` that changes a file: both scripts and the
//! heads file are as before or as after, and nothing else is left, for whoever looks next.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::support::fault::Fault;
use crate::support::{Kind, Project};

/// More calls than any run here makes.
const MOST_CALLS: usize = 200;

/// Two heads.
fn fork() -> Project {
    let project = Project::new(Kind::Sqlite);
    project.tables(&[("a", ""), ("b", "a"), ("c", "a")]);
    project.write("versions/heads", "b\nc\n");
    project
}

/// All files below the script folder with their texts, times of creation left out.
fn files(project: &Project) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    collect(&project.path("versions"), "", &mut files);
    files
}

fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("a listing").flatten() {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            files.insert(format!("{name}/"), String::new());
            collect(&entry.path(), &format!("{name}/"), files);
        } else {
            let text = fs::read_to_string(entry.path()).expect("a text");
            let timeless = text.lines().filter(|line| !line.starts_with("-- created:"));
            files.insert(name, timeless.collect::<Vec<_>>().join("\n"));
        }
    }
}

#[track_caller]
fn at_every_call(make: impl Fn() -> Project, arguments: &[&str]) {
    let project = make();
    let before = files(&project);
    project.run(arguments);
    let after = files(&project);
    assert_ne!(before, after);
    let mut seen_before = 0;
    let mut seen_after = 0;
    for call in 0..MOST_CALLS {
        let project = make();
        let mut command = project.command(arguments);
        Fault::Kill(call).put_into(&mut command);
        let ended = command.output().expect("it can be run").status.code().is_some();
        // A command that only reads.
        project.run(&["heads"]);
        let found = files(&project);
        if found == after {
            seen_after += 1;
        } else {
            assert_eq!(found, before, "{arguments:?}, killed at call {call}");
            seen_before += 1;
        }
        if ended {
            assert!(seen_before > 2 && seen_after > 1, "{seen_before} before, {seen_after} after");
            return;
        }
    }
    panic!("no run came to its end");
}

#[test]
fn a_revision_is_written_whole_or_not_at_all() {
    at_every_call(fork, &["revision", "-m", "new", "--rev-id", "n", "--head", "b"]);
}

#[test]
fn a_merge_is_written_whole_or_not_at_all() {
    at_every_call(fork, &["merge", "heads", "-m", "both", "--rev-id", "m"]);
}

#[test]
fn a_rebase_happens_whole_or_not_at_all() {
    at_every_call(fork, &["rebase", "c", "--onto", "b", "--offline"]);
}

#[test]
fn the_heads_file_is_mended_whole_or_not_at_all() {
    let stale = || {
        let project = fork();
        project.write("versions/heads", "a\n");
        project
    };
    at_every_call(stale, &["check", "--fix"]);
}

/// A journal that came with a checkout is refused by every command, those that only read included, and changes nothing.
#[test]
fn a_journal_from_elsewhere_is_refused_by_every_command() {
    let outside = tempfile::tempdir().expect("a folder");
    let project = fork();
    let out = outside.path().display();
    project.write(
        "versions/.revgraph-moves",
        format!(
            r#"{{"origin":"1:1","staging":"versions/.revgraph-staging","moves":[["versions/c_test.up.sql","versions/backup/c_test.up.sql"],["versions/b_test.up.sql","{out}/b_test.up.sql"]],"removals":["versions/heads"]}}"#
        ),
    );
    std::os::unix::fs::symlink(outside.path(), project.path("versions/backup")).expect("a link");
    let before = files(&project);
    for command in
        [vec!["history"], vec!["heads"], vec!["upgrade"], vec!["revision", "-m", "x"], vec!["check", "--fix"]]
    {
        let ran = project.run(&command);
        assert_eq!(ran.status, 4, "{command:?}: {ran:?}");
        assert_eq!(files(&project), before, "{command:?}");
    }
    assert_eq!(fs::read_dir(outside.path()).expect("a listing").count(), 0);
}
