use std::fs;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

/// A folder with an `alembic.toml`, and what is said beside it.
struct Project {
    folder: TempDir,
    sources: Sources,
}

impl Project {
    fn empty() -> Self {
        let folder = TempDir::new().unwrap();
        let sources = Sources {
            current_directory: folder.path().to_owned(),
            ..Sources::default()
        };
        Self { folder, sources }
    }

    fn new(toml: &str) -> Self {
        Self::empty().with_file(FILE_NAME, toml)
    }

    fn with_file(self, name: &str, text: &str) -> Self {
        fs::write(self.path(name), text).unwrap();
        self
    }

    fn with_variable(mut self, name: &str, value: &str) -> Self {
        let environment = &mut self.sources.environment;
        environment.insert(name.to_owned(), value.to_owned());
        self
    }

    fn with_override(mut self, key: &str, value: &str) -> Self {
        let overrides = &mut self.sources.overrides;
        overrides.insert(key.to_owned(), value.to_owned());
        self
    }

    fn with_section(mut self, name: &str) -> Self {
        self.sources.section = Some(name.to_owned());
        self
    }

    fn with_url(mut self, url: &str) -> Self {
        self.sources.url = Some(url.to_owned());
        self
    }

    /// Runs the command in a subfolder, which is made.
    fn in_subfolder(mut self, name: &str) -> Self {
        self.sources.current_directory = self.path(name);
        fs::create_dir_all(&self.sources.current_directory).unwrap();
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn config(&self) -> Config {
        Config::load(&self.sources).unwrap()
    }

    fn error(&self) -> ConfigError {
        Config::load(&self.sources).unwrap_err()
    }

    fn url(&self) -> DatabaseUrl {
        self.config().database_url().unwrap().clone()
    }

    fn url_error(&self) -> ConfigError {
        self.config().database_url().unwrap_err()
    }

    fn sqlite_file(&self) -> PathBuf {
        match self.url() {
            DatabaseUrl::Sqlite(url) => match url.location() {
                SqliteLocation::File(path) => path.clone(),
                SqliteLocation::Memory => panic!("in memory"),
            },
            DatabaseUrl::Postgres(url) => panic!("{url}"),
        }
    }

    fn parameters(&self) -> Vec<(String, String)> {
        match self.url() {
            DatabaseUrl::Postgres(url) => url.parameters().to_vec(),
            DatabaseUrl::Sqlite(url) => panic!("{url}"),
        }
    }
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

mod precedence {
    use super::*;

    const FILE: &str = "version_table = 'top'\n[env.prod]\nversion_table = 'section'\n";

    #[test]
    fn each_source_goes_before_those_below_it() {
        let table = |project: Project| project.config().version_table;
        let variable =
            |project: Project| project.with_variable("REVGRAPH_VERSION_TABLE", "variable");
        let dot_env =
            |project: Project| project.with_file(".env", "REVGRAPH_VERSION_TABLE=dotenv\n");

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
        ];
        assert_eq!(values.len(), Key::ALL.len());
        let project = values
            .iter()
            .fold(Project::new(""), |project, (key, value)| {
                project.with_variable(&format!("REVGRAPH_{key}"), value)
            });
        let config = project.config();
        assert_eq!(project.sqlite_file(), project.path("x.db"));
        assert_eq!(
            config.version_locations,
            [project.path("a"), project.path("b")]
        );
        assert!(config.recursive_version_locations);
        assert_eq!(config.backup_location, project.path("old"));
        assert_eq!(config.version_table, "t");
        assert_eq!(config.version_table_schema.as_deref(), Some("s"));
        assert_eq!(config.transaction, TransactionMode::All);
        assert_eq!(config.file_template, "{year}/{rev}");
        assert_eq!(config.truncate_slug_length, 7);
        assert_eq!(config.timezone, Tz::Europe__Berlin);
        assert_eq!(config.lock_timeout, Duration::from_secs(1));
        assert_eq!(config.migration_lock_timeout, Duration::from_secs(2));
        assert_eq!(config.statement_timeout, Some(Duration::from_secs(3)));
        assert_eq!(config.checksums, ChecksumPolicy::Off);
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
        assert!(
            project
                .error()
                .to_string()
                .contains("`env.other.checksums` is `maybe`")
        );
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
        assert_eq!(
            error.hint().as_deref(),
            Some("the configuration has: dev, prod")
        );
    }
}

mod places {
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
        assert_eq!(
            config.version_locations,
            [project.path("v"), PathBuf::from("/abs")]
        );
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
        let project = Project::new("")
            .with_file(".env", "DATABASE_URL=sqlite:b.db\n")
            .in_subfolder("sub");
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
}

mod database {
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
        let project = Project::new("")
            .with_variable("DATABASE_URL", "sqlite:a.db")
            .with_url("");
        assert_eq!(
            project.url_error().to_string(),
            "--url: the database URL is empty"
        );
    }

