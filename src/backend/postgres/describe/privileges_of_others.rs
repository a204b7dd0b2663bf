//! The privileges of what the server or an extension brought, as far as they are not those that it came with.

use super::altered;
use super::part::WHOLE;
use super::pieces::{FIRST_USER_OID, identity, sorted};
use super::privilege_query::Query;
use super::reader::Reader;

/// A system catalog with objects of others.
struct Others {
    /// There is none without this; see [`super::presence`].
    word: &'static str,
    class: &'static str,
    owner: &'static str,
    acl: &'static str,
    /// What stands behind `ON`.
    object: &'static str,
    /// What an object comes with for which nothing is written down.
    at_first: &'static str,
}

const OTHERS: [Others; 7] = [
    Others {
        word: "pg_foreign_data_wrapper",
        class: "pg_foreign_data_wrapper",
        owner: "fdwowner",
        acl: "fdwacl",
        object: "'FOREIGN DATA WRAPPER ' || quote_ident(x.fdwname)",
        at_first: "acldefault('F', x.fdwowner)",
    },
    Others {
        word: "pg_foreign_server",
        class: "pg_foreign_server",
        owner: "srvowner",
        acl: "srvacl",
        object: "'FOREIGN SERVER ' || quote_ident(x.srvname)",
        at_first: "acldefault('S', x.srvowner)",
    },
    Others {
        word: WHOLE,
        class: "pg_language",
        owner: "lanowner",
        acl: "lanacl",
        object: "'LANGUAGE ' || quote_ident(x.lanname)",
        at_first: "acldefault('l', x.lanowner)",
    },
    Others {
        word: "member",
        class: "pg_proc",
        owner: "proowner",
        acl: "proacl",
        object: "CASE x.prokind WHEN 'p' THEN 'PROCEDURE ' ELSE 'FUNCTION ' END \
                 || (SELECT i.identity FROM pg_identify_object('pg_proc'::regclass, x.oid, 0) i)",
        at_first: "acldefault('f', x.proowner)",
    },
    // `initdb` makes the schema of these after it has written down what the server comes with.
    Others {
        word: "member",
        class: "pg_class",
        owner: "relowner",
        acl: "relacl",
        object: "CASE x.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || x.relnamespace::regnamespace || '.' \
                 || quote_ident(x.relname)",
        at_first: "CASE WHEN x.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'information_schema') \
                   THEN acldefault('r', x.relowner) || makeaclitem(0, x.relowner, 'SELECT', false) \
                   ELSE acldefault(CASE x.relkind WHEN 'S' THEN 's' ELSE 'r' END::\"char\", x.relowner) END",
    },
    Others {
        word: "member",
        class: "pg_type",
        owner: "typowner",
        acl: "typacl",
        object: "'TYPE ' || x.typnamespace::regnamespace || '.' || quote_ident(x.typname)",
        at_first: "acldefault('T', x.typowner)",
    },
    Others {
        word: "member",
        class: "pg_namespace",
        owner: "nspowner",
        acl: "nspacl",
        object: "'SCHEMA ' || quote_ident(x.nspname)",
        at_first: "acldefault('n', x.nspowner) || CASE WHEN x.nspname = 'information_schema' \
                   THEN ARRAY[makeaclitem(0, x.nspowner, 'USAGE', false)] END",
    },
];

/// The queries of these privileges, as far as there may be something to read.
pub(super) fn queries(reader: &Reader<'_>) -> Vec<String> {
    let present = OTHERS.iter().filter(|one| reader.has(&[one.word]));
    let mut queries: Vec<String> = present.map(|one| of(reader, one)).collect();
    if reader.has(&["member"]) {
        queries.push(of_columns(reader));
    }
    queries
}

/// An expression of the extension that an object belongs to.
fn extension(class: &str, oid: &str) -> String {
    format!(
        "coalesce((SELECT e.extname FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid \
         WHERE d.classid = '{class}'::regclass AND d.objid = {oid} AND d.deptype = 'e' \
         AND d.refclassid = 'pg_extension'::regclass AND {oid} >= {FIRST_USER_OID}), '')"
    )
}

/// Whether an object is the server's or an extension's; the schema `public` is an object of its own.
fn is_of_others(class: &str, oid: &str) -> String {
    format!(
        "({oid} < {FIRST_USER_OID} AND ('{class}' <> 'pg_namespace' OR {oid} <> 2200) OR EXISTS (SELECT FROM pg_depend e \
         WHERE e.classid = '{class}'::regclass AND e.objid = {oid} AND e.deptype = 'e'))"
    )
}

fn of(reader: &Reader<'_>, others: &Others) -> String {
    let Others { class, owner, acl, object, at_first, .. } = others;
    let usual = format!("coalesce(p.initprivs, {at_first})");
    Query {
        oid: "x.oid",
        view: "0::oid",
        name: &format!("'privileges of ' || {}", identity(class, "x.oid")),
        owner: &format!("x.{owner}"),
        before: "''",
        part: "''",
        object,
        acl: &format!("x.{acl}"),
        usual: &usual,
        definition: &altered::definition(class),
        extension: &extension(class, "x.oid"),
        from: format!(
            "{class} x LEFT JOIN pg_init_privs p ON p.classoid = '{class}'::regclass AND p.objoid = x.oid AND p.objsubid = 0 \
             WHERE x.{acl} IS DISTINCT FROM p.initprivs AND {} IS DISTINCT FROM {} AND {}{}",
            sorted(&format!("x.{acl}")),
            sorted(&usual),
            is_of_others(class, "x.oid"),
            reader.among("x.oid")
        ),
    }
    .sql()
}

fn of_columns(reader: &Reader<'_>) -> String {
    Query {
        oid: "c.oid",
        view: "0::oid",
        name: "'privileges of column ' || c.oid::regclass || '.' || quote_ident(a.attname)",
        owner: "c.relowner",
        before: "''",
        part: "' (' || quote_ident(a.attname) || ')'",
        object: "'TABLE ' || c.relnamespace::regnamespace || '.' || quote_ident(c.relname)",
        acl: "a.attacl",
        usual: "p.initprivs",
        definition: "''",
        extension: &extension("pg_class", "c.oid"),
        from: format!(
            "pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_init_privs p \
             ON p.classoid = 'pg_class'::regclass AND p.objoid = c.oid AND p.objsubid = a.attnum \
             WHERE NOT a.attisdropped AND a.attacl IS DISTINCT FROM p.initprivs AND {}{}",
            is_of_others("pg_class", "c.oid"),
            reader.among("c.oid")
        ),
    }
    .sql()
}
