//! The scripts as a git merge would leave them: those of the work tree and those of another commit, less what
//! either side has removed since their last common commit.

mod sides;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use self::sides::{Script, Sides, read_scripts};
use super::{MergeProblem, MergeSide, MergedHead};
use crate::config::Config;
use crate::git::{GitError, ObjectId, Repository};
use crate::graph::{
    Follow, GraphProblem, NodeIndex, NodeSet, Revision, RevisionGraph, RevisionId, joined_or_base,
};
use crate::script::{Checksum, Header, ScriptReader, parse};

/// What a merge was found to give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeCheck {
    /// The last commit that both sides have.
    pub merge_base: ObjectId,
    /// What is wrong with the merged tree.
    pub problems: Vec<MergeProblem>,
}

/// Judges the tree that merging the work tree, with what is not committed yet, with the commit `reference` would
/// give.
///
/// # Errors
/// [`GitError`].
pub fn check_merge(config: &Config, reference: &str) -> Result<MergeCheck, GitError> {
    let repository = Repository::discover(&config.directory)?;
    let theirs = repository.commit(reference)?;
    let merge_base = repository.merge_base(&repository.commit("HEAD")?, &theirs)?;
    let sides = Sides::read(config, &repository, &merge_base, &theirs)?;
    let mut problems = Vec::new();
    let scripts = read_scripts(&repository, &sides, reference, &mut problems)?;
    let before = changed_by_us(&repository, &sides)?;
    problems.extend(rewritten(&sides, &scripts, &before));
    let incomplete = !problems.is_empty();
    problems.extend(of_graph(config, &scripts, &before, reference, incomplete));
    Ok(MergeCheck { merge_base, problems })
}

/// A script as the common commit has it.
struct Before {
    path: PathBuf,
    header: Header,
    checksum: Checksum,
}

/// The scripts of the common commit that the work tree no longer has as they were, and the other side still has.
fn changed_by_us(repository: &Repository, sides: &Sides) -> Result<Vec<Before>, GitError> {
    let changed: Vec<(&PathBuf, &ObjectId)> = sides
        .base
        .iter()
        .filter(|(path, name)| {
            sides::is_up(path) && sides.ours.get(*path) != Some(name) && sides.theirs.contains_key(*path)
        })
        .collect();
    let names: Vec<ObjectId> = changed.iter().map(|(_, name)| (*name).clone()).collect();
    let contents = repository.contents(&names)?;
    let before = |(path, content): (PathBuf, Vec<u8>)| {
        let text = String::from_utf8(content).ok()?;
        Some(Before { path, header: parse(&text).ok()?, checksum: Checksum::of_script(&text) })
    };
    let paths = changed.into_iter().map(|(path, _)| path.clone());
    Ok(paths.zip(contents).filter_map(before).collect())
}

/// Revisions that others have, and that the work tree has edited, moved or removed.
fn rewritten(sides: &Sides, scripts: &[Script], before: &[Before]) -> Vec<MergeProblem> {
    let by_id: BTreeMap<&RevisionId, &Script> =
        scripts.iter().map(|script| (&script.header.revision, script)).collect();
    let replaced: BTreeMap<&RevisionId, &RevisionId> = scripts
        .iter()
        .flat_map(|script| script.header.replaces.iter().map(|old| (old, &script.header.revision)))
        .collect();
    let mut problems = Vec::new();
    for old in before {
        let revision = old.header.revision.clone();
        let Some(now) = by_id.get(&revision) else {
            if !replaced.contains_key(&revision) {
                problems.push(MergeProblem::Removed { revision, path: old.path.clone() });
            }
            continue;
        };
        let path = now.path.clone();
        if checksum_on_disk(&sides.root.join(&path)).is_some_and(|found| found != old.checksum) {
            problems.push(MergeProblem::Edited { revision: revision.clone(), path: path.clone() });
        }
        // A squash puts the children of what it replaces on itself.
        let moved_by_squash = |parent: &RevisionId| replaced.get(parent).copied().unwrap_or(parent).clone();
        let parents: BTreeSet<RevisionId> = old.header.down_revisions.iter().map(moved_by_squash).collect();
        if parents != now.header.down_revisions.iter().map(moved_by_squash).collect() {
            problems.push(MergeProblem::Reparented {
                revision,
                path,
                before: joined_or_base(&old.header.down_revisions),
                now: joined_or_base(&now.header.down_revisions),
            });
        }
    }
    problems
}

