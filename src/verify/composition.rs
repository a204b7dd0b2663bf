//! What sets of revisions build that no replay in one order passes through: the changes of each, put together.

use std::collections::BTreeMap;

use crate::catalog::{Catalog, Column, CompareOptions, Definition, Object, ObjectKind, ObjectName, compare};
use crate::graph::{Follow, NodeIndex, NodeSet, RevisionGraph};
use crate::sql::Dialect;

/// The kinds of what has columns.
const WITH_COLUMNS: [ObjectKind; 2] = [ObjectKind::Table, ObjectKind::ForeignTable];

/// An object, a table without its columns; or a column.
#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Object(Box<Object>),
    Column(Box<Column>),
}

/// A schema in pieces, each of which a revision can change alone.
#[derive(Debug, Clone)]
pub(super) struct Pieces {
    dialect: Dialect,
    pieces: BTreeMap<ObjectName, Piece>,
}

/// What a revision changes: the pieces as they are after it, none for those that are gone.
type Change = BTreeMap<ObjectName, Option<Piece>>;

impl Pieces {
    pub(super) fn of(catalog: &Catalog) -> Self {
        let mut pieces = BTreeMap::new();
        for (name, object) in &catalog.objects {
            let mut object = object.clone();
            if let Definition::Table(table) = &mut object.definition {
                for column in std::mem::take(&mut table.columns) {
                    let part = name.part(ObjectKind::Column, &column.name);
                    pieces.insert(part, Piece::Column(Box::new(column)));
                }
            }
            pieces.insert(name.clone(), Piece::Object(Box::new(object)));
        }
        Self { dialect: catalog.dialect, pieces }
    }

    /// The whole; the columns of a table are in the order of their names.
    fn catalog(&self) -> Catalog {
        let mut catalog = Catalog::empty(self.dialect);
        for (name, piece) in &self.pieces {
            if let Piece::Object(object) = piece {
                catalog.objects.insert(name.clone(), (**object).clone());
            }
        }
        for (name, piece) in &self.pieces {
            let (Piece::Column(column), Some(relation)) = (piece, &name.relation) else { continue };
            for kind in WITH_COLUMNS {
                let table = ObjectName::new(kind, name.schema.as_deref(), relation);
                let object = catalog.objects.get_mut(&table).map(|object| &mut object.definition);
                if let Some(Definition::Table(table)) = object {
                    table.columns.push((**column).clone());
                }
            }
        }
        catalog
    }

    fn change_to(&self, after: &Self) -> Change {
        let mut change = Change::new();
        for (name, piece) in &after.pieces {
            if self.pieces.get(name) != Some(piece) {
                change.insert(name.clone(), Some(piece.clone()));
            }
        }
        for name in self.pieces.keys().filter(|name| !after.pieces.contains_key(*name)) {
            change.insert(name.clone(), None);
        }
        change
    }

    fn apply(&mut self, change: &Change) {
        for (name, piece) in change {
            match piece {
                Some(piece) => self.pieces.insert(name.clone(), piece.clone()),
                None => self.pieces.remove(name),
            };
        }
    }

    /// Whether a piece is as a change leaves it, in whatever spelling.
    fn has(&self, name: &ObjectName, left: Option<&Piece>) -> bool {
        match (self.pieces.get(name), left) {
            (None, None) => true,
            (Some(own), Some(left)) => own == left || self.is_equal(name, own, left),
            _ => false,
        }
    }

    fn is_equal(&self, name: &ObjectName, left: &Piece, right: &Piece) -> bool {
        let alone = |piece: &Piece| {
            let mut pieces = BTreeMap::from([(name.clone(), piece.clone())]);
            if let (Piece::Column(_), Some(relation)) = (piece, &name.relation) {
                for kind in WITH_COLUMNS {
                    let table = ObjectName::new(kind, name.schema.as_deref(), relation);
                    let of_table = self.pieces.get(&table).cloned();
                    pieces.extend(of_table.map(|piece| (table, piece)));
                }
            }
            Self { dialect: self.dialect, pieces }.catalog()
        };
        compare(&alone(left), &alone(right), &CompareOptions::default()).is_empty()
    }
}

/// What each revision of a replay has changed.
#[derive(Debug)]
pub(super) struct Composition<'g> {
    graph: &'g RevisionGraph,
    base: Pieces,
    last: Pieces,
    /// In the order of the replay.
    changes: Vec<(NodeIndex, Change)>,
}

impl<'g> Composition<'g> {
    /// Nothing has been applied to `base`.
    pub(super) fn new(graph: &'g RevisionGraph, base: &Catalog) -> Self {
        let base = Pieces::of(base);
        Self { graph, last: base.clone(), base, changes: Vec::new() }
    }

    /// `node` has been applied, and `after` is what it left.
    pub(super) fn add(&mut self, node: NodeIndex, after: &Catalog) {
        let after = Pieces::of(after);
        self.changes.push((node, self.last.change_to(&after)));
        self.last = after;
    }

    /// The revisions that have left their mark on `actual`, with all that they need, and what they build together.
    pub(super) fn marks_on(&self, actual: &Catalog) -> (NodeSet, Catalog) {
        let actual = Pieces::of(actual);
        let mut applied = NodeSet::with_capacity(self.graph.len());
        for (node, change) in &self.changes {
            let makes_something = change.values().any(Option::is_some);
            if makes_something && change.iter().all(|(name, piece)| actual.has(name, piece.as_ref())) {
                applied.union_with(&self.graph.ancestors([*node], Follow::ParentsAndDependencies));
            }
        }
        self.add_removals(&mut applied, &actual);
        let built = self.built_by(&applied).catalog();
        (applied, built)
    }

    /// Adds revisions that take away what those below them have made, and is not there.
    fn add_removals(&self, applied: &mut NodeSet, actual: &Pieces) {
        for (node, change) in &self.changes {
            let below = self.graph.below(*node, Follow::ParentsAndDependencies);
            let can_follow = !applied.contains(*node) && below.iter().all(|below| applied.contains(*below));
            if !can_follow || change.is_empty() || change.values().any(Option::is_some) {
                continue;
            }
            let built = self.built_by(applied);
            let takes_away =
                |name: &ObjectName| built.pieces.contains_key(name) && !actual.pieces.contains_key(name);
            if change.keys().all(takes_away) {
                applied.insert(*node);
            }
        }
    }

    fn built_by(&self, applied: &NodeSet) -> Pieces {
        let mut built = self.base.clone();
        for (node, change) in &self.changes {
            if applied.contains(*node) {
                built.apply(change);
            }
        }
        built
    }
}
