//! Scripts, backup, and what stands on a baseline.

use super::*;

#[cfg(feature = "sqlite")]
const KIND: Kind = Kind::Sqlite;
#[cfg(not(feature = "sqlite"))]
const KIND: Kind = Kind::Postgres;

#[test]
fn originals_move_as_they_are() {
    let project = Project::new(KIND);
    branching(&project);
    project.run(&["check", "--fix"]);
    let before = files(&project);
    squashed(&project, &["m"]);
    let after = files(&project);
    let text = |files: &[(String, String)], name: &str| {
        files.iter().find(|(one, _)| one == name).map(|(_, text)| text.clone())
    };
    for id in ["a", "b", "c", "m"] {
        for side in ["up", "down"] {
            let name = format!("{id}_test.{side}.sql");
            assert_eq!(text(&after, &format!("backup/{name}")), text(&before, &name), "{name}");
            assert_eq!(text(&after, &name), None, "{name}");
        }
    }
    let repointed = text(&after, "x_test.up.sql").expect("it is there");
    assert_eq!(
        repointed,
        text(&before, "x_test.up.sql")
            .expect("it was there")
            .replace("down_revision: m", "down_revision: base1")
    );
    let dependent = text(&after, "y_test.up.sql").expect("it is there");
    assert_eq!(
        dependent,
        text(&before, "y_test.up.sql").expect("it was there").replace("depends_on: m", "depends_on: base1")
    );
    assert_eq!(text(&after, "heads"), text(&before, "heads"));
    assert_eq!(after.iter().filter(|(name, _)| name.starts_with('.')).count(), 0, "{after:?}");
    assert_in_order(&project);
    // A label of an original is the baseline's.
    let heads = project.json(&["heads"]).json();
    assert!(heads.to_string().contains("left"), "{heads}");
}

/// A link that leads nowhere is somebody's, and not a free place.
#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_not_written_over() {
    let project = Project::new(KIND);
    project.table("a", "", &[]);
    let backup = project.path("versions/backup");
    std::fs::create_dir_all(&backup).expect("a folder");
    let link = backup.join("a_test.up.sql");
    std::os::unix::fs::symlink("nowhere.sql", &link).expect("a link");
    let ran = project.run(&["squash", "a", "--rev-id", "base1", "-m", "all"]);
    assert!(ran.status != 0 && ran.stderr.contains("a_test.up.sql"), "{}", ran.stderr);
    assert!(link.symlink_metadata().expect("it is there").is_symlink());
    assert!(project.path("versions/a_test.up.sql").exists());
}

#[test]
fn a_dependency_by_label_needs_no_change() {
    let project = Project::new(KIND);
    project.table("a", "", &["branch_labels: net"]);
    project.table("x", "", &["depends_on: net"]);
    let before = read(&project, "versions/x_test.up.sql");
    let ran = squashed(&project, &["a"]).json();
    assert_eq!(ran["repointed"], serde_json::json!([]));
    assert_eq!(read(&project, "versions/x_test.up.sql"), before);
    project.takes(&["upgrade", "heads"], &["base1", "x"], &["x"]);
}

#[test]
fn names_follow_the_template_and_go_to_the_first_location() {
    let project = Project::new(KIND);
    fs::create_dir(project.path("more")).expect("a folder");
    project.configure("file_template = \"{rev}__{slug}\"\nversion_locations = [\"versions\", \"more\"]\nbackup_location = \"old/ones\"");
    project.table("a", "", &[]);
    for side in ["up", "down"] {
        let name = format!("a_test.{side}.sql");
        fs::rename(project.path(&format!("versions/{name}")), project.path(&format!("more/{name}")))
            .expect("it can");
    }
    let ran = project.json(&["squash", "--rev-id", "001", "-m", "initial schema\n\nand why"]).json();
    assert!(ran["up"].as_str().expect("a path").ends_with("versions/001__initial_schema.up.sql"), "{ran}");
    assert!(project.path("old/ones/a_test.down.sql").exists());
    let shown = project.run(&["show", "001"]);
    assert!(
        shown.stdout.contains("and why") && shown.stdout.contains("Squashed from a; proved equal on"),
        "{shown:?}"
    );
    assert_eq!(read(&project, "versions/heads"), "001\n");
}

#[test]
fn names_that_are_taken() {
    let project = Project::new(KIND);
    project.tables(&[("a", "")]);
    fs::create_dir(project.path("versions/backup")).expect("a folder");
    project.write("versions/backup/a_test.down.sql", "mine");
    let error = refused(&project, &[], "backup", 1);
    assert!(error["message"].as_str().expect("a text").contains("backup/a_test.down.sql"), "{error}");
    fs::remove_file(project.path("versions/backup/a_test.down.sql")).expect("it can");
    project.write("versions/base1_all_of_it.down.sql", "mine");
    // That is a down script without an up script.
    refused(&project, &[], "scripts", 4);
    fs::remove_file(project.path("versions/base1_all_of_it.down.sql")).expect("it can");
    fs::create_dir(project.path("versions/base1_all_of_it.down.sql")).expect("a folder");
    refused(&project, &[], "scripts", 4);
}

#[cfg(unix)]
#[test]
fn links_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let project = Project::new(KIND);
    project.tables(&[("a", ""), ("b", "a")]);
    fs::rename(project.path("versions/b_test.up.sql"), project.path("b.sql")).expect("it can");
    fs::set_permissions(project.path("b.sql"), fs::Permissions::from_mode(0o640)).expect("it can");
    symlink("../b.sql", project.path("versions/b_test.up.sql")).expect("a link");
    squashed(&project, &["a"]);
    assert!(fs::symlink_metadata(project.path("versions/b_test.up.sql")).expect("it is there").is_symlink());
    assert!(read(&project, "b.sql").contains("down_revision: base1"));
    assert_eq!(fs::metadata(project.path("b.sql")).expect("it is there").permissions().mode() & 0o777, 0o640);
}

#[test]
fn what_people_read() {
    let project = Project::new(KIND);
    branching(&project);
    let ran = project.run(&["squash", "m", "--rev-id", "base1", "-m", "all of it"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!(
        ran.stdout,
        "[PROJECT]/versions/base1_all_of_it.up.sql\n[PROJECT]/versions/base1_all_of_it.down.sql\n"
    );
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert_eq!(lines[0], "base1 stands for 4 revisions");
    assert!(lines[1].starts_with("proved equal on "), "{ran:?}");
    assert_eq!(lines[2..], ["8 files have been moved to versions/backup", "now stand on it: x, y"]);
}
