//! What cannot be imported is refused with its place, and nothing is written.

use std::fs;

use serde_json::Value;

use super::tools::{Tool, history};
use crate::support::{Kind, Project};

fn project() -> Project {
    Project::new(Kind::Sqlite)
}

fn put(project: &Project, relative: &str, text: impl AsRef<[u8]>) {
    let path = project.path(&format!("theirs/{relative}"));
    fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a folder");
    fs::write(path, text).expect("it can be written");
}

#[track_caller]
fn refused(project: &Project, kind: &str) -> Value {
    let error = project.refused(&["import", kind, "theirs"], 1);
    assert_eq!(fs::read_dir(project.path("versions")).expect("a listing").count(), 0);
    error
}

fn message(error: &Value) -> &str {
    error["message"].as_str().expect("a message")
}

#[test]
fn the_right_kind_is_suggested() {
    for tool in Tool::ALL {
        let project = project();
        Tool::write(tool, &project, &history(&project));
        for other in Tool::ALL.into_iter().filter(|other| *other != tool) {
            // Their names are alike: what is of the one is of the other, too.
            let alike = [
                (Tool::Flyway, Tool::Refinery),
                (Tool::Refinery, Tool::Flyway),
                (Tool::GolangMigrate, Tool::Sqlx),
                (Tool::Sqlx, Tool::GolangMigrate),
            ];
            if alike.contains(&(tool, other)) {
                continue;
            }
            let error = refused(&project, other.kind());
            let hints = error["hints"].to_string();
            assert_eq!(error["kind"], "wrong_kind", "{tool:?} as {other:?}: {error}");
            assert!(
                hints.contains(&format!("revgraph import {} theirs", tool.kind())),
                "{tool:?} as {other:?}: {hints}"
            );
        }
    }
}

#[test]
fn a_folder_near_by_is_suggested() {
    let project = project();
    put(&project, "migrations/1_a/up.sql", "SELECT 1;");
    let error = refused(&project, "diesel");
    assert!(error["hints"].to_string().contains("revgraph import diesel theirs/migrations"), "{error}");
    assert_eq!(project.refused(&["import", "diesel", "nowhere"], 2)["kind"], "usage");
}

#[test]
fn duplicate_versions_name_both_files() {
    for (kind, first, second) in [
        ("diesel", "2024-01-01_a/up.sql", "20240101_b/up.sql"),
        ("sqlx", "1_a.sql", "01_b.sql"),
        ("golang-migrate", "1_a.up.sql", "001_b.up.sql"),
        ("refinery", "V1__a.sql", "V1__b.sql"),
        ("flyway", "V1.0__a.sql", "V1__b.sql"),
    ] {
        let project = project();
        put(&project, first, "SELECT 1;");
        put(&project, second, "SELECT 1;");
        let error = refused(&project, kind);
        let text = message(&error);
        assert_eq!(error["kind"], "broken_history", "{kind}");
        let both = [first, second].map(|path| path.trim_end_matches("/up.sql"));
        assert!(
            both.iter().all(|path| text.contains(path)) && text.contains("same version"),
            "{kind}: {text}"
        );
    }
}

#[test]
fn a_down_without_an_up_is_refused() {
    for (kind, up, down) in [
        ("diesel", "1_a/up.sql", "2_b/down.sql"),
        ("golang-migrate", "1_a.up.sql", "2_b.down.sql"),
        ("flyway", "V1__a.sql", "U2__b.sql"),
    ] {
        let project = project();
        put(&project, up, "SELECT 1;");
        put(&project, down, "SELECT 1;");
        let error = refused(&project, kind);
        assert!(message(&error).contains(down.trim_end_matches("/down.sql")), "{kind}: {error}");
    }
}

#[test]
fn a_down_without_an_up_is_left_out_as_sqlx_does() {
    let project = project();
    put(&project, "1_a.up.sql", "SELECT 1;");
    put(&project, "2_b.down.sql", "SELECT 1;");
    let imported = project.json(&["import", "sqlx", "theirs"]).json();
    assert_eq!(imported["revisions"].as_array().map(Vec::len), Some(1));
    assert!(imported["notes"].to_string().contains("a down script without an up script, which sqlx ignores"));
}

#[test]
fn a_migration_that_is_no_sql_is_not_taken_for_it() {
    let project = project();
    put(&project, "1_a.up.sql", "SELECT 1;");
    put(&project, "2_b.up.go", "package migrations");
    let error = refused(&project, "golang-migrate");
    assert!(message(&error).contains("2_b.up.go") && message(&error).contains("no ending of SQL"), "{error}");
}

