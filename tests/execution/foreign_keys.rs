//! SQLite's foreign keys: off while a revision runs, checked before its commit.

use crate::support::{Kind, Project};

const FAMILY: &str = "CREATE TABLE parent (id INTEGER PRIMARY KEY);\n\
    CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER NOT NULL REFERENCES parent (id) ON DELETE CASCADE);\n\
    INSERT INTO parent VALUES (1), (2);\n\
    INSERT INTO child VALUES (10, 1), (20, 2), (21, 2);";

const REBUILD: &str = "CREATE TABLE new_parent (id INTEGER PRIMARY KEY, name TEXT);\n\
    INSERT INTO new_parent (id) SELECT id FROM parent;\n\
    DROP TABLE parent;\n\
    ALTER TABLE new_parent RENAME TO parent;";

fn family() -> Project {
    let project = Project::new(Kind::Sqlite);
    project.revision("a", "", FAMILY, "DROP TABLE child;\nDROP TABLE parent;");
    project
}

#[test]
fn rebuilding_a_table_keeps_the_rows_that_point_to_it() {
    for transaction in ["each", "all"] {
        for header in ["", "-- revgraph: no-transaction\n"] {
            let project = family();
            project.configure(&format!("transaction = \"{transaction}\""));
            // What a careful author writes does no harm.
            let up = format!("{header}PRAGMA foreign_keys = ON;\n{REBUILD}");
            project.revision("b", "a", &up, "");
            project.takes(&["upgrade"], &["a", "b"], &["b"]);
            assert_eq!(
                project.database.column("SELECT id FROM child ORDER BY id"),
                ["10", "20", "21"],
                "{transaction} {header}"
            );
        }
    }
}

#[test]
fn rows_that_would_point_nowhere_refuse_the_revision() {
    let project = family();
    project.revision("b", "a", "DELETE FROM parent WHERE id = 2;\nDELETE FROM child WHERE id = 21;", "");
    let ran = project.run(&["upgrade", "--json"]);
    assert_eq!(ran.status, 1);
    assert!(ran.error()["causes"].to_string().contains("1 row of child without their parent"), "{ran:?}");
    assert_eq!(project.database.version_rows(), ["a"]);
    assert_eq!(project.database.column("SELECT id FROM parent"), ["1", "2"]);
    assert_eq!(project.database.events(), ["upgrade a done", "upgrade b failed"]);
}

#[test]
fn in_one_transaction_for_all_the_failing_revision_is_named() {
    let project = family();
    project.configure("transaction = \"all\"");
    project.revision("b", "a", "DELETE FROM parent WHERE id = 2;", "").tables(&[("c", "b")]);
    assert_eq!(project.refused(&["upgrade"], 1)["revision"], "b");
}

#[test]
fn rows_that_pointed_nowhere_before_do_not_stop_a_revision() {
    let project = family();
    project.takes(&["upgrade"], &["a"], &["a"]);
    project.database.execute("PRAGMA foreign_keys = OFF; INSERT INTO child VALUES (30, 3);");
    project.revision("b", "a", REBUILD, "");
    project.takes(&["upgrade"], &["b"], &["b"]);
    project.revision("c", "b", "INSERT INTO child VALUES (40, 4);", "");
    let error = project.refused(&["upgrade"], 1);
    assert!(error["causes"].to_string().contains("1 row of child"), "{error}");
}

#[test]
fn a_key_that_comes_with_the_revision_is_checked() {
    let project = Project::new(Kind::Sqlite);
    project.tables(&[("a", "")]);
    let up = "CREATE TABLE child (parent_id INTEGER references t_a (id));\nINSERT INTO child VALUES (1);";
    project.revision("b", "a", up, "");
    assert_eq!(project.run(&["upgrade"]).status, 1);
    project.assert_applied(&["a"]);
}
