//! Whether a schema says who may do what.

use crate::catalog::sql::{grants_of_new, target_of};
use crate::catalog::{Catalog, Object, ObjectKind, ObjectName};

/// Whether the wanted schema says who may do what: something belongs to another than the role that has made it, or there
/// are other grants than new objects have. A schema that does not is not meant to take everything away.
pub(super) fn privileges_are_said(here: &Catalog, wanted: &Catalog, role: Option<&str>) -> bool {
    // The schema that every database begins with belongs to a role of the server's own, and has grants.
    let is_given = |name: &ObjectName, object: &Object| {
        let left = here.objects.get(name);
        let is_public = name.kind == ObjectKind::Schema && name.name == "public";
        is_public && left.is_some_and(|left| left.owner == object.owner && left.grants == object.grants)
    };
    let mut own = wanted.objects.iter().filter(|(name, object)| !is_given(name, object));
    own.any(|(name, object)| {
        let is_handed_over = role.is_some() && object.owner.is_some() && object.owner.as_deref() != role;
        is_handed_over && target_of(object).is_none()
            || !grants_of_new(name, object).is_empty()
            || is_kept_from_owner(name, object)
    })
}

/// Whether everything has been taken from the owner of an object.
fn is_kept_from_owner(name: &ObjectName, object: &Object) -> bool {
    let has_grants = matches!(
        name.kind,
        ObjectKind::Table
            | ObjectKind::ForeignTable
            | ObjectKind::View
            | ObjectKind::MaterializedView
            | ObjectKind::Sequence
            | ObjectKind::Schema
            | ObjectKind::Function
            | ObjectKind::Procedure
    );
    let is_owners = |grant: &String, owner: &String| {
        grant.split_once(" TO ").is_some_and(|(_, role)| role.trim_end_matches(" WITH GRANT OPTION") == owner)
    };
    let owner = object.owner.as_ref().filter(|_| has_grants);
    owner.is_some_and(|owner| !object.grants.iter().any(|grant| is_owners(grant, owner)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Definition;
    use crate::sql::Dialect;

    /// What is wanted: the schema `public` as every database has it, and one object more.
    fn said(kind: ObjectKind, owner: &str, grants: &[&str]) -> bool {
        let public = |catalog: &mut Catalog| {
            let mut object = Object::new(Definition::Schema);
            object.owner = Some("pg_database_owner".to_owned());
            object.grants = ["USAGE TO PUBLIC".to_owned(), "USAGE TO pg_database_owner".to_owned()].into();
            catalog.objects.insert(ObjectName::new(ObjectKind::Schema, None, "public"), object);
        };
        let (mut here, mut wanted) = (Catalog::empty(Dialect::Postgres), Catalog::empty(Dialect::Postgres));
        public(&mut here);
        public(&mut wanted);
        let mut object = Object::new(Definition::Verbatim(String::new()));
        object.owner = Some(owner.to_owned());
        object.grants = grants.iter().map(|grant| (*grant).to_owned()).collect();
        wanted.objects.insert(ObjectName::new(kind, Some("public"), "x"), object);
        privileges_are_said(&here, &wanted, Some("me"))
    }

    #[test]
    fn what_new_objects_have_says_nothing() {
        assert!(!said(ObjectKind::Table, "me", &["INSERT TO me", "SELECT TO me"]));
        assert!(!said(ObjectKind::Function, "me", &["EXECUTE TO PUBLIC", "EXECUTE TO me"]));
        assert!(!said(ObjectKind::Index, "me", &[]));
    }

    #[test]
    fn another_owner_is_said() {
        assert!(said(ObjectKind::Table, "other", &["SELECT TO other"]));
    }

    #[test]
    fn what_is_granted_and_what_is_revoked_is_said() {
        assert!(said(ObjectKind::Table, "me", &["SELECT TO me", "SELECT TO app"]));
        assert!(said(ObjectKind::Function, "me", &["EXECUTE TO me"]));
        assert!(said(ObjectKind::Table, "me", &[]));
    }
}
