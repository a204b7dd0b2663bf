//! What the shell offers for revisions and environments: it asks the program itself.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsStr;
use std::path::PathBuf;

use clap::{Arg, Command};
use clap_complete::CompleteEnv;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};

use super::args::command;
use super::commands::COMPLETION_VARIABLE;
use crate::config::{self, Config, Sources};
use crate::script::{ReadMode, ScriptDirectory};

/// Arguments that name revisions, by what their help calls them.
const REVISIONS: [&str; 7] = ["REV", "TARGET", "A:B", "[FROM:]TO", "RANGE", "R", "H"];
/// Arguments that name a schema, which may be that of a revision.
const SIDES: [&str; 4] = ["A", "B", "SIDE", "target"];
/// Schemas that are no revision's.
const SCHEMAS: [(&str, &str); 2] =
    [("database", "the schema that the database has"), ("schema", "the desired schema")];
/// What every target may be beside an id or a label.
const WORDS: [(&str, &str); 4] = [
    ("head", "the one head"),
    ("heads", "all heads"),
    ("base", "before the first revision"),
    ("current", "where the database stands"),
];

/// Answers a shell that asks for candidates; whether one has asked.
pub fn answer() -> bool {
    let here = env::current_dir().ok();
    let asked = CompleteEnv::with_factory(|| with_candidates(command())).var(COMPLETION_VARIABLE);
    asked.try_complete(env::args_os(), here.as_deref()).unwrap_or(true)
}

/// The command line whose arguments know their candidates.
fn with_candidates(root: Command) -> Command {
    let names: Vec<String> = root.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    let root = root.mut_args(with_candidates_of);
    names
        .into_iter()
        .fold(root, |root, name| root.mut_subcommand(name, |command| command.mut_args(with_candidates_of)))
}

fn with_candidates_of(argument: Arg) -> Arg {
    let is_environment = argument.get_long() == Some("name") && argument.get_short() == Some('n');
    let id = [argument.get_id().as_str().to_owned()];
    let called = argument
        .get_value_names()
        .map_or_else(|| id.to_vec(), |names| names.iter().map(ToString::to_string).collect());
    let is_one_of = |names: &[&str]| called.iter().any(|name| names.contains(&name.as_str()));
    if is_environment {
        argument.add(ArgValueCompleter::new(environments))
    } else if is_one_of(&REVISIONS) {
        argument.add(ArgValueCompleter::new(revisions))
    } else if is_one_of(&SIDES) {
        argument.add(ArgValueCompleter::new(sides))
    } else {
        argument
    }
}

/// The configuration that the words typed so far name.
fn sources() -> Option<Sources> {
    let words: Vec<String> = env::args_os()
        .skip_while(|word| word != "--")
        .skip(1)
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let value_of = |long: &str, short: &str| {
        let (with_equals, mut words) = (format!("{long}="), words.iter());
        while let Some(word) = words.next() {
            if word == long || word == short {
                return words.next().cloned();
            }
            if let Some(value) = word.strip_prefix(&with_equals) {
                return Some(value.to_owned());
            }
        }
        None
    };
    Some(Sources {
        current_directory: env::current_dir().ok()?,
        config_file: value_of("--config", "-c").map(PathBuf::from),
        section: value_of("--name", "-n"),
        url: None,
        overrides: BTreeMap::new(),
        environment: env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect(),
    })
}

/// The `[env.NAME]` of the configuration.
fn environments(typed: &OsStr) -> Vec<CompletionCandidate> {
    let sources = sources().map(|sources| Sources { section: None, ..sources });
    let names = sources.map(|sources| config::environments(&sources)).unwrap_or_default();
    names.into_iter().filter(|name| begins(name, typed)).map(CompletionCandidate::new).collect()
}

/// Ids with their titles, labels, and words; a range is completed behind its colon.
fn revisions(typed: &OsStr) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    let (before, typed) = typed.split_at(typed.rfind(':').map_or(0, |colon| colon + 1));
    let mut found = offered(&WORDS);
    if let Some(scripts) = scripts() {
        let graph = scripts.graph();
        for node in graph.nodes() {
            let revision = graph.revision(node);
            found.push((revision.id.to_string(), scripts.script(node).title().to_owned()));
            let labels = revision.branch_labels.iter();
            found.extend(labels.map(|label| (format!("{label}@head"), "the head of a branch".to_owned())));
        }
    }
    candidates(found, before, typed)
}

/// What names a schema.
fn sides(typed: &OsStr) -> Vec<CompletionCandidate> {
    let mut found = candidates(offered(&SCHEMAS), "", &typed.to_string_lossy());
    found.extend(revisions(typed));
    found
}

fn offered(words: &[(&str, &str)]) -> Vec<(String, String)> {
    words.iter().map(|(word, what)| ((*word).to_owned(), (*what).to_owned())).collect()
}

/// Those of the names that begin as typed, behind what was typed before them, each with what it is.
fn candidates(names: Vec<(String, String)>, before: &str, typed: &str) -> Vec<CompletionCandidate> {
    let begun = names.into_iter().filter(|(name, _)| name.starts_with(typed));
    let candidate = |(name, what): (String, String)| {
        CompletionCandidate::new(format!("{before}{name}")).help(Some(what.into()))
    };
    begun.map(candidate).collect()
}

fn scripts() -> Option<ScriptDirectory> {
    let config = Config::load(&sources()?).ok()?;
    ScriptDirectory::load(&config, ReadMode::Headers).ok()
}

fn begins(name: &str, typed: &OsStr) -> bool {
    name.starts_with(&*typed.to_string_lossy())
}
