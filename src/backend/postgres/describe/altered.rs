//! What somebody has changed of the objects that came with the server or an extension. No dump holds it, and no statement of
//! revgraph's makes it; it is told so that it is not overlooked.

use super::part::{ALTERED, DETAIL_KIND, Detail, Part, UNMODELLED_KIND, WHOLE};
use super::pieces::{FIRST_USER_OID, identity};
use crate::sql::Dialect;

/// The queries for what has been changed of objects of the server and of extensions: members, settings,
/// comments and owners.
pub(super) fn queries() -> Vec<Part> {
    let mut queries = vec![members_of_extensions()];
    queries.extend(OF_SERVER.iter().map(of_server));
    queries.extend(columns_and_schemas());
    queries.extend([options_of_views(), mappings_of_server(), comments_of_server(), owners_of_server()]);
    queries
}

/// How many members the extension has that comes with the server: a language and its three functions.
const MEMBERS_OF_PLPGSQL: u32 = 4;

fn query(word: &'static str, [name, value]: [&str; 2], from: &str) -> Part {
    Detail { word, owner: "0", name, value, statement: None, undo: None, from }.query(UNMODELLED_KIND)
}

/// A text that stands for another, which may be long. Not every server has MD5.
fn digest(text: &str) -> String {
    format!("left(encode(sha256(convert_to({text}, 'UTF8')), 'hex'), 16)")
}

/// Of each extension how many members it has, and a digest of what they are: without OIDs, and without owners, who are
/// whoever has made it. What `ALTER EXTENSION … ADD` gives to it no catalog has, and no dump either.
fn members_of_extensions() -> Part {
    const WHAT: &str = "(SELECT concat_ws(' ', p.prosrc, p.probin, p.procost, p.prorows, p.provolatile, p.proparallel, \
        p.proisstrict, p.prosecdef, p.proleakproof, p.proretset, p.proconfig, p.proowner <> e.extowner) FROM pg_proc p \
        WHERE m.classid = 'pg_proc'::regclass AND p.oid = m.objid), \
        (SELECT concat_ws(' ', t.typstorage, t.typdefault, t.typowner <> e.extowner) FROM pg_type t \
        WHERE m.classid = 'pg_type'::regclass AND t.oid = m.objid), \
        (SELECT concat_ws(' ', o.oprrest, o.oprjoin, o.oprcanhash, o.oprcanmerge, o.oprowner <> e.extowner) FROM pg_operator o \
        WHERE m.classid = 'pg_operator'::regclass AND o.oid = m.objid), \
        (SELECT concat_ws(' ', c.relkind, c.reloptions, c.relrowsecurity, c.relowner <> e.extowner, \
        CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END, (SELECT string_agg(concat_ws(' ', a.attname, \
        format_type(a.atttypid, a.atttypmod), a.attnotnull), ',' ORDER BY a.attnum) FROM pg_attribute a \
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)) FROM pg_class c \
        WHERE m.classid = 'pg_class'::regclass AND c.oid = m.objid), obj_description(m.objid, m.classid::regclass::name)";
    let digest = digest("string_agg(x.what, E'\\n' ORDER BY x.what)");
    let from = format!(
        "pg_extension e CROSS JOIN LATERAL (SELECT count(*) AS count, concat_ws(' ', count(*), {digest}) AS value FROM \
         (SELECT concat_ws(' ', i.type, i.identity, {WHAT}) AS what FROM pg_depend m \
         CROSS JOIN LATERAL pg_identify_object(m.classid, m.objid, m.objsubid) i \
         WHERE m.refclassid = 'pg_extension'::regclass AND m.refobjid = e.oid AND m.deptype = 'e') x) d \
         WHERE e.oid >= {FIRST_USER_OID} OR d.count <> {MEMBERS_OF_PLPGSQL}"
    );
    let name = "'members of extension ' || quote_ident(e.extname)";
    Detail { word: WHOLE, owner: "0", name, value: "d.value", statement: None, undo: None, from: &from }
        .query(DETAIL_KIND)
}

