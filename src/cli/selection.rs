//! The revisions that `show`, `edit` and `--head` name.

use std::borrow::Cow;

use super::context::Context;
use super::target;
use crate::backend::Access;
use crate::diagnostic::Diagnostic;
use crate::execute::unfolded_for;
use crate::graph::{NodeIndex, RevisionId, RevisionSpec, Symbol};
use crate::plan::{nodes_of_rows, up_to_range};
use crate::script::ScriptDirectory;

/// The revisions that a text names; `current` asks the database.
pub fn select(
    context: &Context,
    scripts: &ScriptDirectory,
    text: &str,
) -> Result<Vec<NodeIndex>, Diagnostic> {
    let spec = target::parse(text)?;
    match rows_meant(context, &spec)? {
        Some(rows) => Ok(nodes_of_rows(scripts.graph(), &rows)?),
        None => in_scripts(scripts, &spec),
    }
}

/// The same where originals of a baseline may be meant: the scripts with those in them.
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
    let nodes = in_scripts(&scripts, &spec)?;
    Ok((scripts, nodes))
}

/// The version rows, where a target is just `current`.
fn rows_meant(context: &Context, spec: &RevisionSpec) -> Result<Option<Vec<RevisionId>>, Diagnostic> {
    let is_current = spec.symbol_alone() == Some(&Symbol::Current);
    Ok(if is_current { Some(context.connect(Access::Read)?.state()?.rows) } else { None })
}

/// The revisions that a target names without asking a database. `-N` counts down from the head, as in Alembic.
pub fn in_scripts(scripts: &ScriptDirectory, spec: &RevisionSpec) -> Result<Vec<NodeIndex>, Diagnostic> {
    let graph = scripts.graph();
    let from_head = match (&spec.symbol, spec.steps) {
        (Some(_), None) => return Ok(graph.resolve(spec)?),
        (None, Some(..0)) => RevisionSpec { symbol: Some(Symbol::Head), ..spec.clone() },
        _ => spec.clone(),
    };
    let ids = up_to_range(graph, &from_head, None)?;
    Ok(ids.iter().filter_map(|id| graph.find(id.as_str())).collect())
}
