//! Scripts as batches: outcomes, errors and their positions, the transaction block.

use revgraph::backend::postgres::{CommandOutcome, ErrorOrigin, Session, TransactionStatus};

use super::{connect, parameters_with, query, scalar};

#[test]
fn each_statement_has_its_outcome() {
    let outcomes = connect()
        .run_batch(
            "CREATE TEMP TABLE item (id int, name text);
             INSERT INTO item VALUES (1, 'one'), (2, NULL), (3, 'three');
             ;; -- nothing
             UPDATE item SET id = id + 1 WHERE id > 1;
             SELECT * FROM item;
             DO $$ BEGIN END $$;",
        )
        .unwrap();
    let summary: Vec<(&str, Option<u64>)> =
        outcomes.iter().map(|outcome| (outcome.command_tag.as_str(), outcome.affected_rows)).collect();
    assert_eq!(
        summary,
        [
            ("CREATE TABLE", None),
            ("INSERT 0 3", Some(3)),
            ("UPDATE 2", Some(2)),
            ("SELECT 3", Some(3)),
            ("DO", None),
        ]
    );
    assert!(outcomes.iter().all(|outcome| outcome.rows.is_empty()), "run_batch keeps no rows");
}

#[test]
fn rows_are_kept_on_request() {
    let outcomes = query(&mut connect(), "SELECT 1 AS number, 'é' AS text UNION ALL SELECT NULL, ''");
    assert_eq!(
        outcomes,
        [CommandOutcome {
            command_tag: String::from("SELECT 2"),
            affected_rows: Some(2),
            columns: vec![String::from("number"), String::from("text")],
            rows: vec![
                vec![Some(String::from("1")), Some(String::from("é"))],
                vec![None, Some(String::new())]
            ],
        }]
    );
}

#[test]
fn every_large_result_of_a_batch_is_counted_and_capped() {
    let mut outcomes = Vec::new();
    let completed = connect()
        .run_batch_with(
            "SELECT g FROM generate_series(1, 100000) g; SELECT 'x'; SELECT g FROM generate_series(1, 70000) g",
            300,
            &mut |outcome| outcomes.push((outcome.affected_rows, outcome.rows.len(), outcome.rows.last().cloned())),
        )
        .unwrap();
    assert_eq!(completed, 3);
    assert_eq!(
        outcomes,
        [
            (Some(100_000), 300, Some(vec![Some(String::from("300"))])),
            (Some(1), 1, Some(vec![Some(String::from("x"))])),
            (Some(70_000), 300, Some(vec![Some(String::from("300"))])),
        ]
    );
}

#[test]
fn a_result_has_its_tag_however_it_is_divided() {
    let mut session = connect();
    for rows in [0, 1, 255, 256, 257, 512] {
        let outcomes = session.run_batch(&format!("SELECT generate_series(1, {rows}); SELECT WHERE false"));
        let tags: Vec<String> = outcomes.unwrap().into_iter().map(|outcome| outcome.command_tag).collect();
        assert_eq!(tags, [format!("SELECT {rows}"), String::from("SELECT 0")]);
    }
}

#[test]
fn a_batch_without_statements_has_no_outcomes() {
    let mut session = connect();
    for sql in ["", "   \n", "-- comment", "/* comment */ ;;"] {
        assert_eq!(session.run_batch(sql).unwrap(), [], "{sql:?}");
    }
    assert!(!session.is_broken());
}

#[test]
fn an_error_tells_how_many_statements_had_succeeded() {
    let mut session = connect();
    session.run_batch("CREATE TEMP TABLE item (id int CONSTRAINT item_id_key UNIQUE)").unwrap();
    let failure = session
        .run_batch("INSERT INTO item VALUES (1); SELECT 1; INSERT INTO item VALUES (1); SELECT 2")
        .unwrap_err();
    assert_eq!(failure.completed, 2);
    let error = failure.error;
    assert_eq!(error.origin, ErrorOrigin::Server);
    assert_eq!(error.severity.as_deref(), Some("ERROR"));
    assert_eq!(error.sqlstate.as_deref(), Some("23505"));
    assert_eq!(error.detail.as_deref(), Some("Key (id)=(1) already exists."));
    assert_eq!(error.table.as_deref(), Some("item"));
    assert_eq!(error.constraint.as_deref(), Some("item_id_key"));
    assert!(error.schema.is_some_and(|schema| schema.starts_with("pg_temp")));
    assert!(!error.connection_lost);
    assert_eq!(scalar(&mut session, "SELECT count(*) FROM item"), "0", "the batch is one transaction");
}