/// A system catalog with rows that come with the server.
struct OfServer {
    class: &'static str,
    /// The column with the OIDs of the objects.
    oid: &'static str,
    /// The columns with their owner and their privileges, which are told as something else; empty where there is none.
    owner: &'static str,
    acl: &'static str,
    /// The column of what the server changes itself, or numbers as it likes; empty where there is none.
    own: &'static str,
}

const fn of(class: &'static str, owner: &'static str, acl: &'static str) -> OfServer {
    OfServer { class, oid: "oid", owner, acl, own: "" }
}

/// Those whose rows nothing changes but a statement that is meant for them.
const OF_SERVER: [OfServer; 16] = [
    of("pg_am", "", ""),
    of("pg_cast", "", ""),
    OfServer { own: "collversion", ..of("pg_collation", "collowner", "") },
    of("pg_constraint", "", ""),
    of("pg_conversion", "conowner", ""),
    of("pg_language", "lanowner", "lanacl"),
    of("pg_opclass", "opcowner", ""),
    of("pg_operator", "oprowner", ""),
    of("pg_opfamily", "opfowner", ""),
    of("pg_proc", "proowner", "proacl"),
    OfServer { oid: "ev_class", own: "oid", ..of("pg_rewrite", "", "") },
    of("pg_ts_config", "cfgowner", ""),
    of("pg_ts_dict", "dictowner", ""),
    of("pg_ts_parser", "", ""),
    of("pg_ts_template", "", ""),
    of("pg_type", "typowner", "typacl"),
];
/// The rows of a configuration of the text search have no OID.
const MAPPINGS: &str = "pg_ts_config_map";
/// For so many kinds of words each configuration that comes with the server has dictionaries.
const MAPPED: u32 = 19;
/// Those views that come with options.
const WITH_OPTIONS: &str = "^pg_stats(_ext(_exprs)?)?$";

impl OfServer {
    /// A digest of what stands in a row `row`, without what is told as something else.
    fn digest(&self, row: &str) -> String {
        let left_out = [self.owner, self.acl, self.own].map(|column| format!(" - '{column}'")).concat();
        digest(&format!("jsonb_strip_nulls(to_jsonb({row}){left_out})::text"))
    }
}

/// What a function or a type `x` of the server's is, for those of which something else is told: one that was altered as well
/// cannot be told from its row. A text to append; an empty one for other classes.
pub(super) fn definition(class: &str) -> String {
    let of_class = OF_SERVER.iter().find(|one| one.class == class && !one.acl.is_empty());
    of_class.map_or_else(
        || "''".to_owned(),
        |one| {
            format!(
                "CASE WHEN x.oid < {FIRST_USER_OID} THEN ', definition ' || {} ELSE '' END",
                one.digest("x")
            )
        },
    )
}

/// Whether a row `x` was written after the server had been made: later than the members of the extension that comes with it,
/// the last that it is made with; where these are gone, later than the oldest transaction that `template0` knows of.
fn is_written_later() -> String {
    format!(
        "age(x.xmin) < coalesce((SELECT max(age(m.xmin)) FROM pg_depend m WHERE m.deptype = 'e' \
         AND m.refclassid = 'pg_extension'::regclass AND m.objid < {FIRST_USER_OID}), \
         (SELECT age(t.datfrozenxid) FROM pg_database t WHERE t.datname = 'template0'), 0)"
    )
}

