//! `kill -9` at every call that changes a file: afterwards the scripts are those from before or those from after.

use super::*;
use crate::support::fault::Fault;

/// More calls than any run here makes.
const MOST_CALLS: usize = 500;

fn history() -> Project {
    let project = Project::new(Kind::Sqlite);
    project.tables(&[("a", ""), ("b", "a"), ("c", "b")]);
    project.table("d", "c", &["depends_on: b"]);
    project
}

/// What `history` shows, which is what every command works on.
fn seen(project: &Project) -> Vec<String> {
    let ran = project.json(&["history"]).json();
    let line = |revision: &serde_json::Value| {
        format!("{} {} {}", revision["revision"], revision["down_revisions"], revision["replaces"])
    };
    ran.as_array().expect("a list").iter().map(line).collect()
}

/// Kills runs at each of their calls; what is seen afterwards is one of two things, and files that no command looks at
/// do no harm. Whether both were seen.
fn at_every_call(make: impl Fn() -> Project, arguments: &[&str], mut judge: impl FnMut(&Project) -> bool) {
    let (mut before, mut after) = (0, 0);
    for call in 0..MOST_CALLS {
        let project = make();
        let mut command = project.command(arguments);
        Fault::Kill(call).put_into(&mut command);
        let ended = command.output().expect("it can be run").status.code().is_some();
        if judge(&project) {
            after += 1;
        } else {
            before += 1;
        }
        assert_eq!(project.run(&["check"]).status, 0, "call {call}");
        if ended {
            assert!(before > 3 && after > 3, "{before} before, {after} after");
            return;
        }
    }
    panic!("no run came to its end");
}

#[test]
fn a_squash_is_seen_whole_or_not_at_all() {
    let squash = ["squash", "b", "--rev-id", "base1", "-m", "all of it"];
    let whole = history();
    let old = (seen(&whole), files(&whole));
    whole.json(&squash);
    let new_names = names(&whole);
    let new = seen(&whole);
    at_every_call(history, &squash, |project| {
        let found = seen(project);
        let left = names(project);
        if found == new {
            assert_eq!(left, new_names);
            project.takes(&["upgrade", "heads"], &["base1", "c", "d"], &["d"]);
            return true;
        }
        assert_eq!(found, old.0);
        let visible: Vec<_> = files(project).into_iter().filter(|(name, _)| !name.starts_with('.')).collect();
        assert_eq!(visible, old.1);
        // The next one begins anew, and leaves nothing of this one.
        project.json(&squash);
        assert_eq!(names(project), new_names);
        false
    });
}

#[test]
fn what_is_forgotten_is_forgotten_whole() {
    let make = || {
        let project = history();
        squashed(&project, &["b"]);
        project
    };
    at_every_call(make, &["squash", "--forget", "--yes"], |project| {
        seen(project);
        let kept = names(project).iter().filter(|name| name.starts_with("backup/")).count();
        assert!(kept == 0 || kept == 4, "{:?}", names(project));
        kept == 0
    });
}
