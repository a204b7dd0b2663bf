//! What somebody has changed of the objects that came with the server or an extension. No dump holds it, and no statement of
//! revgraph's makes it; it is told so that it is not overlooked.

use super::part::{ALTERED, DETAIL_KIND, Detail, Part, UNMODELLED_KIND, WHOLE};
use super::pieces::{FIRST_USER_OID, identity};

/// Queries of all of it.
pub(super) fn queries() -> Vec<Part> {
    let mut queries = vec![members_of_extensions()];
    queries.extend(OF_SERVER.map(of_server));
    queries.extend([mappings_of_server(), comments_of_server(), owners_of_server()]);
    queries
}

/// How many members the extension has that comes with the server: a language and its three functions.
const MEMBERS_OF_PLPGSQL: u32 = 4;

fn query(word: &'static str, [name, value]: [&str; 2], from: &str) -> Part {
    Detail { word, owner: "0", name, value, statement: None, from }.query(UNMODELLED_KIND)
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
    Detail { word: WHOLE, owner: "0", name, value: "d.value", statement: None, from: &from }
        .query(DETAIL_KIND)
}

/// A system catalog of objects that come with the server, the column with their OIDs, and those columns that are left out,
/// since they are told as something else.
const OF_SERVER: [(&str, &str, &str); 6] = [
    ("pg_cast", "oid", "{}"),
    ("pg_operator", "oid", "{oprowner}"),
    ("pg_proc", "oid", "{proacl,proowner}"),
    ("pg_rewrite", "ev_class", "{oid}"),
    ("pg_ts_dict", "oid", "{dictowner}"),
    ("pg_type", "oid", "{typacl,typowner}"),
];
/// The rows of a configuration of the text search have no OID.
const MAPPINGS: &str = "pg_ts_config_map";

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
    let rows = OF_SERVER.iter().map(|(class, oid, _)| (*class, *oid));
    let rows = rows.chain([(MAPPINGS, "mapcfg"), ("pg_description", "objoid")]);
    let rows: Vec<String> =
        rows.map(|(class, oid)| format!("SELECT xmin FROM {class} WHERE {oid} < {FIRST_USER_OID}")).collect();
    format!("({}) x WHERE {}", rows.join(" UNION ALL "), is_written_later())
}

/// Objects whose rows were written later, with a digest of what stands there now. A row of which only the privileges have
/// been changed was written later too; such are told as privileges.
fn of_server((class, oid, left_out): (&str, &str, &str)) -> Part {
    let (of, identified) = if class == "pg_rewrite" { ("pg_class", "x.ev_class") } else { (class, "x.oid") };
    let untouched = |acl: &str| {
        format!(
            " AND x.{acl} IS NOT DISTINCT FROM (SELECT p.initprivs FROM pg_init_privs p \
             WHERE p.classoid = '{class}'::regclass AND p.objoid = x.oid AND p.objsubid = 0)"
        )
    };
    let untouched = match class {
        "pg_proc" => untouched("proacl"),
        "pg_type" => untouched("typacl"),
        _ => String::new(),
    };
    query(
        ALTERED,
        [
            &format!("'change of ' || {}", identity(of, identified)),
            &digest(&format!("(to_jsonb(x) - '{left_out}'::text[])::text")),
        ],
        &format!("{class} x WHERE x.{oid} < {FIRST_USER_OID} AND {}{untouched}", is_written_later()),
    )
}

fn mappings_of_server() -> Part {
    query(
        ALTERED,
        [
            "'change of text search configuration ' || c.oid::regconfig",
            "(SELECT string_agg(concat_ws(' ', a.maptokentype, a.mapseqno, a.mapdict::regdictionary), ', ' \
             ORDER BY a.maptokentype, a.mapseqno) FROM pg_ts_config_map a WHERE a.mapcfg = c.oid)",
        ],
        &format!(
            "pg_ts_config c WHERE c.oid < {FIRST_USER_OID} AND EXISTS (SELECT FROM {MAPPINGS} x \
             WHERE x.mapcfg = c.oid AND {})",
            is_written_later()
        ),
    )
}

/// Comments on what came with the server, which has its own; that of the schema `public` is an object's.
fn comments_of_server() -> Part {
    query(
        ALTERED,
        ["'change of comment on ' || i.type || ' ' || i.identity", "x.description"],
        &format!(
            "pg_description x CROSS JOIN LATERAL pg_identify_object(x.classoid, x.objoid, x.objsubid) i \
             WHERE x.objoid < {FIRST_USER_OID} AND x.objoid <> 2200 AND {}",
            is_written_later()
        ),
    )
}

/// All that comes with the server belongs to the role that it was made with, which has the OID 10.
fn owners_of_server() -> Part {
    let of = |(class, owner): (&str, &str)| {
        format!(
            "SELECT '{class}'::regclass AS class, o.oid, o.{owner} AS owner FROM {class} o \
             WHERE o.oid < {FIRST_USER_OID} AND o.{owner} <> 10"
        )
    };
    let owners = [
        ("pg_class", "relowner"),
        ("pg_language", "lanowner"),
        ("pg_namespace", "nspowner"),
        ("pg_operator", "oprowner"),
        ("pg_proc", "proowner"),
        ("pg_ts_config", "cfgowner"),
        ("pg_type", "typowner"),
    ];
    query(
        WHOLE,
        ["'owner of ' || i.type || ' ' || i.identity", "x.owner::regrole"],
        &format!(
            "({}) x CROSS JOIN LATERAL pg_identify_object(x.class, x.oid, 0) i WHERE x.oid <> 2200",
            owners.map(of).join(" UNION ALL ")
        ),
    )
}
