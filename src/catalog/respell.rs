//! One spelling for what means the same.
//!
//! PostgreSQL writes its expressions down itself, and not always as it read them: what it has written comes back
//! otherwise when it is read again (`(ARRAY['a'::character varying])::text[]` as `ARRAY[('a'::character varying)::text]`).
//! So a text depends on how often it has gone through the parser: once where a script was run, twice where a dump was
//! restored, once more after each `ALTER … TYPE`. A [`Respelling`] finds the texts in which two catalogs differ, says
//! what is to be read and written once more to tell whether they mean the same, and in the end gives the right
//! catalog with the left one's texts where they do. Two texts mean the same where the server, in the surroundings of the right catalog,
//! makes the same text of both, after however many rounds. Pure: the rounds are made by `verify::settle`.

use std::collections::{BTreeMap, BTreeSet};

use super::{Catalog, ConstraintRule, Definition, Object, ObjectKind, ObjectName};
use crate::sql::Dialect;

/// After so many rounds what still changes is taken for different. One is enough for all texts that are known.
const MOST_ROUNDS: usize = 4;

/// The place of a text in an object: its name, and of several the part that it belongs to.
type Slot = (&'static str, String);
type Texts = BTreeMap<Slot, String>;

/// Which catalog a text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The left one.
    Left,
    /// The right one.
    Right,
}

/// Two catalogs whose texts are being brought to one spelling.
#[derive(Debug)]
pub struct Respelling<'c> {
    right: &'c Catalog,
    /// The objects whose texts differ.
    pairs: BTreeMap<ObjectName, Pair>,
}

/// An object whose texts differ.
#[derive(Debug)]
struct Pair {
    /// The right object as it is spelled after the last round.
    right: Object,
    /// The same with the left one's texts.
    left: Object,
    /// The texts before the first round.
    original: Texts,
    /// All spellings so far.
    seen: Spellings,
    rounds: usize,
    is_settled: bool,
}

/// The spellings of each text on either side.
#[derive(Debug, Default)]
struct Spellings(BTreeMap<Slot, [BTreeSet<String>; 2]>);

impl<'c> Respelling<'c> {
    /// Looks for objects that both catalogs have with different texts. The dependencies are those of the right one.
    #[must_use]
    pub fn between(left: &Catalog, right: &'c Catalog) -> Self {
        let mut pairs = BTreeMap::new();
        if right.dialect == Dialect::Postgres {
            for (name, object) in &right.objects {
                let other = left.objects.get(name).filter(|other| *other != object);
                pairs.extend(other.and_then(|other| Some((name.clone(), Pair::of(name, other, object)?))));
            }
        }
        Self { right, pairs }
    }

    /// The objects of which it is not known yet whether they mean the same.
    #[must_use]
    pub fn pending(&self) -> Vec<ObjectName> {
        let pending = self.pairs.iter().filter(|(_, pair)| !pair.is_settled);
        pending.map(|(name, _)| name.clone()).collect()
    }

    /// These objects with the texts of one side, and all that they need: to be written down, read by the server, and
    /// described.
    #[must_use]
    pub fn to_load(&self, names: &[ObjectName], origin: Origin) -> Catalog {
        let spelled = self.with_inherited(names);
        let mut catalog = Catalog::empty(self.right.dialect);
        for name in self.closure(&spelled) {
            // What is only needed has the right side's texts: it must not stand in the way where it is something else.
            let pair = self.pairs.get(name).filter(|_| spelled.contains(name));
            let object = pair.map(|pair| pair.of_origin(origin)).or_else(|| self.right.objects.get(name));
            let Some(object) = object else { continue };
            catalog.objects.insert(name.clone(), bare(name, object.clone()));
            let needed = self.right.dependencies.get(name).cloned();
            catalog.dependencies.extend(needed.map(|needed| (name.clone(), needed)));
        }
        catalog
    }

    /// Takes over what became of an object: what each side's was described as. Where one of them is none, the server
    /// did not take it, and the two mean something else.
    pub fn note(&mut self, name: &ObjectName, left: Option<&Object>, right: Option<&Object>) {
        let Some(pair) = self.pairs.get_mut(name) else { return };
        match (left, right) {
            (Some(left), Some(right)) => pair.note(name, left, right),
            _ => pair.is_settled = true,
        }
    }

    /// The right catalog, with the left one's texts where they mean the same; none where all texts stay as they are.
    #[must_use]
    pub fn finish(self) -> Option<Catalog> {
        let mut respelled: Option<Catalog> = None;
        for (name, pair) in self.pairs {
            let texts = pair.agreed();
            if !texts.is_empty() {
                let catalog = respelled.get_or_insert_with(|| self.right.clone());
                if let Some(object) = catalog.objects.get_mut(&name) {
                    replace(&name, object, &texts);
                }
            }
        }
        respelled
    }

