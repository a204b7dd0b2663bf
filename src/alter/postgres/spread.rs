//! How what becomes of one object concerns those that need it.

use super::cast;
use super::fate::{Fate, Fates};
use super::sides::{Sides, is_table};
use super::types;
use super::{absence, foreign, handed_down, heritage, row_type};
use crate::catalog::{ConstraintRule, Definition, ObjectKind, ObjectName};

/// Why what needs an object is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Disturbance {
    /// It is dropped for good.
    Gone,
    /// It is away for a while.
    Renewed,
    /// A column: its type changes.
    Retyped,
    /// A type: another one takes its name.
    Swapped,
    /// A composite type: attributes go, or get another type.
    Reshaped,
}

impl Fates {
    /// Finds everything that has to go, to be made again, or to let go of something, because what it needs on the left
    /// side does not stay as it is.
    pub(super) fn spread(&mut self, sides: &Sides<'_>) {
        let disturbed = self.fates.iter().filter_map(|(name, fate)| {
            let disturbance = match fate {
                Fate::Goes => Disturbance::Gone,
                Fate::Renewed => Disturbance::Renewed,
                Fate::Swapped => Disturbance::Swapped,
                Fate::Stays(_)
                    if name.kind == ObjectKind::CompositeType && types::is_reshaped(sides, name) =>
                {
                    Disturbance::Reshaped
                }
                Fate::Comes | Fate::Stays(_) => return None,
            };
            Some((name.clone(), disturbance))
        });
        let retyped = self.retyped.iter().map(|name| (name.clone(), Disturbance::Retyped));
        let mut queue: Vec<_> = disturbed.chain(retyped).collect();
        for check in handed_down::to_be_renewed(sides, self) {
            self.renew(sides, &check, &mut queue);
        }
        for reference in absence::to_be_renewed(sides) {
            self.renew(sides, reference, &mut queue);
        }
        while let Some((name, disturbance)) = queue.pop() {
            for dependent in sides.dependents_of(&name) {
                self.react(sides, dependent, &name, disturbance, &mut queue);
            }
            if disturbance == Disturbance::Renewed && name.kind == ObjectKind::Column {
                for view in row_type::views_in_the_way(sides, self, &name) {
                    self.renew(sides, view, &mut queue);
                }
            }
            if disturbance == Disturbance::Retyped {
                for holder in row_type::in_the_way_of_type(sides, &name) {
                    match holder.kind {
                        ObjectKind::Column => self.retype_with(holder, &mut queue),
                        _ => self.renew(sides, holder, &mut queue),
                    }
                }
                for child in foreign::children(sides, self, &name) {
                    self.renew(sides, &child, &mut queue);
                }
            }
            if matches!(disturbance, Disturbance::Gone | Disturbance::Renewed) {
                for whole in wholes(sides, &name) {
                    let is_left = heritage::has_leaving_table(sides, &name);
                    let table = sides.left.relation_of(&name).map(|(table, _)| table);
                    if !is_left && !table.is_some_and(|table| self.is_away(table)) {
                        self.renew(sides, whole, &mut queue);
                    }
                }
            }
            if matches!(disturbance, Disturbance::Gone | Disturbance::Renewed)
                && ObjectKind::RELATIONS.contains(&name.kind)
            {
                for (part, _) in sides.left.parts_of(&name) {
                    self.renew(sides, part, &mut queue);
                }
            }
        }
    }

    /// Drops it and, where the right side has it, makes it again.
    fn renew(&mut self, sides: &Sides<'_>, name: &ObjectName, queue: &mut Vec<(ObjectName, Disturbance)>) {
        if self.is_away(name) {
            return;
        }
        // What was to be renamed goes and comes instead.
        if let Some(new) = self.renamed.iter().find(|(_, old)| *old == name).map(|(new, _)| new.clone()) {
            self.renamed.remove(&new);
            self.fates.insert(new, Fate::Comes);
        }
        let is_on_right = match name.kind {
            ObjectKind::Column => matches!(sides.columns(name), Some((_, Some(_)))),
            _ => sides.right.objects.contains_key(name),
        };
        let fate = if is_on_right { Fate::Renewed } else { Fate::Goes };
        let disturbance = if is_on_right { Disturbance::Renewed } else { Disturbance::Gone };
        self.retyped.remove(name);
        self.fates.insert(name.clone(), fate);
        queue.push((name.clone(), disturbance));
    }

    /// Has a column turned to the new type that holds rows of a table of which a column gets another type.
    fn retype_with(&mut self, holder: &ObjectName, queue: &mut Vec<(ObjectName, Disturbance)>) {
        if self.is_away(holder) {
            return;
        }
        self.fates.entry(holder.clone()).or_insert_with(|| Fate::Stays(Vec::new()));
        if self.retyped.insert(holder.clone()) {
            queue.push((holder.clone(), Disturbance::Retyped));
        }
    }

