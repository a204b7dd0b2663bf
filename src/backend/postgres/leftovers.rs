//! What a script leaves in its session, taken away behind it: the next revision finds what it would find in a session
//! of its own, so that one run and two runs make the same database.
//!
//! Settings and roles are put back before the bookkeeping. What else may stay goes after the commit, in the same
//! message, so that triggers that fire at the commit still find the script's temporary tables; inside a transaction over
//! many revisions, and behind a pooler, whose next transaction is another session's, it goes with the settings.

use super::super::DatabaseError;
use super::pooled_lock::PooledLock;
use super::{Postgres, Session};
use crate::sql::Dialect;

/// Restores settings and roles, before anything else runs.
pub(super) const RESET: [&str; 3] = ["RESET SESSION AUTHORIZATION", "RESET ROLE", "RESET ALL"];
/// Cursors, notifications, temporary objects, and what `currval` remembers.
const TIDY: [&str; 4] = ["CLOSE ALL", "UNLISTEN *", "DISCARD TEMP", "DISCARD SEQUENCES"];
/// The only column of the query [`foreign_prepared_statements`], by which its result is told from a script's.
pub(super) const PREPARED_COLUMN: &str = "revgraph_prepared";

/// What takes away all that a script may have left but settings, in a transaction or outside.
pub(super) fn tidy() -> Vec<String> {
    TIDY.map(str::to_owned).to_vec()
}

/// What releases the session's advisory locks but the migration lock with this key. The transaction holds that one
/// meanwhile, so that nobody else can have it.
pub(super) fn release_locks(key: i64) -> [String; 3] {
    [
        hold_lock(key),
        "SELECT pg_catalog.pg_advisory_unlock_all()".to_owned(),
        format!("SELECT pg_catalog.pg_advisory_lock({key})"),
    ]
}

/// What makes a transaction hold the migration lock beside the session, which a script can make give it up.
pub(super) fn hold_lock(key: i64) -> String {
    format!("SELECT pg_catalog.pg_advisory_xact_lock({key})")
}

/// A query for the names of prepared statements that are not revgraph's, quoted; NULL where there is none.
pub(super) fn foreign_prepared_statements() -> String {
    let own = Dialect::Postgres.quote_literal(&format!("^{}", super::repeated::prefix()));
    format!(
        "SELECT pg_catalog.string_agg(pg_catalog.quote_ident(name), ',') AS {PREPARED_COLUMN} \
         FROM pg_catalog.pg_prepared_statements WHERE name OPERATOR(pg_catalog.!~) {own}"
    )
}

/// Drops prepared statements; `names` are their quoted names with commas between them.
///
/// # Errors
/// The server's.
pub(super) fn deallocate(session: &mut Session, names: &str) -> Result<(), super::BatchError> {
    let statements: Vec<String> =
        quoted_names(names).iter().map(|name| format!("DEALLOCATE {name}")).collect();
    session.run_batch(&statements.join(";\n")).map(drop)
}

/// The names of a list with commas, in which quotes keep a comma together.
fn quoted_names(list: &str) -> Vec<&str> {
    let mut is_quoted = false;
    let is_between = |character: char| {
        is_quoted ^= character == '"';
        character == ',' && !is_quoted
    };
    list.split(is_between).collect()
}

impl Postgres {
    /// What takes a script's leftovers away in the transaction in which it has run, and makes the settings of the
    /// transaction anew. Behind a pooler the session may hold what is somebody else's: of prepared statements only
    /// those in `prepared` go, names as they are written.
    pub(super) fn tidy_in_transaction(&self, prepared: &[&str]) -> Vec<String> {
        let mut statements: Vec<String> = RESET.map(str::to_owned).to_vec();
        statements.extend(self.settings("SET LOCAL"));
        statements.extend(tidy());
        if self.is_pooled() {
            statements.extend(prepared.iter().map(|name| format!("DEALLOCATE {name}")));
        } else {
            statements.push("DEALLOCATE ALL".to_owned());
            statements.extend(self.lock_key.into_iter().flat_map(release_locks));
        }
        statements
    }

    /// Takes everything away that a script has left, outside any transaction, and looks for the migration lock. Where
    /// that cannot be done now, it is done before the next script runs.
    pub(super) fn tidy_session(&mut self) -> Result<(), DatabaseError> {
        if self.is_pooled() {
            return Ok(());
        }
        self.repeated.forget();
        self.is_untidy = true;
        let statements = RESET.map(str::to_owned).into_iter().chain(tidy());
        let batch: Vec<String> = statements.chain(["DEALLOCATE ALL".to_owned()]).collect();
        self.session.run_batch(&batch.join(";\n"))?;
        self.is_untidy = false;
        self.look_for_lock(true)
    }

    /// Makes sure that a lock on a connection of its own has not been lost with it, nor that of the session with a
    /// script.
    ///
    /// # Errors
    /// [`DatabaseError`] where that connection is lost, and those of [`Self::look_for_lock`].
    pub(super) fn check_lock(&mut self) -> Result<(), DatabaseError> {
        if self.is_lock_lost {
            self.look_for_lock(false)?;
        }
        self.pooled_lock.as_mut().map_or(Ok(()), PooledLock::check)
    }

    /// Makes sure that the session still holds the migration lock, which a script may have released, and takes it again
    /// where nobody else has. With `alone` all other advisory locks of the session are released.
    ///
    /// # Errors
    /// [`DatabaseError`] where another process has taken the lock, and the server's.
    pub(super) fn look_for_lock(&mut self, alone: bool) -> Result<(), DatabaseError> {
        let Some(key) = self.lock_key else { return Ok(()) };
        self.is_lock_lost = true;
        let tried = format!("BEGIN;\nSELECT pg_catalog.pg_try_advisory_xact_lock({key}) AS had");
        let mut had = false;
        self.session.run_batch_with(&tried, 1, &mut |outcome| {
            had |= outcome.rows.first().and_then(|row| row.first()) == Some(&Some("t".to_owned()));
        })?;
        if !had {
            self.roll_back();
            return Err(DatabaseError {
                message: "the script has released revgraph's lock on the database, and another process has taken it"
                    .to_owned(),
                lock_not_had: true,
                ..DatabaseError::default()
            });
        }
        let release = if alone { "SELECT pg_catalog.pg_advisory_unlock_all();\n" } else { "" };
        let again = format!("{release}SELECT pg_catalog.pg_advisory_lock({key});\nCOMMIT");
        self.session.run_batch(&again)?;
        self.is_lock_lost = false;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_cut_between_its_names() {
        assert_eq!(quoted_names("a,\"b,c\",\"d\"\"e\""), ["a", "\"b,c\"", "\"d\"\"e\""]);
    }
}
