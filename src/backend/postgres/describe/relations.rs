//! Tables and views.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Nullable, Text};

use super::super::super::BackendError;
use super::super::kept::is_kept;
use super::address::Class;
use super::collector::Collector;
use super::columns::{ColumnRow, Columns};
use super::owned::{self, OwnedRow};
use super::pieces::{SECRET, USER_SCHEMAS, options};
use super::reader::Reader;
use crate::catalog::{Definition, Foreign, ObjectKind, ObjectName, Partition, RowSecurity, Table, View};

/// Reads tables and views into `collector`, and gives them their columns.
///
/// # Errors
/// The database's.
pub(super) fn read(
    reader: &mut Reader<'_>,
    collector: &mut Collector<'_>,
    mut columns: Columns,
) -> Result<(), BackendError> {
    tables(reader, collector, &mut columns)?;
    views(reader, collector, &mut columns)
}

#[derive(QueryableByName)]
struct RelationRow {
    #[diesel(embed)]
    object: OwnedRow,
    #[diesel(sql_type = Array<Text>)]
    options: Vec<String>,
    #[diesel(sql_type = Nullable<Text>)]
    tablespace: Option<String>,
}

/// The tables that other version tables have beside them, and those, by schema and name: a ledger is told by its check.
const BOOKKEEPING_OF_OTHERS: &str = "SELECT l.relnamespace, unnest(ARRAY[l.relname::text, \
    'revgraph_statement' || substr(l.relname, 16), 'revgraph_protection' || substr(l.relname, 16), \
    CASE l.relname WHEN 'revgraph_ledger' THEN 'alembic_version' ELSE substr(l.relname, 17) END]) \
    FROM pg_constraint k JOIN pg_class l ON l.oid = k.conrelid \
    WHERE k.conname = 'revgraph_version_rows' AND l.relname ~ '^revgraph_ledger(_|$)'";

/// The columns and joins that both queries begin with.
fn common() -> (String, &'static str) {
    let columns = format!(
        "{}, coalesce(c.reloptions, '{{}}') || ARRAY(SELECT 'toast.' || o \
         FROM pg_class x, unnest(x.reloptions) o WHERE x.oid = c.reltoastrelid) AS options, \
         quote_ident(s.spcname) AS tablespace",
        owned::columns("c", "rel", 'r')
    );
    let joins = "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                 LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace";
    (columns, joins)
}

impl RelationRow {
    fn add(self, kind: ObjectKind, definition: Definition, collector: &mut Collector<'_>) {
        let OwnedRow { oid, schema, name, .. } = &self.object;
        let name = ObjectName::new(kind, Some(schema), name);
        collector.add(Class::Relation, *oid, name, definition, Some(self.object.privileges()));
    }
}

#[derive(QueryableByName)]
struct TableRow {
    #[diesel(embed)]
    common: RelationRow,
    #[diesel(sql_type = Bool)]
    is_unlogged: bool,
    #[diesel(sql_type = Nullable<Text>)]
    access_method: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    of_type: Option<String>,
    #[diesel(sql_type = Array<Text>)]
    parents: Vec<String>,
    #[diesel(sql_type = Nullable<Text>)]
    partition_key: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    partition_bound: Option<String>,
    #[diesel(sql_type = Bool)]
    row_security: bool,
    #[diesel(sql_type = Bool)]
    forced_row_security: bool,
    #[diesel(sql_type = Text)]
    replica_identity: String,
    #[diesel(sql_type = Nullable<Text>)]
    replica_index: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    server: Option<String>,
    #[diesel(sql_type = Array<Text>)]
    foreign_options: Vec<String>,
}

