//! Objects as they come in, by OID, until their names are all known.

use std::collections::{BTreeMap, HashMap, HashSet};

use diesel::prelude::*;
use diesel::sql_types::{Integer, Oid, Text};

use super::super::super::BackendError;
use super::address::{Address, Class};
use super::dependencies::Dependencies;
use super::pieces::FIRST_USER_OID;
use super::reader::Reader;
use crate::catalog::{Catalog, Definition, Grants, Object, ObjectKind, ObjectName};
use crate::ledger::Tables;
use crate::sql::Dialect;

/// A row of every kind of object that has owner and grants.
pub(super) struct Privileges {
    pub(super) owner: String,
    pub(super) grants: Vec<String>,
}

/// The comments, by object and number of the column, which is 0 for the object itself.
pub(super) type Comments = HashMap<(Address, i32), String>;

#[derive(QueryableByName)]
struct CommentRow {
    #[diesel(sql_type = Oid)]
    class: u32,
    #[diesel(sql_type = Oid)]
    object: u32,
    #[diesel(sql_type = Integer)]
    column: i32,
    #[diesel(sql_type = Text)]
    description: String,
}

/// Reads the comments of what is not the server's own, and of the schema `public` where it is not the usual one. An
/// extension brings its comment along.
///
/// # Errors
/// The database's.
pub(super) fn comments(reader: &mut Reader<'_>) -> Result<Comments, BackendError> {
    if !reader.has(&["comment"]) {
        return Ok(Comments::new());
    }
    let among = if reader.is_among_few() {
        " AND objoid IN (SELECT unnest($1) UNION ALL SELECT oid FROM pg_constraint WHERE conrelid = ANY($1) \
         UNION ALL SELECT indexrelid FROM pg_index WHERE indrelid = ANY($1) \
         UNION ALL SELECT oid FROM pg_trigger WHERE tgrelid = ANY($1) \
         UNION ALL SELECT oid FROM pg_rewrite WHERE ev_class = ANY($1) \
         UNION ALL SELECT oid FROM pg_policy WHERE polrelid = ANY($1))"
    } else {
        ""
    };
    let sql = format!(
        "SELECT classoid AS class, objoid AS object, objsubid AS column, description FROM pg_description \
         WHERE ((objoid >= {FIRST_USER_OID} AND classoid <> 'pg_extension'::regclass) \
         OR (classoid = 'pg_namespace'::regclass AND description <> 'standard public schema')){among}"
    );
    let rows: Vec<CommentRow> = reader.load(&sql)?;
    Ok(rows.into_iter().map(|row| (((row.class, row.object), row.column), row.description)).collect())
}

/// A catalog in the making: takes objects by OID, and finds their comments and dependencies among what was
/// read before them.
pub(super) struct Collector<'d> {
    tables: &'d Tables,
    dependencies: &'d Dependencies,
    comments: Comments,
    names: HashMap<Address, ObjectName>,
    /// What has no address of its own, with the OID of the object that it belongs to.
    details: Vec<(u32, ObjectName)>,
    /// The names of columns by relation and number.
    columns: HashMap<(u32, i32), String>,
    catalog: Catalog,
}

impl<'d> Collector<'d> {
    /// Begins a catalog without objects. `tables` are the bookkeeping tables, which it leaves out.
    pub(super) fn new(tables: &'d Tables, dependencies: &'d Dependencies, comments: Comments) -> Self {
        let catalog = Catalog::empty(Dialect::Postgres);
        let (names, columns) = (HashMap::new(), HashMap::new());
        Self { tables, dependencies, comments, names, details: Vec::new(), columns, catalog }
    }

    /// Adds an object, unless an extension owns it or it is revgraph's own.
    pub(super) fn add(
        &mut self,
        class: Class,
        oid: u32,
        name: ObjectName,
        definition: Definition,
        privileges: Option<Privileges>,
    ) {
        self.add_at((class as u32, oid), name, definition, privileges);
    }

    /// As [`Self::add`], of an object of any system catalog. The constructors that belong to range types are left out,
    /// too.
    pub(super) fn add_at(
        &mut self,
        address: Address,
        name: ObjectName,
        definition: Definition,
        privileges: Option<Privileges>,
    ) {
        let is_constructor = address.0 == Class::Routine as u32 && self.dependencies.is_part(address);
        if self.dependencies.is_of_extension(address) || is_constructor || self.is_bookkeeping(&name) {
            return;
        }
        let mut object = Object::new(definition);
        object.comment = self.comments.remove(&(address, 0));
        if let Some(Privileges { owner, grants }) = privileges {
            object.owner = Some(owner);
            object.grants = Grants::from_iter(grants);
        }
        self.names.insert(address, name.clone());
        self.catalog.objects.insert(name, object);
    }

