//! The statements of every fate, and which must precede which.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::super::Statement;
use super::circles::Circles;
use super::column::Work;
use super::fate::{Fate, Fates};
use super::order::{Key, in_order};
use super::sides::{Sides, is_table, table_of};
use super::way::drop_statement;
use super::{
    constraint, foster, grants, handed_down, heritage, index, mention, names, rebuild, remake, row_type,
    table, typed, types,
};
use crate::catalog::sql::Writer;
use crate::catalog::{Catalog, Constraint, ConstraintRule, Definition, ObjectKind, ObjectName, Policy};

/// When something is done with an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Stage {
    /// It is dropped, for good or to be made again.
    Drop,
    /// A column lets go of its default.
    Release,
    /// It is altered in place.
    Alter,
    /// It is made.
    Create,
    /// A table becomes a partition or child of another.
    Join,
    /// What can only be done when all else is there.
    AtEnd,
}

/// Statements about one object that belong together. There may be none, where it goes or comes with another.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) key: Key,
    pub(super) statements: Vec<Statement>,
}

/// All steps, with which of them comes before which.
pub(super) struct Steps<'s, 'c> {
    pub(super) sides: &'s Sides<'c>,
    pub(super) fates: &'s Fates,
    circles: Circles<'c>,
    /// Writes the objects of the right side.
    writer: Writer<'c>,
    /// The columns that are written as `serial`, by the sequences that come with them.
    serial_columns: BTreeMap<&'s ObjectName, &'s ObjectName>,
    steps: Vec<Step>,
    /// The step in which something is done with an object or column; several share one.
    places: HashMap<(ObjectName, Stage), usize>,
    /// Pairs of steps of which the first comes first.
    edges: BTreeSet<(usize, usize)>,
    frees: BTreeMap<names::Taken, Vec<usize>>,
    takes: BTreeMap<names::Taken, Vec<usize>>,
}

impl<'s, 'c> Steps<'s, 'c> {
    /// The steps that all fates take.
    pub(super) fn of(sides: &'s Sides<'c>, fates: &'s Fates) -> Self {
        let mut steps = Self {
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
        };
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
        heritage::add(&mut steps);
        typed::add(&mut steps);
        rebuild::add(&mut steps);
        steps.connect();
        handed_down::connect(&mut steps);
        row_type::connect(&mut steps);
        steps
    }

    /// The two schemas.
    pub(super) fn sides(&self) -> &'s Sides<'c> {
        self.sides
    }

