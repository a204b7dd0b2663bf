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

/// What is written is tried on a database whose version rows are others than it was written for.
#[cfg(feature = "sqlite")]
mod on_a_database {
    use super::*;

    /// A database with these version rows and a ledger.
    fn database(rows: &[&str]) -> rusqlite::Connection {
        let database = rusqlite::Connection::open_in_memory().expect("memory");
        let version = create_version_table(Dialect::Sqlite, &tables(), 4);
        for statement in [version].into_iter().chain(create_ledger(Dialect::Sqlite, &tables())) {
            database.execute_batch(&statement).expect("the tables are new");
        }
        for row in rows {
            database.execute("INSERT INTO alembic_version VALUES (?1)", [row]).expect("a row");
        }
        database
    }

    /// What stands in the version table after these statements; none where one failed.
    fn run(database: &rusqlite::Connection, statements: &[Sql]) -> Option<Vec<String>> {
        for sql in statements {
            database.execute_batch(&sql.literal(Dialect::Sqlite)).ok()?;
        }
        let mut rows = database.prepare("SELECT version_num FROM alembic_version ORDER BY 1").ok()?;
        let rows = rows.query_map([], |row| row.get(0)).ok()?;
        rows.collect::<Result<_, _>>().ok()
    }

    fn ids(ids: &[&str]) -> Vec<RevisionId> {
        ids.iter().map(|id| RevisionId::recorded(id)).collect()
    }

    fn change() -> Change {
        Change {
            revision: RevisionId::recorded("c"),
            operation: Operation::Upgrade,
            record: vec![entry("c")],
            forget: Vec::new(),
            duration: EventDuration::None,
            actor: "me".to_owned(),
            detail: None,
        }
    }

    #[test]
    fn a_step_is_written_only_where_the_rows_are_those_of_its_plan() {
        let before = RowsBefore::of(&ids(&["a", "b"]));
        let steps = [
            (rows(&[], &[], Some(("b", "c"))), ["a", "c"].as_slice()),
            (rows(&["a"], &[], Some(("b", "c"))), &["c"]),
            (rows(&[], &["c"], None), &["a", "b", "c"]),
            (rows(&["b"], &[], None), &["a"]),
            (RowChange::default(), &["a", "b"]),
        ];
        for (rows, after) in steps {
            let statements = bookkeeping_statements(&tables(), &rows, &[change()], Some(&before));
            let taken = run(&database(&["a", "b"]), &statements).expect("the rows are right");
            assert_eq!(taken, after, "{rows:?}");
            for wrong in [&["a"][..], &["b"], &[], &["a", "b", "x"], &["a", "x"], &["b", "x"], &["x", "y"]] {
                assert_eq!(run(&database(wrong), &statements), None, "{rows:?} on {wrong:?}");
            }
        }
    }

    #[test]
    fn nothing_is_adopted_for_rows_that_have_moved() {
        for (record, forget) in [(&["a"][..], &[][..]), (&[], &["x"]), (&["a"], &["x"])] {
            let entries: Vec<Entry> = record.iter().map(|id| entry(id)).collect();
            let statements = adopt(&tables(), &ids(&["a", "b"]), &entries, &ids(forget), "me");
            assert!(run(&database(&["a", "b"]), &statements).is_some());
            for wrong in [&["a"][..], &[], &["a", "b", "c"], &["a", "c"]] {
                assert_eq!(run(&database(wrong), &statements), None, "{wrong:?}");
            }
        }
    }

    #[test]
    fn nothing_is_recorded_for_rows_that_have_moved() {
        let to_c = (rows(&["a"], &[], Some(("b", "c"))), false, &["c"][..]);
        let beside = (rows(&[], &["c"], None), false, &["a", "b", "c"][..]);
        let none = (RowChange::default(), false, &["a", "b"][..]);
        let purged = (rows(&[], &["a", "c"], None), true, &["a", "c"][..]);
        let emptied = (RowChange::default(), true, &[][..]);
        for (rows, purge, after) in [to_c, beside, none, purged, emptied] {
            let before = ids(&["a", "b"]);
            let statements = record(Dialect::Sqlite, &tables(), &before, &rows, &[change()], purge);
            assert_eq!(run(&database(&["a", "b"]), &statements).expect("the rows are right"), after);
            for wrong in [&["a"][..], &["b"], &["a", "b", "x"], &["a", "x"], &["x", "y"]] {
                assert_eq!(run(&database(wrong), &statements), None, "{rows:?} {purge} on {wrong:?}");
            }
            // Where there are none, there is nothing that a purge could take away by mistake.
            assert_eq!(run(&database(&[]), &statements).is_some(), purge);
        }
    }

