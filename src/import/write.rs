//! From another tool's history to what an import is going to write: ids, places, and what was imported before.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset};

use super::error::Clash;
use super::identifier::{allowed_id, unused_id};
use super::imported::{Import, ImportedFiles};
use super::repair::{Rewritten, Standing, runs_without_transaction, standing};
use super::script::{Converted, Place, convert};
use super::{ImportError, ImportedHistory, ImportedRevision, Kind, Note, Provenance};
use crate::config::Config;
use crate::graph::{NodeIndex, Revision, RevisionGraph, RevisionId, check_label};
use crate::regular_file::{self, is_taken};
use crate::script::{ScriptDirectory, ScriptProblem, ScriptReader, file_stem, heads_path, heads_text, slug};
use crate::sql::Dialect;

impl Import {
    /// Works out what there is to write. `dialect` is the SQL of the files, and `earlier` what becomes of scripts that were
    /// written for another one; `now` dates, in the names of files alone, revisions without a date.
    ///
    /// # Errors
    /// [`ImportError`]; all clashes are told at once.
    pub fn plan(
        history: &ImportedHistory,
        scripts: &ScriptDirectory,
        config: &Config,
        dialect: Dialect,
        earlier: Earlier,
        now: DateTime<FixedOffset>,
    ) -> Result<Self, ImportError> {
        let known = KnownScripts::of(scripts, history.kind)?;
        let mut planner = Planner {
            scripts,
            config,
            dialect,
            earlier,
            now,
            kind: history.kind,
            ids: Ids::new(history, scripts, &known),
            clashes: Vec::new(),
            paths: BTreeSet::new(),
            known_sources: BTreeSet::new(),
            import: Self {
                files: Vec::new(),
                known: Vec::new(),
                rewritten: Vec::new(),
                notes: history.notes.clone(),
                heads: Vec::new(),
                revisions: BTreeMap::new(),
                heads_file: None,
                heads_before: None,
            },
        };
        for revision in &history.revisions {
            planner.add(revision, &known)?;
        }
        planner.finish()
    }
}

/// What becomes of scripts of an earlier import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Earlier {
    /// They stay as they are: the dialect is a guess.
    Keep,
    /// Those that were written for another dialect are written anew, where nobody has edited them.
    Repair,
}

/// The scripts that were imported from a tool before, by the name that it has for them.
struct KnownScripts {
    by_name: BTreeMap<String, (NodeIndex, Provenance)>,
}

impl KnownScripts {
    fn of(scripts: &ScriptDirectory, kind: Kind) -> Result<Self, ImportError> {
        let mut by_name = BTreeMap::new();
        let mut reader = ScriptReader::default();
        for node in scripts.graph().nodes() {
            let text = reader
                .whole(&scripts.script(node).up)
                .map_err(|error| ImportError::Scripts(vec![ScriptProblem::File(error)]))?;
            if let Some(provenance) = Provenance::of_script(text).filter(|found| found.kind == kind) {
                by_name.insert(provenance.name.clone(), (node, provenance));
            }
        }
        Ok(Self { by_name })
    }

    fn find(&self, revision: &ImportedRevision) -> Option<&(NodeIndex, Provenance)> {
        self.by_name.get(&revision.name)
    }
}

/// Which revision each id of the other tool becomes.
struct Ids {
    by_original: BTreeMap<String, RevisionId>,
}

impl Ids {
    /// What was imported before keeps its id; what a squash has put away stands for its baseline.
    fn new(history: &ImportedHistory, scripts: &ScriptDirectory, known: &KnownScripts) -> Self {
        let mut by_original = BTreeMap::new();
        let mut taken = BTreeSet::new();
        for revision in &history.revisions {
            if let Some((node, _)) = known.find(revision) {
                let id = scripts.graph().id(*node);
                taken.insert(id.to_string());
                by_original.insert(revision.id.clone(), id.clone());
            }
        }
        // Ids that stay as they are come first, so that a changed one makes way for them.
        let is_changed = |revision: &&ImportedRevision| allowed_id(&revision.id) != revision.id;
        let (changed, unchanged): (Vec<_>, Vec<_>) = history.revisions.iter().partition(is_changed);
        for revision in unchanged.into_iter().chain(changed) {
            if !by_original.contains_key(&revision.id) {
                let id = unused_id(&revision.id, &taken);
                taken.insert(id.clone());
                by_original.insert(revision.id.clone(), RevisionId::recorded(&id));
            }
        }
        Self { by_original }
    }

    fn of(&self, original: &str) -> RevisionId {
        self.by_original.get(original).cloned().unwrap_or_else(|| RevisionId::recorded(original))
    }
}

