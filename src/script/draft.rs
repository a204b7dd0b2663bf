//! From what a user asks for to the scripts of a new revision, as Alembic 1.20's `generate_revision`. Pure.

use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset};
use thiserror::Error;

use super::{NewScript, ScriptDirectory};
use crate::graph::{
    Follow, GraphProblem, InvalidName, NodeIndex, RevisionGraph, RevisionId, RevisionSpec, TargetError,
    check_label, problems_joined,
};

/// A revision that is asked for, with its parents found, not yet checked nor written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The new revision's id.
    pub revision: RevisionId,
    /// The nodes of the revision's parents; none for a base.
    pub parents: Vec<NodeIndex>,
    /// Whether a parent may have children already.
    pub splice: bool,
    /// What else it needs: ids, their beginnings, labels, `LABEL@head`.
    pub depends_on: Vec<String>,
    /// The labels that the revision gives its branch.
    pub branch_labels: Vec<String>,
    /// The message of the revision's header.
    pub message: String,
    /// The folder it goes to; none leaves the choice to where its parents are.
    pub folder: Option<PathBuf>,
    /// The time of creation that the revision's header gets.
    pub created: DateTime<FixedOffset>,
}

/// What is to be written, and what the graph then is.
#[derive(Debug)]
pub struct Drafted {
    /// The scripts.
    pub script: NewScript,
    /// The folder that the scripts go to.
    pub folder: PathBuf,
    /// The graph with the new revision.
    pub graph: RevisionGraph,
}

/// Why a draft is no revision that the scripts could have.
#[derive(Debug, Error)]
pub enum DraftError {
    /// The id has been taken.
    #[error("there is a revision or a branch `{0}` already")]
    Taken(String),
    /// The id belongs to a revision that a squash has replaced.
    #[error("`{id}` is the id of a revision that {by} has replaced, and stays reserved")]
    Replaced {
        /// The id.
        id: String,
        /// The revision that replaces it.
        by: RevisionId,
    },
    /// A label that cannot be one.
    #[error("a branch label cannot be so: {0}")]
    Label(#[source] InvalidName),
    /// A parent that has children.
    #[error("revision {0} is not a head")]
    NotAHead(RevisionId),
    /// A parent comes twice.
    #[error("revision {0} is named twice")]
    RepeatedParent(RevisionId),
    /// A parent of which another is a descendant.
    #[error("{upper} comes after {lower} already: they cannot both be parents")]
    RelatedParents {
        /// The later one.
        upper: RevisionId,
        /// The earlier one.
        lower: RevisionId,
    },
    /// A dependency leads nowhere.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// A dependency that is not one revision.
    #[error("`{0}` is not a single revision, so nothing can depend on it")]
    Dependency(String),
    /// A folder that the configuration does not name.
    #[error("{folder} is not one of the version_locations")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Those that the configuration names.
        locations: Vec<PathBuf>,
    },
    /// The revision does not go with those that are there.
    #[error("the new revision does not fit: {}", problems_joined(.0))]
    Graph(Vec<GraphProblem>),
}

impl ScriptDirectory {
    /// Refuses a name that a revision, a label or a replaced revision has.
    ///
    /// # Errors
    /// [`DraftError::Taken`] and [`DraftError::Replaced`].
    pub fn check_unused(&self, name: &str) -> Result<(), DraftError> {
        check_unused(self.graph(), name)
    }

    /// Checks a new revision against those that are there. Nothing is written.
    ///
    /// # Errors
    /// [`DraftError`].
    pub fn draft(&self, draft: &Draft) -> Result<Drafted, DraftError> {
        let graph = self.graph();
        check_unused(graph, draft.revision.as_str())?;
        check_parents(graph, &draft.parents, draft.splice)?;
        check_labels(graph, draft)?;
        let script = NewScript {
            revision: draft.revision.clone(),
            down_revisions: graph.ids(&draft.parents),
            depends_on: dependencies(graph, &draft.depends_on)?,
            branch_labels: draft.branch_labels.clone(),
            message: draft.message.trim().to_owned(),
            created: draft.created,
        };
        let folder = match &draft.folder {
            Some(folder) => self.check_folder(folder)?,
            None => self.folder_beside(&draft.parents),
        };
        let mut revisions: Vec<_> = graph.revisions().cloned().collect();
        revisions.push(script.as_revision());
        let graph = RevisionGraph::new(revisions).map_err(DraftError::Graph)?;
        Ok(Drafted { script, folder, graph })
    }

