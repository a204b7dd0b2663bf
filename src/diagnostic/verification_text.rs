//! What `verify` has found, as people read it: headings with sentences and errors of scripts below them.

use super::document::Diagnostic;
use super::verification::failure_of_script;
use crate::catalog::Difference;
use crate::graph::joined;
use crate::report::{difference_lines, rows_lost_sentence, verdict_words};
use crate::script::ScriptDirectory;
use crate::verify::{Breakage, MergeOrders, Phase, Verdict, Verification, Verified};

/// A revision or a merge point, and what was found of it.
#[derive(Debug)]
pub struct Finding {
    /// The verdict with the revision and its title, or the merge point.
    pub heading: String,
    /// What is to be said below it, in this order.
    pub details: Vec<FindingDetail>,
}

/// What is said of a verdict below its heading.
#[derive(Debug)]
pub enum FindingDetail {
    /// A line of text.
    Line(String),
    /// How a script has failed.
    Error(Diagnostic),
}

/// What was found of every revision, and of the merge points at which the order of the parents matters. `scripts` tells the
/// revisions' titles.
#[must_use]
pub fn findings(scripts: &ScriptDirectory, verification: Verification) -> Vec<Finding> {
    let of_revisions = verification.revisions.into_iter().map(|verified| of_revision(scripts, verified));
    let unequal = verification.merges.into_iter().filter(|merge| !merge.is_equal());
    of_revisions.chain(unequal.map(of_merge)).collect()
}

fn of_revision(scripts: &ScriptDirectory, verified: Verified) -> Finding {
    let Verified { revision, verdict, rows_lost } = verified;
    let title = scripts.graph().find(revision.as_str()).map(|node| scripts.script(node).title());
    let title = title.filter(|title| !title.is_empty()).map(|title| format!("  {title}"));
    let heading = format!("{} {revision}{}", verdict_words(&verdict), title.unwrap_or_default());
    let mut details = match verdict {
        Verdict::Reversible => Vec::new(),
        Verdict::ReversibleButForColumnOrder(found) => lines(difference_lines(&found)),
        Verdict::ReversibleButVolatile(found) => below("it gives something else each time:", &found),
        Verdict::Irreversible(reason) => lines([reason.to_string()]),
        Verdict::NotReached { because_of } => lines([format!("{because_of} does not go up")]),
        Verdict::Broken(Breakage::Differs { after_down, after_second_up }) => {
            let mut details = left_behind(&after_down);
            let heading = "the second time up gives another schema than the first:";
            details.extend(below(heading, &after_second_up));
            details
        }
        Verdict::Broken(Breakage::Failed { phase, error, left_behind: found }) => {
            let mut details = left_behind(&found);
            details.push(FindingDetail::Error(failure_of_script(&revision, phase, *error)));
            details
        }
    };
    details.extend(lines(rows_lost.iter().map(rows_lost_sentence)));
    Finding { heading, details }
}

fn left_behind(found: &[Difference]) -> Vec<FindingDetail> {
    below("its down script leaves another schema than there was before:", found)
}

fn of_merge(merge: MergeOrders) -> Finding {
    let [first, second] = merge.orders.each_ref().map(|order| joined(order));
    let mut details = Vec::new();
    if let Some((order, error)) = merge.failure {
        details.extend(lines([format!("its parents do not go up in the order {}:", joined(&order))]));
        details.push(FindingDetail::Error(failure_of_script(&merge.revision, Phase::Up, *error)));
    }
    let heading = format!("its parents in the order {second} give another schema than in the order {first}:");
    details.extend(below(&heading, &merge.differences));
    Finding { heading: format!("merge point {}", merge.revision), details }
}

/// A heading with differences below it; nothing where there are none.
fn below(heading: &str, found: &[Difference]) -> Vec<FindingDetail> {
    if found.is_empty() {
        return Vec::new();
    }
    let differences = difference_lines(found).into_iter().map(|line| format!("  {line}"));
    lines(std::iter::once(heading.to_owned()).chain(differences))
}

fn lines(texts: impl IntoIterator<Item = String>) -> Vec<FindingDetail> {
    texts.into_iter().map(FindingDetail::Line).collect()
}
