//! Which rows of the system catalogs have been written since an earlier snapshot.
//!
//! A row that is visible now and was written by a transaction older than all that ran at the earlier snapshot was
//! visible then. So the rows of younger transactions are those that are new, and their number tells whether others
//! are gone. In-place updates, which leave a row's transaction as it is, concern nothing that is described (before
//! PostgreSQL 14: whether an index is valid).

use super::part::BASE_TYPE;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Oid, Text};

use super::pieces::options_of_subscriptions;
use super::presence::{self, Among};
use super::seldom::{Rows, SELDOM_WRITTEN, SeldomWritten};

/// The first version, as `server_version_num`, on which changes can be followed: PostgreSQL 14.
pub(super) const FIRST_VERSION: i32 = 140_000;
/// PostgreSQL 15, the first with publications of whole schemas.
const VERSION_15: i32 = 150_000;

/// A system catalog whose rows describe objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Watched {
    /// The table, called `x`, with what the owner needs.
    from: &'static str,
    condition: &'static str,
    /// Two numbers that no two rows share. The second is 0 where the first is the row's own OID.
    key: &'static str,
    part: &'static str,
    /// The object that has to be described anew.
    owner: &'static str,
    /// Whether the rows are objects and not parts of objects.
    pub(super) has_objects: bool,
    /// Whether the owner of a row with a given OID is asked for.
    pub(super) has_parts: bool,
    /// Whether a row that comes or goes changes more than its owner.
    pub(super) concerns_all: bool,
}

const fn objects(from: &'static str) -> Watched {
    let (condition, key, part, owner) = ("x.oid >= 16384", "x.oid", "0", "x.oid");
    Watched { from, condition, key, part, owner, has_objects: true, has_parts: false, concerns_all: false }
}

const fn parts(from: &'static str, owner: &'static str) -> Watched {
    Watched { owner, has_objects: false, has_parts: true, ..objects(from) }
}

/// Those from which rows vanish while their object stays or without a trace elsewhere.
pub(super) const WATCHED: [Watched; 12] = [
    Watched {
        owner: "coalesce(i.indrelid, x.oid)",
        has_parts: true,
        ..objects("pg_class x LEFT JOIN pg_index i ON i.indexrelid = x.oid")
    },
    objects("pg_type x"),
    objects("pg_proc x"),
    // The schema `public` comes with the server, and changes all the same.
    Watched { condition: "true", ..objects("pg_namespace x") },
    objects("pg_extension x"),
    parts("pg_constraint x", "CASE WHEN x.conrelid <> 0 THEN x.conrelid ELSE x.contypid END"),
    parts("pg_trigger x", "x.tgrelid"),
    parts("pg_rewrite x", "x.ev_class"),
    parts("pg_policy x", "x.polrelid"),
    Watched {
        condition: "true",
        key: "x.inhrelid",
        part: "x.inhparent",
        has_parts: false,
        ..parts("pg_inherits x", "x.inhrelid")
    },
    Watched {
        condition: "(x.objoid >= 16384 OR x.objoid = 2200)",
        key: "x.objoid",
        // No table has as many columns.
        part: "x.classoid::bigint * 10000 + x.objsubid",
        has_parts: false,
        ..parts("pg_description x", "x.objoid")
    },
    Watched {
        condition: "x.deptype IN ('e', 'x') AND x.refclassid = 'pg_extension'::regclass",
        key: "x.objid",
        part: "x.classid::bigint * 4294967296 + x.refobjid::bigint",
        has_parts: false,
        // The members of an extension.
        concerns_all: true,
        ..parts("pg_depend x", "x.objid")
    },
];

