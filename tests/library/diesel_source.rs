//! Revisions run by diesel_migrations on Diesel's own connection.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel_migrations::MigrationHarness;
use revgraph::{Dialect, DieselError, DieselMigrations, Migrator, MigratorError, RevisionId};

use crate::support::{Database, Kind, Project, Script};

fn source(project: &Project) -> DieselMigrations {
    try_source(project).unwrap_or_else(|error| panic!("{error:?}"))
}

fn try_source(project: &Project) -> Result<DieselMigrations, MigratorError> {
    Migrator::from_directory(project.path("versions"))?.diesel_migrations(Dialect::Postgres)
}

fn connect(database: &Database) -> PgConnection {
    PgConnection::establish(&database.url()).expect("it can be reached")
}

fn run(connection: &mut PgConnection, project: &Project) -> Vec<String> {
    let ran = connection.run_pending_migrations(source(project)).unwrap_or_else(|error| panic!("{error}"));
    ran.iter().map(ToString::to_string).collect()
}

#[test]
fn a_graph_runs_in_topological_order_and_back() {
    let project = Project::new(Kind::Postgres);
    // The ids sort against the order, and x stands on c through a dependency alone.
    project.tables(&[("z", ""), ("c", "z"), ("d", "z"), ("b", "c, d")]);
    project.table("x", "", &["depends_on: c"]);
    project.table("a", "b", &[]);
    let mut connection = connect(&project.database);
    let versions = ["000001_z", "000002_c", "000002_d", "000003_b", "000003_x", "000004_a"];
    assert_eq!(run(&mut connection, &project), versions);
    assert_eq!(
        project.database.tables(),
        ["__diesel_schema_migrations", "t_a", "t_b", "t_c", "t_d", "t_x", "t_z"]
    );
    assert!(run(&mut connection, &project).is_empty());
    let reverted = connection.revert_last_migration(source(&project)).expect("it goes down");
    assert_eq!(reverted.to_string(), "000004_a");
    let reverted = connection.revert_all_migrations(source(&project)).expect("it goes down");
    let mut expected: Vec<&str> = versions.iter().take(5).copied().collect();
    expected.reverse();
    assert_eq!(reverted.iter().map(ToString::to_string).collect::<Vec<_>>(), expected);
    assert_eq!(project.database.tables(), ["__diesel_schema_migrations"]);
}

#[test]
fn revisions_that_come_later_leave_the_versions_as_they_are() {
    let project = Project::new(Kind::Postgres);
    project.tables(&[("k", ""), ("m", "k")]);
    let mut connection = connect(&project.database);
    assert_eq!(run(&mut connection, &project), ["000001_k", "000002_m"]);
    // Another branch, as a merge brings it, whose ids sort before those that are there.
    project.tables(&[("b", "k"), ("c", "b"), ("a", "c, m"), ("0", "")]);
    assert_eq!(run(&mut connection, &project), ["000001_0", "000002_b", "000003_c", "000004_a"]);
}

#[test]
fn scripts_without_a_transaction_run_statement_by_statement() {
    let project = Project::new(Kind::Postgres);
    project.tables(&[("a", "")]);
    project.script(&Script {
        id: "b",
        down_revision: "a",
        header: &["revgraph: no-transaction"],
        up: "CREATE INDEX CONCURRENTLY one ON t_a (id);\nCREATE INDEX CONCURRENTLY two ON t_a (id);",
        // The way down runs in a transaction, which the second statement ends in vain.
        down: Some("DROP INDEX one;\nDROP INDEX three;"),
    });
    let mut connection = connect(&project.database);
    assert_eq!(run(&mut connection, &project), ["000001_a", "000002_b"]);
    let error = connection.revert_last_migration(source(&project)).expect_err("there is no such index");
    let path = project.path("versions/b_test.down.sql");
    assert_eq!(error.to_string(), format!("downgrade of b failed at {}:2:1", path.display()));
    let indexes = "SELECT relname FROM pg_class WHERE relname IN ('one', 'two') ORDER BY 1";
    assert_eq!(project.database.column(indexes), ["one", "two"]);
    assert!(run(&mut connection, &project).is_empty());
}