    fn react(
        &mut self,
        sides: &Sides<'_>,
        dependent: &ObjectName,
        needed: &ObjectName,
        disturbance: Disturbance,
        queue: &mut Vec<(ObjectName, Disturbance)>,
    ) {
        if self.is_away(dependent) {
            return;
        }
        // What is defined anew lets go of it by itself.
        let lets_go = disturbance == Disturbance::Gone
            && self.redefined.contains(dependent)
            && !sides.is_needed_by(needed, dependent);
        if lets_go {
            return;
        }
        match dependent.kind {
            ObjectKind::Column => self.react_column(sides, dependent, needed, disturbance, queue),
            // Its constraints and its default let go of what they call.
            ObjectKind::Domain
                if matches!(disturbance, Disturbance::Gone | Disturbance::Renewed)
                    && matches!(needed.kind, ObjectKind::Function | ObjectKind::Operator) =>
            {
                self.fates.entry(dependent.clone()).or_insert_with(|| Fate::Stays(Vec::new()));
                self.released.insert(dependent.clone());
            }
            // They hold values of it, which the server alters.
            ObjectKind::CompositeType
            | ObjectKind::Domain
            | ObjectKind::Function
            | ObjectKind::Procedure
            | ObjectKind::Aggregate
                if disturbance == Disturbance::Reshaped => {}
            // It holds no rows, and nothing gives it another server of the same name.
            ObjectKind::ForeignTable
                if needed.kind == ObjectKind::ForeignServer && disturbance == Disturbance::Renewed =>
            {
                self.renew(sides, dependent, queue);
            }
            // Its list and its condition keep columns from being altered.
            ObjectKind::Publication
                if needed.kind == ObjectKind::Column
                    && (disturbance == Disturbance::Renewed
                        || disturbance == Disturbance::Retyped && has_condition(sides, dependent)) =>
            {
                self.renew(sides, dependent, queue);
            }
            // Their columns are told one by one; parents and partitions have statements of their own.
            ObjectKind::Table | ObjectKind::ForeignTable => {}
            // What is dropped leaves them by itself; the rest is altered.
            ObjectKind::Publication | ObjectKind::Sequence | ObjectKind::Schema | ObjectKind::Extension => {}
            ObjectKind::Enum | ObjectKind::Domain | ObjectKind::CompositeType | ObjectKind::RangeType
                if disturbance == Disturbance::Swapped =>
            {
                if self.fates.insert(dependent.clone(), Fate::Swapped) != Some(Fate::Swapped) {
                    queue.push((dependent.clone(), Disturbance::Swapped));
                }
            }
            // Its table leaves the partitioned one, and takes it along.
            ObjectKind::Constraint | ObjectKind::Index
                if wholes(sides, dependent).any(|whole| whole == needed)
                    && heritage::has_leaving_table(sides, dependent) => {}
            // The server makes them again by itself.
            ObjectKind::Constraint | ObjectKind::Index | ObjectKind::Statistics
                if disturbance == Disturbance::Retyped && !is_broken(sides, dependent, needed) => {}
            _ => self.renew(sides, dependent, queue),
        }
    }

    fn react_column(
        &mut self,
        sides: &Sides<'_>,
        column: &ObjectName,
        needed: &ObjectName,
        disturbance: Disturbance,
        queue: &mut Vec<(ObjectName, Disturbance)>,
    ) {
        let Some((Some(left), Some(right))) = sides.columns(column) else { return };
        let is_type = is_table(needed.kind)
            || matches!(
                needed.kind,
                ObjectKind::Enum
                    | ObjectKind::Domain
                    | ObjectKind::CompositeType
                    | ObjectKind::RangeType
                    | ObjectKind::Collation
                    | ObjectKind::View
                    | ObjectKind::MaterializedView
            );
        if left.generated.is_some() && right.generated.is_some() {
            self.renew(sides, column, queue);
        } else if is_type && disturbance == Disturbance::Swapped {
            self.fates.entry(column.clone()).or_insert_with(|| Fate::Stays(Vec::new()));
            if self.retyped.insert(column.clone()) {
                queue.push((column.clone(), Disturbance::Retyped));
            }
        } else if !is_type && left.default.is_some() {
            self.fates.entry(column.clone()).or_insert_with(|| Fate::Stays(Vec::new()));
            self.released.insert(column.clone());
        }
    }
}

/// The index or key of a partitioned table that an index or key of a partition is a part of: it can only be dropped with that.
fn wholes<'c>(sides: &Sides<'c>, part: &ObjectName) -> impl Iterator<Item = &'c ObjectName> + use<'c> {
    let definition = sides.left.objects.get(part).map(|object| &object.definition);
    let is_part = match definition {
        Some(Definition::Index(_)) => true,
        Some(Definition::Constraint(constraint)) => {
            matches!(constraint.rule, ConstraintRule::PrimaryKey(_) | ConstraintRule::Unique(_))
        }
        _ => false,
    };
    let needed = sides.left.dependencies.get(part).filter(|_| is_part).into_iter().flatten();
    needed.filter(|needed| matches!(needed.kind, ObjectKind::Index | ObjectKind::Constraint))
}

/// Whether a publication has only some of the rows of a table.
fn has_condition(sides: &Sides<'_>, publication: &ObjectName) -> bool {
    let definition = sides.left.objects.get(publication).map(|object| &object.definition);
    let Some(Definition::Other(other)) = definition else { return false };
    other.properties.iter().any(|(_, value)| value.as_ref().is_some_and(|value| value.contains(" WHERE (")))
}

/// Whether the server cannot make a constraint again by itself once a column of it, or of the key that it refers to, has its
/// new type: a foreign key between types that cannot be compared or, where a type is swapped, what compares it with another
/// column that is still of the old one.
fn is_broken(sides: &Sides<'_>, constraint: &ObjectName, column: &ObjectName) -> bool {
    let object = sides.left.objects.get(constraint).map(|object| &object.definition);
    let Some(Definition::Constraint(definition)) = object else { return false };
    let Some((Some(left), Some(right))) = sides.columns(column) else { return false };
    let is_swapped = left.data_type == right.data_type && left.collation == right.collation;
    match definition.rule {
        ConstraintRule::ForeignKey(_) => {
            is_swapped
                || !cast::are_comparable(&left.data_type, &right.data_type)
                || left.collation != right.collation
        }
        ConstraintRule::Check { .. } => is_swapped,
        _ => false,
    }
}
