use super::*;
use crate::plan::RowChange;
use crate::sql::Dialect;

fn tables() -> Tables {
    Tables { schema: None, version: "alembic_version".to_owned() }
}

fn rows(delete: &[&str], insert: &[&str], update: Option<(&str, &str)>) -> RowChange {
    let ids = |ids: &[&str]| ids.iter().map(|id| RevisionId::recorded(id)).collect();
    RowChange {
        delete: ids(delete),
        insert: ids(insert),
        update: update.map(|(from, to)| (RevisionId::recorded(from), RevisionId::recorded(to))),
    }
}

fn literals(change: &RowChange) -> Vec<String> {
    row_statements(&tables(), change)
        .iter()
        .map(|(sql, rows)| format!("{} -- {rows}", sql.literal(Dialect::Sqlite)))
        .collect()
}

#[test]
fn the_last_statement_on_the_version_rows_tells_by_its_count() {
    assert_eq!(
        literals(&rows(&[], &[], Some(("a", "b")))),
        [r#"UPDATE "alembic_version" SET version_num = 'b' WHERE version_num = 'a' -- 1"#]
    );
    assert_eq!(
        literals(&rows(&["a"], &[], Some(("b", "m")))),
        [
            r#"INSERT INTO "alembic_version" (version_num) VALUES ('m') -- 1"#,
            r#"DELETE FROM "alembic_version" WHERE version_num IN ('a', 'b') -- 2"#,
        ]
    );
    assert_eq!(
        literals(&rows(&[], &["a"], None)),
        [r#"INSERT INTO "alembic_version" (version_num) VALUES ('a') -- 1"#]
    );
    assert!(literals(&RowChange::default()).is_empty());
}

#[test]
fn the_version_table_is_alembics_to_the_letter() {
    let alembics = "CREATE TABLE alembic_version (\n\tversion_num VARCHAR(32) NOT NULL, \n\tCONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)\n)";
    assert_eq!(create_version_table(Dialect::Sqlite, &tables(), 12), alembics);
    assert_eq!(create_version_table(Dialect::Postgres, &tables(), 40), alembics.replace("32", "40"));
    let odd = Tables { schema: Some("my schema".to_owned()), version: "user\"s".to_owned() };
    assert!(
        create_version_table(Dialect::Postgres, &odd, 0)
            .starts_with("CREATE TABLE \"my schema\".\"user\"\"s\" (")
    );
}

#[test]
fn a_version_table_keeps_its_quotes_where_it_needs_them() {
    let made = |name: &str| {
        let tables = Tables { version: name.to_owned(), ..tables() };
        let sql = create_version_table(Dialect::Postgres, &tables, 0);
        sql.split(" (").next().unwrap_or_default().to_owned()
    };
    assert_eq!(made("my_versions"), "CREATE TABLE my_versions");
    for name in ["user", "My_versions", "my_versions_2", "current_user", "a_b c"] {
        assert_eq!(made(name), format!("CREATE TABLE \"{name}\""));
    }
}

#[test]
fn only_postgres_has_to_widen_a_version_table() {
    let widened = widen_version_table(Dialect::Postgres, &tables(), 40);
    let expected = "ALTER TABLE \"alembic_version\" ALTER COLUMN version_num TYPE VARCHAR(40)";
    assert_eq!(widened.as_deref(), Some(expected));
    assert_eq!(widen_version_table(Dialect::Sqlite, &tables(), 40), None);
}

#[test]
fn one_statement_keeps_the_books_on_postgres() {
    let change = Change {
        revision: RevisionId::recorded("b"),
        operation: Operation::Fold,
        record: vec![entry("b")],
        forget: vec![RevisionId::recorded("x")],
        duration: EventDuration::None,
        actor: "me".to_owned(),
        detail: None,
    };
    let written = |rows: &RowChange| {
        let changes = std::slice::from_ref(&change);
        bookkeeping_statement(&tables(), rows, changes, None).literal(Dialect::Postgres)
    };
    let moved = written(&rows(&["a"], &["c"], None));
    let begin = concat!(
        r#"WITH moved_1 AS (INSERT INTO "alembic_version" (version_num) VALUES ('c') RETURNING 1), "#,
        r#"moved_2 AS (DELETE FROM "alembic_version" WHERE version_num IN ('a') RETURNING 1) INSERT INTO "#,
    );
    assert!(moved.starts_with(begin), "{moved}");
    let check = "0 + (SELECT count(*) FROM moved_1) + (SELECT count(*) FROM moved_2) = 2";
    assert!(moved.contains(check), "{moved}");
    assert_eq!(moved.matches("), (").count(), 1, "two rows in one statement: {moved}");
    let alone = written(&RowChange::default());
    assert!(alone.starts_with("INSERT INTO \"revgraph_ledger\"") && alone.contains("0 = 0"), "{alone}");
}

#[test]
fn no_name_is_longer_than_postgres_keeps() {
    let long = |last: &str| Tables { version: format!("{}{last}", "é".repeat(30)), ..tables() };
    for table in long("a").all().iter().skip(1) {
        assert!(table.len() <= 63 && table.starts_with("revgraph_"), "{table}");
    }
    assert_ne!(long("a").ledger(), long("b").ledger());
}

#[test]
fn a_version_table_of_another_name_has_its_own_ledger() {
    let other = Tables { version: "billing_version".to_owned(), ..tables() };
    assert_eq!(tables().ledger(), "revgraph_ledger");
    assert_eq!(other.ledger(), "revgraph_ledger_billing_version");
}

fn entry(id: &str) -> Entry {
    Entry {
        revision: RevisionId::recorded(id),
        parents: Vec::new(),
        depends_on: Vec::new(),
        checksum: Checksum::of_script("SELECT 1"),
        message: "m".to_owned(),
        up_script: "up".into(),
        down_script: None,
        origin: Origin::Squash,
    }
}

/// The rows of a change as `revision outcome entry`.
fn effects(change: Change) -> Vec<String> {
    let word = |value: &Value| match value {
        Value::Text(text) => text.clone(),
        other => format!("{other:?}"),
    };
    ledger_statements(&tables(), &[change], Sql::new("0 = 0"))
        .iter()
        .map(|sql| {
            let values = sql.bound(Dialect::Sqlite).1;
            let entry = values.len().saturating_sub(8);
            [0, 2, entry].map(|index: usize| values.get(index).map(word).unwrap_or_default()).join(" ")
        })
        .collect()
}

#[test]
fn a_change_is_one_event_and_a_part_for_every_other_revision() {
    let ids = |ids: &[&str]| ids.iter().map(|id| RevisionId::recorded(id)).collect::<Vec<_>>();
    let change = |record: &[&str], forget: &[&str]| Change {
        revision: RevisionId::recorded("b"),
        operation: Operation::Fold,
        record: record.iter().map(|id| entry(id)).collect(),
        forget: ids(forget),
        duration: EventDuration::Milliseconds(1),
        actor: "me".to_owned(),
        detail: None,
    };
    assert_eq!(effects(change(&["b"], &[])), ["b done recorded"]);
    assert_eq!(effects(change(&[], &["b"])), ["b done forgotten"]);
    assert_eq!(effects(change(&[], &[])), ["b done Null"]);
    let folded = ["b done recorded", "x Null forgotten", "y Null forgotten"];
    assert_eq!(effects(change(&["b"], &["x", "y"])), folded);
    let unfolded = ["b done forgotten", "x Null recorded", "y Null recorded"];
    assert_eq!(effects(change(&["x", "y"], &["b"])), unfolded);
}

fn recorded(id: &str, checksum: &str) -> Recorded {
    Recorded {
        revision: RevisionId::recorded(id),
        checksum: checksum.to_owned(),
        parents: Vec::new(),
        depends_on: Vec::new(),
        origin: Origin::Upgrade,
    }
}

proptest::proptest! {
    /// As a map would have it that follows the events one by one.
    #[test]
    fn the_last_that_happened_to_an_entry_counts(happened in proptest::collection::vec((0..6_u8, proptest::bool::ANY), 0..30)) {
        let mut oracle = std::collections::BTreeMap::new();
        let mut events = Vec::new();
        for (number, (id, is_recorded)) in happened.into_iter().enumerate() {
            let id = format!("r{id}");
            if is_recorded {
                let entry = recorded(&id, &number.to_string());
                oracle.insert(id, entry.clone());
                events.push(EntryEvent::Recorded(entry));
            } else {
                oracle.remove(&id);
                events.push(EntryEvent::Forgotten(RevisionId::recorded(&id)));
            }
        }
        proptest::prop_assert_eq!(recorded_in_the_end(events), oracle.into_values().collect::<Vec<_>>());
    }

    /// Whatever the text, its literal is one string token of the dialect, and binding it leaves it out of the SQL.
    #[test]
    fn values_never_become_sql(text in "(?s)[^\0]{0,40}", postgres in proptest::bool::ANY) {
        let dialect = if postgres { Dialect::Postgres } else { Dialect::Sqlite };
        let sql = Sql::new("SELECT ").value(text.as_str());
        let literal = sql.literal(dialect);
        let tokens: Vec<_> = crate::sql::Lexer::new(dialect, &literal).collect::<Result<_, _>>().expect("tokens");
        let kinds: Vec<_> = tokens.iter().map(|token| token.kind).filter(|kind| !kind.is_trivia()).collect();
        proptest::prop_assert_eq!(kinds, [crate::sql::TokenKind::Word, crate::sql::TokenKind::String]);
        let (bound, values) = sql.bound(dialect);
        proptest::prop_assert_eq!(bound, if postgres { "SELECT $1" } else { "SELECT ?1" });
        proptest::prop_assert_eq!(values, vec![Value::Text(text)]);
    }
}

#[cfg(feature = "sqlite")]
mod on_a_database;
