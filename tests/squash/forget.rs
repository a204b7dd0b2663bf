//! `squash --forget`.

use super::*;

#[cfg(feature = "sqlite")]
const KIND: Kind = Kind::Sqlite;
#[cfg(not(feature = "sqlite"))]
const KIND: Kind = Kind::Postgres;

fn twice_squashed() -> Project {
    let project = Project::new(KIND);
    project.tables(&[("a", ""), ("b", "a"), ("x", ""), ("y", "x")]);
    squashed(&project, &["b"]);
    project.json(&["squash", "y", "--rev-id", "base2", "-m", "the others"]);
    project
}

#[test]
fn originals_go_and_their_ids_stay_reserved() {
    let project = twice_squashed();
    project.write("versions/backup/notes.txt", "mine");
    let ran = project.json(&["squash", "--forget", "base1", "--yes"]).json();
    assert_eq!(ran["forgotten"][0]["originals"], serde_json::json!(["a", "b"]), "{ran}");
    assert_eq!(ran["forgotten"][0]["files"].as_array().map(Vec::len), Some(4));
    let kept: Vec<String> = names(&project).into_iter().filter(|name| name.starts_with("backup/")).collect();
    let others = ["x_test.down.sql", "x_test.up.sql", "y_test.down.sql", "y_test.up.sql"];
    let mut expected: Vec<String> = others.iter().map(|name| format!("backup/{name}")).collect();
    expected.insert(0, "backup/notes.txt".to_owned());
    assert_eq!(kept, expected);
    let ran = project.run(&["revision", "-m", "new", "--rev-id", "a", "--head", "base1", "--json"]);
    assert_eq!((ran.status, ran.stderr.contains("stays reserved")), (1, true), "{ran:?}");
    let ran = project.json(&["squash", "--forget", "--yes"]).json();
    assert_eq!(ran["forgotten"][1]["originals"], serde_json::json!(["x", "y"]), "{ran}");
    assert_eq!(names(&project).iter().filter(|name| name.starts_with("backup/")).count(), 1);
    let ran = project.run(&["squash", "--forget", "--yes"]);
    assert_eq!(
        (ran.status, ran.stderr.trim_end()),
        (0, "the backup keeps nothing of these baselines"),
        "{ran:?}"
    );
    project.json(&["upgrade", "heads"]);
}

#[test]
fn nobody_is_there_to_agree() {
    let project = twice_squashed();
    let before = files(&project);
    let ran = project.run(&["squash", "--forget"]);
    assert_eq!((ran.status, ran.stderr.contains("--yes")), (2, true), "{ran:?}");
    let ran = project.json(&["squash", "--forget", "--dry-run"]).json();
    assert_eq!(ran["forgotten"].as_array().map(Vec::len), Some(2));
    assert_eq!(files(&project), before);
}

#[test]
fn what_is_no_baseline_has_nothing_to_forget() {
    let project = twice_squashed();
    project.table("z", "base1", &[]);
    let ran = project.run(&["squash", "--forget", "z", "--yes", "--json"]);
    assert_eq!((ran.status, &ran.error()["kind"]), (1, &"not_a_baseline".into()), "{ran:?}");
}
