//! `revgraph kept`.

use clap::Args;

use super::super::context::Context;
use super::super::output::{print_json, print_line};
use super::super::prompt;
use crate::backend::{Access, Backend, KeptTable};
use crate::catalog::ObjectName;
use crate::diagnostic::{Diagnostic, ErrorKind, ExitStatus};
use crate::report::{DroppedKeptDocument, KeptDocument, KeptTableEntry, count};

/// Arguments of `kept`.
#[derive(Debug, Args)]
pub struct KeptArgs {
    /// Drop those of these names, or all: nothing brings the values back then
    #[arg(long, value_name = "NAME", num_args = 0..)]
    pub drop: Option<Vec<String>>,
}

/// A table with the number of its rows.
struct Counted {
    table: KeptTable,
    rows: u64,
}

/// Lists the tables that keep what revisions would have lost, with their rows, or drops those that are named.
pub fn run(context: &Context, args: &KeptArgs) -> Result<ExitStatus, Diagnostic> {
    let Some(names) = &args.drop else {
        let mut backend = context.connect(Access::Read)?;
        let found = counted(backend.as_mut())?;
        list(context, backend.as_ref(), &found);
        return Ok(ExitStatus::Done);
    };
    let mut backend = context.connect(Access::Write)?;
    backend.lock()?;
    let found = counted(backend.as_mut())?;
    let chosen = chosen(found, names)?;
    if chosen.is_empty() {
        told(context, backend.as_ref(), &chosen);
        return Ok(ExitStatus::Done);
    }
    agree(context, backend.as_ref(), &chosen)?;
    let tables: Vec<ObjectName> = chosen.iter().map(|one| one.table.name.clone()).collect();
    backend.drop_kept(&tables)?;
    told(context, backend.as_ref(), &chosen);
    Ok(ExitStatus::Done)
}

fn counted(backend: &mut dyn Backend) -> Result<Vec<Counted>, Diagnostic> {
    let tables = backend.kept_tables()?;
    let names: Vec<ObjectName> = tables.iter().map(|table| table.name.clone()).collect();
    let counts = backend.row_counts(&names)?;
    Ok(tables.into_iter().zip(counts).map(|(table, rows)| Counted { table, rows }).collect())
}

/// Those of these names, with their schema or without; all where there is none.
fn chosen(found: Vec<Counted>, names: &[String]) -> Result<Vec<Counted>, Diagnostic> {
    let is_named =
        |one: &Counted, name: &String| one.table.name.name == *name || one.table.name.to_string() == *name;
    let unknown = names.iter().find(|name| !found.iter().any(|one| is_named(one, name)));
    if let Some(unknown) = unknown {
        let message = format!("nothing is kept in a table `{unknown}`");
        return Err(Diagnostic::usage(message).hint("what is kept, and where: revgraph kept"));
    }
    let is_chosen = |one: &Counted| names.is_empty() || names.iter().any(|name| is_named(one, name));
    Ok(found.into_iter().filter(is_chosen).collect())
}

/// Has the user agree that it goes for good. Where nobody can be asked, it takes `--yes`.
fn agree(context: &Context, backend: &dyn Backend, chosen: &[Counted]) -> Result<(), Diagnostic> {
    if context.yes {
        return Ok(());
    }
    if context.json || !prompt::somebody_is_there() {
        let error = Diagnostic::usage("what is kept would be lost for good, and nobody can be asked");
        return Err(error.hint("agree to it: --yes"));
    }
    for one in entries(chosen) {
        context.say(&one.line());
    }
    let question = format!("Drop {} of {} for good?", count(chosen.len(), "table"), backend.describe());
    if prompt::confirm(context, &question)? {
        return Ok(());
    }
    Err(Diagnostic::new(ErrorKind::Declined, "nothing has been dropped"))
}

fn list(context: &Context, backend: &dyn Backend, found: &[Counted]) {
    if context.json {
        print_json(&KeptDocument { database: &backend.describe(), kept: entries(found).collect() });
        return;
    }
    for one in entries(found) {
        print_line(&one.line());
    }
    if found.is_empty() {
        context.say("nothing is kept");
    }
}

/// Says what has been dropped.
fn told(context: &Context, backend: &dyn Backend, dropped: &[Counted]) {
    if context.json {
        let dropped = entries(dropped).collect();
        print_json(&DroppedKeptDocument { database: &backend.describe(), dropped });
    } else if dropped.is_empty() {
        context.say("nothing is kept");
    } else {
        context.say(&format!("{} dropped from {}", count(dropped.len(), "table"), backend.describe()));
    }
}

fn entries(counted: &[Counted]) -> impl Iterator<Item = KeptTableEntry<'_>> {
    counted.iter().map(|one| KeptTableEntry::new(&one.table, one.rows))
}