/// Tables whose rows go with their object, or with a row of it that is written then; the column of OIDs that tells
/// what comes with the server, and the object.
const PARTS_THAT_STAY: [(&str, &str, &str); 8] = [
    ("pg_attribute", "attrelid", "attrelid"),
    ("pg_attrdef", "oid", "adrelid"),
    ("pg_index", "indexrelid", "indrelid"),
    ("pg_enum", "oid", "enumtypid"),
    ("pg_range", "rngtypid", "rngtypid"),
    ("pg_aggregate", "aggfnoid", "aggfnoid::oid"),
    ("pg_sequence", "seqrelid", "seqrelid"),
    ("pg_partitioned_table", "partrelid", "partrelid"),
];

/// Where what comes with the server can change, and the column that tells what does.
const OF_SERVER_TOO: [(&str, &str); 8] = [
    ("pg_attribute", "attrelid"),
    ("pg_class", "oid"),
    ("pg_constraint", "oid"),
    ("pg_description", "objoid"),
    ("pg_namespace", "oid"),
    ("pg_proc", "oid"),
    ("pg_rewrite", "ev_class"),
    ("pg_type", "oid"),
];

/// What is of the whole server and concerns this database, and user mappings, which not everybody may read; without the
/// values of their options, which are secrets.
pub(super) fn server_wide(version: i32) -> String {
    format!(
        "SELECT string_agg(t, ',' ORDER BY t) FROM (SELECT oid || ' ' || rolname AS t FROM pg_roles \
    UNION ALL SELECT oid || ' ' || spcname FROM pg_tablespace \
    UNION ALL SELECT umid || ' ' || umuser || ' ' || coalesce((SELECT string_agg(split_part(o, '=', 1), ' ' ORDER BY o) FROM unnest(umoptions) o), '') FROM pg_user_mappings \
    UNION ALL SELECT subdbid || ' ' || subname || ' ' || subowner || ' ' || subenabled || ' ' || subpublications::text || {} FROM pg_subscription \
    UNION ALL SELECT concat_ws(' ', d.datconnlimit, d.datistemplate, d.datdba, d.datacl, (SELECT c.description FROM pg_shdescription c \
    WHERE c.classoid = 'pg_database'::regclass AND c.objoid = d.oid), (SELECT string_agg(s.setrole || ' ' || s.setconfig::text || s.xmin, \
    ',' ORDER BY s.setrole) FROM pg_db_role_setting s WHERE s.setdatabase = d.oid)) FROM pg_database d \
    WHERE d.datname = current_database()) names",
        options_of_subscriptions(version)
    )
}

/// A system catalog: how many rows it has, and those that have been written.
#[derive(QueryableByName)]
pub(super) struct Written {
    /// The index in [`WATCHED`], or a negative number.
    #[diesel(sql_type = Integer)]
    pub(super) watched: i32,
    #[diesel(sql_type = BigInt)]
    pub(super) total: i64,
    #[diesel(sql_type = Array<BigInt>)]
    pub(super) keys: Vec<i64>,
    #[diesel(sql_type = Array<BigInt>)]
    pub(super) parts: Vec<i64>,
    #[diesel(sql_type = Array<Oid>)]
    pub(super) owners: Vec<u32>,
    /// Rows of [`SELDOM_WRITTEN`] have been.
    #[diesel(sql_type = Bool)]
    pub(super) seldom: bool,
    /// Of [`SNAPSHOT`] and [`NAMES`].
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) text: Option<String>,
}

/// The row whose text is the oldest transaction that had not ended, or the next.
pub(super) const SNAPSHOT: i32 = -100;
/// The row whose text is the names that belong to the whole server.
pub(super) const NAMES: i32 = -101;

/// All system catalogs whose rows describe objects.
pub(super) fn tables(version: i32) -> Vec<&'static str> {
    let watched = WATCHED.iter().map(Watched::table);
    let parts = PARTS_THAT_STAY.iter().map(|(table, _, _)| *table);
    let of_schemas = (version >= VERSION_15).then_some("pg_publication_namespace");
    let seldom = SELDOM_WRITTEN.iter().map(|one| one.catalog);
    watched.chain(parts).chain(seldom).chain(of_schemas).chain(["pg_init_privs"]).collect()
}

