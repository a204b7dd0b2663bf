//! What `pg_depend` tells: what each object needs, and which objects an extension owns.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use diesel::sql_types::{Oid, Text};

use super::super::super::BackendError;
use super::collector::{Address, Class};
use super::{FIRST_USER_OID, Reader};
use crate::catalog::{ObjectKind, ObjectName};

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Oid)]
    class: u32,
    #[diesel(sql_type = Oid)]
    object: u32,
    #[diesel(sql_type = Oid)]
    needed_class: u32,
    #[diesel(sql_type = Oid)]
    needed: u32,
    #[diesel(sql_type = Text)]
    kind: String,
}

/// The dependencies between objects that are not the server's own.
#[derive(Default)]
pub(super) struct Dependencies {
    /// Each object, what it needs, and whether it goes with it on its own.
    edges: Vec<(Address, Address, bool)>,
    /// What is a part of another object without a name of its own here: a row type of its table, an array type of
    /// its element type, a default of its table, a member of its extension.
    wholes: HashMap<Address, Address>,
    members: HashSet<Address>,
}

/// Reads them.
pub(super) fn read(reader: &mut Reader<'_>) -> Result<Dependencies, BackendError> {
    if !reader.has(&["member", "routine"]) {
        return Ok(Dependencies::default());
    }
    // Of a few objects no more is asked than which of them are parts of others.
    let among = match reader.among("objid") {
        among if among.is_empty() => among,
        among => format!(
            "{among} AND classid IN ({})",
            Class::WITH_OBJECTS.map(|class| (class as u32).to_string()).join(", ")
        ),
    };
    let sql = format!(
        "SELECT DISTINCT classid AS class, objid AS object, refclassid AS needed_class, refobjid AS needed, \
         deptype::text AS kind FROM pg_depend WHERE objid >= {FIRST_USER_OID} AND refobjid >= {FIRST_USER_OID} \
         AND deptype IN ('n', 'a', 'i', 'e', 'P'){among}"
    );
    let rows: Vec<Row> = reader.load(&sql)?;
    let mut dependencies = Dependencies::default();
    for row in rows {
        dependencies.add(row);
    }
    Ok(dependencies)
}

impl Dependencies {
    fn add(&mut self, row: Row) {
        let (object, needed) = ((row.class, row.object), (row.needed_class, row.needed));
        match row.kind.as_str() {
            "e" => {
                self.members.insert(object);
                self.wholes.insert(object, needed);
            }
            "i" => {
                self.wholes.insert(object, needed);
            }
            "a" if row.class == Class::AttributeDefault as u32 => {
                self.wholes.insert(object, needed);
            }
            "a" if row.class == Class::PublicationMember as u32
                && row.needed_class == Class::Publication as u32 =>
            {
                self.wholes.insert(object, needed);
            }
            kind => self.edges.push((object, needed, kind == "a")),
        }
    }

    /// Whether an extension owns it.
    pub(super) fn is_of_extension(&self, object: Address) -> bool {
        self.members.contains(&object)
    }

    /// Whether it came with another object and goes with it, as the constructors of a range type do.
    pub(super) fn is_part(&self, object: Address) -> bool {
        self.wholes.contains_key(&object)
    }

    /// The pairs of different objects with names, of which the first needs the second.
    pub(super) fn between<'n>(
        &'n self,
        names: &'n HashMap<Address, ObjectName>,
    ) -> impl Iterator<Item = (&'n ObjectName, &'n ObjectName)> {
        self.edges.iter().filter_map(|(object, needed, is_automatic)| {
            let (object, needed) = (self.named(names, *object)?, self.named(names, *needed)?);
            // A sequence is dropped with the column that owns it, but made before it.
            let is_ownership = *is_automatic && object.kind == ObjectKind::Sequence;
            (object != needed && !is_ownership).then_some((object, needed))
        })
    }

    /// The name of an object, or of the nearest whole that has one.
    fn named<'n>(
        &self,
        names: &'n HashMap<Address, ObjectName>,
        mut address: Address,
    ) -> Option<&'n ObjectName> {
        // A member of an extension within a type within a relation: wholes are never nested deeper.
        for _ in 0..4 {
            if let Some(name) = names.get(&address) {
                return Some(name);
            }
            address = *self.wholes.get(&address)?;
        }
        None
    }
}