    #[test]
    fn variables_in_the_url_are_expanded_from_the_process_and_dot_env() {
        let toml = "url = 'postgres://${PGUSER}:${SECRET}@${HOST:-localhost}/d'";
        let project = Project::new(toml)
            .with_file(".env", "SECRET='p@$w/%'\nPGUSER=other\n")
            .with_variable("PGUSER", "me");
        assert_eq!(
            project.parameters(),
            pairs(&[
                ("host", "localhost"),
                ("user", "me"),
                ("password", "p@$w/%"),
                ("dbname", "d"),
            ])
        );
    }

    #[test]
    fn an_unset_variable_is_an_error_only_where_its_value_is_used() {
        let project = Project::new("\nurl = '${MISSING}'");
        let error = project.url_error();
        assert_eq!(
            error.to_string(),
            format!(
                "{}:2:7: `url` uses ${{MISSING}}, which is not set",
                project.path(FILE_NAME).display()
            )
        );
        assert_eq!(
            project
                .with_url("sqlite:a.db")
                .url()
                .to_string()
                .split('/')
                .next_back(),
            Some("a.db")
        );

        let project = Project::new("version_locations = ['${MISSING}/v']");
        assert!(matches!(
            project.error().problem(),
            Problem::UnsetVariable { .. }
        ));
        let project = project.with_override("version_locations", "${MISSING}");
        assert_eq!(
            project.config().version_locations,
            [project.path("${MISSING}")]
        );
    }

    #[test]
    fn a_path_that_expands_to_nothing_is_an_error() {
        let project = Project::new("backup_location = '${EMPTY}'").with_variable("EMPTY", "");
        assert!(
            project
                .error()
                .to_string()
                .ends_with("`backup_location` is empty")
        );
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
        assert_eq!(
            project.parameters(),
            pairs(&[("user", "u"), ("password", "p w")])
        );
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
        assert_eq!(
            project.parameters(),
            pairs(&[("user", "u"), ("host", "p"), ("password", "s")])
        );
        let project = Project::new(toml).with_section("lite");
        assert_eq!(project.sqlite_file(), project.path("a.db"));
    }

    #[test]
    fn what_excludes_each_other_is_not_given_together() {
        for (toml, message) in [
            (
                "url = 'sqlite:a'\n[connection]\nhost = 'h'",
                "2:2: both `url` and `connection` are given",
            ),
            (
                "[env.a]\nconnection.host = 'h'\nurl = 'sqlite:a'",
                "3:1: both `env.a.url` and `env.a.connection` are given",
            ),
            (
                "[connection]\npassword = 'p'\npassword_file = 'f'",
                "3:1: both `connection.password_file` and `connection.password` are given",
            ),
        ] {
            let message_of = Project::new(toml).error().to_string();
            let same = message_of.ends_with(message)
                || message_of.ends_with(
                    "3:1: both `connection.password` and `connection.password_file` are given",
                );
            assert!(same, "{message_of}");
        }
    }
}

mod mistakes {
    use super::*;

    /// The error's place, message, hint and excerpt.
    fn reported(toml: &str) -> (String, Option<String>, Option<Excerpt>) {
        let project = Project::new(toml);
        let error = project.error();
        let prefix = format!("{}:", project.path(FILE_NAME).display());
        let message = error.to_string();
        let message = message.strip_prefix(&prefix).unwrap().to_owned();
        (message, error.hint(), error.excerpt().cloned())
    }