/// The query of [`Written`]. Its parameter `$1` of type `xid` is the text of [`SNAPSHOT`] of earlier; NULL for all rows.
pub(super) fn written(version: i32) -> String {
    let mut queries: Vec<String> =
        WATCHED.iter().enumerate().map(|(number, one)| one.written(number)).collect();
    queries.extend(PARTS_THAT_STAY.iter().map(|(table, oid, owner)| {
        format!(
            "SELECT -1, 0, '{{}}', '{{}}', ARRAY(SELECT DISTINCT x.{owner} FROM {table} x \
             WHERE x.{oid} >= 16384 AND {SINCE}), false, NULL"
        )
    }));
    let of_schemas = (version >= VERSION_15)
        .then_some(SeldomWritten { catalog: "pg_publication_namespace", rows: Rows::Parts });
    let seldom = SELDOM_WRITTEN.into_iter().chain(of_schemas).enumerate();
    queries.extend(seldom.map(|(number, SeldomWritten { catalog, .. })| {
        format!(
            "SELECT {}, count(*), '{{}}', '{{}}', '{{}}', coalesce(bool_or({SINCE}), false), NULL FROM {catalog} x",
            -2 - i32::try_from(number).unwrap_or(0)
        )
    }));
    let from = SELDOM_WRITTEN.len() + 3;
    queries.extend(OF_SERVER_TOO.into_iter().enumerate().map(|(number, (table, oid))| {
        format!(
            "SELECT {}, count(*), '{{}}', '{{}}', '{{}}', coalesce(bool_or({SINCE}), false), NULL FROM {table} x \
             WHERE x.{oid} < 16384 AND x.{oid} <> 2200",
            -i32::try_from(from + number).unwrap_or(0)
        )
    }));
    queries.push(format!(
        "SELECT {SNAPSHOT}, 0, '{{}}', '{{}}', '{{}}', false, pg_snapshot_xmin(pg_current_snapshot())::text"
    ));
    queries.push(format!("SELECT {NAMES}, 0, '{{}}', '{{}}', '{{}}', false, ({})", server_wide(version)));
    let queries = queries.join(" UNION ALL ");
    format!(
        "WITH mark AS MATERIALIZED (SELECT coalesce(age($1), 2147483647) AS age) \
         SELECT watched, total, keys, parts, owners, seldom, text \
         FROM ({queries}) w (watched, total, keys, parts, owners, seldom, text)"
    )
}

const SINCE: &str = "age(x.xmin) <= (SELECT age FROM mark)";

impl Watched {
    fn table(&self) -> &'static str {
        self.from.split(' ').next().unwrap_or_default()
    }

    fn written(&self, number: usize) -> String {
        let Self { from, condition, key, part, owner, .. } = self;
        let table = self.table();
        format!(
            "SELECT {number}, (SELECT count(*) FROM {table} x WHERE {condition}), coalesce(array_agg(key), '{{}}'), \
             coalesce(array_agg(part), '{{}}'), coalesce(array_agg(owner), '{{}}'), false, NULL \
             FROM (SELECT ({key})::bigint, ({part})::bigint, ({owner})::oid FROM {from} \
             WHERE {condition} AND {SINCE}) x (key, part, owner)"
        )
    }

    /// The query of the keys, and parts, of all rows that there are now; `number` says in the answer which catalog it
    /// is of.
    pub(super) fn present(&self, number: usize) -> String {
        let Self { condition, key, part, .. } = self;
        let table = self.table();
        format!(
            "SELECT {number} AS watched, count(*) AS total, coalesce(array_agg(({key})::bigint), '{{}}') AS keys, \
             coalesce(array_agg(({part})::bigint), '{{}}') AS parts, '{{}}'::oid[] AS owners, false AS seldom, NULL::text AS text \
             FROM {table} x WHERE {condition}"
        )
    }
}