    /// These objects, and those from which they have their texts.
    fn with_inherited(&self, names: &[ObjectName]) -> BTreeSet<&'c ObjectName> {
        let known = |name: &ObjectName| Some(self.right.objects.get_key_value(name)?.0);
        let mut all = BTreeSet::new();
        let mut next: Vec<&'c ObjectName> = names.iter().filter_map(known).collect();
        while let Some(name) = next.pop() {
            if all.insert(name) {
                next.extend(self.inherited_from(name));
            }
        }
        all
    }

    /// These objects and all that they need.
    fn closure(&self, names: &BTreeSet<&'c ObjectName>) -> BTreeSet<&'c ObjectName> {
        let mut closure = BTreeSet::new();
        let mut next: Vec<&ObjectName> = names.iter().copied().collect();
        while let Some(name) = next.pop() {
            let Some((name, _)) = self.right.objects.get_key_value(name) else { continue };
            if closure.insert(name) {
                next.extend(self.right.dependencies.get(name).into_iter().flatten());
                next.extend(self.right.relation_of(name).map(|(relation, _)| relation));
            }
        }
        closure
    }

    /// The constraints of other tables that a constraint is inherited from.
    fn inherited_from(&self, name: &ObjectName) -> Vec<&'c ObjectName> {
        let is_inherited = |object: &Object| match &object.definition {
            Definition::Constraint(constraint) => constraint.is_inherited,
            _ => false,
        };
        let table = self.right.objects.get(name).filter(|object| is_inherited(object));
        let table = table.and_then(|_| self.right.relation_of(name)).map(|(table, _)| table);
        let needed = table.and_then(|table| self.right.dependencies.get(table)).into_iter().flatten();
        let parents = needed.filter(|needed| needed.kind == ObjectKind::Table);
        let constraints = parents.map(|parent| parent.part(ObjectKind::Constraint, &name.name));
        constraints.filter_map(|one| Some(self.right.objects.get_key_value(&one)?.0)).collect()
    }
}

impl Pair {
    /// None where the texts are the same, or one side lacks what the other has.
    fn of(name: &ObjectName, left: &Object, right: &Object) -> Option<Self> {
        let (lefts, rights) = (texts(name, left), texts(name, right));
        let differs = lefts.iter().any(|(slot, text)| rights.get(slot).is_some_and(|other| other != text));
        let is_other = std::mem::discriminant(&left.definition) != std::mem::discriminant(&right.definition)
            || is_of_partitioned_table(left) != is_of_partitioned_table(right);
        if !differs || is_other {
            return None;
        }
        let mut with_left_texts = right.clone();
        replace(name, &mut with_left_texts, &lefts);
        let mut seen = Spellings::default();
        seen.add(&lefts, &rights);
        Some(Self {
            right: right.clone(),
            left: with_left_texts,
            original: lefts,
            seen,
            rounds: 0,
            is_settled: false,
        })
    }

    fn of_origin(&self, origin: Origin) -> &Object {
        match origin {
            Origin::Left => &self.left,
            Origin::Right => &self.right,
        }
    }

    fn note(&mut self, name: &ObjectName, left: &Object, right: &Object) {
        let (lefts, rights) = (texts(name, left), texts(name, right));
        self.seen.add(&lefts, &rights);
        self.rounds += 1;
        let is_stable = texts(name, &self.left) == lefts && texts(name, &self.right) == rights;
        replace(name, &mut self.left, &lefts);
        replace(name, &mut self.right, &rights);
        let is_equal = self.agreed().len() == self.original.len();
        self.is_settled = is_equal || is_stable || self.rounds >= MOST_ROUNDS;
    }

    /// The original texts of the left side that mean what the right side's do.
    fn agreed(&self) -> Texts {
        let agrees =
            |slot: &Slot| self.seen.0.get(slot).is_some_and(|[lefts, rights]| !lefts.is_disjoint(rights));
        self.original
            .iter()
            .filter(|(slot, _)| agrees(slot))
            .map(|(slot, text)| (slot.clone(), text.clone()))
            .collect()
    }
}

/// Whether it is the index of a partitioned table: that of another one is none for it, and the server writes neither as the
/// other.
fn is_of_partitioned_table(object: &Object) -> bool {
    matches!(&object.definition, Definition::Index(index) if index.definition.contains(" ON ONLY "))
}

