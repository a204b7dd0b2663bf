//! Diesel's queries, errors and transactions on a session.

use std::io::Write;
use std::sync::{Arc, Mutex};

use diesel::connection::{InstrumentationEvent, SimpleConnection};
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Binary, Bool, Double, Integer, Nullable, Text};
use revgraph::backend::postgres::{ErrorOrigin, Session, TransactionStatus};

use super::{connect, scalar};

diesel::table! {
    item (id) {
        id -> BigInt,
        name -> Nullable<Text>,
        tags -> Array<Text>,
    }
}

#[derive(Debug, PartialEq, QueryableByName)]
struct Values {
    #[diesel(sql_type = Text)]
    text: String,
    #[diesel(sql_type = Nullable<Text>)]
    absent: Option<String>,
    #[diesel(sql_type = BigInt)]
    big: i64,
    #[diesel(sql_type = Integer)]
    small: i32,
    #[diesel(sql_type = Bool)]
    flag: bool,
    #[diesel(sql_type = Double)]
    number: f64,
    #[diesel(sql_type = Array<Text>)]
    list: Vec<String>,
    #[diesel(sql_type = Binary)]
    bytes: Vec<u8>,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn session_with_table() -> Session {
    let mut session = connect();
    session
        .run_batch(
            "CREATE TEMP TABLE item (id bigint PRIMARY KEY, name text, tags text[] NOT NULL DEFAULT '{}')",
        )
        .unwrap();
    session
}

fn count(session: &mut Session) -> i64 {
    item::table.count().get_result(session).unwrap()
}

#[test]
fn bound_values_come_back_as_they_were() {
    let values = Values {
        text: "it's 'quoted' \\ $1 äöü😀\n".repeat(100_000),
        absent: None,
        big: i64::MIN,
        small: i32::MAX,
        flag: true,
        number: -0.1,
        list: vec![String::new(), String::from("a,\"b\"")],
        bytes: vec![0, 255, 0],
    };
    let loaded: Vec<Values> = sql_query(
        "SELECT $1 AS text, $2 AS absent, $3 AS big, $4 AS small, $5 AS flag, $6 AS number, $7 AS list, $8 AS bytes",
    )
    .bind::<Text, _>(&values.text)
    .bind::<Nullable<Text>, _>(&values.absent)
    .bind::<BigInt, _>(values.big)
    .bind::<Integer, _>(values.small)
    .bind::<Bool, _>(values.flag)
    .bind::<Double, _>(values.number)
    .bind::<Array<Text>, _>(&values.list)
    .bind::<Binary, _>(&values.bytes)
    .load(&mut connect())
    .unwrap();
    assert_eq!(loaded, [values]);
}

#[test]
fn an_empty_text_is_not_null() {
    let query = diesel::select(diesel::dsl::sql::<Nullable<Text>>("").bind::<Text, _>(""));
    assert_eq!(query.get_result::<Option<String>>(&mut connect()), Ok(Some(String::new())));
}

#[test]
fn the_query_dsl_reads_and_writes() {
    let mut session = session_with_table();
    let rows = vec![
        (item::id.eq(1), item::name.eq(Some("one")), item::tags.eq(vec!["a", "b"])),
        (item::id.eq(2), item::name.eq(None), item::tags.eq(vec![])),
    ];
    assert_eq!(diesel::insert_into(item::table).values(rows).execute(&mut session), Ok(2));
    let updated: Vec<i64> = diesel::update(item::table.filter(item::name.is_null()))
        .set(item::name.eq("two"))
        .returning(item::id)
        .get_results(&mut session)
        .unwrap();
    assert_eq!(updated, [2]);
    let loaded: Vec<(i64, Option<String>, Vec<String>)> =
        item::table.filter(item::id.eq_any([1, 2])).order(item::id.desc()).load(&mut session).unwrap();
    assert_eq!(
        loaded,
        [
            (2, Some(String::from("two")), vec![]),
            (1, Some(String::from("one")), vec![String::from("a"), String::from("b")]),
        ]
    );
    assert_eq!(diesel::delete(item::table).execute(&mut session), Ok(2));
    assert_eq!(item::table.find(1).select(item::id).first::<i64>(&mut session), Err(DieselError::NotFound));
}

#[test]
fn two_cursors_may_be_open_at_once() {
    use diesel::connection::DefaultLoadingMode;
    let session = &mut session_with_table();
    session.run_batch("INSERT INTO item SELECT g FROM generate_series(1, 3) g").unwrap();
    let query = item::table.select(item::id).order(item::id);
    let first = query.load_iter::<i64, DefaultLoadingMode>(session).unwrap();
    let second = query.load_iter::<i64, DefaultLoadingMode>(session).unwrap();
    let sums: Vec<i64> = first.zip(second).map(|(a, b)| a.unwrap() + b.unwrap()).collect();
    assert_eq!(sums, [2, 4, 6]);
}

#[test]
fn types_without_a_fixed_oid_are_looked_up() {
    #[derive(diesel::query_builder::QueryId, diesel::sql_types::SqlType)]
    #[diesel(postgres_type(name = "sql_identifier", schema = "information_schema"))]
    struct SqlIdentifier;

    #[derive(Debug, diesel::expression::AsExpression)]
    #[diesel(sql_type = SqlIdentifier)]
    struct Identifier(&'static str);

    impl diesel::serialize::ToSql<SqlIdentifier, diesel::pg::Pg> for Identifier {
        fn to_sql<'b>(
            &'b self,
            out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
        ) -> diesel::serialize::Result {
            out.write_all(self.0.as_bytes())?;
            Ok(diesel::serialize::IsNull::No)
        }
    }

    let found = sql_query("SELECT count(*) FROM (SELECT pg_typeof($1)::text AS name) type WHERE name = 'information_schema.sql_identifier'")
        .bind::<SqlIdentifier, _>(Identifier("x"))
        .get_result::<Count>(&mut connect())
        .unwrap();
    assert_eq!(found.count, 1);
}

#[test]
fn an_error_has_its_kind_its_information_and_its_sqlstate() {
    let mut session = session_with_table();
    session.run_batch("INSERT INTO item VALUES (1)").unwrap();
    let error = diesel::insert_into(item::table).values(item::id.eq(1)).execute(&mut session).unwrap_err();
    let DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, information) = &error else {
        panic!("a unique violation: {error:?}")
    };
    assert_eq!(information.constraint_name(), Some("item_pkey"));
    assert_eq!(information.table_name(), Some("item"));
    assert_eq!(information.details(), Some("Key (id)=(1) already exists."));
    assert_eq!(session.server_error(&error).unwrap().sqlstate.as_deref(), Some("23505"));
}

