//! That objects which came with the server have been dropped. Nothing tells what they were; that they are gone is told by
//! their OIDs, which `initdb` gives one after the other, without a gap.

use super::part::{Detail, Part, UNMODELLED_KIND, WHOLE};
use super::pieces::FIRST_USER_OID;
use super::reader::Reader;

/// The system catalogs of objects that `initdb` makes by statements, and can be dropped. Where a row holds a value that is
/// too long for it, the value is kept elsewhere, and has an OID there: that behind the row's own.
const MADE_BY_STATEMENTS: [(&str, &str); 12] = [
    ("pg_class", "false"),
    ("pg_collation", "false"),
    ("pg_constraint", "false"),
    ("pg_extension", "false"),
    ("pg_language", "false"),
    ("pg_namespace", "false"),
    ("pg_proc", "pg_column_size(x) > 2030"),
    ("pg_rewrite", "pg_column_size(x.ev_action) > 1925"),
    ("pg_ts_config", "false"),
    ("pg_ts_dict", "false"),
    ("pg_ts_template", "false"),
    ("pg_type", "false"),
];

/// The first of their OIDs. In PostgreSQL 14 others that cannot be dropped stand before them, with gaps.
fn first(reader: &Reader<'_>) -> &'static str {
    if reader.version() / 10_000 == 14 { "12217" } else { "12000" }
}

/// The query of gaps, each told by what stands before it.
pub(super) fn query(reader: &Reader<'_>) -> Part {
    let first = first(reader);
    let rows = MADE_BY_STATEMENTS.map(|(class, is_long)| {
        format!(
            "SELECT '{class}'::regclass, x.oid, {is_long} FROM {class} x \
             WHERE x.oid >= {first} AND x.oid < {FIRST_USER_OID}"
        )
    });
    // The row before the first stands for the beginning.
    let from = format!(
        "(SELECT class, oid, lead(oid) OVER (ORDER BY oid)::bigint - oid::bigint - 1 AS gap, has_long FROM \
         (SELECT 0::oid, ({first} - 1)::oid, false UNION ALL {}) r (class, oid, has_long)) x \
         WHERE x.gap > 1 OR x.gap = 1 AND NOT x.has_long",
        rows.join(" UNION ALL ")
    );
    let name = "'absence of what came with the server behind ' || coalesce((SELECT i.type || ' ' || i.identity \
        FROM pg_identify_object(nullif(x.class, 0), x.oid, 0) i), 'the beginning')";
    Detail { word: WHOLE, owner: "0", name, value: "x.gap", statement: None, undo: None, from: &from }
        .query(UNMODELLED_KIND)
}
