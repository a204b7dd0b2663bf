//! The kinds of objects without parts that revgraph can write: what each is compared by and made by, in the server's words.

use super::part::Part;
use super::pieces::{FIRST_USER_OID, SECRET, USER_SCHEMAS};
use super::reader::Reader;

/// A query for each kind of objects without parts that revgraph can write.
pub(super) fn queries(reader: &Reader<'_>) -> Vec<Part> {
    vec![
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
    ]
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

/// A query with the columns of `others::OtherRow`; `arguments` is an expression too. What there is of `statements` that is
/// NULL does not count.
pub(super) fn query(
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

/// The `FROM` of the objects `x` of system catalog `class` whose column `schema` is a schema of the user's, which is
/// `n`.
pub(super) fn in_schema(class: &str, schema: &str) -> String {
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
    // The server writes the columns in their order in the table, which means nothing to it.
    let columns = |order: &str| {
        format!(
            "(SELECT ' ON ' || string_agg(quote_ident(a.attname), ', ' ORDER BY {order}) FROM unnest(x.stxkeys) k (number) \
             JOIN pg_attribute a ON a.attrelid = x.stxrelid AND a.attnum = k.number)"
        )
    };
    let (as_written, by_name) = (columns("a.attnum"), columns("a.attname"));
    let written = "pg_get_statisticsobjdef(x.oid)";
    let definition = format!("coalesce(replace({written}, {as_written}, {by_name}), {written})");
    let target = "nullif(x.stxstattarget, -1)";
    let set = format!(
        "'ALTER STATISTICS ' || quote_ident(n.nspname) || '.' || quote_ident(x.stxname) || ' SET STATISTICS ' || {target}"
    );
    query(
        "statistics",
        "pg_statistic_ext",
        ["n.nspname", "x.stxname", "NULL"],
        &[target, &definition],
        &[&definition, &set],
        &format!("{}WHERE {USER_SCHEMAS}", in_schema("pg_statistic_ext", "stxnamespace")),
    )
}

fn publications(reader: &Reader<'_>) -> Part {
    let columns_and_rows = reader.since(
        15,
        "|| coalesce(' (' || (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname) FROM pg_attribute a \
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
