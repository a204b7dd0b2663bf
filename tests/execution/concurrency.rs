//! Many processes at once: each revision runs once, and nobody fails.

use std::process::Stdio;

use crate::support::{Project, Ran, on_each_database};

on_each_database!(
    sixteen_processes_share_one_upgrade,
    sixteen_processes_share_one_upgrade_in_one_transaction
);

const PROCESSES: usize = 16;

fn sixteen_processes_share_one_upgrade(project: &Project) {
    share_an_upgrade(project, "each");
}

fn sixteen_processes_share_one_upgrade_in_one_transaction(project: &Project) {
    share_an_upgrade(project, "all");
}

fn share_an_upgrade(project: &Project, transaction: &str) {
    project.configure(&format!("transaction = \"{transaction}\""));
    // Not repeatable, and with a merge, whose row changes are the most delicate.
    project.tables(&[("a", ""), ("b", "a"), ("c", "a"), ("d", "c"), ("m", "b, d"), ("z", "m")]);
    let ids = ["a", "b", "c", "d", "m", "z"];
    let spawn = |_| {
        let mut command = project.command(&["upgrade", "--json"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary can be run")
    };
    let children: Vec<_> = (0..PROCESSES).map(spawn).collect();
    let mut steps = Vec::new();
    for child in children {
        let ran = Ran::new(&child.wait_with_output().expect("it ends"), &project.path(""));
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        assert_eq!(ran.heads(), ["z"]);
        steps.extend(ran.steps());
    }
    steps.sort();
    assert_eq!(steps, ids, "each revision ran in one process");
    assert_eq!(project.database.version_rows(), ["z"]);
    project.assert_applied(&ids);
    let mut events = project.database.events();
    events.sort();
    assert_eq!(events, ids.map(|id| format!("upgrade {id} done")));
}
