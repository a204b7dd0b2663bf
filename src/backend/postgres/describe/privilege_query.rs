//! A query of privileges that stand for themselves.

use super::pieces::granted;

/// A query with the columns of `privileges::Row`. `name` and `owner` are expressions of a name and an OID, the words
/// those of [`GrantTarget`](crate::catalog::GrantTarget); it finds those whose access control list `acl` is none that
/// the server gives.
pub(super) struct Query<'q> {
    pub(super) oid: &'q str,
    pub(super) view: &'q str,
    pub(super) name: &'q str,
    pub(super) owner: &'q str,
    pub(super) before: &'q str,
    pub(super) part: &'q str,
    pub(super) object: &'q str,
    pub(super) acl: &'q str,
    pub(super) usual: &'q str,
    /// See `Row`.
    pub(super) definition: &'q str,
    pub(super) extension: &'q str,
    pub(super) from: String,
}

impl Query<'_> {
    /// The text of the query.
    pub(super) fn sql(&self) -> String {
        let Self { oid, view, name, owner, before, part, object, acl, usual, definition, extension, from } =
            self;
        let (grants, usual) = (granted(acl, owner), granted(usual, owner));
        format!(
            "SELECT {oid} AS oid, {view} AS view, ({name})::text AS name, \
             {owner}::regrole::text AS owner, ({before})::text AS before, ({part})::text AS part, \
             ({object})::text AS object, {grants} AS grants, {usual} AS usual, ({definition})::text AS definition, \
             ({extension})::text AS extension FROM {from} AND {acl} IS NOT NULL"
        )
    }
}
