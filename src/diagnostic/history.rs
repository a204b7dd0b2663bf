//! A database whose history is not the scripts', in the words of the command line.

use serde_json::json;

use super::{Diagnostic, ErrorKind, from_here};
use crate::execute::{Differing, OtherRows};
use crate::graph::{RevisionId, joined};
use crate::report::downgrade_to;

/// Lines of a diff that the text form shows; JSON has all of it.
const LINES_SHOWN: usize = 40;
/// Characters of a line of it.
const LINE_WIDTH: usize = 160;

/// Scripts that have changed since they were applied, with what has changed.
pub fn of_edited(message: String, edited: Vec<Differing>) -> Diagnostic {
    let mut told = Diagnostic::new(ErrorKind::Edited, message);
    let mut revisions = Vec::new();
    for one in &edited {
        revisions.push(json!({
            "revision": one.revision,
            "file": one.path.display().to_string(),
            "recorded_checksum": one.recorded,
            "checksum": one.found,
            "diff": one.diff,
        }));
        told = told.cause(format!("{} is not what was applied as {}", from_here(&one.path), one.revision));
        if let Some(diff) = &one.diff {
            told = told.cause(shortened(diff));
        }
    }
    let accept = match edited.as_slice() {
        [only] => format!("revgraph resolve --accept {}", only.revision),
        _ => "revgraph resolve --accept REV".to_owned(),
    };
    told.field("revisions", revisions)
        .hint("put the script back as it was, and write the change as a new revision")
        .hint(format!("if the database already is as the script now says: {accept}"))
}

/// The beginning of a diff, for people.
fn shortened(diff: &str) -> String {
    let cut = |line: &str| match line.char_indices().nth(LINE_WIDTH) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line.to_owned(),
    };
    let mut lines: Vec<String> = diff.lines().take(LINES_SHOWN).map(cut).collect();
    let more = diff.lines().count().saturating_sub(lines.len());
    if more > 0 {
        lines.push(format!("… and {more} more lines; --json has them all"));
    }
    lines.join("\n")
}

/// Scripts that another tool computed from other rows than the database holds.
pub fn of_other_rows(others: &[OtherRows]) -> Diagnostic {
    let message = "nothing has run: scripts were recorded from other rows than the database holds";
    let mut told = Diagnostic::new(ErrorKind::Recorded, message);
    let mut tables = Vec::new();
    for other in others {
        told = told.cause(other.to_string());
        tables.push(json!({
            "revision": other.revision,
            "table": other.recorded.to_string(),
            "recorded_rows": other.recorded.rows,
            "rows": other.found,
        }));
    }
    let revision = others.first().map(|other| other.revision.to_string()).unwrap_or_default();
    told.field("tables", tables)
        .hint(
            "bring the database past these revisions with the tool that they come from, which reads the rows",
        )
        .hint("or write into the script what it is to do with them, and take the directive out")
        .hint(format!("or run it as it is, without a look at the rows: --accept-recorded {revision}"))
}

/// A database that has more than the scripts.
pub fn of_ahead(message: String, missing: Vec<RevisionId>, common: &[RevisionId]) -> Diagnostic {
    Diagnostic::new(ErrorKind::Ahead, message)
        .cause("it has all that the scripts have: a newer release has been here, and has been rolled back")
        .hint("deploy the scripts that have these revisions")
        .hint(format!("or take the database down to what these scripts know: {}", downgrade_to(common)))
        .field("missing", json!(missing))
        .field("common", json!(common))
}

/// A database and scripts that have gone different ways.
pub fn of_diverged(
    message: String,
    missing: Vec<RevisionId>,
    pending: Vec<RevisionId>,
    common: Vec<RevisionId>,
) -> Diagnostic {
    let told = Diagnostic::new(ErrorKind::Diverged, message);
    let told = if common.is_empty() {
        told.hint("are these the right scripts for this database?")
    } else {
        told.cause(format!("the last that both have: {}", joined(&common)))
    };
    let scripts = joined(&missing);
    told.hint(format!(
        "bring in the scripts that have {scripts}, and join the two lines: revgraph merge heads"
    ))
    .hint(format!("or take the database back first: {}", downgrade_to(&common)))
    .field("missing", json!(missing))
    .field("pending", json!(pending))
    .field("common", json!(common))
}