    fn check_folder(&self, folder: &Path) -> Result<PathBuf, DraftError> {
        let wanted: PathBuf = folder.components().collect();
        let same = |location: &&PathBuf| location.components().collect::<PathBuf>() == wanted;
        self.locations().iter().find(same).cloned().ok_or_else(|| DraftError::Folder {
            folder: folder.to_owned(),
            locations: self.locations().to_vec(),
        })
    }

    /// The location of the first parent, else the first of all.
    fn folder_beside(&self, parents: &[NodeIndex]) -> PathBuf {
        let beside = parents.first().and_then(|parent| {
            let path = &self.script(*parent).up;
            let holding = self.locations().iter().filter(|location| path.starts_with(location));
            holding.max_by_key(|location| location.components().count())
        });
        beside.or_else(|| self.locations().first()).cloned().unwrap_or_default()
    }
}

fn check_unused(graph: &RevisionGraph, name: &str) -> Result<(), DraftError> {
    if graph.find(name).is_some() || graph.find_label(name).is_some() {
        return Err(DraftError::Taken(name.to_owned()));
    }
    let replaces = |id: &RevisionId| id.as_str() == name;
    match graph.revisions().find(|revision| revision.replaces.iter().any(replaces)) {
        Some(by) => Err(DraftError::Replaced { id: name.to_owned(), by: by.id.clone() }),
        None => Ok(()),
    }
}

fn check_parents(graph: &RevisionGraph, parents: &[NodeIndex], splice: bool) -> Result<(), DraftError> {
    for (index, parent) in parents.iter().enumerate() {
        if parents.iter().skip(index + 1).any(|other| other == parent) {
            return Err(DraftError::RepeatedParent(graph.id(*parent).clone()));
        }
        if !splice && !graph.is_head(*parent) {
            return Err(DraftError::NotAHead(graph.id(*parent).clone()));
        }
        let above = graph.descendants([*parent], Follow::Parents);
        if let Some(upper) = parents.iter().find(|other| *other != parent && above.contains(**other)) {
            let (upper, lower) = (graph.id(*upper).clone(), graph.id(*parent).clone());
            return Err(DraftError::RelatedParents { upper, lower });
        }
    }
    Ok(())
}

fn check_labels(graph: &RevisionGraph, draft: &Draft) -> Result<(), DraftError> {
    for (index, label) in draft.branch_labels.iter().enumerate() {
        check_label(label).map_err(DraftError::Label)?;
        check_unused(graph, label)?;
        let repeated = draft.branch_labels.iter().skip(index + 1).any(|other| other == label);
        if repeated || draft.revision.as_str() == label {
            return Err(DraftError::Taken(label.clone()));
        }
    }
    Ok(())
}

