//! Triggers, rules and policies.

use super::super::Statement;
use super::POSTGRES;
use super::way::Way;
use crate::catalog::sql::{identifier, relation_of};
use crate::catalog::{Firing, ObjectName, Policy, Rule, Trigger};

/// The way between two triggers of one name: when it fires can be altered, anything else makes it anew.
pub(super) fn trigger(name: &ObjectName, left: &Trigger, right: &Trigger) -> Way {
    let with_left_firing = Trigger { enabled: left.enabled, ..right.clone() };
    if *left == with_left_firing {
        Way::settings(vec![firing(name, "TRIGGER", right.enabled)])
    } else {
        Way::Renew
    }
}

/// The way between two rewrite rules of one name: defined anew in place.
pub(super) fn rule(name: &ObjectName, left: &Rule, right: &Rule) -> Way {
    let mut statements = Vec::new();
    let redefines = left.definition != right.definition;
    if redefines {
        statements.push(Statement::new(
            name,
            right.definition.replacen("CREATE RULE", "CREATE OR REPLACE RULE", 1),
        ));
    }
    if left.enabled != right.enabled {
        statements.push(firing(name, "RULE", right.enabled));
    }
    Way::Alter { statements, redefines }
}

fn firing(name: &ObjectName, kind: &str, firing: Firing) -> Statement {
    let (table, own) = (relation_of(POSTGRES, name), identifier(POSTGRES, &name.name));
    Statement::new(name, format!("ALTER TABLE {table} {} {kind} {own}", firing.sql()))
}

/// The way between two policies of one name. `ALTER POLICY` leaves no moment without the policy; it cannot change
/// command and kind, and takes no expression away.
pub(super) fn policy(name: &ObjectName, left: &Policy, right: &Policy) -> Way {
    let is_altered = left.is_permissive == right.is_permissive
        && left.command == right.command
        && (left.using.is_none() || right.using.is_some())
        && (left.check.is_none() || right.check.is_some());
    if !is_altered {
        return Way::Renew;
    }
    let mut text =
        format!("ALTER POLICY {} ON {}", identifier(POSTGRES, &name.name), relation_of(POSTGRES, name));
    if left.roles != right.roles {
        text.push_str(&format!(" TO {}", right.roles.join(", ")));
    }
    let changed = |left: &Option<String>, right: &Option<String>| right.clone().filter(|_| left != right);
    if let Some(using) = changed(&left.using, &right.using) {
        text.push_str(&format!("\n    USING ({using})"));
    }
    if let Some(check) = changed(&left.check, &right.check) {
        text.push_str(&format!("\n    WITH CHECK ({check})"));
    }
    Way::replace(name, text)
}
