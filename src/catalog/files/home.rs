//! The file that a new object comes to.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::located::{Located, Root, SqlFile};
use crate::catalog::{Catalog, ObjectKind, ObjectName};

/// The file in which a new object is written down, and where in the order of the files that is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Home {
    /// The file, which may be a new one.
    pub(super) path: PathBuf,
    /// The index of the file among those that are there; none where it is a new one.
    pub(super) behind: Option<usize>,
}

/// The file of a new object: that of its table; where each file has one object of its kind, a new one beside them; else
/// one that has its kind, rather where something is that it stands on; else the last.
pub(super) fn of(
    statements: &[Located],
    roots: &[Root],
    database: &Catalog,
    files: &[SqlFile],
    unit: &ObjectName,
) -> Home {
    let dialect = database.dialect;
    let definitions = || statements.iter().filter(|one| one.subject.is_definition);
    let known = |index: usize| {
        let path = files.get(index).map(|file| file.path.clone()).unwrap_or_default();
        Home { path, behind: Some(index) }
    };
    if let Some(relation) = unit.relation.as_deref() {
        let is_relation = |one: &&Located| {
            let named = |kind| ObjectName::new(kind, unit.schema.as_deref(), relation);
            ObjectKind::RELATIONS.into_iter().any(|kind| one.subject.is(dialect, &named(kind)))
        };
        if let Some(table) = definitions().find(is_relation) {
            return known(table.file);
        }
    }
    let of_kind: Vec<&Located> = definitions().filter(|one| one.subject.kinds.contains(&unit.kind)).collect();
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for one in &of_kind {
        *counts.entry(one.file).or_default() += 1;
    }
    let has_one_each = counts.len() > 1 && counts.values().all(|count| *count == 1);
    if has_one_each && let Some(new) = new_file(&counts, roots, files, unit) {
        return new;
    }
    let needs = database.dependencies.get(unit);
    let is_needed = |one: &&&Located| {
        needs
            .into_iter()
            .flatten()
            .any(|need| one.subject.is(dialect, need) && !dialect.is_same_name(&need.name, &unit.name))
    };
    let found = of_kind.iter().rev().find(is_needed).or(of_kind.last());
    match found {
        Some(one) => known(one.file),
        None if files.is_empty() => {
            let root = roots.first();
            let path = root.map(|root| root.path.clone()).unwrap_or_default();
            let is_folder = root.is_some_and(|root| root.is_folder);
            Home { path: if is_folder { path.join("schema.sql") } else { path }, behind: None }
        }
        None => known(files.len() - 1),
    }
}

/// A file for one object, called as it is, in the folder of the files that have one each.
fn new_file(
    counts: &BTreeMap<usize, usize>,
    roots: &[Root],
    files: &[SqlFile],
    unit: &ObjectName,
) -> Option<Home> {
    let folder = counts.keys().filter_map(|index| files.get(*index)?.path.parent()).next_back()?;
    let is_listed = roots.iter().any(|root| root.is_folder && folder.starts_with(&root.path));
    let is_name = unit.name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    let path = folder.join(format!("{}.sql", unit.name));
    let is_free = !files.iter().any(|file| file.path == path);
    (is_listed && is_name && is_free).then_some(Home { path, behind: None })
}
