//! Differences of schemas as people read them.

use std::borrow::Cow;

use super::context::Context;
use super::error::CliError;
use super::observer::ScratchProgress;
use super::target::count;
use crate::catalog::{Catalog, Change, Difference};
use crate::config::DatabaseUrl;
use crate::verify::{Unsettled, settle};

/// The right one of two catalogs, spelled like the left one where it means the same. Where that cannot be found out, it
/// is told.
pub fn settled<'c>(
    context: &Context,
    left: &Catalog,
    right: &'c Catalog,
    like: &DatabaseUrl,
    progress: &mut ScratchProgress,
) -> Result<Cow<'c, Catalog>, CliError> {
    let settled = settle(left, right, &context.config, Some(like), progress)?;
    for Unsettled { objects, why } in &settled.unsettled {
        let what = match objects.as_slice() {
            [object] => object.to_string(),
            several => count(several.len(), "object"),
        };
        progress.line(&format!("{what}: it is not known whether only the spelling differs: {why}"));
    }
    Ok(settled.right)
}

/// A line or more for each difference: `+` and `-` for what only the right or the left side has, `~` for what both
/// have, with the left value and then the right one.
pub fn lines(differences: &[Difference]) -> Vec<String> {
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
