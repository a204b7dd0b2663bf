//! The way from one schema to another and back, found by trying it.

use std::collections::BTreeMap;

use super::ground::Walk;
use super::kept_privileges::with_privileges_of;
use super::{AutogenerateError, Way};
use crate::alter::{self, Alteration, Hints, Keep, Part, Remark, Statement};
use crate::catalog::{Catalog, KeptMark, ObjectName};
use crate::graph::RevisionId;
use crate::script::new_revision_id;

/// How often what still differs is asked for. What a statement does beside its object shows once it has run; what
/// this leads to may do something beside its own.
const ROUNDS: usize = 5;

/// The way from one schema to another, leg by leg.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Course {
    /// The legs, in the order in which they are gone; none where the schemas are equal.
    pub legs: Vec<Leg>,
    /// Whether it has not been tried: its scripts are still to show that it leads there and back.
    pub is_foreseen: bool,
}

/// What one revision does, there and back: the statements of its up and of its down script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leg {
    /// From the schema before it to the one after it.
    pub up: Part,
    /// Back.
    pub down: Part,
    /// The tables that keep what it loses, with what they keep.
    pub kept: Vec<(ObjectName, KeptMark)>,
    /// The revision that it has to be, where its statements name it.
    pub revision: Option<RevisionId>,
}

impl Course {
    /// Whether the schemas are equal, so that no statement is needed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.legs.is_empty()
    }

    /// All statements of the way from the left schema to the right one, in order.
    pub fn statements(&self) -> impl Iterator<Item = &Statement> {
        self.legs.iter().flat_map(|leg| &leg.up.statements)
    }

    /// The statements of the way back, the last leg's first.
    pub fn statements_back(&self) -> impl Iterator<Item = &Statement> {
        self.legs.iter().rev().flat_map(|leg| &leg.down.statements)
    }

    /// The statements of both ways, leg by leg, of each leg up before down: not in the order in which they run.
    pub fn statements_of_both_ways(&self) -> impl Iterator<Item = &Statement> {
        self.legs.iter().flat_map(|leg| leg.up.statements.iter().chain(&leg.down.statements))
    }

    /// The tables in which the course keeps what would be lost, with what they keep.
    pub fn kept(&self) -> impl Iterator<Item = &(ObjectName, KeptMark)> {
        self.legs.iter().flat_map(|leg| &leg.kept)
    }

    /// What is to be said of the statements of the way there: losses, what may fail on rows, locks.
    pub fn remarks(&self) -> impl Iterator<Item = &Remark> {
        self.statements().flat_map(|statement| &statement.remarks)
    }
}

/// A part that has been run, and the schema that it has left.
struct Stretch {
    part: Part,
    after: Catalog,
}

/// Finds the way there and back on a scratch database that has the schema `left`. It has it again afterwards. Where
/// `keeping` names the first revision, what is lost is kept.
///
/// # Errors
/// [`AutogenerateError`] where there is no way, or a statement of one fails.
pub(super) fn find(
    walk: &mut Walk<'_>,
    left: &Catalog,
    right: &Catalog,
    hints: &Hints,
    keeping: Option<&RevisionId>,
) -> Result<Course, AutogenerateError> {
    let there = lead(walk, left.clone(), right, hints, Way::Up)?;
    let mut legs = Vec::with_capacity(there.len());
    for (index, stretch) in there.iter().enumerate().rev() {
        let before = index.checked_sub(1).and_then(|index| there.get(index));
        // The renames are on the first stretch.
        let named = match before {
            Some(_) => Hints { renames: Vec::new(), ..hints.clone() },
            None => hints.reversed(),
        };
        let back = Hints { fills: BTreeMap::new(), online: false, one_part: true, ..named };
        let target = before.map_or(left, |before| &before.after);
        let first = keeping.filter(|_| index == 0).cloned();
        let mut leg = match keeping {
            Some(_) => kept_leg(walk, stretch, target, &back, first)?,
            None => Leg {
                up: stretch.part.clone(),
                down: lead_back(walk, stretch.after.clone(), target, &back)?,
                kept: Vec::new(),
                revision: None,
            },
        };
        if leg.down.statements.is_empty() {
            leg.down = nothing_to_undo(&stretch.part);
        }
        legs.push(leg);
    }
    legs.reverse();
    Ok(Course { legs, is_foreseen: false })
}

