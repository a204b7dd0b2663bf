//! Which steps must precede which, by what needs what on both sides.

use std::collections::{BTreeSet, HashMap};

use super::fate::Fate;
use super::mention;
use super::order::Stage;
use super::sides::{is_table, rule_of};
use super::steps::Steps;
use crate::catalog::sql::Partitions;
use crate::catalog::{Catalog, ConstraintRule, Definition, ObjectKind, ObjectName};

impl Steps<'_, '_> {
    /// Notes which of the steps must precede which, by the dependencies of both sides, names that are freed and taken,
    /// and whatever dependencies do not tell.
    pub(super) fn connect(&mut self) {
        for (object, needed) in pairs(self.sides.left) {
            self.connect_left(object, needed);
        }
        for (object, needed) in pairs(self.sides.right) {
            self.connect_right(object, needed);
        }
        let names: Vec<ObjectName> = self.fates.fates.keys().cloned().collect();
        for name in &names {
            let place = |stage| self.places.get(&(name.clone(), stage)).copied();
            let (drop, release) = (place(Stage::Drop), place(Stage::Release));
            let (alter, create) = (place(Stage::Alter), place(Stage::Create));
            let silent: Vec<_> = match self.goes_silently(name) {
                true => self
                    .away_columns_of(name)
                    .map(|column| self.places.get(&(column.clone(), Stage::Drop)).copied())
                    .collect(),
                false => Vec::new(),
            };
            self.before(drop, create);
            self.before(release, alter);
            for column in silent {
                self.before(column, create);
            }
        }
        self.connect_fills();
        self.connect_partitions();
        self.connect_sequences();
        self.connect_names();
        self.connect_mentions();
    }

    /// A key that some partitions have no part in comes behind all of them: attached to a table that has it, they would get
    /// one.
    fn connect_partitions(&mut self) {
        let right = self.sides.right;
        let partitions = Partitions::of(right);
        for (name, object) in &right.objects {
            let (Definition::Constraint(constraint), Some((table, _))) =
                (&object.definition, right.relation_of(name))
            else {
                continue;
            };
            if !partitions.lack_part_of(name, constraint) {
                continue;
            }
            let key = self.place(right, name, Stage::Create);
            for partition in partitions.of_table(table) {
                self.before(self.place(right, partition, Stage::Create), key);
            }
        }
    }

    /// A sequence that stays has another owner before the one that it had is dropped.
    fn connect_sequences(&mut self) {
        let (left, right) = (self.sides.left, self.sides.right);
        for (name, object) in &right.objects {
            let Definition::Sequence(sequence) = &object.definition else { continue };
            if self.fates.is_away(name) {
                continue;
            }
            let Some(old) = self.owner_of_sequence(name) else { continue };
            let new = sequence.owned_by.as_ref().and_then(|column| self.sides.right_column_named(column));
            let handed = new.and_then(|column| self.place(right, &column, Stage::Create));
            let handed = handed.or_else(|| self.place(right, name, Stage::Alter));
            self.before(handed, self.place(left, &old, Stage::Drop));
        }
    }

    /// What frees a name comes before what takes it.
    fn connect_names(&mut self) {
        for (taken, takers) in std::mem::take(&mut self.takes) {
            for freer in self.frees.get(&taken).cloned().unwrap_or_default() {
                for taker in &takers {
                    self.before(Some(freer), Some(*taker));
                }
            }
        }
    }

    /// What the body of a routine mentions comes before it, unless it needs the routine in turn: whatever calls the
    /// routine on the way must find it.
    fn connect_mentions(&mut self) {
        let right = self.sides.right;
        let mut followers: HashMap<usize, Vec<usize>> = HashMap::new();
        for (first, second) in &self.edges {
            followers.entry(*first).or_default().push(*second);
        }
        for (routine, other) in mention::mentions(self.sides, self.fates) {
            let defined = [Stage::Create, Stage::Alter].map(|stage| self.place(right, routine, stage));
            let routine = defined.into_iter().flatten().next();
            let (Some(routine), Some(other)) = (routine, self.place(right, other, Stage::Create)) else {
                continue;
            };
            if !leads_to(&followers, routine, other) {
                self.before(Some(other), Some(routine));
                followers.entry(other).or_default().push(routine);
            }
        }
    }

