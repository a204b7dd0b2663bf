//! Functions, procedures and aggregates.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Integer, Nullable, Text};

use super::super::super::BackendError;
use super::address::Class;
use super::collector::Collector;
use super::owned::{self, OwnedRow};
use super::pieces::USER_SCHEMAS;
use super::reader::Reader;
use crate::catalog::{Aggregate, Definition, ObjectKind, ObjectName, Routine};
use crate::sql::Dialect;

/// Reads functions, procedures and aggregates into the catalog, where there are any.
///
/// # Errors
/// The database's.
pub(super) fn read(reader: &mut Reader<'_>, collector: &mut Collector<'_>) -> Result<(), BackendError> {
    if !reader.has(&["routine"]) {
        return Ok(());
    }
    routines(reader, collector)?;
    aggregates(reader, collector)
}

/// The columns that both queries begin with.
fn common() -> String {
    let object = owned::columns("p", "pro", 'f');
    format!(
        "{object}, oidvectortypes(p.proargtypes) AS argument_types, \
         pg_get_function_arguments(p.oid) AS arguments, p.proparallel::text AS parallel"
    )
}

#[derive(QueryableByName)]
struct RoutineNames {
    #[diesel(embed)]
    object: OwnedRow,
    #[diesel(sql_type = Text)]
    argument_types: String,
    #[diesel(sql_type = Text)]
    arguments: String,
    #[diesel(sql_type = Text)]
    parallel: String,
}

impl RoutineNames {
    fn add(self, kind: ObjectKind, definition: Definition, collector: &mut Collector<'_>) {
        let OwnedRow { oid, schema, name, .. } = &self.object;
        let name = ObjectName::routine(kind, schema, name, &self.argument_types);
        collector.add(Class::Routine, *oid, name, definition, Some(self.object.privileges()));
    }
}

#[derive(QueryableByName)]
struct RoutineRow {
    #[diesel(embed)]
    common: RoutineNames,
    #[diesel(sql_type = Bool)]
    is_procedure: bool,
    #[diesel(sql_type = Nullable<Text>)]
    returns: Option<String>,
    #[diesel(sql_type = Text)]
    language: String,
    #[diesel(sql_type = Text)]
    volatility: String,
    #[diesel(sql_type = Bool)]
    is_strict: bool,
    #[diesel(sql_type = Bool)]
    is_security_definer: bool,
    #[diesel(sql_type = Bool)]
    is_leakproof: bool,
    #[diesel(sql_type = Text)]
    cost: String,
    #[diesel(sql_type = Text)]
    rows: String,
    #[diesel(sql_type = Array<Text>)]
    settings: Vec<String>,
    #[diesel(sql_type = Text)]
    body: String,
    #[diesel(sql_type = Text)]
    definition: String,
}

fn routines(reader: &mut Reader<'_>, collector: &mut Collector<'_>) -> Result<(), BackendError> {
    let common = common();
    let sql_body = reader.since(14, "pg_get_function_sqlbody(p.oid)", "NULL");
    let among = reader.among("p.oid");
    let rows: Vec<RoutineRow> = reader.load(&format!(
        "SELECT {common}, p.prokind = 'p' AS is_procedure, pg_get_function_result(p.oid) AS returns, \
         l.lanname::text AS language, p.provolatile::text AS volatility, p.proisstrict AS is_strict, \
         p.prosecdef AS is_security_definer, p.proleakproof AS is_leakproof, \
         p.procost::text AS cost, p.prorows::text AS rows, coalesce(p.proconfig, '{{}}') AS settings, coalesce({sql_body}, p.prosrc) AS body, \
         pg_get_functiondef(p.oid) AS definition \
         FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang \
         WHERE p.prokind IN ('f', 'p', 'w') AND {USER_SCHEMAS}{among}"
    ))?;
    for row in rows {
        let kind = if row.is_procedure { ObjectKind::Procedure } else { ObjectKind::Function };
        let routine = Routine {
            arguments: row.common.arguments.clone(),
            returns: row.returns,
            language: row.language,
            volatility: volatility(&row.volatility),
            is_strict: row.is_strict,
            is_security_definer: row.is_security_definer,
            is_leakproof: row.is_leakproof,
            parallel: parallel(&row.common.parallel),
            cost: row.cost,
            rows: row.rows,
            settings: row.settings,
            body: row.body,
            definition: row.definition.trim_end().to_owned(),
        };
        row.common.add(kind, Definition::Routine(routine), collector);
    }
    Ok(())
}

fn volatility(code: &str) -> &'static str {
    match code {
        "i" => "IMMUTABLE",
        "s" => "STABLE",
        _ => "VOLATILE",
    }
}

fn parallel(code: &str) -> &'static str {
    match code {
        "s" => "SAFE",
        "r" => "RESTRICTED",
        _ => "UNSAFE",
    }
}

#[derive(QueryableByName)]
struct AggregateRow {
    #[diesel(embed)]
    common: RoutineNames,
    #[diesel(sql_type = Text)]
    kind: String,
    /// Those that name a function, in the order of [`FUNCTION_CLAUSES`]; `-` for none.
    #[diesel(sql_type = Array<Text>)]
    functions: Vec<String>,
    #[diesel(sql_type = Text)]
    state_type: String,
    #[diesel(sql_type = Integer)]
    state_space: i32,
    #[diesel(sql_type = Nullable<Text>)]
    initial_value: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    moving_type: Option<String>,
    #[diesel(sql_type = Integer)]
    moving_space: i32,
    #[diesel(sql_type = Nullable<Text>)]
    moving_initial_value: Option<String>,
    #[diesel(sql_type = Bool)]
    has_final_extra: bool,
    #[diesel(sql_type = Bool)]
    has_moving_final_extra: bool,
    #[diesel(sql_type = Text)]
    final_modify: String,
    #[diesel(sql_type = Text)]
    moving_final_modify: String,
    #[diesel(sql_type = Nullable<Text>)]
    sort_operator: Option<String>,
}

