//! What the server says besides results.

use std::thread;
use std::time::Duration;

use revgraph::backend::postgres::Notice;

use super::connect;

const RAISE: &str = "DO $$ BEGIN RAISE WARNING 'größer' USING DETAIL = 'a detail', HINT = 'a hint', ERRCODE = '01ABC'; END $$";

#[test]
fn notices_are_kept_until_taken() {
    let mut session = connect();
    session.run_batch(RAISE).unwrap();
    session.run_batch("DROP TABLE IF EXISTS nowhere").unwrap();
    let [warning, notice] = session.take_notices().try_into().unwrap();
    assert!(warning.context.as_deref().is_some_and(|context| context.contains("at RAISE")));
    assert_eq!(
        Notice { context: None, ..warning },
        Notice {
            severity: String::from("WARNING"),
            sqlstate: Some(String::from("01ABC")),
            message: String::from("größer"),
            detail: Some(String::from("a detail")),
            hint: Some(String::from("a hint")),
            context: None,
        }
    );
    assert_eq!(notice.to_string(), "NOTICE: table \"nowhere\" does not exist, skipping");
    assert_eq!(session.take_notices(), []);
}

#[test]
fn a_handler_is_called_while_the_statement_runs() {
    let mut session = connect();
    let (sender, receiver) = std::sync::mpsc::channel();
    session.set_notice_handler(Some(Box::new(move |notice| sender.send(notice.message).unwrap())));
    let cancel = session.cancel_handle().unwrap();
    let run = thread::spawn(move || {
        session.run_batch("DO $$ BEGIN RAISE NOTICE 'under way'; PERFORM pg_sleep(60); END $$").unwrap_err()
    });
    assert_eq!(receiver.recv_timeout(Duration::from_secs(30)).as_deref(), Ok("under way"));
    cancel.cancel().unwrap();
    assert_eq!(run.join().unwrap().error.sqlstate.as_deref(), Some("57014"));
}
