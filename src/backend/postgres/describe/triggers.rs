//! Triggers, rules and policies.

use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Integer, Nullable, Oid, Text};

use super::super::super::BackendError;
use super::address::Class;
use super::collector::Collector;
use super::constraints::part_of;
use super::pieces::USER_SCHEMAS;
use super::reader::Reader;
use crate::catalog::{Definition, Firing, ObjectKind, Policy, Rule, Trigger};

/// Reads triggers, rules and policies into `collector`, which must have the tables and views already.
///
/// # Errors
/// The database's.
pub(super) fn read(reader: &mut Reader<'_>, collector: &mut Collector<'_>) -> Result<(), BackendError> {
    triggers(reader, collector)?;
    rules(reader, collector)?;
    policies(reader, collector)
}

#[derive(QueryableByName)]
struct TriggerRow {
    #[diesel(sql_type = Oid)]
    oid: u32,
    #[diesel(sql_type = Oid)]
    relation: u32,
    #[diesel(sql_type = Text)]
    name: String,
    /// The bits of `pg_trigger.tgtype`.
    #[diesel(sql_type = Integer)]
    bits: i32,
    #[diesel(sql_type = Array<Text>)]
    columns: Vec<String>,
    #[diesel(sql_type = Text)]
    function: String,
    #[diesel(sql_type = Text)]
    enabled: String,
    #[diesel(sql_type = Text)]
    definition: String,
}

/// The bits of `pg_trigger.tgtype`, from the server's `catalog/pg_trigger.h`.
const ROW: i32 = 1;
const BEFORE: i32 = 1 << 1;
const INSTEAD: i32 = 1 << 6;
const EVENTS: [(i32, &str); 4] =
    [(1 << 2, "INSERT"), (1 << 3, "DELETE"), (1 << 4, "UPDATE"), (1 << 5, "TRUNCATE")];

fn triggers(reader: &mut Reader<'_>, collector: &mut Collector<'_>) -> Result<(), BackendError> {
    if !reader.has(&["trigger"]) {
        return Ok(());
    }
    // Those that a partition has from its parent come back with the parent's.
    let own = reader.since(13, "t.tgparentid = 0", "true");
    let among = reader.among("t.tgrelid");
    let rows: Vec<TriggerRow> = reader.load(&format!(
        "SELECT t.oid, t.tgrelid AS relation, t.tgname::text AS name, t.tgtype::integer AS bits, \
         ARRAY(SELECT quote_ident(a.attname) FROM unnest(t.tgattr) u JOIN pg_attribute a ON a.attrelid = t.tgrelid \
         AND a.attnum = u ORDER BY a.attname) AS columns, t.tgfoid::regproc::text AS function, \
         t.tgenabled::text AS enabled, pg_get_triggerdef(t.oid) AS definition \
         FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE NOT t.tgisinternal AND {own} AND {USER_SCHEMAS}{among}"
    ))?;
    for row in rows {
        let Some(name) = part_of(collector, row.relation, ObjectKind::Trigger, &row.name) else { continue };
        let trigger = Trigger {
            timing: Some(timing(row.bits)),
            events: Some(events(row.bits, &row.columns)),
            is_for_each_row: row.bits & ROW != 0,
            function: Some(row.function),
            enabled: firing(&row.enabled),
            definition: row.definition,
        };
        collector.add(Class::Trigger, row.oid, name, Definition::Trigger(trigger), None);
    }
    Ok(())
}

fn timing(bits: i32) -> &'static str {
    if bits & BEFORE != 0 {
        "BEFORE"
    } else if bits & INSTEAD != 0 {
        "INSTEAD OF"
    } else {
        "AFTER"
    }
}

fn events(bits: i32, columns: &[String]) -> String {
    let events = EVENTS.iter().filter(|(bit, _)| bits & bit != 0).map(|(_, event)| match *event {
        "UPDATE" if !columns.is_empty() => format!("UPDATE OF {}", columns.join(", ")),
        event => event.to_owned(),
    });
    events.collect::<Vec<_>>().join(" OR ")
}

fn firing(code: &str) -> Firing {
    match code {
        "D" => Firing::Disabled,
        "R" => Firing::Replica,
        "A" => Firing::Always,
        _ => Firing::Origin,
    }
}

#[derive(QueryableByName)]
struct RuleRow {
    #[diesel(sql_type = Oid)]
    oid: u32,
    #[diesel(sql_type = Oid)]
    relation: u32,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    enabled: String,
    #[diesel(sql_type = Text)]
    definition: String,
}

fn rules(reader: &mut Reader<'_>, collector: &mut Collector<'_>) -> Result<(), BackendError> {
    if !reader.has(&["rule"]) {
        return Ok(());
    }
    let among = reader.among("r.ev_class");
    let rows: Vec<RuleRow> = reader.load(&format!(
        "SELECT r.oid, r.ev_class AS relation, r.rulename::text AS name, r.ev_enabled::text AS enabled, \
         pg_get_ruledef(r.oid) AS definition \
         FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE r.rulename <> '_RETURN' AND {USER_SCHEMAS}{among}"
    ))?;
    for row in rows {
        let Some(name) = part_of(collector, row.relation, ObjectKind::Rule, &row.name) else { continue };
        let definition = row.definition.trim_end_matches(';').to_owned();
        let rule = Rule { enabled: firing(&row.enabled), definition };
        collector.add(Class::Rule, row.oid, name, Definition::Rule(rule), None);
    }
    Ok(())
}

#[derive(QueryableByName)]
struct PolicyRow {
    #[diesel(sql_type = Oid)]
    oid: u32,
    #[diesel(sql_type = Oid)]
    relation: u32,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bool)]
    is_permissive: bool,
    #[diesel(sql_type = Text)]
    command: String,
    #[diesel(sql_type = Array<Text>)]
    roles: Vec<String>,
    #[diesel(sql_type = Nullable<Text>)]
    using: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    check: Option<String>,
}

fn policies(reader: &mut Reader<'_>, collector: &mut Collector<'_>) -> Result<(), BackendError> {
    if !reader.has(&["policy"]) {
        return Ok(());
    }
    let among = reader.among("p.polrelid");
    let rows: Vec<PolicyRow> = reader.load(&format!(
        "SELECT p.oid, p.polrelid AS relation, p.polname::text AS name, p.polpermissive AS is_permissive, \
         p.polcmd::text AS command, \
         ARRAY(SELECT CASE r WHEN 0 THEN 'PUBLIC' ELSE r::regrole::text END FROM unnest(p.polroles) r ORDER BY 1) \
         AS roles, pg_get_expr(p.polqual, p.polrelid) AS using, pg_get_expr(p.polwithcheck, p.polrelid) AS check \
         FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE {USER_SCHEMAS}{among}"
    ))?;
    for row in rows {
        let Some(name) = part_of(collector, row.relation, ObjectKind::Policy, &row.name) else { continue };
        let policy = Policy {
            is_permissive: row.is_permissive,
            command: policy_command(&row.command),
            roles: row.roles,
            using: row.using,
            check: row.check,
        };
        collector.add(Class::Policy, row.oid, name, Definition::Policy(policy), None);
    }
    Ok(())
}

fn policy_command(code: &str) -> &'static str {
    match code {
        "r" => "SELECT",
        "a" => "INSERT",
        "w" => "UPDATE",
        "d" => "DELETE",
        _ => "ALL",
    }
}
