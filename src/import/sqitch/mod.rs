//! Sqitch: `sqitch.plan`, with scripts in `deploy` and `revert`. As `lib/App/Sqitch/Plan.pm` of Sqitch 1 reads it.
//!
//! Changes are deployed in the order of the plan, so each stands on the one before it; what a change requires besides
//! becomes a dependency.

mod configuration;
mod plan;

use std::path::{Path, PathBuf};

use sha1::{Digest as _, Sha1};

use super::error::{Fault, ImportError};
use super::files::{SourceFile, read_source};
use super::history::chain;
use super::{ImportedDown, ImportedHistory, ImportedRevision, ImportedScript, Kind, Note};
use crate::hex;
use configuration::Configuration;
use plan::{Change, Plan, Requirement};

/// Reads the plan and the scripts of a project of Sqitch's.
///
/// # Errors
/// [`ImportError`] of a folder or file that cannot be read, and [`ImportError::Broken`] with all faults of the files.
pub(super) fn read(folder: &Path) -> Result<ImportedHistory, ImportError> {
    let configuration = Configuration::read(folder)?;
    let empty = || ImportedHistory {
        kind: Kind::Sqitch,
        dialect: configuration.dialect,
        revisions: Vec::new(),
        notes: Vec::new(),
        summary: None,
    };
    if !configuration.plan_file.is_file() {
        return Ok(empty());
    }
    let file = read_source(&configuration.plan_file)?;
    let plan = Plan::parse(&file).map_err(|faults| ImportError::Broken(Kind::Sqitch, faults))?;
    let mut reader =
        Reader { plan: &plan, configuration: &configuration, notes: Vec::new(), faults: Vec::new() };
    let mut revisions = Vec::with_capacity(plan.changes.len());
    for (index, change) in plan.changes.iter().enumerate() {
        revisions.extend(reader.revision(index, change)?);
    }
    reader.tell_of_tags_and_verify_scripts();
    if !reader.faults.is_empty() {
        return Err(ImportError::Broken(Kind::Sqitch, reader.faults));
    }
    let notes = reader.notes;
    chain(&mut revisions);
    for revision in &mut revisions {
        // A parent is applied before anyway.
        let ImportedRevision { depends_on, down_revisions, .. } = revision;
        depends_on.retain(|required| !down_revisions.contains(required));
    }
    Ok(ImportedHistory { revisions, notes, ..empty() })
}

struct Reader<'r> {
    plan: &'r Plan,
    configuration: &'r Configuration,
    notes: Vec<Note>,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    /// None where a file is missing, which is then a fault.
    fn revision(&mut self, index: usize, change: &Change) -> Result<Option<ImportedRevision>, ImportError> {
        let id = self.plan.key(index);
        let deploy_path = self.script_path(&self.configuration.deploy_folder, index);
        if !deploy_path.is_file() {
            let message = format!("there is no {} for {}", deploy_path.display(), change.name);
            self.faults.push(Fault::of_line(&self.plan.path, change.line, message));
            return Ok(None);
        }
        let deploy = read_source(&deploy_path)?;
        let revert_path = self.script_path(&self.configuration.revert_folder, index);
        let revert = if revert_path.is_file() { Some(read_source(&revert_path)?) } else { None };
        let down = match &revert {
            Some(file) => ImportedDown::Script(ImportedScript::of_file(file)),
            None => ImportedDown::Irreversible("Sqitch had no revert script".to_owned()),
        };
        let message = if change.note.is_empty() { change.name.clone() } else { change.note.clone() };
        let sources: Vec<&SourceFile> = std::iter::once(&deploy).chain(&revert).collect();
        let up = ImportedScript::of_file(&deploy);
        let mut revision = ImportedRevision::new(&id, &id, message, up, down, &sources);
        revision.original_id = format!("{}:{}", self.plan.project, change.name);
        revision.created = Some(change.planned);
        revision.recorded_checksums = vec![script_hash(&deploy.bytes())];
        revision.depends_on = self.requirements(index, change);
        self.tell_of_conflicts(change);
        Ok(Some(revision))
    }

    /// A change that was reworked later has its scripts under its name with the tag that stood before the rework.
    fn script_path(&self, folder: &Path, index: usize) -> PathBuf {
        folder.join(format!("{}.{}", self.plan.key(index), self.configuration.extension))
    }

    fn requirements(&mut self, index: usize, change: &Change) -> Vec<String> {
        let mut required: Vec<String> = Vec::new();
        for requirement in &change.requires {
            match requirement {
                Requirement::OtherProject(name) => {
                    let message =
                        format!("what {} requires of another project is left out: {name}", change.name);
                    self.notes.push(Note::of_line(&self.plan.path, change.line, message));
                }
                Requirement::Here { change: name, tag } => {
                    match self.plan.find(name.as_deref(), tag.as_deref(), index) {
                        Some(found) if !required.contains(&self.plan.key(found)) => {
                            required.push(self.plan.key(found));
                        }
                        Some(_) => {}
                        None => {
                            let message = format!(
                                "{} requires {requirement}, which does not come before it",
                                change.name
                            );
                            self.faults.push(Fault::of_line(&self.plan.path, change.line, message));
                        }
                    }
                }
            }
        }
        required
    }

    fn tell_of_conflicts(&mut self, change: &Change) {
        for conflict in &change.conflicts {
            let message = format!("that {} conflicts with {conflict} is left out", change.name);
            self.notes.push(Note::of_line(&self.plan.path, change.line, message));
        }
    }

    fn tell_of_tags_and_verify_scripts(&mut self) {
        for tag in &self.plan.tags {
            let message = format!("the tag @{} is left out", tag.name);
            self.notes.push(Note::of_line(&self.plan.path, tag.line, message));
        }
        for (index, change) in self.plan.changes.iter().enumerate() {
            if self.plan.key(index) != change.name {
                let message =
                    format!("{} was reworked later: this one becomes {}", change.name, self.plan.key(index));
                self.notes.push(Note::of_line(&self.plan.path, change.line, message));
            }
        }
        if self.configuration.verify_folder.is_dir() {
            let message = "left out: revgraph has no verify scripts; see revgraph verify";
            self.notes.push(Note::of_file(&self.configuration.verify_folder, message));
        }
    }
}

/// SHA-1 of the deploy script, as in `changes.script_hash` of the registry.
fn script_hash(script: &[u8]) -> String {
    hex::encode(Sha1::digest(script))
}
