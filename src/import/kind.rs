//! The tools whose histories can be imported.

use std::fmt;
use std::fs;
use std::path::Path;
use std::str::FromStr;

use thiserror::Error;

/// A migrator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Alembic, for Python.
    Alembic,
    /// dbmate.
    Dbmate,
    /// Diesel's `diesel migration`, for Rust.
    Diesel,
    /// Flyway, for Java.
    Flyway,
    /// golang-migrate.
    GolangMigrate,
    /// goose, for Go.
    Goose,
    /// Prisma Migrate, for TypeScript.
    Prisma,
    /// refinery, for Rust.
    Refinery,
    /// Sqitch.
    Sqitch,
    /// SQLx, for Rust.
    Sqlx,
}

/// A name that [`Kind::from_str`] does not know.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not a tool whose history can be imported")]
pub struct UnknownKind(pub String);

impl Kind {
    /// All of them, by name.
    pub const ALL: [Self; 10] = [
        Self::Alembic,
        Self::Dbmate,
        Self::Diesel,
        Self::Flyway,
        Self::GolangMigrate,
        Self::Goose,
        Self::Prisma,
        Self::Refinery,
        Self::Sqitch,
        Self::Sqlx,
    ];

    /// Its name on the command line and in imported scripts.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Alembic => "alembic",
            Self::Dbmate => "dbmate",
            Self::Diesel => "diesel",
            Self::Flyway => "flyway",
            Self::GolangMigrate => "golang-migrate",
            Self::Goose => "goose",
            Self::Prisma => "prisma",
            Self::Refinery => "refinery",
            Self::Sqitch => "sqitch",
            Self::Sqlx => "sqlx",
        }
    }

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

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| UnknownKind(name.to_owned()))
    }
}

impl serde::Serialize for Kind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// The tools whose files a folder seems to hold, the likeliest first.
#[must_use]
pub fn likely(folder: &Path) -> Vec<Kind> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    Kind::ALL.into_iter().filter(|kind| looks_like(*kind, folder, &names)).collect()
}

fn looks_like(kind: Kind, folder: &Path, names: &[String]) -> bool {
    let has = |name: &str| folder.join(name).exists();
    let any = |is: &dyn Fn(&str) -> bool| names.iter().any(|name| is(name));
    let in_any_folder = |file: &str| names.iter().any(|name| folder.join(name).join(file).is_file());
    match kind {
        Kind::Alembic => has("alembic.ini") || has("env.py"),
        Kind::Dbmate => any_text(folder, names, "-- migrate:up"),
        Kind::Diesel => in_any_folder("up.sql"),
        Kind::Flyway => any(&|name| is_versioned(name, ".sql") && !name.starts_with("U1__")),
        Kind::GolangMigrate => any(&|name| starts_with_number(name) && name.ends_with(".up.sql")),
        Kind::Goose => any_text(folder, names, "-- +goose Up"),
        Kind::Prisma => has("migration_lock.toml") || in_any_folder("migration.sql"),
        Kind::Refinery => any(&|name| is_versioned(name, ".sql") || is_versioned(name, ".rs")),
        Kind::Sqitch => has("sqitch.plan"),
        Kind::Sqlx => any(&|name| starts_with_number(name) && name.ends_with(".sql")),
    }
}

fn starts_with_number(name: &str) -> bool {
    name.split_once('_')
        .is_some_and(|(version, _)| !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `V1__name.sql`.
fn is_versioned(name: &str, ending: &str) -> bool {
    name.starts_with('V') && name.contains("__") && name.ends_with(ending)
}

/// Whether one of the SQL files has this marker at the beginning of a line.
fn any_text(folder: &Path, names: &[String], marker: &str) -> bool {
    let sql = names.iter().filter(|name| name.ends_with(".sql")).take(20);
    sql.filter_map(|name| fs::read_to_string(folder.join(name)).ok())
        .any(|text| text.lines().any(|line| line.trim_start().starts_with(marker)))
}
