//! Foreign tables, of which the server alters less than of others; they hold no rows, and are made again for the rest.

use super::postgres_cases::both_ways;

const SERVER: &str = "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;";

fn schema(before: &str, columns: &str, behind: &str) -> String {
    format!("{SERVER} {before}; CREATE FOREIGN TABLE f ({columns}) SERVER s; {behind}")
}

fn is_made_again(statements: &[String]) -> bool {
    statements.iter().any(|sql| sql.starts_with("DROP FOREIGN TABLE"))
}

/// The server takes no `USING` there ("is not a table"), and any type.
#[test]
fn columns_of_foreign_tables_get_any_type_in_place() {
    let view = "CREATE VIEW v AS SELECT a, b FROM f";
    let (up, down) = both_ways(
        &schema("", "a integer, b text DEFAULT '7', c text COLLATE \"C\"", view),
        &schema("", "a text, b integer DEFAULT 9, c text", view),
    );
    for statements in [up, down] {
        assert!(!statements.iter().any(|sql| sql.contains("USING")), "{statements:#?}");
        assert!(!is_made_again(&statements), "{statements:#?}");
    }
}

/// So it is where another type takes the name of theirs, or the rows that they hold are of other columns.
#[test]
fn types_of_columns_of_foreign_tables_are_swapped_in_place() {
    let of = |types: &str, columns: &str| schema(types, columns, "");
    for (left, right, columns) in [
        (
            "CREATE TYPE e AS ENUM ('a', 'b')",
            "CREATE TYPE e AS ENUM ('b', 'a', 'c')",
            "a e DEFAULT 'a', b e[]",
        ),
        ("CREATE DOMAIN d AS integer", "CREATE DOMAIN d AS bigint", "a d"),
        ("CREATE TYPE c AS (x integer, y text)", "CREATE TYPE c AS (z text, x bigint)", "a c"),
        ("CREATE TABLE t (a integer)", "CREATE TABLE t (a bigint)", "a t, b t[]"),
    ] {
        let (up, down) = both_ways(&of(left, columns), &of(right, columns));
        assert!(!is_made_again(&up) && !is_made_again(&down), "{up:#?}{down:#?}");
    }
    let held = |data_type: &str| schema("", &format!("a {data_type}"), "CREATE TABLE h (x f)");
    both_ways(&held("integer"), &held("bigint"));
}

/// What a table says of the values takes none where these are elsewhere.
#[test]
fn all_else_of_foreign_tables_is_altered_in_place() {
    let check = "ALTER TABLE f ADD CONSTRAINT late CHECK (a > 7) NOT VALID; COMMENT ON FOREIGN TABLE f IS 'far'; \
        COMMENT ON CONSTRAINT pos ON f IS 'no more'; ALTER FOREIGN TABLE f ALTER a SET STATISTICS 7, ALTER b SET STORAGE EXTERNAL; \
        CREATE STATISTICS st ON a, b FROM f; GRANT SELECT (a) ON f TO PUBLIC";
    let touch = "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'";
    let trigger = "CREATE TRIGGER t AFTER INSERT ON f FOR EACH ROW EXECUTE FUNCTION touch()";
    let (up, down) = both_ways(
        &schema(touch, "a integer OPTIONS (x '1'), b text NOT NULL, CONSTRAINT pos CHECK (a > 0)", trigger),
        &schema(
            touch,
            "a integer OPTIONS (x '2', y '3') NOT NULL, b text DEFAULT 'b', c integer DEFAULT 4, CONSTRAINT pos CHECK (a > 1)",
            &format!("{check}; {trigger}; ALTER TABLE f DISABLE TRIGGER t"),
        ),
    );
    assert!(!is_made_again(&up) && !is_made_again(&down), "{up:#?}{down:#?}");
}

/// Where values of a parent take `USING`, its foreign children are in the way. They come back with what reads them.
#[test]
fn foreign_children_are_made_again_where_values_of_their_parents_are_converted() {
    let child = |data_type: &str| {
        format!(
            "{SERVER} CREATE TABLE p (a {data_type}); CREATE FOREIGN TABLE f (a {data_type}, x text) INHERITS (p) SERVER s; \
             CREATE VIEW v AS SELECT * FROM f; GRANT SELECT ON f TO PUBLIC; COMMENT ON FOREIGN TABLE f IS 'far'"
        )
    };
    both_ways(&child("text"), &child("integer"));
    let partition = |before: &str, data_type: &str| {
        format!(
            "{SERVER} {before}; CREATE TABLE p (a integer, b {data_type}) PARTITION BY LIST (a); \
             CREATE FOREIGN TABLE f PARTITION OF p FOR VALUES IN (1) SERVER s OPTIONS (x '1'); \
             CREATE TABLE near PARTITION OF p FOR VALUES IN (2)"
        )
    };
    both_ways(&partition("", "text"), &partition("", "integer"));
    both_ways(
        &partition("CREATE TYPE e AS ENUM ('a', 'b')", "e"),
        &partition("CREATE TYPE e AS ENUM ('b', 'a')", "e"),
    );
    let (up, _) = both_ways(&partition("", "integer"), &partition("", "bigint"));
    assert!(!is_made_again(&up), "{up:#?}");
}

/// An index of a partitioned table is valid where a foreign partition joined it behind the index.
#[test]
fn indexes_of_partitioned_tables_come_before_foreign_partitions() {
    let tables = format!(
        "{SERVER} CREATE TABLE p (a integer, b text) PARTITION BY LIST (a); \
         CREATE FOREIGN TABLE f PARTITION OF p FOR VALUES IN (1) SERVER s; \
         CREATE TABLE near PARTITION OF p FOR VALUES IN (2);"
    );
    let index = "CREATE INDEX i ON p (b); ALTER TABLE p ALTER b SET NOT NULL";
    both_ways(&tables, &format!("{tables} {index}"));
    both_ways("CREATE TABLE others (a integer)", &format!("{tables} {index}"));
}

/// What no statement alters of a table takes `--rebuild`; a foreign one is made again without being asked for.
#[test]
fn what_cannot_be_altered_of_foreign_tables_is_made_again() {
    let parent = |columns: &str, parents: &str| {
        format!(
            "{SERVER} CREATE TABLE p (a integer); CREATE FOREIGN TABLE f ({columns}x text){parents} SERVER s"
        )
    };
    let (_, down) = both_ways(&parent("", " INHERITS (p)"), &parent("a integer, ", ""));
    assert!(is_made_again(&down), "{down:#?}");
    both_ways(&parent("", " INHERITS (p)"), &parent("a integer, ", " INHERITS (p)"));
    both_ways(&schema("", "a text", ""), &schema("", "a text COMPRESSION pglz", ""));
    both_ways(
        &format!(
            "{SERVER} CREATE SERVER r FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE f (a integer) SERVER s"
        ),
        &format!(
            "{SERVER} CREATE SERVER r FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE f (a bigint) SERVER r"
        ),
    );
}
