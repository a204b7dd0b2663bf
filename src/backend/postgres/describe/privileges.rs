//! Privileges that stand for themselves: those that new objects will have, and those of objects that have none in the
//! model.

use diesel::prelude::*;
use diesel::sql_types::{Array, Oid, Text};

use super::super::super::BackendError;
use super::collector::{Collector, Privileges};
use super::pieces::{USER_SCHEMAS, is_own};
use super::privilege_query::Query;
use super::privileges_of_others;
use super::reader::Reader;
use crate::catalog::{Definition, GrantTarget, Grants, ObjectKind, ObjectName, Other};

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Oid)]
    oid: u32,
    /// The view that they are of; 0 where they are of none.
    #[diesel(sql_type = Oid)]
    view: u32,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    owner: String,
    #[diesel(sql_type = Text)]
    before: String,
    #[diesel(sql_type = Text)]
    part: String,
    #[diesel(sql_type = Text)]
    object: String,
    #[diesel(sql_type = Array<Text>)]
    grants: Vec<String>,
    #[diesel(sql_type = Array<Text>)]
    usual: Vec<String>,
    /// What an object of the server's is, which may have been altered too; empty of others.
    #[diesel(sql_type = Text)]
    definition: String,
    /// The extension that the object belongs to; empty where it belongs to none.
    #[diesel(sql_type = Text)]
    extension: String,
}

/// Reads the privileges that stand for themselves into `collector`; where the reader is among few objects, those of the
/// columns of views.
///
/// # Errors
/// The database's.
pub(super) fn read(reader: &mut Reader<'_>, collector: &mut Collector<'_>) -> Result<(), BackendError> {
    let mut queries: Vec<String> = Vec::new();
    if reader.has(&["v", "m"]) {
        queries.push(columns_of_views(reader));
    }
    if reader.has(&["pg_default_acl"]) {
        queries.push(defaults());
    }
    let named = [
        ("pg_foreign_data_wrapper", "fdw", ["foreign-data wrapper", "FOREIGN DATA WRAPPER"], 'F'),
        ("pg_foreign_server", "srv", ["server", "FOREIGN SERVER"], 'S'),
        ("pg_language", "lan", ["language", "LANGUAGE"], 'l'),
    ];
    let present = named.into_iter().filter(|(class, ..)| reader.has(&[*class]));
    queries.extend(present.map(|(class, column, words, kind)| of_named(class, column, words, kind)));
    queries.extend(privileges_of_others::queries(reader));
    if queries.is_empty() {
        return Ok(());
    }
    let sql = queries.join(" UNION ALL ");
    let rows: Vec<Row> = reader.load(&sql)?;
    for row in rows {
        let name = ObjectName::new(ObjectKind::Unmodelled, None, &row.name);
        let usual = Grants::from_iter(row.usual);
        // What has been granted and taken back leaves a list behind that says nothing.
        if usual == Grants::from_iter(row.grants.iter().cloned()) {
            continue;
        }
        let target = GrantTarget { before: row.before, part: row.part, object: row.object, usual };
        let definition = Some(row.definition).filter(|definition| !definition.is_empty());
        let properties = definition.map(|definition| ("definition", Some(definition)));
        let properties = properties.into_iter().collect();
        let other = Other { granted_on: Some(target), properties, ..Other::default() };
        let privileges = Some(Privileges { owner: row.owner, grants: row.grants });
        // The address is that of the object whose privileges they are, or that of its relation.
        let owner = if row.view == 0 { row.oid } else { row.view };
        collector.add_detail(owner, name.clone(), Definition::Other(other), privileges);
        if row.view != 0 {
            collector.need_relation(&name, row.view);
        }
        if !row.extension.is_empty() {
            collector.need(&name, ObjectName::new(ObjectKind::Extension, None, &row.extension));
        }
    }
    Ok(())
}

/// What new objects will have. In a schema these come on top of those of the whole database.
fn defaults() -> String {
    Query {
        oid: "x.oid",
        view: "0::oid",
        name: "i.type || ' ' || i.identity",
        owner: "x.defaclrole",
        before: "'ALTER DEFAULT PRIVILEGES FOR ROLE ' || x.defaclrole::regrole || ' ' \
                 || coalesce('IN SCHEMA ' || (CASE WHEN x.defaclnamespace <> 0 THEN x.defaclnamespace::regnamespace END) || ' ', '')",
        part: "''",
        object: "CASE x.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS' \
                 WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END",
        acl: "x.defaclacl",
        definition: "''",
        extension: "''",
        usual: "CASE WHEN x.defaclnamespace = 0 THEN \
                acldefault(CASE x.defaclobjtype WHEN 'S' THEN 's' ELSE x.defaclobjtype END, x.defaclrole) END",
        from: "pg_default_acl x \
               CROSS JOIN LATERAL pg_identify_object('pg_default_acl'::regclass, x.oid, 0) i WHERE true"
            .to_owned(),
    }
    .sql()
}

/// What has an owner and a name, and whose privileges are no attribute of it in the model.
fn of_named(class: &str, column: &str, words: [&str; 2], kind: char) -> String {
    let [name, object] = words;
    Query {
        oid: "x.oid",
        view: "0::oid",
        name: &format!("'privileges of {name} ' || x.{column}name"),
        owner: &format!("x.{column}owner"),
        before: "''",
        part: "''",
        object: &format!("'{object} ' || quote_ident(x.{column}name)"),
        acl: &format!("x.{column}acl"),
        definition: "''",
        extension: "''",
        usual: &format!("acldefault('{kind}', x.{column}owner)"),
        from: format!("{class} x WHERE {}", is_own(class, "x.oid")),
    }
    .sql()
}

fn columns_of_views(reader: &Reader<'_>) -> String {
    Query {
        oid: "0::oid",
        view: "c.oid",
        name: "'privileges of column ' || c.oid::regclass || '.' || quote_ident(a.attname)",
        owner: "c.relowner",
        before: "''",
        part: "' (' || quote_ident(a.attname) || ')'",
        object: "'TABLE ' || c.oid::regclass",
        acl: "a.attacl",
        definition: "''",
        extension: "''",
        usual: "NULL::aclitem[]",
        from: format!(
            "pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.relkind IN ('v', 'm') AND NOT a.attisdropped AND {USER_SCHEMAS} AND {}{}",
            is_own("pg_class", "c.oid"),
            reader.among("c.oid")
        ),
    }
    .sql()
}
