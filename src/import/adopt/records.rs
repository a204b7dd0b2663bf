//! The tables in which tools record what they have applied.

use std::collections::BTreeMap;

use super::super::flyway::version_parts;
use super::super::{ImportedHistory, Kind};
use super::AdoptError;
use crate::backend::ForeignColumn::{Bytes, Text};
use crate::backend::{Backend, ForeignColumn, ForeignRows, ForeignTable};

/// What a tool's own table says that it has applied to a database.
pub(super) struct Records {
    pub applied: Applied,
    /// What failed, or is under way.
    pub failed: Vec<String>,
}

/// Which revisions the tool has applied, as its table tells it.
pub(super) enum Applied {
    /// Each of these, in the order in which it was.
    Each(Vec<Record>),
    /// These, and what they stand on.
    UpTo(Vec<String>),
}

/// What the table says of one revision that was applied.
pub(super) struct Record {
    /// [`ImportedRevision::original_id`](super::super::ImportedRevision::original_id).
    pub original_id: String,
    /// What people know the table by.
    pub shown: String,
    /// The checksum, where the tool keeps one.
    pub checksum: Option<String>,
}

impl Record {
    fn of(original_id: &str) -> Self {
        Self { original_id: original_id.to_owned(), shown: original_id.to_owned(), checksum: None }
    }
}

/// The values of a row; none where it is NULL.
type Row = Vec<Option<String>>;

impl Records {
    /// Reads the table that the tool of `history` keeps; of Alembic's history it is the version table.
    /// Errors are [`AdoptError`]: the database's, and a table that is not there or not as the tool makes it.
    pub(super) fn read(history: &ImportedHistory, backend: &mut dyn Backend) -> Result<Self, AdoptError> {
        let kind = history.kind;
        if kind == Kind::Alembic {
            let rows = backend.state()?.rows.iter().map(ToString::to_string).collect();
            return Ok(Self { applied: Applied::UpTo(rows), failed: Vec::new() });
        }
        if kind == Kind::Dbmate {
            refuse_table_of_golang_migrate(backend)?;
        }
        let rows = rows(kind, &table(kind), backend)?;
        Ok(match kind {
            Kind::Prisma => prisma(&rows),
            Kind::Sqlx => sqlx(&rows),
            Kind::GolangMigrate => golang_migrate(&rows),
            Kind::Goose => goose(&rows),
            Kind::Refinery => refinery(&rows),
            Kind::Flyway => flyway(&rows, history),
            Kind::Sqitch => sqitch(&rows, history),
            Kind::Diesel | Kind::Dbmate | Kind::Alembic => versions(&rows),
        })
    }

    fn each(records: Vec<Record>) -> Self {
        Self { applied: Applied::Each(records), failed: Vec::new() }
    }
}

/// The table of a tool, as it is named unless it is told otherwise.
fn table(kind: Kind) -> ForeignTable {
    let (name, columns, order_by): (&str, Vec<ForeignColumn>, Vec<&'static str>) = match kind {
        Kind::Diesel => ("__diesel_schema_migrations", vec![Text("version")], vec!["version"]),
        Kind::Prisma => (
            "_prisma_migrations",
            vec![Text("migration_name"), Text("checksum"), Text("finished_at"), Text("rolled_back_at")],
            vec!["started_at"],
        ),
        Kind::Sqlx => (
            "_sqlx_migrations",
            vec![Text("version"), Text("description"), Text("success"), Bytes("checksum")],
            vec!["version"],
        ),
        Kind::GolangMigrate => ("schema_migrations", vec![Text("version"), Text("dirty")], vec![]),
        Kind::Dbmate => ("schema_migrations", vec![Text("version")], vec!["version"]),
        Kind::Goose => ("goose_db_version", vec![Text("version_id"), Text("is_applied")], vec!["id"]),
        Kind::Refinery => (
            "refinery_schema_history",
            vec![Text("version"), Text("name"), Text("checksum")],
            vec!["version"],
        ),
        Kind::Flyway => (
            "flyway_schema_history",
            vec![Text("version"), Text("type"), Text("script"), Text("checksum"), Text("success")],
            vec!["installed_rank"],
        ),
        Kind::Sqitch => (
            "changes",
            vec![Text("project"), Text("change"), Text("script_hash"), Text("change_id")],
            vec!["committed_at"],
        ),
        Kind::Alembic => ("alembic_version", vec![Text("version_num")], vec!["version_num"]),
    };
    let is_registry = kind == Kind::Sqitch;
    ForeignTable {
        schema: is_registry.then_some("sqitch"),
        file: is_registry.then_some("sqitch.db"),
        name: name.to_owned(),
        columns,
        order_by,
    }
}

/// Whether a tool's table is there and says that something has been applied. What cannot be asked says nothing.
pub(super) fn has_rows(kind: Kind, backend: &mut dyn Backend) -> bool {
    if kind == Kind::Dbmate && refuse_table_of_golang_migrate(backend).is_err() {
        return false;
    }
    matches!(backend.foreign_rows(&table(kind)), Ok(ForeignRows::Rows(rows)) if !rows.is_empty())
}

fn rows(kind: Kind, table: &ForeignTable, backend: &mut dyn Backend) -> Result<Vec<Row>, AdoptError> {
    let name = table.name.clone();
    match backend.foreign_rows(table)? {
        ForeignRows::Rows(rows) => Ok(rows),
        ForeignRows::NoTable => Err(AdoptError::NoTable { kind, table: name, database: backend.describe() }),
        ForeignRows::OtherColumns(columns) => Err(AdoptError::OtherTable { kind, table: name, columns }),
    }
}

