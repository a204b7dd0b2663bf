//! Constraints of tables. What a partition inherits of foreign keys comes back with the parent's, and is left out.

use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Nullable, Oid, Text};

use super::super::super::BackendError;
use super::address::Class;
use super::collector::Collector;
use super::pieces::{USER_SCHEMAS, options};
use super::reader::Reader;
use crate::catalog::{
    Constraint, ConstraintRule, Deferrable, Definition, ForeignKey, Key, ObjectKind, ObjectName,
};

#[derive(QueryableByName)]
struct ConstraintRow {
    #[diesel(sql_type = Oid)]
    oid: u32,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Oid)]
    table: u32,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    is_deferrable: bool,
    #[diesel(sql_type = Bool)]
    is_deferred: bool,
    #[diesel(sql_type = Bool)]
    is_validated: bool,
    #[diesel(sql_type = Bool)]
    is_local: bool,
    #[diesel(sql_type = Bool)]
    no_inherit: bool,
    #[diesel(sql_type = Array<Text>)]
    columns: Vec<String>,
    #[diesel(sql_type = Nullable<Text>)]
    expression: Option<String>,
    #[diesel(sql_type = Text)]
    definition: String,
    #[diesel(embed)]
    index: IndexColumns,
    #[diesel(embed)]
    reference: ReferenceColumns,
}

/// The index of a primary or unique key.
#[derive(QueryableByName)]
struct IndexColumns {
    #[diesel(sql_type = Array<Text>)]
    included: Vec<String>,
    #[diesel(sql_type = Bool)]
    nulls_not_distinct: bool,
    #[diesel(sql_type = Array<Text>)]
    options: Vec<String>,
    #[diesel(sql_type = Nullable<Text>)]
    tablespace: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    attached_to: Option<String>,
}

/// What a foreign key refers to.
#[derive(QueryableByName)]
struct ReferenceColumns {
    #[diesel(sql_type = Nullable<Text>)]
    referenced_schema: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    referenced_table: Option<String>,
    #[diesel(sql_type = Array<Text>)]
    referenced_columns: Vec<String>,
    #[diesel(sql_type = Text)]
    on_update: String,
    #[diesel(sql_type = Text)]
    on_delete: String,
    #[diesel(sql_type = Array<Text>)]
    set_columns: Vec<String>,
    #[diesel(sql_type = Text)]
    match_type: String,
}

/// The columns of `table` with the numbers in the array `numbers`, in its order, as an array of quoted names; none where
/// `has_any` does not hold.
fn names(has_any: &str, table: &str, numbers: &str) -> String {
    format!(
        "CASE WHEN {has_any} THEN ARRAY(SELECT quote_ident(a.attname) FROM unnest({numbers}) WITH ORDINALITY u (number, place) \
         JOIN pg_attribute a ON a.attrelid = {table} AND a.attnum = u.number ORDER BY u.place) ELSE '{{}}' END"
    )
}

/// Reads the constraints of tables into `collector`, which must have the tables already.
///
/// # Errors
/// The database's.
pub(super) fn read(reader: &mut Reader<'_>, collector: &mut Collector<'_>) -> Result<(), BackendError> {
    if !reader.has(&["constraint"]) {
        return Ok(());
    }
    let columns = names("k.conkey IS NOT NULL", "k.conrelid", "k.conkey");
    let included = names("i.indnatts > i.indnkeyatts", "k.conrelid", "i.indkey[i.indnkeyatts:]");
    let referenced = names("k.confkey IS NOT NULL", "k.confrelid", "k.confkey");
    let set_columns = match reader.since(15, "k.confdelsetcols", "") {
        "" => "'{}'::text[]".to_owned(),
        column => names(&format!("{column} IS NOT NULL"), "k.conrelid", column),
    };
    let nulls_not_distinct = reader.since(15, "coalesce(i.indnullsnotdistinct, false)", "false");
    let among = reader.among("k.conrelid");
    let rows: Vec<ConstraintRow> = reader.load(&format!(
        "SELECT k.oid, k.conname::text AS name, k.conrelid AS table, k.contype::text AS kind, \
         k.condeferrable AS is_deferrable, k.condeferred AS is_deferred, k.convalidated AS is_validated, \
         k.conislocal AS is_local, k.connoinherit AS no_inherit, {columns} AS columns, \
         pg_get_expr(k.conbin, k.conrelid) AS expression, pg_get_constraintdef(k.oid) AS definition, \
         {included} AS included, {nulls_not_distinct} AS nulls_not_distinct, \
         coalesce(x.reloptions, '{{}}') AS options, quote_ident(s.spcname) AS tablespace, \
         h.inhparent::regclass::text AS attached_to, \
         fn.nspname::text AS referenced_schema, f.relname::text AS referenced_table, \
         {referenced} AS referenced_columns, k.confupdtype::text AS on_update, k.confdeltype::text AS on_delete, \
         {set_columns} AS set_columns, k.confmatchtype::text AS match_type \
         FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         LEFT JOIN pg_index i ON i.indexrelid = k.conindid AND k.contype IN ('p', 'u', 'x') \
         LEFT JOIN pg_inherits h ON h.inhrelid = i.indexrelid \
         LEFT JOIN pg_class x ON x.oid = i.indexrelid LEFT JOIN pg_tablespace s ON s.oid = x.reltablespace \
         LEFT JOIN pg_class f ON f.oid = k.confrelid LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace \
         WHERE k.contype IN ('p', 'u', 'f', 'c', 'x') AND {USER_SCHEMAS} \
         AND NOT (k.contype = 'f' AND k.conparentid <> 0){among}"
    ))?;
    for row in rows {
        add(row, collector);
    }
    Ok(())
}