fn checksum_on_disk(path: &Path) -> Option<Checksum> {
    ScriptReader::default().whole(path).ok().map(Checksum::of_script)
}

fn of_graph(
    config: &Config,
    scripts: &[Script],
    before: &[Before],
    reference: &str,
    incomplete: bool,
) -> Vec<MergeProblem> {
    let revisions = scripts.iter().map(revision).collect();
    match RevisionGraph::new(revisions) {
        Ok(graph) => {
            let theirs: BTreeSet<&RevisionId> = scripts
                .iter()
                .filter(|script| script.in_theirs)
                .map(|script| &script.header.revision)
                .chain(before.iter().map(|old| &old.header.revision))
                .collect();
            let several = several_heads(&graph, &theirs, reference);
            several.filter(|_| graph.heads().len() > config.check_heads.max(1)).into_iter().collect()
        }
        // A script that cannot be read is missed by others: that follows from it.
        Err(problems) => problems
            .into_iter()
            .filter(|problem| !incomplete || !matches!(problem, GraphProblem::UnknownParent { .. }))
            .map(MergeProblem::Graph)
            .collect(),
    }
}

fn revision(script: &Script) -> Revision {
    let header = &script.header;
    Revision {
        id: header.revision.clone(),
        down_revisions: header.down_revisions.clone(),
        depends_on: header.depends_on.clone(),
        branch_labels: header.branch_labels.clone(),
        replaces: header.replaces.clone(),
        stands_on: Vec::new(),
        source: script.file.clone(),
    }
}

fn several_heads(
    graph: &RevisionGraph,
    theirs: &BTreeSet<&RevisionId>,
    reference: &str,
) -> Option<MergeProblem> {
    let heads = graph.heads();
    if heads.len() < 2 {
        return None;
    }
    let side = |node: NodeIndex| {
        if theirs.contains(graph.id(node)) { MergeSide::Theirs } else { MergeSide::Ours }
    };
    let described = heads.iter().map(|head| MergedHead {
        revision: graph.id(*head).clone(),
        file: graph.revision(*head).source.clone(),
        side: side(*head),
    });
    Some(MergeProblem::SeveralHeads {
        heads: described.collect(),
        common_ancestors: graph.ids(&common_ancestors(graph, &heads)),
        commands: commands(graph, &heads, side, reference),
    })
}

/// The last revisions that all heads stand on.
fn common_ancestors(graph: &RevisionGraph, heads: &[NodeIndex]) -> Vec<NodeIndex> {
    let mut below = heads.iter().map(|head| graph.ancestors([*head], Follow::Parents));
    let first = below.next().unwrap_or_else(|| NodeSet::with_capacity(graph.len()));
    let common = below.fold(first, |mut common, ancestors| {
        common.intersect_with(&ancestors);
        common
    });
    graph.tips(&common, Follow::Parents)
}

/// A rebase where the work tree has one branch of its own beside one head of theirs; a merge in any case.
fn commands(
    graph: &RevisionGraph,
    heads: &[NodeIndex],
    side: impl Fn(NodeIndex) -> MergeSide,
    reference: &str,
) -> Vec<String> {
    let of = |wanted| heads.iter().copied().filter(|head| side(*head) == wanted).collect::<Vec<_>>();
    let mut commands = Vec::new();
    if let ([ours], [theirs]) = (of(MergeSide::Ours).as_slice(), of(MergeSide::Theirs).as_slice()) {
        let own = graph.ancestors([*ours], Follow::Parents);
        let is_own = |node: &NodeIndex| side(*node) == MergeSide::Ours;
        let stands_on_theirs = |node: &NodeIndex| !graph.below(*node, Follow::Parents).iter().any(is_own);
        let first: Vec<NodeIndex> = own.iter().filter(is_own).filter(stands_on_theirs).collect();
        let several_parents = |node: NodeIndex| graph.revision(node).is_merge_point();
        if let [first] = first.as_slice()
            && !several_parents(*first)
        {
            commands.push(format!("revgraph rebase {} --onto {}", graph.id(*first), graph.id(*theirs)));
        }
    }
    let names: Vec<&str> = heads.iter().map(|head| graph.id(*head).as_str()).collect();
    commands.push(format!("revgraph merge {} -m \"merge {reference}\"", names.join(" ")));
    commands
}
