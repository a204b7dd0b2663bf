//! Revisions as migrations of Diesel's.
//!
//! Diesel sorts migrations by their versions, as text, and keeps the versions that it has run. So a version has to sort
//! behind those of all that its revision stands on, and must not change when revisions are added, also below others:
//! it is the length of the longest way down to a base, with leading zeros, and the id.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use diesel::backend::Backend;
use diesel::connection::BoxableConnection;
use diesel::migration::{
    Migration, MigrationMetadata, MigrationName, MigrationSource, MigrationVersion, Result as DieselResult,
};

use super::{DieselError, Migrator, MigratorError};
use crate::excerpt::Excerpt;
use crate::execute::{ExecuteError, Refusal, unrunnable};
use crate::graph::{Follow, NodeIndex, RevisionGraph, RevisionId};
use crate::plan::Operation;
use crate::script::{Irreversible, ScriptDirectory, ScriptProblem, SourceText, UnfoldError};
use crate::sql::{Dialect, split};

/// What the column for versions takes, in characters, where the database minds.
const LONGEST_VERSION: usize = 50;

impl Migrator {
    /// The revisions as a source of migrations for `diesel_migrations`, with the scripts for one dialect.
    ///
    /// Diesel runs them in topological order, and keeps its own table and none of revgraph's promises: no lock, no
    /// ledger, no checksums. What a script sets stays set on the connection. On SQLite foreign keys have to be off.
    ///
    /// # Errors
    /// [`MigratorError::Scripts`], [`MigratorError::Run`] with statements that cannot run as their scripts ask, and
    /// [`MigratorError::Diesel`] with what Diesel cannot do.
    ///
    /// ```
    /// use diesel::migration::{MigrationSource, Result};
    /// use revgraph::Dialect;
    ///
    /// # fn main() -> Result<()> {
    /// let migrator = revgraph::Migrator::embedded(&[
    ///     ("a1.up.sql", "-- users\n-- revision: a1\n\nCREATE TABLE users (id INTEGER);\n"),
    ///     ("a1.down.sql", "DROP TABLE users;\n"),
    /// ])?;
    /// let source = migrator.diesel_migrations(Dialect::Postgres)?;
    /// // connection.run_pending_migrations(source)?;
    /// # let migrations = MigrationSource::<diesel::pg::Pg>::migrations(&source)?;
    /// # assert_eq!(migrations[0].name().to_string(), "a1 users");
    /// # Ok(())
    /// # }
    /// ```
    pub fn diesel_migrations(&self, dialect: Dialect) -> Result<DieselMigrations, MigratorError> {
        let scripts = &*with_originals(&self.scripts)?;
        let mut problems = Vec::new();
        let mut refusals = Vec::new();
        let mut migrations = Vec::with_capacity(scripts.graph().len());
        for (node, level) in levels(scripts.graph()) {
            if scripts.graph().is_unfolded(node) {
                continue;
            }
            match migration(scripts, node, level, dialect, &mut refusals)? {
                Ok(migration) => migrations.push(Arc::new(migration)),
                Err(problem) => problems.push(problem),
            }
        }
        if !problems.is_empty() {
            return Err(MigratorError::Scripts(problems));
        }
        if !refusals.is_empty() {
            return Err(ExecuteError::Refused(refusals).into());
        }
        Ok(DieselMigrations { migrations })
    }
}

/// The scripts with the originals of every baseline, which Diesel may have run before they were replaced.
fn with_originals(scripts: &ScriptDirectory) -> Result<Cow<'_, ScriptDirectory>, MigratorError> {
    if !scripts.graph().has_baselines() {
        return Ok(Cow::Borrowed(scripts));
    }
    let archive = scripts.archive().map_err(MigratorError::Scripts)?;
    let replaced =
        scripts.graph().baselines().flat_map(|baseline| baseline.replaces.iter().cloned()).collect();
    let unfolded = scripts.unfolded(&archive, &replaced).map_err(|error| match error {
        UnfoldError::OriginalsGone { baseline, .. } => DieselError::OriginalsGone(baseline).into(),
        UnfoldError::Graph(problems) => {
            MigratorError::Scripts(problems.into_iter().map(ScriptProblem::Graph).collect())
        }
    })?;
    // A single original that is gone is stood in for, for those who have applied it.
    let graph = unfolded.graph();
    if let Some(gone) = graph.nodes().find(|node| !unfolded.is_on_disk(*node)).map(|node| graph.id(node)) {
        let baseline = graph.baseline_replacing(gone.as_str()).map_or(gone, |baseline| &baseline.id);
        return Err(DieselError::OriginalsGone(baseline.clone()).into());
    }
    Ok(Cow::Owned(unfolded))
}

