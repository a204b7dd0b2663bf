//! Decides what becomes of each object and column: of each by itself, and then of what the fates of others touch.

use std::collections::BTreeSet;

use super::super::Refusal;
use super::fate::{Fate, Fates};
use super::sides::Sides;
use super::types::of_mapping;
use super::way::{BY_HAND, Way};
use super::ways::way;
use super::{column, constraint, foreign, foster, index, rebuild, row_type, serial, unalterable};
use crate::catalog::sql::{is_written, undo_of};
use crate::catalog::{Definition, Object, ObjectKind, ObjectName};

impl Fates {
    /// Decides of everything.
    ///
    /// # Errors
    /// A refusal of each object that no statement leads to.
    pub(super) fn of(sides: &Sides<'_>) -> Result<Self, Vec<Refusal>> {
        let mut fates = Self::default();
        let mut refusals = Vec::new();
        fates.find_renamed(sides);
        let names: BTreeSet<_> = sides.left.objects.keys().chain(sides.right.objects.keys()).collect();
        for name in names {
            fates.decide_object(sides, name, &mut refusals);
        }
        for (table, left, right) in sides.common_tables() {
            for column in left.columns.iter().chain(&right.columns) {
                let name = table.part(ObjectKind::Column, &column.name);
                fates.decide_column(sides, &name);
            }
        }
        let to_be_rebuilt = unalterable::to_be_rebuilt(sides, &fates);
        let named = sides.hints.rebuilds.iter().filter(|one| rebuild::is_distributed_otherwise(sides, one));
        for table in to_be_rebuilt.iter().chain(sides.remade()).chain(named) {
            fates.fates.insert(table.clone(), Fate::Renewed);
        }
        let again = rebuild::partitions(sides, &fates).into_iter();
        for table in again.chain(foreign::to_be_made_again(sides, &fates)) {
            if fates.get(&table) != Some(&Fate::Goes) {
                fates.fates.insert(table, Fate::Renewed);
            }
        }
        row_type::renew_views_of_rewritten(sides, &mut fates);
        fates.spread(sides);
        fates.refuse_what_cannot_be_written(sides, &mut refusals);
        refusals.extend(unalterable::refusals(sides, &fates));
        fates.serials = serial::columns(sides, &fates);
        if refusals.is_empty() { Ok(fates) } else { Err(refusals) }
    }

    /// Constraints and indexes hold no values, so that their renames need nobody's word.
    fn find_renamed(&mut self, sides: &Sides<'_>) {
        for (old, new, statements) in constraint::renamed(sides).into_iter().chain(index::renamed(sides)) {
            self.fates.insert(old.clone(), Fate::Stays(statements));
            self.renamed.insert(new, old);
        }
    }

    fn decide_object(&mut self, sides: &Sides<'_>, name: &ObjectName, refusals: &mut Vec<Refusal>) {
        if self.fates.contains_key(name) || self.renamed.contains_key(name) {
            return;
        }
        // They come and go with it.
        if name.is_members_of_extension() {
            return;
        }
        let fate = match (sides.left.objects.get(name), sides.right.objects.get(name)) {
            (Some(left), Some(right)) if left == right => return,
            (Some(_), Some(_)) if name.is_privilege() && sides.hints.ignores_privileges => return,
            (Some(left), Some(right)) => match way(sides, name, left, right) {
                Way::Equal => return,
                Way::Alter { statements, redefines } => {
                    if redefines {
                        self.redefined.insert(name.clone());
                    }
                    Fate::Stays(statements)
                }
                Way::Renew => Fate::Renewed,
                Way::Swap => Fate::Swapped,
                Way::Refuse(refusal) => {
                    refusals.push(refusal);
                    return;
                }
            },
            (Some(_), None) if name.is_grants() && sides.hints.ignores_privileges => return,
            (Some(_), None) => Fate::Goes,
            (None, Some(_)) => Fate::Comes,
            (None, None) => return,
        };
        self.fates.insert(name.clone(), fate);
    }

    fn decide_column(&mut self, sides: &Sides<'_>, name: &ObjectName) {
        let fate = match sides.columns(name) {
            Some((Some(left), Some(right))) => match column::way(sides, left, right) {
                column::Way::Equal => return,
                column::Way::Alter { .. } if foster::is_handed_over(sides, name, left, right) => {
                    Fate::Renewed
                }
                column::Way::Alter { retypes } => {
                    if retypes {
                        self.retyped.insert(name.clone());
                    }
                    if left.default != right.default {
                        self.redefined.insert(name.clone());
                    }
                    Fate::Stays(Vec::new())
                }
                column::Way::Renew => Fate::Renewed,
            },
            Some((Some(_), None)) => Fate::Goes,
            Some((None, Some(_))) => Fate::Comes,
            _ => return,
        };
        self.fates.insert(name.clone(), fate);
    }

    fn refuse_what_cannot_be_written(&self, sides: &Sides<'_>, refusals: &mut Vec<Refusal>) {
        for (name, fate) in &self.fates {
            // What the database has of that is nobody's to take away.
            if name.is_of_database() && *fate == Fate::Goes {
                continue;
            }
            let made = sides.right.objects.get(name).filter(|_| self.is_made(name));
            let reason = match fate {
                Fate::Goes | Fate::Renewed if cannot_be_dropped(sides, name) => {
                    of_mapping(name).unwrap_or("revgraph cannot drop objects of this kind")
                }
                _ if made.is_some_and(|object| !is_written(object)) => reason_not_written(name, made),
                _ => continue,
            };
            refusals.push(Refusal {
                object: name.clone(),
                reason: reason.to_owned(),
                ways_on: vec![BY_HAND.to_owned()],
            });
        }
    }
}

/// Whether it is of a kind that the model has not, and does not say itself how it is dropped.
fn cannot_be_dropped(sides: &Sides<'_>, name: &ObjectName) -> bool {
    let is_unknown = name.kind == ObjectKind::Unmodelled && !name.is_grants();
    is_unknown && undo_of(sides.left.objects.get(name)).is_none()
}

fn reason_not_written(name: &ObjectName, object: Option<&Object>) -> &'static str {
    match object.map(|object| &object.definition) {
        Some(Definition::Index(_)) => {
            "the index is not valid on the right side, and no statement makes such an index"
        }
        _ => of_mapping(name).unwrap_or("revgraph cannot make objects of this kind"),
    }
}
