//! Examples, which stand below the help of every command.

use clap::{Command, CommandFactory};

use super::Cli;

/// A command, a line of it, and what that is for.
const EXAMPLES: &[(&str, &str, &str)] = &[
    ("init", "revgraph init", "here; the database from DATABASE_URL, .env or another tool's files"),
    ("init", "revgraph init services/shop", "in another folder"),
    ("revision", "revgraph revision -m \"add orders\"", "an empty pair of scripts, to be written"),
    ("revision", "revgraph revision --autogenerate", "the scripts that lead to the desired schema"),
    ("merge", "revgraph merge heads -m \"merge both lines\"", "one head again"),
    ("upgrade", "revgraph upgrade", "to the head"),
    ("upgrade", "revgraph upgrade --dry-run", "only show what would run"),
    ("upgrade", "revgraph upgrade +1 --backup", "the next revision, behind a backup"),
    ("upgrade", "revgraph upgrade --sql a1b2:head", "as SQL for somebody else to run"),
    ("downgrade", "revgraph downgrade -1", "undo the last revision"),
    ("downgrade", "revgraph downgrade a1b2", "back to that revision"),
    ("backup", "revgraph backup", "into a new file below backup_location"),
    ("backup", "revgraph backup --check before.dump", "does it restore to what was backed up?"),
    ("restore", "revgraph restore before.dump", "the database of now stays under another name"),
    ("restore", "revgraph restore --drop-old", "drop those that were kept"),
    ("stamp", "revgraph stamp head", "the database has everything already"),
    ("stamp", "revgraph stamp --detect", "find the revision whose schema it has"),
    ("current", "revgraph current", "where it stands"),
    ("current", "revgraph current --check-heads", "exit 3 where something is pending"),
    ("status", "revgraph status", "one screen, and what to do next"),
    ("status", "revgraph -n production status", "of another environment"),
    ("log", "revgraph log -N 20", "the last twenty events"),
    ("history", "revgraph history --graph -i", "the graph, and what is applied"),
    ("history", "revgraph history -r -3:current", "the last three of the database"),
    ("history", "revgraph history --format svg", "a picture"),
    ("heads", "revgraph heads", "one line each"),
    ("branches", "revgraph branches -v", "and all that is known of them"),
    ("show", "revgraph show head", "one revision"),
    ("show", "revgraph show --restore a1b2", "write the scripts that only the database has"),
    ("edit", "revgraph edit head", "in $VISUAL or $EDITOR"),
    ("resolve", "revgraph resolve --accept a1b2", "take the edited script as it is"),
    ("check", "revgraph check", "the scripts alone"),
    ("check", "revgraph check --base origin/main", "what a branch changes, for CI"),
    ("schema", "revgraph schema database", "as SQL"),
    ("diff", "revgraph diff", "has anybody changed the database by hand?"),
    ("diff", "revgraph diff database schema --sql", "what leads to the desired schema"),
    ("pull", "revgraph pull", "the database's schema into the files of the desired one"),
    ("verify", "revgraph verify", "every revision up, down and up again, on a scratch database"),
    ("ensure-version", "revgraph ensure-version", "make the version table"),
    ("protect", "revgraph protect production", "--confirm production is asked for from now on"),
    ("rebase", "revgraph rebase c3d4 --onto a1b2", "another parent, before anybody has it"),
    ("squash", "revgraph squash a1b2:head", "one revision in the place of these"),
    ("downs", "revgraph downs --missing", "down scripts for all that lack one"),
    ("import", "revgraph import alembic .", "Alembic's revisions, from the folder of alembic.ini"),
    ("import", "revgraph import prisma prisma/migrations --adopt", "and the database that has them"),
    ("export", "revgraph export diesel migrations", "for diesel_cli"),
    ("completions", "revgraph completions bash", "to be sourced by the shell"),
    ("man", "revgraph man /usr/local/share/man/man1", "the pages of all commands"),
    ("dev", "revgraph dev", "bring the database up, write what has changed, apply it"),
    ("push", "revgraph push", "make the database like the desired schema, without a revision"),
    ("reset", "revgraph reset", "everything dropped and built again"),
    ("seed", "revgraph seed", "the rows that a new database begins with"),
    ("database", "revgraph database create", "make the database"),
    ("kept", "revgraph kept", "what was kept of dropped columns and tables"),
];

/// The command line as it is read, with the examples.
#[must_use]
pub fn command() -> Command {
    let names: Vec<String> =
        Cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect();
    names.into_iter().fold(Cli::command(), |root, name| {
        let examples = of(&name);
        root.mut_subcommand(
            name,
            |command| if examples.is_empty() { command } else { command.after_help(examples) },
        )
    })
}

/// The examples of a command as its help shows them.
fn of(name: &str) -> String {
    let found: Vec<(&str, &str)> =
        EXAMPLES.iter().filter(|(of, ..)| *of == name).map(|(_, line, what)| (*line, *what)).collect();
    if found.is_empty() {
        return String::new();
    }
    let width = found.iter().map(|(line, _)| line.chars().count()).max().unwrap_or_default();
    let lines: Vec<String> = found.iter().map(|(line, what)| format!("  {line:width$}  # {what}")).collect();
    format!("Examples:\n{}", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_an_example_and_each_of_them_is_understood() {
        let root = command();
        let names: Vec<&str> = root.get_subcommands().map(Command::get_name).collect();
        for command in root.get_subcommands().filter(|command| !command.is_hide_set()) {
            assert!(!of(command.get_name()).is_empty(), "{} has no example", command.get_name());
        }
        for (name, line, _) in EXAMPLES.iter().filter(|(name, ..)| names.contains(name)) {
            let words = shell_words::split(line).expect("the words of a shell");
            assert!(words.contains(&(*name).to_owned()), "{line}");
            if let Err(error) = command().try_get_matches_from(words) {
                panic!("{line}: {error}");
            }
        }
    }
}
