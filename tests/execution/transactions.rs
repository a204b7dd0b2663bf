//! One transaction for each revision, and one for all.

use crate::support::{Project, Script, on_each_database};

on_each_database!(
    all_share_one_transaction,
    a_failure_in_the_middle_of_all_undoes_all,
    a_failure_on_the_way_down_undoes_all,
    a_no_transaction_script_ends_the_shared_transaction,
    many_revisions_share_one_transaction,
    the_environment_chooses_the_mode,
);

const BROKEN: &str = "CREATE TABLE t_broken (id INTEGER);\nSELECT nothing FROM t_broken;";

fn all_share_one_transaction(project: &Project) {
    project.configure("transaction = \"all\"");
    project.tables(&[("a", ""), ("b", "a"), ("c", "a"), ("m", "b, c")]);
    project.takes(&["upgrade"], &["a", "c", "b", "m"], &["m"]);
    project.assert_applied(&["a", "b", "c", "m"]);
    project.takes(&["downgrade", "base"], &["m", "b", "c", "a"], &[]);
    project.assert_applied(&[]);
    assert_eq!(project.database.events().len(), 8);
}

fn a_failure_in_the_middle_of_all_undoes_all(project: &Project) {
    project.configure("transaction = \"all\"");
    project.tables(&[("a", ""), ("b", "a")]).revision("c", "b", BROKEN, "").tables(&[("d", "c")]);
    let ran = project.run(&["upgrade", "--json"]);
    let error = ran.error();
    assert_eq!((ran.status, &error["revision"], &error["statement_number"]), (1, &"c".into(), &2.into()));
    assert_eq!((&error["line"], &error["column"]), (&7.into(), &8.into()));
    assert_eq!((&error["completed"], &error["heads"]), (&0.into(), &serde_json::json!([])));
    assert_eq!(project.database.version_rows(), [""; 0]);
    project.assert_applied(&[]);
    assert_eq!(project.database.events(), ["upgrade c failed"]);
    project.table("c", "b", &[]);
    project.takes(&["upgrade"], &["a", "b", "c", "d"], &["d"]);
}

fn a_failure_on_the_way_down_undoes_all(project: &Project) {
    project.configure("transaction = \"all\"");
    project.tables(&[("a", "")]);
    project.revision("b", "a", "CREATE TABLE t_b (id INTEGER);", "DROP TABLE nowhere;");
    project.tables(&[("c", "b")]);
    project.takes(&["upgrade"], &["a", "b", "c"], &["c"]);
    assert_eq!(project.run(&["downgrade", "base"]).status, 1);
    assert_eq!(project.database.version_rows(), ["c"]);
    project.assert_applied(&["a", "b", "c"]);
}

fn a_no_transaction_script_ends_the_shared_transaction(project: &Project) {
    project.configure("transaction = \"all\"");
    let up = format!("CREATE TABLE t_n (id INTEGER);\n{}", project.database.vacuum("t_n"));
    project.tables(&[("a", ""), ("b", "a")]);
    project.script(&Script {
        id: "n",
        down_revision: "b",
        header: &["revgraph: no-transaction"],
        up: &up,
        down: None,
    });
    project.tables(&[("y", "n")]).revision("z", "y", BROKEN, "");
    let ran = project.run(&["upgrade", "--json"]);
    assert_eq!((ran.status, &ran.error()["completed"]), (1, &3.into()));
    assert_eq!(project.database.version_rows(), ["n"]);
    project.assert_applied(&["a", "b", "n"]);
}

/// More than one message to the server, and more than one batch of the ledger, holds.
fn many_revisions_share_one_transaction(project: &Project) {
    project.configure("transaction = \"all\"");
    let ids: Vec<String> = (0..300).map(|number| format!("r{number:03}")).collect();
    for (index, id) in ids.iter().enumerate() {
        let parent = index.checked_sub(1).map_or("", |before| ids[before].as_str());
        let up = format!("INSERT INTO log VALUES ('{id}');");
        let up = if index == 0 { format!("CREATE TABLE log (id VARCHAR(4));\n{up}") } else { up };
        let down = if index == 0 {
            "DROP TABLE log;".to_owned()
        } else {
            format!("DELETE FROM log WHERE id = '{id}';")
        };
        project.revision(id, parent, &up, &down);
    }
    let ran = project.json(&["upgrade"]);
    assert_eq!((ran.steps(), ran.heads()), (ids.clone(), vec!["r299".to_owned()]));
    assert_eq!(project.database.column("SELECT id FROM log ORDER BY id"), ids);
    assert_eq!(project.database.ledger(), ids);
    project.revision("s", "r299", BROKEN, "");
    project.json(&["downgrade", "r100"]);
    assert_eq!(project.database.column("SELECT max(id) FROM log"), ["r100"]);
    assert_eq!(project.run(&["upgrade"]).status, 1);
    assert_eq!(project.database.column("SELECT max(id) FROM log"), ["r100"]);
    assert_eq!(project.database.version_rows(), ["r100"]);
    project.json(&["downgrade", "base"]);
    project.assert_applied(&[]);
}

fn the_environment_chooses_the_mode(project: &Project) {
    project.tables(&[("a", "")]).revision("b", "a", BROKEN, "");
    let upgrade = || {
        let mut command = project.command(&["upgrade"]);
        command.env("REVGRAPH_TRANSACTION", "all").status().expect("the binary can be run").code()
    };
    assert_eq!(upgrade(), Some(1));
    project.assert_applied(&[]);
    assert_eq!(project.run(&["upgrade"]).status, 1);
    project.assert_applied(&["a"]);
}
