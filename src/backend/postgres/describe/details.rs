//! What belongs to other objects and has a statement of its own: comments, settings and dependencies for which the model of
//! the object has no place. Whatever is here is compared and written down; without it it would be lost unnoticed. And
//! what belongs to the database as a whole, which is only told.

use super::{FIRST_USER_OID, Reader, USER_SCHEMAS};

/// The kind of [`crate::catalog::ObjectKind::Detail`] in [`super::others`].
pub(super) const KIND: &str = "detail";

/// A query with the columns of [`super::others`]. What it finds has neither schema nor address; a detail without `statement`
/// is only told.
fn query(kind: &str, name: &str, value: &str, statement: &str, from: &str) -> String {
    format!(
        "SELECT '{kind}' AS kind, 0::oid AS class, 0::oid AS oid, NULL::text AS schema, ({name})::text AS name, \
         NULL::text AS arguments, ARRAY[({value})::text] AS properties, \
         array_remove(ARRAY[({statement})::text], NULL) AS statements FROM {from}"
    )
}

/// A detail whose statement ends in the value as a literal.
fn text(name: &str, value: &str, statement: &str, from: &str) -> String {
    query(KIND, name, value, &format!("{statement} || ' IS ' || quote_nullable({value})"), from)
}

/// Whether no extension owns the object `oid` of a system catalog.
pub(super) fn is_own(class: &str, oid: &str) -> String {
    format!(
        "{oid} >= {FIRST_USER_OID} AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '{class}'::regclass \
         AND e.objid = {oid} AND e.deptype = 'e')"
    )
}

/// The queries of all details.
pub(super) fn queries(reader: &Reader<'_>) -> Vec<String> {
    let mut queries = comments();
    queries.extend(of_indexes());
    queries.extend(of_materialized_views(reader));
    queries.push(dependencies_on_extensions());
    queries.push(security_labels());
    queries.push(firing_in_partitions());
    queries.extend(of_database());
    queries
}

fn comments() -> Vec<String> {
    let of = |class: &str| format!("d.classoid = '{class}'::regclass");
    let (relation, constraint) = (of("pg_class"), of("pg_constraint"));
    let index = format!(
        "pg_description d JOIN pg_index i ON i.indexrelid = d.objoid AND {relation} AND d.objsubid = 0 \
         JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x') \
         WHERE {}",
        is_own("pg_class", "i.indrelid")
    );
    let attribute = format!(
        "pg_description d JOIN pg_class c ON c.oid = d.objoid AND {relation} AND c.relkind = 'c' \
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.objsubid AND NOT a.attisdropped WHERE {}",
        is_own("pg_type", "c.reltype")
    );
    let sequence = format!(
        "pg_description d JOIN pg_class s ON s.oid = d.objoid AND {relation} AND d.objsubid = 0 AND s.relkind = 'S' \
         JOIN pg_depend p ON p.classid = 'pg_class'::regclass AND p.objid = s.oid AND p.deptype = 'i' WHERE {}",
        is_own("pg_class", "p.refobjid")
    );
    let of_domain = format!(
        "pg_description d JOIN pg_constraint k ON k.oid = d.objoid AND {constraint} AND k.contypid <> 0 WHERE {}",
        is_own("pg_type", "k.contypid")
    );
    let not_null = format!(
        "pg_description d JOIN pg_constraint k ON k.oid = d.objoid AND {constraint} AND k.contype = 'n' \
         AND k.conrelid <> 0 WHERE {}",
        is_own("pg_class", "k.conrelid")
    );
    // An extension brings its comment along.
    let extension = format!(
        "pg_extension e LEFT JOIN pg_description d ON d.classoid = 'pg_extension'::regclass AND d.objoid = e.oid \
         LEFT JOIN LATERAL (SELECT v.comment FROM pg_available_extensions() v WHERE v.name = e.extname) v ON true \
         WHERE e.oid >= {FIRST_USER_OID} AND d.description IS DISTINCT FROM v.comment"
    );
    let index_name = "i.indexrelid::regclass";
    let attribute_name = "c.oid::regclass || '.' || quote_ident(a.attname)";
    let domain_name = "quote_ident(k.conname) || ' ON DOMAIN ' || format_type(k.contypid, NULL)";
    let not_null_name = "quote_ident(k.conname) || ' ON ' || k.conrelid::regclass";
    [
        ("INDEX", index_name, index),
        ("COLUMN", attribute_name, attribute),
        ("SEQUENCE", "s.oid::regclass", sequence),
        ("CONSTRAINT", domain_name, of_domain),
        ("CONSTRAINT", not_null_name, not_null),
        ("EXTENSION", "quote_ident(e.extname)", extension),
    ]
    .into_iter()
    .map(|(kind, name, from)| {
        let told = format!("'comment on {} ' || {name}", kind.to_lowercase());
        text(&told, "d.description", &format!("'COMMENT ON {kind} ' || {name}"), &from)
    })
    .collect()
}

/// Of the indexes behind constraints that tables are clustered on them, of all the statistics of expressions.
fn of_indexes() -> [String; 2] {
    let clustered = query(
        KIND,
        "'clustered index of ' || i.indrelid::regclass",
        "x.relname",
        "'ALTER TABLE ' || i.indrelid::regclass || ' CLUSTER ON ' || quote_ident(x.relname)",
        &format!(
            "pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_constraint k ON k.conindid = x.oid \
             AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x') WHERE i.indisclustered AND {}",
            is_own("pg_class", "i.indrelid")
        ),
    );
    let statistics = query(
        KIND,
        "'statistics target of column ' || a.attnum || ' of index ' || x.oid::regclass",
        "a.attstattarget",
        "'ALTER INDEX ' || x.oid::regclass || ' ALTER COLUMN ' || a.attnum || ' SET STATISTICS ' || a.attstattarget",
        &format!(
            "pg_attribute a JOIN pg_class x ON x.oid = a.attrelid AND x.relkind IN ('i', 'I') \
             WHERE coalesce(a.attstattarget, -1) >= 0 AND {}",
            is_own("pg_class", "x.oid")
        ),
    );
    [clustered, statistics]
}