#[test]
fn kinds_of_error_are_those_of_diesel() {
    let mut session = session_with_table();
    let kinds = [
        ("INSERT INTO item VALUES (NULL)", DatabaseErrorKind::NotNullViolation),
        ("DO $$ BEGIN RAISE serialization_failure; END $$", DatabaseErrorKind::SerializationFailure),
        ("DO $$ BEGIN RAISE foreign_key_violation; END $$", DatabaseErrorKind::ForeignKeyViolation),
        ("DO $$ BEGIN RAISE check_violation; END $$", DatabaseErrorKind::CheckViolation),
    ];
    for (sql, expected) in kinds {
        let error = sql_query(sql).execute(&mut session).unwrap_err();
        assert!(
            matches!(&error, DieselError::DatabaseError(kind, _) if *kind == expected),
            "{sql}: {error:?}"
        );
    }
    let position = match sql_query("SELECT 'é', nowhere").execute(&mut session).unwrap_err() {
        DieselError::DatabaseError(_, information) => information.statement_position(),
        other => panic!("{other:?}"),
    };
    assert_eq!(position, Some(13));
}

#[test]
fn the_typed_error_is_that_of_the_very_error_asked_for() {
    let mut session = connect();
    let first = sql_query("SELECT 1/0").execute(&mut session).unwrap_err();
    sql_query("SELECT 1").execute(&mut session).unwrap();
    assert!(session.server_error(&first).is_some(), "a success in between does not matter");
    let second = sql_query("SELECT 1/0").execute(&mut session).unwrap_err();
    assert!(session.server_error(&second).is_some());
    assert!(session.server_error(&first).is_none(), "the same words are not the same error");
    assert!(session.server_error(&DieselError::NotFound).is_none());
}

#[test]
fn a_statement_with_too_many_parameters_is_an_error() {
    let mut session = connect();
    let mut query = sql_query("SELECT 1").into_boxed();
    for _ in 0..65_536 {
        query = query.bind::<Integer, _>(1);
    }
    let error = query.execute(&mut session).unwrap_err();
    assert!(
        matches!(error, DieselError::DatabaseError(DatabaseErrorKind::UnableToSendCommand, _)),
        "{error:?}"
    );
    assert_eq!(scalar(&mut session, "SELECT 1"), "1");
}

