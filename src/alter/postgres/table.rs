//! What tables are, beside their columns and parts.

use super::super::{Refusal, Remark, Statement};
use super::POSTGRES;
use super::sides::Sides;
use super::view::set_and_reset;
use super::way::Way;
use crate::catalog::sql::{identifier, named, qualified};
use crate::catalog::{ObjectName, Options, Table};

/// The first version that can change a table's access method.
const SET_ACCESS_METHOD: u32 = 15;

/// The way between two tables of one name, without columns and parts, and without what comes at the end.
pub(super) fn way(sides: &Sides<'_>, name: &ObjectName, left: &Table, right: &Table) -> Way {
    let is_unreachable = left.partition_key != right.partition_key
        || left.access_method != right.access_method && sides.server() < SET_ACCESS_METHOD;
    if is_unreachable && sides.hints.rebuilds.contains(name) {
        return Way::Renew;
    }
    if left.partition_key != right.partition_key {
        return Way::Refuse(refusal(
            name,
            "whether and how a table is partitioned cannot be altered",
            vec![format!("--rebuild {}", named(name))],
        ));
    }
    if left.access_method != right.access_method && sides.server() < SET_ACCESS_METHOD {
        let reason = format!("the access method cannot be altered before PostgreSQL {SET_ACCESS_METHOD}");
        return Way::Refuse(refusal(name, &reason, vec![format!("--rebuild {}", named(name))]));
    }
    if let (Some(old), Some(new)) = (&left.foreign, &right.foreign)
        && old.server != new.server
    {
        return Way::Renew;
    }
    let words = match right.foreign {
        Some(_) => "ALTER FOREIGN TABLE",
        None => "ALTER TABLE",
    };
    let words = format!("{words} {}", qualified(POSTGRES, name));
    let statements =
        actions(left, right).into_iter().map(|action| Statement::new(name, format!("{words} {action}")));
    Way::settings(statements.collect())
}

fn refusal(name: &ObjectName, reason: &str, ways_on: Vec<String>) -> Refusal {
    Refusal { object: name.clone(), reason: reason.to_owned(), ways_on }
}

fn actions(left: &Table, right: &Table) -> Vec<String> {
    let mut actions = Vec::new();
    if left.access_method != right.access_method {
        actions.push(format!("SET ACCESS METHOD {}", right.access_method.as_deref().unwrap_or("heap")));
    }
    if left.tablespace != right.tablespace {
        actions.push(format!("SET TABLESPACE {}", right.tablespace.as_deref().unwrap_or("pg_default")));
    }
    if left.is_unlogged != right.is_unlogged {
        actions.push(format!("SET {}", if right.is_unlogged { "UNLOGGED" } else { "LOGGED" }));
    }
    actions.extend(set_and_reset(&left.storage_options, &right.storage_options));
    let nothing = Options::new();
    let options = |table: &Table| table.foreign.as_ref().map(|foreign| foreign.options.clone());
    let (old, new) = (options(left).unwrap_or(nothing.clone()), options(right).unwrap_or(nothing));
    if old != new {
        actions.push(foreign_option_changes(&old, &new));
    }
    if right.row_security.is_enabled && !left.row_security.is_enabled {
        actions.push("ENABLE ROW LEVEL SECURITY".to_owned());
    }
    if right.row_security.is_forced && !left.row_security.is_forced {
        actions.push("FORCE ROW LEVEL SECURITY".to_owned());
    }
    actions
}

/// `OPTIONS (ADD …, SET …, DROP …)`, which leads from some options of foreign data to others.
pub(super) fn foreign_option_changes(left: &Options, right: &Options) -> String {
    let mut changes = Vec::new();
    for (option, value) in right {
        let (option_name, value_text) = (identifier(POSTGRES, option), POSTGRES.quote_literal(value));
        match left.get(option) {
            None => changes.push(format!("ADD {option_name} {value_text}")),
            Some(old) if old != value => changes.push(format!("SET {option_name} {value_text}")),
            Some(_) => {}
        }
    }
    let gone = left.keys().filter(|option| !right.contains_key(*option));
    changes.extend(gone.map(|option| format!("DROP {}", identifier(POSTGRES, option))));
    format!("OPTIONS ({})", changes.join(", "))
}

/// What comes once all else is done: the replica identity, for which an index has to be there, and the end of row
/// security, which nothing may precede that narrows what can be seen.
pub(super) fn at_end(
    name: &ObjectName,
    left: &Table,
    right: &Table,
    is_made: impl Fn(&str) -> bool,
) -> Vec<Statement> {
    let words = format!("ALTER TABLE {}", qualified(POSTGRES, name));
    let mut actions = Vec::new();
    let index = right.replica_identity.as_deref().and_then(|identity| identity.strip_prefix("USING INDEX "));
    if left.replica_identity != right.replica_identity || index.is_some_and(is_made) {
        let identity = right.replica_identity.as_deref().unwrap_or("DEFAULT");
        if right.foreign.is_none() {
            actions.push(format!("REPLICA IDENTITY {identity}"));
        }
    }
    if left.row_security.is_forced && !right.row_security.is_forced {
        actions.push("NO FORCE ROW LEVEL SECURITY".to_owned());
    }
    if left.row_security.is_enabled && !right.row_security.is_enabled {
        actions.push("DISABLE ROW LEVEL SECURITY".to_owned());
    }
    actions.into_iter().map(|action| Statement::new(name, format!("{words} {action}"))).collect()
}

/// The statement that drops a table, with the rows that it loses; none where no statement drops objects of this kind.
pub(super) fn drop(name: &ObjectName, table: &Table) -> Option<Statement> {
    let statement = super::way::drop_statement(name)?;
    // The rows of a foreign table are elsewhere, those of a partitioned one in its partitions.
    if table.foreign.is_some() || table.partition_key.is_some() {
        return Some(statement);
    }
    Some(statement.remark(Remark::Loses {
        object: name.clone(),
        what: format!("the rows of {}", named(name)),
        count: Some(format!("SELECT count(*) FROM {}", qualified(POSTGRES, name))),
    }))
}
