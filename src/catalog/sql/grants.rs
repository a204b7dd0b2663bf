//! What makes the privileges of a PostgreSQL schema.

use std::collections::{BTreeMap, BTreeSet};

use super::{Statement, identifier, qualified};
use crate::catalog::{Catalog, Definition, GrantTarget, Grants, Object, ObjectKind, ObjectName};
use crate::sql::Dialect;

const POSTGRES: Dialect = Dialect::Postgres;
const WITH_GRANT_OPTION: &str = " WITH GRANT OPTION";

/// The statements that give roles what they may do with the objects of a catalog, once these are made by their owner.
/// Nothing is taken from the owner, and no owner is changed.
#[must_use]
pub fn grants(catalog: &Catalog) -> Vec<Statement> {
    catalog.objects.iter().flat_map(|(name, object)| grants_of_new(name, object)).collect()
}

/// The statements that give one new object its grants, with those of the columns of a table.
#[must_use]
pub fn grants_of_new(name: &ObjectName, object: &Object) -> Vec<Statement> {
    if let Some(target) = target_of(object) {
        return changes_of_grants_on(name, target, &target.usual, &object.grants);
    }
    if let Definition::Other(other) = &object.definition {
        let said = other.statements.iter().filter(|_| name.is_privilege());
        return said.map(|sql| Statement::of(name, sql.clone())).collect();
    }
    let mut statements = changes_of_grants(name, &usual(name, object), &object.grants);
    if let Definition::Table(table) = &object.definition {
        for column in &table.columns {
            statements.extend(changes_of_column_grants(name, &column.name, &Grants::new(), &column.grants));
        }
    }
    statements
}

/// The statements that lead from some privileges of an object to others.
#[must_use]
pub fn changes_of_grants(name: &ObjectName, from: &Grants, to: &Grants) -> Vec<Statement> {
    statements(name, "", from, to)
}

/// The statements that turn the grants of a column into others.
#[must_use]
pub fn changes_of_column_grants(
    table: &ObjectName,
    column: &str,
    from: &Grants,
    to: &Grants,
) -> Vec<Statement> {
    statements(table, &format!(" ({})", identifier(POSTGRES, column)), from, to)
}

/// What the grants are on of an object that is nothing else.
#[must_use]
pub fn target_of(object: &Object) -> Option<&GrantTarget> {
    match &object.definition {
        Definition::Other(other) => other.granted_on.as_ref(),
        _ => None,
    }
}

/// The statements that lead from some grants that stand for themselves to others.
#[must_use]
pub fn changes_of_grants_on(
    name: &ObjectName,
    target: &GrantTarget,
    from: &Grants,
    to: &Grants,
) -> Vec<Statement> {
    statements_on(name, target, from, to)
}

/// What a new object's privileges are: all for the owner, and for PUBLIC what the documentation of `GRANT` says.
fn usual(name: &ObjectName, object: &Object) -> Grants {
    let of_public = match name.kind {
        ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Aggregate => Some("EXECUTE TO PUBLIC"),
        ObjectKind::Enum | ObjectKind::Domain | ObjectKind::CompositeType | ObjectKind::RangeType => {
            Some("USAGE TO PUBLIC")
        }
        _ => None,
    };
    let of_owner = object.grants.iter().filter(|grant| {
        let role = grant.split_once(" TO ").map(|(_, role)| role);
        // The owner's name comes unquoted, that of a role as SQL.
        role.is_some_and(|role| {
            object.owner.as_ref().is_some_and(|owner| role == owner || role == identifier(POSTGRES, owner))
        })
    });
    of_owner.cloned().chain(of_public.map(str::to_owned)).collect()
}

fn statements(name: &ObjectName, part: &str, from: &Grants, to: &Grants) -> Vec<Statement> {
    let target = GrantTarget { part: part.to_owned(), object: object(name), ..GrantTarget::default() };
    statements_on(name, &target, from, to)
}

fn statements_on(name: &ObjectName, target: &GrantTarget, from: &Grants, to: &Grants) -> Vec<Statement> {
    let GrantTarget { before, part, object, .. } = target;
    let mut revoked = by_role(from.difference(to));
    revoked.sort_by_key(|one| one.0);
    let granted = by_role(to.difference(from));
    let list = |privileges: &BTreeSet<&str>| {
        privileges.iter().map(|privilege| format!("{privilege}{part}")).collect::<Vec<_>>().join(", ")
    };
    let revoke = revoked.iter().map(|((role, _), privileges)| {
        format!("{before}REVOKE {} ON {object} FROM {role}", list(privileges))
    });
    let grant = granted.iter().map(|((role, option), privileges)| {
        format!("{before}GRANT {} ON {object} TO {role}{option}", list(privileges))
    });
    revoke.chain(grant).map(|sql| Statement::of(name, sql)).collect()
}

