//! What revgraph keeps in a database beside the version rows: read as rows of text, written as statements, which
//! [`crate::ledger`] makes and understands. So no kind of database has anything of its own here.

use std::collections::BTreeMap;

use super::database::Backend;
use super::error::{BackendError, none_where_missing};
use crate::catalog::ObjectName;
use crate::graph::RevisionId;
use crate::ledger::{
    self, Change, Entry, EntryEvent, Event, JournaledStatement, NotedSeed, Recorded, RecordedScripts,
    SeedEvent, Sql, TextRow, UnreadableRow, noted_seeds, recorded_in_the_end, select_entries, select_events,
    select_journal, select_protection, select_scripts, select_seed_events,
};
use crate::plan::RowChange;

/// How many revisions one query asks for: databases bound the parameters and the length of a statement.
const REVISIONS_IN_A_QUERY: usize = 500;

impl dyn Backend + '_ {
    /// What the ledger says has been applied, sorted by id; nothing where there is no ledger.
    ///
    /// # Errors
    /// The database's.
    pub fn recorded(&mut self) -> Result<Vec<Recorded>, BackendError> {
        let tables = self.settled_tables()?;
        let events = none_where_missing(self.rows_of(&select_entries(&tables), EntryEvent::read))?;
        Ok(recorded_in_the_end(events.unwrap_or_default()))
    }

    /// The ledger's copies of the scripts of these revisions, sorted by id; nothing of those it does not have.
    ///
    /// # Errors
    /// The database's.
    pub fn recorded_scripts(
        &mut self,
        revisions: &[RevisionId],
    ) -> Result<Vec<RecordedScripts>, BackendError> {
        let tables = self.settled_tables()?;
        let mut found = Vec::new();
        for some in revisions.chunks(REVISIONS_IN_A_QUERY) {
            found.extend(self.rows_of(&select_scripts(&tables, some), RecordedScripts::read)?);
        }
        found.sort_by(|one, other| one.revision.cmp(&other.revision));
        Ok(found)
    }

    /// The events of the ledger, oldest first; the last `limit` of them where one is given.
    ///
    /// # Errors
    /// The database's.
    pub fn events(&mut self, limit: Option<usize>) -> Result<Vec<Event>, BackendError> {
        self.state()?;
        let select = select_events(self.dialect(), self.tables(), limit);
        let mut events = none_where_missing(self.rows_of(&select, Event::read))?.unwrap_or_default();
        events.reverse();
        Ok(events)
    }

    /// The seeds whose rows the database has, by name, as far as the ledger tells; none where there is no ledger.
    ///
    /// # Errors
    /// The database's.
    pub fn noted_seeds(&mut self) -> Result<BTreeMap<String, NotedSeed>, BackendError> {
        self.state()?;
        let select = select_seed_events(self.dialect(), self.tables());
        let events = none_where_missing(self.rows_of(&select, SeedEvent::read))?;
        Ok(noted_seeds(&events.unwrap_or_default()))
    }

    /// What the journal holds, sorted by revision, operation and number. There must be one:
    /// [`DatabaseState::has_journal`](super::DatabaseState::has_journal).
    ///
    /// # Errors
    /// The database's.
    pub fn journal(&mut self) -> Result<Vec<JournaledStatement>, BackendError> {
        let tables = self.settled_tables()?;
        self.rows_of(&select_journal(&tables), JournaledStatement::read)
    }

    /// Forgets what the journal holds of a revision, and adds an event with `detail`.
    ///
    /// # Errors
    /// The database's; nothing has then changed.
    pub fn settle_journal(
        &mut self,
        revision: &RevisionId,
        actor: &str,
        detail: String,
    ) -> Result<(), BackendError> {
        let statements = ledger::settle_journal(self.tables(), revision, actor, detail);
        self.write(&statements)
    }

    /// Changes version rows and ledger in one transaction, with no script, and forgets the journals of the changed
    /// revisions, of which there must be one. With `purge` all version rows go first, and `rows` are what comes.
    ///
    /// # Errors
    /// [`BackendError::RowsMoved`] where the version rows are no longer those of `before`, [`BackendError::Cancelled`], and
    /// the database's; nothing has then changed.
    pub fn record(
        &mut self,
        before: &[RevisionId],
        rows: &RowChange,
        changes: &[Change],
        purge: bool,
    ) -> Result<(), BackendError> {
        self.control().check()?;
        let statements = ledger::record(self.dialect(), self.tables(), before, rows, changes, purge);
        self.write(&statements)
    }

    /// Brings the ledger in line with version rows that another tool has moved, in one transaction. `rows` are those
    /// that it was compared with.
    ///
    /// # Errors
    /// [`BackendError::RowsMoved`] where the version rows are no longer `rows`, and the database's; nothing has then
    /// changed.
    pub fn adopt(
        &mut self,
        rows: &[RevisionId],
        record: &[Entry],
        forget: &[RevisionId],
        actor: &str,
    ) -> Result<(), BackendError> {
        let statements = ledger::adopt(self.tables(), rows, record, forget, actor);
        self.write(&statements)
    }

    /// Takes the scripts of an entry into the ledger in the place of what it has of the revision, with an event, in
    /// one transaction.
    ///
    /// # Errors
    /// The database's; nothing has then changed.
    pub fn accept(&mut self, entry: &Entry, actor: &str, detail: Option<String>) -> Result<(), BackendError> {
        let statement = ledger::accept(self.tables(), entry, actor, detail);
        self.write(&[statement])
    }

    /// Adds an event to the ledger.
    ///
    /// # Errors
    /// The database's.
    pub fn add_event(
        &mut self,
        revision: &str,
        operation: &str,
        outcome: &'static str,
        actor: &str,
        detail: Option<String>,
    ) -> Result<(), BackendError> {
        let statement = ledger::event(self.tables(), revision, operation, outcome, actor, detail);
        self.write(&[statement])
    }

    /// The name under which the database is protected from being erased whole, where it is.
    ///
    /// # Errors
    /// The database's.
    pub fn protection(&mut self) -> Result<Option<String>, BackendError> {
        let tables = self.settled_tables()?;
        let name = |row: &TextRow<'_>| row.text(0, "name").map(str::to_owned);
        let names = none_where_missing(self.rows_of(&select_protection(&tables), name))?;
        Ok(names.and_then(|names| names.into_iter().next()))
    }

    /// Protects the database under `name`, or with none no longer, in one transaction. The ledger must be there.
    ///
    /// # Errors
    /// The database's; nothing has then changed.
    pub fn set_protection(&mut self, name: Option<&str>, actor: &str) -> Result<(), BackendError> {
        let statements = ledger::set_protection(self.dialect(), self.tables(), name, actor);
        self.write(&statements)
    }

    /// Drops some of those, in one transaction.
    ///
    /// # Errors
    /// The database's; nothing has then changed.
    pub fn drop_kept(&mut self, tables: &[ObjectName]) -> Result<(), BackendError> {
        let drop =
            |table: &ObjectName| Sql::new("DROP TABLE ").table(table.schema.as_deref(), table.name.as_str());
        self.write(&tables.iter().map(drop).collect::<Vec<_>>())
    }

    /// The rows of a query, read one by one.
    fn rows_of<T>(
        &mut self,
        sql: &Sql,
        read: impl Fn(&TextRow<'_>) -> Result<T, UnreadableRow>,
    ) -> Result<Vec<T>, BackendError> {
        let mut rows = Vec::new();
        self.read(sql, &mut |row| {
            rows.push(read(row)?);
            Ok(())
        })?;
        Ok(rows)
    }
}