/// What finds a row where there is something for [`queries`] of what came with the server.
pub(super) fn any_of_server() -> String {
    let rows = OF_SERVER.iter().map(|one| (one.class, one.oid));
    let rows = rows.chain([
        (MAPPINGS, "mapcfg"),
        ("pg_attribute", "attrelid"),
        ("pg_class", "oid"),
        ("pg_description", "objoid"),
        ("pg_namespace", "oid"),
    ]);
    let rows: Vec<String> =
        rows.map(|(class, oid)| format!("SELECT xmin FROM {class} WHERE {oid} < {FIRST_USER_OID}")).collect();
    format!(
        "(SELECT FROM ({}) x WHERE {} UNION ALL SELECT FROM pg_ts_config c WHERE {}) x",
        rows.join(" UNION ALL "),
        is_written_later(),
        lacks_mapping()
    )
}

/// Whether the privileges of a row `x` are those that it came with.
fn has_first_privileges(class: &str, acl: &str, [oid, part]: [&str; 2]) -> String {
    format!(
        "x.{acl} IS NOT DISTINCT FROM (SELECT p.initprivs FROM pg_init_privs p \
         WHERE p.classoid = '{class}'::regclass AND p.objoid = {oid} AND p.objsubid = {part})"
    )
}

/// Objects whose rows were written later, with a digest of what stands there now. A row of which only the owner or the
/// privileges have been changed was written later too; such are told as these, see [`definition`].
fn of_server(one: &OfServer) -> Part {
    let OfServer { class, oid, owner, acl, .. } = *one;
    let (of, identified) = if class == "pg_rewrite" { ("pg_class", "x.ev_class") } else { (class, "x.oid") };
    let mut conditions = vec![format!("x.{oid} < {FIRST_USER_OID}"), is_written_later()];
    if !acl.is_empty() {
        conditions.push(has_first_privileges(class, acl, ["x.oid", "0"]));
    }
    if !owner.is_empty() {
        conditions.push(format!("x.{owner} = {FIRST_OWNER}"));
    }
    query(
        ALTERED,
        [&format!("'change of ' || {}", identity(of, identified)), &one.digest("x")],
        &format!("{class} x WHERE {}", conditions.join(" AND ")),
    )
}

/// Options of views. Their rows are written for other reasons as well.
fn options_of_views() -> Part {
    query(
        ALTERED,
        [
            &format!("'change of options of ' || {}", identity("pg_class", "x.oid")),
            "coalesce(x.reloptions::text, '-')",
        ],
        &format!(
            "pg_class x WHERE x.oid < {FIRST_USER_OID} AND x.relkind = 'v' AND x.reloptions IS DISTINCT FROM \
             CASE WHEN x.relname ~ '{WITH_OPTIONS}' THEN '{{security_barrier=true}}'::text[] END"
        ),
    )
}

/// Columns of views and tables, and schemas that were renamed.
fn columns_and_schemas() -> [Part; 2] {
    let columns = query(
        ALTERED,
        [
            &format!("'change of columns of ' || {}", identity("pg_class", "x.attrelid")),
            "string_agg(concat_ws(' ', x.attnum, x.attname, format_type(x.atttypid, x.atttypmod), x.attnotnull, x.atthasdef, \
             x.attoptions), ', ' ORDER BY x.attnum)",
        ],
        &format!(
            "pg_attribute x WHERE x.attrelid < {FIRST_USER_OID} AND {} AND {} GROUP BY x.attrelid",
            is_written_later(),
            has_first_privileges("pg_attribute", "attacl", ["x.attrelid", "x.attnum"])
                .replace("'pg_attribute'", "'pg_class'")
        ),
    );
    let schemas = query(
        ALTERED,
        ["'change of schema ' || quote_ident(x.nspname)", "'renamed'"],
        &format!(
            "pg_namespace x WHERE x.oid < {FIRST_USER_OID} AND x.oid <> 2200 \
             AND x.nspname NOT IN ('pg_catalog', 'pg_toast', 'information_schema')"
        ),
    );
    [columns, schemas]
}

