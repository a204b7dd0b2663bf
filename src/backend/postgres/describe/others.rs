//! Objects without parts: the server writes down what each is compared by and made by. Those of the kinds that
//! revgraph cannot write are read too, so that they are never overlooked. One query for all.

use diesel::prelude::*;
use diesel::sql_types::{Array, Nullable, Oid, Text};

use super::super::super::BackendError;
use super::collector::{Collector, Privileges};
use super::part::{BASE_TYPE, DETAIL_KIND, Part, UNMODELLED_KIND};
use super::pieces::{FIRST_USER_OID, SECRET, USER_SCHEMAS, options_of_subscriptions};
use super::reader::Reader;
use super::{details, told};
use crate::catalog::{Definition, ObjectKind, ObjectName, Other};

#[derive(QueryableByName)]
struct OtherRow {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Oid)]
    class: u32,
    #[diesel(sql_type = Oid)]
    oid: u32,
    #[diesel(sql_type = Nullable<Text>)]
    schema: Option<String>,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Nullable<Text>)]
    arguments: Option<String>,
    #[diesel(sql_type = Array<Nullable<Text>>)]
    properties: Vec<Option<String>>,
    #[diesel(sql_type = Array<Text>)]
    statements: Vec<String>,
    #[diesel(sql_type = Nullable<Text>)]
    owner: Option<String>,
}

