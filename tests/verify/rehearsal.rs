//! `verify`.

use serde_json::Value;

use crate::support::{Project, Script, on_each_database};

on_each_database!(
    what_goes_up_down_and_up_is_reversible,
    the_example_history_is_reversible,
    a_failing_down_script_is_told_with_its_place_and_hides_nothing,
    what_a_down_script_leaves_behind_is_told_and_does_not_colour_the_rest,
    a_second_up_that_differs_is_told,
    irreversible_revisions_are_no_fault,
    columns_in_another_order_are_no_fault,
    what_stands_on_a_broken_revision_is_not_reached,
    a_script_that_fails_halfway_leaves_nothing_for_the_next,
    a_range_is_tried_on_what_it_stands_on,
    parents_whose_order_matters_are_told,
    parents_whose_order_does_not_matter_are_fine,
    many_broken_revisions_are_each_told,
    what_a_script_takes_from_the_session_is_not_missed,
    the_database_itself_is_not_touched,
    rows_that_a_revision_loses_are_told,
    scripts_have_to_cope_with_rows,
    data_without_a_revision_is_refused,
);

/// The document of a `verify` that is to end with this status.
#[track_caller]
fn verified(project: &Project, arguments: &[&str], status: i32) -> Value {
    let ran = project.run(&[&["verify", "--json"], arguments].concat());
    assert_eq!(ran.status, status, "{ran:?}");
    ran.json()
}

/// `ID VERDICT` of each revision.
fn verdicts(document: &Value) -> Vec<String> {
    let revisions = document["revisions"].as_array().expect("a list");
    let text = |one: &Value, key: &str| one[key].as_str().expect("a text").to_owned();
    revisions.iter().map(|one| format!("{} {}", text(one, "revision"), text(one, "verdict"))).collect()
}

/// `KIND NAME CHANGE` of each difference.
fn differences(list: &Value) -> Vec<String> {
    let list = list.as_array().unwrap_or_else(|| panic!("no list: {list}"));
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    list.iter()
        .map(|one| {
            let object = &one["object"];
            format!("{} {} {}", text(&object["kind"]), text(&object["name"]), text(&one["change"]))
        })
        .collect()
}

fn what_goes_up_down_and_up_is_reversible(project: &Project) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "b")]);
    let document = verified(project, &[], 0);
    assert_eq!(verdicts(&document), ["a reversible", "b reversible", "c reversible"]);
    assert_eq!(document["broken"], false);
}

fn the_example_history_is_reversible(project: &Project) {
    let repository = concat!(env!("CARGO_MANIFEST_DIR"), "/alembic.toml");
    let url = project.database.url();
    let of = |range: &[&str]| {
        let arguments = [range, &["-c", repository, "--url", &url]].concat();
        verdicts(&verified(project, &arguments, 0))
    };
    assert_eq!(of(&[]), ["001 reversible"]);
    let fragments = of(&["e2412789c190:7d5e0c4b91fa"]);
    assert_eq!(fragments.len(), 16);
    assert!(fragments.iter().all(|verdict| verdict.ends_with(" reversible")), "{fragments:?}");
}

fn a_failing_down_script_is_told_with_its_place_and_hides_nothing(project: &Project) {
    project
        .tables(&[("a", "")])
        .revision("b", "a", "CREATE TABLE t_b (id INTEGER);", "DROP TABLE t_b;\nDROP TABLE t_nowhere;")
        .tables(&[("c", "b")]);
    let document = verified(project, &[], 4);
    assert_eq!(verdicts(&document), ["a reversible", "b broken", "c reversible"]);
    let broken = &document["revisions"][1];
    assert_eq!(broken["phase"], "down");
    assert_eq!(
        (broken["error"]["line"].as_i64(), broken["error"]["statement_number"].as_i64()),
        (Some(2), Some(2))
    );
    assert!(broken["error"]["message"].as_str().expect("a text").contains("t_nowhere"), "{broken}");

    let told = project.run(&["verify"]).stdout;
    assert!(told.contains("\n    error: the down script of b failed at statement 2 of 2: "), "{told}");
    assert!(!told.contains("x1b") && !told.contains('\u{1b}'), "colours where no terminal is: {told}");
}

fn what_a_down_script_leaves_behind_is_told_and_does_not_colour_the_rest(project: &Project) {
    project
        .revision("a", "", "CREATE TABLE t_a (id INTEGER);", "-- revgraph: irreversible")
        .revision("b", "a", "CREATE TABLE t_b (id INTEGER); CREATE INDEX i_b ON t_a (id);", "DROP TABLE t_b;")
        .revision("c", "b", "CREATE INDEX i_c ON t_a (id);", "DROP INDEX i_c;");
    let document = verified(project, &[], 4);
    assert_eq!(verdicts(&document), ["a irreversible", "b broken", "c reversible"]);
    let broken = &document["revisions"][1];
    assert_eq!(differences(&broken["after_down"]), ["index i_b added"]);
    assert_eq!(broken["phase"], "second_up");
}

