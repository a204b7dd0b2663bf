//! Folders that diesel_migrations runs.

use diesel::{Connection, PgConnection};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};

use super::files::{exported, history};
use crate::support::{Kind, Project};

#[test]
fn diesel_builds_what_an_upgrade_builds() {
    let project = Project::new(Kind::Postgres);
    history(&project);
    project.json(&["upgrade"]);
    exported(&project, &["diesel", "out"]);
    let other = Project::new(Kind::Postgres);
    let migrations = FileBasedMigrations::from_path(project.path("out")).expect("migrations");
    let mut connection = PgConnection::establish(&other.database.url()).expect("a connection");
    let done = connection.run_pending_migrations(migrations.clone()).expect("they run");
    assert_eq!(done.len(), 7);
    let ran = project.run(&["diff", &project.database.url(), &other.database.url()]);
    assert_eq!(ran.stdout, "+ table public.__diesel_schema_migrations\n", "{}", ran.stderr);

    connection.revert_last_migration(migrations.clone()).expect("the last goes back");
    let error = connection.revert_last_migration(migrations.clone()).expect_err("this one does not");
    assert!(error.to_string().contains("Missing `down.sql`"), "{error}");
    // Where it is taken for undone, those before it go back.
    other.database.execute("DELETE FROM __diesel_schema_migrations WHERE version = '20240506070814'");
    connection.revert_all_migrations(migrations).expect("the others go back");
    assert_eq!(other.database.tables(), ["__diesel_schema_migrations", "e"]);
}
