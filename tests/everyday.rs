//! What every run has: completions, manual pages, colours, `revgraph` alone, and messages for machines.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::{Kind, Project, Ran, on_each_database};

on_each_database!(
    ids_labels_and_environments_are_offered_to_shells,
    without_a_command_the_state_and_what_comes_next_are_shown,
    colours_go_only_where_they_are_wanted,
    messages_for_machines_are_documents_with_their_times,
    results_stay_as_they_are_beside_messages_for_machines,
);

fn ids_labels_and_environments_are_offered_to_shells(project: &Project) {
    project.table("aaaa", "", &["branch_labels: left"]).tables(&[("abcd", "aaaa")]);
    project.configure("[env.production]\ntransaction = \"all\"");
    let offered = |shell: &str, words: &[&str]| {
        let mut command = project.command(&[&["--", "revgraph"], words].concat());
        command.env("REVGRAPH_COMPLETE", shell).env("_CLAP_COMPLETE_INDEX", words.len().to_string());
        command.env("_CLAP_IFS", "\n").env("_CLAP_COMPLETE_COMP_TYPE", "9");
        let output = command.output().expect("the binary can be run");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("it is UTF-8")
    };
    for shell in ["bash", "zsh", "fish"] {
        let revisions = offered(shell, &["show", "a"]);
        assert!(revisions.contains("aaaa") && revisions.contains("abcd"), "{shell}: {revisions}");
        assert!(!offered(shell, &["show", "ab"]).contains("aaaa"));
        assert!(offered(shell, &["upgrade", "le"]).contains("left@head"), "{shell}");
        assert!(offered(shell, &["-n", "pro"]).contains("production"), "{shell}");
        assert!(offered(shell, &["upg"]).contains("upgrade"), "{shell}");
    }
}

fn without_a_command_the_state_and_what_comes_next_are_shown(project: &Project) {
    project.tables(&[("a", "")]);
    let ran = project.run(&[]);
    assert_eq!(ran.status, 3, "{ran:?}");
    assert!(ran.stdout.contains("1 revision pending"), "{ran:?}");
    assert!(ran.stdout.contains("revgraph upgrade --dry-run"), "{ran:?}");
    project.json(&["upgrade"]);
    let ran = project.run(&[]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.stdout.contains("up to date") && ran.stdout.contains("revgraph revision -m"), "{ran:?}");
    assert_eq!(project.json(&[]).json()["state"], "up_to_date");
}

fn colours_go_only_where_they_are_wanted(project: &Project) {
    project.tables(&[("a", "")]);
    project.json(&["upgrade"]);
    for arguments in [&["status"][..], &["history", "-i"], &["log"]] {
        let with = |colour: &str| project.run(&[&["--color", colour], arguments].concat()).stdout;
        assert!(with("always").contains("\u{1b}[32m"), "{arguments:?}");
        assert!(!with("auto").contains('\u{1b}') && !with("never").contains('\u{1b}'), "{arguments:?}");
        let mut command = project.command(arguments);
        let output = command.env("NO_COLOR", "1").output().expect("the binary can be run");
        assert!(!output.stdout.contains(&0x1b), "{arguments:?}");
    }
}