    /// The answer to a query, read row by row.
    fn answer<T>(
        database: &rusqlite::Connection,
        query: &Sql,
        read: impl Fn(&TextRow<'_>) -> Result<T, UnreadableRow>,
    ) -> Vec<T> {
        let mut query = database.prepare(&query.literal(Dialect::Sqlite)).expect("a query");
        let columns = query.column_count();
        let mut rows = query.query([]).expect("an answer");
        let mut all = Vec::new();
        while let Some(row) = rows.next().expect("a row") {
            let value = |place: usize| match row.get(place).expect("a value") {
                rusqlite::types::Value::Null => None,
                rusqlite::types::Value::Integer(number) => Some(number.to_string().into()),
                rusqlite::types::Value::Text(text) => Some(text.into()),
                other => panic!("{other:?}"),
            };
            all.push(read(&TextRow::new((0..columns).map(value))).expect("as it was written"));
        }
        all
    }

    fn written(database: &rusqlite::Connection, statements: &[Sql]) {
        assert!(run(database, statements).is_some(), "{statements:?}");
    }

    #[test]
    fn entries_are_read_as_they_were_written() {
        let database = database(&[]);
        let of = |id: &str, origin: Origin| Entry {
            parents: ids(&["p1", "p2"]),
            depends_on: vec!["d".to_owned()],
            down_script: Some("down".into()),
            origin,
            ..entry(id)
        };
        let origins = [Origin::Upgrade, Origin::Stamp, Origin::Adopted, Origin::Squash];
        let entries: Vec<Entry> =
            ["a", "b", "c", "d"].into_iter().zip(origins).map(|(id, origin)| of(id, origin)).collect();
        written(&database, &adopt(&tables(), &[], &entries, &ids(&["x"]), "me"));
        let mended = Entry { up_script: "mended".into(), parents: Vec::new(), ..of("b", Origin::Upgrade) };
        written(&database, &[accept(&tables(), &mended, "you", Some("why".to_owned()))]);
        let events = answer(&database, &select_entries(&tables()), EntryEvent::read);
        let recorded = recorded_in_the_end(events);
        let shown: Vec<(&str, Origin, usize, usize)> = recorded
            .iter()
            .map(|one| (one.revision.as_str(), one.origin, one.parents.len(), one.depends_on.len()))
            .collect();
        assert_eq!(
            shown,
            [
                ("a", Origin::Upgrade, 2, 1),
                ("b", Origin::Upgrade, 0, 1),
                ("c", Origin::Adopted, 2, 1),
                ("d", Origin::Squash, 2, 1),
            ]
        );
        assert_eq!(recorded.first().map(|one| one.parents.clone()), Some(ids(&["p1", "p2"])));
        let scripts =
            answer(&database, &select_scripts(&tables(), &ids(&["c", "b", "x", "z"])), RecordedScripts::read);
        let scripts: Vec<(&str, &str)> =
            scripts.iter().map(|one| (one.revision.as_str(), &*one.up_script)).collect();
        assert_eq!(scripts, [("b", "mended"), ("c", "up")], "the last of each, and none that has left");
    }

    #[test]
    fn events_are_read_the_last_first() {
        let database = database(&[]);
        let failed = |id| event(&tables(), id, "upgrade", "failed", "me", Some("no such table".to_owned()));
        written(&database, &[failed("a"), failed("b"), failed("c")]);
        let events =
            |limit| answer(&database, &select_events(Dialect::Sqlite, &tables(), limit), Event::read);
        let names = |limit| events(limit).into_iter().map(|event| event.revision).collect::<Vec<_>>();
        assert_eq!(
            (names(None), names(Some(2))),
            (vec!["c".into(), "b".into(), "a".into()], vec!["c".into(), "b".into()])
        );
        let Some(Event { id: 3, happened_at, operation, outcome, duration_ms: None, actor, detail, .. }) =
            events(Some(1)).pop()
        else {
            panic!("{:?}", events(None))
        };
        assert_eq!((operation.as_str(), outcome.as_str(), actor.as_str()), ("upgrade", "failed", "me"));
        assert_eq!(detail.as_deref(), Some("no such table"));
        assert!(chrono::DateTime::parse_from_rfc3339(&happened_at).is_ok(), "{happened_at}");
    }

    #[test]
    fn the_journal_tells_how_far_each_statement_has_come() {
        let database = database(&[]);
        let revision = RevisionId::recorded("a");
        let key = |number| JournalKey { revision: &revision, operation: Operation::Upgrade, number };
        let note = |number, outcome| note_statement(Dialect::Sqlite, &tables(), key(number), "hash", outcome);
        let end = |number, outcome| end_statement(Dialect::Sqlite, &tables(), key(number), outcome);
        let journal = || {
            let rows = answer(&database, &select_journal(&tables()), JournaledStatement::read);
            rows.into_iter().map(|row| (row.number, row.state, row.error)).collect::<Vec<_>>()
        };
        let ended = || {
            let query = Sql::new(
                "SELECT statement, ended_at FROM revgraph_statement WHERE ended_at IS NOT NULL ORDER BY 1",
            );
            answer(&database, &query, |row| row.number::<i64>(0, "number"))
        };
        let refused = || StatementOutcome::Failed("refused".to_owned());
        written(&database, &note(1, StatementOutcome::Started));
        assert_eq!((journal(), ended()), (vec![(1, StatementState::Started, None)], vec![]));
        assert!(run(&database, &note(1, StatementOutcome::Started)).is_none(), "somebody else is at work");
        written(&database, &[end(1, StatementOutcome::Done)]);
        assert!(run(&database, &note(1, StatementOutcome::Started)).is_none(), "it has run");
        written(&database, &note(2, refused()));
        let failed = (2, StatementState::Failed, Some("refused".to_owned()));
        assert_eq!(journal(), [(1, StatementState::Done, None), failed.clone()]);
        assert_eq!(ended(), [Some(1), Some(2)]);
        written(&database, &note(2, StatementOutcome::Started));
        assert_eq!(
            journal(),
            [(1, StatementState::Done, None), (2, StatementState::Started, None)],
            "a new try"
        );
        written(&database, &[end(2, refused())]);
        assert_eq!(journal(), [(1, StatementState::Done, None), failed]);
        written(&database, &[forget_statement(&tables(), key(2))]);
        assert_eq!(journal(), [(1, StatementState::Done, None)]);
        let others = RevisionId::recorded("b");
        written(&database, &settle_journal(&tables(), &others, "me", "it is right".to_owned()));
        assert_eq!(journal().len(), 1, "another's");
        written(&database, &settle_journal(&tables(), &revision, "me", "it is right".to_owned()));
        assert_eq!(journal(), []);
        let events = answer(&database, &select_events(Dialect::Sqlite, &tables(), None), Event::read);
        let shown: Vec<(&str, &str)> =
            events.iter().map(|event| (event.revision.as_str(), event.operation.as_str())).collect();
        assert_eq!(shown, [("a", "resolve"), ("b", "resolve")]);
    }

    #[test]
    fn a_database_is_protected_under_one_name() {
        let database = database(&[]);
        let name =
            || answer(&database, &select_protection(&tables()), |row| row.text(0, "name").map(str::to_owned));
        let set = |name| set_protection(Dialect::Sqlite, &tables(), name, "me");
        written(&database, &set(Some("first")));
        written(&database, &set(Some("second")));
        assert_eq!(name(), ["second"]);
        written(&database, &set(None));
        assert_eq!(name(), Vec::<String>::new());
        let events = answer(&database, &select_events(Dialect::Sqlite, &tables(), None), Event::read);
        let shown: Vec<(&str, Option<&str>)> =
            events.iter().map(|event| (event.operation.as_str(), event.detail.as_deref())).collect();
        assert_eq!(shown, [("unprotect", None), ("protect", Some("second")), ("protect", Some("first"))]);
    }
}
