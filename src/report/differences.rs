//! Differences of schemas as people read them.

use crate::catalog::{Change, Difference};

/// A line or more for each difference: `+` and `-` for what only the right or the left side has, `~` for what both
/// have, with the left value and then the right one.
#[must_use]
pub fn difference_lines(differences: &[Difference]) -> Vec<String> {
    differences.iter().flat_map(of_one).collect()
}

fn of_one(difference: &Difference) -> Vec<String> {
    let object = &difference.object;
    match &difference.change {
        Change::Added => vec![format!("+ {object}")],
        Change::Removed => vec![format!("- {object}")],
        Change::Altered { attribute, left, right } => {
            let mut lines = vec![format!("~ {object}: {attribute}")];
            lines.extend(value("-", left.as_deref()));
            lines.extend(value("+", right.as_deref()));
            lines
        }
    }
}

/// A value with its sign, each of its lines indented.
fn value(sign: &str, value: Option<&str>) -> Vec<String> {
    match value {
        None => vec![format!("    {sign} (none)")],
        Some(text) => text.trim_end().lines().map(|line| format!("    {sign} {line}")).collect(),
    }
}
