//! A connection of rusqlite's that a program lends.

use std::time::Duration;

use revgraph::errors::BackendError;
use revgraph::{Migrator, MigratorError};
use rusqlite::Connection;

const PARENT: (&str, &str) = (
    "a.up.sql",
    "-- parent\n-- revision: a\n\nCREATE TABLE parent (id INTEGER PRIMARY KEY);\n\
     CREATE TABLE child (id INTEGER REFERENCES parent (id) ON DELETE CASCADE);\n",
);
const REBUILT: (&str, &str) = (
    "b.up.sql",
    "-- rebuild parent\n-- revision: b\n-- down_revision: a\n\nCREATE TABLE parent_new (id INTEGER PRIMARY KEY, name TEXT);\n\
     INSERT INTO parent_new (id) SELECT id FROM parent;\nDROP TABLE parent;\nALTER TABLE parent_new RENAME TO parent;\n",
);

fn migrator() -> Migrator {
    Migrator::embedded(&[PARENT, REBUILT]).expect("sound scripts")
}

fn number(connection: &Connection, sql: &str) -> i64 {
    connection.query_row(sql, [], |row| row.get(0)).unwrap_or_else(|error| panic!("{sql}: {error}"))
}

#[test]
fn no_row_is_lost_and_every_setting_stays() {
    let mut connection = Connection::open_in_memory().expect("memory");
    connection.pragma_update(None, "foreign_keys", true).expect("a setting");
    connection.busy_timeout(Duration::from_millis(1234)).expect("a setting");
    migrator().rusqlite(&mut connection).expect("it is lent").upgrade("a").expect("it goes up");
    connection.execute_batch("INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1);").expect("rows");
    migrator().rusqlite(&mut connection).expect("it is lent").upgrade("head").expect("it goes up");
    assert_eq!(number(&connection, "SELECT count(*) FROM child"), 1);
    assert_eq!(number(&connection, "PRAGMA foreign_keys"), 1);
    assert_eq!(number(&connection, "PRAGMA busy_timeout"), 1234);
    assert!(connection.is_autocommit());
}

#[test]
fn a_transaction_of_the_program_is_not_touched() {
    let mut connection = Connection::open_in_memory().expect("memory");
    connection.execute_batch("BEGIN; CREATE TABLE own (id INTEGER)").expect("a transaction");
    let error = migrator().rusqlite(&mut connection).expect_err("it is refused");
    assert!(matches!(error, MigratorError::Database(BackendError::InTransaction { .. })), "{error:?}");
    connection.execute_batch("COMMIT").expect("it is still open");
    assert_eq!(number(&connection, "SELECT count(*) FROM sqlite_schema"), 1);
}

#[test]
fn it_keeps_to_the_lock_of_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.db");
    let mut first = Connection::open(&path).expect("a new file");
    let mut second = Connection::open(&path).expect("the file");
    let migrator = migrator().migration_lock_timeout(Duration::from_millis(50));
    struct Beside<'c>(&'c Migrator, &'c mut Connection, Vec<MigratorError>);
    impl revgraph::Watch for Beside<'_> {
        fn started(&mut self, _step: &revgraph::Step) {}
        fn finished(&mut self, _step: &revgraph::Step, _took: Duration) {
            // After the last step there is nothing left to do, and no lock to wait for.
            self.2.extend(self.0.rusqlite(self.1).and_then(|database| database.upgrade("head")).err());
        }
        fn notice(&mut self, _severity: &str, _message: &str) {}
    }
    let mut beside = Beside(&migrator, &mut second, Vec::new());
    let database = migrator.rusqlite(&mut first).expect("it is lent");
    database.watched_by(&mut beside).upgrade("head").expect("it goes up");
    let Beside(_, second, told) = beside;
    let [error] = told.as_slice() else { panic!("{told:?}") };
    assert!(matches!(error, MigratorError::Database(BackendError::LockNotHad { .. })), "{error:?}");
    assert!(migrator.rusqlite(second).expect("it is lent").pending().expect("an answer").is_empty());
}