/// What undoes a part after which the schema is as before, such as an index built anew: an empty down script would say
/// that the revision cannot be undone.
fn nothing_to_undo(part: &Part) -> Part {
    let remark = Remark::Note("the schema is the same before and after".to_owned());
    let statements =
        part.statements.first().map(|first| Statement::new(&first.object, "SELECT 1").remark(remark));
    Part { statements: statements.into_iter().collect(), ..Part::default() }
}

/// The way there and back, from the two schemas alone; none where something of it shows only when it is tried: renames, what
/// takes several parts, what is refused on the way back.
pub(super) fn foreseen(left: &Catalog, right: &Catalog, hints: &Hints) -> Option<Course> {
    if hints.online || !hints.renames.is_empty() {
        return None;
    }
    let back = Hints { fills: BTreeMap::new(), one_part: true, ..hints.clone() };
    let up = only_part(alter::alter(left, right, hints).ok()?)?;
    let down = only_part(alter::alter(right, left, &back).ok()?)?;
    let leg = Leg { up, down, kept: Vec::new(), revision: None };
    Some(Course { legs: vec![leg], is_foreseen: true })
}

/// The one part of an alteration, which a transaction can run.
fn only_part(alteration: Alteration) -> Option<Part> {
    let mut parts = alteration.parts.into_iter().filter(|part| !part.statements.is_empty());
    let part = parts.next().filter(|part| !part.no_transaction)?;
    parts.next().is_none().then_some(part)
}

/// A leg that keeps what it loses, and its way back, which needs what was kept.
fn kept_leg(
    walk: &mut Walk<'_>,
    stretch: &Stretch,
    before: &Catalog,
    back: &Hints,
    revision: Option<RevisionId>,
) -> Result<Leg, AutogenerateError> {
    let made_up = || new_revision_id().map_err(|error| AutogenerateError::NoRandomness(error.to_string()));
    let revision = revision.map_or_else(made_up, Ok)?;
    let renames: Vec<alter::Rename> = back.renames.iter().rev().map(alter::Rename::reversed).collect();
    let keep = alter::keep((before, &stretch.after), &renames, &stretch.part.statements, revision.as_str())
        .map_err(AutogenerateError::Refused)?;
    let Keep { tables, before: first, behind, back_before, fills, back_into, back_behind } = keep;
    let run = |walk: &mut Walk<'_>, statements: &[Statement]| match statements {
        [] => Ok(()),
        _ => walk.run(&Part { statements: statements.to_vec(), ..Part::default() }),
    };
    run(walk, &back_before)?;
    let mut down = lead_back(walk, stretch.after.clone(), before, &Hints { fills, ..back.clone() })?;
    run(walk, &back_behind)?;
    let mut up = stretch.part.clone();
    up.statements.splice(0..0, first);
    up.statements.extend(behind);
    for (table, statement) in back_into {
        let made = down.statements.iter().position(|one| one.object == table && makes_table(&one.sql));
        down.statements.insert(made.map_or(down.statements.len(), |place| place + 1), statement);
    }
    down.statements.splice(0..0, back_before);
    down.statements.extend(back_behind);
    Ok(Leg { up, down, kept: tables, revision: Some(revision) })
}

fn makes_table(sql: &str) -> bool {
    ["CREATE TABLE ", "CREATE UNLOGGED TABLE "].iter().any(|words| sql.starts_with(words))
}