#[test]
fn a_transaction_commits_or_rolls_back() {
    let mut session = session_with_table();
    let insert = |session: &mut Session, id: i64| {
        diesel::insert_into(item::table).values(item::id.eq(id)).execute(session)
    };
    session.transaction(|session| insert(session, 1)).unwrap();
    let rolled_back: QueryResult<()> = session.transaction(|session| {
        insert(session, 2)?;
        session.transaction(|session| insert(session, 1)).unwrap_err();
        assert_eq!(count(session), 2, "only the savepoint is rolled back");
        insert(session, 1)?;
        Ok(())
    });
    let error = rolled_back.unwrap_err();
    assert_eq!(
        session.server_error(&error).unwrap().sqlstate.as_deref(),
        Some("23505"),
        "the rollback leaves the error to be had"
    );
    assert_eq!(session.transaction_status(), TransactionStatus::Idle);
    assert_eq!(count(&mut session), 1);
}

#[test]
fn a_transaction_within_a_scripts_block_is_a_savepoint() {
    let mut session = session_with_table();
    session.run_batch("BEGIN; INSERT INTO item VALUES (1)").unwrap();
    session
        .transaction::<_, DieselError, _>(|session| {
            diesel::insert_into(item::table).values(item::id.eq(2)).execute(session)
        })
        .unwrap();
    assert_eq!(session.transaction_status(), TransactionStatus::InTransaction);
    session.run_batch("ROLLBACK").unwrap();
    assert_eq!(count(&mut session), 0);
    session.transaction::<_, DieselError, _>(|session| session.batch_execute("SELECT 1")).unwrap();
    assert_eq!(session.transaction_status(), TransactionStatus::Idle, "this one was not nested");
}

#[test]
fn the_transaction_manager_survives_a_failed_block_of_a_script() {
    let mut session = session_with_table();
    session.run_batch("BEGIN; SELECT 1/0").unwrap_err();
    assert_eq!(session.transaction_status(), TransactionStatus::InError);
    session.run_batch("ROLLBACK").unwrap();
    session
        .transaction::<_, DieselError, _>(|session| {
            diesel::insert_into(item::table).values(item::id.eq(1)).execute(session)
        })
        .unwrap();
    assert_eq!(count(&mut session), 1);
}

#[test]
fn a_transaction_whose_error_was_ignored_is_not_reported_as_committed() {
    let mut session = session_with_table();
    let committed: QueryResult<()> = session.transaction(|session| {
        diesel::insert_into(item::table).values(item::id.eq(1)).execute(session)?;
        sql_query("SELECT 1/0").execute(session).unwrap_err();
        Ok(())
    });
    let error = committed.unwrap_err();
    assert_eq!(session.server_error(&error).unwrap().origin, ErrorOrigin::RolledBack);
    assert_eq!(count(&mut session), 0);
    session.transaction::<_, DieselError, _>(|session| session.batch_execute("SELECT 1")).unwrap();
}

#[test]
fn a_commit_that_fails_is_an_error_and_leaves_the_session_usable() {
    let mut session = session_with_table();
    session
        .run_batch("CREATE TEMP TABLE part (id bigint REFERENCES item DEFERRABLE INITIALLY DEFERRED)")
        .unwrap();
    let committed: QueryResult<()> =
        session.transaction(|session| session.batch_execute("INSERT INTO part VALUES (1)"));
    let error = committed.unwrap_err();
    assert_eq!(session.server_error(&error).unwrap().sqlstate.as_deref(), Some("23503"));
    assert_eq!(session.transaction_status(), TransactionStatus::Idle);
    session.transaction::<_, DieselError, _>(|session| session.batch_execute("SELECT 1")).unwrap();
}

#[test]
fn instrumentation_sees_each_query_and_its_error() {
    let events = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&events);
    let mut session = connect();
    session.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        let text = match event {
            InstrumentationEvent::StartQuery { query, .. } => format!("start {query}"),
            InstrumentationEvent::FinishQuery { error, .. } => format!("finish {}", error.is_none()),
            _ => return,
        };
        log.lock().unwrap().push(text);
    });
    sql_query("SELECT 1").execute(&mut session).unwrap();
    session.batch_execute("SELECT 1/0").unwrap_err();
    let events = events.lock().unwrap();
    assert_eq!(*events, ["start SELECT 1 -- binds: []", "finish true", "start SELECT 1/0", "finish false"]);
}
