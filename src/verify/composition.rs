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
    /// Takes a catalog apart: each object is a piece, and each column of a table one of its own.
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
    /// Begins with the schema of the database to which nothing has been applied, from which what each
    /// revision changes is told.
    pub(super) fn new(graph: &'g RevisionGraph, base: &Catalog) -> Self {
        let base = Pieces::of(base);
        Self { graph, last: base.clone(), base, changes: Vec::new() }
    }

    /// Notes what the revision at `node` has changed: `after` is the schema that it left, and the last one added what
    /// it found.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Table;
    use crate::graph::tests::graph;

    /// Tables as `NAME COLUMN:TYPE…`.
    fn schema(tables: &[&str]) -> Catalog {
        let mut catalog = Catalog::empty(Dialect::Postgres);
        for text in tables {
            let mut words = text.split(' ');
            let name = ObjectName::new(ObjectKind::Table, Some("s"), words.next().unwrap_or_default());
            let columns = words.map(|word| {
                let (name, data_type) = word.split_once(':').unwrap_or((word, "integer"));
                Column { name: name.to_owned(), data_type: data_type.to_owned(), ..Column::default() }
            });
            let table = Table { columns: columns.collect(), ..Table::default() };
            catalog.objects.insert(name, Object::new(Definition::Table(Box::new(table))));
        }
        catalog
    }

    fn shown(catalog: &Catalog) -> Vec<String> {
        let tables = catalog.objects.iter().map(|(name, object)| match &object.definition {
            Definition::Table(table) => {
                let columns = table.columns.iter().map(|one| format!(" {}:{}", one.name, one.data_type));
                format!("{}{}", name.name, columns.collect::<String>())
            }
            _ => name.name.clone(),
        });
        tables.collect()
    }

    /// What a replay of `steps`, each a revision and what it left, finds on `actual`.
    fn marks(lines: &[&str], steps: &[(&str, &[&str])], actual: &[&str]) -> (String, Vec<String>) {
        let graph = graph(lines);
        let mut composition = Composition::new(&graph, &schema(&[]));
        for (id, after) in steps {
            composition.add(graph.find(id).expect("a known revision"), &schema(after));
        }
        let (applied, built) = composition.marks_on(&schema(actual));
        let nodes: Vec<NodeIndex> = applied.iter().collect();
        let ids: Vec<String> = graph.ids(&nodes).iter().map(ToString::to_string).collect();
        (ids.join(" "), shown(&built))
    }

    const BESIDE: [&str; 3] = ["a", "b: a", "c: a"];
    const STEPS: [(&str, &[&str]); 3] = [("a", &["t x"]), ("b", &["t x y"]), ("c", &["t x y", "u z"])];

    #[test]
    fn revisions_beside_each_other_are_told_by_what_each_changes() {
        let found = |actual: &[&str]| marks(&BESIDE, &STEPS, actual).0;
        assert_eq!(found(&["t x"]), "a");
        assert_eq!(found(&["t x", "u z"]), "a c", "no replay passes through it");
        assert_eq!(found(&["t x y", "u z"]), "a b c");
        assert_eq!(found(&[]), "");
        assert_eq!(found(&["u z"]), "a c", "with what it needs");
        assert_eq!(found(&["t x:text"]), "", "another type");
        assert_eq!(found(&["t x y:text"]), "a");
        let built = marks(&BESIDE, &STEPS, &["t x", "u z"]).1;
        assert_eq!(built, ["t x:integer", "u z:integer"], "what these build together");
    }

    #[test]
    fn what_a_revision_takes_away_counts_where_it_was_and_is_gone() {
        let lines = ["a", "b: a", "c: a"];
        let steps: [(&str, &[&str]); 3] = [("a", &["t x", "u z"]), ("b", &["u z"]), ("c", &["u z", "v"])];
        let found = |actual: &[&str]| marks(&lines, &steps, actual);
        assert_eq!(found(&["t x", "u z"]).0, "a");
        assert_eq!(found(&["t x", "u z", "v"]).0, "a c");
        let both = found(&["u z", "v"]);
        assert_eq!(both.0, "a b c");
        assert_eq!(both.1, ["u z:integer", "v"]);
        let column: [(&str, &[&str]); 2] = [("a", &["t x y"]), ("b", &["t y"])];
        let found = marks(&["a", "b: a"], &column, &["t y"]).0;
        assert_eq!(found, "", "of a revision that another has undone in part nothing is sure");
    }

    #[test]
    fn what_changes_nothing_leaves_no_mark() {
        let steps: [(&str, &[&str]); 2] = [("a", &["t x"]), ("b", &["t x"])];
        assert_eq!(marks(&["a", "b: a"], &steps, &["t x"]).0, "a");
    }
}
