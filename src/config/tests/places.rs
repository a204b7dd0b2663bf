use super::*;

#[test]
fn the_file_is_found_upwards_and_its_paths_are_its_own() {
    let project = Project::new(
        "url = 'sqlite:data/dev.db'\nversion_locations = ['./v', '/abs', 'v']\nbackup_location = '../old'",
    )
    .in_subfolder("a/b");
    let config = project.config();
    assert_eq!(config.file, Some(project.path(FILE_NAME)));
    assert_eq!(config.directory, project.path(""));
    assert_eq!(config.version_locations, [project.path("v"), PathBuf::from("/abs")]);
    assert_eq!(config.backup_location, project.path("../old"));
    assert_eq!(project.sqlite_file(), project.path("data/dev.db"));
}

#[test]
fn paths_of_flags_and_of_the_process_are_the_current_folders() {
    let project = Project::new("")
        .with_override("version_locations", "v")
        .with_variable("REVGRAPH_BACKUP_LOCATION", "old")
        .in_subfolder("sub");
    let config = project.config();
    assert_eq!(config.version_locations, [project.path("sub/v")]);
    assert_eq!(config.backup_location, project.path("sub/old"));
    let project = project.with_variable("DATABASE_URL", "sqlite:b.db");
    assert_eq!(project.sqlite_file(), project.path("sub/b.db"));
    let project = project.with_url("sqlite:a.db");
    assert_eq!(project.sqlite_file(), project.path("sub/a.db"));
}

#[test]
fn paths_of_the_dot_env_file_are_its_own() {
    let project = Project::new("").with_file(".env", "DATABASE_URL=sqlite:b.db\n").in_subfolder("sub");
    assert_eq!(project.sqlite_file(), project.path("b.db"));
}

#[test]
fn a_named_file_goes_before_the_one_that_is_found() {
    let mut project = Project::new("version_table = 'found'")
        .in_subfolder("sub")
        .with_file("by_variable.toml", "version_table = 'variable'")
        .with_file("by_flag.toml", "version_table = 'flag'")
        .with_variable("REVGRAPH_CONFIG", "../by_variable.toml");
    assert_eq!(project.config().version_table, "variable");
    project.sources.config_file = Some(PathBuf::from("../by_flag.toml"));
    assert_eq!(project.config().version_table, "flag");
    project.sources.config_file = Some(PathBuf::from("none.toml"));
    let error = project.error();
    assert!(matches!(error.problem(), Problem::Unreadable { .. }));
    assert_eq!(error.path(), Some(project.path("sub/none.toml").as_path()));
}

#[test]
fn without_a_file_the_defaults_are_the_current_folders() {
    // The folder above a temporary one has no file of this name.
    let project = Project::empty();
    let config = project.config();
    assert_eq!(config.file, None);
    assert_eq!(config.version_locations, [project.path("versions")]);
    assert_eq!(config.backup_location, project.path("versions/backup"));
}
