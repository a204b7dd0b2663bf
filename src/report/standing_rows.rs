//! How a database stands against the scripts, row by row, for people.

use super::halfway::StatementNumbers;
use super::next_step::NextStep;
use super::standing::standing_sentence;
use crate::execute::{Differing, LeftHalfway, Pending, Standing};
use crate::graph::RevisionId;
use crate::script::{RecordedRows, ScriptDirectory};

/// What is said of one side of how a database stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingRow {
    /// What the row is about, in a word or two.
    pub name: &'static str,
    /// What is said of that.
    pub lines: Vec<String>,
}

/// What there is to say of how a database stands, which is named without password; what there is nothing to say of is left
/// out.
#[must_use]
pub fn standing_rows(scripts: &ScriptDirectory, standing: &Standing, database: &str) -> Vec<StandingRow> {
    let titled = |id: &RevisionId| titled(scripts, id);
    let failed = |left: &LeftHalfway| failed_lines(left, titled(&left.revision));
    let next = NextStep::after(standing, scripts.graph().heads().len());
    let rows = [
        ("database", vec![database.to_owned()]),
        ("state", vec![standing_sentence(standing)]),
        ("stands at", lines(&standing.heads, titled)),
        ("pending", lines(&standing.pending, |one: &Pending| format!("{}  {}", one.revision, one.title))),
        ("recorded", lines(&standing.recorded, recorded)),
        ("missing", lines(&standing.missing, ToString::to_string)),
        ("edited", lines(&standing.edited, |one| format!("{}  {}", one.revision, one.path.display()))),
        ("moved", lines(&standing.reparented, moved)),
        ("failed", standing.failed.iter().flat_map(failed).collect()),
        ("at work", standing.at_work.iter().cloned().collect()),
        ("protected", standing.protected_as.iter().map(|name| format!("as {name}")).collect()),
        ("next", lines(&next, ToString::to_string)),
    ];
    let said = rows.into_iter().filter(|(_, lines)| !lines.is_empty());
    said.map(|(name, lines)| StandingRow { name, lines }).collect()
}

fn lines<T>(items: &[T], line: impl Fn(&T) -> String) -> Vec<String> {
    items.iter().map(line).collect()
}

fn titled(scripts: &ScriptDirectory, id: &RevisionId) -> String {
    let graph = scripts.graph();
    match graph.find(id.as_str()) {
        Some(node) => format!("{id}  {}", scripts.script(node).title()),
        None => match graph.baseline_replacing(id.as_str()) {
            Some(baseline) => format!("{id}  (replaced by {})", baseline.id),
            None => format!("{id}  (no script)"),
        },
    }
}

fn recorded((revision, tables): &(RevisionId, Vec<RecordedRows>)) -> String {
    let names: Vec<String> = tables.iter().map(ToString::to_string).collect();
    format!("{revision}  from the rows of {}", names.join(", "))
}

fn moved(one: &Differing) -> String {
    format!("{}  stood on {}, now on {}", one.revision, one.recorded, one.found)
}

/// A revision that was left halfway, and how far it came.
fn failed_lines(left: &LeftHalfway, title: String) -> Vec<String> {
    let numbers = StatementNumbers::of(&left.statements);
    let how_far = numbers.sentences().into_iter().map(|line| format!("  {line}"));
    std::iter::once(title).chain(how_far).collect()
}