/// The settings of their columns.
fn of_materialized_views(reader: &Reader<'_>) -> Vec<String> {
    let storage = "CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END";
    let compression = "CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END";
    let mut settings = vec![
        (
            "statistics target",
            "a.attstattarget",
            "' SET STATISTICS ' || a.attstattarget".to_owned(),
            "coalesce(a.attstattarget, -1) >= 0",
        ),
        ("storage", storage, format!("' SET STORAGE ' || {storage}"), "a.attstorage <> t.typstorage"),
        (
            "options",
            "array_to_string(a.attoptions, ', ')",
            "' SET (' || array_to_string(a.attoptions, ', ') || ')'".to_owned(),
            "a.attoptions IS NOT NULL",
        ),
    ];
    if reader.version >= 140_000 {
        settings.push((
            "compression",
            compression,
            format!("' SET COMPRESSION ' || {compression}"),
            "a.attcompression <> ''",
        ));
    }
    let column = "c.oid::regclass || '.' || quote_ident(a.attname)";
    let alter = "'ALTER MATERIALIZED VIEW ' || c.oid::regclass || ' ALTER COLUMN ' || quote_ident(a.attname)";
    let of_setting = |(name, value, set, condition): (&str, &str, String, &str)| {
        query(
            KIND,
            &format!("'{name} of column ' || {column}"),
            value,
            &format!("{alter} || {set}"),
            &format!(
                "pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'm' JOIN pg_namespace n \
                 ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid \
                 WHERE a.attnum > 0 AND NOT a.attisdropped AND {condition} AND {USER_SCHEMAS} AND {}",
                is_own("pg_class", "c.oid")
            ),
        )
    };
    settings.into_iter().map(of_setting).collect()
}

/// Functions, triggers, indexes and materialized views that are to go with an extension that does not own them.
fn dependencies_on_extensions() -> String {
    query(
        KIND,
        "'dependency of ' || i.type || ' ' || i.identity || ' on extension ' || e.extname",
        "'yes'",
        "'ALTER ' || upper(i.type) || ' ' || i.identity || ' DEPENDS ON EXTENSION ' || quote_ident(e.extname)",
        "pg_depend d JOIN pg_extension e ON e.oid = d.refobjid CROSS JOIN LATERAL \
         pg_identify_object(d.classid, d.objid, 0) i \
         WHERE d.deptype = 'x' AND d.refclassid = 'pg_extension'::regclass",
    )
}

fn security_labels() -> String {
    text(
        "'security label of ' || s.provider || ' on ' || s.objtype || ' ' || s.objname",
        "s.label",
        "'SECURITY LABEL FOR ' || quote_ident(s.provider) || ' ON ' || upper(s.objtype) || ' ' || s.objname",
        "pg_seclabels s WHERE s.objtype NOT IN ('role', 'database', 'tablespace', 'subscription', 'large object')",
    )
}

/// Triggers that fire otherwise in a partition than in its parent, from which it has them.
fn firing_in_partitions() -> String {
    let firing = "CASE t.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE' END";
    query(
        KIND,
        "'firing of trigger ' || quote_ident(t.tgname) || ' of ' || t.tgrelid::regclass",
        firing,
        &format!(
            "'ALTER TABLE ' || t.tgrelid::regclass || ' ' || {firing} || ' TRIGGER ' || quote_ident(t.tgname)"
        ),
        "pg_trigger t JOIN pg_trigger p ON p.oid = t.tgparentid WHERE t.tgenabled <> p.tgenabled AND p.tgconstraint = 0 \
         AND NOT p.tgisinternal",
    )
}

/// What belongs to the database as a whole: see [`crate::catalog::ObjectName::is_property_of_database`]. That scratch work is going on
/// is not told.
fn of_database() -> [String; 2] {
    const OWN: &str = "(SELECT oid FROM pg_database WHERE datname = current_database())";
    let told = |name: &str, value: &str, from: &str| query("unmodelled", name, value, "NULL", from);
    let settings = told(
        "'setting ' || split_part(s.setting, '=', 1) || coalesce(' for role ' || nullif(r.setrole, 0)::regrole, '') \
         || ' of the database'",
        "substr(s.setting, strpos(s.setting, '=') + 1)",
        &format!(
            "pg_db_role_setting r CROSS JOIN unnest(r.setconfig) AS s (setting) WHERE r.setdatabase = {OWN} \
             AND s.setting NOT LIKE 'application\\_name=revgraph scratch work%' AND NOT (s.setting = 'synchronous_commit=off' \
             AND coalesce(shobj_description(r.setdatabase, 'pg_database') LIKE 'revgraph scratch database%', false))"
        ),
    );
    let comment = told(
        "'comment on the database'",
        "d.description",
        &format!(
            "pg_shdescription d WHERE d.classoid = 'pg_database'::regclass AND d.objoid = {OWN} \
             AND d.description NOT LIKE 'revgraph scratch database%'"
        ),
    );
    [settings, comment]
}
