//! Sequences: those of identity columns become parts of their columns.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Oid, Text};

use super::super::super::BackendError;
use super::address::Class;
use super::collector::Collector;
use super::owned::{self, OwnedRow};
use super::pieces::USER_SCHEMAS;
use super::reader::Reader;
use crate::catalog::sql::qualified_column;
use crate::catalog::{Definition, Identity, ObjectKind, ObjectName, Sequence};

#[derive(QueryableByName)]
struct SequenceRow {
    #[diesel(embed)]
    object: OwnedRow,
    #[diesel(sql_type = Text)]
    qualified_name: String,
    #[diesel(sql_type = Text)]
    data_type: String,
    #[diesel(sql_type = BigInt)]
    start: i64,
    #[diesel(sql_type = BigInt)]
    increment: i64,
    #[diesel(sql_type = BigInt)]
    minimum: i64,
    #[diesel(sql_type = BigInt)]
    maximum: i64,
    #[diesel(sql_type = BigInt)]
    cache: i64,
    #[diesel(sql_type = Bool)]
    cycles: bool,
    #[diesel(sql_type = Bool)]
    is_unlogged: bool,
    #[diesel(sql_type = Nullable<Oid>)]
    table: Option<u32>,
    #[diesel(sql_type = Nullable<Text>)]
    column: Option<String>,
    /// `a` or `d`: the column is an identity, `GENERATED ALWAYS` or `BY DEFAULT`.
    #[diesel(sql_type = Text)]
    identity: String,
}

/// Reads the sequences into `collector`, which must have the tables already: those of identity columns become parts of
/// these.
///
/// # Errors
/// The database's.
pub(super) fn read(reader: &mut Reader<'_>, collector: &mut Collector<'_>) -> Result<(), BackendError> {
    if !reader.has(&["S"]) {
        return Ok(());
    }
    let object = owned::columns("c", "rel", 's');
    let among = reader.among("c.oid");
    let rows: Vec<SequenceRow> = reader.load(&format!(
        "SELECT {object}, c.oid::regclass::text AS qualified_name, format_type(s.seqtypid, NULL) AS data_type, \
         s.seqstart AS start, s.seqincrement AS increment, s.seqmin AS minimum, s.seqmax AS maximum, \
         s.seqcache AS cache, s.seqcycle AS cycles, c.relpersistence = 'u' AS is_unlogged, \
         a.attrelid AS table, a.attname::text AS column, \
         CASE WHEN d.deptype = 'i' THEN a.attidentity::text ELSE '' END AS identity \
         FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0 \
         AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i') \
         LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid \
         WHERE {USER_SCHEMAS}{among}"
    ))?;
    for row in rows {
        add(row, collector);
    }
    Ok(())
}

fn add(row: SequenceRow, collector: &mut Collector<'_>) {
    let mut sequence = Sequence {
        data_type: row.data_type,
        start: row.start,
        increment: row.increment,
        minimum: row.minimum,
        maximum: row.maximum,
        cache: row.cache,
        cycles: row.cycles,
        is_unlogged: row.is_unlogged,
        owned_by: None,
    };
    if !row.identity.is_empty() {
        let is_always = row.identity == "a";
        let identity = Identity { is_always, sequence_name: row.qualified_name, sequence };
        give(collector, row.table, row.column.as_deref(), identity);
        return;
    }
    if let (Some(table), Some(column)) = (row.table, &row.column) {
        // The owner is the version table or another table that is left out: so is the sequence.
        let Some(table) = collector.relation(table) else { return };
        sequence.owned_by = Some(qualified_column(table, column));
    }
    let OwnedRow { oid, schema, name, .. } = &row.object;
    let (name, privileges) =
        (ObjectName::new(ObjectKind::Sequence, Some(schema), name), row.object.privileges());
    collector.add(Class::Relation, *oid, name, Definition::Sequence(sequence), Some(privileges));
}

/// Gives an identity to its column, if the table is in the catalog.
fn give(collector: &mut Collector<'_>, table: Option<u32>, column: Option<&str>, identity: Identity) {
    let Some(object) = table.and_then(|table| collector.relation_mut(table)) else { return };
    if let Definition::Table(table) = &mut object.definition {
        let column = table.columns.iter_mut().find(|one| Some(one.name.as_str()) == column);
        if let Some(column) = column {
            column.identity = Some(identity);
        }
    }
}
