use super::*;

#[test]
fn it_gives_the_defaults() {
    let project = Project::new(default_config_text());
    let config = project.config();
    let expected = Project::empty();
    let default = expected.config();
    assert_eq!(config.version_table, default.version_table);
    assert_eq!(project.sqlite_file(), project.path("dev.db"));
    let project = project.with_variable("DATABASE_URL", "postgres://h/d");
    assert_eq!(project.url().to_string(), "postgres://h/d");
}

#[test]
fn its_comments_are_every_key_with_its_default() {
    let text = default_config_text();
    let uncommented: String =
        text.lines().map(|line| format!("{}\n", line.strip_prefix("# ").unwrap_or(line))).collect();
    for key in Key::ALL {
        let assignment = format!("\n{} = ", key.name());
        assert!(format!("\n{uncommented}").contains(&assignment), "{assignment}");
    }
    let project = Project::new(&uncommented);
    let config = project.config();
    let default = Project::new("");
    let expected = default.config();
    let relative = |project: &Project, paths: &[PathBuf]| -> Vec<PathBuf> {
        let folder = project.folder.path();
        let relative = |path: &PathBuf| path.strip_prefix(folder).unwrap().to_owned();
        paths.iter().map(relative).collect()
    };
    assert_eq!(
        relative(&project, &config.version_locations),
        relative(&default, &expected.version_locations)
    );
    assert_eq!(
        relative(&project, &[config.backup_location]),
        relative(&default, &[expected.backup_location])
    );
    assert_eq!(config.recursive_version_locations, expected.recursive_version_locations);
    assert_eq!(config.version_table, expected.version_table);
    assert_eq!(config.transaction, expected.transaction);
    assert_eq!(config.file_template, expected.file_template);
    assert_eq!(config.truncate_slug_length, expected.truncate_slug_length);
    assert_eq!(config.timezone, expected.timezone);
    assert_eq!(config.lock_timeout, expected.lock_timeout);
    assert_eq!(config.migration_lock_timeout, expected.migration_lock_timeout);
    assert_eq!(config.checksums, expected.checksums);
    let production = Project::new(&uncommented).with_section("production");
    assert_eq!(production.config().transaction, TransactionMode::All);
}
