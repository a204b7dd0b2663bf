//! Runs of the binary on a terminal, which `script` of util-linux gives.

use std::io::Write;
use std::process::{Command, Stdio};

use super::Project;

/// In seconds.
const LONGEST_RUN: &str = "120";

/// What a command says on a terminal on which these keys are pressed, and its exit status.
pub fn on_a_terminal(project: &Project, arguments: &[&str], keys: &str) -> (String, i32) {
    on_a_terminal_with(project, arguments, keys, &[])
}

/// As [`on_a_terminal`], with environment variables.
pub fn on_a_terminal_with(
    project: &Project,
    arguments: &[&str],
    keys: &str,
    environment: &[(&str, &str)],
) -> (String, i32) {
    let program = project.command(arguments);
    let words = std::iter::once(program.get_program()).chain(program.get_args());
    let line: Vec<String> = words.map(|word| format!("'{}'", word.to_string_lossy())).collect();
    // One that waits for a key more than is pressed would wait for ever.
    let mut command = Command::new("timeout");
    command.args([
        "--foreground",
        LONGEST_RUN,
        "script",
        "--quiet",
        "--return",
        "--command",
        &line.join(" "),
        "/dev/null",
    ]);
    command.current_dir(project.path("")).env("TERM", "xterm");
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.envs(environment.iter().copied());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("script can be run");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(keys.as_bytes()).expect("it listens");
    let output = child.wait_with_output().expect("it ends");
    drop(stdin);
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code().unwrap_or(-1))
}
