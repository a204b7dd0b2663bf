//! Privileges that stand for themselves: those that new objects will have, and those of objects that have none in the
//! model.

use diesel::prelude::*;
use diesel::sql_types::{Array, Oid, Text};

use super::super::super::BackendError;
use super::collector::{Collector, Privileges};
use super::pieces::{USER_SCHEMAS, granted, is_own};
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
}

/// Reads them; of a few objects those of the columns of views.
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
        let other = Other { granted_on: Some(target), ..Other::default() };
        let privileges = Some(Privileges { owner: row.owner, grants: row.grants });
        // The address is that of the object whose privileges they are, or that of its relation.
        let owner = if row.view == 0 { row.oid } else { row.view };
        collector.add_detail(owner, name.clone(), Definition::Other(other), privileges);
        if row.view != 0 {
            collector.need_relation(&name, row.view);
        }
    }
    Ok(())
}

/// A query with the columns of [`Row`]. `name` and `owner` are expressions of a name and an OID, the words those of
/// [`GrantTarget`]; it finds those whose access control list `acl` is none that the server gives.
struct Query<'q> {
    oid: &'q str,
    view: &'q str,
    name: &'q str,
    owner: &'q str,
    before: &'q str,
    part: &'q str,
    object: &'q str,
    acl: &'q str,
    usual: &'q str,
    from: String,
}

impl Query<'_> {
    fn sql(&self) -> String {
        let Self { oid, view, name, owner, before, part, object, acl, usual, from } = self;
        let (grants, usual) = (granted(acl, owner), granted(usual, owner));
        format!(
            "SELECT {oid} AS oid, {view} AS view, ({name})::text AS name, \
             {owner}::regrole::text AS owner, ({before})::text AS before, ({part})::text AS part, \
             ({object})::text AS object, {grants} AS grants, {usual} AS usual FROM {from} AND {acl} IS NOT NULL"
        )
    }
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
