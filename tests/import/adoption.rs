//! What another tool has applied to the database, taken over.

use super::tools::{Migration, Tool, history};
use crate::support::{Project, on_each_database};

on_each_database!(
    every_tool_can_be_taken_over_halfway,
    nothing_applied_is_nothing_stamped,
    failed_and_rolled_back_rows_of_prisma,
    versions_of_goose_that_were_taken_down,
    a_dirty_version_is_refused,
    holes_and_unknown_rows_are_refused,
    a_file_that_has_changed_since_is_refused,
    what_flyway_has_undone_or_begun_with,
    a_schema_that_is_another_is_refused_and_nothing_is_written,
    a_database_without_the_table_is_refused,
    the_table_of_golang_migrate_is_not_that_of_dbmate,
    version_rows_that_say_something_else_are_refused,
    a_baseline_is_adopted_whole_or_not_at_all,
);

/// The files of a tool, and a database to which it has applied the first `applied` migrations.
fn taken_over(project: &Project, tool: Tool, applied: usize) -> [Migration; 4] {
    let history = history(project);
    tool.write(project, &history);
    history[..applied].iter().for_each(|migration| project.database.execute(migration.up));
    tool.record(project, &history[..applied]);
    history
}

fn import<'a>(tool: Tool) -> [&'a str; 4] {
    ["import", tool.kind(), "theirs", "--adopt"]
}

/// Refused with status 4, and no script is written; all causes.
#[track_caller]
fn refused(project: &Project, tool: Tool) -> String {
    let error = project.refused(&import(tool), 4);
    assert_eq!(error["kind"], "not_adopted", "{error}");
    assert_nothing_was_written(project);
    error["causes"]
        .as_array()
        .expect("causes")
        .iter()
        .filter_map(|cause| cause.as_str())
        .collect::<Vec<_>>()
        .join("\n")
}

#[track_caller]
fn assert_nothing_was_written(project: &Project) {
    assert_eq!(std::fs::read_dir(project.path("versions")).expect("a listing").count(), 0);
}

fn every_tool_can_be_taken_over_halfway(example: &Project) {
    for tool in Tool::ALL {
        let project = Project::new(example.database.kind());
        let history = taken_over(&project, tool, 2);
        let ids: Vec<String> = history.iter().map(|migration| tool.id(migration)).collect();
        let imported = project.json(&import(tool)).json();
        assert_eq!(imported["adopted"], serde_json::json!([ids[1]]), "{tool:?}");
        assert_eq!(project.database.version_rows(), [ids[1].as_str()], "{tool:?}");
        let mut recorded = ids[..2].to_vec();
        recorded.sort();
        assert_eq!(project.database.ledger(), recorded, "{tool:?}");
        assert_eq!(project.json(&["diff"]).json()["differences"], serde_json::json!([]), "{tool:?}");
        // The table is as it was, so the state can be read again.
        let again = project.json(&["stamp", "--from", tool.kind(), "theirs"]);
        assert_eq!(again.heads(), [ids[1].as_str()], "{tool:?}");
        project.takes(&["upgrade"], &[&ids[2], &ids[3]], &[&ids[3]]);
    }
}

fn nothing_applied_is_nothing_stamped(project: &Project) {
    taken_over(project, Tool::Diesel, 0);
    assert_eq!(project.json(&import(Tool::Diesel)).json()["adopted"], serde_json::json!([]));
    assert_eq!(project.database.version_rows(), [""; 0]);
}

fn failed_and_rolled_back_rows_of_prisma(project: &Project) {
    let history = taken_over(project, Tool::Prisma, 2);
    let name = Tool::Prisma.id(&history[2]);
    let failed = format!(
        "INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at) VALUES ('f', 'x', '{name}', CURRENT_TIMESTAMP)"
    );
    project.database.execute(&failed);
    assert!(refused(project, Tool::Prisma).contains(&format!("{name} failed")));
    project
        .database
        .execute("UPDATE _prisma_migrations SET rolled_back_at = CURRENT_TIMESTAMP WHERE id = 'f'");
    let imported = project.json(&import(Tool::Prisma)).json();
    assert_eq!(imported["adopted"], serde_json::json!([Tool::Prisma.id(&history[1])]));
}

