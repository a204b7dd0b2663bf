//! Whether a schema says who may do what.

use std::fmt;

use super::kept_privileges::take_over;
use crate::alter::ServerVersion;
use crate::catalog::sql::{grants_of_new, target_of};
use crate::catalog::{Catalog, Grants, Object, ObjectKind, ObjectName};

/// A query for the number of objects of the user's of which something has been granted or revoked, even if they have the grants
/// of new objects again (PostgreSQL). The schema that every database begins with is none of them.
pub(super) const ACCESS_LISTS: &str = "SELECT pg_catalog.count(*) FROM (\
    SELECT 'pg_catalog.pg_class'::pg_catalog.regclass AS class, oid FROM pg_catalog.pg_class WHERE relacl IS NOT NULL \
    UNION ALL SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, attrelid FROM pg_catalog.pg_attribute WHERE attacl IS NOT NULL \
    UNION ALL SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass, oid FROM pg_catalog.pg_proc WHERE proacl IS NOT NULL \
    UNION ALL SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, oid FROM pg_catalog.pg_type WHERE typacl IS NOT NULL \
    UNION ALL SELECT 'pg_catalog.pg_namespace'::pg_catalog.regclass, oid FROM pg_catalog.pg_namespace \
    WHERE nspacl IS NOT NULL AND nspname <> 'public') x WHERE oid >= 16384 AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d \
    WHERE d.classid = x.class AND d.objid = x.oid AND d.deptype = 'e')";

/// The first version of the server whose schema `public` belongs to whoever the database belongs to, and is nobody else's to
/// make something in.
const CLOSED_PUBLIC: ServerVersion = ServerVersion(150_000);

/// Why owners and grants that the wanted schema does not have are left as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftPrivileges {
    /// The wanted schema says nothing of who may do what.
    Unsaid,
    /// One of the schemas was read from a database, whose roles may be others.
    OfDatabase,
}

impl fmt::Display for LeftPrivileges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("owners and grants are left as they are: ")?;
        f.write_str(match self {
            Self::Unsaid => "the desired schema says nothing of them",
            Self::OfDatabase => "those of a database are not compared",
        })?;
        f.write_str("; --privileges compares them")
    }
}

/// Whether the wanted schema says who may do what: something belongs to another than the role that has made it, or there
/// are other grants than new objects have. A schema that does not is not meant to take everything away.
pub(super) fn privileges_are_said(
    here: &Catalog,
    wanted: &Catalog,
    role: Option<&str>,
    server: ServerVersion,
) -> bool {
    // The schema that every database begins with belongs to a role of the server's own, and has grants.
    let is_given = |name: &ObjectName, object: &Object| {
        let left = here.objects.get(name);
        let is_public = name.kind == ObjectKind::Schema && name.name == "public";
        let is_as_here =
            || left.is_some_and(|left| left.owner == object.owner && left.grants == object.grants);
        is_public && (is_as_it_comes(object, server) || is_as_here())
    };
    let mut own = wanted.objects.iter().filter(|(name, object)| !is_given(name, object));
    own.any(|(name, object)| is_said_of(name, object, role))
}

/// `together`, what models are completed to, with the owners and grants that SQL beside them says of objects: `alone` is what
/// they build by themselves. Of the others models say nothing.
pub(super) fn with_said_privileges(
    alone: &Catalog,
    mut together: Catalog,
    role: Option<&str>,
    server: ServerVersion,
) -> Catalog {
    for (name, object) in &mut together.objects {
        let said = alone.objects.get(name).filter(|said| is_said_of(name, said, role));
        let is_given = |said: &&Object| name.kind == ObjectKind::Schema && is_as_it_comes(said, server);
        if let Some(said) = said.filter(|said| !is_given(said)) {
            take_over(said, object);
        }
    }
    together
}

fn is_said_of(name: &ObjectName, object: &Object, role: Option<&str>) -> bool {
    let is_handed_over = role.is_some() && object.owner.is_some() && object.owner.as_deref() != role;
    is_handed_over && target_of(object).is_none()
        || !grants_of_new(name, object).is_empty()
        || is_kept_from_owner(name, object)
}

/// Whether the schema `public` is as a server makes it in every database.
fn is_as_it_comes(public: &Object, server: ServerVersion) -> bool {
    let Some(owner) = &public.owner else { return false };
    let is_closed = server >= CLOSED_PUBLIC;
    let of_owner = ["CREATE", "USAGE"].map(|privilege| format!("{privilege} TO {owner}"));
    let of_everybody = ["USAGE", "CREATE"].into_iter().take(if is_closed { 1 } else { 2 });
    let of_everybody = of_everybody.map(|privilege| format!("{privilege} TO PUBLIC"));
    let usual: Grants = of_owner.into_iter().chain(of_everybody).collect();
    public.grants == usual && (!is_closed || owner == "pg_database_owner")
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

    const USUAL: [&str; 3] = ["CREATE TO pg_database_owner", "USAGE TO pg_database_owner", "USAGE TO PUBLIC"];

    /// A catalog with nothing but the schema `public`.
    fn with_public(owner: &str, grants: &[&str]) -> Catalog {
        let mut object = Object::new(Definition::Schema);
        object.owner = Some(owner.to_owned());
        object.grants = grants.iter().map(|grant| (*grant).to_owned()).collect();
        let mut catalog = Catalog::empty(Dialect::Postgres);
        catalog.objects.insert(ObjectName::new(ObjectKind::Schema, None, "public"), object);
        catalog
    }

    /// What is wanted: the schema `public` as every database has it, and one object more.
    fn said(kind: ObjectKind, owner: &str, grants: &[&str]) -> bool {
        let here = with_public("pg_database_owner", &USUAL[1..]);
        let mut wanted = here.clone();
        let mut object = Object::new(Definition::Verbatim(String::new()));
        object.owner = Some(owner.to_owned());
        object.grants = grants.iter().map(|grant| (*grant).to_owned()).collect();
        wanted.objects.insert(ObjectName::new(kind, Some("public"), "x"), object);
        privileges_are_said(&here, &wanted, Some("me"), ServerVersion(150_018))
    }

    #[test]
    fn public_as_it_comes_says_nothing_where_something_was_granted_on_it() {
        let granted = with_public("pg_database_owner", &[&USUAL[..], &["USAGE TO app"]].concat());
        let said = |wanted: &Catalog, version| {
            privileges_are_said(&granted, wanted, Some("me"), ServerVersion(version))
        };
        let usual = with_public("pg_database_owner", &USUAL);
        assert!(!said(&usual, 150_000));
        assert!(said(&usual, 140_000));
        assert!(said(&with_public("me", &["CREATE TO me", "USAGE TO me", "USAGE TO PUBLIC"]), 150_000));
        let open = ["CREATE TO postgres", "USAGE TO postgres", "CREATE TO PUBLIC", "USAGE TO PUBLIC"];
        assert!(!said(&with_public("postgres", &open), 140_000));
        assert!(said(&with_public("postgres", &open), 150_000));
        assert!(!said(&granted, 150_000));
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
