//! A baseline, and what the backup gives up, as documents and in sentences.

use serde::Serialize;

use super::count;
use super::path::{self, ShownPath};
use crate::graph::{RevisionId, joined};
use crate::sql::Dialect;
use crate::squash::{Forgettable, Mode, Outcome, Proof, Squash, Treatment, VolatileColumn};

/// What `squash` says of a baseline that it has written, or would write.
#[derive(Debug, Serialize)]
pub struct SquashDocument<'s> {
    /// The baseline's id.
    pub revision: &'s RevisionId,
    /// What its scripts are made of.
    pub mode: Mode,
    /// Whether nothing was written.
    pub dry_run: bool,
    /// All ids that the baseline stands for.
    pub replaces: &'s [RevisionId],
    /// The revisions whose scripts it takes the place of.
    pub originals: &'s [RevisionId],
    /// Its parents.
    pub down_revisions: &'s [RevisionId],
    /// The path of its up script.
    pub up: String,
    /// The path of its down script.
    pub down: String,
    /// The text of its up script.
    pub up_script: &'s str,
    /// The text of its down script.
    pub down_script: &'s str,
    /// Whether it was proved on each kind of database.
    pub proved: bool,
    /// What is known of the baseline on each kind of database.
    pub proofs: Vec<ProofEntry<'s>>,
    /// Why the baseline cannot be undone, where it cannot, by kind of database.
    pub irreversible: Vec<IrreversibleEntry<'s>>,
    /// The revisions that stood on the upper end of the range and now stand on the baseline.
    pub repointed: &'s [RevisionId],
    /// The files that go to the backup.
    pub moved: Vec<MovedEntry>,
    /// The files that are written.
    pub written: Vec<String>,
    /// The heads afterwards.
    pub heads: &'s [RevisionId],
}

/// What is known of a baseline on one kind of database.
#[derive(Debug, Serialize)]
pub struct ProofEntry<'s> {
    /// The kind of database.
    pub dialect: Dialect,
    /// `proved`, `not_asked` or `not_at_hand`.
    pub outcome: &'static str,
    /// What the database calls itself that it was proved on.
    pub version: Option<&'s str>,
    /// The columns with values that differ from replay to replay.
    pub volatile: &'s [VolatileColumn],
    /// What the down script leaves behind.
    pub left_behind: &'s [String],
}

/// That a baseline cannot be undone on one kind of database.
#[derive(Debug, Serialize)]
pub struct IrreversibleEntry<'s> {
    /// The kind of database.
    pub dialect: Dialect,
    /// Why the baseline cannot be undone there.
    pub reason: &'s str,
}

/// A script that a squash moves into the backup.
#[derive(Debug, Serialize)]
pub struct MovedEntry {
    /// Its path before.
    pub from: String,
    /// Its path in the backup.
    pub to: String,
}

impl<'s> SquashDocument<'s> {
    /// The document of a baseline, which was written unless it is a `dry_run`.
    #[must_use]
    pub fn new(made: &'s Squash, dry_run: bool) -> Self {
        let moved = made.files.moves.iter();
        let irreversible = made.irreversible.iter();
        Self {
            revision: &made.revision,
            mode: made.mode,
            dry_run,
            replaces: &made.replaces,
            originals: &made.originals,
            down_revisions: &made.down_revisions,
            up: path::text(&made.up.0),
            down: path::text(&made.down.0),
            up_script: &made.up.1,
            down_script: &made.down.1,
            proved: made.is_proved(),
            proofs: made.proofs.iter().map(ProofEntry::new).collect(),
            irreversible: irreversible
                .map(|(dialect, reason)| IrreversibleEntry { dialect: *dialect, reason })
                .collect(),
            repointed: &made.repointed,
            moved: moved
                .map(|(from, to)| MovedEntry { from: path::text(from), to: path::text(to) })
                .collect(),
            written: made.files.texts.iter().map(|(file, _)| path::text(file)).collect(),
            heads: &made.heads,
        }
    }
}