fn versions_of_goose_that_were_taken_down(project: &Project) {
    let history = taken_over(project, Tool::Goose, 2);
    let no = if project.database.is_postgres() { "false" } else { "0" };
    let down = format!(
        "INSERT INTO goose_db_version (version_id, is_applied) VALUES ({}, {no})",
        history[1].version
    );
    project.database.execute(&down);
    project.database.execute(history[1].down);
    let imported = project.json(&import(Tool::Goose)).json();
    assert_eq!(imported["adopted"], serde_json::json!([history[0].version]));
}

fn a_dirty_version_is_refused(project: &Project) {
    taken_over(project, Tool::GolangMigrate, 2);
    project.database.execute("UPDATE schema_migrations SET dirty = true");
    assert!(refused(project, Tool::GolangMigrate).contains("20240101000002 (dirty) failed"));
}

fn holes_and_unknown_rows_are_refused(project: &Project) {
    let history = taken_over(project, Tool::Diesel, 1);
    Tool::Diesel.record_one(project, &history[2]);
    project.database.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('20990101000000')");
    let causes = refused(project, Tool::Diesel);
    assert!(causes.contains("20990101000000 has been applied, and there is no file of it"), "{causes}");
    let hole = "2024-01-01-000002_create_orders has not been applied, and comes before 2024-01-01-000010_index_orders";
    assert!(causes.contains(hole), "{causes}");
}

fn a_file_that_has_changed_since_is_refused(example: &Project) {
    for (tool, path) in [
        (Tool::Prisma, "20240101000001_create_users/migration.sql"),
        (Tool::Sqlx, "20240101000001_create_users.up.sql"),
        (Tool::Refinery, "V1__create_users.sql"),
        (Tool::Flyway, "V20240101000001__create_users.sql"),
        (Tool::Sqitch, "deploy/create_users.sql"),
    ] {
        let project = Project::new(example.database.kind());
        taken_over(&project, tool, 2);
        let path = format!("theirs/{path}");
        let text = std::fs::read_to_string(project.path(&path)).expect("it was written");
        project.write(&path, format!("{text}\n-- changed\n"));
        let causes = refused(&project, tool);
        assert!(
            causes.contains("create_users") && causes.contains("has changed since"),
            "{tool:?}: {causes}"
        );
        // Line endings are git's business, and only Sqitch and SQLx and refinery mind them.
        if matches!(tool, Tool::Prisma | Tool::Flyway) {
            project.write(&path, text.replace('\n', "\r\n"));
            project.json(&import(tool));
        }
    }
}

fn what_flyway_has_undone_or_begun_with(project: &Project) {
    let history = taken_over(project, Tool::Flyway, 2);
    let yes = if project.database.is_postgres() { "true" } else { "1" };
    let row = |rank: u32, version: &str, kind: &str| {
        format!(
            "INSERT INTO flyway_schema_history VALUES ({rank}, {version}, 'x', '{kind}', 'x', NULL, 'me', CURRENT_TIMESTAMP, 1, {yes})"
        )
    };
    project.database.execute(&row(3, &format!("'{}'", history[1].version), "UNDO_SQL"));
    project.database.execute(&row(4, "NULL", "SQL"));
    project.database.execute(history[1].down);
    let imported = project.json(&import(Tool::Flyway)).json();
    assert_eq!(imported["adopted"], serde_json::json!([history[0].version]));

    let begun = Project::new(project.database.kind());
    let history = taken_over(&begun, Tool::Flyway, 0);
    history[..2].iter().for_each(|migration| begun.database.execute(migration.up));
    begun.database.execute(&row(1, &format!("'{}'", history[1].version), "BASELINE"));
    let imported = begun.json(&import(Tool::Flyway)).json();
    assert_eq!(imported["adopted"], serde_json::json!([history[1].version]));
}

