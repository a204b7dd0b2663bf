//! `revgraph status`.

use clap::Args;
use serde_json::{Value, json};

use super::super::context::Context;
use super::super::output::print_document;
use super::super::paint::{Ink, Stroke, print_painted};
use super::super::target::count;
use crate::backend::Access;
use crate::diagnostic::{Diagnostic, ExitStatus, downgrade_to, how_far, statements_as_json};
use crate::execute::{Differing, LeftHalfway, Pending, Reading, Standing, State, standing};
use crate::graph::RevisionId;
use crate::ledger::StatementState;
use crate::script::{ReadMode, RecordedRows, ScriptDirectory};

/// How many revisions are listed before the rest is only counted: it is one screen.
const MOST_LISTED: usize = 8;

/// Arguments of `status`.
#[derive(Debug, Args)]
pub struct StatusArgs {}

/// Prints where the database stands against the scripts; [`ExitStatus::No`] where revisions are pending,
/// [`ExitStatus::Differs`] where the histories disagree.
pub fn run(context: &Context, _: &StatusArgs) -> Result<ExitStatus, Diagnostic> {
    show(context).map(|(status, _)| status)
}

/// Shows it; the exit status, and how the database was found to stand.
pub fn show(context: &Context) -> Result<(ExitStatus, Standing), Diagnostic> {
    let (scripts, mut backend, reading) =
        context.scripts_and_database(ReadMode::Checksums, Access::Read, Reading::of)?;
    let standing = standing(&scripts, backend.as_mut(), &reading)?;
    if context.json {
        print_document(&as_json(&scripts, &standing, &backend.describe()))?;
    } else {
        let state = ink(&standing);
        let strokes = |line: &str| match line.strip_prefix("state     ") {
            Some(sentence) => vec![(line.len() - sentence.len()..line.len(), state)],
            None => of_line(line),
        };
        print_painted(&screen(&scripts, &standing, &backend.describe()), strokes);
    }
    Ok((exit_status(&standing), standing))
}

/// How the state is to be taken.
fn ink(standing: &Standing) -> Ink {
    match exit_status(standing) {
        ExitStatus::Done => Ink::Good,
        ExitStatus::No => Ink::Notable,
        _ => Ink::Bad,
    }
}

/// What a line is about stands in its first ten columns.
fn of_line(line: &str) -> Vec<Stroke> {
    let is_bad = ["missing", "edited", "moved", "failed"].iter().any(|name| line.starts_with(name));
    let name = line.find("  ").filter(|end| *end > 0).map(|end| 0..end);
    let ink = if is_bad { Ink::Bad } else { Ink::Strong };
    name.into_iter().map(|name| (name, ink)).collect()
}

fn exit_status(standing: &Standing) -> ExitStatus {
    let differs =
        !standing.edited.is_empty() || !standing.reparented.is_empty() || !standing.missing.is_empty();
    if differs || standing.state == State::Failed {
        ExitStatus::Differs
    } else if standing.pending.is_empty() {
        ExitStatus::Done
    } else {
        ExitStatus::No
    }
}

fn as_json(scripts: &ScriptDirectory, standing: &Standing, database: &str) -> Value {
    let ids = |differing: &[Differing]| -> Vec<RevisionId> {
        differing.iter().map(|one| one.revision.clone()).collect()
    };
    json!({
        "state": standing.state,
        "heads": standing.heads,
        "pending": standing.pending.iter().map(|pending| &pending.revision).collect::<Vec<_>>(),
        "missing": standing.missing,
        "common": standing.common,
        "edited": ids(&standing.edited),
        "reparented": ids(&standing.reparented),
        "failed": standing.failed.iter().map(|left| &left.revision).collect::<Vec<_>>(),
        "left_halfway": standing.failed.iter().map(left_halfway_as_json).collect::<Vec<_>>(),
        "recorded": standing.recorded.iter().map(recorded_as_json).collect::<Vec<_>>(),
        "at_work": standing.at_work,
        "protected_as": standing.protected_as,
        "database": database,
        "next": next(scripts, standing),
    })
}

fn recorded_as_json((revision, tables): &(RevisionId, Vec<RecordedRows>)) -> Value {
    let names: Vec<String> = tables.iter().map(ToString::to_string).collect();
    json!({ "revision": revision, "tables": names })
}

