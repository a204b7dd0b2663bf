//! Prisma's models as a desired schema: from files to SQL, and back from a place in it to the model.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::backend::{FailureCause, StepFailure};
use crate::catalog::{Catalog, ObjectKind, ObjectName};
use crate::excerpt::Excerpt;
use crate::prisma::{self, Place, PrismaVersion, Schema, SchemaError, SourceFile};
use crate::regular_file;
use crate::sql::Dialect;

/// The ending of a file of models.
const ENDING: &str = "prisma";
/// The folder of Prisma's own migrations, beside which models stand.
const MIGRATIONS: &str = "migrations";

/// The models of a file or folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Models {
    /// The files and folders that were named.
    pub roots: Vec<PathBuf>,
    /// The files, in the order of their names.
    pub files: Vec<SourceFile>,
    /// What the files say.
    pub schema: Schema,
    /// The version of Prisma that reads them so.
    pub version: PrismaVersion,
    /// The SQL that builds the schema.
    pub text: String,
    /// The first line of each statement in the text, from 1, and what it comes from.
    lines: Vec<(usize, Place)>,
}

/// Why Prisma's models make no desired schema.
#[derive(Debug, Error)]
pub enum ModelsError {
    /// A file or folder cannot be read.
    #[error("{path} cannot be read")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The file system's reason.
        #[source]
        source: io::Error,
    },
    /// A folder holds SQL beside the models, and nothing says which of the two is meant.
    #[error("{path} holds both models and SQL files")]
    Mixed {
        /// The folder.
        path: PathBuf,
    },
    /// There is something wrong in them.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// They are for another kind of database.
    #[error("{path} is for {of}, and the database is {database}")]
    OtherDialect {
        /// The file or folder.
        path: PathBuf,
        /// What the datasource says.
        of: Dialect,
        /// What the database speaks.
        database: Dialect,
    },
}

/// Whether a path is a file of models, or a folder that holds some.
#[must_use]
pub fn is_model_path(path: &Path) -> bool {
    if path.is_dir() {
        model_files(path).is_ok_and(|files| !files.is_empty())
    } else {
        has_ending(path, ENDING)
    }
}

impl Models {
    /// Reads files, and those of folders and of the folders in them, as one schema. Without a `version` it is told from
    /// the `package.json` beside them or in a folder above.
    ///
    /// # Errors
    /// [`ModelsError`].
    pub fn read(roots: &[PathBuf], version: Option<PrismaVersion>) -> Result<Self, ModelsError> {
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            move |source| ModelsError::Io { path, source }
        };
        let mut paths = Vec::new();
        for root in roots {
            if !root.is_dir() {
                paths.push(root.clone());
                continue;
            }
            if has_sql(root).map_err(unreadable(root))? {
                return Err(ModelsError::Mixed { path: root.clone() });
            }
            paths.extend(model_files(root).map_err(unreadable(root))?);
        }
        let mut seen = BTreeSet::new();
        paths.retain(|path| seen.insert(path.clone()));
        let mut files = Vec::with_capacity(paths.len());
        for path in paths {
            let text = regular_file::read_to_string(&path).map_err(unreadable(&path))?;
            files.push(SourceFile { path, text });
        }
        let version = version.or_else(|| roots.iter().find_map(|root| version_beside(root)));
        let models = Self::of_files(files, version.unwrap_or_default())?;
        Ok(Self { roots: roots.to_vec(), ..models })
    }

    /// The models of files that have been read.
    ///
    /// # Errors
    /// [`SchemaError`].
    pub fn of_files(files: Vec<SourceFile>, version: PrismaVersion) -> Result<Self, SchemaError> {
        let schema = prisma::read(&files)?;
        let (mut text, mut lines, mut line) = (String::new(), Vec::new(), 1);
        for statement in prisma::statements(&schema, version) {
            lines.push((line, statement.place));
            line += statement.sql.matches('\n').count() + 1;
            text.push_str(&statement.sql);
            text.push_str(";\n");
        }
        Ok(Self { roots: Vec::new(), files, schema, version, text, lines })
    }

    /// Refuses another kind of database than that of the datasource. `path` is where the models are.
    ///
    /// # Errors
    /// [`ModelsError::OtherDialect`].
    pub fn check_dialect(&self, path: &Path, database: Dialect) -> Result<(), ModelsError> {
        let of = self.schema.dialect;
        if of == database {
            Ok(())
        } else {
            Err(ModelsError::OtherDialect { path: path.to_owned(), of, database })
        }
    }

    /// The failure of a statement of the SQL, at its place in the models.
    #[must_use]
    pub fn pointed(&self, mut failure: StepFailure) -> StepFailure {
        if let FailureCause::Statement { excerpt, .. } = &mut failure.cause {
            let found = self.lines.iter().rev().find(|(line, _)| *line <= excerpt.line);
            if let Some((_, place)) = found
                && let Some(file) = self.files.get(place.file)
            {
                **excerpt = Excerpt::new(&file.path, &file.text, place.span.clone());
            }
        }
        failure
    }

    /// The schema that the models wish for beside what is there `now`: `wanted` is what they alone build. Tables that no
    /// model has stay, but for those of `forgotten`.
    #[must_use]
    pub fn completed(&self, now: &Catalog, wanted: &Catalog, forgotten: &BTreeSet<ObjectName>) -> Catalog {
        prisma::keep(&self.schema, now, wanted, forgotten)
    }
}

impl Models {
    /// The tables of `now` that the schema `wanted`, which the models build, does not have.
    pub(super) fn unmodelled(&self, now: &Catalog, wanted: &Catalog) -> BTreeSet<ObjectName> {
        let tables = now.objects.iter().filter(|(name, _)| name.kind == ObjectKind::Table);
        tables.filter(|(name, _)| !wanted.objects.contains_key(*name)).map(|(name, _)| name.clone()).collect()
    }
}

fn has_ending(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending))
}

/// Whether a file, by its path below a named folder, is one of models: Prisma's migrations hold none.
#[must_use]
pub fn is_model_file_below(path: &Path) -> bool {
    let mut folders = path.parent().into_iter().flat_map(Path::components);
    has_ending(path, ENDING) && !folders.any(|folder| is_left_out(folder.as_os_str()))
}

fn is_left_out(folder: &OsStr) -> bool {
    folder == OsStr::new(MIGRATIONS)
        || folder == OsStr::new("node_modules")
        || folder.as_encoded_bytes().starts_with(b".")
}

/// The files of models of a folder and of those in it, by their names.
fn model_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_type()?.is_dir() && !is_left_out(&entry.file_name()) {
                open.push(path);
            } else if path.is_file() && has_ending(&path, ENDING) {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

fn has_sql(folder: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() && has_ending(&path, "sql") {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The version that the nearest `package.json` tells that knows Prisma, from the folder of a path upwards.
fn version_beside(path: &Path) -> Option<PrismaVersion> {
    path.ancestors().find_map(|folder| {
        let text = regular_file::read_to_string(folder.join("package.json")).ok()?;
        PrismaVersion::of_package_json(&text)
    })
}
