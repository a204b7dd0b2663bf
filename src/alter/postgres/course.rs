//! From the fates of all objects to all steps.

use super::fate::{Fate, Fates};
use super::order::Stage;
use super::sides::Sides;
use super::steps::Steps;
use super::{grants, handed_down, joining, persistence, rebuild, row_type, typed, types};
use crate::catalog::{ObjectKind, ObjectName};

/// The steps that make the left schema the right one, not yet in order: one or more for each fate.
pub(super) fn steps<'s, 'c>(sides: &'s Sides<'c>, fates: &'s Fates) -> Steps<'s, 'c> {
    let mut steps = Steps::none(sides, fates);
    // What others go and come with is first.
    let (wholes, parts): (Vec<_>, Vec<_>) = fates
        .fates
        .iter()
        .partition(|(name, _)| name.relation.is_none() && name.kind != ObjectKind::Sequence);
    let (columns, parts): (Vec<_>, Vec<_>) =
        parts.into_iter().partition(|(name, _)| name.kind == ObjectKind::Column);
    for (name, fate) in wholes.into_iter().chain(columns).chain(parts) {
        steps.add(name, fate);
    }
    for (name, left, right) in sides.common_tables() {
        if !fates.is_away(name) {
            steps.add_end(name, left, right);
        }
    }
    types::add_steps(&mut steps);
    joining::add(&mut steps);
    typed::add(&mut steps);
    rebuild::add(&mut steps);
    steps.connect();
    handed_down::connect(&mut steps);
    row_type::connect(&mut steps);
    persistence::connect(&mut steps);
    joining::connect(&mut steps);
    steps
}

impl Steps<'_, '_> {
    fn add(&mut self, name: &ObjectName, fate: &Fate) {
        if name.kind == ObjectKind::Column {
            // Its table is made again as a whole.
            let table = self.sides.right.relation_of(name).map(|(table, _)| table);
            if table.is_none_or(|table| self.fates.is_away(table)) {
                return;
            }
            return self.add_column(name, fate);
        }
        match fate {
            Fate::Goes => self.add_drop(name),
            Fate::Comes => self.add_create(name),
            Fate::Renewed => {
                self.add_drop(name);
                self.add_create(name);
            }
            Fate::Stays(statements)
                if name.kind == ObjectKind::Domain && self.fates.released.contains(name) =>
            {
                let (release, statements) = types::released_domain(self.sides, self.fates, name, statements);
                self.push(name, Stage::Release, release);
                self.push(name, Stage::Alter, statements);
            }
            Fate::Stays(statements) => {
                let mut statements = statements.clone();
                let handed_over = grants::split_off(self.sides, self.fates, name, &mut statements);
                if !handed_over.is_empty() {
                    self.push(name, Stage::AtEnd, handed_over);
                }
                self.push(name, Stage::Alter, statements);
            }
            Fate::Swapped => {}
        }
    }
}