impl Spellings {
    fn add(&mut self, lefts: &Texts, rights: &Texts) {
        for (slot, text) in lefts {
            self.0.entry(slot.clone()).or_default()[0].insert(text.clone());
        }
        for (slot, text) in rights {
            self.0.entry(slot.clone()).or_default()[1].insert(text.clone());
        }
    }
}

/// The texts of an object.
fn texts(name: &ObjectName, object: &Object) -> Texts {
    let mut texts = Texts::new();
    let mut definition = object.definition.clone();
    visit(name.kind, &mut definition, &mut |slot, text| drop(texts.insert(slot, text.clone())));
    texts
}

/// Gives an object other texts, where it has some.
fn replace(name: &ObjectName, object: &mut Object, texts: &Texts) {
    visit(name.kind, &mut object.definition, &mut |slot, text| {
        if let Some(other) = texts.get(&slot) {
            text.clone_from(other);
        }
    });
}

/// Shows all texts that the server writes down by itself after it has read them.
fn visit(kind: ObjectKind, definition: &mut Definition, show: &mut dyn FnMut(Slot, &mut String)) {
    let whole = |name| (name, String::new());
    match definition {
        Definition::Domain(domain) => {
            if let Some(default) = &mut domain.default {
                show(whole("default"), default);
            }
            for (constraint, text) in &mut domain.constraints {
                show(("constraint", constraint.clone()), text);
            }
        }
        Definition::Routine(routine) => {
            show(whole("arguments"), &mut routine.arguments);
            show(whole("body"), &mut routine.body);
            show(whole("definition"), &mut routine.definition);
        }
        Definition::Table(table) => {
            for column in &mut table.columns {
                if let Some(default) = &mut column.default {
                    show(("default", column.name.clone()), default);
                }
                if let Some(generated) = &mut column.generated {
                    show(("generated", column.name.clone()), &mut generated.expression);
                }
            }
            if let Some(key) = &mut table.partition_key {
                show(whole("partition key"), key);
            }
            if let Some(partition) = &mut table.partition_of {
                show(whole("partition bound"), &mut partition.bound);
            }
        }
        Definition::Constraint(constraint) => {
            match &mut constraint.rule {
                ConstraintRule::Check { expression, .. } => show(whole("expression"), expression),
                ConstraintRule::Exclusion { definition } => show(whole("expression"), definition),
                // These hold no expression.
                _ => return,
            }
            show(whole("definition"), &mut constraint.definition);
        }
        Definition::Index(index) => {
            for (place, key) in index.keys.iter_mut().enumerate() {
                show(("key", place.to_string()), &mut key.expression);
            }
            if let Some(predicate) = &mut index.predicate {
                show(whole("predicate"), predicate);
            }
            show(whole("definition"), &mut index.definition);
        }
        Definition::View(view) => {
            show(whole("query"), &mut view.definition);
            for (column, default) in &mut view.column_defaults {
                show(("default", column.clone()), default);
            }
        }
        Definition::Trigger(trigger) => show(whole("definition"), &mut trigger.definition),
        Definition::Rule(rule) => show(whole("definition"), &mut rule.definition),
        Definition::Policy(policy) => {
            if let Some(using) = &mut policy.using {
                show(whole("using"), using);
            }
            if let Some(check) = &mut policy.check {
                show(whole("with check"), check);
            }
        }
        Definition::Other(other) if matches!(kind, ObjectKind::Statistics | ObjectKind::Publication) => {
            for (name, value) in &mut other.properties {
                if let Some(value) = value {
                    show(whole(name), value);
                }
            }
            for (place, statement) in other.statements.iter_mut().enumerate() {
                show(("statement", place.to_string()), statement);
            }
        }
        _ => {}
    }
}

/// An object without what has nothing to do with its texts and may be missing elsewhere: roles, tablespaces, rows.
fn bare(name: &ObjectName, mut object: Object) -> Object {
    object.comment = None;
    match &mut object.definition {
        Definition::Table(table) => table.tablespace = None,
        Definition::Index(index) => {
            index.tablespace = None;
            index.is_clustered = false;
        }
        Definition::Constraint(constraint) => match &mut constraint.rule {
            ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) => key.tablespace = None,
            _ => {}
        },
        Definition::Policy(policy) => policy.roles = vec!["PUBLIC".to_owned()],
        Definition::View(view) => {
            view.tablespace = None;
            if name.kind == ObjectKind::MaterializedView {
                view.definition.push_str("\nWITH NO DATA");
            }
        }
        _ => {}
    }
    object
}

#[cfg(test)]
mod tests;
