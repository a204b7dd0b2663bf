//! Keys and indexes of PostgreSQL that take each other's place, and what the lock-friendly form makes of them.

use super::postgres::{Form, Schema};

/// Leads there in both forms, and back; the statements of each form.
fn tried(before: &str, after: &str) -> [String; 2] {
    let (left, right) = (Schema::with(before), Schema::with(after));
    [Form::Short, Form::LockFriendly].map(|form| {
        let work = left.edited("");
        let led = work.lead_in(form, &right.catalog()).unwrap_or_else(|error| panic!("{form:?}: {error}"));
        Schema::same(&work.dump(), &right.dump()).unwrap_or_else(|error| panic!("{}\n{error}", led.script));
        let back = work.lead(&left.catalog()).unwrap_or_else(|error| panic!("{form:?} back: {error}"));
        Schema::same(&work.dump(), &left.dump()).unwrap_or_else(|error| panic!("{}\n{error}", back.script));
        led.script
    })
}

/// A table for each case, whose number stands for `#`: a database costs more than a table.
fn with_tables(cases: &[impl AsRef<str>]) -> String {
    let table = "CREATE TABLE t# (a integer NOT NULL, b text, c integer)";
    let all = cases.iter().enumerate();
    all.map(|(number, case)| format!("{table}; {};", case.as_ref()).replace('#', &number.to_string()))
        .collect()
}

/// A new table refers to a key only once that has been built, and a column of the old key may take NULL only once that is gone.
#[test]
fn what_needs_a_key_that_is_built_first_waits_for_it() {
    let before =
        "CREATE TABLE item (id integer NOT NULL, n integer NOT NULL, CONSTRAINT k PRIMARY KEY (id, n));";
    let after = "CREATE TABLE item (id integer NOT NULL, n integer, CONSTRAINT k PRIMARY KEY (id)); \
        CREATE TABLE line (id integer PRIMARY KEY, item integer REFERENCES item (id)); \
        CREATE TABLE part (id integer, CONSTRAINT of_line FOREIGN KEY (id) REFERENCES line (id)); \
        CREATE POLICY own ON item USING (EXISTS (SELECT FROM line WHERE line.item = item.n));";
    tried(before, after);
    tried(&before.replace("CONSTRAINT k PRIMARY KEY (id, n)", "x text"), after);
}

/// What is said of an index comes after it has been built.
#[test]
fn what_is_said_of_an_index_waits_for_it() {
    let table =
        "CREATE TABLE t (a integer NOT NULL, b text); CREATE MATERIALIZED VIEW m AS SELECT a, b FROM t;";
    let indexes = "CREATE INDEX i ON t (lower(b)); ALTER INDEX i ALTER COLUMN 1 SET STATISTICS 40; \
        COMMENT ON INDEX i IS 'in small letters'; CREATE UNIQUE INDEX u ON t (a); \
        ALTER TABLE t CLUSTER ON u; ALTER TABLE t REPLICA IDENTITY USING INDEX u; \
        CREATE INDEX im ON m (lower(b)); ALTER INDEX im ALTER COLUMN 1 SET STATISTICS 50; \
        CREATE INDEX cm ON m (a); ALTER MATERIALIZED VIEW m CLUSTER ON cm;";
    tried(table, &format!("{table}{indexes}"));
    let others = indexes.replace("lower", "upper").replace("(a)", "(a) WITH (fillfactor = 70)");
    tried(&format!("{table}{indexes}"), &format!("{table}{others}"));
}

/// Nothing is built where the index is there that the key would have built.
#[test]
fn a_key_takes_the_index_that_is_there() {
    let cases = [
        ("UNIQUE INDEX k# ON t# (a, b)", "CONSTRAINT k# UNIQUE (a, b)"),
        ("UNIQUE INDEX i# ON t# (a, b)", "CONSTRAINT k# UNIQUE (a, b)"),
        ("UNIQUE INDEX i# ON t# (a)", "CONSTRAINT k# PRIMARY KEY (a)"),
        ("UNIQUE INDEX i# ON t# (a) INCLUDE (b)", "CONSTRAINT k# UNIQUE (a) INCLUDE (b)"),
        ("UNIQUE INDEX i# ON t# (c)", "CONSTRAINT k# UNIQUE (c) DEFERRABLE INITIALLY DEFERRED"),
        ("UNIQUE INDEX i# ON t# (c) WITH (fillfactor=70)", "CONSTRAINT k# UNIQUE (c) WITH (fillfactor=70)"),
    ];
    let before = cases.map(|(index, _)| format!("CREATE {index}"));
    let after = cases.map(|(_, key)| format!("ALTER TABLE t# ADD {key}"));
    for script in tried(&with_tables(&before), &with_tables(&after)) {
        assert_eq!(script.matches(" USING INDEX ").count(), cases.len(), "{script}");
        assert!(!script.contains("DROP INDEX ") && !script.contains("CREATE "), "{script}");
    }
}