#[test]
fn a_failing_statement_is_placed_and_rolled_back() {
    let project = Project::new(Kind::Postgres);
    project.revision("a", "", "CREATE TABLE t_a (id INTEGER);\nSELECT 1, nowhere;", "DROP TABLE t_a;");
    let mut connection = connect(&project.database);
    let error = connection.run_pending_migrations(source(&project)).expect_err("a failure");
    let path = project.path("versions/a_test.up.sql");
    assert_eq!(error.to_string(), format!("upgrade of a failed at {}:7:11", path.display()));
    let Some(DieselError::Statement { source, .. }) = error.downcast_ref() else { panic!("{error:?}") };
    assert!(source.to_string().contains("nowhere"), "{source}");
    assert_eq!(project.database.tables(), ["__diesel_schema_migrations"]);
}

#[test]
fn what_cannot_be_undone_stays() {
    let project = Project::new(Kind::Postgres);
    project.revision(
        "a",
        "",
        "CREATE TABLE t_a (id INTEGER);",
        "-- revgraph: irreversible the rows are gone",
    );
    let mut connection = connect(&project.database);
    run(&mut connection, &project);
    let error = connection.revert_last_migration(source(&project)).expect_err("it is irreversible");
    assert_eq!(error.to_string(), "revision a cannot be undone: the rows are gone");
    assert!(run(&mut connection, &project).is_empty());
}

#[test]
fn what_diesel_cannot_do_is_refused_before_anything_runs() {
    let refused = |up: &str, down: &str| {
        let project = Project::new(Kind::Postgres);
        project.revision("a", "", up, down);
        try_source(&project).expect_err("it is refused")
    };
    let copy = refused("CREATE TABLE t (i INTEGER);\nCOPY t FROM stdin;\n1\n\\.\n", "DROP TABLE t;");
    assert!(matches!(copy, MigratorError::Diesel(DieselError::CopyData(_))), "{copy:?}");
    let commit = refused("SELECT 1;", "SELECT 1;\nCOMMIT;");
    assert!(commit.to_string().contains("a_test.down.sql:2:1"), "{commit}");
    let long = "x".repeat(44);
    let script = format!("-- long\n-- revision: {long}\n");
    let migrator = Migrator::embedded(&[("x.up.sql", &script)]).expect("it is sound");
    let error = migrator.diesel_migrations(Dialect::Postgres).expect_err("it is too long");
    let is_told = matches!(&error, MigratorError::Diesel(DieselError::IdTooLong(id)) if *id == RevisionId::recorded(&long));
    assert!(is_told, "{error:?}");
    let script = "-- baseline\n-- revision: s\n-- replaces: a, b\n";
    let migrator = Migrator::embedded(&[("s.up.sql", script)]).expect("it is sound");
    let error = migrator.diesel_migrations(Dialect::Postgres).expect_err("Diesel cannot know");
    assert!(matches!(error, MigratorError::Diesel(DieselError::OriginalsGone(_))), "{error:?}");
    let script = "-- baseline\n-- revision: s\n-- replaces: a\n";
    let migrator = Migrator::embedded(&[("s.up.sql", script)]).expect("it is sound");
    let error = migrator.diesel_migrations(Dialect::Postgres).expect_err("Diesel cannot know");
    assert!(matches!(error, MigratorError::Diesel(DieselError::OriginalsGone(_))), "{error:?}");
}

#[test]
fn a_squash_changes_nothing_for_diesel() {
    let project = Project::new(Kind::Postgres);
    project.tables(&[("a", ""), ("b", "a"), ("c", "b"), ("d", "c"), ("x", "a")]);
    let mut connection = connect(&project.database);
    let versions = ["000001_a", "000002_b", "000002_x", "000003_c", "000004_d"];
    assert_eq!(run(&mut connection, &project), versions);
    std::fs::create_dir(project.path("versions/backup")).expect("a folder");
    for id in ["b", "c"] {
        for side in ["up", "down"] {
            let name = format!("{id}_test.{side}.sql");
            let (from, to) = (format!("versions/{name}"), format!("versions/backup/{name}"));
            std::fs::rename(project.path(&from), project.path(&to)).expect("it is moved");
        }
    }
    project.script(&Script {
        id: "s",
        down_revision: "a",
        header: &["replaces: b, c"],
        up: "CREATE TABLE t_b (id INTEGER PRIMARY KEY);\nCREATE TABLE t_c (id INTEGER PRIMARY KEY);",
        down: Some("DROP TABLE t_b;\nDROP TABLE t_c;"),
    });
    project.tables(&[("d", "s"), ("e", "d")]);
    assert_eq!(run(&mut connection, &project), ["000005_e"]);
    let other = Database::on(crate::support::cluster::cluster());
    assert_eq!(run(&mut connect(&other), &project), [versions.as_slice(), &["000005_e"]].concat());
}