fn tables(
    reader: &mut Reader<'_>,
    collector: &mut Collector<'_>,
    columns: &mut Columns,
) -> Result<(), BackendError> {
    if !reader.has(&["r", "p", "f"]) {
        return Ok(());
    }
    let (common, joins) = common();
    let (among, is_kept) = (reader.among("c.oid"), is_kept());
    let rows: Vec<TableRow> = reader.load(&format!(
        "SELECT {common}, c.relpersistence = 'u' AS is_unlogged, nullif(m.amname, 'heap')::text AS access_method, \
         CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END AS of_type, \
         ARRAY(SELECT h.inhparent::regclass::text FROM pg_inherits h WHERE h.inhrelid = c.oid ORDER BY h.inhseqno) \
         AS parents, CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS partition_key, \
         pg_get_expr(c.relpartbound, c.oid) AS partition_bound, c.relrowsecurity AS row_security, \
         c.relforcerowsecurity AS forced_row_security, c.relreplident::text AS replica_identity, \
         (SELECT quote_ident(r.relname) FROM pg_index i JOIN pg_class r ON r.oid = i.indexrelid \
         WHERE i.indrelid = c.oid AND i.indisreplident AND c.relreplident = 'i') AS replica_index, \
         fs.srvname::text AS server, ARRAY(SELECT option_name || '=' || option_value \
         FROM pg_options_to_table(ft.ftoptions) WHERE option_name !~* {SECRET}) AS foreign_options \
         FROM {joins} LEFT JOIN pg_am m ON m.oid = c.relam LEFT JOIN pg_foreign_table ft ON ft.ftrelid = c.oid \
         LEFT JOIN pg_foreign_server fs ON fs.oid = ft.ftserver WHERE c.relkind IN ('r', 'p', 'f') \
         AND (c.relnamespace, c.relname::text) NOT IN ({BOOKKEEPING_OF_OTHERS}) AND NOT ({is_kept}) AND {USER_SCHEMAS}{among}"
    ))?;
    for row in rows {
        let columns = columns.remove(&row.common.object.oid).unwrap_or_default();
        let columns = columns.into_iter().map(|column| column.into_column(collector)).collect();
        let mut table = Table { columns, ..Table::default() };
        row.describe(&mut table);
        let kind = if row.server.is_some() { ObjectKind::ForeignTable } else { ObjectKind::Table };
        row.common.add(kind, Definition::Table(Box::new(table)), collector);
    }
    Ok(())
}

impl TableRow {
    fn describe(&self, table: &mut Table) {
        table.is_unlogged = self.is_unlogged;
        table.access_method = self.access_method.clone();
        table.tablespace = self.common.tablespace.clone();
        table.storage_options = options(&self.common.options);
        table.of_type = self.of_type.clone();
        match (&self.partition_bound, self.parents.first()) {
            (Some(bound), Some(parent)) => {
                table.partition_of = Some(Partition { parent: parent.clone(), bound: bound.clone() });
            }
            _ => table.inherits = self.parents.clone(),
        }
        table.foreign =
            self.server.clone().map(|server| Foreign { server, options: options(&self.foreign_options) });
        table.partition_key = self.partition_key.clone();
        table.row_security =
            RowSecurity { is_enabled: self.row_security, is_forced: self.forced_row_security };
        table.replica_identity = match self.replica_identity.as_str() {
            // A foreign table has none, which the server notes as NOTHING.
            _ if table.foreign.is_some() => None,
            "f" => Some("FULL".to_owned()),
            "n" => Some("NOTHING".to_owned()),
            "i" => self.replica_index.as_ref().map(|index| format!("USING INDEX {index}")),
            _ => None,
        };
    }
}

#[derive(QueryableByName)]
struct ViewRow {
    #[diesel(embed)]
    common: RelationRow,
    #[diesel(sql_type = Bool)]
    is_materialized: bool,
    #[diesel(sql_type = Text)]
    definition: String,
}

fn views(
    reader: &mut Reader<'_>,
    collector: &mut Collector<'_>,
    columns: &mut Columns,
) -> Result<(), BackendError> {
    if !reader.has(&["v", "m"]) {
        return Ok(());
    }
    let (common, joins) = common();
    let among = reader.among("c.oid");
    let rows: Vec<ViewRow> = reader.load(&format!(
        "SELECT {common}, c.relkind = 'm' AS is_materialized, pg_get_viewdef(c.oid) AS definition \
         FROM {joins} WHERE c.relkind IN ('v', 'm') AND {USER_SCHEMAS}{among}"
    ))?;
    for row in rows {
        let mut view = View {
            definition: row.definition.trim().trim_end_matches(';').to_owned(),
            options: options(&row.common.options),
            tablespace: row.common.tablespace.clone(),
            ..View::default()
        };
        let columns = columns.remove(&row.common.object.oid).unwrap_or_default();
        describe_columns(&mut view, row.common.object.oid, columns, collector);
        let kind = if row.is_materialized { ObjectKind::MaterializedView } else { ObjectKind::View };
        row.common.add(kind, Definition::View(view), collector);
    }
    Ok(())
}

fn describe_columns(view: &mut View, oid: u32, columns: Vec<ColumnRow>, collector: &mut Collector<'_>) {
    let mut comments = BTreeMap::new();
    for column in columns {
        if let Some(comment) = collector.column_comment(oid, column.number) {
            comments.insert(column.name.clone(), comment);
        }
        if let Some(default) = column.expression {
            view.column_defaults.insert(column.name.clone(), default);
        }
        let collation = column.collation.map(|collation| format!(" COLLATE {collation}"));
        view.columns.push(format!("{} {}{}", column.name, column.data_type, collation.unwrap_or_default()));
    }
    view.column_comments = comments;
}
