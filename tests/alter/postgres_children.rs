//! Children of tables of PostgreSQL: what they declare, and what they have from their parents alone.

use super::postgres::Schema;
use super::postgres_cases::both_ways;
use super::postgres_types::{Place, texts};

const PARENT: &str =
    "CREATE TABLE p (a integer NOT NULL DEFAULT 1, b text, c integer, CHECK (a > 0), CHECK (c > 0));";

/// Whether NOT NULL constraints have names of their own, which a child that declares them keeps.
fn names_not_null() -> bool {
    crate::support::cluster::cluster().major_version() >= 18
}

/// SQL that can be led to and from on this server.
fn altered_in_place(sql: &str) -> String {
    if names_not_null() { sql.replace(" NOT NULL", "").replace(" PRIMARY KEY", "") } else { sql.to_owned() }
}

/// Leads there and back, with the columns in any order.
fn there_and_back(left: &str, right: &str) {
    let (left, right) = (Schema::with(&altered_in_place(left)), Schema::with(&altered_in_place(right)));
    let work = left.edited("");
    for target in [&right, &left] {
        let led = work.lead(&target.catalog()).unwrap_or_else(|error| panic!("{error}"));
        Schema::same(&work.dump(), &target.dump()).unwrap_or_else(|error| panic!("{}\n{error}", led.script));
    }
}

/// What a child has from its parent alone it can declare, and what it declares it can have from its parent alone.
#[test]
fn children_declare_columns_or_leave_them_to_their_parents() {
    let children = [
        "CREATE TABLE k (d integer) INHERITS (p)",
        "CREATE TABLE k (a integer, d integer) INHERITS (p)",
        "CREATE TABLE k (a integer DEFAULT 2 PRIMARY KEY, c integer, d integer) INHERITS (p); \
         CREATE VIEW v AS SELECT a, c FROM k",
        "CREATE TABLE k (b text, d integer, CHECK (c > 0)) INHERITS (p)",
        "CREATE TABLE k (a integer NOT NULL, b text, c integer, d integer); CREATE INDEX i ON k (a, b)",
    ];
    for (place, left) in children.iter().enumerate() {
        let right = children[(place + 1) % children.len()];
        there_and_back(&format!("{PARENT}{left}"), &format!("{PARENT}{right}"));
    }
}

/// Parents in another order leave the columns where they are declared.
#[test]
fn parents_of_a_child_are_put_in_another_order() {
    let tables = |order: &str| {
        format!(
            "{PARENT} CREATE TABLE q (a integer NOT NULL, e date, f integer GENERATED ALWAYS AS (a * 2) STORED); \
             CREATE TABLE k (d integer) INHERITS ({order})"
        )
    };
    there_and_back(&tables("p, q"), &tables("q, p"));
}

/// The values of a column stay, no trigger fires, and a column of that name is in nobody's way.
#[test]
fn a_column_that_is_left_to_a_parent_keeps_its_values() {
    let touch =
        "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN new.d := 0; RETURN new; END';";
    let trigger = "CREATE TRIGGER t BEFORE UPDATE ON k FOR EACH ROW EXECUTE FUNCTION touch()";
    let base = Place::with(&altered_in_place(&format!(
        "{PARENT} {touch} CREATE TABLE k (a integer NOT NULL, b text, c integer, d integer, old_a date); {trigger}"
    )));
    let wanted = Place::with(&altered_in_place(&format!(
        "{PARENT} {touch} CREATE TABLE k (d integer, old_a date) INHERITS (p); {trigger}"
    )));
    base.database.execute("INSERT INTO k VALUES (1, 'x', 2, 3, '2020-01-01'), (4, NULL, 5, 6, NULL)");
    let rows =
        |place: &Place| place.value("SELECT string_agg((a, b, c, d, old_a)::text, ' ' ORDER BY a) FROM k");
    let (before, work) = (rows(&base), base.copy());
    let up = work.lead(&wanted.catalog(), &base.hints()).expect("up");
    assert_eq!(rows(&work), before, "{:#?}", texts(&up));
    assert_eq!(work.database.schema(), wanted.database.schema(), "{:#?}", texts(&up));
    work.lead(&base.catalog(), &base.hints()).expect("down");
    assert_eq!(rows(&work), before);
}

