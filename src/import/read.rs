//! Whose reader a history is for.

use super::{
    ImportError, ImportedHistory, Kind, Request, alembic, dbmate, diesel, flyway, golang_migrate, goose,
    kind, prisma, refinery, sqitch, sqlx,
};

/// Reads another tool's history. Nothing is written.
///
/// # Errors
/// [`ImportError`] where the folder is not the tool's, or its files contradict each other.
pub fn read(request: &Request<'_>) -> Result<ImportedHistory, ImportError> {
    if !request.folder.is_dir() {
        return Err(ImportError::NoFolder { folder: request.folder.clone() });
    }
    let folder = &request.folder;
    // What another tool's markers divide into up and down would otherwise run as one script.
    let is_likelier_another = || !kind::looks_like(request.kind, folder) && !kind::likely(folder).is_empty();
    if request.kind != Kind::Alembic && is_likelier_another() {
        return Err(request.nothing_found());
    }
    let history = match request.kind {
        Kind::Alembic => alembic::read(request),
        Kind::Dbmate => dbmate::read(folder),
        Kind::Diesel => diesel::read(folder),
        Kind::Flyway => flyway::read(folder),
        Kind::GolangMigrate => golang_migrate::read(folder),
        Kind::Goose => goose::read(folder),
        Kind::Prisma => prisma::read(folder),
        Kind::Refinery => refinery::read(folder),
        Kind::Sqitch => sqitch::read(folder),
        Kind::Sqlx => sqlx::read(folder),
    };
    match history {
        Ok(history) if history.revisions.is_empty() => Err(request.nothing_found()),
        other => other,
    }
}
