//! SQL and JSON go out as bytes, wherever they go; what people read shows control characters instead of sending them.

use crate::support::terminal::on_a_terminal;
use crate::support::{Project, on_each_database};

on_each_database!(
    sql_goes_out_byte_for_byte,
    json_goes_out_byte_for_byte,
    people_are_shown_control_characters,
    a_result_that_cannot_be_written_is_a_failure,
);

/// What a filter of escape sequences takes for the beginning of one, and for all that follows up to its end; and
/// characters of other kinds that a terminal obeys.
const NASTY: &str = "a\u{1b}]0;b\u{1b}[2Jc\u{7}\u{8}\r\u{9b}31md\u{7f}\u{202e}e";

/// A revision whose table has a literal with all of it.
fn nasty(project: &Project) {
    let up = format!("CREATE TABLE t_a (x VARCHAR(99) DEFAULT '{NASTY}');\nCREATE TABLE t_last (x INTEGER);");
    project.revision("a", "", &up, "DROP TABLE t_a;\nDROP TABLE t_last;");
}

fn sql_goes_out_byte_for_byte(project: &Project) {
    nasty(project);
    project.json(&["upgrade"]);
    let whole = format!("'{NASTY}'");
    for arguments in [&["upgrade", "--sql", "a"][..], &["schema"]] {
        let ran = project.run(arguments);
        assert_eq!(ran.status, 0, "{arguments:?}: {}", ran.stderr);
        assert!(ran.stdout.contains(&whole), "{arguments:?}: {:?}", ran.stdout);
        assert!(ran.stdout.contains("t_last"), "{arguments:?}: it is cut off: {:?}", ran.stdout);
        let (said, status) = on_a_terminal(project, arguments, "");
        // The terminal itself ends lines with both characters.
        let said = said.replace("\r\n", "\n");
        assert_eq!(status, 0, "{said}");
        assert!(said.contains(&whole) && said.contains("t_last"), "on a terminal: {arguments:?}: {said:?}");
    }
}

fn json_goes_out_byte_for_byte(project: &Project) {
    nasty(project);
    project.json(&["upgrade"]);
    for arguments in [&["upgrade", "--sql", "a"][..], &["schema", "head"], &["schema"]] {
        let values = texts(&project.json(arguments).json());
        assert!(values.iter().any(|text| text.contains(NASTY)), "{arguments:?}: {values:?}");
    }
}

/// All texts in a document.
fn texts(value: &serde_json::Value) -> Vec<String> {
    match value {
        serde_json::Value::String(text) => vec![text.clone()],
        serde_json::Value::Array(values) => values.iter().flat_map(texts).collect(),
        serde_json::Value::Object(values) => values.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

fn people_are_shown_control_characters(project: &Project) {
    let nasty = "b\u{1b}]0;c\u{1b}[2Jd\u{9b}31m\u{202e}";
    project.write(
        "versions/a.up.sql",
        format!("-- {nasty}\n--\n-- revision: a\n\nSELECT '{nasty}' FROM nowhere;\n"),
    );
    let obeyed = |text: &str| text.chars().any(|c| c == '\u{1b}' || c == '\u{9b}' || c == '\u{202e}');
    for arguments in
        [&["history"][..], &["show", "a"], &["upgrade", "--dry-run"], &["upgrade"], &["status"], &["log"]]
    {
        let ran = project.run(arguments);
        let all = ran.stdout + &ran.stderr;
        assert!(!obeyed(&all), "{arguments:?}: {all:?}");
        let (said, _) = on_a_terminal(project, &[arguments, &["--color", "never"]].concat(), "");
        assert!(!obeyed(&said), "on a terminal: {arguments:?}: {said:?}");
    }
    let listed = project.run(&["history"]).stdout;
    assert!(listed.contains(r"b\x1b]0;c\x1b[2Jd\u{9b}31m\u{202e}"), "{listed}");
    // An argument is as foreign as a title.
    let refused = project.run(&["upgrade", "\u{1b}[2Jhead"]).stderr;
    assert!(refused.contains(r"\x1b[2Jhead") && !obeyed(&refused), "{refused:?}");
    let refused = project.run(&["upgrade", "a", "\u{1b}[2Jhead"]).stderr;
    assert!(refused.contains(r"\x1b[2Jhead") && !obeyed(&refused), "{refused:?}");
}

fn a_result_that_cannot_be_written_is_a_failure(project: &Project) {
    project.tables(&[("a", "")]);
    for arguments in [&["upgrade", "--sql"][..], &["history", "--json"], &["history"]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
        let Ok(full) = full else { return };
        let output = project.command(arguments).stdout(full).output().expect("the binary can be run");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {told}");
        assert!(told.contains("standard output cannot be written"), "{arguments:?}: {told}");
    }
}