/// What is computed from a column that the child declares itself stays its own, and is refused by name rather than by the server.
#[test]
fn a_computed_column_of_a_declared_one_is_refused_by_name() {
    let tables = |order: &str| {
        format!(
            "CREATE TABLE p (x integer); CREATE TABLE q (a integer, f integer GENERATED ALWAYS AS (a * 2) STORED); \
             CREATE TABLE k (a integer) INHERITS ({order})"
        )
    };
    let (left, right) = (Schema::with(&tables("p, q")), Schema::with(&tables("q, p")));
    let error = left.lead(&right.catalog()).err().expect("it is refused");
    assert!(error.contains("refused: ") && error.contains("\"f\""), "{error}");
}

/// On PostgreSQL 18 a child keeps a NOT NULL constraint that it has once had of its own, and no statement takes that back.
#[test]
fn a_not_null_constraint_that_would_become_a_childs_own_is_refused_by_name() {
    if !names_not_null() {
        return;
    }
    let pairs = [
        ("CREATE TABLE k (d integer) INHERITS (p)", "CREATE TABLE k (a integer, d integer) INHERITS (p)"),
        (
            "CREATE TABLE k (a integer NOT NULL, d integer, b text, c integer)",
            "CREATE TABLE k (d integer) INHERITS (p)",
        ),
        (
            "CREATE TABLE q (a integer NOT NULL); CREATE TABLE k () INHERITS (p, q)",
            "CREATE TABLE q (a integer NOT NULL); CREATE TABLE k () INHERITS (q, p)",
        ),
    ];
    let mut refused = 0;
    for (left, right) in pairs {
        let (left, right) =
            (Schema::with(&format!("{PARENT}{left}")), Schema::with(&format!("{PARENT}{right}")));
        let work = left.edited("");
        match work.lead(&right.catalog()) {
            Ok(led) => Schema::same(&work.dump(), &right.dump())
                .unwrap_or_else(|error| panic!("{}\n{error}", led.script)),
            Err(error) => {
                assert!(error.contains("refused: ") && error.contains("NOT NULL constraint"), "{error}");
                refused += 1;
            }
        }
    }
    assert!(refused > 1, "{refused}");
}

/// A child can have validated a check that no parent of its has.
#[test]
fn a_check_is_validated_by_a_child_alone() {
    const TABLES: &str =
        "CREATE TABLE p (a integer); CREATE TABLE k () INHERITS (p); CREATE TABLE l () INHERITS (k);";
    const CHECK: &str = "ALTER TABLE p ADD CONSTRAINT positive CHECK (a > 0) NOT VALID;";
    for validated in ["k", "l", "p"] {
        let right = format!("{TABLES}{CHECK} ALTER TABLE {validated} VALIDATE CONSTRAINT positive");
        there_and_back(TABLES, &right);
    }
}

/// What a child alone has validated is validated no more once its parent's check is made again; the others are validated anew.
#[test]
fn a_check_of_a_child_is_validated_or_no_more() {
    let tree = "CREATE TABLE p (a integer); CREATE TABLE c () INHERITS (p); CREATE TABLE sibling () INHERITS (p); \
                CREATE TABLE below () INHERITS (c);";
    let partitioned = "CREATE TABLE p (a integer) PARTITION BY LIST (a); CREATE TABLE c PARTITION OF p FOR VALUES IN (1); \
                       CREATE TABLE sibling PARTITION OF p FOR VALUES IN (2);";
    let check = "ALTER TABLE p ADD CONSTRAINT k CHECK (a > 0) NOT VALID";
    for tables in [tree, partitioned] {
        let none = format!("{tables} {check}");
        let one = format!("{none}; ALTER TABLE c VALIDATE CONSTRAINT k");
        let other = format!("{none}; ALTER TABLE sibling VALIDATE CONSTRAINT k");
        let all = format!("{none}; ALTER TABLE p VALIDATE CONSTRAINT k");
        for (before, after) in [(&none, &one), (&one, &other), (&all, &one), (&none, &all)] {
            both_ways(before, after);
        }
    }
    let deep = format!(
        "{tree} {check}; ALTER TABLE below VALIDATE CONSTRAINT k; ALTER TABLE sibling VALIDATE CONSTRAINT k"
    );
    both_ways(&deep, &format!("{tree} {check}; ALTER TABLE sibling VALIDATE CONSTRAINT k"));
}
