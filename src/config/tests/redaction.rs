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