fn a_schema_that_is_another_is_refused_and_nothing_is_written(project: &Project) {
    let history = taken_over(project, Tool::Dbmate, 2);
    project.database.execute("ALTER TABLE users ADD COLUMN more INTEGER");
    assert_eq!(project.refused(&import(Tool::Dbmate), 4)["kind"], "schema_differs");
    assert_nothing_was_written(project);
    let forced = project.json(&["import", "dbmate", "theirs", "--adopt", "--force"]).json();
    assert_eq!(forced["adopted"], serde_json::json!([history[1].version]));
}

fn a_database_without_the_table_is_refused(project: &Project) {
    Tool::Sqlx.write(project, &history(project));
    assert_eq!(project.refused(&import(Tool::Sqlx), 1)["kind"], "no_table");
    assert_nothing_was_written(project);
}

fn the_table_of_golang_migrate_is_not_that_of_dbmate(project: &Project) {
    taken_over(project, Tool::GolangMigrate, 1);
    std::fs::remove_dir_all(project.path("theirs")).expect("it is there");
    Tool::Dbmate.write(project, &history(project));
    assert_eq!(project.refused(&import(Tool::Dbmate), 1)["kind"], "other_table");
}

fn version_rows_that_say_something_else_are_refused(project: &Project) {
    let history = taken_over(project, Tool::Diesel, 2);
    project.json(&import(Tool::Diesel));
    project.json(&["upgrade"]);
    let error = project.refused(&["stamp", "--from", "diesel", "theirs"], 4);
    assert_eq!(error["kind"], "managed");
    // With no folder the usual one is looked in.
    std::fs::rename(project.path("theirs"), project.path("migrations")).expect("it can be moved");
    for migration in &history[2..] {
        Tool::Diesel.record_one(project, migration);
    }
    assert_eq!(project.json(&["stamp", "--from", "diesel"]).heads(), [history[3].version]);
}

fn a_baseline_is_adopted_whole_or_not_at_all(project: &Project) {
    let history = taken_over(project, Tool::Diesel, 1);
    project.json(&["import", "diesel", "theirs"]);
    let range = format!("{}:{}", history[0].version, history[1].version);
    project.json(&["squash", "--mode", "concat", "--rev-id", "baseline", "-m", "baseline", &range]);
    let error = project.refused(&["stamp", "--from", "diesel", "theirs"], 4);
    assert_eq!(error["kind"], "not_adopted");
    let cause = error["causes"][0].as_str().expect("a cause");
    assert!(cause.starts_with("2024-01-01-000002_create_orders has not been applied"), "{error}");
    project.database.execute(history[1].up);
    Tool::Diesel.record_one(project, &history[1]);
    assert_eq!(project.json(&["stamp", "--from", "diesel", "theirs"]).heads(), ["baseline"]);
    project.takes(&["upgrade"], &[history[2].version, history[3].version], &[history[3].version]);
}

/// Prisma's URLs name the schema, and its table is there.
#[test]
fn the_table_is_looked_for_in_the_schema_of_the_url() {
    let project = Project::new(crate::support::Kind::Postgres);
    let history = history(&project);
    Tool::Prisma.write(&project, &history);
    project.database.execute("CREATE SCHEMA app");
    let database = project.database.name().to_owned();
    project.database.execute(&format!("ALTER DATABASE {database} SET search_path = app"));
    project.database.execute(history[0].up);
    Tool::Prisma.record(&project, &history[..1]);
    project.database.execute(&format!("ALTER DATABASE {database} RESET search_path"));
    let url = format!("{}&schema=app", project.database.url());
    let imported = project.json(&["import", "prisma", "theirs", "--adopt", "--url", &url]).json();
    assert_eq!(imported["adopted"], serde_json::json!([Tool::Prisma.id(&history[0])]));
    let ran = project.json(&["upgrade", "--url", &url]);
    assert_eq!(ran.steps().len(), 3);
}