/// Makes the schema `now` of a scratch database into the earlier one `target`, in one part, and returns the statements.
///
/// # Errors
/// [`AutogenerateError`] where there is no way, or a statement of one fails.
pub(super) fn lead_back(
    walk: &mut Walk<'_>,
    now: Catalog,
    target: &Catalog,
    hints: &Hints,
) -> Result<Part, AutogenerateError> {
    Ok(joined(lead(walk, now, target, hints, Way::Down)?))
}

/// Makes the schema `now` of a scratch database into another.
fn lead(
    walk: &mut Walk<'_>,
    now: Catalog,
    target: &Catalog,
    hints: &Hints,
    way: Way,
) -> Result<Vec<Stretch>, AutogenerateError> {
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut now = now;
    let renames = alter::renames(&now, target, hints).map_err(AutogenerateError::Refused)?;
    let mut kept = None;
    if !renames.is_empty() {
        now = go(walk, Part { statements: renames, ..Part::default() }, &mut stretches)?;
        // Under the new names, since what is renamed may be made again too.
        kept = (hints.ignores_privileges && way == Way::Up).then(|| with_privileges_of(&now, target.clone()));
    }
    let target = kept.as_ref().unwrap_or(target);
    for _ in 0..ROUNDS {
        let target = &*walk.settled(&now, target)?;
        let alteration = alter::alter(&now, target, hints).map_err(AutogenerateError::Refused)?;
        if alteration.is_empty() {
            let differences = walk.differences(target, &now);
            return if differences.is_empty() {
                Ok(stretches)
            } else {
                Err(AutogenerateError::Unsettled { way, differences })
            };
        }
        let parts = alteration.parts.into_iter().filter(|part| !part.statements.is_empty());
        for (index, part) in parts.enumerate() {
            let last = stretches.last_mut().filter(|last| index == 0 && can_join(&last.part, &part));
            now = match last {
                Some(last) => extend(walk, last, part)?,
                None => go(walk, part, &mut stretches)?,
            };
        }
    }
    let target = walk.settled(&now, target)?;
    Err(AutogenerateError::Unsettled { way, differences: walk.differences(&target, &now) })
}

/// Runs a part; the schema afterwards.
fn go(walk: &mut Walk<'_>, part: Part, stretches: &mut Vec<Stretch>) -> Result<Catalog, AutogenerateError> {
    walk.run(&part)?;
    let after = walk.stage.catalog()?;
    stretches.push(Stretch { part, after: after.clone() });
    Ok(after)
}

/// The same where the part can be of the last stretch.
fn extend(walk: &mut Walk<'_>, last: &mut Stretch, part: Part) -> Result<Catalog, AutogenerateError> {
    walk.run(&part)?;
    last.after = walk.stage.catalog()?;
    last.part.statements.extend(part.statements);
    if last.part.title.is_none() {
        last.part.title = part.title;
    }
    Ok(last.after.clone())
}

fn can_join(one: &Part, next: &Part) -> bool {
    !one.no_transaction && !next.no_transaction
}

/// All stretches as one part.
fn joined(stretches: Vec<Stretch>) -> Part {
    let mut whole = Part::default();
    for Stretch { part, .. } in stretches {
        whole.no_transaction |= part.no_transaction;
        whole.statements.extend(part.statements);
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::autogenerate::script_text;
    use crate::catalog::ObjectKind;
    use crate::sql::Dialect;

    #[test]
    fn what_leaves_the_schema_as_it_was_has_a_down_script_that_says_so() {
        let index = ObjectName::new(ObjectKind::Index, Some("s"), "i");
        let statements = vec![Statement::new(&index, "REINDEX INDEX s.i")];
        let part = Part { statements, no_transaction: true, ..Part::default() };
        let down = script_text(Dialect::Postgres, &nothing_to_undo(&part));
        assert_eq!(down, "-- the schema is the same before and after\nSELECT 1;\n");
    }
}
