//! Importing a history and upgrading an empty database gives what the tool's own files give.

use serde_json::Value;

use super::tools::{Tool, history};
use crate::support::{Database, Project, on_each_database};

on_each_database!(every_tool_gives_the_same_catalog);

fn every_tool_gives_the_same_catalog(example: &Project) {
    for tool in Tool::ALL {
        let project = Project::new(example.database.kind());
        gives_the_same_catalog(&project, tool);
    }
}

fn gives_the_same_catalog(project: &Project, tool: Tool) {
    let history = history(project);
    tool.write(project, &history);
    let imported = project.json(&["import", tool.kind(), "theirs"]).json();
    let ids: Vec<String> = history.iter().map(|migration| tool.id(migration)).collect();
    let of = |key: &str| -> Vec<Value> {
        imported["revisions"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|revision| revision[key].clone())
            .collect()
    };
    assert_eq!(of("revision"), ids, "{tool:?}");
    assert_eq!(of("no_transaction"), [false, false, true, false], "{tool:?}");
    assert!(of("irreversible").iter().all(|reason| reason.is_null() == tool.has_down_scripts()), "{tool:?}");

    let folder = tempfile::tempdir().expect("a folder");
    let theirs = Database::new(project.database.kind(), folder.path());
    history.iter().for_each(|migration| theirs.execute(migration.up));

    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let last = [ids[3]];
    project.takes(&["upgrade"], &ids, &last);
    let same = project.run(&["diff", &project.database.url(), &theirs.url()]);
    assert_eq!((same.status, same.stdout.as_str()), (0, ""), "{tool:?}: {same:?}");
    assert_eq!(project.database.column("SELECT name FROM users"), ["a;b"], "{tool:?}");
    assert_eq!(project.run(&["check"]).status, 0, "{tool:?}");
    if tool.has_down_scripts() {
        let back: Vec<&str> = ids.iter().rev().copied().collect();
        project.takes(&["downgrade", "base"], &back, &[]);
        assert_eq!(project.database.tables(), [""; 0], "{tool:?}");
    } else {
        assert_eq!(project.refused(&["downgrade", "-1"], 1)["kind"], "irreversible", "{tool:?}");
    }
}