/// These objects, and those whose descriptions hold theirs: the table of an index, a sequence or a TOAST table; the
/// sequences of a table; relation and type of a composite type; the range type of a multirange type. The words for what
/// of them there is to read. And whether there are base types, which are not described on their own.
pub(super) fn with_owners() -> String {
    format!(
        "WITH few AS (SELECT unnest($1) AS oid), \
         owners AS (SELECT oid FROM few UNION SELECT indrelid FROM pg_index WHERE indexrelid = ANY($1) \
         UNION SELECT refobjid FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = ANY($1) AND objsubid = 0 \
         AND refclassid = 'pg_class'::regclass AND deptype IN ('a', 'i') \
         UNION SELECT typrelid FROM pg_type WHERE oid = ANY($1) AND typrelid <> 0 \
         UNION SELECT reltype FROM pg_class WHERE oid = ANY($1) AND relkind = 'c' \
         UNION SELECT rngtypid FROM pg_range WHERE rngmultitypid = ANY($1)), \
         found AS MATERIALIZED (SELECT ARRAY(SELECT oid FROM owners \
         UNION SELECT d.objid FROM owners o JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass \
         AND d.refobjid = o.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') \
         JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S') AS oids) \
         SELECT oids, '{base}' = ANY(words) AS has_others, words FROM (SELECT oids, {words} AS words FROM found) found",
        base = BASE_TYPE,
        words = presence::words(Among::Few)
    )
}

/// The objects that need these objects or their constraints and indexes; and whether there are any that are not
/// described on their own.
pub(super) const DEPENDENTS: &str = "WITH needed AS (SELECT unnest($1) AS oid \
    UNION SELECT oid FROM pg_constraint WHERE conrelid = ANY($1) \
    UNION SELECT oid FROM pg_constraint WHERE contypid = ANY($1) \
    UNION SELECT indexrelid FROM pg_index WHERE indrelid = ANY($1)), \
    dependents AS (SELECT DISTINCT d.classid, d.objid FROM needed JOIN pg_depend d ON d.refobjid = needed.oid \
    AND d.refclassid IN ('pg_class'::regclass, 'pg_type'::regclass, 'pg_proc'::regclass, 'pg_namespace'::regclass, \
    'pg_extension'::regclass, 'pg_constraint'::regclass)), \
    owners AS (SELECT CASE d.classid WHEN 'pg_class'::regclass THEN \
    coalesce((SELECT indrelid FROM pg_index WHERE indexrelid = d.objid), d.objid) \
    WHEN 'pg_attrdef'::regclass THEN (SELECT adrelid FROM pg_attrdef WHERE oid = d.objid) \
    WHEN 'pg_constraint'::regclass THEN (SELECT CASE WHEN conrelid <> 0 THEN conrelid ELSE contypid END \
    FROM pg_constraint WHERE oid = d.objid) \
    WHEN 'pg_trigger'::regclass THEN (SELECT tgrelid FROM pg_trigger WHERE oid = d.objid) \
    WHEN 'pg_rewrite'::regclass THEN (SELECT ev_class FROM pg_rewrite WHERE oid = d.objid) \
    WHEN 'pg_policy'::regclass THEN (SELECT polrelid FROM pg_policy WHERE oid = d.objid) \
    WHEN 'pg_type'::regclass THEN d.objid WHEN 'pg_proc'::regclass THEN d.objid \
    WHEN 'pg_namespace'::regclass THEN d.objid WHEN 'pg_extension'::regclass THEN d.objid END AS oid FROM dependents d) \
    SELECT coalesce(array_agg(DISTINCT oid) FILTER (WHERE oid IS NOT NULL), '{}') AS oids, \
    coalesce(bool_or(oid IS NULL), false) AS has_others, '{}'::text[] AS words FROM owners";
