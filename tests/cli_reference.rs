//! `docs/cli.md` is what the command line says of itself. `REVGRAPH_BLESS=1 cargo test cli_reference` writes it.

use std::fs;
use std::path::Path;

use clap::Command;

const WIDTH: usize = 100;

/// The whole reference.
fn reference() -> String {
    let mut root = revgraph::cli::command().term_width(WIDTH);
    root.build();
    let mut text = String::from(
        "# Command line\n\nGenerated from the program's own help by `tests/cli_reference.rs`; \
         `REVGRAPH_BLESS=1 cargo test cli_reference` writes it anew.\n\n",
    );
    text.push_str("## `revgraph`\n\n");
    push_help(&mut text, &mut root);
    for command in root.get_subcommands_mut().filter(|command| command.get_name() != "help") {
        text.push_str(&format!("## `revgraph {}`\n\n", command.get_name()));
        push_help(&mut text, command);
    }
    text.trim_end().to_owned() + "\n"
}

fn push_help(text: &mut String, command: &mut Command) {
    let help = command.clone().term_width(WIDTH).render_long_help().to_string();
    let help: String = help.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    text.push_str(&format!("```text\n{}\n```\n\n", help.trim()));
}

#[test]
fn the_reference_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cli.md");
    let reference = reference();
    if std::env::var_os("REVGRAPH_BLESS").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, &reference).expect("docs/cli.md is written");
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == reference,
        "docs/cli.md is stale: REVGRAPH_BLESS=1 cargo test cli_reference writes it anew"
    );
}
