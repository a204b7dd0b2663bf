//! The sources keep the layers that `src/lib.rs` draws: what is pure touches no database, file, clock or terminal;
//! only `src/cli` prints; and no module uses one of a later layer.

use std::fs;
use std::path::{Path, PathBuf};

const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src");

/// Files and folders whose code is a function of its arguments.
const PURE: [&str; 10] = [
    "alter",
    "catalog",
    "excerpt.rs",
    "graph",
    "ledger",
    "plan",
    "prisma",
    "report",
    "sql",
    "execute/offline.rs",
];

/// What would make such code depend on more.
const IMPURE: [&str; 21] = [
    "std::fs",
    "std::env",
    "std::net",
    "std::process",
    "std::thread",
    "std::io",
    "Instant",
    "SystemTime",
    "Utc::now",
    "Local::now",
    "getrandom",
    "tempfile",
    "rusqlite",
    "diesel",
    "pq_sys",
    "dialoguer",
    "indicatif",
    "anstream",
    "is_terminal",
    "env!",
    "std::os",
];

/// What writes to the terminal, or asks.
const PRINTING: [&str; 7] = ["print!", "println!", "eprint!", "eprintln!", "dbg!", "dialoguer", "anstream"];

/// The layers, each of which may use those before it.
const LAYERS: [&str; 35] = [
    "cancellation",
    "child",
    "git",
    "duration",
    "hex",
    "parallel",
    "excerpt",
    "regular_file",
    "whole_file",
    "sql",
    "catalog",
    "alter",
    "prisma",
    "graph",
    "plan",
    "config",
    "script",
    "ledger",
    "backend",
    "execute",
    "scratch",
    "verify",
    "squash",
    "autogenerate",
    "backup",
    "daily",
    "migrator",
    "tool",
    "import",
    "export",
    "setup",
    "check",
    "report",
    "diagnostic",
    "cli",
];

/// What speaks to Cargo, as a program's build script.
const BUILD_SCRIPT: &str = "migrator/embed.rs";

/// Path below `src`, and the code without comments and tests.
pub fn sources() -> Vec<(String, String)> {
    sources_with_comments().into_iter().map(|(name, text)| (name, code_of(&text))).collect()
}