/// An index that is something else than the key's, or keeps what the key's would not have, is dropped.
#[test]
fn a_key_takes_no_index_that_is_another() {
    let cases = [
        ("CREATE INDEX i# ON t# (a)", "ALTER TABLE t# ADD CONSTRAINT k# UNIQUE (a)"),
        ("CREATE UNIQUE INDEX i# ON t# (a DESC)", "ALTER TABLE t# ADD CONSTRAINT k# UNIQUE (a)"),
        ("CREATE UNIQUE INDEX i# ON t# (a) WHERE c > 0", "ALTER TABLE t# ADD CONSTRAINT k# UNIQUE (a)"),
        ("CREATE UNIQUE INDEX i# ON t# (b text_pattern_ops)", "ALTER TABLE t# ADD CONSTRAINT k# UNIQUE (b)"),
        ("CREATE UNIQUE INDEX i# ON t# (b COLLATE \"C\")", "ALTER TABLE t# ADD CONSTRAINT k# UNIQUE (b)"),
        ("CREATE UNIQUE INDEX i# ON t# (lower(b))", "ALTER TABLE t# ADD CONSTRAINT k# UNIQUE (b)"),
        ("CREATE UNIQUE INDEX i# ON t# (b, a)", "ALTER TABLE t# ADD CONSTRAINT k# UNIQUE (a, b)"),
        ("CREATE UNIQUE INDEX i# ON t# (a) INCLUDE (b)", "ALTER TABLE t# ADD CONSTRAINT k# UNIQUE (a)"),
        (
            "CREATE UNIQUE INDEX i# ON t# (a) WITH (fillfactor=70)",
            "ALTER TABLE t# ADD CONSTRAINT k# UNIQUE (a)",
        ),
        (
            "CREATE UNIQUE INDEX i# ON t# (a); COMMENT ON INDEX i# IS 'mine'",
            "ALTER TABLE t# ADD CONSTRAINT k# UNIQUE (a)",
        ),
        (
            "CREATE UNIQUE INDEX i# ON t# (a); ALTER TABLE t# REPLICA IDENTITY USING INDEX i#",
            "ALTER TABLE t# ADD CONSTRAINT k# UNIQUE (a)",
        ),
        (
            "CREATE UNIQUE INDEX i# ON t# (a); CLUSTER t# USING i#",
            "ALTER TABLE t# ADD CONSTRAINT k# UNIQUE (a)",
        ),
        (
            "CREATE UNIQUE INDEX i# ON t# (a)",
            "ALTER TABLE t# ADD CONSTRAINT k# UNIQUE (a); CREATE VIEW i# AS SELECT 1 AS one",
        ),
        (
            "CREATE UNIQUE INDEX i# ON t# (c)",
            "ALTER TABLE t# ALTER COLUMN c TYPE bigint; ALTER TABLE t# ADD CONSTRAINT k# UNIQUE (c)",
        ),
        ("CREATE UNIQUE INDEX k# ON t# (c)", "ALTER TABLE t# ADD CONSTRAINT k# PRIMARY KEY (c)"),
    ];
    let [before, after] = [cases.map(|(before, _)| before), cases.map(|(_, after)| after)];
    let [short, _] = tried(&with_tables(&before), &with_tables(&after));
    for (number, before) in before.into_iter().enumerate() {
        let index = if before.contains(" k# ") { "k" } else { "i" };
        assert!(short.contains(&format!("DROP INDEX public.{index}{number};")), "{before}: {short}");
    }
}

/// What joins a parent whose column comes to take no NULL waits until nothing stands in for that any more.
#[test]
fn a_child_joins_behind_what_its_parents_are_to_demand() {
    const PARTED: &str = "CREATE TABLE p (a integer, b integer) PARTITION BY LIST (a); \
        CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1) PARTITION BY LIST (b); \
        CREATE TABLE p11 PARTITION OF p1 FOR VALUES IN (1);";
    tried(
        PARTED,
        &format!(
            "{PARTED} ALTER TABLE p ALTER COLUMN b SET NOT NULL; \
             CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2); \
             CREATE TABLE p12 PARTITION OF p1 FOR VALUES IN (2)"
        ),
    );
    const PARENT: &str = "CREATE TABLE q (a integer, b integer); CREATE TABLE q1 () INHERITS (q); \
        CREATE TABLE q2 (a integer, b integer);";
    tried(
        PARENT,
        &format!(
            "{PARENT} ALTER TABLE q ALTER COLUMN b SET NOT NULL; \
        ALTER TABLE q2 ALTER COLUMN b SET NOT NULL; ALTER TABLE q2 INHERIT q1"
        ),
    );
}