    /// What becomes of everything.
    pub(super) fn fates(&self) -> &'s Fates {
        self.fates
    }

    /// The statements of all steps, in their order.
    pub(super) fn in_order(self) -> Vec<Statement> {
        in_order(self.steps, &self.edges)
    }

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
                self.push(name, Stage::Alter, statements.clone());
            }
            Fate::Swapped => {}
        }
    }

    /// Adds a step of its own.
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
                .and_then(|(table, _)| table_of(catalog, table))
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

    fn add_drop(&mut self, name: &ObjectName) {
        let host = self.host_of_drop(name).and_then(|host| self.places.get(&(host, Stage::Drop)).copied());
        let place = match host {
            Some(host) => {
                self.places.insert((name.clone(), Stage::Drop), host);
                host
            }
            None => {
                let statements =
                    if self.goes_silently(name) { Vec::new() } else { self.drop_statements(name) };
                self.push(name, Stage::Drop, statements)
            }
        };
        for taken in names::of(self.sides.left, name) {
            self.frees.entry(taken).or_default().push(place);
        }
    }

    /// What takes an object along when it is dropped.
    fn host_of_drop(&self, name: &ObjectName) -> Option<ObjectName> {
        if let Some(column) = self.owner_of_sequence(name) {
            let (table, _) = self.sides.left.relation_of(&column)?;
            return [column.clone(), table.clone()].into_iter().find(|host| self.fates.is_away(host));
        }
        if name.is_privilege() {
            let needed = self.sides.left.dependencies.get(name).into_iter().flatten();
            return needed.into_iter().find(|needed| self.fates.is_away(needed)).cloned();
        }
        let (relation, _) = self.sides.left.relation_of(name)?;
        (self.fates.is_away(relation) && !self.circles.is_dropped_apart(name)).then(|| relation.clone())
    }

    fn owner_of_sequence(&self, name: &ObjectName) -> Option<ObjectName> {
        match &self.sides.left.objects.get(name)?.definition {
            Definition::Sequence(sequence) => self.sides.left_column_named(sequence.owned_by.as_ref()?),
            _ => None,
        }
    }

    /// Whether an index or constraint goes with a column of its table, or with what it is a part of.
    fn goes_silently(&self, name: &ObjectName) -> bool {
        match self.sides.left.objects.get(name).map(|object| &object.definition) {
            // The columns of its condition do not take it along.
            Some(Definition::Constraint(Constraint { rule: ConstraintRule::Exclusion { .. }, .. })) => false,
            Some(Definition::Constraint(constraint)) => {
                constraint.is_inherited || self.goes_with_whole(name) || self.goes_with_column(name)
            }
            Some(Definition::Index(_)) => self.goes_with_whole(name) || self.goes_with_column(name),
            _ => false,
        }
    }

    /// Whether it goes with a column, and nothing else that it needs is dropped and has to wait for it.
    fn goes_with_column(&self, name: &ObjectName) -> bool {
        let needed = self.sides.left.dependencies.get(name).into_iter().flatten();
        let mut others = needed.filter(|needed| {
            !matches!(needed.kind, ObjectKind::Column | ObjectKind::Constraint | ObjectKind::Index)
        });
        self.away_columns_of(name).next().is_some() && !others.any(|other| self.fates.is_away(other))
    }

    /// Whether a key or index of a partition is a part of one of the partitioned table that is dropped.
    fn goes_with_whole(&self, name: &ObjectName) -> bool {
        let is_reference =
            matches!(constraint::rule_of(self.sides.left, name), Some(ConstraintRule::ForeignKey(_)));
        if is_reference || heritage::has_leaving_table(self.sides, name) {
            return false;
        }
        let needed = self.sides.left.dependencies.get(name).into_iter().flatten();
        needed
            .filter(|needed| matches!(needed.kind, ObjectKind::Constraint | ObjectKind::Index))
            .any(|needed| self.fates.is_away(needed))
    }

    /// The columns of its own table that a constraint or index reads and that are dropped.
    fn away_columns_of<'n>(&'n self, name: &'n ObjectName) -> impl Iterator<Item = &'n ObjectName> {
        let needed = self.sides.left.dependencies.get(name).into_iter().flatten();
        needed.filter(|needed| {
            needed.kind == ObjectKind::Column
                && needed.relation == name.relation
                && needed.schema == name.schema
                && self.fates.is_away(needed)
        })
    }

    /// Whether the rows of a table that is dropped have been set aside.
    fn keeps_rows(&self, name: &ObjectName, definition: &crate::catalog::Table) -> bool {
        rebuild::is_rebuilt(self.sides, self.fates, name)
            || rebuild::is_of_rebuilt(self.sides, self.fates, definition)
    }

    fn drop_statements(&self, name: &ObjectName) -> Vec<Statement> {
        let object = self.sides.left.objects.get(name);
        if let Some(statements) = object.and_then(|object| grants::drop(name, object)) {
            return statements;
        }
        let statement = match table_of(self.sides.left, name) {
            Some(definition) if self.keeps_rows(name, definition) => drop_statement(name),
            Some(definition) => table::drop(name, definition),
            None if name.kind == ObjectKind::Sequence => types::drop_sequence(self.sides, self.fates, name),
            None if name.kind == ObjectKind::Detail => self.undo(name),
            None => drop_statement(name),
        };
        statement.into_iter().collect()
    }

    /// What takes a detail away from its object. That one may go itself; so it is done when nothing else differs any more.
    fn undo(&self, name: &ObjectName) -> Option<Statement> {
        let is_last = self.fates.fates.keys().all(|name| name.kind == ObjectKind::Detail);
        match &self.sides.left.objects.get(name).filter(|_| is_last)?.definition {
            Definition::Other(detail) => Some(Statement::new(name, types::undone(detail)?)),
            _ => None,
        }
    }

    fn add_create(&mut self, name: &ObjectName) {
        let relation = self.sides.right.relation_of(name).map(|(relation, _)| relation);
        let made_with = relation.filter(|_| self.circles.is_made_inline(name));
        let with_table =
            made_with.and_then(|table| self.places.get(&(table.clone(), Stage::Create)).copied());
        let with_column = self.column_of_serial(name);
        let place = match with_table.or(with_column) {
            Some(host) => {
                self.places.insert((name.clone(), Stage::Create), host);
                if with_column.is_some() {
                    let further = self.further_of_serial(name);
                    self.steps[host].statements.extend(further);
                }
                host
            }
            None => {
                let (statements, at_end) = self.create_statements(name);
                if !at_end.is_empty() {
                    self.push(name, Stage::AtEnd, at_end);
                }
                self.push(name, Stage::Create, statements)
            }
        };
        for taken in names::of(self.sides.right, name) {
            self.takes.entry(taken).or_default().push(place);
        }
    }

    /// The step with the `serial` column that a sequence comes with.
    fn column_of_serial(&self, sequence: &ObjectName) -> Option<usize> {
        self.place(self.sides.right, self.serial_columns.get(sequence)?, Stage::Create)
    }

    /// What a sequence has beside what `serial` makes of it: its comment and grants.
    fn further_of_serial(&self, name: &ObjectName) -> Vec<Statement> {
        let made = self.writer.create(name, &[]).statements.into_iter().skip(1).map(Statement::from);
        let object = self.sides.right.objects.get(name);
        made.chain(object.into_iter().flat_map(|object| grants::of_new(self.sides, name, object))).collect()
    }

    /// What makes an object, and what has to wait for its indexes.
    pub(super) fn create_statements(&self, name: &ObjectName) -> (Vec<Statement>, Vec<Statement>) {
        let Some(object) = self.sides.right.objects.get(name) else { return Default::default() };
        let is_inherited = constraint::constraint_of(self.sides.right, name).is_some_and(|one| {
            one.is_inherited && !heritage::is_made_apart(self.sides, self.fates, name, one)
        });
        if is_inherited
            && !self.sides.right.relation_of(name).is_some_and(|(table, _)| self.fates.is_made(table))
        {
            return Default::default();
        }
        let named = remake::with_names(self.sides, name);
        let own = named.as_ref().map(|named| Writer::of(named).with_serials(self.fates.serials.keys()));
        let writer = own.as_ref().unwrap_or(&self.writer);
        let made = writer.create(name, &self.circles.inline_of(name));
        let mut statements: Vec<Statement> = made.statements.into_iter().map(Statement::from).collect();
        if let Definition::Constraint(constraint) = &object.definition
            && heritage::has_joining_table(self.sides, name)
            && statements.is_empty()
        {
            statements.extend(foster::check(self.sides, name, constraint));
        }
        if matches!(object.definition, Definition::Index(_)) && heritage::has_joining_table(self.sides, name)
        {
            // The server attaches it with its table.
            statements.retain(|statement| !statement.sql.contains(" ATTACH PARTITION "));
        }
        let remark = match &object.definition {
            Definition::Constraint(_) => constraint::remark(self.sides, name),
            Definition::Index(_) => index::remark(self.sides, name),
            _ => None,
        };
        if let (Some(first), Some(remark)) = (statements.first_mut(), remark) {
            first.remarks.push(remark);
        }
        let mut at_end: Vec<Statement> = made.at_end.into_iter().map(Statement::from).collect();
        if let Definition::Sequence(sequence) = &object.definition {
            (statements, at_end) = types::create_sequence(self.sides, name, sequence, statements);
        }
        statements.extend(grants::of_new(self.sides, name, object));
        (statements, at_end)
    }

    fn add_column(&mut self, name: &ObjectName, fate: &Fate) {
        let Some((left, right)) = self.sides.columns(name) else { return };
        let Some(work) = Work::on(self.sides, self.fates, name) else { return };
        match (fate, left, right) {
            (Fate::Stays(_), Some(left), Some(right)) => {
                let release = work.is_released(left, right).then(|| work.release());
                let set_aside = row_type::set_aside(&work, self.fates, left);
                let released: Vec<Statement> = release.into_iter().chain(set_aside).collect();
                if !released.is_empty() {
                    self.push(name, Stage::Release, released);
                }
                let statements = work.alter(left, right);
                self.push(name, Stage::Alter, statements);
            }
            _ => {
                if let Some(left) = left {
                    let statements =
                        if work.goes_with_parent(left) { Vec::new() } else { vec![work.drop(left)] };
                    self.push(name, Stage::Drop, statements);
                }
                if let Some(right) = right {
                    let statements = if work.comes_from_parent(right) { Vec::new() } else { work.add(right) };
                    self.push(name, Stage::Create, statements);
                }
            }
        }
    }

    fn add_end(&mut self, name: &ObjectName, left: &crate::catalog::Table, right: &crate::catalog::Table) {
        let is_made = |index: &str| {
            let parts = self.sides.right.parts_of(name).map(|(part, _)| part);
            let named =
                parts.filter(|part| crate::catalog::sql::identifier(super::POSTGRES, &part.name) == index);
            named.into_iter().any(|part| self.fates.is_made(part))
        };
        let statements = table::at_end(name, left, right, is_made);
        if !statements.is_empty() {
            self.push(name, Stage::AtEnd, statements);
        }
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

    pub(super) fn before(&mut self, first: Option<usize>, second: Option<usize>) {
        if let (Some(first), Some(second)) = (first, second)
            && first != second
        {
            self.edges.insert((first, second));
        }
    }

    fn connect(&mut self) {
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
        self.connect_sequences();
        self.connect_names();
        self.connect_mentions();
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
        if release.is_none() && self.fates.get(needed) != Some(&Fate::Renewed) && is_told(object, needed) {
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
        let is_reference = matches!(constraint::rule_of(right, &object), Some(ConstraintRule::ForeignKey(_)));
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
