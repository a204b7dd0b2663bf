//! An enum value cannot be used in the transaction that adds it. That is told before anything runs.

#![cfg(feature = "postgres")]

use crate::support::{Kind, Project, Script};

const ADD: &str = "ALTER TYPE mood ADD VALUE 'glad';";
const USE: &str = "INSERT INTO person VALUES ('glad');";

/// An enum and a table of it, applied.
fn project(transaction: &str) -> Project {
    let project = Project::new(Kind::Postgres);
    project.configure(&format!("transaction = \"{transaction}\""));
    project.revision("a", "", "CREATE TYPE mood AS ENUM ('sad');\nCREATE TABLE person (mood mood);", "");
    project.takes(&["upgrade"], &["a"], &["a"]);
    project
}

#[test]
fn a_use_in_the_same_script_is_refused_with_the_directive_to_add() {
    let project = project("each");
    project.revision("b", "a", &format!("{ADD}\n{USE}"), "");
    for command in [&["upgrade"][..], &["upgrade", "--dry-run"]] {
        let error = project.refused(command, 1);
        assert_eq!(
            (&error["kind"], &error["line"], &error["column"]),
            (&"refused".into(), &7.into(), &28.into())
        );
        assert!(error["hints"].to_string().contains("-- revgraph: no-transaction"), "{error}");
    }
    assert_eq!(project.database.events(), ["upgrade a done"]);
    let directive = ["revgraph: no-transaction"];
    let up = format!("{ADD}\n{USE}");
    project.script(&Script { id: "b", header: &directive, down_revision: "a", up: &up, down: None });
    project.takes(&["upgrade"], &["b"], &["b"]);
    assert_eq!(project.database.scalar("SELECT mood FROM person"), "glad");
}

#[test]
fn a_use_in_a_later_script_is_refused_where_they_share_a_transaction() {
    let project = project("all");
    project.revision("b", "a", ADD, "").revision("c", "b", USE, "");
    let error = project.refused(&["upgrade"], 1);
    assert_eq!(error["kind"], "refused", "{error}");
    assert!(error["file"].as_str().is_some_and(|file| file.ends_with("c_test.up.sql")), "{error}");
    assert!(error.to_string().contains("by revision b"), "{error}");
    assert_eq!(project.database.events(), ["upgrade a done"]);
    let directive = ["revgraph: no-transaction"];
    project.script(&Script { id: "b", header: &directive, down_revision: "a", up: ADD, down: None });
    project.takes(&["upgrade"], &["b", "c"], &["c"]);
}

#[test]
fn a_use_in_a_later_transaction_runs() {
    let project = project("each");
    project.revision("b", "a", ADD, "").revision("c", "b", USE, "");
    project.takes(&["upgrade"], &["b", "c"], &["c"]);
}

#[test]
fn the_same_text_of_another_type_runs_where_it_is_cast() {
    let project = project("each");
    project.revision("b", "a", &format!("{ADD}\nCREATE TABLE note AS SELECT 'glad'::text AS text;"), "");
    project.takes(&["upgrade"], &["b"], &["b"]);
}

/// The refusal agrees with the server at hand, whose version decides.
#[test]
fn a_value_of_an_enum_of_the_same_transaction_is_as_the_server_has_it() {
    let project = Project::new(Kind::Postgres);
    project.configure("transaction = \"all\"");
    project.revision("a", "", "CREATE TYPE mood AS ENUM ('sad');\nCREATE TABLE person (mood mood);", "");
    project.revision("b", "a", ADD, "").revision("c", "b", USE, "");
    let version: u32 = project.database.scalar("SHOW server_version_num").parse().expect("a number");
    if version >= 170_000 {
        project.takes(&["upgrade"], &["a", "b", "c"], &["c"]);
    } else {
        assert_eq!(project.refused(&["upgrade"], 1)["kind"], "refused");
        assert_eq!(project.database.events(), [""; 0]);
    }
}
