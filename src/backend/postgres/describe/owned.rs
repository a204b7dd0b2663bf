//! What the queries of all kinds of objects begin with that have a schema, an owner and grants.

use diesel::prelude::*;
use diesel::sql_types::{Array, Oid, Text};

use super::collector::Privileges;
use super::pieces::grants;

/// An object with its schema, owner and grants, in the columns of [`columns`].
#[derive(QueryableByName)]
pub(super) struct OwnedRow {
    #[diesel(sql_type = Oid)]
    pub(super) oid: u32,
    #[diesel(sql_type = Text)]
    pub(super) schema: String,
    #[diesel(sql_type = Text)]
    pub(super) name: String,
    #[diesel(sql_type = Text)]
    owner: String,
    #[diesel(sql_type = Array<Text>)]
    grants: Vec<String>,
}

impl OwnedRow {
    /// The owner and the grants of the object.
    pub(super) fn privileges(&self) -> Privileges {
        Privileges { owner: self.owner.clone(), grants: self.grants.clone() }
    }
}

/// The columns of a row `alias` of a system catalog whose own columns begin with `prefix`, in the schema `n`; `kind` is that of
/// PostgreSQL's function `acldefault`.
pub(super) fn columns(alias: &str, prefix: &str, kind: char) -> String {
    let of = |name: &str| format!("{alias}.{prefix}{name}");
    let (name, owner) = (of("name"), of("owner"));
    let grants = grants(&of("acl"), kind, &owner);
    format!(
        "{alias}.oid, n.nspname::text AS schema, {name}::text AS name, {owner}::regrole::text AS owner, {grants} AS grants"
    )
}