impl<'s> ProofEntry<'s> {
    fn new(proof: &'s Proof) -> Self {
        let (outcome, version) = match &proof.outcome {
            Outcome::Proved { version } => ("proved", Some(version.as_str())),
            Outcome::NotAsked => ("not_asked", None),
            Outcome::NotAtHand => ("not_at_hand", None),
        };
        Self {
            dialect: proof.dialect,
            outcome,
            version,
            volatile: &proof.volatile,
            left_behind: &proof.left_behind,
        }
    }
}

/// What `squash --forget --json` prints.
#[derive(Debug, Serialize)]
pub struct ForgottenDocument<'s> {
    /// Whether nothing was deleted.
    pub dry_run: bool,
    /// What each baseline's backup gives up.
    pub forgotten: Vec<ForgottenEntry<'s>>,
}

/// What the backup of a baseline gives up.
#[derive(Debug, Serialize)]
pub struct ForgottenEntry<'s> {
    /// The baseline.
    pub baseline: &'s RevisionId,
    /// The revisions that it stands for and whose scripts go.
    pub originals: Vec<&'s RevisionId>,
    /// The paths of these revisions' scripts.
    pub files: Vec<String>,
}

impl<'s> ForgottenDocument<'s> {
    /// Of what the backup keeps, which was deleted unless it is a `dry_run`.
    #[must_use]
    pub fn new(found: &'s [Forgettable], dry_run: bool) -> Self {
        let entry = |one: &'s Forgettable| ForgottenEntry {
            baseline: &one.baseline,
            originals: one.originals.iter().map(|(id, _)| id).collect(),
            files: one.files().map(|file| path::text(file)).collect(),
        };
        Self { dry_run, forgotten: found.iter().map(entry).collect() }
    }
}

/// What there is to say of a baseline that was written, or would be where it is a `dry_run`: what it stands for, what was
/// proved of it, whether it can be undone, and what became of the files and of what stands on it.
#[must_use]
pub fn squash_sentences(made: &Squash, dry_run: bool, shown: ShownPath<'_>) -> Vec<String> {
    let stands = if dry_run { "would stand for" } else { "stands for" };
    let mut said = vec![format!("{} {stands} {}", made.revision, count(made.originals.len(), "revision"))];
    said.extend(made.proofs.iter().flat_map(of_proof));
    let irreversible = made.irreversible.iter();
    said.extend(irreversible.map(|(dialect, reason)| format!("it cannot be undone on {dialect}: {reason}")));
    if let Some((_, first)) = made.files.moves.first() {
        let folder = first.parent().map(shown).unwrap_or_default();
        let moved = if dry_run { "files would be moved to" } else { "files have been moved to" };
        said.push(format!("{} {moved} {folder}", made.files.moves.len()));
    }
    if !made.repointed.is_empty() {
        let stand = if dry_run { "would stand on it" } else { "now stand on it" };
        said.push(format!("{stand}: {}", joined(&made.repointed)));
    }
    said
}

fn of_proof(proof: &Proof) -> Vec<String> {
    let mut said = vec![match &proof.outcome {
        Outcome::Proved { version } => format!("proved equal on {version}"),
        Outcome::NotAsked => format!("not proved on {}", proof.dialect),
        Outcome::NotAtHand => format!("not proved on {}: there is none at hand", proof.dialect),
    }];
    said.extend(proof.volatile.iter().map(of_volatile));
    if !proof.left_behind.is_empty() {
        let left = proof.left_behind.join(", ");
        said.push(format!(
            "its down script leaves behind what those of the originals do on {}: {left}",
            proof.dialect
        ));
    }
    said
}

fn of_volatile(column: &VolatileColumn) -> String {
    let what = match column.treatment {
        Treatment::LeftToDefault => "they are left to its default",
        Treatment::Written => "they are written as they were this time",
        Treatment::ComputedAnew => "they are computed anew",
    };
    format!("values of {} in {} differ from replay to replay; {what}", column.column, column.table)
}

/// How many files the backup has given up, or would give up where it is a `dry_run`, as one sentence.
#[must_use]
pub fn forgotten_sentence(found: &[Forgettable], dry_run: bool) -> String {
    let what = if dry_run { "would be deleted" } else { "have been deleted" };
    match found.iter().map(|one| one.files().count()).sum::<usize>() {
        0 => "the backup keeps nothing of these baselines".to_owned(),
        files => format!("{files} files {what}; their ids stay reserved"),
    }
}
