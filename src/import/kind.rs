//! The tools whose histories can be imported, and the signs of their files.

use std::fs;
use std::path::{Path, PathBuf};

use super::number::number_and_rest;
use crate::regular_file;
use crate::tool::tools;

tools! {
    /// A migrator.
    Kind, UnknownKind "`{0}` is not a tool whose history can be imported"
    /// Alembic, for Python.
    Alembic "alembic"
    /// dbmate.
    Dbmate "dbmate"
    /// Diesel's `diesel migration`, for Rust.
    Diesel "diesel"
    /// Flyway, for Java.
    Flyway "flyway"
    /// golang-migrate.
    GolangMigrate "golang-migrate"
    /// goose, for Go.
    Goose "goose"
    /// Prisma Migrate, for TypeScript.
    Prisma "prisma"
    /// refinery, for Rust.
    Refinery "refinery"
    /// Sqitch.
    Sqitch "sqitch"
    /// SQLx, for Rust.
    Sqlx "sqlx"
}

impl Kind {
    /// Where projects have such files as a rule, relative to their own folder; the most usual place first.
    #[must_use]
    pub fn usual_folders(self) -> &'static [&'static str] {
        match self {
            Self::Alembic => &["alembic", "migrations"],
            Self::Dbmate => &["db/migrations"],
            Self::Prisma => &["prisma/migrations", "migrations"],
            Self::Flyway => &["sql", "src/main/resources/db/migration", "db/migration", "migrations"],
            Self::Sqitch => &["."],
            Self::Diesel | Self::Sqlx | Self::Refinery => &["migrations"],
            Self::GolangMigrate | Self::Goose => &["migrations", "db/migrations"],
        }
    }
}

/// Where a project whose files are below `project` has those of a tool: the first of [`Kind::usual_folders`] that holds
/// what the tool writes.
#[must_use]
pub fn usual_folder(kind: Kind, project: &Path) -> Option<PathBuf> {
    kind.usual_folders().iter().map(|name| project.join(name)).find(|folder| looks_like(kind, folder))
}

/// The histories of other tools that a project has in its own folder or in the places that are usual for them.
#[must_use]
pub fn found_in(project: &Path) -> Vec<(Kind, PathBuf)> {
    let above = project.parent();
    likely_near(project).into_iter().filter(|(_, path)| Some(path.as_path()) != above).collect()
}

/// The tools whose files a folder seems to hold, the likeliest first.
pub(super) fn likely(folder: &Path) -> Vec<Kind> {
    Kind::ALL.into_iter().filter(|kind| looks_like(*kind, folder)).collect()
}

/// The same; where a folder holds nothing of the kind, those of the usual places below and above it.
pub(super) fn likely_near(folder: &Path) -> Vec<(Kind, PathBuf)> {
    let here: Vec<_> = likely(folder).into_iter().map(|kind| (kind, folder.to_owned())).collect();
    if !here.is_empty() {
        return here;
    }
    let usual = |kind: Kind| kind.usual_folders().iter().map(move |name| (kind, folder.join(name)));
    let below: Vec<_> =
        Kind::ALL.into_iter().flat_map(usual).filter(|(kind, path)| looks_like(*kind, path)).collect();
    if !below.is_empty() {
        return below;
    }
    let above = folder.parent().map(Path::to_owned).into_iter();
    above.flat_map(|above| likely(&above).into_iter().map(move |kind| (kind, above.clone()))).collect()
}

/// Whether a folder holds what the tool writes, by the names of its files and, where these do not tell, by what stands
/// in them.
pub(super) fn looks_like(kind: Kind, folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return false };
    let mut names: Vec<String> =
        entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    let has = |name: &str| folder.join(name).exists();
    let any = |is: &dyn Fn(&str) -> bool| names.iter().any(|name| is(name));
    let in_any_folder = |file: &str| names.iter().any(|name| folder.join(name).join(file).is_file());
    match kind {
        Kind::Alembic => has("alembic.ini") || has("env.py"),
        Kind::Dbmate => any_line(folder, &names, "migrate:up"),
        Kind::Diesel => in_any_folder("up.sql"),
        Kind::Flyway => any(&|name| is_versioned(name, ".sql")) && !any(&|name| is_versioned(name, ".rs")),
        Kind::GolangMigrate => any(&|name| number_and_rest(name).is_some() && name.ends_with(".up.sql")),
        Kind::Goose => any_line(folder, &names, "+goose Up"),
        Kind::Prisma => has("migration_lock.toml") || in_any_folder("migration.sql"),
        Kind::Refinery => any(&|name| is_versioned(name, ".sql") || is_versioned(name, ".rs")),
        Kind::Sqitch => has("sqitch.plan"),
        Kind::Sqlx => {
            any(&|name| number_and_rest(name).is_some() && name.ends_with(".sql"))
                && !any_line(folder, &names, "migrate:up")
                && !any_line(folder, &names, "+goose Up")
        }
    }
}

/// `V1__name.sql`.
fn is_versioned(name: &str, ending: &str) -> bool {
    name.starts_with('V') && name.contains("__") && name.ends_with(ending)
}

/// Whether one of the first SQL files has a comment line that begins with these words.
fn any_line(folder: &Path, names: &[String], words: &str) -> bool {
    let sql = names.iter().filter(|name| name.ends_with(".sql")).take(20);
    let begins =
        |line: &str| line.strip_prefix("--").is_some_and(|rest| rest.trim_start().starts_with(words));
    sql.filter_map(|name| regular_file::read_to_string(folder.join(name)).ok())
        .any(|text| text.lines().any(begins))
}