/// A role and whether it may grant what it is granted, with the privileges.
type OfRole<'g> = ((&'g str, &'g str), BTreeSet<&'g str>);

/// The privileges by role, and whether it may grant them. The roles stand in the order in which they come: the server keeps
/// that in which they are granted something first, and so does what dumps it.
fn by_role<'g>(grants: impl Iterator<Item = &'g String>) -> Vec<OfRole<'g>> {
    let mut by_role: Vec<OfRole<'g>> = Vec::new();
    let mut places: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for grant in grants {
        let (grant, option) = grant
            .strip_suffix(WITH_GRANT_OPTION)
            .map_or((grant.as_str(), ""), |grant| (grant, WITH_GRANT_OPTION));
        if let Some((privilege, role)) = grant.split_once(" TO ") {
            let place = *places.entry((role, option)).or_insert(by_role.len());
            match by_role.get_mut(place) {
                Some((_, privileges)) => drop(privileges.insert(privilege)),
                None => by_role.push(((role, option), BTreeSet::from([privilege]))),
            }
        }
    }
    by_role
}

/// The object as `GRANT` names it.
fn object(name: &ObjectName) -> String {
    let kind = match name.kind {
        ObjectKind::Schema => "SCHEMA",
        ObjectKind::Sequence => "SEQUENCE",
        ObjectKind::Function | ObjectKind::Aggregate => "FUNCTION",
        ObjectKind::Procedure => "PROCEDURE",
        ObjectKind::Enum | ObjectKind::Domain | ObjectKind::CompositeType | ObjectKind::RangeType => "TYPE",
        _ => "TABLE",
    };
    let arguments = name.arguments.as_ref().map(|arguments| format!("({arguments})"));
    format!("{kind} {}{}", qualified(POSTGRES, name), arguments.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Other;

    fn grants_of(texts: &[&str]) -> Grants {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn default_privileges_lead_from_what_is_usual() {
        let target = GrantTarget {
            before: "ALTER DEFAULT PRIVILEGES FOR ROLE me ".to_owned(),
            object: "FUNCTIONS".to_owned(),
            usual: grants_of(&["EXECUTE TO PUBLIC", "EXECUTE TO me"]),
            ..GrantTarget::default()
        };
        let mut object =
            Object::new(Definition::Other(Other { granted_on: Some(target), ..Other::default() }));
        object.grants = grants_of(&["EXECUTE TO app", "EXECUTE TO me"]);
        let name = ObjectName::new(ObjectKind::Unmodelled, None, "default acl for role me on functions");
        let made: Vec<String> = grants_of_new(&name, &object).into_iter().map(|one| one.sql).collect();
        let words = "ALTER DEFAULT PRIVILEGES FOR ROLE me";
        assert_eq!(
            made,
            [
                format!("{words} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC"),
                format!("{words} GRANT EXECUTE ON FUNCTIONS TO app")
            ]
        );
    }

    #[test]
    fn only_what_is_unusual_is_said() {
        let mut catalog = Catalog::empty(POSTGRES);
        let mut add = |name: ObjectName, definition, grants: &[&str]| {
            let mut object = Object::new(definition);
            object.owner = Some("me".to_owned());
            object.grants = grants_of(grants);
            catalog.objects.insert(name, object);
        };
        let table = ObjectName::new(ObjectKind::Table, Some("s"), "t");
        let all = ["SELECT TO me", "SELECT TO app", "INSERT TO app", "SELECT TO \"B\" WITH GRANT OPTION"];
        add(table, Definition::Table(Box::default()), &all);
        let function = |name| ObjectName::routine(ObjectKind::Function, "s", name, "integer");
        add(function("f"), Definition::Verbatim(String::new()), &["EXECUTE TO PUBLIC", "EXECUTE TO me"]);
        add(function("g"), Definition::Verbatim(String::new()), &["EXECUTE TO me"]);
        let expected = [
            "REVOKE EXECUTE ON FUNCTION s.g(integer) FROM PUBLIC",
            "GRANT INSERT, SELECT ON TABLE s.t TO app",
            "GRANT SELECT ON TABLE s.t TO \"B\" WITH GRANT OPTION",
        ];
        assert_eq!(grants(&catalog).into_iter().map(|one| one.sql).collect::<Vec<_>>(), expected);
    }
}
