//! What belongs to other objects and has a statement of its own: comments, settings and dependencies for which the model of
//! the object has no place. Whatever is here is compared and written down; without it it would be lost unnoticed.

use super::altered::first_comments;
use super::part::{ALTERED, DETAIL_KIND, Detail, Part};
use super::pieces::{FIRST_USER_OID, USER_SCHEMAS, grants, is_own};
use super::reader::Reader;

fn query(word: &'static str, owner: &str, made: [&str; 3], from: &str) -> Part {
    undoable(word, owner, made, None, from)
}

/// The same of what `undo` takes away again.
fn undoable(
    word: &'static str,
    owner: &str,
    [name, value, statement]: [&str; 3],
    undo: Option<&str>,
    from: &str,
) -> Part {
    Detail { word, owner, name, value, statement: Some(statement), undo, from }.query(DETAIL_KIND)
}

/// A detail whose statement ends in the value as a literal.
fn text(word: &'static str, owner: &str, [name, value, statement]: [&str; 3], from: &str) -> Part {
    let statement = format!("{statement} || ' IS ' || quote_nullable({value})");
    query(word, owner, [name, value, &statement], from)
}

/// The queries for all details that this version of the server can have.
pub(super) fn queries(reader: &Reader<'_>) -> Vec<Part> {
    let mut queries = comments();
    queries.push(comments_on_extensions());
    queries.push(comments_of_server());
    queries.extend(of_indexes());
    queries.extend(of_materialized_views(reader));
    queries.push(dependencies_on_extensions());
    queries.push(security_labels());
    queries.push(firing_in_partitions());
    queries.push(privileges_of_identities());
    queries
}

fn comments() -> Vec<Part> {
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
    // Types that come with other objects have comments, which even pg_dump does not write.
    let implicit = format!(
        "pg_description d JOIN pg_type t ON t.oid = d.objoid AND {} JOIN pg_namespace n ON n.oid = t.typnamespace \
         WHERE (t.typtype = 'm' OR t.typcategory = 'A' AND t.typelem <> 0 OR EXISTS \
         (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind <> 'c')) AND {USER_SCHEMAS} AND {}",
        of("pg_type"),
        is_own("pg_type", "t.oid")
    );
    let query = format!(
        "pg_description d JOIN pg_rewrite r ON r.oid = d.objoid AND {} AND r.rulename = '_RETURN' WHERE {}",
        of("pg_rewrite"),
        is_own("pg_class", "r.ev_class")
    );
    let index_name = "i.indexrelid::regclass";
    let attribute_name = "c.oid::regclass || '.' || quote_ident(a.attname)";
    let domain_name = "quote_ident(k.conname) || ' ON DOMAIN ' || format_type(k.contypid, NULL)";
    let not_null_name = "quote_ident(k.conname) || ' ON ' || k.conrelid::regclass";
    [
        ("comment on index", "INDEX", "i.indrelid", index_name, index),
        ("comment on index", "COLUMN", "c.reltype", attribute_name, attribute),
        ("comment on index", "SEQUENCE", "p.refobjid", "s.oid::regclass", sequence),
        ("comment on constraint", "CONSTRAINT", "k.contypid", domain_name, of_domain),
        ("comment on constraint", "CONSTRAINT", "k.conrelid", not_null_name, not_null),
        ("comment on type", "TYPE", "t.oid", "t.oid::regtype", implicit),
        (
            "comment on rule",
            "RULE",
            "r.ev_class",
            "quote_ident(r.rulename) || ' ON ' || r.ev_class::regclass",
            query,
        ),
    ]
    .into_iter()
    .map(|(word, kind, owner, name, from)| {
        let told = format!("'comment on {} ' || {name}", kind.to_lowercase());
        text(word, owner, [&told, "d.description", &format!("'COMMENT ON {kind} ' || {name}")], &from)
    })
    .collect()
}

/// An extension brings its comment along.
fn comments_on_extensions() -> Part {
    let comment = |text: &str| {
        format!("'COMMENT ON EXTENSION ' || quote_ident(e.extname) || ' IS ' || quote_nullable({text})")
    };
    undoable(
        "own extension",
        "e.oid",
        ["'comment on extension ' || quote_ident(e.extname)", "d.description", &comment("d.description")],
        Some(&comment("v.comment")),
        &format!(
            "pg_extension e LEFT JOIN pg_description d ON d.classoid = 'pg_extension'::regclass AND d.objoid = e.oid \
             LEFT JOIN LATERAL (SELECT v.comment FROM pg_available_extensions() v WHERE v.name = e.extname) v ON true \
             WHERE e.oid >= {FIRST_USER_OID} AND d.description IS DISTINCT FROM v.comment"
        ),
    )
}