    #[test]
    fn unknown_keys_have_a_place_and_a_suggestion() {
        for (toml, message, hint) in [
            (
                "\n  verzion_table = 'x'",
                "2:3: unknown key `verzion_table`",
                "did you mean `version_table`?",
            ),
            (
                "[connection]\npasword = 'secret'",
                "2:1: unknown key `pasword` in [connection]",
                "did you mean `password`?",
            ),
            (
                "[env.prod]\nlock-timeout = '1s'",
                "2:1: unknown key `lock-timeout` in [env.prod]",
                "did you mean `lock_timeout`?",
            ),
            (
                "host = 'h'",
                "1:1: unknown key `host`",
                "it belongs in [connection]",
            ),
            (
                "[connection]\nhost = 'h'\nchecksums = 'off'",
                "3:1: unknown key `checksums` in [connection]",
                "it belongs above the first [table] of the file",
            ),
        ] {
            let (reported, reported_hint, excerpt) = reported(toml);
            assert_eq!(reported, message);
            assert_eq!(reported_hint.as_deref(), Some(hint));
            let key = excerpt.unwrap().text;
            assert!(message.contains(&format!("`{key}`")), "{key}");
        }
    }

    #[test]
    fn wrong_values_have_a_place_and_an_excerpt() {
        for (toml, message, excerpt) in [
            (
                "transaction = 5",
                "1:15: `transaction` should be a string, and is an integer",
                Some(("transaction = 5", 14..15)),
            ),
            (
                "truncate_slug_length = 'x'",
                "1:24: `truncate_slug_length` should be an integer, and is a string",
                Some(("truncate_slug_length = 'x'", 23..26)),
            ),
            (
                "truncate_slug_length = -1",
                "1:24: `truncate_slug_length` should be a whole number, 0 or more",
                Some(("truncate_slug_length = -1", 23..25)),
            ),
            (
                "version_locations = 'v'",
                "1:21: `version_locations` should be an array of strings, and is a string",
                Some(("version_locations = 'v'", 20..23)),
            ),
            (
                "version_locations = []",
                "1:21: `version_locations` is empty",
                Some(("version_locations = []", 20..22)),
            ),
            (
                "version_table = ''",
                "1:17: `version_table` is empty",
                Some(("version_table = ''", 16..18)),
            ),
            (
                "file_template = '{year}/{rev}'",
                "1:17: `file_template` makes subfolders, and `recursive_version_locations` is false",
                Some(("file_template = '{year}/{rev}'", 16..30)),
            ),
            (
                "url = 5",
                "1:7: `url` should be a string, and is an integer",
                None,
            ),
            (
                "connection.port = 70000",
                "1:19: `connection.port` is not a port number from 1 to 65535",
                None,
            ),
            (
                "connection = 5",
                "1:14: `connection` should be a table, and is an integer",
                None,
            ),
            (
                "env.prod = 5",
                "1:12: `env.prod` should be a table, and is an integer",
                None,
            ),
        ] {
            let (reported, _, reported_excerpt) = reported(toml);
            assert_eq!(reported, message);
            let expected = excerpt.map(|(text, marked)| Excerpt {
                text: text.to_owned(),
                marked,
            });
            assert_eq!(reported_excerpt, expected, "{toml}");
        }
    }

    #[test]
    fn what_is_not_toml_has_a_place_and_no_excerpt() {
        let (message, _, excerpt) = reported("version_table = 'x'\nurl = \"secret");
        assert!(message.starts_with("2:"), "{message}");
        assert!(!message.contains("secret"));
        assert_eq!(excerpt, None);
    }

    #[test]
    fn a_byte_order_mark_and_windows_line_ends_are_accepted() {
        let project = Project::new("\u{feff}version_table = 'x'\r\nchecksums = 'off'\r\n");
        assert_eq!(project.config().version_table, "x");
    }

    #[test]
    fn the_first_mistake_of_the_file_is_reported() {
        let (message, _, _) = reported("zeta = 1\nalpha = 1");
        assert!(message.contains("`zeta`"), "{message}");
    }
}

