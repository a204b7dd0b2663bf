//! `revgraph verify`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use super::super::context::Context;
use super::super::observer::ScratchProgress;
use super::super::output::{print_json, print_styled, readable};
use super::super::rendering;
use super::super::selection;
use crate::backend::Access;
use crate::catalog::Difference;
use crate::diagnostic::{Diagnostic, ExitStatus, VerificationDocument, failure_of_script};
use crate::execute::unfolded_for;
use crate::graph::{Follow, NodeIndex, RevisionRange, RevisionSpec, Symbol, joined};
use crate::plan;
use crate::report::{count, difference_lines};
use crate::script::{ReadMode, ScriptDirectory};
use crate::verify::{
    Breakage, DataFiles, MergeOrders, Phase, RowsLost, Selection, Verdict, Verification, Verified, verify,
};

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// What to try: a revision, or a range A:B with both ends [default: all revisions]
    #[arg(value_name = "RANGE", allow_hyphen_values = true)]
    pub range: Option<String>,
    /// Do not apply the parents of merge points in two orders, which takes two more replays for each
    #[arg(long)]
    pub skip_merge_orders: bool,
    /// SQL that fills tables after the revision that its header names, `-- revision: ID`; rows that a revision loses
    /// are then told
    #[arg(long, value_name = "FILE")]
    pub data: Vec<PathBuf>,
}

/// Takes every revision up and down on a scratch database; [`ExitStatus::Differs`] where one does not come back.
pub fn run(context: &Context, args: &VerifyArgs) -> Result<ExitStatus, Diagnostic> {
    let scripts = context.scripts(ReadMode::Headers)?;
    let like = context.config.database_url()?;
    let (scripts, revisions) = selected(context, &scripts, args.range.as_deref())?;
    let needed = scripts.graph().ancestors(revisions.iter().copied(), Follow::ParentsAndDependencies);
    let data = DataFiles::read(&scripts, &args.data)?;
    let selection = Selection { revisions, with_merge_orders: !args.skip_merge_orders, data };
    let mut progress = ScratchProgress::new(context, needed.len());
    let verification = verify(&scripts, &context.config, like, &selection, &mut progress);
    drop(progress);
    let verification = verification?;
    let status = if verification.is_broken() { ExitStatus::Differs } else { ExitStatus::Done };
    let summary = summary(&verification);
    if context.json {
        print_json(&VerificationDocument::from(verification));
    } else {
        let text = as_text(&scripts, verification);
        if !text.is_empty() {
            print_styled(text.trim_end());
        }
        context.say(&summary);
    }
    Ok(status)
}

/// The revisions of a range, in no particular order, in the scripts with the originals that it names.
fn selected<'s>(
    context: &Context,
    scripts: &'s ScriptDirectory,
    text: Option<&str>,
) -> Result<(Cow<'s, ScriptDirectory>, Vec<NodeIndex>), Diagnostic> {
    let Some(text) = text else {
        return Ok((Cow::Borrowed(scripts), scripts.graph().nodes().collect()));
    };
    if !text.contains(':') {
        return selection::select_with_originals(context, scripts, text);
    }
    let range: RevisionRange = text.trim().parse()?;
    let is_current = |end: &RevisionSpec| end.symbol == Some(Symbol::Current);
    let rows = if range.start.iter().chain(&range.end).any(is_current) {
        Some(context.connect(Access::Read)?.state()?.rows)
    } else {
        None
    };
    let ends: Vec<RevisionSpec> = range.start.iter().chain(&range.end).cloned().collect();
    let scripts = unfolded_for(scripts, rows.as_deref().unwrap_or_default(), &ends)?;
    let nodes = plan::history(scripts.graph(), &range, rows.as_deref())?;
    Ok((scripts, nodes))
}

/// How many revisions got each verdict, for people.
fn summary(verification: &Verification) -> String {
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    for verified in &verification.revisions {
        *numbers.entry(word(&verified.verdict)).or_default() += 1;
    }
    let numbers: Vec<String> = numbers.iter().map(|(word, number)| format!("{number} {word}")).collect();
    let mut text = format!(
        "{} tried: {}",
        count(verification.revisions.len(), "revision"),
        if numbers.is_empty() { "nothing to do".to_owned() } else { numbers.join(", ") }
    );
    let unequal = verification.merges.iter().filter(|merge| !merge.is_equal()).count();
    if unequal > 0 {
        text.push_str(&format!("; at {} the order of the parents matters", count(unequal, "merge point")));
    }
    text
}

fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Reversible => "reversible",
        Verdict::ReversibleButForColumnOrder(_) => "reversible but for column order",
        Verdict::ReversibleButVolatile(_) => "reversible but volatile",
        Verdict::Irreversible(_) => "irreversible",
        Verdict::Broken(_) => "broken",
        Verdict::NotReached { .. } => "not reached",
    }
}

fn as_text(scripts: &ScriptDirectory, verification: Verification) -> String {
    let mut text = String::new();
    for verified in verification.revisions {
        let node = scripts.graph().find(verified.revision.as_str());
        let title = node.map(|node| scripts.script(node).title()).unwrap_or_default();
        let title = if title.is_empty() { String::new() } else { format!("  {title}") };
        let heading = format!("{} {}{title}\n", word(&verified.verdict), verified.revision);
        text.push_str(&readable(&heading));
        let lost = rows_lost(&verified.rows_lost);
        text.push_str(&details(verified));
        text.push_str(&lost);
    }
    for merge in verification.merges.into_iter().filter(|merge| !merge.is_equal()) {
        text.push_str(&of_merge(merge));
    }
    text
}

fn rows_lost(lost: &[RowsLost]) -> String {
    let line = |one: &RowsLost| {
        format!("rows lost: {} had {} and has {}", one.table, count_of(one.before), one.after)
    };
    indented(&lost.iter().map(line).collect::<Vec<_>>())
}

fn count_of(rows: u64) -> String {
    format!("{rows} {}", if rows == 1 { "row" } else { "rows" })
}

fn details(verified: Verified) -> String {
    match verified.verdict {
        Verdict::Reversible => String::new(),
        Verdict::ReversibleButForColumnOrder(found) => indented(&difference_lines(&found)),
        Verdict::ReversibleButVolatile(found) => told("it gives something else each time:", &found),
        Verdict::Irreversible(reason) => indented(&[reason.to_string()]),
        Verdict::NotReached { because_of } => indented(&[format!("{because_of} does not go up")]),
        Verdict::Broken(Breakage::Differs { after_down, after_second_up }) => {
            let mut text = told("its down script leaves another schema than there was before:", &after_down);
            text.push_str(&told("the second time up gives another schema than the first:", &after_second_up));
            text
        }
        Verdict::Broken(Breakage::Failed { phase, error, left_behind }) => {
            let mut text = told("its down script leaves another schema than there was before:", &left_behind);
            text.push_str(&indented_error(&failure_of_script(&verified.revision, phase, *error)));
            text
        }
    }
}

fn of_merge(merge: MergeOrders) -> String {
    let [first, second] = merge.orders.each_ref().map(|order| joined(order));
    let mut text = format!("merge point {}\n", merge.revision);
    if let Some((order, error)) = merge.failure {
        text.push_str(&format!("    its parents do not go up in the order {}:\n", joined(&order)));
        text.push_str(&indented_error(&failure_of_script(&merge.revision, Phase::Up, *error)));
    }
    text.push_str(&told(
        &format!("its parents in the order {second} give another schema than in the order {first}:"),
        &merge.differences,
    ));
    text
}

/// A heading with differences below it; nothing where there are none.
fn told(heading: &str, found: &[Difference]) -> String {
    if found.is_empty() {
        return String::new();
    }
    let mut lines = vec![heading.to_owned()];
    lines.extend(difference_lines(found).into_iter().map(|line| format!("  {line}")));
    indented(&lines)
}

/// Lines of plain text.
fn indented(lines: &[String]) -> String {
    lines.iter().map(|line| format!("    {}\n", readable(line))).collect()
}

/// An error with its excerpt and its colours.
fn indented_error(error: &Diagnostic) -> String {
    rendering::as_text(error).trim_end().lines().map(|line| format!("    {line}\n")).collect()
}
