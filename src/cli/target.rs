//! Targets of commands, with a choice where there is somebody to choose.

use super::context::Context;
use super::prompt;
use crate::diagnostic::Diagnostic;
use crate::graph::{NodeIndex, RevisionSpec, Symbol};
use crate::script::ScriptDirectory;

/// Reads a target as it is typed, such as `head`, `+2` or `label@base`; what is no target is an error of usage.
pub fn parse(text: &str) -> Result<RevisionSpec, Diagnostic> {
    Ok(text.parse::<RevisionSpec>()?)
}

/// The target of an upgrade. Where it is `head` and there are several the user chooses, where there is a user.
pub fn one_of_several_heads(
    context: &Context,
    scripts: &ScriptDirectory,
    wanted: RevisionSpec,
) -> Result<RevisionSpec, Diagnostic> {
    let is_plain_head = wanted.symbol_alone() == Some(&Symbol::Head);
    let heads = scripts.graph().heads();
    if !is_plain_head || heads.len() < 2 || context.json || !prompt::somebody_is_there() {
        return Ok(wanted);
    }
    choose_head(context, scripts, &heads)
}

fn choose_head(
    context: &Context,
    scripts: &ScriptDirectory,
    heads: &[NodeIndex],
) -> Result<RevisionSpec, Diagnostic> {
    let graph = scripts.graph();
    let mut choices = vec!["heads: all of them".to_owned()];
    choices
        .extend(heads.iter().map(|head| format!("{}: {}", graph.id(*head), scripts.script(*head).title())));
    let chosen = prompt::choice(context, "There are several heads. Which one?", &choices)?;
    match chosen.checked_sub(1).and_then(|index| heads.get(index)) {
        Some(head) => parse(graph.id(*head).as_str()),
        None => parse("heads"),
    }
}
