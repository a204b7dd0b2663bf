use proptest::prelude::*;

use super::shown::escaped;
use super::*;

fn parse(text: &str) -> Result<PostgresUrl, UrlError> {
    PostgresUrl::parse(text.strip_prefix("postgres://").unwrap_or(text))
}

fn parameters(text: &str) -> Vec<(String, String)> {
    parse(text).unwrap().parameters().to_vec()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn urls_become_keywords_of_libpq() {
    for (text, expected) in [
        (
            "postgres://postgres:postgres@localhost:15432/taskpm?sslmode=disable",
            pairs(&[
                ("host", "localhost"),
                ("port", "15432"),
                ("user", "postgres"),
                ("password", "postgres"),
                ("dbname", "taskpm"),
                ("sslmode", "disable"),
            ]),
        ),
        ("postgres://", pairs(&[])),
        ("postgres:///db", pairs(&[("dbname", "db")])),
        ("postgres://:5433", pairs(&[("port", "5433")])),
        ("postgres://u@h", pairs(&[("host", "h"), ("user", "u")])),
        ("postgres://u:@h", pairs(&[("host", "h"), ("user", "u")])),
        ("postgres://:p@h", pairs(&[("host", "h"), ("password", "p")])),
        ("postgres://[::1]:5432/d", pairs(&[("host", "::1"), ("port", "5432"), ("dbname", "d")])),
        ("postgres://[fe80::1%25eth0]", pairs(&[("host", "fe80::1%eth0")])),
        ("postgres://a:1,b,c:3/d", pairs(&[("host", "a,b,c"), ("port", "1,,3"), ("dbname", "d")])),
        ("postgres://a,b", pairs(&[("host", "a,b")])),
        ("postgres://%2Fvar%2Frun/d", pairs(&[("host", "/var/run"), ("dbname", "d")])),
        ("postgres://u@/d?host=/run", pairs(&[("user", "u"), ("dbname", "d"), ("host", "/run")])),
        ("postgres://h/d?ssl=true", pairs(&[("host", "h"), ("dbname", "d"), ("sslmode", "require")])),
        ("postgres://h/d%20e?", pairs(&[("host", "h"), ("dbname", "d e")])),
    ] {
        assert_eq!(parameters(text), expected, "{text}");
    }
}

#[test]
fn the_host_parameter_goes_before_the_hosts_of_the_url() {
    for (text, expected) in [
        ("postgres:///?host=a:1&host=b:2", pairs(&[("host", "a,b"), ("port", "1,2")])),
        ("postgres:///?host=a,b&port=1,2", pairs(&[("port", "1,2"), ("host", "a,b")])),
        ("postgres://h:1/?host=/run/pg", pairs(&[("host", "/run/pg"), ("port", "1")])),
        ("postgres:///?host=::1", pairs(&[("host", "::1")])),
    ] {
        assert_eq!(parameters(text), expected, "{text}");
    }
}

#[test]
fn prismas_parameters_are_honoured_or_ignored() {
    let url = parse(
        "postgres://h/d?schema=app&connection_limit=5&pool_timeout=2&pgbouncer=true\
         &statement_cache_size=0&socket_timeout=3&connect_timeout=4",
    )
    .unwrap();
    assert_eq!(url.search_path(), Some("app"));
    assert_eq!(url.database(), Some("d"));
    let expected = pairs(&[("host", "h"), ("dbname", "d"), ("connect_timeout", "4")]);
    assert_eq!(url.parameters(), expected);
    assert_eq!(parse("postgres://h/d?schema=").unwrap().search_path(), None);
}

#[test]
fn odd_passwords_need_no_encoding() {
    for password in [
        "p@ss",
        "a@b/c",
        "a/b",
        "a:b",
        "100%",
        "%zz",
        "#1",
        "wh?t",
        "a?b=c",
        "two words",
        "пароль",
        "p%ff",
        "[x]",
        "a,b",
        "&=;",
        "$1",
        "'\"\\",
    ] {
        let text = format!("postgres://u:{password}@h:1/d?sslmode=require");
        let url = parse(&text).unwrap();
        assert_eq!(url.parameters.get("password"), Some(password), "{text}");
        assert_eq!(url.parameters.get("host"), Some("h"), "{text}");
        assert_eq!(url.to_string(), "postgres://u:***@h:1/d?sslmode=require", "{text}");
    }
}

#[test]
fn an_at_sign_in_a_parameter_ends_no_password() {
    let url = parse("postgres://u:p@h/d?user=me@tenant&options=-c%20a=b@c").unwrap();
    assert_eq!(url.parameters.get("user"), Some("me@tenant"));
    assert_eq!(url.parameters.get("password"), Some("p"));
    assert_eq!(url.parameters.get("options"), Some("-c a=b@c"));
}

#[test]
fn mistakes_are_refused_without_quoting_a_password() {
    let secret = "s3cretword";
    for (text, error) in [
        (format!("postgres://u:{secret}"), UrlError::Port),
        (format!("postgres://u:{secret}@h:port"), UrlError::Port),
        (format!("postgres://u:{secret}@h:0"), UrlError::Port),
        (format!("postgres://u:{secret}@h:65536"), UrlError::Port),
        (format!("postgres://u:{secret}@h/d?port=x"), UrlError::Port),
        (format!("postgres://u:{secret}@[::1/d"), UrlError::Ipv6),
        (format!("postgres://u:{secret}@[::1]x/d"), UrlError::Ipv6),
        (format!("postgres://u:{secret}@::1/d"), UrlError::Ipv6),
        (format!("postgres://h/d?password={secret}%00"), UrlError::Nul),
        (format!("postgres://h/d?password=a&{secret}"), UrlError::ParameterWithoutValue),
        (
            format!("postgres://h/d?password=a&{secret}=b"),
            UrlError::UnknownParameter { name: None, nearest: None },
        ),
        ("postgres://u:a@b?word=b@h/d".to_owned(), UrlError::UnknownParameter { name: None, nearest: None }),
    ] {
        assert_eq!(parse(&text), Err(error), "{text}");
    }
}

#[test]
fn an_unknown_parameter_suggests_the_nearest() {
    let error = parse("postgres://u:p@h/d?sslmod=require").unwrap_err();
    assert_eq!(error.to_string(), "the database URL has an unknown parameter `sslmod`");
    assert_eq!(error.hint().as_deref(), Some("did you mean `sslmode`?"));
}

#[test]
fn every_secret_parameter_is_hidden() {
    let url = parse("postgres://u@h/d?password=s1x&sslpassword=s2x&scram_client_key=s3x").unwrap();
    let shown = format!("{url} {url:?}");
    assert!(shown.contains("sslpassword=***"));
    assert!(!shown.contains("s1x") && !shown.contains("s2x") && !shown.contains("s3x"));
    assert_eq!(url.parameters.get("password"), Some("s1x"));
}

#[test]
fn a_url_without_a_secret_has_none() {
    for plain in [
        "h/d",
        "u@h:5432/d",
        "u@[::1]/d",
        "u@h1:1,h2:2/d?sslmode=require&schema=s",
        "/d?host=%2Frun%2Fpg",
        "u%20v@h/d%2Fe",
    ] {
        assert!(!parse(&format!("postgres://{plain}")).unwrap().has_secret(), "{plain}");
    }
    for secret in ["u:s@h/d", "u@h/d?password=s", "u@h/d?sslpassword=s", "u@h/d?options=-c%20x.key%3Ds"] {
        assert!(parse(&format!("postgres://{secret}")).unwrap().has_secret(), "{secret}");
    }
}

/// A URL with the fixed parts in capitals, so that no password of other characters is in them.
fn shown(result: &Result<PostgresUrl, UrlError>) -> String {
    match result {
        Ok(url) => format!("{url} {url:?}"),
        Err(error) => format!("{error} {error:?} {:?}", error.hint()),
    }
}

proptest! {
    #[test]
    fn an_encoded_password_survives_and_is_hidden(password in "[^\0]{4,30}") {
        let text = format!("postgres://UU:{}@HH:5432/DD", escaped(&password));
        let result = parse(&text);
        prop_assume!(!"postgres://UU:***@HH:5432/DD PostgresUrl()".contains(&password));
        prop_assert!(!shown(&result).contains(&password));
        let url = result.unwrap();
        prop_assert_eq!(url.parameters.get("password"), Some(password.as_str()));
        prop_assert_eq!(url.parameters.get("host"), Some("HH"));
    }

    #[test]
    fn a_raw_password_survives_and_is_hidden(password in "[^\0]{4,30}") {
        // What the documentation says must be encoded.
        prop_assume!(start_of_parameters(&format!("{password}@")).is_none());
        prop_assume!(percent_decoded(&password).as_deref() == Ok(password.as_str()));
        let result = parse(&format!("postgres://UU:{password}@HH:5432/DD?sslmode=require"));
        prop_assume!(!"postgres://UU:***@HH:5432/DD?sslmode=require PostgresUrl()".contains(&password));
        prop_assert!(!shown(&result).contains(&password));
        let url = result.unwrap();
        prop_assert_eq!(url.parameters.get("password"), Some(password.as_str()));
    }

    #[test]
    fn a_password_parameter_is_hidden(password in "[!-~é]{4,30}", key in "password|sslpassword") {
        let text = format!("postgres://UU@HH/DD?{key}={password}");
        let result = parse(&text);
        let rest = shown(&parse(&format!("postgres://UU@HH/DD?{key}=0")));
        prop_assume!(!rest.contains(&password));
        prop_assert!(!shown(&result).contains(&password), "{}", shown(&result));
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in "[a-z@:/?#%&=,0-9\\[\\]é]{0,40}") {
        let _ = parse(&text);
    }

    #[test]
    fn what_is_shown_is_read_back(host in "[a-z/.: %]{1,9}", user in "[^\0]{1,9}", value in "[^\0]{1,9}") {
        let url = PostgresUrl::from_keywords(pairs(&[
            ("host", &host),
            ("port", "5433"),
            ("user", &user),
            ("dbname", &value),
            ("application_name", &value),
        ]));
        prop_assert_eq!(parse(&url.to_string()), Ok(url));
    }
}

#[test]
fn what_a_server_quotes_of_hidden_parts_is_hidden_too() {
    let url =
        parse("postgres://u;password=s3cret@h/d?options=-c%20app.key%3Dhunter2%20-ctimezone%3DUTC").unwrap();
    assert!(!url.to_string().contains("s3cret"), "{url}");
    for (said, told) in [
        ("role \"u;password=s3cret\" does not exist", "role \"u;***\" does not exist"),
        (
            "invalid value for parameter \"app.key\": \"hunter2\"",
            "invalid value for parameter \"app.key\": \"***\"",
        ),
        ("database \"d\" does not exist", "database \"d\" does not exist"),
    ] {
        assert_eq!(url.without_secrets(said), told);
    }
}

#[test]
fn what_may_hold_a_password_beside_the_password_is_hidden() {
    for text in ["postgres://u@h/db;password=SECRET", "postgres://u@h/db?options=-c%20app.key%3DSECRET"] {
        assert!(!shown(&parse(text)).contains("SECRET"), "{text}");
    }
}