    /// Notes that an object needs a relation, of which no dependency tells.
    pub(super) fn need_relation(&mut self, object: &ObjectName, relation: u32) {
        if let Some(needed) = self.relation(relation).cloned() {
            self.need(object, needed);
        }
    }

    /// Notes that an object needs another one, of which no dependency tells.
    pub(super) fn need(&mut self, object: &ObjectName, needed: ObjectName) {
        self.catalog.dependencies.entry(object.clone()).or_default().insert(needed);
    }

    /// Adds what belongs to the object with the OID `owner`; 0 where it belongs to none.
    pub(super) fn add_detail(
        &mut self,
        owner: u32,
        name: ObjectName,
        definition: Definition,
        privileges: Option<Privileges>,
    ) {
        let mut object = Object::new(definition);
        if let Some(Privileges { owner, grants }) = privileges {
            object.owner = Some(owner);
            object.grants = Grants::from_iter(grants);
        }
        self.details.push((owner, name.clone()));
        self.catalog.objects.insert(name, object);
    }

    /// The name of the table, view or other relation with this OID, where it has been added.
    pub(super) fn relation(&self, oid: u32) -> Option<&ObjectName> {
        self.names.get(&(Class::Relation as u32, oid))
    }

    /// The object of the relation with this OID; none where it was not added.
    pub(super) fn relation_mut(&mut self, oid: u32) -> Option<&mut Object> {
        let name = self.names.get(&(Class::Relation as u32, oid))?;
        self.catalog.objects.get_mut(name)
    }

    /// Takes the comment of a relation's column (`attnum`) out of what was read, so that each is used once.
    pub(super) fn column_comment(&mut self, relation: u32, number: i32) -> Option<String> {
        self.comments.remove(&((Class::Relation as u32, relation), number))
    }

    /// Notes the name of a relation's column (`attnum`), by which dependencies on it are told later.
    pub(super) fn name_column(&mut self, relation: u32, number: i32, name: &str) {
        self.columns.insert((relation, number), name.to_owned());
    }

    /// Whether it is the version table or a table of the ledger.
    fn is_bookkeeping(&self, name: &ObjectName) -> bool {
        let is_there = self.tables.schema.is_none() || self.tables.schema == name.schema;
        name.kind == ObjectKind::Table && is_there && self.tables.all().contains(&name.name)
    }

    /// The catalog, with the dependencies between the objects in it and their columns.
    pub(super) fn finish(mut self, dependencies: &Dependencies) -> Catalog {
        for (object, needed) in dependencies.between(&self.names, &self.columns) {
            self.catalog.dependencies.entry(object).or_default().insert(needed);
        }
        self.catalog
    }

    /// The OIDs of the objects that are never described but with all others.
    pub(super) fn others(&self) -> HashSet<u32> {
        let is_other = |name: &ObjectName| {
            let object = self.catalog.objects.get(name);
            object.is_some_and(|object| matches!(object.definition, Definition::Other(_)))
        };
        self.names.iter().filter(|(_, name)| is_other(name)).map(|((_, oid), _)| *oid).collect()
    }

    /// The objects by the OID of the object that they are, or that they are a part of.
    pub(super) fn into_units(self) -> HashMap<u32, Unit> {
        let relations: HashMap<(Option<&str>, &str), u32> = self
            .names
            .iter()
            .filter(|((class, _), name)| *class == Class::Relation as u32 && name.relation.is_none())
            .map(|((_, oid), name)| ((name.schema.as_deref(), name.name.as_str()), *oid))
            .collect();
        let mut units: HashMap<u32, Unit> = HashMap::new();
        let mut objects = self.catalog.objects;
        for ((_, oid), name) in &self.names {
            let of_relation = name.relation.as_deref().map(|relation| (name.schema.as_deref(), relation));
            let unit = of_relation.and_then(|relation| relations.get(&relation)).unwrap_or(oid);
            let object = objects.remove(name);
            units.entry(*unit).or_default().extend(object.map(|object| (name.clone(), object)));
        }
        for (owner, name) in self.details {
            let object = objects.remove(&name);
            units.entry(owner).or_default().extend(object.map(|object| (name, object)));
        }
        units
    }
}

/// An object and what has no OID of its own (its details and parts), which is described anew together.
pub(super) type Unit = BTreeMap<ObjectName, Object>;
