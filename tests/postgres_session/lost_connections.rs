//! Sessions whose server process is gone.

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_query;
use revgraph::backend::postgres::{ErrorOrigin, TransactionStatus};

use super::{connect, scalar};
use crate::support::eventually;

#[test]
fn a_backend_terminated_during_a_statement_is_noticed() {
    let mut session = connect();
    let failure = session.run_batch("SELECT 1; SELECT pg_terminate_backend(pg_backend_pid())").unwrap_err();
    assert_eq!(failure.completed, 1);
    assert_eq!(failure.error.sqlstate.as_deref(), Some("57P01"));
    assert!(failure.error.connection_lost);
    assert!(session.is_broken());
    assert_eq!(session.transaction_status(), TransactionStatus::Unknown);

    let next = session.run_batch("SELECT 1").unwrap_err();
    assert_eq!(next.error.origin, ErrorOrigin::Libpq);
    assert!(next.error.connection_lost);
    let diesel = sql_query("SELECT 1").execute(&mut session).unwrap_err();
    assert!(matches!(diesel, DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection, _)), "{diesel}");
    assert!(session.copy_in("COPY item FROM STDIN", b"1").unwrap_err().connection_lost);
}

#[test]
fn a_backend_terminated_while_idle_is_noticed_by_the_next_statement() {
    let mut session = connect();
    let (mut other, process) = (connect(), session.backend_pid());
    assert_eq!(scalar(&mut other, &format!("SELECT pg_terminate_backend({process})")), "t");
    let is_there = format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {process}");
    eventually("the backend ends", || scalar(&mut other, &is_there) == "0");
    let failure = session.run_batch("SELECT 1").unwrap_err();
    assert!(failure.error.connection_lost);
    assert!(session.is_broken());
}

#[test]
fn a_backend_terminated_while_data_is_copied_is_noticed() {
    let mut session = connect();
    session
        .run_batch(
            "CREATE FUNCTION pg_temp.die() RETURNS trigger LANGUAGE plpgsql
                 AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END';
             CREATE TEMP TABLE item (id int);
             CREATE TRIGGER die BEFORE INSERT ON item FOR EACH ROW EXECUTE FUNCTION pg_temp.die()",
        )
        .unwrap();
    let data = "1\n".repeat(2_000_000);
    let error = session.copy_in("COPY item FROM STDIN", data.as_bytes()).unwrap_err();
    assert!(error.connection_lost);
    assert!(session.is_broken());
}