/// Full ids, without repetition; a label stays a label.
fn dependencies(graph: &RevisionGraph, names: &[String]) -> Result<Vec<String>, DraftError> {
    let mut found: Vec<String> = Vec::with_capacity(names.len());
    for name in names {
        let resolved = if graph.find_label(name).is_some() {
            name.clone()
        } else {
            let spec: RevisionSpec = name.parse().map_err(TargetError::Syntax)?;
            match graph.resolve(&spec)?.as_slice() {
                [node] => graph.id(*node).to_string(),
                _ => return Err(DraftError::Dependency(name.clone())),
            }
        };
        if !found.contains(&resolved) {
            found.push(resolved);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::tests_support::scripts;

    fn history() -> ScriptDirectory {
        scripts(&[
            ("a1", "-- branch_labels: left"),
            ("b1", "-- down_revision: a1"),
            ("c1", "-- down_revision: b1"),
            ("d1", ""),
            ("s1", "-- replaces: x1, x2"),
        ])
    }

    /// What is wrong with a revision `n1` that is asked for with these changes.
    fn refused(change: impl Fn(&ScriptDirectory, &mut Draft)) -> Option<String> {
        drafted(change).err().map(|error| error.to_string())
    }

    fn drafted(change: impl Fn(&ScriptDirectory, &mut Draft)) -> Result<Drafted, DraftError> {
        let scripts = history();
        let mut draft = Draft {
            revision: RevisionId::recorded("n1"),
            parents: Vec::new(),
            splice: false,
            depends_on: Vec::new(),
            branch_labels: Vec::new(),
            message: " what it is for \n".to_owned(),
            folder: None,
            created: DateTime::UNIX_EPOCH.fixed_offset(),
        };
        change(&scripts, &mut draft);
        scripts.draft(&draft)
    }

    fn nodes(scripts: &ScriptDirectory, ids: &[&str]) -> Vec<NodeIndex> {
        ids.iter().map(|id| scripts.graph().find(id).expect("a known revision")).collect()
    }

    #[test]
    fn a_new_revision_has_a_name_of_its_own() {
        let named = |id: &str| refused(|_, draft| draft.revision = RevisionId::recorded(id));
        assert_eq!(named("n1"), None);
        let taken = |name: &str| Some(format!("there is a revision or a branch `{name}` already"));
        assert_eq!(named("b1"), taken("b1"));
        assert_eq!(named("left"), taken("left"));
        let replaced = "`x2` is the id of a revision that s1 has replaced, and stays reserved";
        assert_eq!(named("x2").as_deref(), Some(replaced));
        let labels = |labels: &[&str]| {
            refused(|_, draft| draft.branch_labels = labels.iter().map(|&label| label.to_owned()).collect())
        };
        assert_eq!(labels(&["new", "newer"]), None);
        assert_eq!(labels(&["left"]), taken("left"));
        assert_eq!(labels(&["new", "d1"]), taken("d1"));
        assert_eq!(labels(&["new", "newer", "new"]), taken("new"));
        assert_eq!(labels(&["n1"]), taken("n1"), "its own id");
        assert!(labels(&["x1"]).is_some_and(|error| error.contains("stays reserved")));
        assert!(labels(&["a b"]).is_some_and(|error| error.starts_with("a branch label cannot be so")));
    }

    #[test]
    fn parents_are_heads_that_do_not_lead_to_each_other() {
        let of = |ids: &[&str], splice: bool| {
            refused(|scripts, draft| {
                (draft.parents, draft.splice) = (nodes(scripts, ids), splice);
            })
        };
        assert_eq!(of(&["c1"], false), None);
        assert_eq!(of(&["c1", "d1"], false), None);
        assert_eq!(of(&["b1"], false).as_deref(), Some("revision b1 is not a head"));
        assert_eq!(of(&["b1"], true), None);
        assert_eq!(of(&["c1", "d1", "c1"], false).as_deref(), Some("revision c1 is named twice"));
        let related = Some("c1 comes after a1 already: they cannot both be parents");
        assert_eq!(of(&["a1", "c1"], true).as_deref(), related);
        assert_eq!(of(&["c1", "a1"], true).as_deref(), related);
    }

    #[test]
    fn dependencies_are_written_as_whole_ids_once() {
        let written = |names: &[&str]| {
            let names = || names.iter().map(|&name| name.to_owned()).collect();
            let drafted = drafted(|_, draft| draft.depends_on = names());
            drafted.map(|drafted| drafted.script.depends_on).map_err(|error| error.to_string())
        };
        assert_eq!(written(&["c1", "left@head", "d1"]), Ok(vec!["c1".to_owned(), "d1".to_owned()]));
        assert_eq!(written(&["left"]), Ok(vec!["left".to_owned()]), "a label stays a label");
        assert_eq!(
            written(&["heads"]),
            Err("`heads` is not a single revision, so nothing can depend on it".to_owned())
        );
        assert!(written(&["gone"]).is_err() && written(&["a b"]).is_err());
    }

    #[test]
    fn the_graph_with_it_is_told() {
        let Ok(drafted) = drafted(|scripts, draft| draft.parents = nodes(scripts, &["c1"])) else {
            panic!("it can be made")
        };
        assert_eq!(drafted.script.message, "what it is for");
        assert_eq!(drafted.graph.ids(&drafted.graph.heads()).len(), 3);
        assert!(drafted.graph.find("n1").is_some_and(|node| drafted.graph.is_head(node)));
        let cycle = refused(|_, draft| {
            draft.branch_labels = vec!["mine".to_owned()];
            draft.depends_on = vec!["left".to_owned()];
        });
        assert_eq!(cycle, None);
    }
}
