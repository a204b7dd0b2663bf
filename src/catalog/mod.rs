//! A description of a database's schema, without the database.
//!
//! ```text
//! database ─► Backend::catalog ─► Catalog ─► compare ─► Difference
//!                                    └─────► sql::create ─► SQL
//! ```
//!
//! A [`Catalog`] holds what the database says about itself. PostgreSQL deparses its expressions, so they are spelled
//! in one way only. SQLite keeps what was typed, so it is held as typed, and compared by its tokens.

mod affinity;
pub mod attribute;
mod changes;
mod compare;
mod constraint;
mod data_loss;
mod difference;
mod extension;
pub mod files;
mod grants;
mod kept;
mod name;
mod narrowing;
mod other;
mod other_migrators;
mod program;
mod respell;
mod scope;
pub mod sql;
pub mod sqlite;
mod table;
mod types;

use std::collections::{BTreeMap, BTreeSet};

use crate::sql::Dialect;

pub use affinity::Affinity;
pub use attribute::Attribute;
pub use changes::{Changes, Past};
pub use compare::{CompareOptions, compare};
pub use constraint::{Constraint, ConstraintRule, Deferrable, ForeignKey, Index, IndexKey, Key};
pub use data_loss::keeps_values;
pub use difference::{Change, DataLoss, Difference};
pub use extension::Extension;
pub use grants::Grants;
pub use kept::{KEPT_MARK, KeptMark, kept_glob, kept_name, kept_regex};
pub use name::{ObjectKind, ObjectName};
pub use narrowing::{Narrowing, narrowings};
pub use other::{GrantTarget, Other, Property};
pub use program::{Aggregate, Firing, Policy, Routine, Rule, Trigger, View};
pub use respell::{Origin, Respelling};
pub use scope::{Ignore, IgnoreError, Scope};
pub use table::{
    Column, Foreign, Generated, Identity, NotNull, Options, Partition, RowSecurity, Sequence, Table,
};
pub use types::{CompositeAttribute, Domain, RangeType};

/// The schema of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalog {
    /// The SQL that it is written in.
    pub dialect: Dialect,
    /// The objects; the columns are in their tables.
    pub objects: BTreeMap<ObjectName, Object>,
    /// Which objects each object needs before it can be made. PostgreSQL tells it of columns too, on both sides: they are
    /// named beside their tables.
    pub dependencies: BTreeMap<ObjectName, BTreeSet<ObjectName>>,
}

impl Catalog {
    /// A catalog without objects.
    #[must_use]
    pub fn empty(dialect: Dialect) -> Self {
        Self { dialect, objects: BTreeMap::new(), dependencies: BTreeMap::new() }
    }

    /// The table of this name; none where the name is another object's or nobody's.
    #[must_use]
    pub fn table(&self, name: &ObjectName) -> Option<&Table> {
        self.objects.get(name)?.table()
    }

    /// The constraints, indexes, triggers, rules and policies of a table or view, by kind and name.
    pub fn parts_of<'c>(
        &'c self,
        relation: &'c ObjectName,
    ) -> impl Iterator<Item = (&'c ObjectName, &'c Object)> {
        const PARTS: [ObjectKind; 5] = [
            ObjectKind::Constraint,
            ObjectKind::Index,
            ObjectKind::Trigger,
            ObjectKind::Rule,
            ObjectKind::Policy,
        ];
        PARTS.into_iter().flat_map(move |kind| {
            self.objects
                .range(relation.part(kind, "")..)
                .take_while(move |(name, _)| name.kind == kind && name.is_part_of(relation))
        })
    }
}

impl Catalog {
    /// The table or view that an object is a part of, as far as both are in the catalog or only the relation is.
    #[must_use]
    pub fn relation_of(&self, part: &ObjectName) -> Option<(&ObjectName, &Object)> {
        let relation = part.relation.as_deref()?;
        ObjectKind::RELATIONS.into_iter().find_map(|kind| {
            self.objects.get_key_value(&ObjectName::new(kind, part.schema.as_deref(), relation))
        })
    }

    /// The other direction of [`Catalog::dependencies`]: what needs each object.
    #[must_use]
    pub fn dependents(&self) -> BTreeMap<&ObjectName, BTreeSet<&ObjectName>> {
        let mut dependents: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for (name, needed) in &self.dependencies {
            for one in needed {
                dependents.entry(one).or_default().insert(name);
            }
        }
        dependents
    }
}

/// An object, and what every kind of object can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// What the object is, with all its properties.
    pub definition: Definition,
    /// PostgreSQL: the object's comment.
    pub comment: Option<String>,
    /// PostgreSQL: the role that owns it; none where another object's owner does.
    pub owner: Option<String>,
    /// PostgreSQL: who may do what with the object.
    pub grants: Grants,
}

impl Object {
    /// An object without comment, owner and grants.
    #[must_use]
    pub fn new(definition: Definition) -> Self {
        Self { definition, comment: None, owner: None, grants: Grants::new() }
    }

    /// The table that the object is; none where it is something else.
    #[must_use]
    pub fn table(&self) -> Option<&Table> {
        match &self.definition {
            Definition::Table(table) => Some(table),
            _ => None,
        }
    }
}

/// What an object is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the types have documentation")]
pub enum Definition {
    /// A namespace.
    Schema,
    Extension(Extension),
    /// The labels, in their order.
    Enum(Vec<String>),
    Domain(Domain),
    /// The attributes, in their order.
    CompositeType(Vec<CompositeAttribute>),
    RangeType(RangeType),
    Sequence(Sequence),
    Routine(Routine),
    Aggregate(Aggregate),
    Table(Box<Table>),
    /// The statement that makes a virtual table, or a SQLite table in a form that is not understood.
    Verbatim(String),
    Constraint(Constraint),
    Index(Index),
    View(View),
    Trigger(Trigger),
    Rule(Rule),
    Policy(Policy),
    Other(Other),
}
