//! Taking over what another tool has applied: version rows and ledger are set to the same point.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use thiserror::Error;

use super::applied::applied_by_tool;
use super::error::AdoptError;
use crate::backend::Backend;
use crate::config::Config;
use crate::execute::{Options, Report, stamp};
use crate::graph::{Follow, NodeSet, RevisionGraph, RevisionId, RevisionSpec};
use crate::import::{Import, ImportError, ImportedHistory, Kind};
use crate::script::{ReadMode, ScriptDirectory, load_environment};
use crate::verify::{Observer, check_stamp};

/// With what version rows and ledger are set to what another tool has applied.
pub struct Adopting<'a> {
    /// The scripts, those of the tool's history among them.
    pub scripts: &'a ScriptDirectory,
    /// The environment of the version rows and the ledger.
    pub config: &'a Config,
    /// How a stamp goes about it.
    pub options: &'a Options,
    /// Whether the schema of the database may be another than what the scripts build.
    pub force: bool,
}

/// What a tool has applied to a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adoption {
    kind: Kind,
    /// The names of the revisions.
    applied: BTreeSet<String>,
}

impl Adoption {
    /// Reads the tool's own table and checks it against the files.
    ///
    /// # Errors
    /// Those of [`applied_by_tool`].
    pub fn read(history: &ImportedHistory, backend: &mut dyn Backend) -> Result<Self, AdoptError> {
        let applied = applied_by_tool(history, backend)?;
        Ok(Self { kind: history.kind, applied: applied.into_iter().map(str::to_owned).collect() })
    }

    /// How many of the tool's migrations it has applied to the database.
    #[must_use]
    pub fn count(&self) -> usize {
        self.applied.len()
    }

    /// Sets version rows and ledger to the same point. `revisions` tells which revision stands for each name.
    ///
    /// # Errors
    /// [`AdoptError::HalfABaseline`], [`AdoptError::Elsewhere`], [`AdoptError::Claim`], and those of a stamp.
    pub fn adopt(
        &self,
        adopting: &Adopting<'_>,
        revisions: &BTreeMap<String, RevisionId>,
        backend: &mut dyn Backend,
        observer: &mut dyn Observer,
    ) -> Result<Report, AdoptError> {
        self.refuse_half_a_baseline(revisions)?;
        let heads = self.heads(adopting.scripts.graph(), revisions);
        let rows = backend.state()?.rows;
        if !rows.is_empty() && rows != heads {
            return Err(AdoptError::Elsewhere { kind: self.kind, rows, heads });
        }
        if heads.is_empty() {
            return Ok(Report::default());
        }
        set_rows(adopting, &heads, backend, observer)
    }

    /// A baseline stands for several migrations, all of which have to be applied before it can be stamped.
    fn refuse_half_a_baseline(&self, revisions: &BTreeMap<String, RevisionId>) -> Result<(), AdoptError> {
        let is_applied = |name: &String| self.applied.contains(name);
        let applied: BTreeSet<&RevisionId> =
            revisions.iter().filter(|(name, _)| is_applied(name)).map(|(_, id)| id).collect();
        let lacking: Vec<(String, RevisionId)> = revisions
            .iter()
            .filter(|(name, id)| applied.contains(id) && !is_applied(name))
            .map(|(name, id)| (name.clone(), id.clone()))
            .collect();
        if lacking.is_empty() { Ok(()) } else { Err(AdoptError::HalfABaseline { kind: self.kind, lacking }) }
    }

    /// The version rows that stand for all that has been applied, sorted.
    fn heads(&self, graph: &RevisionGraph, revisions: &BTreeMap<String, RevisionId>) -> Vec<RevisionId> {
        let ids = self.applied.iter().filter_map(|name| revisions.get(name));
        let nodes = ids.filter_map(|id| graph.find(id.as_str()));
        let applied = NodeSet::of(graph.len(), nodes);
        let mut heads = graph.ids(&graph.tips(&applied, Follow::ParentsAndDependencies));
        heads.sort();
        heads
    }
}

/// Alembic's version rows are revgraph's own. Where the scripts have them all, nothing else need be asked, and only the ledger is
/// brought in line; none where they have not.
///
/// # Errors
/// [`AdoptError::Claim`], and those of a stamp.
pub fn adopt_own_rows(
    adopting: &Adopting<'_>,
    backend: &mut dyn Backend,
    observer: &mut dyn Observer,
) -> Result<Option<Report>, AdoptError> {
    let rows = backend.state()?.rows;
    let is_known = |row: &RevisionId| adopting.scripts.graph().find(row.as_str()).is_some();
    if rows.is_empty() || !rows.iter().all(is_known) {
        return Ok(None);
    }
    set_rows(adopting, &rows, backend, observer).map(Some)
}

/// An adoption of what was just imported that did not happen. The imported scripts are gone again, as far as that was possible.
#[derive(Debug, Error)]
#[error("{error}")]
pub struct NotAdopted {
    /// Why the adoption did not happen.
    pub error: Box<AdoptError>,
    /// Why the imported scripts are still there, where they are.
    pub left: Option<Box<ImportError>>,
}

/// Sets version rows and ledger to what a tool has applied, with the scripts of an import that has just been written. What
/// cannot be adopted is not half imported either: its scripts are taken back.
///
/// # Errors
/// [`NotAdopted`].
pub fn adopt_imported(
    adoption: &Adoption,
    import: &Import,
    (config, options, force): (&Config, &Options, bool),
    backend: &mut dyn Backend,
    observer: &mut dyn Observer,
) -> Result<Report, NotAdopted> {
    let adopted = load_environment(config, ReadMode::Headers).map_err(AdoptError::from).and_then(|scripts| {
        let adopting = Adopting { scripts: &scripts, config, options, force };
        adoption.adopt(&adopting, &import.revisions, backend, observer)
    });
    adopted.map_err(|error| NotAdopted {
        error: Box::new(error),
        left: import.take_back(config).err().map(Box::new),
    })
}

/// Refuses a history of which not all is imported. `folder` is where its files are.
///
/// # Errors
/// [`AdoptError::NotImported`].
pub fn check_imported(import: &Import, kind: Kind, folder: &Path) -> Result<(), AdoptError> {
    let missing: Vec<String> = import.files.iter().map(|files| files.name.clone()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(AdoptError::NotImported { kind, folder: folder.to_owned(), missing })
}

fn set_rows(
    adopting: &Adopting<'_>,
    rows: &[RevisionId],
    backend: &mut dyn Backend,
    observer: &mut dyn Observer,
) -> Result<Report, AdoptError> {
    let Adopting { scripts, config, options, force } = adopting;
    let targets: Vec<RevisionSpec> = rows.iter().map(RevisionSpec::of_id).collect();
    if !force {
        check_stamp(scripts, backend, &targets, false, config, observer)
            .map_err(|error| AdoptError::Claim(Box::new(error)))?;
    }
    stamp(scripts, backend, &targets, false, options).map_err(|error| AdoptError::Execute(Box::new(error)))
}