fn a_second_up_that_differs_is_told(project: &Project) {
    let up = "CREATE TABLE IF NOT EXISTS t_a (id INTEGER, x INTEGER); ALTER TABLE t_a ADD COLUMN y INTEGER;";
    let down = "ALTER TABLE t_a DROP COLUMN x; ALTER TABLE t_a DROP COLUMN y;";
    project.revision("a", "", up, down).tables(&[("b", "a")]);
    let document = verified(project, &[], 4);
    assert_eq!(verdicts(&document), ["a broken", "b reversible"]);
    let broken = &document["revisions"][0];
    assert_eq!(differences(&broken["after_down"]), ["table t_a added"]);
    assert_eq!(differences(&broken["after_second_up"]), ["column x removed"]);
}

/// A chain of revisions `r01`, `r02` and so on of which two in three cannot go up again.
fn two_in_three_broken(project: &Project, size: usize, in_up: &str) -> Vec<String> {
    let id = |number: usize| format!("r{number:02}");
    let mut expected = Vec::new();
    for number in 1..=size {
        let (id, parent) = (id(number), if number > 1 { id(number - 1) } else { String::new() });
        let (down, verdict) = match number % 3 {
            0 => (format!("DROP TABLE t_{id};"), "reversible"),
            _ => ("SELECT 1;".to_owned(), "broken"),
        };
        project.revision(&id, &parent, &format!("CREATE TABLE t_{id} (x INTEGER);{in_up}"), &down);
        expected.push(format!("{id} {verdict}"));
    }
    expected
}

fn many_broken_revisions_are_each_told(project: &Project) {
    let expected = two_in_three_broken(project, 40, "");
    let data = project.path("rows.sql");
    std::fs::write(&data, "-- rows\n--\n-- revision: r01\n\nINSERT INTO t_r01 VALUES (1);\n")
        .expect("it can be written");
    project.revision("r41", "r40", "UPDATE t_r01 SET x = x + 1;", "DELETE FROM t_r01;");
    let document = verified(project, &["--data", data.to_str().expect("a name")], 4);
    assert_eq!(verdicts(&document)[..40], expected);
    // The row has come along to the last of the databases.
    assert_eq!(document["revisions"][40]["rows_lost"][0]["before"], 1);
}

/// Each run of an up script makes a role, and those belong to all databases of a server.
#[cfg(feature = "postgres")]
#[test]
fn many_broken_revisions_do_not_take_a_replay_each() {
    let project = Project::new(crate::support::Kind::Postgres);
    let role = format!("{}_run_", project.database.name());
    let count = format!("\nDO $$ BEGIN EXECUTE 'CREATE ROLE {role}' || md5(random()::text); END $$;");
    let expected = two_in_three_broken(&project, 48, &count);
    assert_eq!(verdicts(&verified(&project, &[], 4)), expected);
    let runs = project.database.column(&format!("SELECT 1 FROM pg_roles WHERE rolname LIKE '{role}%'")).len();
    assert!((48..480).contains(&runs), "{runs} runs; a replay each takes some 900");
}

fn what_a_script_takes_from_the_session_is_not_missed(project: &Project) {
    let deallocate = "-- revgraph: only postgres\nDEALLOCATE ALL;\n-- revgraph: end\n";
    let rename =
        |one: &str, other: &str| format!("{deallocate}ALTER TABLE t_a RENAME COLUMN {one} TO {other};");
    project
        .tables(&[("a", "")])
        .revision("b", "a", &format!("{deallocate}CREATE VIEW v AS SELECT id FROM t_a;"), "DROP VIEW v;")
        .revision("c", "b", &rename("id", "x"), &rename("x", "id"))
        .revision("d", "c", &rename("x", "y"), &rename("y", "z"));
    let document = verified(project, &[], 4);
    assert_eq!(verdicts(&document), ["a reversible", "b reversible", "c reversible", "d broken"]);
    let left: Vec<String> = differences(&document["revisions"][3]["after_down"]);
    assert!(left.contains(&"column x removed".to_owned()), "{left:?}");
}