/// Other comments than the server's own, on what came with it and has had one comment since PostgreSQL 13.
fn comments_of_server() -> Part {
    let comment = |text: &str| {
        format!("'COMMENT ON ' || upper(i.type) || ' ' || i.identity || ' IS ' || quote_literal({text})")
    };
    undoable(
        ALTERED,
        "0",
        ["'comment on ' || i.type || ' ' || i.identity", "x.description", &comment("x.description")],
        Some(&comment("s.comment")),
        &format!(
            "pg_description x CROSS JOIN LATERAL pg_identify_object(x.classoid, x.objoid, x.objsubid) i \
             JOIN {} ON s.type = i.type AND s.identity = i.identity \
             WHERE x.objoid < {FIRST_USER_OID} AND x.description <> s.comment",
            first_comments()
        ),
    )
}

/// Of the indexes behind constraints that tables are clustered on them, of all the statistics of expressions.
fn of_indexes() -> [Part; 2] {
    let clustered = query(
        "clustered",
        "i.indrelid",
        [
            "'clustered index of ' || i.indrelid::regclass",
            "x.relname",
            "'ALTER TABLE ' || i.indrelid::regclass || ' CLUSTER ON ' || quote_ident(x.relname)",
        ],
        &format!(
            "pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_constraint k ON k.conindid = x.oid \
             AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x') WHERE i.indisclustered AND {}",
            is_own("pg_class", "i.indrelid")
        ),
    );
    let statistics = query(
        "index statistics",
        "i.indrelid",
        [
            "'statistics target of column ' || a.attnum || ' of index ' || x.oid::regclass",
            "a.attstattarget",
            "'ALTER INDEX ' || x.oid::regclass || ' ALTER COLUMN ' || a.attnum || ' SET STATISTICS ' || a.attstattarget",
        ],
        &format!(
            "pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_attribute a ON a.attrelid = x.oid \
             WHERE coalesce(a.attstattarget, -1) >= 0 AND {}",
            is_own("pg_class", "x.oid")
        ),
    );
    [clustered, statistics]
}

/// What they have as tables do, and the settings of their columns.
fn of_materialized_views(reader: &Reader<'_>) -> Vec<Part> {
    let storage = storage_by("a.attstorage");
    let compression = "CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END";
    let mut settings = vec![
        (
            "statistics target",
            "a.attstattarget",
            "' SET STATISTICS ' || a.attstattarget".to_owned(),
            None,
            "coalesce(a.attstattarget, -1) >= 0",
        ),
        (
            "storage",
            storage.as_str(),
            format!("' SET STORAGE ' || {storage}"),
            Some(format!("' SET STORAGE ' || {}", storage_by("t.typstorage"))),
            "a.attstorage <> t.typstorage",
        ),
        (
            "options",
            "array_to_string(a.attoptions, ', ')",
            "' SET (' || array_to_string(a.attoptions, ', ') || ')'".to_owned(),
            None,
            "a.attoptions IS NOT NULL",
        ),
    ];
    if reader.version() >= 140_000 {
        settings.push((
            "compression",
            compression,
            format!("' SET COMPRESSION ' || {compression}"),
            None,
            "a.attcompression <> ''",
        ));
    }
    let column = "c.oid::regclass || '.' || quote_ident(a.attname)";
    let alter = "'ALTER MATERIALIZED VIEW ' || c.oid::regclass || ' ALTER COLUMN ' || quote_ident(a.attname)";
    let of_setting = |(name, value, set, reset, condition): (&str, &str, String, Option<String>, &str)| {
        let reset = reset.map(|reset| format!("{alter} || {reset}"));
        undoable(
            "m",
            "c.oid",
            [&format!("'{name} of column ' || {column}"), value, &format!("{alter} || {set}")],
            reset.as_deref(),
            &format!(
                "pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'm' JOIN pg_namespace n \
                 ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid \
                 WHERE a.attnum > 0 AND NOT a.attisdropped AND {condition} AND {USER_SCHEMAS} AND {}",
                is_own("pg_class", "c.oid")
            ),
        )
    };
    let mut queries: Vec<Part> = settings.into_iter().map(of_setting).collect();
    queries.extend(materialized_views_as_tables());
    queries
}

/// The word for a storage by its letter.
fn storage_by(letter: &str) -> String {
    format!(
        "CASE {letter} WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END"
    )
}