/// A kind with the names of its properties, in the order in which its query has them.
type Kind = (&'static str, ObjectKind, &'static [&'static str]);

const KINDS: [Kind; 12] = [
    ("collation", ObjectKind::Collation, &["provider", "locale", "ctype", "deterministic", "rules"]),
    (
        "operator",
        ObjectKind::Operator,
        &["function", "commutator", "negator", "restriction estimator", "join estimator", "hashes", "merges"],
    ),
    ("cast", ObjectKind::Cast, &["function", "context"]),
    ("dictionary", ObjectKind::TextSearchDictionary, &["template", "options"]),
    ("configuration", ObjectKind::TextSearchConfiguration, &["parser", "mappings"]),
    ("wrapper", ObjectKind::ForeignDataWrapper, &["handler", "validator", "options"]),
    ("server", ObjectKind::ForeignServer, &["wrapper", "type", "version", "options"]),
    ("statistics", ObjectKind::Statistics, &["statistics target", "definition"]),
    (
        "publication",
        ObjectKind::Publication,
        &["all tables", "tables", "schemas", "operations", "via partition root"],
    ),
    ("event trigger", ObjectKind::EventTrigger, &["event", "tags", "function", "enabled"]),
    (UNMODELLED_KIND, ObjectKind::Unmodelled, &["definition"]),
    (DETAIL_KIND, ObjectKind::Detail, &["value"]),
];

/// Reads them; of a few objects only the details.
pub(super) fn read(reader: &mut Reader<'_>, collector: &mut Collector<'_>) -> Result<(), BackendError> {
    let mut parts = details::queries(reader);
    parts.extend(told::queries(reader));
    if !reader.is_among_few() {
        parts.extend(objects(reader));
    }
    parts.retain(|part| reader.has(&[part.word]));
    if parts.is_empty() {
        return Ok(());
    }
    let sql = |part: Part| match reader.is_among_few() {
        true => format!("SELECT * FROM ({}) d WHERE d.oid = ANY($1)", part.sql),
        false => part.sql,
    };
    let sql = parts.into_iter().map(sql).collect::<Vec<_>>().join(" UNION ALL ");
    let rows: Vec<OtherRow> = reader.load(&sql)?;
    for row in rows {
        let Some((_, kind, names)) = KINDS.iter().find(|(kind, _, _)| *kind == row.kind) else { continue };
        let name = ObjectName {
            arguments: row.arguments,
            ..ObjectName::new(*kind, row.schema.as_deref(), &row.name)
        };
        let properties = names.iter().copied().zip(row.properties).collect();
        let definition =
            Definition::Other(Other { properties, statements: row.statements, granted_on: None });
        if row.class == 0 {
            collector.add_detail(row.oid, name, definition, None);
        } else {
            let privileges = row.owner.map(|owner| Privileges { owner, grants: Vec::new() });
            collector.add_at((row.class, row.oid), name, definition, privileges);
        }
    }
    Ok(())
}

fn objects(reader: &Reader<'_>) -> Vec<Part> {
    let mut objects = vec![
        collations(reader),
        operators(),
        casts(),
        dictionaries(),
        configurations(),
        wrappers(),
        servers(),
        statistics(),
        publications(reader),
        event_triggers(),
    ];
    objects.extend(unmodelled(reader));
    objects
}

/// The system catalogs whose objects have owners, and the column that says which.
const OWNERS: [(&str, &str); 15] = [
    ("pg_collation", "collowner"),
    ("pg_operator", "oprowner"),
    ("pg_ts_dict", "dictowner"),
    ("pg_ts_config", "cfgowner"),
    ("pg_foreign_data_wrapper", "fdwowner"),
    ("pg_foreign_server", "srvowner"),
    ("pg_statistic_ext", "stxowner"),
    ("pg_publication", "pubowner"),
    ("pg_event_trigger", "evtowner"),
    ("pg_conversion", "conowner"),
    ("pg_language", "lanowner"),
    ("pg_opclass", "opcowner"),
    ("pg_opfamily", "opfowner"),
    ("pg_type", "typowner"),
    ("pg_subscription", "subowner"),
];

/// A query with the columns of [`OtherRow`]; `arguments` is an expression too. What there is of `statements` that is
/// NULL does not count.
fn query(
    kind: &str,
    class: &'static str,
    [schema, name, arguments]: [&str; 3],
    properties: &[&str],
    statements: &[&str],
    from: &str,
) -> Part {
    let properties: Vec<String> = properties.iter().map(|property| format!("({property})::text")).collect();
    let statements: Vec<String> = statements.iter().map(|statement| format!("({statement})::text")).collect();
    let statements = match statements.as_slice() {
        [] => "'{}'::text[]".to_owned(),
        some => format!("array_remove(ARRAY[{}], NULL)", some.join(", ")),
    };
    let owner = OWNERS.iter().find(|(of, _)| *of == class);
    let owner = owner.map_or("NULL".to_owned(), |(_, column)| format!("x.{column}::regrole"));
    let sql = format!(
        "SELECT '{kind}' AS kind, '{class}'::regclass::oid AS class, x.oid, ({schema})::text AS schema, \
         ({name})::text AS name, ({arguments})::text AS arguments, ARRAY[{}]::text[] AS properties, \
         {statements} AS statements, ({owner})::text AS owner FROM {from}",
        properties.join(", ")
    );
    Part { word: class, sql }
}

/// `x` of a schema of the user's.
fn in_schema(class: &str, schema: &str) -> String {
    format!("{class} x JOIN pg_namespace n ON n.oid = x.{schema} ")
}

/// The clause of options, from an array of `name=value`; NULL without any. What looks like a secret is left out.
fn options(array: &str) -> String {
    format!(
        "(SELECT 'OPTIONS (' || string_agg(quote_ident(option_name) || ' ' || quote_literal(option_value), ', ' \
         ORDER BY option_name) || ')' FROM pg_options_to_table({array}) WHERE option_name !~* {SECRET})"
    )
}

fn collations(reader: &Reader<'_>) -> Part {
    let own_locale = match reader.version() / 10_000 {
        ..15 => "NULL",
        15 | 16 => "x.colliculocale",
        _ => "x.colllocale",
    };
    let rules = reader.since(16, "x.collicurules", "NULL");
    let locale = format!("coalesce({own_locale}, x.collcollate::text)");
    let provider = "CASE x.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' WHEN 'd' THEN 'default' ELSE 'libc' END";
    let create = format!(
        "'CREATE COLLATION ' || quote_ident(n.nspname) || '.' || quote_ident(x.collname) || ' (PROVIDER = ' || {provider} \
         || CASE x.collprovider WHEN 'c' THEN ', LC_COLLATE = ' || quote_literal(x.collcollate) || ', LC_CTYPE = ' \
         || quote_literal(x.collctype) ELSE ', LOCALE = ' || quote_literal({locale}) END \
         || CASE WHEN x.collisdeterministic THEN '' ELSE ', DETERMINISTIC = false' END \
         || coalesce(', RULES = ' || quote_literal({rules}), '') || ')'"
    );
    query(
        "collation",
        "pg_collation",
        ["n.nspname", "x.collname", "NULL"],
        &[
            provider,
            &locale,
            "CASE WHEN x.collprovider = 'c' THEN x.collctype END",
            "x.collisdeterministic",
            rules,
        ],
        &[&create],
        &format!("{}WHERE {USER_SCHEMAS}", in_schema("pg_collation", "collnamespace")),
    )
}

fn operators() -> Part {
    // A type prints as NONE where there is none.
    let operand =
        |column: &str| format!("CASE WHEN x.{column} = 0 THEN 'NONE' ELSE format_type(x.{column}, NULL) END");
    let function = |column: &str| format!("CASE WHEN x.{column} <> 0 THEN x.{column}::text END");
    let other = |column: &str| {
        format!(
            "(SELECT 'OPERATOR(' || quote_ident(on_.nspname) || '.' || o.oprname || ')' FROM pg_operator o \
             JOIN pg_namespace on_ ON on_.oid = o.oprnamespace WHERE o.oid = x.{column})"
        )
    };
    let (left, right) = (operand("oprleft"), operand("oprright"));
    let (commutator, negator) = (other("oprcom"), other("oprnegate"));
    let (restriction, join) = (function("oprrest"), function("oprjoin"));
    let create = format!(
        "'CREATE OPERATOR ' || quote_ident(n.nspname) || '.' || x.oprname || ' (FUNCTION = ' || x.oprcode \
         || CASE WHEN x.oprleft <> 0 THEN ', LEFTARG = ' || {left} ELSE '' END \
         || CASE WHEN x.oprright <> 0 THEN ', RIGHTARG = ' || {right} ELSE '' END \
         || coalesce(', COMMUTATOR = ' || {commutator}, '') || coalesce(', NEGATOR = ' || {negator}, '') \
         || coalesce(', RESTRICT = ' || {restriction}, '') || coalesce(', JOIN = ' || {join}, '') \
         || CASE WHEN x.oprcanhash THEN ', HASHES' ELSE '' END || CASE WHEN x.oprcanmerge THEN ', MERGES' ELSE '' END || ')'"
    );
    query(
        "operator",
        "pg_operator",
        ["n.nspname", "x.oprname", &format!("{left} || ', ' || {right}")],
        &["x.oprcode", &commutator, &negator, &restriction, &join, "x.oprcanhash", "x.oprcanmerge"],
        &[&create],
        &format!("{}WHERE {USER_SCHEMAS} AND x.oprcode <> 0", in_schema("pg_operator", "oprnamespace")),
    )
}

fn casts() -> Part {
    let name = "'(' || format_type(x.castsource, NULL) || ' AS ' || format_type(x.casttarget, NULL) || ')'";
    let function = "CASE x.castmethod WHEN 'f' THEN 'WITH FUNCTION ' || x.castfunc::regprocedure WHEN 'i' \
                    THEN 'WITH INOUT' ELSE 'WITHOUT FUNCTION' END";
    let context =
        "CASE x.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' ELSE '' END";
    query(
        "cast",
        "pg_cast",
        ["NULL", name, "NULL"],
        &[function, context],
        &[&format!("'CREATE CAST ' || {name} || ' ' || {function} || {context}")],
        // A range type brings one along.
        &format!(
            "pg_cast x WHERE x.oid >= {FIRST_USER_OID} AND NOT EXISTS (SELECT FROM pg_depend d \
             WHERE d.classid = 'pg_cast'::regclass AND d.objid = x.oid AND d.deptype = 'i')"
        ),
    )
}

fn dictionaries() -> Part {
    let template = "(SELECT quote_ident(tn.nspname) || '.' || quote_ident(t.tmplname) FROM pg_ts_template t \
                    JOIN pg_namespace tn ON tn.oid = t.tmplnamespace WHERE t.oid = x.dicttemplate)";
    let create = format!(
        "'CREATE TEXT SEARCH DICTIONARY ' || quote_ident(n.nspname) || '.' || quote_ident(x.dictname) \
         || ' (TEMPLATE = ' || {template} || coalesce(', ' || x.dictinitoption, '') || ')'"
    );
    query(
        "dictionary",
        "pg_ts_dict",
        ["n.nspname", "x.dictname", "NULL"],
        &[template, "x.dictinitoption"],
        &[&create],
        &format!("{}WHERE {USER_SCHEMAS}", in_schema("pg_ts_dict", "dictnamespace")),
    )
}

fn configurations() -> Part {
    let parser = "(SELECT quote_ident(pn.nspname) || '.' || quote_ident(p.prsname) FROM pg_ts_parser p \
                  JOIN pg_namespace pn ON pn.oid = p.prsnamespace WHERE p.oid = x.cfgparser)";
    let own = "'TEXT SEARCH CONFIGURATION ' || quote_ident(n.nspname) || '.' || quote_ident(x.cfgname)";
    let mappings = |before: &str, between: &str| {
        format!(
            "(SELECT string_agg({before}t.alias || ' WITH ' || m.dictionaries, {between} ORDER BY t.alias) \
             FROM ts_token_type(x.cfgparser) t JOIN (SELECT maptokentype, \
             string_agg(mapdict::regdictionary::text, ', ' ORDER BY mapseqno) AS dictionaries FROM pg_ts_config_map \
             WHERE mapcfg = x.oid GROUP BY maptokentype) m ON m.maptokentype = t.tokid)"
        )
    };
    let add = mappings(&format!("'ALTER ' || {own} || ' ADD MAPPING FOR ' || "), "E';\\n'");
    query(
        "configuration",
        "pg_ts_config",
        ["n.nspname", "x.cfgname", "NULL"],
        &[parser, &mappings("", "', '")],
        &[&format!("'CREATE ' || {own} || ' (PARSER = ' || {parser} || ')'"), &add],
        &format!("{}WHERE {USER_SCHEMAS}", in_schema("pg_ts_config", "cfgnamespace")),
    )
}

fn wrappers() -> Part {
    let function = |column: &str| format!("CASE WHEN x.{column} <> 0 THEN x.{column}::regproc::text END");
    let (handler, validator) = (function("fdwhandler"), function("fdwvalidator"));
    let options = options("x.fdwoptions");
    let create = format!(
        "'CREATE FOREIGN DATA WRAPPER ' || quote_ident(x.fdwname) || coalesce(' HANDLER ' || {handler}, '') \
         || coalesce(' VALIDATOR ' || {validator}, '') || coalesce(' ' || {options}, '')"
    );
    query(
        "wrapper",
        "pg_foreign_data_wrapper",
        ["NULL", "x.fdwname", "NULL"],
        &[&handler, &validator, &options],
        &[&create],
        "pg_foreign_data_wrapper x",
    )
}

fn servers() -> Part {
    let options = options("x.srvoptions");
    let create = format!(
        "'CREATE SERVER ' || quote_ident(x.srvname) || coalesce(' TYPE ' || quote_literal(x.srvtype), '') \
         || coalesce(' VERSION ' || quote_literal(x.srvversion), '') || ' FOREIGN DATA WRAPPER ' || quote_ident(w.fdwname) \
         || coalesce(' ' || {options}, '')"
    );
    query(
        "server",
        "pg_foreign_server",
        ["NULL", "x.srvname", "NULL"],
        &["w.fdwname", "x.srvtype", "x.srvversion", &options],
        &[&create],
        "pg_foreign_server x JOIN pg_foreign_data_wrapper w ON w.oid = x.srvfdw",
    )
}

fn statistics() -> Part {
    let target = "nullif(x.stxstattarget, -1)";
    let set = format!(
        "'ALTER STATISTICS ' || quote_ident(n.nspname) || '.' || quote_ident(x.stxname) || ' SET STATISTICS ' || {target}"
    );
    query(
        "statistics",
        "pg_statistic_ext",
        ["n.nspname", "x.stxname", "NULL"],
        &[target, "pg_get_statisticsobjdef(x.oid)"],
        &["pg_get_statisticsobjdef(x.oid)", &set],
        &format!("{}WHERE {USER_SCHEMAS}", in_schema("pg_statistic_ext", "stxnamespace")),
    )
}

fn publications(reader: &Reader<'_>) -> Part {
    let columns_and_rows = reader.since(
        15,
        "|| coalesce(' (' || (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a \
         WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs)) || ')', '') \
         || coalesce(' WHERE (' || pg_get_expr(r.prqual, r.prrelid) || ')', '')",
        "",
    );
    // A child of a table is a member of its own.
    let tables = format!(
        "(SELECT string_agg(t, ', ' ORDER BY t) FROM (SELECT 'ONLY ' || r.prrelid::regclass {columns_and_rows} \
         FROM pg_publication_rel r WHERE r.prpubid = x.oid) p (t))"
    );
    let schemas = reader.since(
        15,
        "(SELECT string_agg(pnnspid::regnamespace::text, ', ' ORDER BY pnnspid::regnamespace::text) \
         FROM pg_publication_namespace WHERE pnpubid = x.oid)",
        "NULL",
    );
    let operations = "concat_ws(', ', CASE WHEN x.pubinsert THEN 'insert' END, CASE WHEN x.pubupdate THEN 'update' END, \
                      CASE WHEN x.pubdelete THEN 'delete' END, CASE WHEN x.pubtruncate THEN 'truncate' END)";
    let create = format!(
        "'CREATE PUBLICATION ' || quote_ident(x.pubname) || CASE WHEN x.puballtables THEN ' FOR ALL TABLES' \
         ELSE coalesce(' FOR ' || nullif(concat_ws(', ', 'TABLE ' || {tables}, 'TABLES IN SCHEMA ' || {schemas}), ''), '') END \
         || ' WITH (publish = ' || quote_literal({operations}) || ', publish_via_partition_root = ' || x.pubviaroot || ')'"
    );
    query(
        "publication",
        "pg_publication",
        ["NULL", "x.pubname", "NULL"],
        &["x.puballtables", &tables, schemas, operations, "x.pubviaroot"],
        &[&create],
        "pg_publication x",
    )
}

fn event_triggers() -> Part {
    let in_order = |order: &str| {
        format!(
            "(SELECT string_agg(quote_literal(tag), ', ' ORDER BY {order}) FROM unnest(x.evttags) WITH ORDINALITY u (tag, place))"
        )
    };
    let (tags, as_given) = (in_order("tag"), in_order("place"));
    let enabled = "CASE x.evtenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' END";
    let create = format!(
        "'CREATE EVENT TRIGGER ' || quote_ident(x.evtname) || ' ON ' || x.evtevent || coalesce(' WHEN TAG IN (' || {as_given} \
         || ')', '') || ' EXECUTE FUNCTION ' || x.evtfoid::regproc || '()'"
    );
    query(
        "event trigger",
        "pg_event_trigger",
        ["NULL", "x.evtname", "NULL"],
        &["x.evtevent", &tags, "x.evtfoid::regproc", enabled],
        &[&create, &format!("'ALTER EVENT TRIGGER ' || quote_ident(x.evtname) || ' ' || {enabled}")],
        "pg_event_trigger x",
    )
}

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

fn unmodelled(reader: &Reader<'_>) -> Vec<Part> {
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
    // Their options may hold passwords.
    let mappings = query(
        "unmodelled",
        "pg_user_mapping",
        [
            "NULL",
            "'user mapping for ' || coalesce(x.usename, 'public') || ' on server ' || x.srvname",
            "NULL",
        ],
        &["(SELECT string_agg(split_part(o, '=', 1), ', ' ORDER BY o) FROM unnest(x.umoptions) o)"],
        &[],
        "(SELECT m.*, m.umid AS oid FROM pg_user_mappings m) x",
    );
    queries.push(Part { word: "pg_foreign_server", ..mappings });
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
