//! The scripts alone, without a database: what would stop a command, or surprise its user.

mod merge;
mod merge_problem;
mod problem;
mod recorded;
mod statements;

use std::collections::HashSet;
use std::io;

use crate::config::Config;
use crate::graph::{Follow, NodeIndex, RevisionGraph};
use crate::ledger::Tables;
use crate::regular_file;
use crate::script::{
    FileChangeError, FileChanges, FileError, ReadMode, ScriptDirectory, ScriptReader, Survey, heads_path,
    heads_text, names_heads, survey,
};

pub use merge::{MergeCheck, check_merge};
pub use merge_problem::{MergeProblem, MergeSide, MergedHead};
pub use problem::{CheckProblem, ProblemKind};
pub use recorded::{RecordedScript, recorded_scripts};

/// Looks for every problem of an environment's scripts.
///
/// The problems of files and graph come first, then those of single statements; each kind sorted.
#[must_use]
pub fn check(config: &Config) -> Vec<CheckProblem> {
    let Survey { scripts: files, strays } = survey(config);
    let mut problems = match ScriptDirectory::load(config, ReadMode::Headers) {
        Ok(scripts) => of_history(&scripts, config),
        Err(found) => found.into_iter().map(|problem| CheckProblem::of_script(problem, config)).collect(),
    };
    problems.extend(strays.into_iter().map(CheckProblem::stray));
    let mut reader = ScriptReader::default();
    let tables =
        Tables { schema: config.version_table_schema.clone(), version: config.version_table.clone() };
    for (path, side) in files {
        problems.extend(statements::of_file(&mut reader, &path, side, &tables));
    }
    let mut known = HashSet::with_capacity(problems.len());
    problems.retain(|problem| known.insert(problem.clone()));
    problems
}

fn of_history(scripts: &ScriptDirectory, config: &Config) -> Vec<CheckProblem> {
    let graph = scripts.graph();
    let heads = graph.heads();
    let several = (heads.len() > config.check_heads.max(1))
        .then(|| CheckProblem::several_heads(graph.ids(&heads), graph.ids(&to_merge(graph, heads))));
    several.into_iter().chain(of_heads_file(scripts)).collect()
}

/// Empty where `merge heads` joins all heads: it leaves out heads that others depend on, as Alembic does.
fn to_merge(graph: &RevisionGraph, heads: Vec<NodeIndex>) -> Vec<NodeIndex> {
    let stands_alone = |head: &NodeIndex| graph.above(*head, Follow::ParentsAndDependencies).is_empty();
    if heads.iter().all(stands_alone) { Vec::new() } else { heads }
}

fn of_heads_file(scripts: &ScriptDirectory) -> Option<CheckProblem> {
    let path = heads_path(scripts)?;
    match regular_file::read_to_string(&path) {
        Ok(text) if names_heads(&text, scripts.graph()) => None,
        Ok(_) => Some(CheckProblem::stale_heads_file(path)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            (!scripts.graph().is_empty()).then(|| CheckProblem::missing_heads_file(path))
        }
        Err(source) => Some(CheckProblem::of_file(FileError::Io { path, source })),
    }
}

/// Writes the heads file anew, where the scripts make a history and it says otherwise. The caller has the lock under which
/// scripts are written.
///
/// # Errors
/// [`FileChangeError`].
pub fn mend_heads_file(config: &Config) -> Result<(), FileChangeError> {
    let Ok(scripts) = ScriptDirectory::load(config, ReadMode::Headers) else { return Ok(()) };
    let Some(path) = heads_path(&scripts) else { return Ok(()) };
    let text = heads_text(scripts.graph());
    let is_wanted = path.exists() || !scripts.graph().is_empty();
    if !is_wanted || regular_file::read_to_string(&path).is_ok_and(|found| found == text) {
        return Ok(());
    }
    FileChanges { texts: vec![(path, text)], ..FileChanges::default() }.carry_out(config)
}