fn materialized_views_as_tables() -> [Part; 2] {
    let of_view = |name: &str, value: &str, statement: &str, condition: &str| {
        let from = format!(
            "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_am m ON m.oid = c.relam \
             WHERE c.relkind = 'm' AND {condition} AND {USER_SCHEMAS} AND {}",
            is_own("pg_class", "c.oid")
        );
        let name = format!("'{name} of materialized view ' || c.oid::regclass");
        query("m", "c.oid", [&name, value, statement], &from)
    };
    let identity = "CASE c.relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING' ELSE 'USING INDEX ' || \
                    (SELECT quote_ident(x.relname) FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid \
                    WHERE i.indrelid = c.oid AND i.indisreplident) END";
    [
        of_view(
            "replica identity",
            identity,
            &format!("'ALTER TABLE ' || c.oid::regclass || ' REPLICA IDENTITY ' || {identity}"),
            "c.relreplident <> 'd'",
        ),
        // From PostgreSQL 15 on; before, the statement fails, and what depends on it is refused.
        of_view(
            "access method",
            "m.amname",
            "'ALTER MATERIALIZED VIEW ' || c.oid::regclass || ' SET ACCESS METHOD ' || quote_ident(m.amname)",
            "m.amname <> 'heap'",
        ),
    ]
}

/// Functions, triggers, indexes and materialized views that are to go with an extension that does not own them.
fn dependencies_on_extensions() -> Part {
    query(
        "dependency on extension",
        "CASE d.classid WHEN 'pg_class'::regclass THEN coalesce((SELECT x.indrelid FROM pg_index x WHERE x.indexrelid = d.objid), \
         d.objid) WHEN 'pg_trigger'::regclass THEN (SELECT x.tgrelid FROM pg_trigger x WHERE x.oid = d.objid) ELSE d.objid END",
        [
            "'dependency of ' || i.type || ' ' || i.identity || ' on extension ' || e.extname",
            "'yes'",
            "'ALTER ' || upper(i.type) || ' ' || i.identity || ' DEPENDS ON EXTENSION ' || quote_ident(e.extname)",
        ],
        "pg_depend d JOIN pg_extension e ON e.oid = d.refobjid CROSS JOIN LATERAL \
         pg_identify_object(d.classid, d.objid, 0) i \
         WHERE d.deptype = 'x' AND d.refclassid = 'pg_extension'::regclass",
    )
}

fn security_labels() -> Part {
    text(
        "pg_seclabel",
        "0",
        [
            "'security label of ' || s.provider || ' on ' || s.objtype || ' ' || s.objname",
            "s.label",
            "'SECURITY LABEL FOR ' || quote_ident(s.provider) || ' ON ' || upper(s.objtype) || ' ' || s.objname",
        ],
        "pg_seclabels s WHERE s.objtype NOT IN ('role', 'database', 'tablespace', 'subscription', 'large object')",
    )
}

/// Triggers that fire otherwise in a partition than in its parent, from which it has them.
fn firing_in_partitions() -> Part {
    let firing = "CASE t.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE' END";
    query(
        "partition's trigger",
        "t.tgrelid",
        [
            "'firing of trigger ' || quote_ident(t.tgname) || ' of ' || t.tgrelid::regclass",
            firing,
            &format!(
                "'ALTER TABLE ' || t.tgrelid::regclass || ' ' || {firing} || ' TRIGGER ' || quote_ident(t.tgname)"
            ),
        ],
        "pg_trigger t JOIN pg_trigger p ON p.oid = t.tgparentid WHERE t.tgenabled <> p.tgenabled AND p.tgconstraint = 0 \
         AND NOT p.tgisinternal",
    )
}

/// What others than their owners may do with the sequences of identity columns.
fn privileges_of_identities() -> Part {
    let sequence = "s.oid::regclass";
    query(
        "sequence's privileges",
        "p.refobjid",
        [
            &format!("'privileges of sequence ' || {sequence} || ': ' || g.one"),
            "'granted'",
            &format!("'GRANT ' || replace(g.one, ' TO ', ' ON SEQUENCE ' || {sequence} || ' TO ')"),
        ],
        &format!(
            "pg_class s JOIN pg_depend p ON p.classid = 'pg_class'::regclass AND p.objid = s.oid AND p.deptype = 'i' \
             AND p.refclassid = 'pg_class'::regclass CROSS JOIN LATERAL unnest({}) g (one) WHERE s.relkind = 'S' \
             AND s.relacl IS NOT NULL AND split_part(g.one, ' TO ', 2) <> s.relowner::regrole::text AND {}",
            grants("s.relacl", 's', "s.relowner"),
            is_own("pg_class", "p.refobjid")
        ),
    )
}
