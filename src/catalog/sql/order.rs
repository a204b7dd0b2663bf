//! The order in which objects can be made.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use crate::catalog::{Catalog, Definition, ObjectKind, ObjectName};
use crate::sql::Dialect;

/// An object to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step<'c> {
    pub(super) object: &'c ObjectName,
    /// The constraints of a table that can be made with it.
    pub(super) inline: Vec<&'c ObjectName>,
}

/// All objects, each after those that it needs; of those that could come next the first by kind and name. A
/// constraint that cannot be made with its table is a step of its own.
///
/// Where objects need each other the first by name goes ahead.
pub(super) fn order(catalog: &Catalog) -> Vec<Step<'_>> {
    let mut sorter = Sorter::new(catalog);
    let mut steps = Vec::new();
    while let Some(object) = sorter.next() {
        let inline = sorter.emit(object);
        steps.push(Step { object, inline });
    }
    steps
}

/// What an object still waits for.
#[derive(Default)]
struct Waiting<'c> {
    /// What it needs itself.
    needs: BTreeSet<&'c ObjectName>,
    /// What its constraints need, so that they can be made with it.
    wants: BTreeSet<&'c ObjectName>,
}

struct Sorter<'c> {
    waiting: BTreeMap<&'c ObjectName, Waiting<'c>>,
    ready: BinaryHeap<Reverse<&'c ObjectName>>,
    /// Who waits for an object.
    waiters: BTreeMap<&'c ObjectName, Vec<&'c ObjectName>>,
    /// The constraints that may be made with their table, by table.
    attached: BTreeMap<&'c ObjectName, Vec<&'c ObjectName>>,
    dependencies: BTreeMap<&'c ObjectName, BTreeSet<&'c ObjectName>>,
    done: BTreeSet<&'c ObjectName>,
}

impl<'c> Sorter<'c> {
    fn new(catalog: &'c Catalog) -> Self {
        let homes = homes(catalog);
        let home = |name: &'c ObjectName| homes.get(name).copied().unwrap_or(name);
        let mut sorter = Self {
            waiting: BTreeMap::new(),
            ready: BinaryHeap::new(),
            waiters: BTreeMap::new(),
            attached: BTreeMap::new(),
            dependencies: BTreeMap::new(),
            done: BTreeSet::new(),
        };
        for name in catalog.objects.keys() {
            if home(name) == name {
                sorter.waiting.insert(name, Waiting::default());
            } else {
                sorter.attached.entry(home(name)).or_default().push(name);
            }
        }
        for (name, object) in &catalog.objects {
            let needed = catalog.dependencies.get(name).into_iter().flatten();
            let known = needed.filter_map(|needed| Some(catalog.objects.get_key_value(needed)?.0));
            let relation = relation_of(catalog, name);
            let needed: BTreeSet<_> =
                known.chain(relation).map(home).filter(|one| *one != home(name)).collect();
            let waiting = sorter.waiting.entry(home(name)).or_default();
            let is_own = home(name) == name;
            if is_own { &mut waiting.needs } else { &mut waiting.wants }.extend(needed.iter().copied());
            for one in &needed {
                sorter.waiters.entry(one).or_default().push(home(name));
            }
            sorter.dependencies.insert(name, needed);
            debug_assert!(is_own || matches!(object.definition, Definition::Constraint(_)));
        }
        for (name, waiting) in &sorter.waiting {
            if waiting.is_over() {
                sorter.ready.push(Reverse(name));
            }
        }
        sorter
    }

    /// The next object; where all wait for each other, one that waits only for the sake of its constraints.
    fn next(&mut self) -> Option<&'c ObjectName> {
        while let Some(Reverse(name)) = self.ready.pop() {
            if self.waiting.contains_key(name) {
                return Some(name);
            }
        }
        let without_needs = self.waiting.iter().find(|(_, waiting)| waiting.needs.is_empty());
        without_needs.or_else(|| self.waiting.iter().next()).map(|(name, _)| *name)
    }

    /// Takes an object off; the constraints that are made with it.
    fn emit(&mut self, object: &'c ObjectName) -> Vec<&'c ObjectName> {
        self.waiting.remove(object);
        self.done.insert(object);
        let attached = self.attached.remove(object).unwrap_or_default();
        let (inline, late): (Vec<_>, Vec<_>) = attached.into_iter().partition(|constraint| {
            self.dependencies.get(constraint).is_none_or(|needed| needed.is_subset(&self.done))
        });
        for constraint in late {
            self.detach(constraint);
        }
        for waiter in self.waiters.remove(object).unwrap_or_default() {
            if let Some(waiting) = self.waiting.get_mut(waiter) {
                waiting.needs.remove(object);
                waiting.wants.remove(object);
                if waiting.is_over() {
                    self.ready.push(Reverse(waiter));
                }
            }
        }
        inline
    }

    /// Makes a constraint wait on its own.
    fn detach(&mut self, constraint: &'c ObjectName) {
        let needed = self.dependencies.get(constraint).into_iter().flatten();
        let needs: BTreeSet<_> = needed.filter(|one| !self.done.contains(*one)).copied().collect();
        for one in &needs {
            self.waiters.entry(one).or_default().push(constraint);
        }
        self.waiting.insert(constraint, Waiting { needs, wants: BTreeSet::new() });
    }
}

impl Waiting<'_> {
    fn is_over(&self) -> bool {
        self.needs.is_empty() && self.wants.is_empty()
    }
}

/// The tables of the constraints that may be made with them.
fn homes(catalog: &Catalog) -> BTreeMap<&ObjectName, &ObjectName> {
    let mut homes = BTreeMap::new();
    for (name, object) in &catalog.objects {
        let Definition::Constraint(constraint) = &object.definition else { continue };
        // PostgreSQL takes a constraint of a new table for validated.
        let is_inline = constraint.is_validated || catalog.dialect == Dialect::Sqlite;
        if let Some(table) = relation_of(catalog, name).filter(|_| is_inline) {
            homes.insert(name, table);
        }
    }
    homes
}

/// The table or view that an object is a part of.
fn relation_of<'c>(catalog: &'c Catalog, part: &ObjectName) -> Option<&'c ObjectName> {
    const RELATIONS: [ObjectKind; 4] =
        [ObjectKind::Table, ObjectKind::VirtualTable, ObjectKind::View, ObjectKind::MaterializedView];
    let relation = part.relation.as_deref()?;
    RELATIONS.into_iter().find_map(|kind| {
        let name = ObjectName::new(kind, part.schema.as_deref(), relation);
        Some(catalog.objects.get_key_value(&name)?.0)
    })
}
