//! The revisions that `show`, `edit` and `--head` name.

use super::context::Context;
use super::error::CliError;
use super::target;
use crate::backend::Access;
use crate::graph::{NodeIndex, RevisionSpec, Symbol};
use crate::plan::{nodes_of_rows, up_to_range};
use crate::script::ScriptDirectory;

/// The revisions that a text names; `current` asks the database.
pub fn select(context: &Context, scripts: &ScriptDirectory, text: &str) -> Result<Vec<NodeIndex>, CliError> {
    let spec = target::parse(text)?;
    if spec.symbol == Some(Symbol::Current) && spec.steps.is_none() && spec.branch.is_none() {
        let rows = context.connect(Access::Read)?.state()?.rows;
        return Ok(nodes_of_rows(scripts.graph(), &rows)?);
    }
    in_scripts(scripts, &spec)
}

/// The revisions that a target names without asking a database. `-N` counts down from the head, as in Alembic.
pub fn in_scripts(scripts: &ScriptDirectory, spec: &RevisionSpec) -> Result<Vec<NodeIndex>, CliError> {
    let graph = scripts.graph();
    let from_head = match (&spec.symbol, spec.steps) {
        (Some(_), None) => return Ok(graph.resolve(spec)?),
        (None, Some(..0)) => RevisionSpec { symbol: Some(Symbol::Head), ..spec.clone() },
        _ => spec.clone(),
    };
    let ids = up_to_range(graph, &from_head, None)?;
    Ok(ids.iter().filter_map(|id| graph.find(id.as_str())).collect())
}
