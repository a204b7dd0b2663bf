//! What is written is tried on a database whose version rows are others than it was written for, and read back.

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
    let events = |limit| answer(&database, &select_events(Dialect::Sqlite, &tables(), limit), Event::read);
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
    assert_eq!(journal(), [(1, StatementState::Done, None), (2, StatementState::Started, None)], "a new try");
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