struct Planner<'p> {
    scripts: &'p ScriptDirectory,
    config: &'p Config,
    dialect: Dialect,
    earlier: Earlier,
    now: DateTime<FixedOffset>,
    kind: Kind,
    ids: Ids,
    clashes: Vec<Clash>,
    /// Those of the new files.
    paths: BTreeSet<PathBuf>,
    /// The files of what was imported before: what there is to say of them was said then.
    known_sources: BTreeSet<PathBuf>,
    import: Import,
}

impl Planner<'_> {
    fn add(&mut self, revision: &ImportedRevision, known: &KnownScripts) -> Result<(), ImportError> {
        let id = self.ids.of(&revision.id);
        if let Some((node, provenance)) = known.find(revision) {
            self.check_unchanged(revision, *node, provenance);
            // What Alembic renders is not the same each time.
            if self.earlier == Earlier::Repair && self.kind != Kind::Alembic {
                self.repair(revision, *node)?;
            }
            self.keep(revision, id);
            return Ok(());
        }
        if let Some(baseline) = self.scripts.graph().baseline_replacing(id.as_str()) {
            self.keep(revision, baseline.id.clone());
            return Ok(());
        }
        self.check_unused(revision, &id);
        for label in &revision.branch_labels {
            check_label(label).map_err(|source| ImportError::Label { file: source_of(revision), source })?;
        }
        if id.as_str() != revision.id {
            let message = format!("the id `{}` is not allowed: it becomes {id}", revision.id);
            self.import.notes.push(Note::of_file(source_of(revision), message));
        }
        let place = self.place(revision, &id);
        self.tell_of_late_arrival(revision, &place);
        let converted = self.convert(revision, &place)?;
        self.import.notes.extend(converted.notes.iter().cloned());
        let files = self.files(revision, place, converted);
        self.check_paths(revision, &files);
        self.import.revisions.insert(revision.name.clone(), id);
        self.import.files.push(files);
        Ok(())
    }

    fn keep(&mut self, revision: &ImportedRevision, id: RevisionId) {
        self.ids.by_original.insert(revision.id.clone(), id.clone());
        self.import.revisions.insert(revision.name.clone(), id.clone());
        self.known_sources.insert(source_of(revision));
        self.import.known.push(id);
    }

    fn check_unchanged(&mut self, revision: &ImportedRevision, node: NodeIndex, provenance: &Provenance) {
        if provenance.digest != revision.digest {
            self.clashes.push(Clash::Changed {
                source_file: source_of(revision),
                script: self.scripts.script(node).up.clone(),
            });
        }
    }

    /// Notes what is to become of the two scripts of an earlier import.
    fn repair(&mut self, revision: &ImportedRevision, node: NodeIndex) -> Result<(), ImportError> {
        let known = self.scripts.graph().revision(node);
        let place = Place {
            revision: known.id.clone(),
            down_revisions: known.down_revisions.clone(),
            depends_on: known.depends_on.clone(),
        };
        let now = self.convert(revision, &place)?;
        let dialects = [Dialect::Postgres, Dialect::Sqlite].into_iter();
        let others: Vec<Converted> = dialects
            .filter(|dialect| *dialect != self.dialect)
            .filter_map(|dialect| convert(self.kind, revision, &place, dialect).ok())
            .collect();
        let script = self.scripts.script(node);
        self.judge(&place.revision, &script.up, &now.up, others.iter().map(|other| other.up.as_str()))?;
        if let Some(down) = &script.down {
            self.judge(&place.revision, down, &now.down, others.iter().map(|other| other.down.as_str()))?;
        }
        Ok(())
    }

    fn judge<'t>(
        &mut self,
        revision: &RevisionId,
        path: &Path,
        now: &str,
        others: impl Iterator<Item = &'t str>,
    ) -> Result<(), ImportError> {
        let before = regular_file::read_to_string(path)
            .map_err(|source| ImportError::Io { path: path.to_owned(), source })?;
        match standing(&before, now, others) {
            Standing::AsMeant => {}
            Standing::OfAnotherDialect => self.import.rewritten.push(Rewritten {
                revision: revision.clone(),
                path: path.to_owned(),
                before,
                after: now.to_owned(),
            }),
            Standing::EditedAndRunsOtherwise => {
                let how = if runs_without_transaction(now) { "without" } else { "in" };
                let message = format!(
                    "edited since it was imported, and left as it is; the import would now have it run {how} a transaction"
                );
                self.import.notes.push(Note::of_file(path, message));
            }
        }
        Ok(())
    }

    fn convert(&self, revision: &ImportedRevision, place: &Place) -> Result<Converted, ImportError> {
        convert(self.kind, revision, place, self.dialect)
            .map_err(|problem| ImportError::Scripts(vec![problem]))
    }

    fn check_unused(&mut self, revision: &ImportedRevision, id: &RevisionId) {
        let graph = self.scripts.graph();
        let script = |node: NodeIndex| self.scripts.script(node).up.clone();
        let source_file = source_of(revision);
        if let Some(node) = graph.find(id.as_str()) {
            self.clashes.push(Clash::Id { id: id.clone(), source_file, script: script(node) });
        } else if let Some(node) = graph.find_label(id.as_str()) {
            self.clashes.push(Clash::IdIsLabel { id: id.clone(), source_file, script: script(node) });
        }
    }

    fn place(&self, revision: &ImportedRevision, id: &RevisionId) -> Place {
        let mut down_revisions: Vec<RevisionId> = Vec::new();
        for parent in &revision.down_revisions {
            let parent = self.ids.of(parent);
            // Two parents may have become one baseline.
            if !down_revisions.contains(&parent) {
                down_revisions.push(parent);
            }
        }
        let depends_on = revision.depends_on.iter().map(|name| self.ids.of(name).to_string()).collect();
        Place { revision: id.clone(), down_revisions, depends_on }
    }

    /// Where the other tool lets a revision come in between those that were imported already, it makes a branch.
    fn tell_of_late_arrival(&mut self, revision: &ImportedRevision, place: &Place) {
        let graph = self.scripts.graph();
        let has_children =
            |parent: &RevisionId| graph.find(parent.as_str()).is_some_and(|node| !graph.is_head(node));
        if let Some(parent) = place.down_revisions.iter().find(|parent| has_children(parent)) {
            let message =
                format!("it comes after {parent}, on which others stand already: it begins a branch");
            self.import.notes.push(Note::of_file(source_of(revision), message));
        }
    }

    fn files(&self, revision: &ImportedRevision, place: Place, converted: Converted) -> ImportedFiles {
        let folder = self.scripts.locations().first().cloned().unwrap_or_default();
        let created = revision.created.map_or(self.now, |created| self.config.timezone.at(created.to_utc()));
        // The ids of some tools end in the title.
        let whole_slug = format!("_{}", slug(&revision.message, usize::MAX));
        let slug = if place.revision.as_str().to_lowercase().ends_with(&whole_slug) {
            String::new()
        } else {
            slug(&revision.message, self.config.truncate_slug_length)
        };
        let stem = file_stem(self.config, &place.revision, &slug, &created);
        ImportedFiles {
            name: revision.name.clone(),
            message: revision.message.clone(),
            no_transaction: converted.no_transaction,
            irreversible: converted.irreversible,
            up: (folder.join(format!("{stem}.up.sql")), converted.up),
            down: (folder.join(format!("{stem}.down.sql")), converted.down),
            revision: place.revision,
            down_revisions: place.down_revisions,
            depends_on: place.depends_on,
            branch_labels: revision.branch_labels.clone(),
        }
    }

    fn check_paths(&mut self, revision: &ImportedRevision, files: &ImportedFiles) {
        for path in [&files.up.0, &files.down.0] {
            if is_taken(path) || !self.paths.insert(path.clone()) {
                self.clashes.push(Clash::File { source_file: source_of(revision), script: path.clone() });
                return;
            }
        }
    }

    fn finish(mut self) -> Result<Import, ImportError> {
        if !self.clashes.is_empty() {
            return Err(ImportError::Clashes(self.clashes));
        }
        let mut revisions: Vec<Revision> = self.scripts.graph().revisions().cloned().collect();
        revisions.extend(self.import.files.iter().map(as_revision));
        let graph = RevisionGraph::new(revisions).map_err(ImportError::Graph)?;
        self.import.heads = graph.ids(&graph.heads());
        self.import.heads_file = heads_path(self.scripts).map(|path| (path, heads_text(&graph)));
        let heads_file = self.import.heads_file.as_ref();
        self.import.heads_before = heads_file.and_then(|(path, _)| regular_file::read_to_string(path).ok());
        self.import.notes.retain(|note| !self.known_sources.contains(&note.file));
        self.import.notes.sort();
        self.import.notes.dedup();
        Ok(self.import)
    }
}

fn as_revision(files: &ImportedFiles) -> Revision {
    Revision {
        down_revisions: files.down_revisions.clone(),
        depends_on: files.depends_on.clone(),
        branch_labels: files.branch_labels.clone(),
        ..Revision::base(files.revision.clone(), files.up.0.display().to_string())
    }
}

fn source_of(revision: &ImportedRevision) -> PathBuf {
    revision.sources.first().cloned().unwrap_or_default()
}