#[test]
fn rows_sent_before_an_error_are_no_outcome() {
    let failure = connect().run_batch("SELECT 1/(1000 - g) FROM generate_series(1, 2000) g").unwrap_err();
    assert_eq!((failure.completed, failure.error.sqlstate.as_deref()), (0, Some("22012")));
}

#[test]
fn a_position_counts_characters() {
    let sql = "SELECT 'äöü€😀';\nSELEC 1";
    let failure = connect().run_batch(sql).unwrap_err();
    assert_eq!(failure.completed, 0, "the server parses all before it runs any");
    assert_eq!(failure.error.sqlstate.as_deref(), Some("42601"));
    let position = failure.error.position.unwrap();
    assert_eq!(sql.chars().skip(position - 1).collect::<String>(), "SELEC 1");
}

#[test]
fn a_position_counts_characters_in_a_database_without_encoding() {
    let mut session = connect();
    let name = format!("revgraph_sql_ascii_{}", std::process::id());
    session
        .run_batch(&format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'"))
        .unwrap();
    let sql = "SELECT 'ä€😀', nowhere";
    let failure =
        Session::connect(&parameters_with(&[("dbname", &name)])).unwrap().run_batch(sql).unwrap_err();
    session.run_batch(&format!("DROP DATABASE {name} WITH (FORCE)")).unwrap();
    assert_eq!(failure.error.sqlstate.as_deref(), Some("42703"));
    let position = failure.error.position.unwrap();
    assert_eq!(sql.chars().skip(position - 1).collect::<String>(), "nowhere");
}

#[test]
fn an_error_within_a_function_tells_the_inner_statement() {
    let failure = connect().run_batch("DO $$ BEGIN EXECUTE 'SELECT 1 FROM nowhere'; END $$").unwrap_err();
    let error = failure.error;
    assert_eq!(error.sqlstate.as_deref(), Some("42P01"));
    assert_eq!(error.internal_query.as_deref(), Some("SELECT 1 FROM nowhere"));
    assert_eq!(error.internal_position, Some(15));
    assert_eq!(error.position, None);
    assert!(error.context.is_some_and(|context| context.contains("inline_code_block")));
}

#[test]
fn a_nul_character_is_refused_before_anything_is_sent() {
    let mut session = connect();
    let failure = session.run_batch("SELECT 'é\0'").unwrap_err();
    assert_eq!(failure.error.origin, ErrorOrigin::NulCharacter);
    assert_eq!(failure.error.position, Some(10));
    assert_eq!(scalar(&mut session, "SELECT 1"), "1");
}

#[test]
fn the_transaction_block_is_known() {
    let mut session = connect();
    assert_eq!(session.transaction_status(), TransactionStatus::Idle);
    session.run_batch("BEGIN").unwrap();
    assert_eq!(session.transaction_status(), TransactionStatus::InTransaction);
    session.run_batch("SELECT 1/0").unwrap_err();
    assert_eq!(session.transaction_status(), TransactionStatus::InError);
    let refused = session.run_batch("SELECT 1").unwrap_err();
    assert_eq!(refused.error.sqlstate.as_deref(), Some("25P02"));
    session.run_batch("ROLLBACK").unwrap();
    assert_eq!(session.transaction_status(), TransactionStatus::Idle);
}

#[test]
fn a_script_that_changes_its_encoding_does_not_break_the_session() {
    let mut session = connect();
    let sql = "SET client_encoding = LATIN1; SELECT chr(233)";
    let rows: Vec<_> = query(&mut session, sql).into_iter().flat_map(|outcome| outcome.rows).collect();
    assert_eq!(rows, [[Some(String::from("\u{fffd}"))]]);
    assert_eq!(session.parameter_status("client_encoding").as_deref(), Some("LATIN1"));
}

#[test]
fn a_command_left_unfinished_breaks_the_session_but_does_not_block_it() {
    let mut session = connect();
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        // The long row makes the server send what it has.
        let sql = "SELECT 1; SELECT repeat('x', 1000000); SELECT pg_sleep(60)";
        session.run_batch_with(sql, 0, &mut |_| panic!("stop here"))
    }));
    assert!(panicked.is_err());
    assert!(session.is_broken());
    assert_eq!(session.run_batch("SELECT 1").unwrap_err().error.origin, ErrorOrigin::Libpq);
}
