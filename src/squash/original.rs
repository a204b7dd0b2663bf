//! The originals of a baseline as their scripts are.

use std::collections::BTreeSet;

use super::SquashError;
use super::concat::Original;
use crate::graph::NodeIndex;
use crate::script::{Directive, ScriptDirectory, directive_of_line};
use crate::sql::{Dialect, Tolerated, split};

/// Both dialects, in the order in which they are written and tried.
pub(super) const BOTH: [Dialect; 2] = [Dialect::Postgres, Dialect::Sqlite];

/// Reads an original's scripts for both dialects; the errors are those of the files.
pub(super) fn read(scripts: &ScriptDirectory, node: NodeIndex) -> Result<Original, SquashError> {
    let script = scripts.script(node);
    let bodies = BOTH.map(|dialect| Ok::<_, SquashError>((dialect, script.bodies(dialect)?)));
    Ok(Original {
        id: scripts.graph().id(node).clone(),
        title: script.title().to_owned(),
        bodies: bodies.into_iter().collect::<Result<_, _>>()?,
    })
}

/// The extensions and schemas that originals make unless they are there already.
pub(super) fn tolerated(originals: &[Original], dialect: Dialect) -> BTreeSet<Tolerated> {
    let bodies = originals.iter().flat_map(|original| &original.bodies).filter(|(one, _)| *one == dialect);
    let statements = bodies.flat_map(|(_, bodies)| split(dialect, &bodies.up.body.sql).unwrap_or_default());
    statements.filter_map(|statement| statement.tolerated()).collect()
}

/// The texts of an original's up script and, where there is one, down script, whole as they are in the files; they are
/// the same whatever the dialect.
pub(super) fn texts(original: &Original) -> impl Iterator<Item = &str> {
    let first = original.bodies.first().map(|(_, bodies)| bodies);
    let up = first.map(|bodies| &*bodies.up.text);
    up.into_iter().chain(first.and_then(|bodies| bodies.down.as_ref()).map(|down| &*down.text))
}

/// Whether an original has `only` blocks, so that it is written for both dialects.
pub(super) fn has_blocks(original: &Original) -> bool {
    let is_block = |line| matches!(directive_of_line(line), Some(Ok(Directive::Only(_))));
    texts(original).any(|text| text.lines().any(is_block))
}
