//! Cancelling from another thread.

use std::thread;
use std::time::Duration;

use revgraph::backend::postgres::ErrorOrigin;

use super::{connect, scalar};

fn wait_until_running(pid: i32) {
    let mut observer = connect();
    let sql = format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {pid} AND wait_event = 'PgSleep'");
    for _ in 0..600 {
        if scalar(&mut observer, &sql) == "1" {
            return;
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("the session does not run its statement");
}

#[test]
fn a_running_statement_is_cancelled_each_time() {
    let mut session = connect();
    let cancel = session.cancel_handle().unwrap();
    for _ in 0..2 {
        let (pid, cancel) = (session.backend_pid(), cancel.clone());
        let canceller = thread::spawn(move || {
            wait_until_running(pid);
            cancel.cancel()
        });
        let failure = session.run_batch("SELECT 1; SELECT pg_sleep(60)").unwrap_err();
        canceller.join().unwrap().unwrap();
        assert_eq!(failure.completed, 1);
        assert_eq!(failure.error.sqlstate.as_deref(), Some("57014"));
        assert_eq!(failure.error.origin, ErrorOrigin::Server);
        assert!(!session.is_broken());
    }
}

#[test]
fn cancelling_nothing_does_nothing() {
    let mut session = connect();
    let cancel = session.cancel_handle().unwrap();
    cancel.cancel().unwrap();
    assert_eq!(scalar(&mut session, "SELECT 1"), "1");
    drop(session);
    cancel.cancel().unwrap();
}

#[test]
fn a_lost_session_has_no_cancel_handle() {
    let mut session = connect();
    session.run_batch("SELECT pg_terminate_backend(pg_backend_pid())").unwrap_err();
    assert!(session.cancel_handle().is_err());
}
