//! A course as scripts, before they are written.

use std::path::PathBuf;

use chrono::{DateTime, FixedOffset};

use super::{AutogenerateError, ScriptLeg};
use crate::config::Config;
use crate::graph::{NodeIndex, RevisionId};
use crate::script::{
    Draft, FileChanges, NewRevision, NewScript, ScriptDirectory, heads_path, heads_text, new_revision_id,
};

/// The revision that is wanted. Where it takes several, these are what the first stands on and what all have.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The revision's id; none leaves it to chance.
    pub revision: Option<RevisionId>,
    /// The revision's parents, as nodes of the scripts' graph.
    pub parents: Vec<NodeIndex>,
    /// Whether a parent may have children already.
    pub splice: bool,
    /// What else it needs: ids, their beginnings, labels, `LABEL@head`.
    pub depends_on: Vec<String>,
    /// The labels that the revision gives its branch.
    pub branch_labels: Vec<String>,
    /// The first line of the revision's message.
    pub title: String,
    /// The folder it goes to; none leaves the choice to where its parents are.
    pub folder: Option<PathBuf>,
    /// The time of creation that the revision's header gets.
    pub created: DateTime<FixedOffset>,
}

/// Revisions that are ready to be written.
#[derive(Debug)]
pub struct Drafts {
    /// All scripts, the new ones included.
    pub scripts: ScriptDirectory,
    /// The new ones, in the order in which they are applied.
    pub new: Vec<NewRevision>,
    /// What the up scripts of these are made of: header and statements.
    drafted: Vec<(NewScript, String)>,
}

impl Drafts {
    /// Puts the texts of revisions into scripts. `notes` are lines for the headers, below the title: from what they were made, and
    /// what is known of them.
    ///
    /// # Errors
    /// [`AutogenerateError`] where the revisions do not fit to those that are there.
    pub fn of(
        scripts: &ScriptDirectory,
        config: &Config,
        wanted: &Wanted,
        legs: &[ScriptLeg],
        notes: &str,
    ) -> Result<Self, AutogenerateError> {
        let mut drafts = Self { scripts: scripts.clone(), new: Vec::new(), drafted: Vec::new() };
        for leg in legs {
            let title = match (&leg.title, legs.len()) {
                (Some(title), 2..) => format!("{} ({title})", wanted.title),
                _ => wanted.title.clone(),
            };
            let draft = drafts.next(wanted, leg.revision.clone(), format!("{title}\n\n{notes}"))?;
            drafts.add(config, draft, (&leg.up, &leg.down))?;
        }
        Ok(drafts)
    }

    /// The draft of the revision that comes next; `named` is its id where its scripts name it.
    fn next(
        &self,
        wanted: &Wanted,
        named: Option<RevisionId>,
        message: String,
    ) -> Result<Draft, AutogenerateError> {
        let random = || new_revision_id().map_err(|error| AutogenerateError::NoRandomness(error.to_string()));
        let before = self.new.last().map(|last| &last.revision.id);
        let draft = Draft {
            revision: named.map_or_else(random, Ok)?,
            parents: Vec::new(),
            splice: false,
            depends_on: Vec::new(),
            branch_labels: Vec::new(),
            message,
            folder: wanted.folder.clone(),
            created: wanted.created,
        };
        Ok(match before {
            Some(before) => {
                let parent = self.scripts.graph().find(before.as_str());
                Draft { parents: parent.into_iter().collect(), ..draft }
            }
            None => Draft {
                revision: wanted.revision.clone().unwrap_or(draft.revision),
                parents: wanted.parents.clone(),
                splice: wanted.splice,
                depends_on: wanted.depends_on.clone(),
                branch_labels: wanted.branch_labels.clone(),
                ..draft
            },
        })
    }

    fn add(
        &mut self,
        config: &Config,
        draft: Draft,
        (up, down): (&str, &str),
    ) -> Result<(), AutogenerateError> {
        let drafted = self.scripts.draft(&draft)?;
        let (script, folder) = (drafted.script, drafted.folder);
        script.check()?;
        let (up_path, down_path) = script.unused_paths(config, &folder)?;
        let source = up_path.strip_prefix(&config.directory).unwrap_or(&up_path).display().to_string();
        let title = script.message.lines().next().unwrap_or_default();
        let down = format!("-- undoes {}: {title}\n\n{down}", script.revision);
        let new = NewRevision {
            revision: crate::graph::Revision { source, ..script.as_revision() },
            up: (up_path, format!("{}{up}", script.header(&[])).into()),
            down: (down_path, down.into()),
            message: script.message.clone(),
        };
        self.scripts = self.scripts.with_revision(new.clone()).map_err(AutogenerateError::Graph)?;
        self.new.push(new);
        self.drafted.push((script, up.to_owned()));
        Ok(())
    }

    /// Says other notes in the headers than before: what is known only once the scripts have been tried.
    ///
    /// # Errors
    /// [`AutogenerateError::NewScript`] where a header cannot hold them.
    pub fn note(&mut self, notes: &str) -> Result<(), AutogenerateError> {
        for (new, (script, up)) in self.new.iter_mut().zip(&mut self.drafted) {
            let title = script.message.lines().next().unwrap_or_default();
            script.message = format!("{title}\n\n{notes}");
            script.check()?;
            new.message.clone_from(&script.message);
            new.up.1 = format!("{}{up}", script.header(&[])).into();
        }
        Ok(())
    }

    /// The nodes of the new revisions in the graph of [`Drafts::scripts`], in their order.
    #[must_use]
    pub fn nodes(&self) -> Vec<NodeIndex> {
        let find = |new: &NewRevision| self.scripts.graph().find(new.revision.id.as_str());
        self.new.iter().filter_map(find).collect()
    }

    /// The files that are to be written with their texts: both scripts of each new revision, and the heads file where
    /// there is one to keep.
    #[must_use]
    pub fn files(&self) -> FileChanges {
        let scripts = self.new.iter().flat_map(|new| [&new.up, &new.down]);
        let mut texts: Vec<(PathBuf, String)> =
            scripts.map(|(path, text)| (path.clone(), text.to_string())).collect();
        texts.extend(heads_path(&self.scripts).map(|path| (path, heads_text(self.scripts.graph()))));
        FileChanges { texts, ..FileChanges::default() }
    }
}
