//! Examples, which stand below the help of every command and in its manual page.

use clap::Command;

/// A command (none: the program alone), a line of it, and what that is for.
const EXAMPLES: &[(&str, &str, &str)] = &[
    ("", "revgraph", "where the database stands, and what is likely next"),
    ("", "revgraph init", "begin here"),
    ("", "revgraph -n production upgrade --wait 30s", "another environment, whose server may be starting"),
    ("", "revgraph upgrade --log-format json", "messages for machines, each with its time"),
    ("", "revgraph upgrade --help", "all that a command can do"),
    ("init", "revgraph init", "here; the database from DATABASE_URL, .env or another tool's files"),
    ("init", "revgraph init services/shop", "in another folder"),
    ("init", "revgraph init --url sqlite:app.db", "the database is known"),
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
    ("database", "revgraph database wait --timeout 1min", "until its server answers"),
    ("database create", "revgraph database create", "make it, if it is not there"),
    ("database drop", "revgraph database drop --confirm shop", "with its name, where it is protected"),
    (
        "database wait",
        "revgraph database wait --timeout 1min",
        "in a container that starts before its server",
    ),
    ("kept", "revgraph kept", "what was kept of dropped columns and tables"),
];

/// A command, whose name is that of its words behind `revgraph`, and those below it, with the examples in their help.
pub fn with_examples(command: Command, name: &str) -> Command {
    let below: Vec<String> = command.get_subcommands().map(|below| below.get_name().to_owned()).collect();
    let command = match text(name) {
        Some(examples) => command.after_help(examples),
        None => command,
    };
    below.into_iter().fold(command, |command, below| {
        let name = format!("{name} {below}").trim_start().to_owned();
        command.mut_subcommand(below, |below| with_examples(below, &name))
    })
}

/// Each example of a command, such as `database create`, and what it is for.
pub fn of(name: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    EXAMPLES.iter().filter(move |(of, ..)| *of == name).map(|(_, line, what)| (*line, *what))
}

/// The examples of a command as its help shows them; none where it has none.
fn text(name: &str) -> Option<String> {
    let width = of(name).map(|(line, _)| line.chars().count()).max()?;
    let lines: Vec<String> = of(name).map(|(line, what)| format!("  {line:width$}  # {what}")).collect();
    Some(format!("Examples:\n{}", lines.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::super::command;
    use super::*;

    /// The command and all below it, by the words that lead to them.
    fn all(command: &Command, name: &str, found: &mut Vec<String>) {
        found.push(name.to_owned());
        for below in
            command.get_subcommands().filter(|below| !below.is_hide_set() && below.get_name() != "help")
        {
            all(below, format!("{name} {}", below.get_name()).trim_start(), found);
        }
    }

    #[test]
    fn every_command_has_an_example_and_each_of_them_is_understood() {
        let mut names = Vec::new();
        all(&command(), "", &mut names);
        for name in &names {
            assert!(of(name).next().is_some(), "{name} has no example");
        }
        for (name, line, _) in EXAMPLES {
            assert!(names.contains(&(*name).to_owned()), "{name} is no command");
            assert!(line.starts_with("revgraph") && line.contains(name), "{line}");
            let words = shell_words::split(line).expect("the words of a shell");
            match command().try_get_matches_from(words) {
                Ok(_) => {}
                Err(error) if error.kind() == clap::error::ErrorKind::DisplayHelp => {}
                Err(error) => panic!("{line}: {error}"),
            }
        }
    }
}