/// The example, up, down and up, by `pg_dump`.
#[cfg(feature = "postgres")]
#[test]
fn pg_dump_agrees_that_the_example_is_reversible() {
    let project = Project::new(crate::support::Kind::Postgres);
    let originals = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/versions/backup"));
    for script in originals.expect("they are there").flatten() {
        let text = std::fs::read(script.path()).expect("it can be read");
        project.write(&format!("versions/{}", script.file_name().to_string_lossy()), text);
    }
    let run = |arguments: &[&str]| {
        let ran = project.run(&[arguments, &["--yes"]].concat());
        assert_eq!(ran.status, 0, "{ran:?}");
        project.database.schema()
    };
    let mut before = run(&["ensure-version"]);
    for _ in 0..16 {
        let after = run(&["upgrade", "+1"]);
        assert_ne!(before, after);
        assert_eq!(run(&["downgrade", "-1"]), before);
        assert_eq!(run(&["upgrade", "+1"]), after);
        before = after;
    }
}

fn irreversible_revisions_are_no_fault(project: &Project) {
    let script =
        |id, down_revision, down| Script { id, down_revision, up: "CREATE TABLE", down, header: &[] };
    let up = |id: &str| format!("CREATE TABLE t_{id} (id INTEGER);");
    project.script(&Script {
        up: &up("a"),
        ..script("a", "", Some("-- revgraph: irreversible the rows are gone"))
    });
    project.script(&Script { up: &up("b"), ..script("b", "a", None) });
    let document = verified(project, &[], 0);
    assert_eq!(verdicts(&document), ["a irreversible", "b irreversible"]);
    assert_eq!(document["revisions"][0]["reason"], "the rows are gone");
    assert_eq!(document["revisions"][1]["reason"], "it has no down script");
}

fn columns_in_another_order_are_no_fault(project: &Project) {
    project
        .revision("a", "", "CREATE TABLE t_a (x INTEGER, y INTEGER);", "DROP TABLE t_a;")
        .revision("b", "a", "ALTER TABLE t_a DROP COLUMN x;", "ALTER TABLE t_a ADD COLUMN x INTEGER;")
        .tables(&[("c", "b")]);
    let document = verified(project, &[], 0);
    assert_eq!(verdicts(&document), ["a reversible", "b reversible_but_for_column_order", "c reversible"]);
    let difference = &document["revisions"][1]["differences"][0];
    assert_eq!((&difference["left"], &difference["right"]), (&"x, y".into(), &"y, x".into()));
}

fn what_stands_on_a_broken_revision_is_not_reached(project: &Project) {
    project
        .tables(&[("a", "")])
        .revision("b", "a", "CREATE TABLE t_b (id INTEGER); SELECT * FROM t_nowhere;", "")
        .tables(&[("c", "b"), ("d", "c"), ("e", "a")]);
    let document = verified(project, &[], 4);
    assert_eq!(
        verdicts(&document),
        ["a reversible", "b broken", "c not_reached", "d not_reached", "e reversible"]
    );
    assert_eq!(document["revisions"][0]["phase"], Value::Null);
    assert_eq!(document["revisions"][1]["phase"], "up");
    assert_eq!(document["revisions"][3]["because_of"], "b");
    let document = verified(project, &["d"], 4);
    assert_eq!(verdicts(&document), ["b broken", "d not_reached"]);
}

fn a_script_that_fails_halfway_leaves_nothing_for_the_next(project: &Project) {
    let no_transaction = "-- revgraph: no-transaction\n";
    project
        .tables(&[("a", "")])
        .revision(
            "b",
            "a",
            &format!("{no_transaction}CREATE TABLE t_b (id INTEGER);"),
            &format!("{no_transaction}DROP TABLE t_b; DROP TABLE t_nowhere;"),
        )
        .revision(
            "c",
            "a",
            &format!("{no_transaction}CREATE TABLE t_left (id INTEGER); SELECT * FROM t_nowhere;"),
            "",
        )
        .revision("d", "b", "CREATE TABLE t_left (id INTEGER); DROP TABLE t_b;", "-- revgraph: irreversible");
    let document = verified(project, &[], 4);
    assert_eq!(verdicts(&document), ["a reversible", "c broken", "b broken", "d irreversible"]);
}

fn a_range_is_tried_on_what_it_stands_on(project: &Project) {
    project.tables(&[("aaaa", ""), ("bbbb", "aaaa"), ("cccc", "bbbb"), ("dddd", "cccc")]);
    assert_eq!(verdicts(&verified(project, &["cccc"], 0)), ["cccc reversible"]);
    assert_eq!(verdicts(&verified(project, &["head"], 0)), ["dddd reversible"]);
    assert_eq!(verdicts(&verified(project, &["bbbb:cccc"], 0)), ["bbbb reversible", "cccc reversible"]);
    project.takes(&["upgrade", "cccc"], &["aaaa", "bbbb", "cccc"], &["cccc"]);
    assert_eq!(verdicts(&verified(project, &["current:"], 0)), ["cccc reversible", "dddd reversible"]);
    assert_eq!(project.refused(&["verify", "nowhere"], 1)["kind"], "unknown_revision");
}

