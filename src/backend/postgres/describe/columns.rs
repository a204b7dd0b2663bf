//! Columns of tables, views and composite types.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Integer, Nullable, Oid, Text};

use super::super::super::BackendError;
use super::collector::Collector;
use super::pieces::{SECRET, USER_SCHEMAS, collation, grants, options};
use super::reader::Reader;
use crate::catalog::{Column, Generated, Grants, NotNull};

#[derive(QueryableByName)]
pub(super) struct ColumnRow {
    #[diesel(sql_type = Oid)]
    relation: u32,
    #[diesel(sql_type = Integer)]
    pub(super) number: i32,
    #[diesel(sql_type = Text)]
    pub(super) name: String,
    #[diesel(sql_type = Text)]
    pub(super) data_type: String,
    #[diesel(sql_type = Bool)]
    is_not_null: bool,
    #[diesel(sql_type = Nullable<Text>)]
    not_null_name: Option<String>,
    #[diesel(sql_type = Text)]
    relation_name: String,
    #[diesel(sql_type = Bool)]
    not_null_no_inherit: bool,
    #[diesel(sql_type = Bool)]
    not_null_is_validated: bool,
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) expression: Option<String>,
    #[diesel(sql_type = Text)]
    generated: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) collation: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    storage: Option<String>,
    #[diesel(sql_type = Text)]
    compression: String,
    #[diesel(sql_type = Nullable<Integer>)]
    statistics: Option<i32>,
    #[diesel(sql_type = Array<Text>)]
    options: Vec<String>,
    #[diesel(sql_type = Array<Text>)]
    foreign_options: Vec<String>,
    #[diesel(sql_type = Bool)]
    is_local: bool,
    #[diesel(sql_type = Array<Text>)]
    grants: Vec<String>,
}

/// The constraint `k` of a column that does not take NULL, in the servers that have one.
const NOT_NULL: &str = "k.conname::text AS not_null_name, c.relname::text AS relation_name, \
    coalesce(k.connoinherit, false) AS not_null_no_inherit, coalesce(k.convalidated, true) AS not_null_is_validated";
const NOT_NULL_JOIN: &str = "LEFT JOIN pg_constraint k ON a.attnotnull AND k.conrelid = a.attrelid AND k.contype = 'n' \
    AND k.conkey[1] = a.attnum";
const NO_NOT_NULL: &str = "NULL::text AS not_null_name, c.relname::text AS relation_name, \
    false AS not_null_no_inherit, true AS not_null_is_validated";

/// The columns by the OID of their relation, in their order.
pub(super) type Columns = HashMap<u32, Vec<ColumnRow>>;

/// Reads the columns of tables, views and composite types, as far as they are in the reader's scope.
///
/// # Errors
/// The database's.
pub(super) fn read(reader: &mut Reader<'_>) -> Result<Columns, BackendError> {
    if !reader.has(&["r", "p", "f", "v", "m", "c"]) {
        return Ok(Columns::new());
    }
    let collation = collation("a.attcollation", "t.typcollation");
    let compression = reader.since(14, "a.attcompression::text", "''");
    let grants = grants("a.attacl", 'c', "c.relowner");
    let not_null = reader.since(18, NOT_NULL, NO_NOT_NULL);
    let not_null_join = reader.since(18, NOT_NULL_JOIN, "");
    let among = reader.among("a.attrelid");
    let rows: Vec<ColumnRow> = reader.load(&format!(
        "SELECT a.attrelid AS relation, a.attnum::integer AS number, a.attname::text AS name, \
         format_type(a.atttypid, a.atttypmod) AS data_type, a.attnotnull AS is_not_null, {not_null}, \
         pg_get_expr(d.adbin, d.adrelid) AS expression, a.attgenerated::text AS generated, \
         {collation} AS collation, \
         CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage::text END AS storage, \
         {compression} AS compression, nullif(a.attstattarget, -1)::integer AS statistics, \
         coalesce(a.attoptions, '{{}}') AS options, \
         ARRAY(SELECT option_name || '=' || option_value FROM pg_options_to_table(a.attfdwoptions) \
         WHERE option_name !~* {SECRET}) AS foreign_options, a.attislocal AS is_local, \
         CASE WHEN a.attacl IS NULL THEN '{{}}' ELSE {grants} END AS grants \
         FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         JOIN pg_type t ON t.oid = a.atttypid \
         LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum {not_null_join} \
         WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'c') AND {USER_SCHEMAS} AND a.attnum > 0 AND NOT a.attisdropped{among} \
         ORDER BY a.attrelid, a.attnum"
    ))?;
    let mut columns = Columns::new();
    for row in rows {
        columns.entry(row.relation).or_default().push(row);
    }
    Ok(columns)
}

impl ColumnRow {
    /// The column of a table; its comment leaves `collector`, which notes its name.
    pub(super) fn into_column(self, collector: &mut Collector<'_>) -> Column {
        let comment = collector.column_comment(self.relation, self.number);
        collector.name_column(self.relation, self.number, &self.name);
        let (default, generated) = match (self.generated.as_str(), self.expression) {
            ("", default) => (default, None),
            (kind, expression) => {
                (None, expression.map(|expression| Generated { expression, is_stored: kind == "s" }))
            }
        };
        let not_null = self.not_null_name.map(|name| NotNull {
            has_usual_name: name == NotNull::usual_name(&self.relation_name, &self.name),
            name,
            no_inherit: self.not_null_no_inherit,
            is_validated: self.not_null_is_validated,
        });
        Column {
            name: self.name,
            data_type: self.data_type,
            is_nullable: !self.is_not_null,
            not_null,
            default,
            collation: self.collation,
            generated,
            identity: None,
            storage: self.storage.as_deref().map(storage_name),
            compression: compression_name(&self.compression),
            statistics: self.statistics,
            options: options(&self.options),
            foreign_options: options(&self.foreign_options),
            is_inherited: !self.is_local,
            not_null_conflict: None,
            comment,
            grants: Grants::from_iter(self.grants),
        }
    }
}

fn storage_name(code: &str) -> String {
    let name = match code {
        "p" => "PLAIN",
        "e" => "EXTERNAL",
        "m" => "MAIN",
        "x" => "EXTENDED",
        other => other,
    };
    name.to_owned()
}

fn compression_name(code: &str) -> Option<String> {
    match code {
        "" => None,
        "p" => Some("pglz".to_owned()),
        "l" => Some("lz4".to_owned()),
        other => Some(other.to_owned()),
    }
}
