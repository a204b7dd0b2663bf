use crate::excerpt::Excerpt;

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
        ("\n  verzion_table = 'x'", "2:3: unknown key `verzion_table`", "did you mean `version_table`?"),
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
        ("host = 'h'", "1:1: unknown key `host`", "it belongs in [connection]"),
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
        ("version_table = ''", "1:17: `version_table` is empty", Some(("version_table = ''", 16..18))),
        (
            "file_template = '{year}/{rev}'",
            "1:17: `file_template` makes subfolders, and `recursive_version_locations` is false",
            Some(("file_template = '{year}/{rev}'", 16..30)),
        ),
        ("url = 5", "1:7: `url` should be a string, and is an integer", None),
        ("connection.port = 70000", "1:19: `connection.port` is not a port number from 1 to 65535", None),
        ("connection = 5", "1:14: `connection` should be a table, and is an integer", None),
        ("env.prod = 5", "1:12: `env.prod` should be a table, and is an integer", None),
    ] {
        let (reported, _, reported_excerpt) = reported(toml);
        assert_eq!(reported, message);
        let marked = reported_excerpt.map(|excerpt| (excerpt.text, excerpt.mark));
        let expected = excerpt.map(|(text, marked)| (text.to_owned(), marked));
        assert_eq!(marked, expected, "{toml}");
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
