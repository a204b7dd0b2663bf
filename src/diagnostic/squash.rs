//! From what keeps revisions from being squashed to what the user reads.

use serde_json::json;

use super::failed_run::with_failure;
use super::{Diagnostic, ErrorKind};
use crate::execute::ExecuteError;
use crate::report::difference_lines;
use crate::script::Side;
use crate::squash::{Differences, ForgetError, Line, Mode, RangeError, SelectionError, SquashError};

const UNCHANGED: &str = "nothing was written";
const TO_CONCAT: &str = "put the scripts themselves one after the other: --mode concat";

impl From<SquashError> for Diagnostic {
    fn from(error: SquashError) -> Self {
        let message = error.to_string();
        match error {
            SquashError::Draft(error) => error.into(),
            SquashError::NewScript(error) => error.into(),
            SquashError::Config(error) => error.into(),
            SquashError::Script(problem) => vec![problem].into(),
            SquashError::Read(_) | SquashError::Header(_) => Self::new(ErrorKind::Scripts, message),
            SquashError::NameClash { .. } => Self::new(ErrorKind::Backup, message)
                .cause(UNCHANGED)
                .hint("move that file away, or set backup_location to another folder"),
            SquashError::Graph(problems) => {
                Self::new(ErrorKind::Scripts, "the scripts would no longer be a history").causes_of(&problems)
            }
            SquashError::NoDatabase => Self::usage(message)
                .hint("name a database (url, or scratch_url for PostgreSQL)")
                .hint("or go without proof: --mode concat --no-verify"),
            SquashError::Scratch(error) => (*error).into(),
            SquashError::ChangesOlder { differences, .. } => {
                told(Self::new(ErrorKind::ChangesOlder, message), &differences)
                    .cause(UNCHANGED)
                    .hint(TO_CONCAT)
            }
            SquashError::Unmodelled { objects, .. } => Self::new(ErrorKind::Unmodelled, message)
                .field("objects", objects)
                .cause(UNCHANGED)
                .hint(TO_CONCAT),
            SquashError::NotReproducible { differences, .. } => {
                let told = told(Self::new(ErrorKind::SquashDiffers, message), &differences);
                told.cause(UNCHANGED)
                    .hint("the scripts depend on a clock or on chance: no baseline can be equal")
            }
            SquashError::Baseline { side, mode, error, .. } => of_baseline(message, side, mode, *error),
            SquashError::Differs { side, mode, differences, .. } => {
                let told = told(Self::new(ErrorKind::SquashDiffers, message), &differences)
                    .field("side", json!(side))
                    .cause(UNCHANGED);
                told.hint(match side {
                    Side::Up => "`-` is what the originals leave, `+` what the baseline leaves",
                    Side::Down => {
                        "`-` is what there was before the baseline, `+` what its down script leaves"
                    }
                })
                .hint(other_mode(mode))
            }
            SquashError::Files(error) => error.into(),
        }
    }
}

impl From<SelectionError> for Diagnostic {
    fn from(error: SelectionError) -> Self {
        let message = error.to_string();
        match error {
            SelectionError::Spec(error) => error.into(),
            SelectionError::Plan { error, lines } => line_by_line(error.into(), &lines),
            SelectionError::NoRevision(_) => Self::usage(message),
            SelectionError::Nothing => Self::new(ErrorKind::NoRevisions, message),
            SelectionError::Several { lines, .. } => {
                line_by_line(Self::new(ErrorKind::AmbiguousTarget, message), &lines)
            }
            SelectionError::Range(error) => of_range(error),
        }
    }
}

/// With the commands that squash several lines, each for itself.
fn line_by_line(told: Diagnostic, lines: &[Line]) -> Diagnostic {
    lines.iter().fold(told, |told, line| {
        told.hint(format!("squash one line after the other: revgraph squash {line}"))
    })
}

fn of_range(error: RangeError) -> Diagnostic {
    let message = error.to_string();
    match error {
        RangeError::NotAnAncestor { .. } => Diagnostic::new(ErrorKind::NotAnAncestor, message)
            .hint("revgraph history --graph shows how they are related"),
        RangeError::NotClosed { edges, .. } => {
            let list: Vec<_> = edges
                .iter()
                .map(|edge| {
                    json!({
                        "upper": edge.upper.id, "upper_file": edge.upper.source,
                        "lower": edge.lower.id, "lower_file": edge.lower.source,
                        "as": edge.edge.header_key(),
                    })
                })
                .collect();
            let told = Diagnostic::new(ErrorKind::NotClosed, message).field("edges", list);
            edges
                .iter()
                .fold(told, |told, edge| told.cause(edge.to_string()))
                .hint("let it begin or end elsewhere; revgraph history --graph shows the graph")
        }
        RangeError::AlreadyBaseline(_) => Diagnostic::new(ErrorKind::AlreadyABaseline, message),
    }
}

/// With the differences as causes, and in JSON as they are.
fn told(error: Diagnostic, differences: &Differences) -> Diagnostic {
    let error = error.field("differences", json!(differences));
    lines(differences).into_iter().fold(error, Diagnostic::cause)
}

fn lines(found: &Differences) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    if !found.schema.is_empty() {
        lines.push(difference_lines(&found.schema).join("\n"));
    }
    for rows in &found.rows {
        let example = |sign: &str, number: usize, row: &Option<String>| {
            row.as_ref().map(|row| format!("\n    {sign} {row}{}", and_more(number))).unwrap_or_default()
        };
        let left = example("-", rows.only_left, &rows.left);
        let right = example("+", rows.only_right, &rows.right);
        lines.push(format!("~ rows of {}{left}{right}", rows.table));
    }
    for one in &found.sequences {
        let position = |position: Option<(i64, bool)>| match position {
            None => "(none)".to_owned(),
            Some((last_value, true)) => format!("{last_value} was the last"),
            Some((last_value, false)) => format!("{last_value} is the next"),
        };
        let (left, right) = (position(one.left), position(one.right));
        lines.push(format!("~ position of {}\n    - {left}\n    + {right}", one.sequence));
    }
    lines.extend(found.only_left.iter().map(|object| format!("- {object}")));
    lines.extend(found.only_right.iter().map(|object| format!("+ {object}")));
    lines
}

fn and_more(number: usize) -> String {
    if number > 1 { format!(" (and {} more)", number - 1) } else { String::new() }
}

/// The mode that was not used.
fn other_mode(used: Mode) -> &'static str {
    match used {
        Mode::Schema => TO_CONCAT,
        Mode::Concat => "write down the schema and the rows that the scripts leave: --mode schema",
    }
}

fn of_baseline(message: String, side: Side, mode: Mode, error: ExecuteError) -> Diagnostic {
    let side = match side {
        Side::Up => "up",
        Side::Down => "down",
    };
    let told = match error {
        ExecuteError::Step(run) => {
            let told = Diagnostic::new(ErrorKind::SquashDiffers, String::new());
            with_failure(told, &format!("the {side} script of the baseline"), &run.failure)
        }
        other => {
            let other: Diagnostic = other.into();
            Diagnostic { message, ..other.with_kind(ErrorKind::SquashDiffers) }
        }
    };
    told.cause("this happened on a scratch database; nothing was written").hint(other_mode(mode))
}

impl From<ForgetError> for Diagnostic {
    fn from(error: ForgetError) -> Self {
        let message = error.to_string();
        match error {
            ForgetError::NoBaseline(_) => Self::new(ErrorKind::NotABaseline, message)
                .hint("revgraph history -v shows what revisions replace"),
            ForgetError::Backup(problems) => problems.into(),
        }
    }
}