/// Bash takes words apart at `:` and `@`; ranges and `LABEL@head` are completed all the same.
#[test]
fn bash_completes_what_it_takes_for_several_words() {
    let project = Project::new(Kind::Sqlite);
    project.table("aaaa", "", &["branch_labels: left"]).tables(&[("abcd", "aaaa")]);
    project.write("completions", project.run(&["completions", "bash"]).stdout);
    let completed = |words: &str, line: &str, last: &str| {
        let script = format!(
            "source ./completions; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); COMP_LINE='{line}'
             COMP_POINT=${{#COMP_LINE}}; COMP_TYPE=9; _revgraph revgraph '{last}' ''; echo \"${{COMPREPLY[*]}}\""
        );
        let program = project.command(&[]);
        let folder = Path::new(program.get_program()).parent().expect("it has a folder");
        let path = std::env::var("PATH").unwrap_or_default();
        let mut bash = Command::new("bash");
        bash.args(["-c", &script]).current_dir(project.path("")).env_clear();
        let output =
            bash.env("PATH", format!("{}:{path}", folder.display())).output().expect("bash can be run");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    assert_eq!(completed("revgraph show aa", "revgraph show aa", "aa"), "aaaa");
    assert_eq!(completed("revgraph history -r aaaa : ab", "revgraph history -r aaaa:ab", "ab"), "abcd");
    assert_eq!(completed("revgraph upgrade left @ he", "revgraph upgrade left@he", "he"), "head");
    assert_eq!(
        completed("revgraph revision -m '\"a b\"' --head ab", "revgraph revision -m \"a b\" --head ab", "ab"),
        "abcd"
    );
}

/// The page of each command says what it is for and shows examples.
#[test]
fn every_command_has_a_manual_page() {
    let project = Project::new(Kind::Sqlite);
    let page = project.run(&["man"]).stdout;
    assert!(page.contains(".SH EXAMPLES") && page.contains("revgraph\\-upgrade(1)"), "{page}");
    project.run(&["man", "pages"]);
    let mut names: Vec<String> = fs::read_dir(project.path("pages"))
        .expect("the folder is made")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    for name in ["revgraph.1", "revgraph-upgrade.1", "revgraph-database-create.1"] {
        assert!(names.contains(&name.to_owned()), "{names:?}");
    }
    for name in names {
        let page = fs::read_to_string(project.path("pages").join(&name)).expect("a page");
        let title = name.trim_end_matches(".1").replace('-', "\\-");
        assert!(
            page.contains(".SH NAME") && page.contains(&title) && page.contains(".SH EXAMPLES"),
            "{name}"
        );
    }
}

/// The lines on standard error, each a document with level and time.
fn logged(ran: &Ran) -> Vec<Value> {
    let documents: Vec<Value> = ran
        .stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    for document in &documents {
        let time = document["time"].as_str().unwrap_or_default();
        assert!(time.len() == 24 && time.ends_with('Z'), "{document}");
        assert!(
            ["info", "notice", "warning", "error"].contains(&document["level"].as_str().unwrap_or_default())
        );
    }
    documents
}

fn messages_for_machines_are_documents_with_their_times(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    let documents = logged(&project.run(&["upgrade", "--log-format", "json"]));
    assert!(
        documents[0]["message"].as_str().is_some_and(|message| message.starts_with("database: ")),
        "{documents:?}"
    );
    let steps: Vec<(&str, &str)> = documents
        .iter()
        .filter(|document| document["duration_ms"].is_u64())
        .map(|step| {
            (step["revision"].as_str().unwrap_or_default(), step["operation"].as_str().unwrap_or_default())
        })
        .collect();
    assert_eq!(steps, [("a", "upgrade"), ("b", "upgrade")]);
    let ran = project.run(&["--log-format=json", "upgrade", "nope"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    assert_eq!(logged(&ran).last().expect("the error")["error"]["kind"], "unknown_revision");
    // What is not understood is told in the same way, whether or not the format stands before it.
    for arguments in [&["--log-format", "json", "nosuch"][..], &["upgrade", "--nosuch", "--log-format=json"]]
    {
        let ran = project.run(arguments);
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{ran:?}");
        assert_eq!(logged(&ran).last().expect("the error")["error"]["kind"], "usage");
    }
    assert_eq!(project.run(&["--quiet", "--log-format", "json", "downgrade", "base", "--yes"]).stderr, "");
}

fn results_stay_as_they_are_beside_messages_for_machines(project: &Project) {
    project.tables(&[("a", "")]);
    for arguments in
        [&["upgrade", "--sql"][..], &["history"], &["history", "--json"], &["upgrade", "--dry-run", "--json"]]
    {
        let plain = project.run(arguments);
        let logging = project.run(&[arguments, &["--log-format", "json"]].concat());
        assert_eq!((logging.status, &logging.stdout), (plain.status, &plain.stdout), "{arguments:?}");
        logged(&logging);
    }
    assert_eq!(project.json(&["--log-format", "json", "upgrade"]).steps(), ["a"]);
}

#[test]
fn waiting_is_told_to_machines() {
    let project = Project::new(Kind::Sqlite);
    let nobody = "postgres://nobody@127.0.0.1:1/nothing";
    let ran = project.run(&["--log-format", "json", "--url", nobody, "database", "wait", "--timeout", "2s"]);
    assert_eq!(ran.status, 5, "{ran:?}");
    let documents = logged(&ran);
    assert!(documents.iter().any(|document| document["level"] == "notice"), "{documents:?}");
    assert_eq!(documents.last().expect("the error")["level"], "error");
}