fn add(row: ConstraintRow, collector: &mut Collector<'_>) {
    let Some(name) = part_of(collector, row.table, ObjectKind::Constraint, &row.name) else { return };
    let deferrable = match (row.is_deferrable, row.is_deferred) {
        (false, _) => Deferrable::No,
        (true, false) => Deferrable::InitiallyImmediate,
        (true, true) => Deferrable::InitiallyDeferred,
    };
    let oid = row.oid;
    let constraint = Constraint {
        is_named: true,
        deferrable,
        is_validated: row.is_validated,
        is_inherited: !row.is_local,
        definition: row.definition.clone(),
        rule: rule(row),
    };
    collector.add(Class::Constraint, oid, name, Definition::Constraint(constraint), None);
}

/// The name of a part of a relation that is in the catalog.
pub(super) fn part_of(
    collector: &Collector<'_>,
    relation: u32,
    kind: ObjectKind,
    name: &str,
) -> Option<ObjectName> {
    collector.relation(relation).map(|relation| relation.part(kind, name))
}

fn rule(row: ConstraintRow) -> ConstraintRule {
    match row.kind.as_str() {
        "p" => ConstraintRule::PrimaryKey(key(row)),
        "u" => ConstraintRule::Unique(key(row)),
        "f" => ConstraintRule::ForeignKey(foreign_key(row)),
        "c" => ConstraintRule::Check {
            expression: row.expression.unwrap_or_default(),
            no_inherit: row.no_inherit,
        },
        _ => ConstraintRule::Exclusion { definition: row.definition },
    }
}

fn key(row: ConstraintRow) -> Key {
    Key {
        columns: row.columns,
        include: row.index.included,
        nulls_not_distinct: row.index.nulls_not_distinct,
        storage_options: options(&row.index.options),
        tablespace: row.index.tablespace,
        attached_to: row.index.attached_to,
        ..Key::default()
    }
}

fn foreign_key(row: ConstraintRow) -> ForeignKey {
    let reference = row.reference;
    let mut on_delete = action(&reference.on_delete).to_owned();
    if !reference.set_columns.is_empty() {
        on_delete.push_str(&format!(" ({})", reference.set_columns.join(", ")));
    }
    let match_type = match reference.match_type.as_str() {
        "f" => "FULL",
        "p" => "PARTIAL",
        _ => "SIMPLE",
    };
    ForeignKey {
        columns: row.columns,
        schema: reference.referenced_schema,
        table: reference.referenced_table.unwrap_or_default(),
        referenced_columns: reference.referenced_columns,
        is_to_primary_key: false,
        clauses: None,
        on_update: action(&reference.on_update).to_owned(),
        on_delete,
        match_type: match_type.to_owned(),
    }
}

fn action(code: &str) -> &'static str {
    match code {
        "r" => "RESTRICT",
        "c" => "CASCADE",
        "n" => "SET NULL",
        "d" => "SET DEFAULT",
        _ => "NO ACTION",
    }
}
