//! Enums, domains, composite and range types.

use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Nullable, Oid, Text};

use super::super::super::BackendError;
use super::address::Class;
use super::collector::Collector;
use super::columns::{ColumnRow, Columns};
use super::owned::{self, OwnedRow};
use super::pieces::{USER_SCHEMAS, collation};
use super::reader::Reader;
use crate::catalog::{CompositeAttribute, Definition, Domain, ObjectKind, ObjectName, RangeType};

/// Reads enums, domains, composite types and ranges into the catalog, where there are any.
///
/// # Errors
/// The database's.
pub(super) fn read(
    reader: &mut Reader<'_>,
    collector: &mut Collector<'_>,
    columns: &mut Columns,
) -> Result<(), BackendError> {
    enums(reader, collector)?;
    domains(reader, collector)?;
    composites(reader, collector, columns)?;
    ranges(reader, collector)
}

/// The columns that every query of types begins with.
fn common() -> String {
    owned::columns("t", "typ", 'T')
}

fn add(row: OwnedRow, kind: ObjectKind, definition: Definition, collector: &mut Collector<'_>) {
    let name = ObjectName::new(kind, Some(&row.schema), &row.name);
    let privileges = row.privileges();
    collector.add(Class::Type, row.oid, name, definition, Some(privileges));
}

#[derive(QueryableByName)]
struct EnumRow {
    #[diesel(embed)]
    common: OwnedRow,
    #[diesel(sql_type = Array<Text>)]
    labels: Vec<String>,
}

fn enums(reader: &mut Reader<'_>, collector: &mut Collector<'_>) -> Result<(), BackendError> {
    if !reader.has(&["type e"]) {
        return Ok(());
    }
    let common = common();
    let among = reader.among("t.oid");
    let rows: Vec<EnumRow> = reader.load(&format!(
        "SELECT {common}, ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid \
         ORDER BY e.enumsortorder) AS labels \
         FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype = 'e' AND {USER_SCHEMAS}{among}"
    ))?;
    for row in rows {
        add(row.common, ObjectKind::Enum, Definition::Enum(row.labels), collector);
    }
    Ok(())
}

#[derive(QueryableByName)]
struct DomainRow {
    #[diesel(embed)]
    common: OwnedRow,
    #[diesel(sql_type = Text)]
    data_type: String,
    #[diesel(sql_type = Nullable<Text>)]
    collation: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    default: Option<String>,
    #[diesel(sql_type = Bool)]
    is_not_null: bool,
    #[diesel(sql_type = Array<Text>)]
    constraint_names: Vec<String>,
    #[diesel(sql_type = Array<Text>)]
    constraint_definitions: Vec<String>,
}

fn domains(reader: &mut Reader<'_>, collector: &mut Collector<'_>) -> Result<(), BackendError> {
    if !reader.has(&["type d"]) {
        return Ok(());
    }
    let common = common();
    let collation = collation("t.typcollation", "b.typcollation");
    let constraints = "FROM pg_constraint k WHERE k.contypid = t.oid \
         AND k.contype IN ('c', 'n') ORDER BY k.conname";
    let among = reader.among("t.oid");
    let rows: Vec<DomainRow> = reader.load(&format!(
        "SELECT {common}, format_type(t.typbasetype, t.typtypmod) AS data_type, {collation} AS collation, \
         coalesce(pg_get_expr(t.typdefaultbin, 0), t.typdefault) AS default, t.typnotnull AS is_not_null, \
         ARRAY(SELECT k.conname::text {constraints}) AS constraint_names, \
         ARRAY(SELECT pg_get_constraintdef(k.oid) {constraints}) AS constraint_definitions \
         FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_type b ON b.oid = t.typbasetype \
         WHERE t.typtype = 'd' AND {USER_SCHEMAS}{among}"
    ))?;
    for row in rows {
        let usual = Domain::usual_not_null_name(&row.common.name);
        let constraints = row.constraint_names.into_iter().zip(row.constraint_definitions);
        let constraints =
            constraints.filter(|(name, definition)| *name != usual || definition != "NOT NULL").collect();
        let domain = Domain {
            data_type: row.data_type,
            collation: row.collation,
            default: row.default,
            is_nullable: !row.is_not_null,
            constraints,
        };
        add(row.common, ObjectKind::Domain, Definition::Domain(domain), collector);
    }
    Ok(())
}

