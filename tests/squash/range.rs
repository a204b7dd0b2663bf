//! Which revisions can be squashed.

use super::*;

/// None of these needs a database.
fn project() -> Project {
    #[cfg(feature = "sqlite")]
    let kind = Kind::Sqlite;
    #[cfg(not(feature = "sqlite"))]
    let kind = Kind::Postgres;
    Project::new(kind)
}

#[test]
fn several_heads_have_to_be_told_apart() {
    let project = project();
    project.tables(&[("a", ""), ("b", "a"), ("c", "a")]);
    let error = refused(&project, &[], "multiple_heads", 1);
    assert!(error["message"].as_str().expect("a text").contains("b, c"), "{error}");
}

/// The hints are commands that work, whether or not the branches share anything.
#[test]
fn several_heads_are_squashed_line_by_line() {
    for (shared, commands) in
        [("b", ["squash b", "squash c:d", "squash e:f"].as_slice()), ("", &["squash d", "squash f"])]
    {
        let project = project();
        project.tables(&[("a", ""), ("b", "a"), ("c", "b"), ("d", "c"), ("e", shared), ("f", "e")]);
        for arguments in [["heads"].as_slice(), &[]] {
            let ran = project.run(&[&["squash", "--json", "-m", "x"], arguments].concat());
            let hints = ran.error()["hints"].to_string();
            for command in commands {
                assert!(hints.contains(&format!("revgraph {command}\"")), "{command} in {hints}");
            }
        }
        for command in commands {
            let arguments: Vec<&str> = command.split(' ').chain(["-m", "x"]).collect();
            project.json(&arguments);
        }
        project.json(&["upgrade", "heads"]);
    }
}

#[test]
fn edges_that_cross_are_named() {
    let project = project();
    branching(&project);
    project.tables(&[("z", "b")]);
    let error = refused(&project, &["m"], "not_closed", 1);
    assert_eq!(
        error["edges"],
        serde_json::json!([{
            "upper": "z", "upper_file": "versions/z_test.up.sql",
            "lower": "b", "lower_file": "versions/b_test.up.sql", "as": "down_revision",
        }])
    );
    assert_eq!(
        error["causes"][0],
        "z (versions/z_test.up.sql) stands on b (versions/b_test.up.sql), and z is outside"
    );
    let error = refused(&project, &["c:m"], "not_closed", 1);
    assert!(told(&error).contains("m (versions/m_test.up.sql) stands on b"), "{error}");
}

#[test]
fn ends_that_lead_nowhere() {
    let project = project();
    project.tables(&[("a", ""), ("b", "a")]);
    refused(&project, &["nowhere"], "unknown_revision", 1);
    refused(&project, &["b:a"], "not_an_ancestor", 1);
    refused(&project, &["a", "b"], "usage", 2);
    refused(&project, &["base"], "usage", 2);
    let empty = self::project();
    refused(&empty, &[], "no_revisions", 1);
}

#[test]
fn ids_that_cannot_be_had() {
    let project = project();
    project.tables(&[("a", ""), ("b", "a"), ("c", "b")]);
    squashed(&project, &["b"]);
    let squash = |id: &str| {
        let ran = project.run(&["squash", "--rev-id", id, "-m", "again", "--json"]);
        (ran.status, ran.error()["message"].as_str().expect("a text").to_owned())
    };
    let (status, message) = squash("c");
    assert_eq!(
        (status, message.contains("there is a revision or a branch `c` already")),
        (1, true),
        "{message}"
    );
    let (status, message) = squash("a");
    assert_eq!((status, message.contains("stays reserved")), (1, true), "{message}");
    assert_eq!(squash("head").0, 2);
    assert_eq!(squash("a/b").0, 2);
    let ran = project.run(&["squash", "base1:base1", "--rev-id", "again", "-m", "again", "--json"]);
    assert_eq!((ran.status, &ran.error()["kind"]), (1, &"already_a_baseline".into()), "{ran:?}");
}

#[test]
fn the_message_is_needed_and_checked() {
    let project = project();
    project.tables(&[("a", "")]);
    for (arguments, kind, status) in [
        (&["squash"][..], "usage", 2),
        (&["squash", "-m", " "], "usage", 2),
        (&["squash", "-m", "t\nrevision: x"], "message", 1),
    ] {
        let before = files(&project);
        let error = project.refused(arguments, status);
        assert_eq!(error["kind"], kind, "{error}");
        assert_eq!(files(&project), before);
    }
}

/// A baseline is squashed like any other revision, and the new one stands for what the old one stood for.
#[test]
fn a_squash_of_a_squash() {
    let project = project();
    project.tables(&[("a", ""), ("b", "a"), ("c", "b"), ("d", "c")]);
    squashed(&project, &["b"]);
    let ran = project.json(&["squash", "c", "--rev-id", "base2", "-m", "more"]).json();
    assert_eq!(ran["replaces"], serde_json::json!(["a", "b", "base1", "c"]));
    assert_eq!(ran["originals"], serde_json::json!(["base1", "c"]));
    assert_eq!(ran["repointed"], serde_json::json!(["d"]));
    project.takes(&["upgrade"], &["base2", "d"], &["d"]);
    assert_eq!(project.database.tables(), ["t_a", "t_b", "t_c", "t_d"]);
    let kept = names(&project);
    for id in ["a", "b", "c"] {
        assert!(kept.contains(&format!("backup/{id}_test.up.sql")), "{kept:?}");
    }
    assert!(kept.contains(&"backup/base1_all_of_it.up.sql".to_owned()), "{kept:?}");
}
