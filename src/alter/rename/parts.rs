//! What holds no values, or hangs on what is renamed, and is the same on both sides but for its name: constraints,
//! indexes, types, and the sequences of columns. On PostgreSQL these keep their rows, comments and dependents when they
//! are renamed, and need no confirmation.

use std::collections::{BTreeMap, BTreeSet};

use super::mapping::Mapping;
use super::order::in_order;
use crate::alter::Statement;
use crate::catalog::sql::{identifier, qualified};
use crate::catalog::{
    Catalog, Column, Constraint, Definition, Index, Object, ObjectKind, ObjectName, Sequence,
};
use crate::sql::{Dialect, unquoted_name};

/// The statements, for the schema as it is once tables and columns have their names.
pub(super) fn statements(left: &Catalog, right: &Catalog, mapping: &Mapping<'_>) -> Vec<Statement> {
    let parts = Parts { left, right, mapping };
    let mut statements = parts.types();
    statements.extend(parts.sequences());
    for (name, _) in left.objects.iter().filter(|(_, object)| object.table().is_some()) {
        statements.extend(parts.not_null_constraints(name));
        statements.extend(parts.of_table(name, ObjectKind::Constraint));
        statements.extend(parts.of_table(name, ObjectKind::Index));
    }
    statements
}

struct Parts<'a, 'c> {
    left: &'c Catalog,
    right: &'c Catalog,
    mapping: &'a Mapping<'c>,
}

/// What goes and what comes instead.
type Pair<'c> = (&'c ObjectName, &'c ObjectName);

