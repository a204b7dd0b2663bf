//! What no statement of revgraph's makes, and is told so that it is not overlooked: what belongs to the database as a whole, and what is hidden in the server's own schemas.

use super::super::scratch::SETTLED;
use super::part::{Detail, HIDDEN_PART, Part, UNMODELLED_KIND, WHOLE};
use super::pieces::{FIRST_USER_OID, SECRET, identity, sorted};
use super::reader::Reader;
use super::{altered, dropped};
use crate::sql::Dialect;

/// The database itself.
const OWN: &str = "(SELECT oid FROM pg_database WHERE datname = current_database())";
/// How the names of scratch databases begin; what is set there for the work is no script's.
const IS_SCRATCH: &str = "current_database() LIKE 'revgraph\\_scratch\\_%'";

fn query(word: &'static str, owner: &str, [name, value]: [&str; 2], from: &str) -> Part {
    Detail { word, owner, name, value, statement: None, undo: None, from }.query(UNMODELLED_KIND)
}

/// The queries for what is told of and never written, as far as this version of the server can have it.
pub(super) fn queries(reader: &Reader<'_>) -> Vec<Part> {
    let mut queries = vec![privileges_of_database()];
    queries.extend(of_database());
    queries.extend(in_schemas_of_the_server());
    queries.push(parts_of_server());
    queries.extend(members_of_operator_families());
    queries.extend(hidden_options());
    queries.extend(altered::queries());
    queries.push(dropped::query(reader));
    queries
}

/// The privileges of the database.
fn privileges_of_database() -> Part {
    query(
        WHOLE,
        "0",
        ["'privileges of the database'", &sorted("x.datacl")],
        &format!("pg_database x WHERE x.oid = {OWN} AND x.datacl IS NOT NULL"),
    )
}

/// See [`crate::catalog::ObjectName::is_of_database`]. That scratch work is going on is not told.
fn of_database() -> [Part; 7] {
    let settings = query(
        WHOLE,
        "0",
        [
            "'setting ' || split_part(s.setting, '=', 1) || coalesce(' for role ' || nullif(r.setrole, 0)::regrole, '') \
             || ' of the database'",
            "substr(s.setting, strpos(s.setting, '=') + 1)",
        ],
        &format!(
            "pg_db_role_setting r CROSS JOIN unnest(r.setconfig) AS s (setting) WHERE r.setdatabase = {OWN} \
             AND s.setting NOT LIKE 'application\\_name=revgraph scratch work%' \
             AND NOT (s.setting = 'synchronous_commit=off' AND {IS_SCRATCH})"
        ),
    );
    let comment = query(
        WHOLE,
        "0",
        ["'comment on the database'", "d.description"],
        &format!(
            "pg_shdescription d WHERE d.classoid = 'pg_database'::regclass AND d.objoid = {OWN} \
             AND d.description NOT LIKE 'revgraph scratch database%'"
        ),
    );
    let limits = query(
        WHOLE,
        "0",
        ["'connection limit of the database'", "x.datconnlimit"],
        &format!("pg_database x WHERE x.oid = {OWN} AND x.datconnlimit <> -1"),
    );
    let template = query(
        WHOLE,
        "0",
        ["'template status of the database'", "'IS_TEMPLATE'"],
        &format!("pg_database x WHERE x.oid = {OWN} AND x.datistemplate"),
    );
    // Where the settings that it was made with stand, it is said which transaction has written them.
    let mark = Dialect::Postgres.quote_literal(&format!("application_name={SETTLED}"));
    let written = query(
        WHOLE,
        "0",
        ["'change of settings of the database'", "'by a script'"],
        &format!(
            "pg_db_role_setting r CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE starts_with(s.setting, {mark})) AS marks, \
             count(*) FILTER (WHERE s.setting LIKE 'application\\_name=%') AS names, \
             count(*) FILTER (WHERE s.setting <> 'synchronous_commit=off') AS settings, \
             bool_or(s.setting = {mark} || r.xmin::text) AS is_first FROM unnest(r.setconfig) s (setting)) n \
             WHERE r.setdatabase = {OWN} AND r.setrole = 0 AND {IS_SCRATCH} \
             AND n.names = n.marks AND n.settings > n.marks AND NOT n.is_first"
        ),
    );
    let language = query(
        WHOLE,
        "0",
        ["'absence of extension plpgsql'", "'dropped'"],
        "(SELECT) x WHERE NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'plpgsql')",
    );
    // A scratch database belongs to whoever does the work, unless a script gives it to somebody else.
    let owner = query(
        WHOLE,
        "0",
        ["'owner of the database'", "x.datdba::regrole"],
        &format!("pg_database x WHERE x.oid = {OWN} AND {IS_SCRATCH} AND x.datdba <> session_user::regrole"),
    );
    [settings, comment, limits, template, written, language, owner]
}

