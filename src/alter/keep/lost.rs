//! What goes on the way from one schema to another.

use std::collections::BTreeSet;

use super::said::said;
use crate::alter::rename::Mapping;
use crate::alter::sqlite::is_changed_for_good;
use crate::alter::{Refusal, Statement};
use crate::catalog::sql::{qualified, qualified_column};
use crate::catalog::{
    Catalog, Column, ConstraintRule, Definition, Narrowing, ObjectKind, ObjectName, Table, narrowings,
};
use crate::sql::Dialect;

/// One thing that goes, as it is before.
pub(super) enum Lost<'c> {
    /// A table with its rows.
    Rows { table: &'c ObjectName, definition: &'c Table },
    /// Columns of a table that stays.
    Columns { place: Place<'c>, columns: Vec<&'c Column> },
    /// What the values of a column were before they were converted.
    Converted { place: Place<'c>, column: &'c Column },
    /// Where a sequence stands; of SQLite where the ids of a table do.
    Position { sequence: ObjectName },
}

/// A table that stays, and the columns by which its rows are known on both sides.
#[derive(Clone)]
pub(super) struct Place<'c> {
    pub(super) table: &'c ObjectName,
    pub(super) is_strict: bool,
    pub(super) key: Vec<&'c Column>,
}

impl Lost<'_> {
    /// The table or sequence whose rows, values or position go.
    pub(super) fn object(&self) -> &ObjectName {
        match self {
            Self::Rows { table, .. } => table,
            Self::Columns { place, .. } | Self::Converted { place, .. } => place.table,
            Self::Position { sequence } => sequence,
        }
    }

    /// What goes, as messages and remarks name it: `the values of users.name`.
    pub(super) fn in_words(&self, dialect: Dialect) -> String {
        let object = qualified(dialect, self.object());
        let column =
            |column: &Column| format!("{object}.{}", crate::catalog::sql::identifier(dialect, &column.name));
        match self {
            Self::Rows { .. } => format!("the rows of {object}"),
            Self::Columns { columns, .. } => {
                let columns: Vec<String> = columns.iter().map(|one| column(one)).collect();
                format!("the values of {}", columns.join(", "))
            }
            Self::Converted { column: one, .. } => {
                format!("the values of {} as {}", column(one), written_type(one))
            }
            Self::Position { .. } => format!("the position of {object}"),
        }
    }
}

fn written_type(column: &Column) -> &str {
    if column.data_type.is_empty() { "a column without type" } else { &column.data_type }
}

/// Both schemas, and what is called otherwise in the second.
pub(super) struct Search<'c> {
    pub(super) before: &'c Catalog,
    pub(super) after: &'c Catalog,
    pub(super) mapping: Mapping<'c>,
}

/// What becomes of a table's columns.
#[derive(Default)]
struct Fate<'c> {
    dropped: Vec<&'c Column>,
    converted: Vec<&'c Column>,
    /// Those that hold the same afterwards.
    kept: Vec<&'c Column>,
}

