//! What came with the server or an extension, and what nobody reads: comments, grants and mappings of users.

use revgraph::alter::alter;

use super::postgres_cases::both_ways;
use super::postgres_types::Place;

const TABLE: &str = "CREATE TABLE t (a integer, b text, c numeric, d inet);";

/// Where the user's own comment goes, that of the server comes back.
#[test]
fn comments_of_the_server_come_back() {
    let (up, down) = both_ways(
        &format!("{TABLE} COMMENT ON LANGUAGE sql IS 'mine'"),
        &format!(
            "{TABLE} COMMENT ON SCHEMA public IS 'ours'; COMMENT ON LANGUAGE sql IS 'yours'; \
             COMMENT ON EXTENSION plpgsql IS 'it''s a language'; COMMENT ON SCHEMA pg_catalog IS 'the catalog'"
        ),
    );
    assert!(up.contains(&"COMMENT ON EXTENSION plpgsql IS 'it''s a language'".to_owned()), "{up:#?}");
    for comment in [
        "COMMENT ON SCHEMA public IS 'standard public schema'",
        "COMMENT ON LANGUAGE sql IS 'mine'",
        "COMMENT ON EXTENSION plpgsql IS 'PL/pgSQL procedural language'",
        "COMMENT ON SCHEMA pg_catalog IS 'system catalog schema'",
    ] {
        assert!(down.contains(&comment.to_owned()), "{down:#?}");
    }
}

/// Nobody knows what the comment of another object was.
#[test]
fn other_comments_on_what_came_with_the_server_are_refused() {
    let (base, wanted) = (Place::with(TABLE), Place::with("COMMENT ON FUNCTION abs(integer) IS 'mine'"));
    let refused = alter(&base.catalog(), &wanted.catalog(), &base.hints()).expect_err("it cannot be undone");
    assert_eq!(refused[0].object.to_string(), "change of comment on function pg_catalog.abs(integer)");
}

#[test]
fn privileges_of_what_came_with_the_server_are_granted_and_taken_back() {
    both_ways(
        &format!("{TABLE} GRANT USAGE ON LANGUAGE plpgsql TO pg_monitor"),
        &format!(
            "{TABLE} GRANT USAGE ON LANGUAGE plpgsql TO pg_monitor WITH GRANT OPTION; \
             REVOKE EXECUTE ON FUNCTION abs(integer), count() FROM PUBLIC; \
             REVOKE USAGE ON TYPE int4 FROM PUBLIC; \
             GRANT CREATE ON SCHEMA pg_catalog TO pg_monitor; REVOKE USAGE ON SCHEMA information_schema FROM PUBLIC; \
             GRANT SELECT ON pg_authid TO pg_monitor; \
             REVOKE SELECT ON information_schema.tables FROM PUBLIC"
        ),
    );
}

/// What has the privileges again that it came with cannot be told from what was altered, so only the way there is tried.
#[test]
fn privileges_of_columns_and_of_what_came_with_some_are_granted() {
    let (base, wanted) = (
        Place::with(TABLE),
        Place::with(&format!(
            "{TABLE} GRANT SELECT (rolname) ON pg_authid TO pg_signal_backend; \
             GRANT EXECUTE ON FUNCTION pg_read_file(text) TO pg_monitor WITH GRANT OPTION"
        )),
    );
    base.lead(&wanted.catalog(), &base.hints()).expect("up");
}

/// A function of the server's that is another function too is not made by the grants.
#[test]
fn what_is_altered_beside_its_privileges_is_refused() {
    let granted = "REVOKE EXECUTE ON FUNCTION abs(integer) FROM PUBLIC";
    let altered = format!("ALTER FUNCTION abs(integer) COST 7; {granted}");
    let (base, wanted) = (Place::with(granted), Place::with(&altered));
    let refused = alter(&base.catalog(), &wanted.catalog(), &base.hints()).expect_err("it is altered");
    assert_eq!(refused[0].object.to_string(), "privileges of function pg_catalog.abs(integer)");
}

/// Those of an extension's objects come behind it, and go with it.
#[test]
fn privileges_of_members_of_extensions_come_and_go_with_these() {
    let extension = "CREATE EXTENSION pg_trgm; COMMENT ON EXTENSION pg_trgm IS 'mine';";
    let granted = "REVOKE EXECUTE ON FUNCTION similarity(text, text) FROM PUBLIC; \
        GRANT EXECUTE ON FUNCTION show_trgm(text) TO pg_monitor";
    let (up, down) = both_ways(TABLE, &format!("{TABLE} {extension} {granted}"));
    assert!(up.last().is_some_and(|sql| !sql.starts_with("CREATE EXTENSION")), "{up:#?}");
    assert_eq!(down, ["DROP EXTENSION pg_trgm"]);
    let (_, down) = both_ways(extension, &format!("CREATE EXTENSION pg_trgm; {granted}"));
    assert!(down.contains(&"COMMENT ON EXTENSION pg_trgm IS 'mine'".to_owned()), "{down:#?}");
}

/// What a column is stored by comes back, which depends on its type.
#[test]
fn storage_goes_back_to_that_of_the_type() {
    let view = format!("{TABLE} CREATE MATERIALIZED VIEW m AS SELECT a, b, c, d FROM t;");
    both_ways(
        &format!(
            "{view} ALTER MATERIALIZED VIEW m ALTER b SET STORAGE EXTERNAL, ALTER c SET STORAGE EXTENDED, \
             ALTER a SET STATISTICS 5, ALTER a SET (n_distinct = 4)"
        ),
        &format!("{view} ALTER MATERIALIZED VIEW m ALTER d SET STORAGE EXTERNAL"),
    );
    let table = "CREATE DOMAIN money_of AS numeric; CREATE TABLE of (a money_of, b money_of[], c jsonb);";
    both_ways(
        table,
        &format!(
            "{table} ALTER TABLE of ALTER a SET STORAGE EXTERNAL, ALTER b SET STORAGE MAIN, ALTER c SET STORAGE MAIN"
        ),
    );
}

const SERVERS: &str = "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;";

/// A mapping without options holds no secrets.
#[test]
fn mappings_of_users_without_options_come_and_go() {
    let mapped = format!("{SERVERS} CREATE USER MAPPING FOR PUBLIC SERVER s");
    let other = format!(
        "{SERVERS} CREATE SERVER \"T\" FOREIGN DATA WRAPPER w; CREATE USER MAPPING FOR pg_monitor SERVER \"T\""
    );
    both_ways(&mapped, &other);
    both_ways(TABLE, &other);
    both_ways(&mapped, &mapped.replace("SERVER s F", "SERVER s TYPE 'b' F"));
}

/// The options of others are never read, so that nothing makes these.
#[test]
fn mappings_of_users_with_options_are_refused() {
    let mapped = format!("{SERVERS} CREATE USER MAPPING FOR PUBLIC SERVER s");
    let (plain, secret) =
        (Place::with(&mapped), Place::with(&format!("{mapped} OPTIONS (password 'hidden')")));
    for (left, right) in [(&plain, &secret), (&secret, &plain)] {
        let refused =
            alter(&left.catalog(), &right.catalog(), &left.hints()).expect_err("options are not read");
        assert_eq!(refused[0].object.to_string(), "user mapping for public on server s");
        assert!(
            refused[0].reason.contains("secrets") && !format!("{refused:?}").contains("hidden"),
            "{refused:?}"
        );
    }
}