/// Every revision with the length of the longest way down to a base, parents and dependencies followed. A baseline
/// that stands on its originals counts as the last of them, so that what stands on it stays as far up as it was.
fn levels(graph: &RevisionGraph) -> Vec<(NodeIndex, usize)> {
    let mut levels = vec![0; graph.len()];
    let mut ordered = Vec::with_capacity(graph.len());
    for node in graph.in_order() {
        let below = graph.below(*node, Follow::ParentsAndDependencies);
        let longest = below.iter().filter_map(|below| levels.get(below.index())).max();
        let level = longest.copied().unwrap_or(0) + usize::from(!graph.is_unfolded(*node));
        if let Some(slot) = levels.get_mut(node.index()) {
            *slot = level;
        }
        ordered.push((*node, level));
    }
    ordered
}

type Described<T> = Result<Result<T, ScriptProblem>, DieselError>;

fn migration(
    scripts: &ScriptDirectory,
    node: NodeIndex,
    level: usize,
    dialect: Dialect,
    refusals: &mut Vec<Refusal>,
) -> Described<DieselMigration> {
    let revision = scripts.graph().revision(node);
    let id = &revision.id;
    let version = format!("{level:06}_{id}");
    if version.chars().count() > LONGEST_VERSION {
        return Err(DieselError::IdTooLong(id.clone()));
    }
    let script = scripts.script(node);
    let bodies = match script.bodies(dialect) {
        Ok(bodies) => bodies,
        Err(problem) => return Ok(Err(problem)),
    };
    let down = match (bodies.irreversible(dialect), bodies.down) {
        (None, Some(down)) => Ok(self::script(id, down, dialect, refusals)?),
        (reason, _) => Err(reason.unwrap_or(Irreversible::NoDownScript)),
    };
    let up = self::script(id, bodies.up, dialect, refusals)?;
    let no_transaction = up.no_transaction || down.as_ref().is_ok_and(|down| down.no_transaction);
    Ok(Ok(DieselMigration {
        name: Name { version, shown: format!("{id} {}", script.title()).trim_end().to_owned() },
        metadata: Metadata { run_in_transaction: !no_transaction },
        revision: id.clone(),
        up,
        down,
    }))
}

/// Cuts and checks a script; what is refused of it goes to `refusals`.
fn script(
    revision: &RevisionId,
    source: SourceText,
    dialect: Dialect,
    refusals: &mut Vec<Refusal>,
) -> Result<Script, DieselError> {
    let refused = unrunnable(&source, dialect, None).into_iter().map(|(reason, span)| Refusal {
        revision: revision.clone(),
        reason,
        excerpt: Excerpt::new(&source.path, &source.text, span),
    });
    refusals.extend(refused);
    // What cannot be cut has just been refused.
    let mut statements = split(dialect, &source.body.sql).unwrap_or_default();
    statements.retain(|statement| statement.is_runnable());
    if let Some(copy) = statements.iter().find(|statement| statement.copy_data().is_some()) {
        return Err(DieselError::CopyData(Box::new(Excerpt::new(&source.path, &source.text, copy.body()))));
    }
    let statements = statements.iter().map(crate::sql::Statement::body).collect();
    Ok(Script {
        statements,
        no_transaction: source.body.no_transaction,
        sql: source.body.sql,
        path: source.path,
    })
}

/// Revisions for `diesel_migrations`: see [`Migrator::diesel_migrations`].
///
/// ```
/// use revgraph::Dialect;
///
/// # fn main() -> Result<(), revgraph::MigratorError> {
/// let migrator = revgraph::Migrator::embedded(&[("a1.up.sql", "-- users\n-- revision: a1\n")])?;
/// assert_eq!(migrator.diesel_migrations(Dialect::Sqlite)?.len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct DieselMigrations {
    migrations: Vec<Arc<DieselMigration>>,
}

impl DieselMigrations {
    /// How many revisions there are, each of which is one of Diesel's migrations.
    #[must_use]
    pub fn len(&self) -> usize {
        self.migrations.len()
    }

