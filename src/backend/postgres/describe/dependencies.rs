//! What `pg_depend` tells: what each object needs, and which objects an extension owns.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use diesel::sql_types::{Integer, Oid, Text};

use super::super::super::BackendError;
use super::address::{Address, Class};
use super::pieces::FIRST_USER_OID;
use super::reader::Reader;
use crate::catalog::{ObjectKind, ObjectName};

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Oid)]
    class: u32,
    #[diesel(sql_type = Oid)]
    object: u32,
    #[diesel(sql_type = Integer)]
    column: i32,
    #[diesel(sql_type = Oid)]
    needed_class: u32,
    #[diesel(sql_type = Oid)]
    needed: u32,
    #[diesel(sql_type = Integer)]
    needed_column: i32,
    #[diesel(sql_type = Text)]
    kind: String,
}

/// An object, and the number of a column of it; 0 for the whole.
type Place = (Address, i32);

/// What one thing needs.
struct Edge {
    object: Place,
    needed: Place,
    /// Whether it goes with it on its own.
    is_automatic: bool,
}

/// The dependencies between objects that are not the server's own.
#[derive(Default)]
pub(super) struct Dependencies {
    edges: Vec<Edge>,
    /// What is a part of another object without a name of its own here: a row type of its table, an array type of
    /// its element type, a default of its column, a member of its extension.
    wholes: HashMap<Address, Place>,
    members: HashSet<Address>,
}

/// Reads from `pg_depend` which objects need which; nothing, where there is neither a member of an extension nor a
/// routine.
///
/// # Errors
/// The database's.
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
        "SELECT DISTINCT classid AS class, objid AS object, objsubid AS column, refclassid AS needed_class, \
         refobjid AS needed, refobjsubid AS needed_column, deptype::text AS kind FROM pg_depend WHERE objid >= {FIRST_USER_OID} AND refobjid >= {FIRST_USER_OID} \
         AND deptype IN ('n', 'a', 'i', 'e', 'P'){among} ORDER BY kind DESC"
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
        let object = (row.class, row.object);
        let needed = ((row.needed_class, row.needed), row.needed_column);
        match row.kind.as_str() {
            "e" => {
                self.members.insert(object);
                self.wholes.insert(object, needed);
            }
            "i" => {
                self.wholes.insert(object, needed);
            }
            // Of a generated column's expression the columns that it reads can stand there too; its own is then `i`.
            "a" if row.class == Class::AttributeDefault as u32 && !self.wholes.contains_key(&object) => {
                self.wholes.insert(object, needed);
            }
            "a" if [Class::PublicationMember as u32, Class::PublicationSchema as u32]
                .contains(&row.class)
                && row.needed_class == Class::Publication as u32 =>
            {
                self.wholes.insert(object, needed);
            }
            // A constraint of a domain has no name of its own here.
            "a" if row.class == Class::Constraint as u32 && row.needed_class == Class::Type as u32 => {
                self.wholes.insert(object, needed);
            }
            kind => {
                let object = (object, row.column);
                self.edges.push(Edge { object, needed, is_automatic: kind == "a" });
            }
        }
    }

    /// Whether an extension has made the object (`pg_depend.deptype` is `e`), so that no script is to make
    /// it.
    pub(super) fn is_of_extension(&self, object: Address) -> bool {
        self.members.contains(&object)
    }

    /// Whether it came with another object and goes with it, as the constructors of a range type do.
    pub(super) fn is_part(&self, object: Address) -> bool {
        self.wholes.contains_key(&object)
    }

    /// The pairs of different objects with names, of which the first needs the second. Where a column is meant,
    /// there is a pair with its name too; `columns` are named by relation and number.
    pub(super) fn between<'n>(
        &'n self,
        names: &'n HashMap<Address, ObjectName>,
        columns: &'n HashMap<(u32, i32), String>,
    ) -> impl Iterator<Item = (ObjectName, ObjectName)> {
        self.edges.iter().flat_map(move |edge| self.pairs(edge, names, columns))
    }

    fn pairs(
        &self,
        edge: &Edge,
        names: &HashMap<Address, ObjectName>,
        columns: &HashMap<(u32, i32), String>,
    ) -> Vec<(ObjectName, ObjectName)> {
        let (Some((object, place)), Some((needed, needed_place))) =
            (self.named(names, edge.object), self.named(names, edge.needed))
        else {
            return Vec::new();
        };
        let column_at = |whole: &ObjectName, ((_, oid), number): Place| {
            let is_table = matches!(whole.kind, ObjectKind::Table | ObjectKind::ForeignTable);
            let column = columns.get(&(oid, number)).filter(|_| is_table);
            column.map(|column| whole.part(ObjectKind::Column, column))
        };
        let (column, needed_column) = (column_at(object, place), column_at(needed, needed_place));
        let mut pairs = Vec::new();
        // A sequence is dropped with the column that owns it, but made before it.
        let is_ownership = edge.is_automatic && object.kind == ObjectKind::Sequence;
        if object != needed && !is_ownership {
            pairs.push((object.clone(), needed.clone()));
        }
        if is_ownership || column.is_some() && column == needed_column {
            return pairs;
        }
        if object != needed {
            pairs.extend(column.clone().map(|column| (column, needed.clone())));
            pairs.extend(needed_column.clone().map(|needed| (object.clone(), needed)));
        }
        pairs.extend(column.zip(needed_column));
        pairs
    }

    /// The name of an object, or of the nearest whole that has one, and the place there.
    fn named<'n>(
        &self,
        names: &'n HashMap<Address, ObjectName>,
        mut place: Place,
    ) -> Option<(&'n ObjectName, Place)> {
        // A member of an extension within a type within a relation: wholes are never nested deeper.
        for _ in 0..4 {
            if let Some(name) = names.get(&place.0) {
                return Some((name, place));
            }
            place = *self.wholes.get(&place.0)?;
        }
        None
    }
}
