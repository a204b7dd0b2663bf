//! The kinds of objects that revgraph cannot write: by what each is known, and how two are told apart.

use super::other_kinds::{in_schema, query};
use super::part::{BASE_TYPE, Part};
use super::pieces::{FIRST_USER_OID, USER_SCHEMAS, options_of_subscriptions};
use super::reader::Reader;

/// The system catalogs of what is not written, and how each tells apart two objects of one name.
const UNMODELLED: [(&str, &str); 8] = [
    ("pg_am", "x.amtype::text || ' ' || x.amhandler"),
    (
        "pg_conversion",
        "x.conproc || ' ' || pg_encoding_to_char(x.conforencoding) || ' ' || pg_encoding_to_char(x.contoencoding) \
         || ' ' || x.condefault",
    ),
    (
        "pg_language",
        "x.lanplcallfoid::regproc || ' ' || x.laninline::regproc || ' ' || x.lanvalidator::regproc || ' ' || x.lanpltrusted",
    ),
    (
        "pg_opclass",
        "format_type(x.opcintype, NULL) || ' ' || x.opcdefault || ' ' \
         || (SELECT (pg_identify_object('pg_opfamily'::regclass, x.opcfamily, 0)).identity)",
    ),
    (
        "pg_opfamily",
        "(SELECT string_agg(t, ', ' ORDER BY t) FROM \
         (SELECT pg_describe_object('pg_amop'::regclass, o.oid, 0) FROM pg_amop o WHERE o.amopfamily = x.oid \
         UNION ALL SELECT pg_describe_object('pg_amproc'::regclass, p.oid, 0) || ' ' || p.amproc FROM pg_amproc p \
         WHERE p.amprocfamily = x.oid) members (t))",
    ),
    ("pg_transform", "x.trffromsql || ' ' || x.trftosql"),
    (
        "pg_ts_parser",
        "x.prsstart || ' ' || x.prstoken || ' ' || x.prsend || ' ' || x.prsheadline || ' ' || x.prslextype",
    ),
    ("pg_ts_template", "x.tmplinit || ' ' || x.tmpllexize"),
];

/// A query for each kind that revgraph cannot write, so that no object of it is overlooked.
pub(super) fn queries(reader: &Reader<'_>) -> Vec<Part> {
    let of_class = |(class, definition): (&'static str, &str)| {
        let identity = |field: &str| format!("(pg_identify_object('{class}'::regclass, x.oid, 0)).{field}");
        query(
            "unmodelled",
            class,
            ["NULL", &format!("{} || ' ' || {}", identity("type"), identity("identity")), "NULL"],
            &[definition],
            &[],
            &format!("{class} x WHERE x.oid >= {FIRST_USER_OID}"),
        )
    };
    let mut queries: Vec<Part> = UNMODELLED.into_iter().map(of_class).collect();
    let base_types = query(
        "unmodelled",
        "pg_type",
        ["NULL", "'base type ' || x.oid::regtype", "NULL"],
        &[&format!(
            "concat_ws(' ', x.typinput, x.typoutput, x.typreceive, x.typsend, x.typmodin, x.typmodout, x.typanalyze, {}, \
             x.typlen, x.typbyval, x.typalign, x.typstorage, x.typcategory, x.typispreferred, x.typdelim::text, \
             x.typcollation <> 0, nullif(x.typelem, 0)::regtype, quote_nullable(x.typdefault))",
            reader.since(14, "x.typsubscript", "NULL")
        )],
        &[],
        &format!(
            "{}WHERE {USER_SCHEMAS} AND x.typtype IN ('b', 'p') AND x.typcategory <> 'A'",
            in_schema("pg_type", "typnamespace")
        ),
    );
    queries.push(Part { word: BASE_TYPE, ..base_types });
    queries.push(user_mappings());
    queries.push(query(
        "unmodelled",
        "pg_subscription",
        ["NULL", "'subscription ' || x.subname", "NULL"],
        &["x.subenabled || ' ' || array_to_string(x.subpublications, ', ') || x.options"],
        &[],
        &format!(
            "(SELECT {}, subname, subowner, subenabled, subpublications, {} AS options FROM pg_subscription \
             WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())) x",
            if reader.may_read_oids_of_subscriptions() { "oid" } else { "0::oid AS oid" },
            options_of_subscriptions(reader.version())
        ),
    ));
    queries
}

/// Mappings are written where they have no options: these may hold passwords, and their values are not read.
fn user_mappings() -> Part {
    let mapping = "'USER MAPPING FOR ' || CASE x.umuser WHEN 0 THEN 'PUBLIC' ELSE x.umuser::regrole::text END \
        || ' SERVER ' || quote_ident(x.srvname)";
    let written = |word: &str| format!("CASE WHEN x.has_no_options THEN '{word} ' || {mapping} END");
    // Whoever may not read options reads none; see the definition of the view.
    let mappings = query(
        "unmodelled",
        "pg_user_mapping",
        [
            "NULL",
            "'user mapping for ' || coalesce(x.usename, 'public') || ' on server ' || x.srvname",
            "NULL",
        ],
        &["(SELECT string_agg(split_part(o, '=', 1), ', ' ORDER BY o) FROM unnest(x.umoptions) o)"],
        &[&written("CREATE"), &written("DROP")],
        "(SELECT m.*, m.umid AS oid, m.umoptions IS NULL AND (m.umuser <> 0 AND m.usename = current_user \
         AND (pg_has_role(s.srvowner, 'USAGE') OR has_server_privilege(s.oid, 'USAGE')) \
         OR m.umuser = 0 AND pg_has_role(s.srvowner, 'USAGE') \
         OR (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = current_user)) AS has_no_options \
         FROM pg_user_mappings m JOIN pg_foreign_server s ON s.oid = m.srvid) x",
    );
    Part { word: "pg_foreign_server", ..mappings }
}