#[derive(QueryableByName)]
struct CompositeRow {
    #[diesel(embed)]
    common: OwnedRow,
    #[diesel(sql_type = Oid)]
    relation: u32,
}

fn composites(
    reader: &mut Reader<'_>,
    collector: &mut Collector<'_>,
    columns: &mut Columns,
) -> Result<(), BackendError> {
    if !reader.has(&["c"]) {
        return Ok(());
    }
    let common = common();
    let among = reader.among("t.oid");
    let rows: Vec<CompositeRow> = reader.load(&format!(
        "SELECT {common}, c.oid AS relation FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace \
         JOIN pg_class c ON c.oid = t.typrelid WHERE c.relkind = 'c' AND {USER_SCHEMAS}{among}"
    ))?;
    for CompositeRow { common, relation } in rows {
        let attribute = |row: ColumnRow| CompositeAttribute {
            name: row.name,
            data_type: row.data_type,
            collation: row.collation,
        };
        let attributes = columns.remove(&relation).unwrap_or_default().into_iter().map(attribute);
        let definition = Definition::CompositeType(attributes.collect());
        add(common, ObjectKind::CompositeType, definition, collector);
    }
    Ok(())
}

#[derive(QueryableByName)]
struct RangeRow {
    #[diesel(embed)]
    common: OwnedRow,
    #[diesel(sql_type = Text)]
    subtype: String,
    #[diesel(sql_type = Text)]
    operator_class: String,
    #[diesel(sql_type = Nullable<Text>)]
    collation: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    canonical: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    subtype_difference: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    multirange: Option<String>,
}

fn ranges(reader: &mut Reader<'_>, collector: &mut Collector<'_>) -> Result<(), BackendError> {
    if !reader.has(&["type r"]) {
        return Ok(());
    }
    let common = common();
    let collation = collation("r.rngcollation", "s.typcollation");
    let multirange = reader.since(
        14,
        "(SELECT m.typname::text FROM pg_type m WHERE m.oid = r.rngmultitypid)",
        "NULL::text",
    );
    let function = |column: &str| format!("CASE WHEN {column} <> 0 THEN {column}::regproc::text END");
    let (canonical, difference) = (function("r.rngcanonical"), function("r.rngsubdiff"));
    let among = reader.among("t.oid");
    let rows: Vec<RangeRow> = reader.load(&format!(
        "SELECT {common}, format_type(r.rngsubtype, NULL) AS subtype, \
         quote_ident(cn.nspname) || '.' || quote_ident(o.opcname) AS operator_class, {collation} AS collation, \
         {canonical} AS canonical, {difference} AS subtype_difference, {multirange} AS multirange \
         FROM pg_range r JOIN pg_type t ON t.oid = r.rngtypid JOIN pg_namespace n ON n.oid = t.typnamespace \
         JOIN pg_type s ON s.oid = r.rngsubtype JOIN pg_opclass o ON o.oid = r.rngsubopc \
         JOIN pg_namespace cn ON cn.oid = o.opcnamespace WHERE {USER_SCHEMAS}{among}"
    ))?;
    for row in rows {
        let range = RangeType {
            subtype: row.subtype,
            operator_class: row.operator_class,
            collation: row.collation,
            canonical: row.canonical,
            subtype_difference: row.subtype_difference,
            multirange: row.multirange,
        };
        add(row.common, ObjectKind::RangeType, Definition::RangeType(range), collector);
    }
    Ok(())
}