fn screen(scripts: &ScriptDirectory, standing: &Standing, database: &str) -> String {
    let graph = scripts.graph();
    let titled = |id: &RevisionId| match graph.find(id.as_str()) {
        Some(node) => format!("{id}  {}", scripts.script(node).title()),
        None => match graph.baseline_replacing(id.as_str()) {
            Some(baseline) => format!("{id}  (replaced by {})", baseline.id),
            None => format!("{id}  (no script)"),
        },
    };
    let mut text = format!("database  {database}\nstate     {}\n", sentence(standing));
    let mut list = |name: &str, lines: Vec<String>| {
        for (index, line) in lines.iter().take(MOST_LISTED).enumerate() {
            let name = if index == 0 { name } else { "" };
            text.push_str(format!("{name:10}{line}").trim_end());
            text.push('\n');
        }
        if lines.len() > MOST_LISTED {
            text.push_str(&format!("{:10}… and {} more\n", "", lines.len() - MOST_LISTED));
        }
    };
    list("stands at", standing.heads.iter().map(titled).collect());
    let pending = |pending: &Pending| format!("{}  {}", pending.revision, pending.title);
    list("pending", standing.pending.iter().map(pending).collect());
    let recorded = |(revision, tables): &(RevisionId, Vec<RecordedRows>)| {
        let names: Vec<String> = tables.iter().map(ToString::to_string).collect();
        format!("{revision}  from the rows of {}", names.join(", "))
    };
    list("recorded", standing.recorded.iter().map(recorded).collect());
    list("missing", standing.missing.iter().map(ToString::to_string).collect());
    let changed = |one: &Differing| format!("{}  {}", one.revision, one.path.display());
    list("edited", standing.edited.iter().map(changed).collect());
    let moved =
        |one: &Differing| format!("{}  stood on {}, now on {}", one.revision, one.recorded, one.found);
    list("moved", standing.reparented.iter().map(moved).collect());
    list(
        "failed",
        standing.failed.iter().flat_map(|left| failed_lines(left, titled(&left.revision))).collect(),
    );
    list("at work", standing.at_work.iter().cloned().collect());
    list("protected", standing.protected_as.iter().map(|name| format!("as {name}")).collect());
    list("next", next(scripts, standing));
    text
}

/// A revision that was left halfway, and how far it came.
fn failed_lines(left: &LeftHalfway, title: String) -> Vec<String> {
    let how_far = how_far(&left.statements).into_iter().map(|line| format!("  {line}"));
    std::iter::once(title).chain(how_far).collect()
}

fn left_halfway_as_json(left: &LeftHalfway) -> Value {
    let mut object = statements_as_json(&left.statements);
    object.insert("revision".to_owned(), json!(left.revision));
    object.insert("operation".to_owned(), json!(left.operation));
    Value::Object(object)
}

fn sentence(standing: &Standing) -> String {
    let pending = count(standing.pending.len(), "revision");
    match standing.state {
        State::Empty if standing.pending.is_empty() => {
            "the database is empty, and so are the scripts".to_owned()
        }
        State::Empty => format!("the database is empty; {pending} pending"),
        State::Unmanaged => {
            format!("the database has tables, and no version row says where it stands; {pending} pending")
        }
        State::UpToDate if !standing.edited.is_empty() => {
            let edited = count(standing.edited.len(), "script");
            format!("everything is applied, but {edited} changed since")
        }
        State::UpToDate if standing.at_work.is_some() => {
            "everything is applied, and somebody is at work on the database".to_owned()
        }
        State::UpToDate => "up to date".to_owned(),
        State::Pending => format!("{pending} pending"),
        State::Ahead => "the database has revisions that these scripts lack".to_owned(),
        State::Diverged => "the database and these scripts have gone different ways".to_owned(),
        State::Failed => "a revision that runs without a transaction has failed halfway".to_owned(),
    }
}

/// What to do, one line each.
fn next(scripts: &ScriptDirectory, standing: &Standing) -> Vec<String> {
    let upgrade =
        if scripts.graph().heads().len() > 1 { "revgraph upgrade heads" } else { "revgraph upgrade" };
    let mut next: Vec<String> = Vec::new();
    if !standing.edited.is_empty() {
        next.push(
            "put the edited scripts back as they were, and write the change as a new revision".to_owned(),
        );
        next.push("or take them as they are: revgraph resolve --accept REV".to_owned());
    }
    if standing.at_work.is_some() {
        next.push("wait for who is at work; whoever upgrades meanwhile waits by itself".to_owned());
    }
    match standing.state {
        State::Failed => {
            for left in &standing.failed {
                let (revision, operation) = (&left.revision, &left.operation);
                let is_unknown = left.statements.iter().any(|one| one.state == StatementState::Started);
                next.push(if is_unknown {
                    "look whether the statement has run; where it may run twice, let it say so (IF NOT EXISTS, IF EXISTS)"
                        .to_owned()
                } else {
                    format!("mend what made it fail, and run the {operation} again: it goes on there")
                });
                next.push(format!("or finish it by hand: revgraph resolve --applied {revision}"));
                next.push(format!("or undo it by hand: revgraph resolve --rolled-back {revision}"));
            }
        }
        State::Diverged if !standing.reparented.is_empty() => {
            next.push("put the down_revision of the moved revisions back as it was".to_owned());
        }
        State::Diverged | State::Ahead => {
            next.push("bring the checkout up to date: are these the scripts of this database?".to_owned());
            if !standing.common.is_empty() {
                next.push(format!("or go back to what both have: {}", downgrade_to(&standing.common)));
            }
        }
        State::Unmanaged if !standing.pending.is_empty() => {
            next.push("find out what these tables are: revgraph stamp --detect".to_owned());
            next.push(format!("or build upon them: {upgrade}"));
        }
        State::Empty | State::Pending if !standing.pending.is_empty() => next.push(upgrade.to_owned()),
        State::Empty => next.push("revgraph revision -m MSG".to_owned()),
        State::Unmanaged | State::UpToDate | State::Pending => {}
    }
    next
}