fn parents_whose_order_matters_are_told(project: &Project) {
    let first_wins = |column: &str| {
        let up = format!("CREATE TABLE IF NOT EXISTS t_shared ({column} INTEGER);");
        (up, "-- revgraph: irreversible")
    };
    let ((b, down), (c, _)) = (first_wins("b"), first_wins("c"));
    project.tables(&[("a", "")]).revision("b", "a", &b, down).revision("c", "a", &c, down);
    project.revision("m", "b, c", "", "");
    let document = verified(project, &[], 4);
    assert_eq!(verdicts(&document), ["a reversible", "c irreversible", "b irreversible", "m reversible"]);
    let merge = &document["merges"][0];
    assert_eq!((&merge["revision"], &merge["equal"]), (&"m".into(), &false.into()));
    assert_eq!(differences(&merge["differences"]), ["column b removed", "column c added"]);
    assert_eq!(verified(project, &["--skip-merge-orders"], 0)["merges"], Value::Array(Vec::new()));

    project.revision("b", "a", "ALTER TABLE t_shared ADD COLUMN b INTEGER;", down);
    let merge = &verified(project, &[], 4)["merges"][0];
    assert_eq!(merge["failure"]["order"], serde_json::json!(["b", "c"]));
    assert!(merge["failure"]["error"]["message"].as_str().expect("a text").contains("t_shared"), "{merge}");
}

fn parents_whose_order_does_not_matter_are_fine(project: &Project) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "a")]).revision("m", "b, c", "", "");
    let document = verified(project, &[], 0);
    assert_eq!(document["merges"][0]["orders"], serde_json::json!([["b", "c"], ["c", "b"]]));
    assert_eq!(document["merges"][0]["equal"], true);
}

fn the_database_itself_is_not_touched(project: &Project) {
    project.tables(&[("a", "")]);
    verified(project, &[], 0);
    assert_eq!(project.database.tables(), [""; 0]);
    assert_eq!(project.database.version_rows(), [""; 0]);
}

fn rows_that_a_revision_loses_are_told(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    project.revision("c", "b", "DROP TABLE t_a;", "CREATE TABLE t_a (id INTEGER PRIMARY KEY);");
    project.revision("d", "c", "DELETE FROM t_b WHERE id = 1;", "-- revgraph: irreversible");
    project.write("a.sql", "-- rows\n--\n-- revision: a\n\nINSERT INTO t_a VALUES (1), (2);");
    project.write("b.sql", "-- rows\n--\n-- revision: b\n\nINSERT INTO t_b VALUES (1), (2), (3);");
    let document = verified(project, &["--data", "a.sql", "--data", "b.sql"], 0);
    assert_eq!(verdicts(&document), ["a reversible", "b reversible", "c reversible", "d irreversible"]);
    let lost: Vec<String> = document["revisions"]
        .as_array()
        .expect("a list")
        .iter()
        .flat_map(|one| one["rows_lost"].as_array().expect("a list"))
        .map(|lost| format!("{} {} {}", lost["table"]["name"], lost["before"], lost["after"]))
        .collect();
    assert_eq!(lost, ["\"t_a\" 2 0", "\"t_b\" 3 2"]);
}

fn scripts_have_to_cope_with_rows(project: &Project) {
    project.revision("a", "", "CREATE TABLE t_a (x INTEGER);", "DROP TABLE t_a;");
    project.revision("b", "a", "CREATE UNIQUE INDEX i_b ON t_a (x);", "DROP INDEX i_b;");
    assert_eq!(verdicts(&verified(project, &[], 0)), ["a reversible", "b reversible"]);
    project.write("a.sql", "-- rows\n--\n-- revision: a\n\nINSERT INTO t_a VALUES (1), (1);");
    let document = verified(project, &["--data", "a.sql"], 4);
    assert_eq!(verdicts(&document), ["a reversible", "b broken"]);
    assert_eq!(document["revisions"][1]["phase"], "up");
}

fn data_without_a_revision_is_refused(project: &Project) {
    project.tables(&[("a", "")]);
    project.write("a.sql", "INSERT INTO t_a VALUES (1);");
    assert_eq!(project.refused(&["verify", "--data", "a.sql"], 2)["kind"], "usage");
    project.write("a.sql", "-- rows\n--\n-- revision: nowhere\n");
    assert_eq!(project.refused(&["verify", "--data", "a.sql"], 1)["kind"], "unknown_revision");
    assert_eq!(project.refused(&["verify", "--data", "b.sql"], 1)["kind"], "io");
    project.write("a.sql", "-- rows\n--\n-- revision: a\n\nDROP TABLE t_nowhere;\n");
    let error = project.refused(&["verify", "--data", "a.sql"], 1);
    assert_eq!((&error["kind"], &error["line"]), (&"sql_file".into(), &5.into()));
}
