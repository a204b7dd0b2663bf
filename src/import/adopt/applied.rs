//! What another tool has applied to a database, by its own table, checked against its files.

use std::collections::{BTreeMap, BTreeSet};

use super::error::{AdoptError, Disagreement};
use super::records::{self, Applied, Record, Records};
use crate::backend::Backend;
use crate::import::flyway::version_parts;
use crate::import::{ImportedHistory, ImportedRevision, Kind};

/// The other tool that has applied something to a database, by its table. Alembic is none: its rows are revgraph's own.
pub fn tool_at_work(backend: &mut dyn Backend) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| *kind != Kind::Alembic && records::has_rows(*kind, backend))
}

/// The revisions of a history that its tool has applied to a database: their
/// [names](ImportedRevision::name), in the order of the history. What an applied one stands on is among them.
///
/// # Errors
/// [`AdoptError`]; all disagreements between table and files are told at once.
pub fn applied_by_tool<'h>(
    history: &'h ImportedHistory,
    backend: &mut dyn Backend,
) -> Result<Vec<&'h str>, AdoptError> {
    let records = Records::read(history, backend)?;
    let mut found: Vec<Disagreement> = records.failed.into_iter().map(Disagreement::Failed).collect();
    let applied = match records.applied {
        Applied::Each(records) => matched(history, &records, &mut found),
        Applied::UpTo(rows) => with_ancestors(history, &rows, &mut found),
    };
    found.extend(holes(history, &applied));
    if found.is_empty() {
        Ok(history
            .revisions
            .iter()
            .filter(|revision| applied.contains(revision.id.as_str()))
            .map(|revision| revision.name.as_str())
            .collect())
    } else {
        Err(AdoptError::Disagreements { kind: history.kind, found })
    }
}

/// The ids of the revisions that rows stand for, one for one.
fn matched<'h>(
    history: &'h ImportedHistory,
    records: &[Record],
    found: &mut Vec<Disagreement>,
) -> BTreeSet<&'h str> {
    let mut by_key: BTreeMap<String, Vec<&ImportedRevision>> = BTreeMap::new();
    for revision in history.revisions.iter().rev() {
        by_key.entry(key(history.kind, &revision.original_id)).or_default().push(revision);
    }
    let mut applied = BTreeSet::new();
    for record in records {
        // Of several with one key, as reworked changes of Sqitch are, the first row is the first in the plan.
        let revision = by_key.get_mut(&key(history.kind, &record.original_id)).and_then(Vec::pop);
        let Some(revision) = revision else {
            found.push(Disagreement::Unknown(record.shown.clone()));
            continue;
        };
        applied.insert(revision.id.as_str());
        let is_same = |recorded: &String| revision.recorded_checksums.contains(recorded);
        if !record.checksum.as_ref().is_none_or(is_same) {
            found.push(Disagreement::Changed {
                name: record.shown.clone(),
                file: revision.sources.first().cloned().unwrap_or_default(),
            });
        }
    }
    applied
}

/// Versions that a tool takes for one have one key.
fn key(kind: Kind, original_id: &str) -> String {
    match kind {
        Kind::Flyway => {
            version_parts(original_id).map_or_else(|| original_id.to_owned(), |parts| format!("{parts:?}"))
        }
        _ => original_id.to_owned(),
    }
}

/// The ids of the revisions that rows name, and of all that they stand on.
fn with_ancestors<'h>(
    history: &'h ImportedHistory,
    rows: &[String],
    found: &mut Vec<Disagreement>,
) -> BTreeSet<&'h str> {
    let mut applied = BTreeSet::new();
    let mut next: Vec<&ImportedRevision> = Vec::new();
    for row in rows {
        match history.revisions.iter().find(|revision| revision.original_id == *row) {
            Some(revision) => next.push(revision),
            None => found.push(Disagreement::Unknown(row.clone())),
        }
    }
    let by_name = by_name(history);
    while let Some(revision) = next.pop() {
        if applied.insert(revision.id.as_str()) {
            next.extend(needs(revision).filter_map(|name| by_name.get(name).copied()));
        }
    }
    applied
}

/// What comes before something applied, and is not.
fn holes(history: &ImportedHistory, applied: &BTreeSet<&str>) -> Vec<Disagreement> {
    let by_name = by_name(history);
    let mut missing: BTreeMap<&str, &ImportedRevision> = BTreeMap::new();
    let mut next: Vec<(&ImportedRevision, &ImportedRevision)> = Vec::new();
    let is_applied = |revision: &&ImportedRevision| applied.contains(revision.id.as_str());
    for revision in history.revisions.iter().filter(is_applied) {
        next.push((revision, revision));
        while let Some((above, revision)) = next.pop() {
            for needed in needs(revision).filter_map(|name| by_name.get(name).copied()) {
                if !is_applied(&needed) && !missing.contains_key(needed.id.as_str()) {
                    missing.insert(&needed.id, above);
                    next.push((above, needed));
                }
            }
        }
    }
    let in_order = history.revisions.iter().filter_map(|revision| {
        let above = missing.get(revision.id.as_str())?;
        Some(Disagreement::Hole { missing: revision.name.clone(), above: above.name.clone() })
    });
    in_order.collect()
}

fn needs(revision: &ImportedRevision) -> impl Iterator<Item = &str> {
    revision.down_revisions.iter().chain(&revision.depends_on).map(String::as_str)
}

/// By id and by branch label.
fn by_name(history: &ImportedHistory) -> BTreeMap<&str, &ImportedRevision> {
    let labels = history
        .revisions
        .iter()
        .flat_map(|revision| revision.branch_labels.iter().map(move |label| (label.as_str(), revision)));
    let ids = history.revisions.iter().map(|revision| (revision.id.as_str(), revision));
    labels.chain(ids).collect()
}
