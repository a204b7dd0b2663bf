//! A copy of a database in a file, made while others write: <https://www.sqlite.org/backup.html>.

use std::ffi::c_int;
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::super::{BackendError, Control};

/// How much of a database is copied without looking whether somebody writes to it.
pub(super) const PAGES_AT_ONCE: c_int = 10_000;

/// How long to wait for somebody who is just writing.
const PAUSE: Duration = Duration::from_millis(10);
/// How often the copy may begin anew because others have written, until they have to wait for it.
const MOST_BEGINNINGS: u32 = 3;
/// All that is left, in one step.
const ALL: i32 = -1;

/// Copies a database into a file that does not exist or is empty. Where the journal is a write-ahead log nobody waits.
/// Else the copy begins anew when somebody writes; where that happens again and again it is made in one go, for which
/// writers wait.
///
/// # Errors
/// [`BackendError`] where the file cannot be written, where the database stays locked for longer than `patience`, and
/// where the work is cancelled.
pub(super) fn to_file(
    source: &Connection,
    path: &Path,
    control: &Control,
    patience: Duration,
) -> Result<(), BackendError> {
    let mode: String = source.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    // A transaction that reads keeps what it reads as it is, and keeps nobody from writing to the log.
    let reading = if mode == "wal" { Some(source.unchecked_transaction()?) } else { None };
    if reading.is_some() {
        source.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    }
    let mut copy = Connection::open(path)?;
    {
        let backup = Backup::new(source, &mut copy)?;
        let mut wait = control.wait();
        let (mut left, mut beginnings) = (i32::MAX, 0);
        loop {
            control.check()?;
            let pages = if beginnings < MOST_BEGINNINGS { PAGES_AT_ONCE } else { ALL };
            match backup.step(pages)? {
                StepResult::Done => break,
                StepResult::More => {
                    let now = backup.progress().remaining;
                    beginnings += u32::from(now >= left);
                    left = now;
                }
                // Busy or locked: somebody writes, and will have done so soon.
                _ => {
                    if wait.is_over(patience) {
                        let holder = None;
                        return Err(BackendError::LockNotHad { waited: wait.elapsed(), holder });
                    }
                    wait.pause(PAUSE, || "waiting for somebody who writes to the database".to_owned())?;
                }
            }
        }
    }
    copy.close().map_err(|(_, error)| error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(folder: &Path, mode: &str) -> Connection {
        let source = Connection::open(folder.join("a.db")).expect("it is new");
        let sql = format!(
            "PRAGMA journal_mode = {mode}; CREATE TABLE t (n INTEGER, text TEXT);\n\
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)\n\
             INSERT INTO t SELECT i, hex(randomblob(400)) FROM n;"
        );
        source.execute_batch(&sql).expect("it can be written");
        source
    }

    /// Each transaction writes a pair of rows, so that an odd number of them would be half of one.
    fn write_until(path: &Path, stop: &std::sync::atomic::AtomicBool) -> usize {
        let writer = Connection::open(path).expect("it is there");
        writer.busy_timeout(Duration::from_secs(30)).expect("it can be set");
        let mut written = 0;
        while !stop.load(std::sync::atomic::Ordering::SeqCst) {
            writer
                .execute_batch(
                    "BEGIN IMMEDIATE; INSERT INTO t VALUES (0, 'a'); INSERT INTO t VALUES (0, 'b'); COMMIT",
                )
                .expect("it can be written");
            written += 1;
        }
        written
    }

    #[test]
    fn a_copy_made_while_others_write_is_one_moment_of_the_database() {
        for mode in ["wal", "delete"] {
            let folder = tempfile::tempdir().expect("a folder");
            let source = source(folder.path(), mode);
            let stop = std::sync::atomic::AtomicBool::new(false);
            std::thread::scope(|scope| {
                let writer = scope.spawn(|| write_until(&folder.path().join("a.db"), &stop));
                for number in 0..3 {
                    let path = folder.path().join(format!("copy{number}.db"));
                    let patience = Duration::from_secs(60);
                    to_file(&source, &path, &Control::default(), patience).expect("it ends");
                    let copy = Connection::open(&path).expect("it is there");
                    let count = |sql| copy.query_row(sql, [], |row| row.get::<_, i64>(0)).expect("a number");
                    assert_eq!(count("SELECT count(*) FROM t WHERE n > 0"), 30_000, "{mode}");
                    assert_eq!(count("SELECT count(*) % 2 FROM t"), 0, "{mode}");
                    let check: String =
                        copy.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a text");
                    assert_eq!(check, "ok", "{mode}");
                }
                stop.store(true, std::sync::atomic::Ordering::SeqCst);
                assert!(writer.join().expect("it does not panic") > 0, "{mode}");
            });
        }
    }
}