impl<'c> Parts<'_, 'c> {
    /// The constraints or indexes of a table that are called otherwise.
    fn of_table(&self, old: &'c ObjectName, kind: ObjectKind) -> Vec<Statement> {
        let new = self.mapping.relation(old);
        let Some((new, _)) = self.right.objects.get_key_value(&new) else { return Vec::new() };
        let of = |catalog: &'c Catalog, table: &'c ObjectName| -> Vec<(&'c ObjectName, &'c Object)> {
            catalog.parts_of(table).filter(|(name, _)| name.kind == kind).collect()
        };
        let (lefts, rights) = (of(self.left, old), of(self.right, new));
        let has = |list: &[(&ObjectName, &Object)], name: &str| list.iter().any(|(one, _)| one.name == name);
        let gone = lefts.iter().filter(|(name, object)| !has(&rights, &name.name) && is_own(object)).copied();
        let mut come: Vec<_> = rights
            .iter()
            .filter(|(name, object)| !has(&lefts, &name.name) && is_own(object))
            .copied()
            .collect();
        let mut pairs = Vec::new();
        for (name, object) in gone {
            if let Some(place) = come.iter().position(|(_, other)| self.is_same(name, object, other)) {
                pairs.push((name, come.remove(place).0));
            }
        }
        let taken = lefts.iter().map(|(name, _)| name.name.clone()).collect();
        self.renamed(&pairs, &taken, |from, to| match kind {
            ObjectKind::Constraint => {
                let table = qualified(Dialect::Postgres, new);
                format!(
                    "ALTER TABLE {table} RENAME CONSTRAINT {} TO {to}",
                    identifier(Dialect::Postgres, from)
                )
            }
            _ => {
                let index = ObjectName::new(kind, new.schema.as_deref(), from);
                format!("ALTER INDEX {} RENAME TO {to}", qualified(Dialect::Postgres, &index))
            }
        })
    }

    /// The constraints of columns that take no NULL, which have names since PostgreSQL 18. Those of a parent come along.
    fn not_null_constraints(&self, old: &'c ObjectName) -> Vec<Statement> {
        let new = self.mapping.relation(old);
        let of = |catalog: &'c Catalog, name: &ObjectName| catalog.objects.get(name).and_then(Object::table);
        let (Some(left), Some(right)) = (of(self.left, old), of(self.right, &new)) else { return Vec::new() };
        if left.partition_of.is_some() || !left.inherits.is_empty() {
            return Vec::new();
        }
        let renamed = |column: &Column| {
            let name = self.mapping.column(old, &column.name);
            let other = right.columns.iter().find(|other| other.name == name)?;
            let (from, to) = (column.not_null.as_ref()?, other.not_null.as_ref()?);
            (from.name != to.name).then(|| {
                let (table, sql) =
                    (qualified(Dialect::Postgres, &new), identifier(Dialect::Postgres, &from.name));
                let sql = format!(
                    "ALTER TABLE {table} RENAME CONSTRAINT {sql} TO {}",
                    identifier(Dialect::Postgres, &to.name)
                );
                Statement::new(&new.part(ObjectKind::Column, &name), sql)
            })
        };
        left.columns.iter().filter_map(renamed).collect()
    }

    /// Statements from the old name as it stands and the new one as SQL.
    fn renamed(
        &self,
        pairs: &[Pair<'c>],
        taken: &BTreeSet<String>,
        sql: impl Fn(&str, &str) -> String,
    ) -> Vec<Statement> {
        let names: Vec<(String, String)> =
            pairs.iter().map(|(from, to)| (from.name.clone(), to.name.clone())).collect();
        let object = |to: &str| pairs.iter().find(|(_, name)| name.name == to).map(|(_, name)| *name);
        let statement = |(from, to): (String, String)| {
            let object = object(&to).or_else(|| pairs.first().map(|(_, name)| *name))?;
            Some(Statement::new(object, sql(&from, &identifier(Dialect::Postgres, &to))))
        };
        in_order(&names, taken).into_iter().filter_map(statement).collect()
    }

    fn is_same(&self, name: &ObjectName, left: &Object, right: &Object) -> bool {
        match (&left.definition, &right.definition) {
            (Definition::Constraint(left), Definition::Constraint(right)) => {
                let right = Constraint { definition: String::new(), ..right.clone() };
                self.mapping.constraint(name, left) == right
            }
            (Definition::Index(left), Definition::Index(right)) => {
                let right = Index { definition: String::new(), ..right.clone() };
                self.mapping.index(name, left) == right
            }
            _ => false,
        }
    }

    /// Types that are the same but for their names.
    fn types(&self) -> Vec<Statement> {
        const KINDS: [ObjectKind; 4] =
            [ObjectKind::Enum, ObjectKind::Domain, ObjectKind::CompositeType, ObjectKind::RangeType];
        let mut statements = Vec::new();
        for kind in KINDS {
            let only = |one: &'c Catalog, other: &Catalog| -> Vec<(&'c ObjectName, &'c Object)> {
                let own = one.objects.iter().filter(|(name, _)| name.kind == kind);
                own.filter(|(name, _)| !other.objects.contains_key(*name)).collect()
            };
            let mut come = only(self.right, self.left);
            for (from, object) in only(self.left, self.right) {
                let is_it = |(to, other): &(&ObjectName, &Object)| {
                    to.schema == from.schema && other.definition == object.definition
                };
                let Some(place) = come.iter().position(is_it) else { continue };
                let (to, _) = come.remove(place);
                let kind = kind.name().to_uppercase();
                let new = identifier(Dialect::Postgres, &to.name);
                let sql = format!("ALTER {kind} {} RENAME TO {new}", qualified(Dialect::Postgres, from));
                statements.push(Statement::new(to, sql));
            }
        }
        statements
    }

    /// The sequences of columns: those of `serial`, and of identity columns.
    fn sequences(&self) -> Vec<Statement> {
        let mut names: BTreeMap<String, String> = self.owned_sequences();
        names.extend(self.identity_sequences());
        let statement = |(from, to): (&String, &String)| {
            let bare = to.rsplit_once('.').map_or(to.as_str(), |(_, name)| name);
            let (schema, _) = to.rsplit_once('.').unwrap_or_default();
            let object =
                ObjectName::new(ObjectKind::Sequence, Some(&unquoted_name(schema)), &unquoted_name(bare));
            Statement::new(&object, format!("ALTER SEQUENCE {from} RENAME TO {bare}"))
        };
        names.iter().map(statement).collect()
    }

    fn owned_sequences(&self) -> BTreeMap<String, String> {
        let only = |one: &'c Catalog, other: &Catalog| -> Vec<(&'c ObjectName, &'c Sequence)> {
            let sequences = one.objects.iter().filter(|(name, _)| !other.objects.contains_key(*name));
            let sequences = sequences.filter_map(|(name, object)| match &object.definition {
                Definition::Sequence(sequence) if sequence.owned_by.is_some() => Some((name, sequence)),
                _ => None,
            });
            sequences.collect()
        };
        let come = only(self.right, self.left);
        let mut renamed = BTreeMap::new();
        for (from, sequence) in only(self.left, self.right) {
            let owner = sequence.owned_by.as_deref().map(|owner| self.mapping.owner(owner));
            let same = come.iter().find(|(to, other)| to.schema == from.schema && other.owned_by == owner);
            if let Some((to, _)) = same {
                renamed.insert(qualified(Dialect::Postgres, from), qualified(Dialect::Postgres, to));
            }
        }
        renamed
    }

    fn identity_sequences(&self) -> BTreeMap<String, String> {
        let mut renamed = BTreeMap::new();
        for (name, old) in self.left.objects.iter().filter_map(|(name, object)| Some((name, object.table()?)))
        {
            let right = self.right.objects.get(&self.mapping.relation(name)).and_then(Object::table);
            for column in &old.columns {
                let other = self.mapping.column(name, &column.name);
                let other = right.and_then(|table| table.columns.iter().find(|column| column.name == other));
                if let (Some(old), Some(new)) =
                    (&column.identity, other.and_then(|column| column.identity.as_ref()))
                    && old.sequence_name != new.sequence_name
                {
                    renamed.insert(old.sequence_name.clone(), new.sequence_name.clone());
                }
            }
        }
        renamed
    }
}

/// Whether it is made by its own table, or by none above it.
fn is_own(object: &Object) -> bool {
    match &object.definition {
        Definition::Constraint(constraint) => !constraint.is_inherited,
        Definition::Index(_) => true,
        _ => false,
    }
}