    /// `object` needs `needed` on the left side.
    fn connect_left(&mut self, object: &ObjectName, needed: &ObjectName) {
        let left = self.sides.left;
        let place = |steps: &Self, name, stage| steps.place(left, name, stage);
        let drop = place(self, object, Stage::Drop);
        let needed_drop = place(self, needed, Stage::Drop);
        self.before(drop, needed_drop);
        self.before(drop, place(self, needed, Stage::Alter));
        if needed.kind != ObjectKind::Column && self.goes_silently(object) {
            // It is there as long as the columns that take it along.
            let columns: Vec<Option<usize>> = self
                .away_columns_of(object)
                .map(|column| self.places.get(&(column.clone(), Stage::Drop)).copied())
                .collect();
            for column in columns {
                self.before(column, needed_drop);
            }
        }
        let release = self.places.get(&(object.clone(), Stage::Release)).copied();
        self.before(release, needed_drop);
        // Without its default a column still is of its type.
        let is_of_it = is_type(needed.kind) && self.fates.retyped.contains(object);
        if (release.is_none() || is_of_it)
            && self.fates.get(needed) != Some(&Fate::Renewed)
            && is_told(object, needed)
        {
            self.before(place(self, object, Stage::Alter), needed_drop);
        }
    }

    /// `object` needs `needed` on the right side.
    fn connect_right(&mut self, object: &ObjectName, needed: &ObjectName) {
        let right = self.sides.right;
        let old_name = |name: &ObjectName| self.fates.renamed.get(name).unwrap_or(name).clone();
        let (object, needed) = (old_name(object), old_name(needed));
        let create = self.place(right, &object, Stage::Create);
        let alter = self.place(right, &object, Stage::Alter).filter(|_| is_told(&object, &needed));
        let needed_create = self.place(right, &needed, Stage::Create);
        let needed_alter = self.place(right, &needed, Stage::Alter);
        for (first, second) in
            [(needed_create, create), (needed_alter, create), (needed_create, alter), (needed_alter, alter)]
        {
            self.before(first, second);
        }
        // An index of a partitioned table is none before those of all partitions are there.
        let is_reference = matches!(rule_of(right, &object), Some(ConstraintRule::ForeignKey(_)));
        if needed.kind == ObjectKind::Index && is_reference {
            for part in self.sides.parts_of_index(&needed).filter(|part| **part != object) {
                self.before(self.place(right, part, Stage::Create), create);
            }
        }
    }

    /// What fills a column can read those that go.
    fn connect_fills(&mut self) {
        for name in self.sides.hints.fills.keys() {
            let filled = [Stage::Create, Stage::Alter]
                .into_iter()
                .find_map(|stage| self.places.get(&(name.clone(), stage)).copied());
            let dropped: Vec<usize> = self
                .places
                .iter()
                .filter(|((other, stage), _)| {
                    *stage == Stage::Drop
                        && other.kind == ObjectKind::Column
                        && other.relation == name.relation
                        && other.schema == name.schema
                        && self.fates.get(other) == Some(&Fate::Goes)
                })
                .map(|(_, place)| *place)
                .collect();
            for drop in dropped {
                self.before(filled, Some(drop));
            }
        }
    }
}

/// Whether one step must come before another, by these followers.
fn leads_to(followers: &HashMap<usize, Vec<usize>>, from: usize, to: usize) -> bool {
    let mut seen = BTreeSet::from([from]);
    let mut queue = vec![from];
    while let Some(step) = queue.pop() {
        if step == to {
            return true;
        }
        queue.extend(followers.get(&step).into_iter().flatten().filter(|next| seen.insert(**next)));
    }
    false
}

/// Whether a table that stays needs something as a whole: what its columns need is told of them.
fn is_told(object: &ObjectName, needed: &ObjectName) -> bool {
    !is_table(object.kind) || is_table(needed.kind) || needed.kind == ObjectKind::CompositeType
}

/// What needs what, parts their relations too.
fn pairs(catalog: &Catalog) -> impl Iterator<Item = (&ObjectName, &ObjectName)> {
    let told =
        catalog.dependencies.iter().flat_map(|(name, needed)| needed.iter().map(move |one| (name, one)));
    let parts = catalog.objects.keys().filter_map(|name| Some((name, catalog.relation_of(name)?.0)));
    told.chain(parts)
}

/// Whether a kind is one of types that columns are of, beside the rows of tables.
fn is_type(kind: ObjectKind) -> bool {
    matches!(kind, ObjectKind::Enum | ObjectKind::Domain | ObjectKind::CompositeType | ObjectKind::RangeType)
}
