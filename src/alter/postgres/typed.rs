//! Tables of a composite type (`OF`): they leave their type while their columns are altered by themselves, and join the new
//! one when these are the type's, in its order.

use super::super::{Refusal, Statement};
use super::POSTGRES;
use super::fate::{Fate, Fates};
use super::order::Stage;
use super::sides::Sides;
use super::steps::Steps;
use super::types::of_type;
use crate::catalog::sql::{named, qualified};
use crate::catalog::{ObjectKind, ObjectName, Table};

/// Whether a table is not of one type all the time: it gets or loses its type, or another one takes the name of that.
pub(super) fn changes(sides: &Sides<'_>, fates: &Fates, left: &Table, right: &Table) -> bool {
    let is_swapped = |name: &String| {
        of_type(sides.left, name).is_some_and(|(name, _)| fates.get(name) == Some(&Fate::Swapped))
    };
    left.of_type != right.of_type || left.of_type.as_ref().is_some_and(is_swapped)
}

/// Adds the steps of tables that stay and leave or join a type.
pub(super) fn add(steps: &mut Steps<'_, '_>) {
    let (sides, fates) = (steps.sides(), steps.fates());
    for (name, left, right) in sides.common_tables() {
        if fates.is_away(name) || !changes(sides, fates, left, right) {
            continue;
        }
        let words = format!("ALTER TABLE {}", qualified(POSTGRES, name));
        if left.of_type.is_some() {
            steps.push(name, Stage::Release, vec![Statement::new(name, format!("{words} NOT OF"))]);
        }
        if let Some(of_type) = &right.of_type {
            steps.push(name, Stage::Join, vec![Statement::new(name, format!("{words} OF {of_type}"))]);
        }
    }
}

/// A column that would stand elsewhere than in the type that its table is to be of: the server takes only its order.
pub(super) fn misplaced(
    sides: &Sides<'_>,
    fates: &Fates,
    table: &ObjectName,
    (left, right): (&Table, &Table),
) -> Option<Refusal> {
    if right.of_type.is_none() || !changes(sides, fates, left, right) {
        return None;
    }
    let part = |name: &str| table.part(ObjectKind::Column, name);
    let stays = |name: &&str| !fates.is_away(&part(name)) && fates.get(&part(name)) != Some(&Fate::Comes);
    let (old, new) = (left.columns.iter(), right.columns.iter().map(|one| one.name.as_str()));
    let kept: Vec<&str> = old.map(|one| one.name.as_str()).filter(stays).collect();
    let added: Vec<&str> = new.clone().filter(|name| !kept.contains(name)).collect();
    let (_, column) = kept.into_iter().chain(added).zip(new).find(|(found, wanted)| found != wanted)?;
    Some(Refusal {
        object: part(column),
        reason: "the columns of a table of a type cannot be put in another order".to_owned(),
        ways_on: vec![format!("--rebuild {}", named(table))],
    })
}