/// Both tools name their tables the same, and both have a column `version`.
fn refuse_table_of_golang_migrate(backend: &mut dyn Backend) -> Result<(), AdoptError> {
    let table = table(Kind::GolangMigrate);
    match backend.foreign_rows(&table)? {
        ForeignRows::Rows(_) => Err(AdoptError::OtherTable {
            kind: Kind::Dbmate,
            table: table.name,
            columns: table.columns.iter().map(|column| column.name().to_owned()).collect(),
        }),
        _ => Ok(()),
    }
}

fn text(row: &Row, column: usize) -> &str {
    row.get(column).and_then(Option::as_deref).unwrap_or_default()
}

fn optional(row: &Row, column: usize) -> Option<String> {
    row.get(column).cloned().flatten()
}

/// PostgreSQL writes `true`, SQLite keeps a number or what Go gave it.
fn is_true(text: &str) -> bool {
    matches!(text, "true" | "t" | "1" | "TRUE")
}

fn versions(rows: &[Row]) -> Records {
    Records::each(rows.iter().map(|row| Record::of(text(row, 0))).collect())
}

/// One migration may have several rows: a failed attempt that was resolved is rolled back, and another follows.
fn prisma(rows: &[Row]) -> Records {
    let mut failed = Vec::new();
    let mut applied: Vec<Record> = Vec::new();
    for row in rows {
        let (name, finished, rolled_back) = (text(row, 0), optional(row, 2), optional(row, 3));
        match (finished, rolled_back) {
            (_, Some(_)) => {}
            (None, None) => failed.push(name.to_owned()),
            // Resolved as applied, a second row stands beside the first.
            (Some(_), None) if applied.iter().any(|record| record.original_id == name) => {}
            (Some(_), None) => applied.push(Record { checksum: optional(row, 1), ..Record::of(name) }),
        }
    }
    failed.dedup();
    Records { applied: Applied::Each(applied), failed }
}

fn sqlx(rows: &[Row]) -> Records {
    let (succeeded, failed): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| is_true(text(row, 2)));
    let shown = |row: &Row| format!("{} {}", text(row, 0), text(row, 1));
    let record = |row: &&Row| Record {
        original_id: text(row, 0).to_owned(),
        shown: shown(row),
        checksum: optional(row, 3),
    };
    Records {
        applied: Applied::Each(succeeded.iter().map(record).collect()),
        failed: failed.into_iter().map(shown).collect(),
    }
}

/// One row with the version that the database has, or is on its way to.
fn golang_migrate(rows: &[Row]) -> Records {
    let (dirty, clean): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| is_true(text(row, 1)));
    let version = |row: &Row| text(row, 0).to_owned();
    Records {
        applied: Applied::UpTo(clean.into_iter().map(version).collect()),
        failed: dirty.into_iter().map(|row| format!("{} (dirty)", version(row))).collect(),
    }
}

/// A row for every step up or down; the last one of a version tells. Version 0 is the empty database.
fn goose(rows: &[Row]) -> Records {
    let mut last: BTreeMap<&str, bool> = BTreeMap::new();
    for row in rows {
        last.insert(text(row, 0), is_true(text(row, 1)));
    }
    let applied = last.into_iter().filter(|(version, is_applied)| *is_applied && *version != "0");
    Records::each(applied.map(|(version, _)| Record::of(version)).collect())
}

fn refinery(rows: &[Row]) -> Records {
    let record = |row: &Row| Record {
        original_id: text(row, 0).to_owned(),
        shown: format!("{} {}", text(row, 0), text(row, 1)),
        checksum: optional(row, 2),
    };
    Records::each(rows.iter().map(record).collect())
}

/// Rows in the order of installation. What was undone or deleted has a row of its own for that; a baseline stands for
/// all versions up to its own; repeatable migrations have no version.
fn flyway(rows: &[Row], history: &ImportedHistory) -> Records {
    let mut failed = Vec::new();
    let mut applied: Vec<Record> = Vec::new();
    for row in rows {
        let (Some(version), kind, script) = (optional(row, 0), text(row, 1), text(row, 2)) else { continue };
        let parts = version_parts(&version);
        let is_same = |record: &Record| version_parts(&record.original_id) == parts;
        if !is_true(text(row, 4)) {
            failed.push(script.to_owned());
        } else if kind.starts_with("UNDO") || kind == "DELETE" {
            applied.retain(|record| !is_same(record));
        } else if kind == "BASELINE" || kind.ends_with("_BASELINE") {
            let below = history.revisions.iter().map(|revision| &revision.original_id);
            let below = below.filter(|original| version_parts(original) <= parts);
            applied.extend(below.map(|original| Record::of(original)));
        } else if !applied.iter().any(is_same) {
            let checksum = optional(row, 3).filter(|_| kind == "SQL");
            applied.push(Record { original_id: version, shown: script.to_owned(), checksum });
        }
    }
    Records { applied: Applied::Each(applied), failed }
}

/// The registry may hold several projects.
fn sqitch(rows: &[Row], history: &ImportedHistory) -> Records {
    let project = history.revisions.first().and_then(|revision| revision.original_id.split_once(':'));
    let project = project.map(|(project, _)| project).unwrap_or_default();
    let record = |row: &Row| {
        // A registry that was upgraded from before the column has the id there.
        let checksum = optional(row, 2).filter(|hash| *hash != text(row, 3));
        Record {
            original_id: format!("{project}:{}", text(row, 1)),
            shown: text(row, 1).to_owned(),
            checksum,
        }
    };
    Records::each(rows.iter().filter(|row| text(row, 0) == project).map(record).collect())
}
