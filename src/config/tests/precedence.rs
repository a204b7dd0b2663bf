use std::num::NonZeroUsize;

use super::*;

const FILE: &str = "version_table = 'top'\n[env.prod]\nversion_table = 'section'\n";

#[test]
fn each_source_goes_before_those_below_it() {
    let table = |project: Project| project.config().version_table;
    let variable = |project: Project| project.with_variable("REVGRAPH_VERSION_TABLE", "variable");
    let dot_env = |project: Project| project.with_file(".env", "REVGRAPH_VERSION_TABLE=dotenv\n");

    assert_eq!(table(Project::new("")), "alembic_version");
    assert_eq!(table(Project::new(FILE)), "top");
    assert_eq!(table(Project::new(FILE).with_section("prod")), "section");
    let project = || Project::new(FILE).with_section("prod");
    assert_eq!(table(dot_env(project())), "dotenv");
    assert_eq!(table(variable(dot_env(project()))), "variable");
    let flag = variable(dot_env(project())).with_override("version_table", "flag");
    assert_eq!(table(flag), "flag");
}

#[test]
fn every_key_is_read_from_a_variable() {
    let values = [
        ("URL", "sqlite:x.db"),
        ("VERSION_LOCATIONS", "a, b"),
        ("RECURSIVE_VERSION_LOCATIONS", "true"),
        ("BACKUP_LOCATION", "old"),
        ("BACKUP", "before"),
        ("BACKUP_KEEP", "5"),
        ("VERSION_TABLE", "t"),
        ("VERSION_TABLE_SCHEMA", "s"),
        ("TRANSACTION", "all"),
        ("FILE_TEMPLATE", "{year}/{rev}"),
        ("TRUNCATE_SLUG_LENGTH", "7"),
        ("TIMEZONE", "europe/berlin"),
        ("LOCK_TIMEOUT", "1s"),
        ("MIGRATION_LOCK_TIMEOUT", "2s"),
        ("STATEMENT_TIMEOUT", "3s"),
        ("CHECKSUMS", "off"),
        ("SCRATCH_URL", "postgres://u:p@h/scratch"),
        ("SCHEMA", "schema.sql"),
        ("SCHEMA_COMMAND", "ddl, --all"),
        ("PRISMA_VERSION", "6"),
        ("IGNORE", "public.spatial_ref_sys, cron.*"),
        ("ADOPT_CHECK", "off"),
        ("PRODUCTION", "true"),
        ("SEED", "seed.sql"),
        ("SEED_COMMAND", "seed, --all"),
        ("CHECK_HEADS", "3"),
    ];
    assert_eq!(values.len(), Key::ALL.len());
    let project = values.iter().fold(Project::new(""), |project, (key, value)| {
        project.with_variable(&format!("REVGRAPH_{key}"), value)
    });
    let config = project.config();
    assert_eq!(project.sqlite_file(), project.path("x.db"));
    assert_eq!(config.version_locations, [project.path("a"), project.path("b")]);
    assert!(config.recursive_version_locations);
    assert_eq!(config.backup_location, project.path("old"));
    assert_eq!(config.backup, BackupPolicy::Before);
    assert_eq!(config.backup_keep.map(NonZeroUsize::get), Some(5));
    assert_eq!(config.version_table, "t");
    assert_eq!(config.version_table_schema.as_deref(), Some("s"));
    assert_eq!(config.transaction, TransactionMode::All);
    assert_eq!(config.file_template, "{year}/{rev}");
    assert_eq!(config.truncate_slug_length, 7);
    assert_eq!(config.timezone.name(), "Europe/Berlin");
    assert_eq!(config.lock_timeout, Duration::from_secs(1));
    assert_eq!(config.migration_lock_timeout, Duration::from_secs(2));
    assert_eq!(config.statement_timeout, Some(Duration::from_secs(3)));
    assert_eq!(config.checksums, ChecksumPolicy::Off);
    let scratch = config.scratch_url().expect("a URL").map(ToString::to_string);
    assert_eq!(scratch.as_deref(), Some("postgres://u:***@h/scratch"));
    assert!(config.prisma_version.is_some());
    assert_eq!(config.check_heads, 3);
    assert_ne!(config.ignore, crate::catalog::Ignore::default());
    assert!(!config.adopt_check && config.production);
    assert!(config.desired_schema().is_err() && config.seeds().is_err(), "each is given in two ways");
}

#[test]
fn an_invalid_value_is_an_error_even_where_another_goes_before_it() {
    let project = Project::new("transaction = 'all'")
        .with_variable("REVGRAPH_TRANSACTION", "eech")
        .with_override("transaction", "each");
    let error = project.error();
    assert_eq!(
        error.to_string(),
        "REVGRAPH_TRANSACTION: `transaction` is `eech`, and should be one of: each, all"
    );
    let project = Project::new("[env.other]\nchecksums = 'maybe'");
    assert!(project.error().to_string().contains("`env.other.checksums` is `maybe`"));
}

#[test]
fn empty_and_foreign_variables_are_ignored() {
    let project = Project::new("transaction = 'all'")
        .with_variable("REVGRAPH_TRANSACTION", "")
        .with_variable("REVGRAPH_TRANSACTIONS", "x");
    assert_eq!(project.config().transaction, TransactionMode::All);
}

#[test]
fn an_unknown_section_lists_those_there_are() {
    let project = Project::new("[env.prod]\n[env.dev]\n").with_section("prd");
    let error = project.error();
    assert_eq!(error.to_string(), "there is no [env.prd]");
    assert_eq!(error.hint().as_deref(), Some("the configuration has: dev, prod"));
}
