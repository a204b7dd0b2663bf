//! The statements of every fate, and which must precede which.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::super::Statement;
use super::circles::Circles;
use super::fate::Fates;
use super::names;
use super::order::{Key, Stage, Step, in_order};
use super::sides::Sides;
use crate::catalog::sql::Writer;
use crate::catalog::{Catalog, Definition, ObjectKind, ObjectName, Policy};

/// All steps, with which of them comes before which.
pub(super) struct Steps<'s, 'c> {
    pub(super) sides: &'s Sides<'c>,
    pub(super) fates: &'s Fates,
    pub(super) circles: Circles<'c>,
    /// Writes the objects of the right side.
    pub(super) writer: Writer<'c>,
    /// The columns that are written as `serial`, by the sequences that come with them.
    pub(super) serial_columns: BTreeMap<&'s ObjectName, &'s ObjectName>,
    pub(super) steps: Vec<Step>,
    /// The step in which something is done with an object or column; several share one.
    pub(super) places: HashMap<(ObjectName, Stage), usize>,
    /// Pairs of steps of which the first comes first.
    pub(super) edges: BTreeSet<(usize, usize)>,
    pub(super) frees: BTreeMap<names::Taken, Vec<usize>>,
    pub(super) takes: BTreeMap<names::Taken, Vec<usize>>,
}

impl<'s, 'c> Steps<'s, 'c> {
    /// Begins without steps, for objects whose fates have been decided.
    pub(super) fn none(sides: &'s Sides<'c>, fates: &'s Fates) -> Self {
        Self {
            sides,
            fates,
            circles: Circles::of(sides, fates),
            writer: Writer::of(sides.right).with_serials(fates.serials.keys()),
            serial_columns: fates.serials.iter().map(|(column, sequence)| (sequence, column)).collect(),
            steps: Vec::new(),
            places: HashMap::new(),
            edges: BTreeSet::new(),
            frees: BTreeMap::new(),
            takes: BTreeMap::new(),
        }
    }

    /// The left and the right schema, between which the steps lead.
    pub(super) fn sides(&self) -> &'s Sides<'c> {
        self.sides
    }

    /// What becomes of each object on the way.
    pub(super) fn fates(&self) -> &'s Fates {
        self.fates
    }

    /// The statements of all steps, each behind those that must precede it as far as these do not wait for each other.
    pub(super) fn in_order(self) -> Vec<Statement> {
        in_order(self.steps, &self.edges)
    }

    /// Adds a step for `name` at its stage, and returns its place, by which other steps can follow it.
    pub(super) fn push(&mut self, name: &ObjectName, stage: Stage, statements: Vec<Statement>) -> usize {
        let place = self.steps.len();
        let key = self.key(name, stage);
        self.steps.push(Step { key, statements });
        self.places.insert((name.clone(), stage), place);
        place
    }

    fn key(&self, name: &ObjectName, stage: Stage) -> Key {
        let catalog = if stage == Stage::Drop { self.sides.left } else { self.sides.right };
        let position = match name.kind {
            ObjectKind::Column => catalog
                .relation_of(name)
                .and_then(|(table, _)| catalog.table(table))
                .and_then(|table| table.columns.iter().position(|column| column.name == name.name)),
            // What narrows what can be seen is made first, and dropped last.
            ObjectKind::Policy => {
                let object = catalog.objects.get(name).map(|object| &object.definition);
                let is_permissive =
                    matches!(object, Some(Definition::Policy(Policy { is_permissive: true, .. })));
                Some(usize::from(is_permissive == (stage != Stage::Drop)))
            }
            _ => None,
        };
        Key::of(name, stage, position.unwrap_or_default())
    }

    /// The step of this stage with an object, or with the table that a column is dropped or made with.
    pub(super) fn place(&self, catalog: &Catalog, name: &ObjectName, stage: Stage) -> Option<usize> {
        let own = self.places.get(&(name.clone(), stage));
        if own.is_some() || name.kind != ObjectKind::Column || stage == Stage::Alter {
            return own.copied();
        }
        let (table, _) = catalog.relation_of(name)?;
        self.places.get(&(table.clone(), stage)).copied()
    }

    /// Notes that the step `first` must precede the step `second`, where there are both.
    pub(super) fn before(&mut self, first: Option<usize>, second: Option<usize>) {
        if let (Some(first), Some(second)) = (first, second)
            && first != second
        {
            self.edges.insert((first, second));
        }
    }
}
