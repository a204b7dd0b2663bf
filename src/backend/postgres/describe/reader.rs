//! A session that is asked for rows of the system catalogs, for all objects or for a few.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use diesel::sql_query;

use super::super::super::BackendError;
use super::super::errors::failed;
use super::super::{Session, repeated};

/// A session that is asked for rows.
pub(super) struct Reader<'s> {
    session: &'s mut Session,
    /// As `server_version_num` has it.
    version: i32,
    scope: Scope<'s>,
    /// See [`Reader::has`].
    present: HashSet<String>,
}

/// How much of a database is described.
pub(super) enum Scope<'s> {
    /// Everything.
    All,
    /// The objects with these OIDs, in whatever system catalog, and their parts.
    Among {
        /// As a literal of an array.
        oids: String,
        statements: &'s mut Statements,
    },
}

/// The names under which queries with one parameter `$1` have been prepared. They are planned once: planning takes longer
/// than reading a few objects.
#[derive(Default)]
pub(super) struct Statements {
    /// By the texts of the queries.
    names: HashMap<String, String>,
    /// How many names have been given: none is given twice.
    given: usize,
}

impl Statements {
    /// The `EXECUTE` that runs a query with the value `literal` of type `data_type`; the query is prepared the first
    /// time.
    ///
    /// # Errors
    /// The database's, where it cannot be prepared.
    pub(super) fn execute(
        &mut self,
        session: &mut Session,
        sql: &str,
        (literal, data_type): (&str, &str),
    ) -> Result<String, BackendError> {
        let name = match self.names.get(sql) {
            Some(name) => name,
            None => {
                self.given += 1;
                // What is tidied up behind a script leaves what has this prefix.
                let name = format!("{}describe_{}", repeated::prefix(), self.given);
                session.run_batch(&format!("PREPARE {name} ({data_type}) AS {sql}"))?;
                self.names.entry(sql.to_owned()).or_insert(name)
            }
        };
        Ok(format!("EXECUTE {name} ({literal})"))
    }

    /// Begins anew: a script has taken away what was prepared.
    pub(super) fn forget(&mut self) {
        self.names.clear();
    }
}

impl<'s> Reader<'s> {
    /// A reader of what is in `scope`, which asks for nothing that is not `present` by the words of [`super::presence`].
    pub(super) fn new(session: &'s mut Session, scope: Scope<'s>, present: HashSet<String>) -> Self {
        Self { version: session.server_version(), session, scope, present }
    }

    /// The same reader, which asks only for what is `present`, by the words of [`super::presence`].
    pub(super) fn with_present(self, present: HashSet<String>) -> Self {
        Self { present, ..self }
    }

    /// The server's `server_version_num`: 150004 is 15.4.
    pub(super) fn version(&self) -> i32 {
        self.version
    }

    /// The rows of a query.
    ///
    /// # Errors
    /// The database's.
    pub(super) fn load<R: QueryableByName<diesel::pg::Pg> + 'static>(
        &mut self,
        sql: &str,
    ) -> Result<Vec<R>, BackendError> {
        let execute = match &mut self.scope {
            Scope::Among { oids, statements } => {
                Some(statements.execute(self.session, sql, (oids, "oid[]"))?)
            }
            Scope::All => None,
        };
        let query = sql_query(execute.as_deref().unwrap_or(sql));
        query.load(self.session).map_err(|error| failed(self.session, error))
    }

    /// Whether the reader asks for some objects alone, and not for all that there are.
    pub(super) fn is_among_few(&self) -> bool {
        matches!(self.scope, Scope::Among { .. })
    }

    /// Whether there may be something to read, by the words of [`super::presence`].
    pub(super) fn has(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.present.contains(*word))
    }

    /// What a query's condition ends in so that it finds no other objects than it is to; `column` has their OIDs.
    pub(super) fn among(&self, column: &str) -> String {
        if self.is_among_few() { format!(" AND {column} = ANY($1)") } else { String::new() }
    }

    /// Before PostgreSQL 14 a superuser alone may, who alone makes subscriptions there.
    pub(super) fn may_read_oids_of_subscriptions(&self) -> bool {
        self.version >= 140_000 || self.session.parameter_status("is_superuser").is_some_and(|is| is == "on")
    }

    /// `expression` where the server is at least of `major` version, else `otherwise`.
    pub(super) fn since(
        &self,
        major: i32,
        expression: &'static str,
        otherwise: &'static str,
    ) -> &'static str {
        if self.version >= major * 10_000 { expression } else { otherwise }
    }
}
