//! The work on its way: what is known of the document, and its models as far as they are read.

use std::collections::BTreeMap;

use super::super::datasource::Datasource;
use super::super::model::{Enum, Model};
use super::super::source::Fault;
use super::super::syntax::Block;
use super::relations::field::RelationField;
use crate::sql::Dialect;

/// A model whose fields, keys and relations are being found.
pub(super) struct Draft<'s> {
    pub(super) block: &'s Block,
    pub(super) model: Model,
    pub(super) relation_fields: Vec<RelationField<'s>>,
    /// `@@ignore`: Prisma's client has no such model. The table is there all the same.
    pub(super) is_ignored: bool,
    /// Whether fields are missing that have faults: what names them is not looked at.
    pub(super) is_broken: bool,
}

/// What a name can mean as a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    Model(usize),
    Enum(usize),
}

/// A document on its way to a schema: what has been read of it, and what is wrong in it so far.
pub(super) struct Resolver<'s> {
    pub(super) datasource: Datasource,
    pub(super) enums: Vec<Enum>,
    pub(super) names: BTreeMap<&'s str, Named>,
    pub(super) faults: Vec<Fault>,
}

impl Resolver<'_> {
    /// Takes down a fault; the work goes on.
    pub(super) fn fault(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    /// The value; where there is a fault, that is taken down and the value's default is returned.
    pub(super) fn take<T: Default>(&mut self, result: Result<T, Fault>) -> T {
        result.unwrap_or_else(|fault| {
            self.faults.push(fault);
            T::default()
        })
    }

    /// Whether the document is for PostgreSQL.
    pub(super) fn is_postgres(&self) -> bool {
        self.datasource.dialect == Dialect::Postgres
    }
}