/// What somebody has put into the schemas that come with the server, which no dump holds.
fn in_schemas_of_the_server() -> [Part; 3] {
    let of = |(word, class, schema, condition): (&'static str, &str, &str, &str)| {
        let from = format!(
            "{class} x WHERE x.oid >= {FIRST_USER_OID} AND x.{schema} IN ('pg_catalog'::regnamespace, \
             (SELECT oid FROM pg_namespace WHERE nspname = 'information_schema')) AND {condition} AND NOT EXISTS \
             (SELECT FROM pg_depend e WHERE e.classid = '{class}'::regclass AND e.objid = x.oid AND e.deptype IN ('e', 'i'))"
        );
        query(word, "x.oid", [&identity(class, "x.oid"), "'there'"], &from)
    };
    [
        ("hidden relation", "pg_class", "relnamespace", "x.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')"),
        ("hidden routine", "pg_proc", "pronamespace", "true"),
        ("hidden type", "pg_type", "typnamespace", "x.typrelid = 0 AND x.typelem = 0"),
    ]
    .map(of)
}

/// Parts of relations and domains, the system catalog that they are in, and the object that each is a part of.
pub(super) const PARTS: [(&str, &str); 6] = [
    ("pg_attrdef", "x.adrelid"),
    ("pg_class", "(SELECT i.indrelid FROM pg_index i WHERE i.indexrelid = x.oid)"),
    ("pg_constraint", "greatest(x.conrelid, x.contypid)"),
    ("pg_policy", "x.polrelid"),
    ("pg_rewrite", "x.ev_class"),
    ("pg_trigger", "x.tgrelid"),
];

/// What somebody has added to relations and domains that come with the server.
fn parts_of_server() -> Part {
    let from = format!(
        "({}) x (class, oid) CROSS JOIN LATERAL pg_identify_object(x.class, x.oid, 0) i",
        PARTS.map(|(class, owner)| rows_of_parts(class, owner)).join(" UNION ALL ")
    );
    query(HIDDEN_PART, "0", ["i.type || ' ' || i.identity", "'there'"], &from)
}

/// The query of the rows of system catalog `class` that a user has made and whose owner, the expression `owner`, is the
/// server's own.
pub(super) fn rows_of_parts(class: &str, owner: &str) -> String {
    format!(
        "SELECT '{class}'::regclass, x.oid FROM {class} x WHERE x.oid >= {FIRST_USER_OID} AND {owner} < {FIRST_USER_OID}"
    )
}

/// Operators and functions that somebody has added to families of operators that come with the server.
fn members_of_operator_families() -> [Part; 2] {
    let of = |class: &'static str, family: &str, function: &str| {
        let identity =
            format!("(SELECT i.identity FROM pg_identify_object('{class}'::regclass, x.oid, 0) i)");
        let members = format!(
            "{class} x WHERE x.oid >= {FIRST_USER_OID} AND x.{family} < {FIRST_USER_OID} AND NOT EXISTS \
             (SELECT FROM pg_depend d WHERE d.classid = '{class}'::regclass AND d.objid = x.oid AND d.deptype = 'i') \
             AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = x.{function} AND e.deptype = 'e')"
        );
        query(class, "0", [&format!("'member of operator family: ' || {identity}"), &identity], &members)
    };
    [of("pg_amop", "amopfamily", "amopopr"), of("pg_amproc", "amprocfamily", "amproc::oid")]
}

/// That there are options whose values are not read, since they may be secrets.
fn hidden_options() -> [Part; 4] {
    let of = |word: &'static str, owner: &str, [name, options]: [&str; 2], from: &str| {
        let hidden = format!(
            "(SELECT string_agg(o.option_name, ', ' ORDER BY o.option_name) FROM pg_options_to_table({options}) o \
             WHERE o.option_name ~* {SECRET})"
        );
        query(
            word,
            owner,
            [&format!("'hidden options of ' || {name}"), &hidden],
            &format!("{from} AND {hidden} IS NOT NULL"),
        )
    };
    let column = "'column ' || a.attrelid::regclass || '.' || quote_ident(a.attname)";
    [
        of(
            "pg_foreign_data_wrapper",
            "0",
            [&identity("pg_foreign_data_wrapper", "x.oid"), "x.fdwoptions"],
            "pg_foreign_data_wrapper x WHERE true",
        ),
        of(
            "pg_foreign_server",
            "0",
            [&identity("pg_foreign_server", "x.oid"), "x.srvoptions"],
            "pg_foreign_server x WHERE true",
        ),
        of(
            "f",
            "x.ftrelid",
            [&identity("pg_class", "x.ftrelid"), "x.ftoptions"],
            "pg_foreign_table x WHERE true",
        ),
        of(
            "f",
            "a.attrelid",
            [column, "a.attfdwoptions"],
            "pg_attribute a WHERE a.attfdwoptions IS NOT NULL",
        ),
    ]
}