/// Indexes of a materialized view hold up nobody either; those of a partitioned table are built
/// for each partition.
#[test]
fn indexes_are_built_concurrently_where_the_server_can() {
    const BEFORE: &str = "CREATE TABLE t (a integer); CREATE MATERIALIZED VIEW m AS SELECT a FROM t; \
        CREATE INDEX gone ON m ((a + 1)); CREATE TABLE p (a integer) PARTITION BY LIST (a); \
        CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);";
    let [_, script] = tried(
        BEFORE,
        &format!("{BEFORE} DROP INDEX gone; CREATE UNIQUE INDEX m_a ON m (a); CREATE INDEX p_a ON p (a)"),
    );
    assert!(script.contains("DROP INDEX CONCURRENTLY public.gone"), "{script}");
    assert!(script.contains("CREATE UNIQUE INDEX CONCURRENTLY m_a"), "{script}");
    assert!(script.contains("CREATE INDEX p_a ON ONLY public.p "), "{script}");
    assert!(script.contains("CREATE INDEX CONCURRENTLY p1_a_idx"), "{script}");
}

/// Rows that were there before a constraint that is not validated may be in the way of its validation.
#[test]
fn what_is_validated_may_fail() {
    let mut validated = vec![
        ("CHECK (a > 0)", "INSERT INTO t VALUES (0)"),
        ("FOREIGN KEY (a) REFERENCES o", "INSERT INTO t VALUES (7)"),
    ];
    if crate::support::cluster::cluster().major_version() >= 18 {
        validated.push(("NOT NULL a", "INSERT INTO t VALUES (NULL)"));
    }
    for (rule, rows) in validated {
        let before = format!(
            "CREATE TABLE o (id integer PRIMARY KEY); CREATE TABLE t (a integer); {rows}; \
             ALTER TABLE t ADD CONSTRAINT k {rule} NOT VALID"
        );
        let (left, wanted) = (Schema::with(&before), Schema::with(&before));
        wanted.database.execute("DELETE FROM t; ALTER TABLE t VALIDATE CONSTRAINT k");
        let empty = left.edited("DELETE FROM t");
        let led = empty.lead(&wanted.catalog()).unwrap_or_else(|error| panic!("{rule}: {error}"));
        assert!(led.may_fail, "{rule}: {}", led.script);
        assert!(left.follow(&led).is_err(), "{rule}: {}", led.script);
    }
}

/// What rows may be in the way of is said, of whatever kind it is, also where a statement becomes several.
#[test]
fn rows_in_the_way_are_foreseen_in_the_lock_friendly_form() {
    let table = "CREATE TABLE o (id integer PRIMARY KEY); CREATE TABLE t (a integer, b integer)";
    for (after, rows) in [
        ("CREATE UNIQUE INDEX i ON t (a)", "INSERT INTO t VALUES (1), (1)"),
        ("CREATE UNIQUE INDEX i ON t ((a + 1)) WHERE b > 0", "INSERT INTO t VALUES (1, 1), (1, 1)"),
        ("ALTER TABLE t ADD UNIQUE (a)", "INSERT INTO t VALUES (1), (1)"),
        ("ALTER TABLE t ADD PRIMARY KEY (a)", "INSERT INTO t VALUES (NULL)"),
        ("ALTER TABLE t ADD CHECK (a > 0)", "INSERT INTO t VALUES (0)"),
        ("ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES o", "INSERT INTO t VALUES (7)"),
        ("ALTER TABLE t ALTER a SET NOT NULL", "INSERT INTO t VALUES (NULL)"),
        ("ALTER TABLE t ADD EXCLUDE (a WITH =)", "INSERT INTO t VALUES (1), (1)"),
        ("ALTER TABLE t ADD c integer NOT NULL", "INSERT INTO t VALUES (1)"),
    ] {
        let (left, wanted) = (Schema::with(table), Schema::with(&format!("{table}; {after}")));
        let (empty, filled) = (left.edited(""), left.edited(rows));
        let led = empty.lead_in(Form::LockFriendly, &wanted.catalog());
        let led = led.unwrap_or_else(|error| panic!("{after}: {error}"));
        assert!(filled.follow(&led).is_err(), "{after}: {}", led.script);
        assert!(led.may_fail, "{after}: {}", led.script);
    }
}