mod default_text {
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
        let uncommented: String = text
            .lines()
            .map(|line| format!("{}\n", line.strip_prefix("# ").unwrap_or(line)))
            .collect();
        for key in Key::ALL {
            let assignment = format!("\n{} = ", key.name());
            assert!(
                format!("\n{uncommented}").contains(&assignment),
                "{assignment}"
            );
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
        assert_eq!(
            config.recursive_version_locations,
            expected.recursive_version_locations
        );
        assert_eq!(config.version_table, expected.version_table);
        assert_eq!(config.transaction, expected.transaction);
        assert_eq!(config.file_template, expected.file_template);
        assert_eq!(config.truncate_slug_length, expected.truncate_slug_length);
        assert_eq!(config.timezone, expected.timezone);
        assert_eq!(config.lock_timeout, expected.lock_timeout);
        assert_eq!(
            config.migration_lock_timeout,
            expected.migration_lock_timeout
        );
        assert_eq!(config.checksums, expected.checksums);
        let production = Project::new(&uncommented).with_section("production");
        assert_eq!(production.config().transaction, TransactionMode::All);
    }
}

mod redaction {
    use super::*;

    /// Everything that can be shown of what loading gives.
    fn shown(project: &Project) -> String {
        let folder = project.folder.path().to_string_lossy().into_owned();
        let outcome = match Config::load(&project.sources) {
            Err(error) => error_text(&error),
            Ok(config) => {
                let url = match config.database_url() {
                    Ok(url) => url.to_string(),
                    Err(error) => error_text(&error),
                };
                format!("{config:?} {url}")
            }
        };
        format!("{outcome} {:?}", project.sources).replace(&folder, "")
    }

    fn error_text(error: &ConfigError) -> String {
        format!("{error} {error:?} {:?} {:?}", error.hint(), error.excerpt())
    }

    /// A TOML basic string.
    fn quoted(text: &str) -> String {
        toml::Value::String(text.to_owned()).to_string()
    }

    /// What the place `with` makes of a password shows the password only if it shows the same
    /// characters for another one.
    fn assert_hidden(password: &str, with: impl Fn(&str) -> Project) -> Result<(), TestCaseError> {
        let other = shown(&with("0000000000"));
        prop_assume!(!other.contains(password));
        let shown = shown(&with(password));
        prop_assert!(!shown.contains(password), "{}", shown);
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn a_password_in_a_url_is_never_shown(password in "[^\0]{4,20}", bad in any::<bool>()) {
            let tail = if bad { "?sslmod=x" } else { "?sslmode=require" };
            let url = |password: &str| format!("postgres://UU:{password}@HH:5432/DD{tail}");
            assert_hidden(&password, |p| Project::new("").with_url(&url(p)))?;
            assert_hidden(&password, |p| Project::new("").with_variable("DATABASE_URL", &url(p)))?;
            assert_hidden(&password, |p| Project::new(&format!("url = {}", quoted(&url(p)))))?;
        }

        #[test]
        fn a_password_of_the_connection_table_is_never_shown(password in "[^\0]{4,20}") {
            assert_hidden(&password, |p| {
                Project::new(&format!("[connection]\nuser = 'UU'\npassword = {}", quoted(p)))
            })?;
            assert_hidden(&password, |p| {
                Project::new(&format!("connection = {{ pasword = {} }}", quoted(p)))
            })?;
        }

        #[test]
        fn a_file_that_is_not_toml_is_never_quoted(password in "[ -~é]{6,20}") {
            assert_hidden(&password, |p| {
                Project::new(&format!("url = \"postgres://UU:{p}\"@HH/DD"))
            })?;
            assert_hidden(&password, |p| {
                Project::empty().with_file(".env", &format!("DATABASE_URL=postgres://UU:{p} x@HH/DD"))
            })?;
        }

        #[test]
        fn an_unknown_text_for_a_url_is_never_quoted(password in "[ -~é]{4,20}", form in "mysql://u:|u:|postgres:|sqlite://u:|postgres://u:") {
            let with = |p: &str| Project::new("").with_url(&format!("{form}{p}@HH/DD"));
            assert_hidden(&password, with)?;
        }
    }
}
