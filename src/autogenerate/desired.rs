//! Where a desired schema is, and what it says: any source yields named SQL texts for a dialect.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use thiserror::Error;

use super::models::{Models, ModelsError, is_model_path};
use crate::cancellation::{Cancellation, Cancelled};
use crate::child::{ChildError, output_of};
use crate::config::DesiredSchema;
use crate::prisma::PrismaVersion;
use crate::regular_file;
use crate::scratch::{ScratchError, sql_files};
use crate::sql::{Dialect, is_blank};

/// How much of what a failed command says on its standard error is told, in bytes from the end.
const LONGEST_COMPLAINT: usize = 2000;
/// The variable by which a command learns for which dialect it is to print.
const DIALECT_VARIABLE: &str = "REVGRAPH_DIALECT";

/// SQL of a desired schema, with what errors call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedSql {
    /// The file, or a name for people where there is none.
    pub path: PathBuf,
    /// The text.
    pub text: Arc<str>,
    /// The models that the text is made of, where it is made of models.
    pub models: Option<Arc<Models>>,
}

/// Why a desired schema cannot be read.
#[derive(Debug, Error)]
pub enum DesiredError {
    /// A file or folder cannot be read, or holds nothing.
    #[error(transparent)]
    Files(Box<ScratchError>),
    /// Models cannot be read, or not be taken.
    #[error(transparent)]
    Models(#[from] ModelsError),
    /// `schema` names nothing for the dialect that the database speaks.
    #[error("`schema` names nothing for {0}")]
    NotForDialect(Dialect),
    /// What is to hold SQL is a database of SQLite.
    #[error("{} is a database of SQLite, and no SQL", .0.display())]
    Database(PathBuf),
    /// The command of `schema_command` cannot be run.
    #[error("schema_command cannot be run: {program}")]
    Program {
        /// The program.
        program: String,
        /// Why the program cannot be run.
        #[source]
        source: io::Error,
    },
    /// The work was cancelled while the command ran.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The command has failed.
    #[error("schema_command failed: {program} ended with {status}")]
    Failed {
        /// The program.
        program: String,
        /// How the program ended.
        status: std::process::ExitStatus,
        /// The end of what it said on its standard error.
        complaint: String,
    },
    /// The command has printed what is no text.
    #[error("schema_command printed what is not UTF-8: {program}")]
    NoText {
        /// The program.
        program: String,
    },
    /// The command has printed no statement. Other than of a file, nobody sees that it is so.
    #[error("schema_command printed no statement: {program}")]
    Nothing {
        /// The program.
        program: String,
    },
}

impl From<ScratchError> for DesiredError {
    fn from(error: ScratchError) -> Self {
        Self::Files(Box::new(error))
    }
}

/// The desired schema of a configuration, for a dialect. A command runs in `directory`; models are read like the Prisma
/// of `version`, or like that of `package.json`.
///
/// # Errors
/// [`DesiredError`].
pub fn desired_texts(
    schema: &DesiredSchema,
    dialect: Dialect,
    directory: &Path,
    version: Option<PrismaVersion>,
    cancellation: &Cancellation,
) -> Result<Vec<NamedSql>, DesiredError> {
    Ok(match schema {
        DesiredSchema::Command(command) => vec![printed_by(command, dialect, directory, cancellation)?],
        _ => {
            let paths = schema.paths(dialect);
            if paths.is_empty() {
                return Err(DesiredError::NotForDialect(dialect));
            }
            texts_of_paths(paths, dialect, version)?
        }
    })
}

/// The SQL of files and of the files of folders, in their order. All that are models are one schema, which stands where
/// the first of them does.
///
/// # Errors
/// [`DesiredError::Files`], [`DesiredError::Database`] and [`DesiredError::Models`].
pub fn texts_of_paths(
    paths: &[PathBuf],
    dialect: Dialect,
    version: Option<PrismaVersion>,
) -> Result<Vec<NamedSql>, DesiredError> {
    let roots: Vec<PathBuf> = paths.iter().filter(|path| is_model_path(path)).cloned().collect();
    let mut texts = Vec::new();
    for path in paths {
        if !roots.contains(path) {
            if is_sqlite_file(path) {
                return Err(DesiredError::Database(path.clone()));
            }
            for path in sql_files(path)? {
                let text = regular_file::read_to_string(&path);
                let text = text.map_err(|source| ScratchError::Io { path: path.clone(), source })?;
                texts.push(NamedSql { path, text: text.into(), models: None });
            }
        } else if roots.first() == Some(path) {
            let models = Models::read(&roots, version)?;
            models.check_dialect(path, dialect)?;
            let text = models.text.as_str().into();
            texts.push(NamedSql { path: path.clone(), text, models: Some(Arc::new(models)) });
        }
    }
    Ok(texts)
}

/// What the file of a SQLite database begins with, after <https://www.sqlite.org/fileformat.html>.
const SQLITE_HEADER: &[u8; 16] = b"SQLite format 3\0";

/// Whether a file is a database of SQLite, by its first bytes; false where it cannot be read.
pub(super) fn is_sqlite_file(path: &Path) -> bool {
    let mut begin = [0; SQLITE_HEADER.len()];
    let read = regular_file::open(path).and_then(|mut file| file.read_exact(&mut begin));
    read.is_ok() && begin == *SQLITE_HEADER
}

/// What a command prints. Its standard error stays that of the process's user only where it fails.
fn printed_by(
    command: &[String],
    dialect: Dialect,
    directory: &Path,
    cancellation: &Cancellation,
) -> Result<NamedSql, DesiredError> {
    let program = command.first().cloned().unwrap_or_default();
    let mut prepared = Command::new(&program);
    prepared
        .args(command.get(1..).unwrap_or_default())
        .current_dir(directory)
        .env(DIALECT_VARIABLE, dialect.name());
    let Output { status, stdout, stderr } = match output_of(&mut prepared, cancellation) {
        Ok(output) => output,
        Err(ChildError::Io(source)) => return Err(DesiredError::Program { program, source }),
        Err(ChildError::Cancelled(cancelled)) => return Err(cancelled.into()),
    };
    if !status.success() {
        return Err(DesiredError::Failed { program, status, complaint: end_of(&stderr) });
    }
    let Ok(text) = String::from_utf8(stdout) else { return Err(DesiredError::NoText { program }) };
    if is_blank(dialect, &text) {
        return Err(DesiredError::Nothing { program });
    }
    Ok(NamedSql { path: PathBuf::from(format!("the output of {program}")), text: text.into(), models: None })
}

/// The last lines of what a program has said.
fn end_of(said: &[u8]) -> String {
    let start = said.len().saturating_sub(LONGEST_COMPLAINT);
    let text = String::from_utf8_lossy(said.get(start..).unwrap_or_default());
    text.trim().to_owned()
}
