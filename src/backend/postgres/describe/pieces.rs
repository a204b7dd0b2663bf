//! Pieces of the queries of the system catalogs.

use crate::catalog::Options;

/// Which schemas are the user's, of `n`.
pub(super) const USER_SCHEMAS: &str = "n.nspname !~ '^(pg_|information_schema$)'";

/// The first OID that no object of the server's own has.
pub(super) const FIRST_USER_OID: u32 = 16_384;

/// The privileges in effect by the access control list `acl` of an object of `owner`, as an array of texts, which say who has
/// granted what the owner has not. `kind` is
/// that of PostgreSQL's function `acldefault`.
pub(super) fn grants(acl: &str, kind: char, owner: &str) -> String {
    granted(&format!("coalesce({acl}, acldefault('{kind}', {owner}))"), owner)
}

/// The privileges of an access control list of an object of `owner`, as an array of texts in the order of the list.
pub(super) fn granted(acl: &str, owner: &str) -> String {
    format!(
        "ARRAY(SELECT g.privilege_type || ' TO ' || CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END \
         || CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END \
         || CASE WHEN g.grantor <> {owner} THEN ' GRANTED BY ' || g.grantor::regrole ELSE '' END \
         FROM aclexplode({acl}) WITH ORDINALITY g (grantor, grantee, privilege_type, is_grantable, place) ORDER BY g.place)"
    )
}

/// An access control list as a text that does not depend on the order in which it was granted.
pub(super) fn sorted(acl: &str) -> String {
    format!("(SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM unnest({acl}) a)")
}

/// The collation `collation` as a name, where it is not `default`; else NULL.
pub(super) fn collation(collation: &str, default: &str) -> String {
    format!("CASE WHEN {collation} <> {default} THEN {collation}::regcollation::text END")
}

/// Splits the `name=value` texts of `reloptions` and its like; one without `=` has an empty value.
pub(super) fn options(texts: &[String]) -> Options {
    let split = |text: &String| {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        (name.to_owned(), value.to_owned())
    };
    texts.iter().map(split).collect()
}

/// Names of options that nobody but the server should read.
pub(super) const SECRET: &str = "'(pass|secret|token|credential|private)'";

/// What identifies the object `oid` of a system catalog, with its kind.
pub(super) fn identity(class: &str, oid: &str) -> String {
    format!("(SELECT i.type || ' ' || i.identity FROM pg_identify_object('{class}'::regclass, {oid}, 0) i)")
}

/// Whether no extension owns the object `oid` of a system catalog.
pub(super) fn is_own(class: &str, oid: &str) -> String {
    format!(
        "{oid} >= {FIRST_USER_OID} AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '{class}'::regclass \
         AND e.objid = {oid} AND e.deptype = 'e')"
    )
}

/// An expression of the options of a subscription that are not as they come; of the connection nothing, which may hold a
/// password. Before PostgreSQL 14 not everybody may read them.
pub(super) fn options_of_subscriptions(version: i32) -> String {
    let major = version / 10_000;
    let streaming = if major >= 18 { "p" } else { "f" };
    let options = [
        (14, "binary", "subbinary::text", "false"),
        (14, "streaming", "left(substream::text, 1)", streaming),
        (14, "synchronous_commit", "subsynccommit", "off"),
        // Whether it is on yet is a matter of the apply worker.
        (15, "two_phase", "(subtwophasestate <> 'd')::text", "false"),
        (15, "disable_on_error", "subdisableonerr::text", "false"),
        (16, "origin", "suborigin", "any"),
        (16, "password_required", "subpasswordrequired::text", "true"),
        (16, "run_as_owner", "subrunasowner::text", "false"),
        (17, "failover", "subfailover::text", "false"),
    ];
    let known = options.into_iter().filter(|(since, ..)| major >= *since);
    let told = known.map(|(_, option, value, usual)| {
        format!("CASE WHEN {value} <> '{usual}' THEN ' {option} ' || {value} ELSE '' END")
    });
    let mut told: Vec<String> = told.collect();
    told.push("coalesce(' slot ' || nullif(subslotname, subname), '')".to_owned());
    told.join(" || ")
}
