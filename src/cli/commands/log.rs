//! `revgraph log`.

use std::time::Duration;

use clap::Args;

use super::super::context::Context;
use super::super::output::print_document;
use super::super::paint::{Ink, Stroke, print_painted, words};
use crate::backend::Access;
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::duration;
use crate::ledger::Event;

/// Arguments of `log`.
#[derive(Debug, Args)]
pub struct LogArgs {
    /// Only the last N events
    #[arg(short = 'N', long, value_name = "N")]
    pub limit: Option<usize>,
}

/// Prints the events of the ledger, newest first.
pub fn run(context: &Context, args: &LogArgs) -> Result<ExitStatus, Diagnostic> {
    let mut backend = context.connect(Access::Read)?;
    let mut events = if backend.state()?.has_ledger { backend.events(args.limit)? } else { Vec::new() };
    events.reverse();
    if context.json {
        print_document(&events)?;
    } else if events.is_empty() {
        context.say("nothing has been recorded yet");
    } else {
        print_painted(&table(&events), of_event);
    }
    Ok(ExitStatus::Done)
}

/// How an event has ended is what is looked for.
fn of_event(line: &str) -> Vec<Stroke> {
    let outcomes = [("  done ", Ink::Good), ("  failed ", Ink::Bad), ("  interrupted ", Ink::Notable)];
    if line.starts_with("    ") { Vec::new() } else { words(line, &outcomes) }
}

fn table(events: &[Event]) -> String {
    let widest = |text: fn(&Event) -> &str| {
        events.iter().map(|event| text(event).chars().count()).max().unwrap_or_default()
    };
    let revisions = widest(|event| &event.revision);
    let operations = widest(|event| &event.operation);
    let outcomes = widest(|event| &event.outcome);
    let mut text = String::new();
    for event in events {
        let took = event.duration_ms.and_then(|ms| u64::try_from(ms).ok());
        let took = took.map(|ms| duration::readable(Duration::from_millis(ms))).unwrap_or_default();
        text.push_str(&format!(
            "{}  {:operations$}  {:revisions$}  {:outcomes$}  {took:>9}  {}\n",
            event.happened_at, event.operation, event.revision, event.outcome, event.actor
        ));
        for line in event.detail.iter().flat_map(|detail| detail.lines()) {
            text.push_str(&format!("    {line}\n"));
        }
    }
    text
}
