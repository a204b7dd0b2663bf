//! Indexes that no constraint owns.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Nullable, Oid, Text};

use super::super::super::BackendError;
use super::address::Class;
use super::collector::Collector;
use super::constraints::part_of;
use super::pieces::{USER_SCHEMAS, options};
use super::reader::Reader;
use crate::catalog::{Definition, Index, IndexKey, ObjectKind};

#[derive(QueryableByName)]
struct IndexRow {
    #[diesel(sql_type = Oid)]
    oid: u32,
    #[diesel(sql_type = Oid)]
    table: u32,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    method: String,
    #[diesel(sql_type = Bool)]
    is_unique: bool,
    #[diesel(sql_type = Bool)]
    nulls_not_distinct: bool,
    #[diesel(sql_type = Nullable<Text>)]
    predicate: Option<String>,
    #[diesel(sql_type = Array<Text>)]
    options: Vec<String>,
    #[diesel(sql_type = Nullable<Text>)]
    tablespace: Option<String>,
    #[diesel(sql_type = Bool)]
    is_valid: bool,
    #[diesel(sql_type = Bool)]
    is_clustered: bool,
    #[diesel(sql_type = Nullable<Text>)]
    attached_to: Option<String>,
    #[diesel(sql_type = Text)]
    definition: String,
}

#[derive(QueryableByName)]
struct KeyRow {
    #[diesel(sql_type = Oid)]
    index: u32,
    #[diesel(sql_type = Bool)]
    is_key: bool,
    #[diesel(sql_type = Text)]
    expression: String,
    #[diesel(sql_type = Nullable<Text>)]
    collation: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    operator_class: Option<String>,
    #[diesel(sql_type = Bool)]
    is_descending: bool,
    #[diesel(sql_type = Bool)]
    nulls_first: bool,
}

const NO_CONSTRAINT: &str = "NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid \
    AND k.contype IN ('p', 'u', 'x'))";

/// Reads the indexes that no constraint owns into `collector`, which must have the tables and materialized views
/// already.
///
/// # Errors
/// The database's.
pub(super) fn read(reader: &mut Reader<'_>, collector: &mut Collector<'_>) -> Result<(), BackendError> {
    if !reader.has(&["index"]) {
        return Ok(());
    }
    let nulls_not_distinct = reader.since(15, "i.indnullsnotdistinct", "false");
    let among = reader.among("i.indrelid");
    let rows: Vec<IndexRow> = reader.load(&format!(
        "SELECT x.oid, i.indrelid AS table, x.relname::text AS name, m.amname::text AS method, \
         i.indisunique AS is_unique, {nulls_not_distinct} AS nulls_not_distinct, \
         pg_get_expr(i.indpred, i.indrelid) AS predicate, coalesce(x.reloptions, '{{}}') AS options, \
         quote_ident(s.spcname) AS tablespace, i.indisvalid AS is_valid, i.indisclustered AS is_clustered, \
         (SELECT h.inhparent::regclass::text FROM pg_inherits h WHERE h.inhrelid = x.oid) AS attached_to, \
         pg_get_indexdef(x.oid) AS definition \
         FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_namespace n ON n.oid = x.relnamespace \
         JOIN pg_am m ON m.oid = x.relam LEFT JOIN pg_tablespace s ON s.oid = x.reltablespace \
         WHERE {USER_SCHEMAS} AND {NO_CONSTRAINT}{among}"
    ))?;
    let mut keys = keys(reader)?;
    for row in rows {
        let Some(name) = part_of(collector, row.table, ObjectKind::Index, &row.name) else { continue };
        let keys = keys.remove(&row.oid).unwrap_or_default();
        collector.add(Class::Relation, row.oid, name, Definition::Index(index(row, keys)), None);
    }
    Ok(())
}

/// The columns of the indexes, in their order.
fn keys(reader: &mut Reader<'_>) -> Result<HashMap<u32, Vec<KeyRow>>, BackendError> {
    let among = reader.among("i.indrelid");
    // Of a column the function takes ten times as long to tell the name. An expression has its own collation, which its column in the index cannot tell from one that was given.
    let rows: Vec<KeyRow> = reader.load(&format!(
        "SELECT a.attrelid AS index, a.attnum <= i.indnkeyatts AS is_key, \
         coalesce(quote_ident(t.attname), pg_get_indexdef(a.attrelid, a.attnum, false)) AS expression, \
         CASE WHEN a.attcollation <> coalesce(t.attcollation, y.typcollation) \
         THEN a.attcollation::regcollation::text END AS collation, \
         CASE WHEN NOT o.opcdefault THEN quote_ident(o.opcname) END AS operator_class, \
         coalesce(i.indoption[a.attnum - 1] & 1, 0) <> 0 AS is_descending, \
         coalesce(i.indoption[a.attnum - 1] & 2, 0) <> 0 AS nulls_first \
         FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_namespace n ON n.oid = x.relnamespace \
         JOIN pg_attribute a ON a.attrelid = i.indexrelid JOIN pg_type y ON y.oid = a.atttypid \
         LEFT JOIN LATERAL (SELECT attname, attcollation FROM pg_attribute \
         WHERE attrelid = i.indrelid AND attnum = i.indkey[a.attnum - 1] OFFSET 0) t ON true \
         LEFT JOIN pg_opclass o ON o.oid = i.indclass[a.attnum - 1] AND a.attnum <= i.indnkeyatts \
         WHERE {USER_SCHEMAS} AND {NO_CONSTRAINT}{among} ORDER BY a.attrelid, a.attnum"
    ))?;
    let mut keys: HashMap<u32, Vec<KeyRow>> = HashMap::new();
    for row in rows {
        keys.entry(row.index).or_default().push(row);
    }
    Ok(keys)
}

fn index(row: IndexRow, columns: Vec<KeyRow>) -> Index {
    let (keys, included): (Vec<_>, Vec<_>) = columns.into_iter().partition(|column| column.is_key);
    let key = |row: KeyRow| IndexKey {
        expression: row.expression,
        collation: row.collation,
        operator_class: row.operator_class,
        is_descending: row.is_descending,
        nulls_first: row.nulls_first,
    };
    Index {
        is_unique: row.is_unique,
        method: Some(row.method),
        keys: keys.into_iter().map(key).collect(),
        include: included.into_iter().map(|row| row.expression).collect(),
        nulls_not_distinct: row.nulls_not_distinct,
        predicate: row.predicate,
        storage_options: options(&row.options),
        tablespace: row.tablespace,
        is_valid: row.is_valid,
        is_clustered: row.is_clustered,
        attached_to: row.attached_to,
        definition: row.definition,
    }
}
