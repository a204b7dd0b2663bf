//! The revisions that `show`, `edit` and `--head` name.

use std::borrow::Cow;

use super::context::Context;
use super::target;
use crate::backend::Access;
use crate::diagnostic::Diagnostic;
use crate::execute::unfolded_for;
use crate::graph::{NodeIndex, RevisionId, RevisionSpec, Symbol};
use crate::plan::{self, nodes_of_rows};
use crate::script::ScriptDirectory;

/// The revisions that a target, as typed, names; just `current` asks the database. The errors are those of a target
/// that names nothing, and the database's.
pub fn select(
    context: &Context,
    scripts: &ScriptDirectory,
    text: &str,
) -> Result<Vec<NodeIndex>, Diagnostic> {
    let spec = target::parse(text)?;
    match rows_meant(context, &spec)? {
        Some(rows) => Ok(nodes_of_rows(scripts.graph(), &rows)?),
        None => Ok(plan::select(scripts.graph(), &spec)?),
    }
}

/// As [`select`], where originals of a baseline may be meant: with the scripts that have those in them.
pub fn select_with_originals<'s>(
    context: &Context,
    scripts: &'s ScriptDirectory,
    text: &str,
) -> Result<(Cow<'s, ScriptDirectory>, Vec<NodeIndex>), Diagnostic> {
    let spec = target::parse(text)?;
    if let Some(rows) = rows_meant(context, &spec)? {
        let scripts = unfolded_for(scripts, &rows, &[])?;
        let nodes = nodes_of_rows(scripts.graph(), &rows)?;
        return Ok((scripts, nodes));
    }
    let scripts = unfolded_for(scripts, &[], std::slice::from_ref(&spec))?;
    let nodes = plan::select(scripts.graph(), &spec)?;
    Ok((scripts, nodes))
}

/// The version rows, where a target is just `current`.
fn rows_meant(context: &Context, spec: &RevisionSpec) -> Result<Option<Vec<RevisionId>>, Diagnostic> {
    let is_current = spec.symbol_alone() == Some(&Symbol::Current);
    Ok(if is_current { Some(context.connect(Access::Read)?.state()?.rows) } else { None })
}