/// Whether a configuration `c` of the text search that came with the server lacks a mapping.
fn lacks_mapping() -> String {
    format!(
        "c.oid < {FIRST_USER_OID} AND {MAPPED} <> \
         (SELECT count(DISTINCT m.maptokentype) FROM {MAPPINGS} m WHERE m.mapcfg = c.oid)"
    )
}

fn mappings_of_server() -> Part {
    query(
        ALTERED,
        [
            "'change of mappings of text search configuration ' || c.oid::regconfig",
            "coalesce((SELECT string_agg(concat_ws(' ', a.maptokentype, a.mapseqno, a.mapdict::regdictionary), ', ' \
             ORDER BY a.maptokentype, a.mapseqno) FROM pg_ts_config_map a WHERE a.mapcfg = c.oid), '-')",
        ],
        &format!(
            "pg_ts_config c WHERE {} OR c.oid < {FIRST_USER_OID} AND EXISTS (SELECT FROM {MAPPINGS} x \
             WHERE x.mapcfg = c.oid AND {})",
            lacks_mapping(),
            is_written_later()
        ),
    )
}

/// The comments that some objects come with, which are written again where somebody's own go.
const FIRST_COMMENTS: [[&str; 3]; 7] = [
    ["extension", "plpgsql", "PL/pgSQL procedural language"],
    ["language", "plpgsql", "PL/pgSQL procedural language"],
    ["language", "internal", "built-in functions"],
    ["language", "c", "dynamically-loaded C functions"],
    ["language", "sql", "SQL-language functions"],
    ["schema", "pg_catalog", "system catalog schema"],
    ["schema", "pg_toast", "reserved schema for TOAST tables"],
];

/// Those as rows `s` of `type`, `identity` and `comment`.
pub(super) fn first_comments() -> String {
    let rows = FIRST_COMMENTS.map(|row| {
        let values = row.map(|value| Dialect::Postgres.quote_literal(value));
        format!("({})", values.join(", "))
    });
    format!("(VALUES {}) s (type, identity, comment)", rows.join(", "))
}

/// Comments on what came with the server, which has its own; that of the schema `public` is an object's, and others have
/// [statements](super::details).
fn comments_of_server() -> Part {
    query(
        ALTERED,
        ["'change of comment on ' || i.type || ' ' || i.identity", "x.description"],
        &format!(
            "pg_description x CROSS JOIN LATERAL pg_identify_object(x.classoid, x.objoid, x.objsubid) i \
             WHERE x.objoid < {FIRST_USER_OID} AND x.objoid <> 2200 AND {} \
             AND NOT EXISTS (SELECT FROM {} WHERE s.type = i.type AND s.identity = i.identity)",
            is_written_later(),
            first_comments()
        ),
    )
}

/// The role that the server was made with: all that comes with it belongs to this one.
const FIRST_OWNER: u32 = 10;

fn owners_of_server() -> Part {
    let others = [of("pg_class", "relowner", ""), of("pg_namespace", "nspowner", "")];
    let owners: Vec<String> = OF_SERVER
        .iter()
        .chain(&others)
        .filter(|one| !one.owner.is_empty())
        .map(|OfServer { class, owner, .. }| {
            // Types of rows and arrays have the owners of what they come with.
            let of_others =
                if *class == "pg_type" { " AND x.typrelid = 0 AND x.typcategory <> 'A'" } else { "" };
            format!(
                "SELECT '{class}'::regclass, x.oid, x.{owner}::regrole || {} FROM {class} x \
                 WHERE x.oid < {FIRST_USER_OID} AND x.{owner} <> {FIRST_OWNER}{of_others}",
                definition(class)
            )
        })
        .collect();
    query(
        WHOLE,
        ["'owner of ' || i.type || ' ' || i.identity", "x.owner"],
        &format!(
            "({}) x (class, oid, owner) CROSS JOIN LATERAL pg_identify_object(x.class, x.oid, 0) i WHERE x.oid <> 2200",
            owners.join(" UNION ALL ")
        ),
    )
}
