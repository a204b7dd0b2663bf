//! How databases meet a baseline, from every state among its originals, and how they go back through it.

mod folding;
mod refusals;
mod states;
mod unfolding;

use std::collections::BTreeSet;
use std::fs;

use crate::support::{Project, Script};

/// What `versions/ID_test.up.sql` becomes in the backup.
fn back_up(project: &Project, id: &str) {
    fs::create_dir_all(project.path("versions/backup")).expect("a folder");
    for side in ["up", "down"] {
        let name = format!("{id}_test.{side}.sql");
        fs::rename(
            project.path(&format!("versions/{name}")),
            project.path(&format!("versions/backup/{name}")),
        )
        .expect("the script is there");
    }
}

/// Writes the baseline `id` of revisions that each make a table, moves those to the backup, and points `children` at
/// it.
pub fn squash(project: &Project, id: &str, parent: &str, originals: &[&str], children: &[&str]) {
    squash_replacing(project, id, parent, originals, originals, children);
}

/// The same where one of the originals is a baseline itself, so that it replaces more than it moves.
fn squash_replacing(
    project: &Project,
    id: &str,
    parent: &str,
    originals: &[&str],
    replaces: &[&str],
    children: &[&str],
) {
    let mut up = String::new();
    let mut down = Vec::new();
    for original in originals {
        let script = |side| {
            let text = fs::read_to_string(project.path(&format!("versions/{original}_test.{side}.sql")));
            let text = text.expect("the script is there");
            text.lines().filter(|line| !line.starts_with("--")).collect::<Vec<_>>().join("\n")
        };
        up.push_str(&script("up"));
        down.push(script("down"));
        back_up(project, original);
    }
    down.reverse();
    let replaces = format!("replaces: {}", replaces.join(", "));
    project.script(&Script {
        id,
        header: &[&replaces],
        down_revision: parent,
        up: &up,
        down: Some(&down.join("\n")),
    });
    let last = originals.last().expect("some originals");
    for child in children {
        let path = format!("versions/{child}_test.up.sql");
        let text = fs::read_to_string(project.path(&path)).expect("the script is there");
        project
            .write(&path, text.replace(&format!("down_revision: {last}"), &format!("down_revision: {id}")));
    }
}

/// `a <- b <- c <- d`, of which nothing has been squashed.
fn line(project: &Project) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "b"), ("d", "c")]);
}

/// The tables, which no migration makes twice without failing, and the ledger, which must tell the same.
#[track_caller]
fn assert_stands(project: &Project, rows: &[&str], ledger: &[&str], tables: &[&str]) {
    assert_eq!(project.database.version_rows(), rows, "version rows");
    assert_eq!(project.database.ledger(), ledger, "ledger");
    let expected: BTreeSet<String> = tables.iter().map(|table| format!("t_{table}")).collect();
    assert_eq!(project.database.tables().into_iter().collect::<BTreeSet<_>>(), expected, "tables");
}
