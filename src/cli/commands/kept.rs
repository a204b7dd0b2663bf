//! `revgraph kept`.

use clap::Args;

use super::super::context::Context;
use super::super::output::{print_json, print_line};
use super::super::prompt;
use crate::backend::{Access, Backend};
use crate::catalog::ObjectName;
use crate::daily::{KeptRows, kept, kept_of_names};
use crate::diagnostic::{Diagnostic, ErrorKind, ExitStatus};
use crate::report::{DroppedKeptDocument, KeptDocument, KeptTableEntry, count};

/// Arguments of `kept`.
#[derive(Debug, Args)]
pub struct KeptArgs {
    /// Drop those of these names, or all: nothing brings the values back then
    #[arg(long, value_name = "NAME", num_args = 0..)]
    pub drop: Option<Vec<String>>,
}

/// Lists the tables that keep what revisions would have lost, with their rows, or drops those that are named.
pub fn run(context: &Context, args: &KeptArgs) -> Result<ExitStatus, Diagnostic> {
    let Some(names) = &args.drop else {
        let mut backend = context.connect(Access::Read)?;
        let found = kept(backend.as_mut())?;
        list(context, backend.as_ref(), &found);
        return Ok(ExitStatus::Done);
    };
    let mut backend = context.connect(Access::Write)?;
    backend.lock()?;
    let found = kept(backend.as_mut())?;
    let chosen = kept_of_names(found, names)?;
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

/// Has the user agree that it goes for good. Where nobody can be asked, it takes `--yes`.
fn agree(context: &Context, backend: &dyn Backend, chosen: &[KeptRows]) -> Result<(), Diagnostic> {
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

fn list(context: &Context, backend: &dyn Backend, found: &[KeptRows]) {
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
fn told(context: &Context, backend: &dyn Backend, dropped: &[KeptRows]) {
    if context.json {
        let dropped = entries(dropped).collect();
        print_json(&DroppedKeptDocument { database: &backend.describe(), dropped });
    } else if dropped.is_empty() {
        context.say("nothing is kept");
    } else {
        context.say(&format!("{} dropped from {}", count(dropped.len(), "table"), backend.describe()));
    }
}

fn entries(kept: &[KeptRows]) -> impl Iterator<Item = KeptTableEntry<'_>> {
    kept.iter().map(KeptTableEntry::new)
}