/// `init` writes a SQLite database that is not there yet: it says nothing of another tool's files.
#[test]
fn files_tell_their_dialect_where_the_database_is_not_there_yet() {
    let project = project();
    put(&project, "1_a.up.sql", "CREATE TABLE t (id BIGSERIAL PRIMARY KEY, at timestamptz);");
    put(&project, "2_b.up.sql", "CREATE INDEX CONCURRENTLY t_at ON t (at);");
    put(
        &project,
        "3_c.up.sql",
        "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n  RETURN 1;\nEND;\n$$;",
    );
    let imported = project.json(&["import", "golang-migrate", "theirs"]).json();
    let revisions = imported["revisions"].as_array().expect("a list");
    let alone: Vec<bool> = revisions.iter().map(|one| one["no_transaction"] == true).collect();
    assert_eq!(alone, [false, true, false], "{imported}");
}

#[test]
fn other_encodings_are_refused_with_their_line() {
    for (bytes, expected) in [
        (&b"SELECT 1;\n-- gr\xfc\xdfe\n"[..], "theirs/1_a/up.sql:2 is not UTF-8"),
        (b"\xff\xfeS\0E\0", "theirs/1_a/up.sql:1 is not UTF-8, but UTF-16LE"),
        (b"SELECT 1;\0", "theirs/1_a/up.sql:1 holds a NUL byte"),
    ] {
        let project = project();
        put(&project, "1_a/up.sql", bytes);
        let error = refused(&project, "diesel");
        assert_eq!((error["kind"].as_str(), message(&error)), (Some("encoding"), expected));
    }
}

#[test]
fn a_byte_order_mark_is_no_part_of_a_script() {
    let project = project();
    put(&project, "1_a/up.sql", "\u{feff}CREATE TABLE a (id INTEGER);\r\n");
    project.json(&["import", "diesel", "theirs"]);
    project.takes(&["upgrade"], &["1"], &["1"]);
}

#[test]
fn broken_plans_and_markers_are_refused_with_their_line() {
    for (kind, path, text, expected) in [
        (
            "sqitch",
            "sqitch.plan",
            "%project=p\n\na 2024-01-01 A <a@b.c>\n",
            "theirs/sqitch.plan:3: a change has a time",
        ),
        (
            "sqitch",
            "sqitch.plan",
            "%project=p\n\na 2024-01-01T00:00:00Z A <a@b.c>\n",
            "theirs/sqitch.plan:3: there is no theirs/deploy/a.sql for a",
        ),
        (
            "dbmate",
            "1_a.sql",
            "-- migrate:down\n-- migrate:up\n",
            "theirs/1_a.sql:1: `-- migrate:down` stands before",
        ),
        (
            "goose",
            "1_a.sql",
            "-- +goose Up\n-- +goose StatementBegin\nA\n",
            "theirs/1_a.sql:2: `-- +goose StatementBegin` without",
        ),
        (
            "prisma",
            "migration_lock.toml",
            "provider = \"mysql\"\n",
            "theirs/migration_lock.toml is for mysql",
        ),
    ] {
        let project = project();
        put(&project, path, text);
        let error = refused(&project, kind);
        assert!(message(&error).starts_with(expected), "{kind}: {error}");
    }
}

#[test]
fn a_folder_without_its_script_is_refused() {
    let project = project();
    put(&project, "1_a/migration.sql", "SELECT 1;");
    put(&project, "2_b/migration.txt", "SELECT 1;");
    assert!(
        message(&refused(&project, "prisma"))
            .contains("theirs/2_b: the folder of a migration has no migration.sql")
    );
}

#[test]
fn what_is_left_out_is_told() {
    let project = project();
    put(&project, "V1__a.sql", "CREATE TABLE a (id INTEGER);");
    put(&project, "more/V1_2__b.sql", "CREATE TABLE b (id INTEGER);");
    put(&project, "R__view.sql", "SELECT 1;");
    put(&project, "V3__c.java", "class V3__c {}");
    put(&project, "beforeMigrate.sql", "SELECT 1;");
    let document = project.json(&["import", "flyway", "theirs"]).json();
    let noted: Vec<&str> = document["notes"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|note| note["file"].as_str().expect("a file"))
        .collect();
    assert_eq!(noted, ["theirs/R__view.sql", "theirs/V3__c.java", "theirs/beforeMigrate.sql"]);
    let ids: Vec<&Value> = document["revisions"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|revision| &revision["revision"])
        .collect();
    assert_eq!(ids, ["1", "1.2"]);
}

#[test]
fn ids_that_are_not_allowed_are_changed_and_told() {
    let project = project();
    put(
        &project,
        "sqitch.plan",
        "%project=p\n\nadd-users 2024-01-01T00:00:00Z A <a@b.c>\nadd-orders [add-users] 2024-01-01T00:00:00Z A <a@b.c>\n",
    );
    put(&project, "deploy/add-users.sql", "CREATE TABLE a (id INTEGER);");
    put(&project, "deploy/add-orders.sql", "CREATE TABLE b (id INTEGER);");
    let document = project.json(&["import", "sqitch", "theirs"]).json();
    assert_eq!(document["revisions"][1]["revision"], "add_orders");
    assert_eq!(document["revisions"][1]["down_revisions"], serde_json::json!(["add_users"]));
    assert!(
        document["notes"].to_string().contains("the id `add-orders` is not allowed: it becomes add_orders")
    );
}
