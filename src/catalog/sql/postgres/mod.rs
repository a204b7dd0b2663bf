//! The statements of a PostgreSQL schema.

mod basis;
mod column;
mod comment;
mod in_list;
mod making;
mod setting;
mod types;

use super::Statement;
use super::order::Step;
use crate::catalog::{Catalog, Definition, ObjectName};

pub use column::{SERIAL_TYPES, as_serial, column_settings};
pub use comment::{column_comment, comment};
pub use in_list::respell_lists;
pub use making::{Made, is_written};
pub use setting::{UNCHECKED_BODIES, settings_for};

use basis::Basis;
use making::Making;

/// The statements that build a catalog, in the order of `steps`.
pub(super) fn statements(catalog: &Catalog, steps: &[Step<'_>]) -> Vec<Statement> {
    let writer = Writer::of(catalog);
    let is_routine = |step: &&Step<'_>| {
        let object = catalog.objects.get(step.object);
        object.is_some_and(|object| matches!(object.definition, Definition::Routine(_)))
    };
    let mut statements = Vec::new();
    let mut at_end = Vec::new();
    for step in steps {
        let mut made = writer.create(step.object, &step.inline);
        statements.append(&mut made.statements);
        at_end.append(&mut made.at_end);
    }
    statements.append(&mut at_end);
    let texts: Vec<&str> = statements.iter().map(|statement| statement.sql.as_str()).collect();
    let unchecked = steps.iter().find(is_routine).map(|step| (step.object, UNCHECKED_BODIES));
    let others = settings_for(&texts).into_iter();
    let others = others.filter_map(|setting| steps.first().map(|step| (step.object, setting)));
    let settings = unchecked.into_iter().chain(others).map(|(object, sql)| Statement::of(object, sql));
    settings.collect::<Vec<_>>().into_iter().chain(statements).collect()
}

/// What makes the objects of a catalog, one by one.
#[derive(Debug)]
pub struct Writer<'c>(Basis<'c>);

impl<'c> Writer<'c> {
    /// A writer of the objects of a PostgreSQL catalog.
    #[must_use]
    pub fn of(catalog: &'c Catalog) -> Self {
        Self(Basis::of(catalog))
    }

    /// The same writer for tables that are made with these columns as `serial`: the sequence that this makes is not to be made by
    /// itself.
    #[must_use]
    pub fn with_serials<'n>(self, columns: impl Iterator<Item = &'n ObjectName>) -> Self {
        Self(Basis { serials: columns.cloned().collect(), ..self.0 })
    }

    /// The statements that make an object, with its comment; nothing where the catalog lacks it. A table is made with
    /// these of its constraints, without its other parts. Owners and grants are left out. What cannot be written
    /// is a comment of SQL.
    #[must_use]
    pub fn create(&self, name: &ObjectName, inline: &[&ObjectName]) -> Made {
        let Some((name, object)) = self.0.catalog.objects.get_key_value(name) else { return Made::default() };
        let mut making = Making { basis: &self.0, object: name, made: Made::default() };
        making.object(object, inline);
        making.made
    }
}
