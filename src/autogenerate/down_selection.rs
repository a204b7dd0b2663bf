//! For which revisions down scripts are looked for.

use thiserror::Error;

use crate::graph::{NodeIndex, RevisionId, RevisionSpec};
use crate::plan::{PlanError, select};
use crate::script::{Irreversible, ScriptDirectory, ScriptProblem, is_placeholder};
use crate::sql::Dialect;

/// What the user wants down scripts for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WantedDowns {
    /// All revisions for which nobody has written one.
    Missing,
    /// All revisions that have one, which may be wrong.
    Written,
    /// The revisions of these targets.
    Of {
        /// The targets.
        targets: Vec<RevisionSpec>,
        /// Whether those that have one get another.
        replaces: bool,
    },
}

/// Why no down scripts are looked for.
#[derive(Debug, Error)]
pub enum WantedDownsError {
    /// A revision has one, and nobody has asked for another.
    #[error("{0} has a down script")]
    HasOne(RevisionId),
    /// A target leads nowhere.
    #[error(transparent)]
    Target(#[from] PlanError),
    /// A script cannot be read.
    #[error("a script cannot be read")]
    Script(Box<ScriptProblem>),
}

/// How a revision lacks a down script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lack {
    /// It has one.
    None,
    /// Nobody has written one.
    Missing,
    /// Somebody has written that there can be none.
    Declared,
}

/// The revisions that are meant.
///
/// # Errors
/// [`WantedDownsError`].
pub fn wanted_downs(
    scripts: &ScriptDirectory,
    dialect: Dialect,
    wanted: &WantedDowns,
) -> Result<Vec<NodeIndex>, WantedDownsError> {
    let graph = scripts.graph();
    let (targets, replaces) = match wanted {
        WantedDowns::Missing => return of_all(scripts, dialect, Lack::Missing),
        WantedDowns::Written => return of_all(scripts, dialect, Lack::None),
        WantedDowns::Of { targets, replaces } => (targets, *replaces),
    };
    let mut chosen = Vec::new();
    for target in targets {
        for node in select(graph, target)? {
            if !replaces && lack(scripts, node, dialect)? == Lack::None {
                return Err(WantedDownsError::HasOne(graph.id(node).clone()));
            }
            chosen.push(node);
        }
    }
    Ok(chosen)
}

/// The revisions that lack one so, in the order in which they are applied.
fn of_all(
    scripts: &ScriptDirectory,
    dialect: Dialect,
    wanted: Lack,
) -> Result<Vec<NodeIndex>, WantedDownsError> {
    let mut chosen = Vec::new();
    for node in scripts.graph().in_order() {
        chosen.extend((lack(scripts, *node, dialect)? == wanted).then_some(*node));
    }
    Ok(chosen)
}

fn lack(scripts: &ScriptDirectory, node: NodeIndex, dialect: Dialect) -> Result<Lack, WantedDownsError> {
    let bodies = scripts.script(node).bodies(dialect);
    let bodies = bodies.map_err(|problem| WantedDownsError::Script(Box::new(problem)))?;
    Ok(match bodies.irreversible(dialect) {
        None => Lack::None,
        Some(Irreversible::Declared(Some(reason))) if !is_placeholder(&reason) => Lack::Declared,
        Some(_) => Lack::Missing,
    })
}