/// Path below `src`, and all of the text, but for files of tests.
pub fn sources_with_comments() -> Vec<(String, String)> {
    let mut files = Vec::new();
    collect(Path::new(SOURCES), &mut files);
    files.sort();
    let read = |path: &PathBuf| {
        let name = path.strip_prefix(SOURCES).expect("it is below").display().to_string();
        (name, fs::read_to_string(path).expect("it can be read"))
    };
    let sources: Vec<_> = files.iter().map(read).filter(|(name, _)| !is_test(name)).collect();
    assert!(sources.len() > 50, "only {} sources were found", sources.len());
    sources
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("it can be listed").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Unit tests that have files of their own.
fn is_test(name: &str) -> bool {
    name.ends_with("/tests.rs") || name.contains("/tests/")
}

/// Leaves out comments and everything from `#[cfg(test)]` on: tests stand last in a file.
fn code_of(source: &str) -> String {
    let code = source.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.map(|line| line.split(" // ").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Whether a word stands in the code, not as a part of another.
fn uses(code: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(start, _)| {
        let before = code[..start].chars().next_back();
        let after = code[start + word.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

/// The uses of `words` in the files that `applies` to.
fn found(words: &[&str], applies: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for (name, code) in sources().iter().filter(|(name, _)| applies(name)) {
        found.extend(words.iter().filter(|word| uses(code, word)).map(|word| format!("{name}: {word}")));
    }
    found
}

fn is_below(name: &str, place: &str) -> bool {
    name == place || name.strip_prefix(place).is_some_and(|rest| rest.starts_with('/'))
}

#[test]
fn what_is_pure_touches_no_database_file_clock_or_terminal() {
    for place in PURE {
        assert!(sources().iter().any(|(name, _)| is_below(name, place)), "{place} is not there");
    }
    assert_eq!(found(&IMPURE, |name| PURE.iter().any(|place| is_below(name, place))), [""; 0]);
}

#[test]
fn only_the_command_line_prints_and_asks() {
    assert_eq!(found(&PRINTING, |name| !is_below(name, "cli") && name != BUILD_SCRIPT), [""; 0]);
}

/// The migrator names the types of rusqlite and Diesel that programs have in hand.
#[test]
fn only_the_backends_use_a_database() {
    let other = |name: &str| !is_below(name, "backend") && !is_below(name, "migrator");
    assert_eq!(found(&["rusqlite", "pq_sys"], other), [""; 0]);
    // Diesel's migrations are read with Diesel, from files; another file writes them, and has its name.
    // What lies around a configuration that is not there yet may be Diesel's, an example of the help names it, and so does a
    // feature.
    let names_it = ["config/surroundings.rs", "cli/examples.rs", "lib.rs"];
    let files = |name: &str| is_below(name, "import") || is_below(name, "export") || names_it.contains(&name);
    assert_eq!(found(&["diesel"], |name| other(name) && !files(name)), [""; 0]);
}

#[test]
fn each_layer_uses_only_those_before_it() {
    let mut wrong = Vec::new();
    for (name, code) in sources() {
        let own = name.split(['/', '.']).next().unwrap_or_default();
        let Some(rank) = LAYERS.iter().position(|layer| *layer == own) else { continue };
        for later in &LAYERS[rank + 1..] {
            if uses(&code, &format!("crate::{later}")) {
                wrong.push(format!("{name} uses {later}"));
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}

/// Whoever shows status, plans, differences and errors does it without the command line: nothing but the program names it,
/// and no module stands outside of the layers.
#[test]
fn the_command_line_is_named_by_the_program_alone() {
    assert_eq!(
        found(&["crate::cli", "super::cli", "revgraph::cli"], |name| !is_below(name, "cli")
            && name != "main.rs"),
        [""; 0]
    );
    let of_none: Vec<String> = sources()
        .into_iter()
        .map(|(name, _)| name.split(['/', '.']).next().unwrap_or_default().to_owned())
        .filter(|module| !LAYERS.contains(&module.as_str()) && !["lib", "main"].contains(&module.as_str()))
        .collect();
    assert_eq!(of_none, [""; 0]);
}

/// What is said as JSON is the same whoever says it: documents are types of `report` and `diagnostic`. The command line writes
/// them out, gives a message its time, and knows passwords again in what it writes.
#[test]
fn the_command_line_makes_no_documents() {
    let of_documents = ["serde_json", "json!", "Serialize", "Deserialize"];
    let writers = ["cli/output.rs", "cli/rendering.rs", "cli/redaction.rs"];
    let makes_none = |name: &str| is_below(name, "cli") && !writers.contains(&name);
    assert_eq!(found(&of_documents, makes_none), [""; 0]);
}

/// Whoever opens a pipe waits, and a device has no end. What is no project's is the system's, and folders.
#[test]
fn files_are_read_where_pipes_and_devices_are_refused() {
    let readers = ["fs::read", "fs::read_to_string", "File::open"];
    let of_system = ["backend/sqlite/holder.rs: fs::read_to_string", "cli/actor.rs: fs::read_to_string"];
    let of_folders_and_locks = [
        "backend/sqlite/file.rs: File::open",
        "backend/sqlite/replace.rs: File::open",
        "backup/files.rs: File::open",
        "backup/staging.rs: File::open",
        "script/authoring.rs: File::open",
        "script/pending_moves.rs: File::open",
    ];
    let mut expected = [&of_system[..], &of_folders_and_locks].concat();
    expected.sort_unstable();
    assert_eq!(found(&readers, |name| name != "regular_file.rs"), expected);
}

#[test]
fn words_are_found_whole() {
    assert!(uses("use std::fs;", "std::fs") && uses("(Instant)", "Instant"));
    assert!(!uses("Instantly", "Instant") && !uses("my_diesel", "diesel"));
    assert_eq!(code_of("a // b\n  // c\nd\n#[cfg(test)]\nmod tests {}"), "a\nd");
}