    /// Whether there is no revision.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.migrations.is_empty()
    }
}

impl<DB: Backend> MigrationSource<DB> for DieselMigrations {
    fn migrations(&self) -> DieselResult<Vec<Box<dyn Migration<DB>>>> {
        let boxed = |migration: &Arc<DieselMigration>| -> Box<dyn Migration<DB>> {
            Box::new(Shared(Arc::clone(migration)))
        };
        Ok(self.migrations.iter().map(boxed).collect())
    }
}

#[derive(Debug)]
struct DieselMigration {
    name: Name,
    metadata: Metadata,
    revision: RevisionId,
    up: Script,
    down: Result<Script, Irreversible>,
}

/// A script, cut into statements: one at a time can be placed when it fails, and may need no transaction.
#[derive(Debug)]
struct Script {
    path: PathBuf,
    sql: Arc<str>,
    statements: Vec<Range<usize>>,
    no_transaction: bool,
}

#[derive(Debug)]
struct Name {
    version: String,
    shown: String,
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl MigrationName for Name {
    fn version(&self) -> MigrationVersion<'_> {
        MigrationVersion::from(&self.version)
    }
}

#[derive(Debug)]
struct Metadata {
    run_in_transaction: bool,
}

impl MigrationMetadata for Metadata {
    fn run_in_transaction(&self) -> bool {
        self.run_in_transaction
    }
}

struct Shared(Arc<DieselMigration>);

impl<DB: Backend> Migration<DB> for Shared {
    fn run(&self, connection: &mut dyn BoxableConnection<DB>) -> DieselResult<()> {
        Ok(self.0.run(&self.0.up, Operation::Upgrade, connection)?)
    }

    fn revert(&self, connection: &mut dyn BoxableConnection<DB>) -> DieselResult<()> {
        match &self.0.down {
            Ok(down) => Ok(self.0.run(down, Operation::Downgrade, connection)?),
            Err(reason) => {
                let (revision, reason) = (self.0.revision.clone(), reason.clone());
                Err(DieselError::Irreversible { revision, reason }.into())
            }
        }
    }

    fn metadata(&self) -> &dyn MigrationMetadata {
        &self.0.metadata
    }

    fn name(&self) -> &dyn MigrationName {
        &self.0.name
    }
}

impl DieselMigration {
    /// Diesel asks only once for each migration whether it runs in a transaction. Where one of the two scripts cannot,
    /// the other gets a transaction here.
    fn run<DB: Backend>(
        &self,
        script: &Script,
        operation: Operation,
        connection: &mut dyn BoxableConnection<DB>,
    ) -> Result<(), DieselError> {
        if script.no_transaction || self.metadata.run_in_transaction {
            return self.run_statements(script, operation, connection);
        }
        let failed = |source| self.failure(script, 0, operation, source);
        connection.batch_execute("BEGIN").map_err(failed)?;
        let done = self
            .run_statements(script, operation, connection)
            .and_then(|()| connection.batch_execute("COMMIT").map_err(failed));
        if done.is_err() {
            // The first error is what matters; a connection that is lost has rolled back by itself.
            let _ = connection.batch_execute("ROLLBACK");
        }
        done
    }

    fn run_statements<DB: Backend>(
        &self,
        script: &Script,
        operation: Operation,
        connection: &mut dyn BoxableConnection<DB>,
    ) -> Result<(), DieselError> {
        for statement in &script.statements {
            let sql = script.sql.get(statement.clone()).unwrap_or_default();
            connection.batch_execute(sql).map_err(|error| {
                let offset = error_offset(&error, sql).unwrap_or(0);
                self.failure(script, statement.start + offset, operation, error)
            })?;
        }
        Ok(())
    }

    fn failure(
        &self,
        script: &Script,
        offset: usize,
        operation: Operation,
        source: diesel::result::Error,
    ) -> DieselError {
        let place = Excerpt::new(&script.path, &script.sql, offset..offset).position();
        DieselError::Statement { revision: self.revision.clone(), operation, place, source }
    }
}

/// Where in a statement the database sees the error.
fn error_offset(error: &diesel::result::Error, sql: &str) -> Option<usize> {
    let diesel::result::Error::DatabaseError(_, told) = error else { return None };
    crate::sql::byte_offset(sql, usize::try_from(told.statement_position()?).ok()?)
}
