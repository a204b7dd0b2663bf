//! Names that no two objects can have at a time.

use std::collections::BTreeMap;

use super::sides::{POSTGRES, rule_of, table_of_part};
use crate::catalog::sql::qualified;
use crate::catalog::{Catalog, ConstraintRule, Definition, ObjectKind, ObjectName};

/// A name within one of the server's spaces of names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Taken {
    /// Of tables, views, sequences and indexes; qualified and quoted.
    Relation(String),
    /// Of types, which tables and views have as well.
    Type(String),
    /// Of routines, with the types of their arguments.
    Routine(String),
}

/// The names that an object of this catalog has, with those of the sequences of identity columns.
pub(super) fn of(catalog: &Catalog, name: &ObjectName) -> Vec<Taken> {
    let own = || qualified(POSTGRES, name);
    match name.kind {
        ObjectKind::Table
        | ObjectKind::ForeignTable
        | ObjectKind::View
        | ObjectKind::MaterializedView
        | ObjectKind::CompositeType => {
            let identities = match catalog.objects.get(name).map(|object| &object.definition) {
                Some(Definition::Table(table)) => {
                    let identities = table.columns.iter().filter_map(|column| column.identity.as_ref());
                    identities.map(|one| Taken::Relation(one.sequence_name.clone())).collect()
                }
                _ => Vec::new(),
            };
            [Taken::Relation(own()), Taken::Type(own())].into_iter().chain(identities).collect()
        }
        ObjectKind::Column => {
            let table = table_of_part(catalog, name).map(|(_, table)| table);
            let column = table.and_then(|table| table.columns.iter().find(|one| one.name == name.name));
            let identity = column.and_then(|column| column.identity.as_ref());
            identity.map(|one| Taken::Relation(one.sequence_name.clone())).into_iter().collect()
        }
        ObjectKind::Sequence | ObjectKind::Index => vec![Taken::Relation(own())],
        ObjectKind::Constraint => match rule_of(catalog, name) {
            Some(
                ConstraintRule::PrimaryKey(_) | ConstraintRule::Unique(_) | ConstraintRule::Exclusion { .. },
            ) => {
                vec![Taken::Relation(own())]
            }
            _ => Vec::new(),
        },
        ObjectKind::Enum | ObjectKind::Domain | ObjectKind::RangeType => vec![Taken::Type(own())],
        ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Aggregate => {
            vec![Taken::Routine(format!("{}({})", own(), name.arguments.as_deref().unwrap_or_default()))]
        }
        _ => Vec::new(),
    }
}

/// The objects of a catalog that share the names of relations, by name.
pub(super) struct Relations<'c>(BTreeMap<String, Vec<&'c ObjectName>>);

impl<'c> Relations<'c> {
    /// Looks up the names of all relations of a catalog.
    pub(super) fn of(catalog: &'c Catalog) -> Self {
        let mut named: BTreeMap<String, Vec<&ObjectName>> = BTreeMap::new();
        for object in catalog.objects.keys() {
            for taken in of(catalog, object) {
                if let Taken::Relation(name) = taken {
                    named.entry(name).or_default().push(object);
                }
            }
        }
        Self(named)
    }

    /// Whether another relation of the catalog has the name of this index.
    pub(super) fn another_has_name_of(&self, index: &ObjectName) -> bool {
        let named = self.0.get(&qualified(POSTGRES, index)).into_iter().flatten();
        named.into_iter().any(|other| *other != index)
    }
}
