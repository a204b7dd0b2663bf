//! Schemas and extensions.

use diesel::prelude::*;
use diesel::sql_types::{Array, Oid, Text};

use super::super::super::BackendError;
use super::address::Class;
use super::collector::{Collector, Privileges};
use super::pieces::{FIRST_USER_OID, USER_SCHEMAS, grants};
use super::reader::Reader;
use crate::catalog::{Definition, Extension, ObjectKind, ObjectName};

#[derive(QueryableByName)]
struct SchemaRow {
    #[diesel(sql_type = Oid)]
    oid: u32,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    owner: String,
    #[diesel(sql_type = Array<Text>)]
    grants: Vec<String>,
}

#[derive(QueryableByName)]
struct ExtensionRow {
    #[diesel(sql_type = Oid)]
    oid: u32,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    version: String,
    #[diesel(sql_type = Text)]
    schema: String,
}

/// Reads schemas and extensions into `collector`.
///
/// # Errors
/// The database's.
pub(super) fn read(reader: &mut Reader<'_>, collector: &mut Collector<'_>) -> Result<(), BackendError> {
    if !reader.has(&["schema", "extension"]) {
        return Ok(());
    }
    let grants = grants("n.nspacl", 'n', "n.nspowner");
    let among = reader.among("n.oid");
    let schemas: Vec<SchemaRow> = reader.load(&format!(
        "SELECT n.oid, n.nspname::text AS name, n.nspowner::regrole::text AS owner, {grants} AS grants \
         FROM pg_namespace n WHERE {USER_SCHEMAS}{among}"
    ))?;
    for SchemaRow { oid, name, owner, grants } in schemas {
        let name = ObjectName::new(ObjectKind::Schema, None, &name);
        collector.add(Class::Schema, oid, name, Definition::Schema, Some(Privileges { owner, grants }));
    }
    let among = reader.among("e.oid");
    // Every database has plpgsql, which came with the server; where it is not, that is told as something else.
    let extensions: Vec<ExtensionRow> = reader.load(&format!(
        "SELECT e.oid, e.extname::text AS name, e.extversion AS version, n.nspname::text AS schema \
         FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace \
         WHERE e.oid >= {FIRST_USER_OID} AND e.extname <> 'plpgsql'{among}"
    ))?;
    for ExtensionRow { oid, name, version, schema } in extensions {
        let name = ObjectName::new(ObjectKind::Extension, None, &name);
        collector.add(
            Class::Extension,
            oid,
            name,
            Definition::Extension(Extension { version, schema }),
            None,
        );
    }
    Ok(())
}
