//! Many processes at once: each revision runs once, and nobody fails.

use std::process::Stdio;

use crate::support::{Project, Ran, Script, on_each_database};

on_each_database!(
    sixteen_processes_share_one_upgrade,
    sixteen_processes_share_one_upgrade_in_one_transaction,
    a_no_transaction_script_runs_once_too,
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
    assert_each_runs_once(project, &["a", "b", "c", "d", "m", "z"]);
}

fn a_no_transaction_script_runs_once_too(project: &Project) {
    let vacuum = project.database.vacuum("t_n");
    let up = format!("CREATE TABLE t_n (id INTEGER);\n{vacuum}\nINSERT INTO t_n VALUES (1);");
    project.tables(&[("a", "")]);
    project.script(&Script {
        id: "n",
        down_revision: "a",
        header: &["revgraph: no-transaction"],
        up: &up,
        down: None,
    });
    project.tables(&[("z", "n")]);
    assert_each_runs_once(project, &["a", "n", "z"]);
    assert_eq!(project.database.scalar("SELECT count(*) FROM t_n"), "1");
}

fn assert_each_runs_once(project: &Project, ids: &[&str]) {
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
    let mut events = project.database.events();
    events.sort();
    assert_eq!(events, ids.iter().map(|id| format!("upgrade {id} done")).collect::<Vec<_>>());
    steps.sort();
    assert_eq!(steps, ids, "each revision ran in one process");
    assert_eq!(project.database.version_rows(), ["z"]);
    project.assert_applied(ids);
}