impl<'c> Search<'c> {
    /// All rows, values and positions that go from the schema before to the one after, in the order of the tables'
    /// names; `statements` are those that lead there.
    ///
    /// # Errors
    /// A refusal for each thing that would be lost and cannot be kept.
    pub(super) fn losses(&self, statements: &[Statement]) -> Result<Vec<Lost<'c>>, Vec<Refusal>> {
        let (mut losses, mut refusals) = (Vec::new(), Vec::new());
        for (name, table) in self.tables() {
            match self.of_table(name, table) {
                Ok(lost) => losses.extend(lost),
                Err(refusal) => refusals.push(refusal),
            }
        }
        losses.extend(self.positions(&losses, statements));
        for (object, what) in said(statements) {
            let is_covered =
                matches!(object.kind, ObjectKind::Table | ObjectKind::Column | ObjectKind::Sequence);
            if !is_covered {
                refusals.push(refusal(object, &format!("{what} cannot be copied to a table")));
            }
        }
        if refusals.is_empty() { Ok(losses) } else { Err(refusals) }
    }

    /// The tables that have rows of their own, or partitions that have them.
    fn tables(&self) -> impl Iterator<Item = (&'c ObjectName, &'c Table)> {
        self.before.objects.iter().filter_map(|(name, object)| match &object.definition {
            Definition::Table(table) if name.kind == ObjectKind::Table && table.foreign.is_none() => {
                Some((name, table.as_ref()))
            }
            _ => None,
        })
    }

    /// The table that `name` is in the schema afterwards, renames followed; none where it has gone.
    pub(super) fn table_after(&self, name: &ObjectName) -> Option<(&'c ObjectName, &'c Table)> {
        let wanted = self.mapping.relation(name);
        let found = match self.before.dialect {
            Dialect::Postgres => self.after.objects.get_key_value(&wanted),
            Dialect::Sqlite => self
                .after
                .objects
                .iter()
                .find(|(one, _)| one.kind == wanted.kind && one.name.eq_ignore_ascii_case(&wanted.name)),
        };
        match found {
            Some((name, object)) => match &object.definition {
                Definition::Table(table) => Some((name, table)),
                _ => None,
            },
            None => None,
        }
    }

    /// The column that this one is in the schema afterwards, renames followed; none where it has gone.
    pub(super) fn column_after(&self, table: &ObjectName, column: &Column) -> Option<&'c Column> {
        let wanted = self.mapping.column(table, &column.name);
        let (_, after) = self.table_after(table)?;
        after.columns.iter().find(|one| self.before.dialect.is_same_name(&one.name, &wanted))
    }

    fn of_table(&self, name: &'c ObjectName, table: &'c Table) -> Result<Vec<Lost<'c>>, Refusal> {
        let Some((_, after)) = self.table_after(name) else {
            // The rows of a partitioned table are in its partitions.
            let holds_rows = table.partition_key.is_none() && !writable(table).is_empty();
            return Ok(Vec::from_iter(holds_rows.then_some(Lost::Rows { table: name, definition: table })));
        };
        let fate = self.fate(name, table, after);
        if fate.dropped.is_empty() && fate.converted.is_empty() {
            return Ok(Vec::new());
        }
        let place = Place { table: name, is_strict: table.is_strict, key: self.key(name, &fate)? };
        if self.has_children(name, table) {
            return Err(refusal(name, "other tables inherit its columns, and a key is no key of theirs"));
        }
        if let Some(column) = fate.dropped.iter().find(|column| column.identity.is_some()) {
            let object = name.part(ObjectKind::Column, &column.name);
            return Err(refusal(&object, "the values of an identity column are not brought back"));
        }
        let converted =
            fate.converted.into_iter().map(|column| Lost::Converted { place: place.clone(), column });
        let mut lost: Vec<Lost<'c>> = converted.collect();
        if !fate.dropped.is_empty() {
            lost.insert(0, Lost::Columns { place: place.clone(), columns: fate.dropped });
        }
        Ok(lost)
    }

    fn fate(&self, name: &ObjectName, table: &'c Table, after: &Table) -> Fate<'c> {
        let mut fate = Fate::default();
        for column in table.columns.iter().filter(|column| column.generated.is_none()) {
            let is_of_parent = column.is_inherited && self.is_done_with_parent(name, table, column);
            match self.column_after(name, column) {
                _ if is_of_parent => {}
                None => fate.dropped.push(column),
                Some(other) if other.generated.is_some() => fate.dropped.push(column),
                Some(other) => {
                    let (old, new) =
                        ((self.before, column, table.is_strict), (self.after, other, after.is_strict));
                    match (other.data_type == column.data_type, may_lose(old, new)) {
                        (_, true) => fate.converted.push(column),
                        (true, false) => fate.kept.push(column),
                        (false, false) => {}
                    }
                }
            }
        }
        fate
    }

    /// Whether a parent's column has the same fate, with which the values of this one are kept.
    fn is_done_with_parent(&self, name: &ObjectName, table: &Table, column: &Column) -> bool {
        let parents = table.inherits.iter().chain(table.partition_of.as_ref().map(|one| &one.parent));
        let changes = |parent: &ObjectName| match self.column_after(parent, column) {
            Some(after) => after.data_type != column.data_type,
            None => true,
        };
        let named = |written: &String| {
            self.tables().map(|(name, _)| name).find(|one| qualified(self.before.dialect, one) == *written)
        };
        parents
            .filter_map(named)
            .any(|parent| parent != name && self.table_after(parent).is_some() && changes(parent))
    }

    fn has_children(&self, name: &ObjectName, table: &Table) -> bool {
        let own = qualified(self.before.dialect, name);
        table.partition_key.is_none() && self.tables().any(|(_, other)| other.inherits.contains(&own))
    }

    /// The columns of a key that are left alone: the primary key, or a unique one whose columns take no NULL.
    fn key(&self, table: &'c ObjectName, fate: &Fate<'c>) -> Result<Vec<&'c Column>, Refusal> {
        let columns = |key: &'c crate::catalog::Key, is_primary: bool| -> Option<Vec<&'c Column>> {
            let find = |written: &String| {
                let name = crate::alter::sample_rows::bare(self.before.dialect, written);
                let found = fate
                    .kept
                    .iter()
                    .copied()
                    .find(|column| self.before.dialect.is_same_name(&column.name, &name));
                found.filter(|column| is_primary || !column.is_nullable)
            };
            key.columns.iter().map(find).collect()
        };
        let rules = self.before.parts_of(table).filter_map(|(_, part)| match &part.definition {
            Definition::Constraint(constraint) => Some(&constraint.rule),
            _ => None,
        });
        let mut keys: Vec<(bool, Vec<&'c Column>)> = rules
            .filter_map(|rule| match rule {
                ConstraintRule::PrimaryKey(key) => Some((false, columns(key, true)?)),
                ConstraintRule::Unique(key) => Some((true, columns(key, false)?)),
                _ => None,
            })
            .collect();
        keys.sort_by_key(|(is_unique, _)| *is_unique);
        let first = keys.into_iter().map(|(_, columns)| columns).next();
        first.ok_or_else(|| {
            refusal(table, "it has no key that stays as it is, by which kept values would find their rows")
        })
    }

    /// The positions that go: those that statements speak of, and those of what else goes.
    fn positions(&self, losses: &[Lost<'c>], statements: &[Statement]) -> Vec<Lost<'c>> {
        let mut gone: BTreeSet<ObjectName> = said(statements)
            .map(|(object, _)| object)
            .filter(|object| object.kind == ObjectKind::Sequence && self.before.objects.contains_key(*object))
            .cloned()
            .collect();
        let owners: BTreeSet<String> = losses.iter().flat_map(Lost::columns).collect();
        gone.extend(self.before.objects.iter().filter_map(|(name, object)| match &object.definition {
            Definition::Sequence(sequence) => {
                sequence.owned_by.as_ref().filter(|owner| owners.contains(*owner)).map(|_| name.clone())
            }
            _ => None,
        }));
        for lost in losses {
            let Lost::Rows { table, definition } = lost else { continue };
            let is_counted = self.before.parts_of(table).any(|(_, part)| match &part.definition {
                Definition::Constraint(constraint) => {
                    matches!(&constraint.rule, ConstraintRule::PrimaryKey(key) if key.is_autoincrement)
                }
                _ => false,
            });
            if is_counted {
                gone.insert(ObjectName::new(ObjectKind::Sequence, None, &table.name));
            }
            let identities = definition.columns.iter().filter_map(|column| column.identity.as_ref());
            gone.extend(identities.map(|identity| sequence_name(&identity.sequence_name)));
        }
        gone.into_iter().map(|sequence| Lost::Position { sequence }).collect()
    }
}

impl Lost<'_> {
    /// The qualified names of the columns that go.
    fn columns(&self) -> Vec<String> {
        match self {
            Self::Rows { table, definition } => {
                definition.columns.iter().map(|column| qualified_column(table, &column.name)).collect()
            }
            Self::Columns { place, columns } => {
                columns.iter().map(|column| qualified_column(place.table, &column.name)).collect()
            }
            Self::Converted { .. } | Self::Position { .. } => Vec::new(),
        }
    }
}

/// The sequence of a name that is written with its schema.
fn sequence_name(written: &str) -> ObjectName {
    let mut parts: Vec<String> = Vec::new();
    let mut is_quoted = false;
    let mut part = String::new();
    let mut characters = written.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if is_quoted && characters.peek() == Some(&'"') => {
                characters.next();
                part.push('"');
            }
            '"' => is_quoted = !is_quoted,
            '.' if !is_quoted => parts.push(std::mem::take(&mut part)),
            other => part.push(other),
        }
    }
    ObjectName::new(ObjectKind::Sequence, parts.first().map(String::as_str), &part)
}

/// Whether values of a column may become others as those of another type, and not be turned back; of each with its schema, and
/// whether its table is `STRICT`.
#[must_use]
pub fn may_lose(
    (before, left, left_strict): (&Catalog, &Column, bool),
    (after, right, right_strict): (&Catalog, &Column, bool),
) -> bool {
    match after.dialect {
        Dialect::Postgres => {
            let reasons = narrowings((before, &left.data_type), (after, &right.data_type));
            reasons.iter().any(Narrowing::loses)
        }
        Dialect::Sqlite => {
            is_changed_for_good((&left.data_type, left_strict), (&right.data_type, right_strict))
        }
    }
}

/// The columns that an `INSERT` may give values to: all but generated ones.
pub(super) fn writable(table: &Table) -> Vec<&Column> {
    table.columns.iter().filter(|column| column.generated.is_none()).collect()
}

fn refusal(object: &ObjectName, reason: &str) -> Refusal {
    Refusal {
        object: object.clone(),
        reason: reason.to_owned(),
        ways_on: vec!["leave out --keep, and what it loses is lost".to_owned()],
    }
}
