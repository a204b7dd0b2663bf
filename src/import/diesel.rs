//! Diesel: a folder for each migration, read through `diesel_migrations`, so that what is imported is what Diesel
//! itself would send.

use std::path::Path;

use diesel::connection::{
    AnsiTransactionManager, CacheSize, Connection, ConnectionSealed, Instrumentation, SimpleConnection,
    TransactionManager,
};
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::query_builder::{QueryFragment, QueryId};
use diesel::result::{ConnectionError, ConnectionResult, Error, QueryResult};
use diesel_migrations::{FileBasedMigrations, MigrationError};

use super::error::{Fault, ImportError};
use super::files::{SourceFile, list, read_source};
use super::history::chain;
use super::versions::ByVersion;
use super::{ImportedDown, ImportedHistory, ImportedRevision, ImportedScript, Kind, Note};

/// The backend is a formality: what is recorded is the text of files, in whatever SQL.
type AnyMigration = Box<dyn Migration<Pg>>;

/// Reads the migrations of a folder of Diesel's.
///
/// # Errors
/// [`ImportError`] of a folder or file that cannot be read, and [`ImportError::Broken`] with all faults of the files.
pub(super) fn read(folder: &Path) -> Result<ImportedHistory, ImportError> {
    let mut notes = Vec::new();
    let mut faults = Vec::new();
    if !list(folder)?.iter().any(|entry| entry.path.join("up.sql").is_file()) {
        return Ok(ImportedHistory {
            kind: Kind::Diesel,
            dialect: None,
            revisions: Vec::new(),
            notes,
            summary: None,
        });
    }
    let mut by_version = ByVersion::new();
    for migration in migrations(folder)? {
        let path = folder.join(migration.name().to_string());
        by_version.insert(migration.name().version().as_owned(), &path, migration, &mut faults);
    }
    let mut revisions = Vec::new();
    for (version, (path, migration)) in by_version.into_iter() {
        match revision(&version.to_string(), &path, &migration, &mut notes)? {
            Ok(revision) => revisions.push(revision),
            Err(fault) => faults.push(fault),
        }
    }
    if !faults.is_empty() {
        return Err(ImportError::Broken(Kind::Diesel, faults));
    }
    chain(&mut revisions);
    Ok(ImportedHistory { kind: Kind::Diesel, dialect: None, revisions, notes, summary: None })
}

fn migrations(folder: &Path) -> Result<Vec<AnyMigration>, ImportError> {
    let broken = |fault: Fault| ImportError::Broken(Kind::Diesel, vec![fault]);
    let source = FileBasedMigrations::from_path(folder).map_err(|error| match error {
        MigrationError::UnknownMigrationFormat(path) => {
            broken(Fault::of_file(path, "the folder of a migration has no up.sql"))
        }
        MigrationError::IoError(source) => ImportError::Io { path: folder.to_owned(), source },
        other => broken(Fault::of_file(folder, other.to_string())),
    })?;
    MigrationSource::<Pg>::migrations(&source)
        .map_err(|error| broken(Fault::of_file(folder, error.to_string())))
}

fn revision(
    version: &str,
    path: &Path,
    migration: &AnyMigration,
    notes: &mut Vec<Note>,
) -> Result<Result<ImportedRevision, Fault>, ImportError> {
    let files = Files::read(path)?;
    let no_transaction = !migration.metadata().run_in_transaction();
    if let Some(metadata) = files.metadata.as_ref().filter(|file| file.text.parse::<toml::Table>().is_err()) {
        notes.push(Note::of_file(&metadata.path, "it is not TOML, and Diesel passes over it"));
    }
    let sql = if files.up.text.is_empty() {
        notes.push(Note::of_file(&files.up.path, "it is empty, which Diesel refuses to run"));
        String::new()
    } else {
        match recorded(|recorder| migration.run(recorder)) {
            Ok(sql) => sql,
            Err(message) => return Ok(Err(Fault::of_file(&files.up.path, message))),
        }
    };
    let script =
        |sql, file: &SourceFile| ImportedScript { sql, no_transaction, ..ImportedScript::of_file(file) };
    let down = match &files.down {
        None => ImportedDown::Irreversible("Diesel had no down.sql".to_owned()),
        Some(file) if file.text.is_empty() => ImportedDown::Irreversible("its down.sql was empty".to_owned()),
        Some(file) => match recorded(|recorder| migration.revert(recorder)) {
            Ok(sql) => ImportedDown::Script(script(sql, file)),
            Err(message) => return Ok(Err(Fault::of_file(&file.path, message))),
        },
    };
    let name = migration.name().to_string();
    let title = name.split_once('_').map_or(name.as_str(), |(_, title)| title);
    let up = script(sql, &files.up);
    Ok(Ok(ImportedRevision::new(version, &name, title, up, down, &files.all())))
}

/// The files of a migration.
struct Files {
    up: SourceFile,
    down: Option<SourceFile>,
    metadata: Option<SourceFile>,
}

impl Files {
    fn read(folder: &Path) -> Result<Self, ImportError> {
        let optional = |name: &str| {
            let path = folder.join(name);
            if path.is_file() { read_source(&path).map(Some) } else { Ok(None) }
        };
        Ok(Self {
            up: read_source(&folder.join("up.sql"))?,
            down: optional("down.sql")?,
            metadata: optional("metadata.toml")?,
        })
    }

    fn all(&self) -> Vec<&SourceFile> {
        std::iter::once(&self.up).chain(&self.down).chain(&self.metadata).collect()
    }
}

/// What a migration sends, without a byte order mark.
fn recorded(run: impl FnOnce(&mut Recorder) -> diesel::migration::Result<()>) -> Result<String, String> {
    let mut recorder = Recorder::default();
    run(&mut recorder).map_err(|error| error.to_string())?;
    Ok(recorder.sql.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(recorder.sql))
}

/// A connection that keeps what it is sent.
#[derive(Default)]
struct Recorder {
    sql: String,
    transaction_manager: AnsiTransactionManager,
    instrumentation: Option<Box<dyn Instrumentation>>,
}

impl SimpleConnection for Recorder {
    fn batch_execute(&mut self, query: &str) -> QueryResult<()> {
        self.sql.push_str(query);
        Ok(())
    }
}

impl ConnectionSealed for Recorder {}

impl Connection for Recorder {
    type Backend = Pg;
    type TransactionManager = AnsiTransactionManager;

    fn establish(_: &str) -> ConnectionResult<Self> {
        Err(ConnectionError::BadConnection("there is no database behind it".to_owned()))
    }

    fn execute_returning_count<T>(&mut self, _: &T) -> QueryResult<usize>
    where
        T: QueryFragment<Pg> + QueryId,
    {
        Err(Error::NotFound)
    }

    fn transaction_state(
        &mut self,
    ) -> &mut <AnsiTransactionManager as TransactionManager<Self>>::TransactionStateData {
        &mut self.transaction_manager
    }

    fn instrumentation(&mut self) -> &mut dyn Instrumentation {
        &mut self.instrumentation
    }

    fn set_instrumentation(&mut self, instrumentation: impl Instrumentation) {
        self.instrumentation = Some(Box::new(instrumentation));
    }

    fn set_prepared_statement_cache_size(&mut self, _: CacheSize) {}
}
