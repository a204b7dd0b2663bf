//! `docs/ci.md`: each command line of its workflows is run as a shell runs it, on both databases.

use std::process::Command;

use crate::support::{Project, on_each_database};

on_each_database!(every_command_line_of_the_page_runs);

const PAGE: &str = include_str!("../docs/ci.md");

/// The command lines of the page, in their order: of `run:`, of `command:`, and of the blocks of a shell.
fn command_lines() -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = PAGE.lines().peekable();
    let mut is_shell = false;
    while let Some(line) = lines.next() {
        let text = line.trim();
        let indent = |line: &str| line.len() - line.trim_start().len();
        if text.starts_with("```") {
            is_shell = text == "```sh";
        } else if is_shell {
            found.push(text.to_owned());
        } else if text == "run: |" {
            while let Some(next) = lines.next_if(|next| indent(next) > indent(line)) {
                found.push(next.trim().to_owned());
            }
        } else if let Some(run) = text.strip_prefix("run: ") {
            found.push(run.to_owned());
        } else if let Some(list) = text.strip_prefix("command: ") {
            let words: Vec<String> = serde_json::from_str(list).expect("a list of words");
            found.push(words.join(" "));
        }
    }
    found
}

fn git(project: &Project, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=t", "-c", "user.email=t@t", "-c", "init.defaultBranch=main"]);
    let output = command.args(arguments).current_dir(project.path("")).output().expect("git can be run");
    assert!(output.status.success(), "{arguments:?}: {output:?}");
}

fn every_command_line_of_the_page_runs(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    project.configure("schema = \"schema.sql\"");
    let table = |id: &str| format!("CREATE TABLE t_{id} (id INTEGER PRIMARY KEY);\n");
    project.write("schema.sql", table("a") + &table("b"));
    // Git conflicts where two branches add a revision, by the file of the heads.
    assert_eq!(project.run(&["check", "--fix"]).status, 0);
    git(project, &["init", "-q"]);
    git(project, &["add", "versions"]);
    git(project, &["commit", "-qm", "x"]);
    git(project, &["update-ref", "refs/remotes/origin/main", "HEAD"]);
    project.json(&["upgrade"]);
    let lines = command_lines();
    assert!(lines.len() >= 10, "{lines:?}");
    let program = project.command(&[]);
    let folder = std::path::Path::new(program.get_program()).parent().expect("it has a folder");
    for line in lines {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-euc", &line]).current_dir(project.path("")).env_clear();
        let path = std::env::var("PATH").unwrap_or_default();
        shell.env("PATH", format!("{}:{path}", folder.display())).env("HOME", project.path(""));
        let output = shell.output().expect("a shell can be run");
        assert!(output.status.success(), "{line}: {output:?}");
    }
}
