//! What is shown and asked where there is a terminal. `script` of util-linux gives one.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::support::{Project, on_each_database};

on_each_database!(a_detected_revision_is_stamped_where_the_user_agrees, a_bar_shows_how_far_a_rehearsal_is);

/// What a command says on a terminal on which these keys are pressed, and its exit status.
fn on_a_terminal(project: &Project, arguments: &[&str], keys: &str) -> (String, i32) {
    let program = project.command(arguments);
    let words = std::iter::once(program.get_program()).chain(program.get_args());
    let line: Vec<String> = words.map(|word| format!("'{}'", word.to_string_lossy())).collect();
    let mut command = Command::new("script");
    command.args(["--quiet", "--return", "--command", &line.join(" "), "/dev/null"]);
    command.current_dir(project.path("")).env("TERM", "xterm");
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("script can be run");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(keys.as_bytes()).expect("it listens");
    let output = child.wait_with_output().expect("it ends");
    drop(stdin);
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code().unwrap_or(-1))
}

fn a_detected_revision_is_stamped_where_the_user_agrees(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    project.database.execute("CREATE TABLE t_a (id INTEGER PRIMARY KEY)");
    let (said, status) = on_a_terminal(project, &["stamp", "--detect"], "n\n");
    assert_eq!((status, project.database.version_rows()), (0, Vec::new()), "{said}");
    assert!(said.contains("Stamp the database a?"), "{said}");
    let (said, status) = on_a_terminal(project, &["stamp", "--detect"], "y\n");
    assert_eq!((status, project.database.version_rows()), (0, vec!["a".to_owned()]), "{said}");
}

fn a_bar_shows_how_far_a_rehearsal_is(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]).revision("c", "b", "CREATE TABLE t_c (x INTEGER);", "SELECT 1;");
    let (said, status) = on_a_terminal(project, &["verify"], "");
    assert_eq!(status, 4, "{said}");
    assert!(said.contains("/3 ") && said.contains("broken: c"), "{said}");
    let (quiet, _) = on_a_terminal(project, &["verify", "--quiet"], "");
    assert!(!quiet.contains("/3 "), "{quiet}");
}
