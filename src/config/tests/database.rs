use super::*;

#[test]
fn the_url_is_looked_for_in_order() {
    let toml = "url = 'sqlite:file.db'\n[env.prod]\nurl = 'sqlite:section.db'";
    let name = |project: &Project| {
        let path = project.sqlite_file();
        path.file_name().unwrap().to_string_lossy().into_owned()
    };
    let project = Project::empty().with_variable("POSTGRES_DSN", "sqlite:dsn.db");
    assert_eq!(name(&project), "dsn.db");
    let project = project.with_variable("DATABASE_URL", "sqlite:variable.db");
    assert_eq!(name(&project), "variable.db");
    let project = project.with_file(FILE_NAME, toml);
    assert_eq!(name(&project), "file.db");
    let project = project.with_section("prod");
    assert_eq!(name(&project), "section.db");
    let project = project.with_variable("REVGRAPH_URL", "sqlite:own.db");
    assert_eq!(name(&project), "own.db");
    let project = project.with_url("sqlite:flag.db");
    assert_eq!(name(&project), "flag.db");
}

#[test]
fn no_url_is_an_error_only_for_who_asks() {
    let project = Project::new("").with_variable("DATABASE_URL", "");
    let message = project.url_error().to_string();
    let file = project.path(FILE_NAME);
    assert_eq!(
        message,
        format!(
            "no database URL is given; looked at --url, REVGRAPH_URL, `url` and [connection] in {}, DATABASE_URL, POSTGRES_DSN",
            file.display()
        )
    );
}

#[test]
fn an_empty_url_flag_is_not_passed_over() {
    let project = Project::new("").with_variable("DATABASE_URL", "sqlite:a.db").with_url("");
    assert_eq!(project.url_error().to_string(), "--url: the database URL is empty");
}

#[test]
fn variables_in_the_url_are_expanded_from_the_process_and_dot_env() {
    let toml = "url = 'postgres://${PGUSER}:${SECRET}@${HOST:-localhost}/d'";
    let project =
        Project::new(toml).with_file(".env", "SECRET='p@$w/%'\nPGUSER=other\n").with_variable("PGUSER", "me");
    assert_eq!(
        project.parameters(),
        pairs(&[("host", "localhost"), ("user", "me"), ("password", "p@$w/%"), ("dbname", "d"),])
    );
}

#[test]
fn an_unset_variable_is_an_error_only_where_its_value_is_used() {
    let project = Project::new("\nurl = '${MISSING}'");
    let error = project.url_error();
    assert_eq!(
        error.to_string(),
        format!("{}:2:7: `url` uses ${{MISSING}}, which is not set", project.path(FILE_NAME).display())
    );
    assert_eq!(project.with_url("sqlite:a.db").url().to_string().split('/').next_back(), Some("a.db"));

    let project = Project::new("version_locations = ['${MISSING}/v']");
    assert!(matches!(project.error().problem(), Problem::UnsetVariable { .. }));
    let project = project.with_override("version_locations", "${MISSING}");
    assert_eq!(project.config().version_locations, [project.path("${MISSING}")]);
}

#[test]
fn a_path_that_expands_to_nothing_is_an_error() {
    let project = Project::new("backup_location = '${EMPTY}'").with_variable("EMPTY", "");
    assert!(project.error().to_string().ends_with("`backup_location` is empty"));
}

#[test]
fn the_connection_table_is_literal() {
    let project = Project::new(
        "[connection]\nhost = 'h%20'\nport = 5433\nuser = 'u'\npassword = '${X}@%41'\nschema = 'app'\nkeepalives = true",
    );
    let expected = pairs(&[
        ("host", "h%20"),
        ("port", "5433"),
        ("user", "u"),
        ("password", "${X}@%41"),
        ("keepalives", "1"),
    ]);
    assert_eq!(project.parameters(), expected);
    match project.url() {
        DatabaseUrl::Postgres(url) => assert_eq!(url.search_path(), Some("app")),
        DatabaseUrl::Sqlite(url) => panic!("{url}"),
    }
}

#[test]
fn a_password_file_gives_its_first_line() {
    let project = Project::new("[connection]\nuser = 'u'\npassword_file = 'secret'")
        .with_file("secret", "p w\r\nnot this\n")
        .in_subfolder("sub");
    assert_eq!(project.parameters(), pairs(&[("user", "u"), ("password", "p w")]));
    let project = Project::new("[connection]\npassword_file = 'none'");
    let error = project.url_error();
    assert_eq!(error.path(), Some(project.path("none").as_path()));
}

#[test]
fn a_section_lies_over_the_connection_table() {
    let toml = "[connection]\nhost = 'h'\nuser = 'u'\npassword_file = 'none'\n\
                [env.prod.connection]\nhost = 'p'\npassword = 's'\n\
                [env.lite]\nurl = 'sqlite:a.db'\n";
    let project = Project::new(toml).with_section("prod");
    assert_eq!(project.parameters(), pairs(&[("user", "u"), ("host", "p"), ("password", "s")]));
    let project = Project::new(toml).with_section("lite");
    assert_eq!(project.sqlite_file(), project.path("a.db"));
}

#[test]
fn what_excludes_each_other_is_not_given_together() {
    for (toml, message) in [
        ("url = 'sqlite:a'\n[connection]\nhost = 'h'", "2:2: both `url` and `connection` are given"),
        (
            "[env.a]\nconnection.host = 'h'\nurl = 'sqlite:a'",
            "3:1: both `env.a.url` and `env.a.connection` are given",
        ),
        (
            "[connection]\npassword = 'p'\npassword_file = 'f'",
            "3:1: both `connection.password` and `connection.password_file` are given",
        ),
    ] {
        let reported = Project::new(toml).error().to_string();
        assert!(reported.ends_with(message), "{reported}");
    }
}
