//! `COPY`, with data and without.

use diesel::prelude::*;
use diesel::sql_query;
use revgraph::backend::postgres::{ErrorOrigin, Session};

use super::{connect, scalar};

fn session_with_table() -> Session {
    let mut session = connect();
    session.run_batch("CREATE TEMP TABLE item (id int NOT NULL, name text)").unwrap();
    session
}

#[test]
fn data_is_copied_in() {
    let mut session = session_with_table();
    let data: String = (0..50_000).map(|id| format!("{id}\tname {id}\n")).collect();
    assert_eq!(session.copy_in("COPY item FROM STDIN", data.as_bytes()).unwrap(), 50_000);
    assert_eq!(scalar(&mut session, "SELECT count(*) FROM item WHERE name = 'name ' || id"), "50000");
    assert_eq!(session.copy_in("COPY item FROM STDIN", b"").unwrap(), 0);
    assert_eq!(session.copy_in("COPY item FROM STDIN (FORMAT csv)", b"1,\"a,b\"\n2,").unwrap(), 2);
}

#[test]
fn refused_data_is_an_error_with_its_line() {
    let mut session = session_with_table();
    let mut data = String::from("1\tgood\nbad\tbad\n");
    data.extend((0..200_000).map(|id| format!("{id}\tafter\n")));
    let error = session.copy_in("COPY item FROM STDIN", data.as_bytes()).unwrap_err();
    assert_eq!(error.sqlstate.as_deref(), Some("22P02"));
    assert_eq!(error.origin, ErrorOrigin::Server);
    assert!(error.context.is_some_and(|context| context.contains("COPY item, line 2")));
    assert_eq!(scalar(&mut session, "SELECT count(*) FROM item"), "0");
}

#[test]
fn another_statement_than_copy_is_an_error() {
    let mut session = session_with_table();
    assert_eq!(session.copy_in("SELECT 1", b"1\n").unwrap_err().origin, ErrorOrigin::NotCopyFromStdin);
    let refused = session.copy_in("COPY nowhere FROM STDIN", b"1\n").unwrap_err();
    assert_eq!(refused.sqlstate.as_deref(), Some("42P01"));
    assert_eq!(scalar(&mut session, "SELECT 1"), "1");
}

#[test]
fn copy_from_stdin_in_a_batch_fails_by_itself() {
    let mut session = session_with_table();
    let failure = session.run_batch("SELECT 1; COPY item FROM STDIN; SELECT 2").unwrap_err();
    assert_eq!(failure.completed, 1);
    assert_eq!(failure.error.origin, ErrorOrigin::CopyWithoutData);
    assert!(!failure.error.connection_lost);
    assert_eq!(scalar(&mut session, "SELECT 1"), "1");
}

#[test]
fn copy_to_stdout_in_a_batch_is_carried_out() {
    let outcomes = connect()
        .run_batch("SELECT 1; COPY (SELECT g FROM generate_series(1, 50000) g) TO STDOUT; SELECT 2")
        .unwrap();
    let tags: Vec<&str> = outcomes.iter().map(|outcome| outcome.command_tag.as_str()).collect();
    assert_eq!(tags, ["SELECT 1", "COPY 50000", "SELECT 1"]);
}

#[test]
fn copy_through_diesel_fails_cleanly() {
    let mut session = session_with_table();
    let error = sql_query("COPY item FROM STDIN").execute(&mut session).unwrap_err();
    assert_eq!(session.server_error(&error).unwrap().origin, ErrorOrigin::CopyWithoutData);
    assert_eq!(sql_query("COPY (SELECT 1) TO STDOUT").execute(&mut session), Ok(1));
}