/// The clauses of `CREATE AGGREGATE` that name a function, and the columns of `pg_aggregate` that hold them.
const FUNCTION_CLAUSES: [(&str, &str); 8] = [
    ("SFUNC", "aggtransfn"),
    ("FINALFUNC", "aggfinalfn"),
    ("COMBINEFUNC", "aggcombinefn"),
    ("SERIALFUNC", "aggserialfn"),
    ("DESERIALFUNC", "aggdeserialfn"),
    ("MSFUNC", "aggmtransfn"),
    ("MINVFUNC", "aggminvtransfn"),
    ("MFINALFUNC", "aggmfinalfn"),
];

fn aggregates(reader: &mut Reader<'_>, collector: &mut Collector<'_>) -> Result<(), BackendError> {
    let common = common();
    let functions = FUNCTION_CLAUSES.map(|(_, column)| format!("g.{column}::regproc::text")).join(", ");
    let among = reader.among("p.oid");
    let rows: Vec<AggregateRow> = reader.load(&format!(
        "SELECT {common}, g.aggkind::text AS kind, ARRAY[{functions}] AS functions, \
         format_type(g.aggtranstype, NULL) AS state_type, g.aggtransspace AS state_space, \
         g.agginitval AS initial_value, \
         CASE WHEN g.aggmtranstype <> 0 THEN format_type(g.aggmtranstype, NULL) END AS moving_type, \
         g.aggmtransspace AS moving_space, g.aggminitval AS moving_initial_value, \
         g.aggfinalextra AS has_final_extra, g.aggmfinalextra AS has_moving_final_extra, \
         g.aggfinalmodify::text AS final_modify, g.aggmfinalmodify::text AS moving_final_modify, \
         CASE WHEN g.aggsortop <> 0 THEN 'OPERATOR(' || quote_ident(sn.nspname) || '.' || so.oprname || ')' END \
         AS sort_operator \
         FROM pg_aggregate g JOIN pg_proc p ON p.oid = g.aggfnoid JOIN pg_namespace n ON n.oid = p.pronamespace \
         LEFT JOIN pg_operator so ON so.oid = g.aggsortop LEFT JOIN pg_namespace sn ON sn.oid = so.oprnamespace \
         WHERE {USER_SCHEMAS}{among}"
    ))?;
    for row in rows {
        let aggregate = Aggregate { arguments: row.common.arguments.clone(), clauses: clauses(&row) };
        row.common.add(ObjectKind::Aggregate, Definition::Aggregate(aggregate), collector);
    }
    Ok(())
}

fn clauses(row: &AggregateRow) -> BTreeMap<String, String> {
    let named = FUNCTION_CLAUSES.iter().zip(&row.functions).filter(|(_, function)| *function != "-");
    let mut clauses: BTreeMap<String, String> =
        named.map(|((clause, _), function)| ((*clause).to_owned(), function.clone())).collect();
    let mut add = |clause: &str, value: Option<String>| {
        clauses.extend(value.map(|value| (clause.to_owned(), value)));
    };
    let literal =
        |value: &Option<String>| value.as_deref().map(|value| Dialect::Postgres.quote_literal(value));
    let space = |space: i32| (space != 0).then(|| space.to_string());
    let flag = |flag: bool| flag.then(String::new);
    add("STYPE", Some(row.state_type.clone()));
    add("SSPACE", space(row.state_space));
    add("INITCOND", literal(&row.initial_value));
    add("FINALFUNC_EXTRA", flag(row.has_final_extra));
    add("MSTYPE", row.moving_type.clone());
    add("MSSPACE", space(row.moving_space));
    add("MINITCOND", literal(&row.moving_initial_value));
    add("MFINALFUNC_EXTRA", flag(row.has_moving_final_extra));
    add("SORTOP", row.sort_operator.clone());
    add("HYPOTHETICAL", flag(row.kind == "h"));
    let is_ordered_set = row.kind != "n";
    if row
        .functions
        .iter()
        .zip(FUNCTION_CLAUSES)
        .any(|(name, (clause, _))| clause == "FINALFUNC" && name != "-")
    {
        add("FINALFUNC_MODIFY", modify(&row.final_modify, is_ordered_set));
    }
    if row.moving_type.is_some() {
        add("MFINALFUNC_MODIFY", modify(&row.moving_final_modify, is_ordered_set));
    }
    add("PARALLEL", Some(parallel(&row.common.parallel).to_owned()).filter(|parallel| parallel != "UNSAFE"));
    clauses
}

/// What a final function does to the state, where it is not the default.
fn modify(code: &str, is_ordered_set: bool) -> Option<String> {
    match (code, is_ordered_set) {
        ("r", true) => Some("READ_ONLY".to_owned()),
        ("s", _) => Some("SHAREABLE".to_owned()),
        ("w", false) => Some("READ_WRITE".to_owned()),
        _ => None,
    }
}
