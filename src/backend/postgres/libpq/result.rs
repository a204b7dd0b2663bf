//! A result: what the server says of a statement, or in a notice.

use std::ffi::c_int;
use std::ptr::NonNull;

use pq_sys::{ExecStatusType, Oid, PGresult};

use super::super::notice::Notice;
use super::string::string_from;

/// The binary format of parameters and results.
pub(super) const BINARY_FORMAT: c_int = 1;

/// An error or notice field, as in
/// [`PQresultErrorField`](https://www.postgresql.org/docs/current/libpq-exec.html#LIBPQ-PQRESULTERRORFIELD).
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub(in super::super) enum DiagnosticField {
    LocalizedSeverity = pq_sys::PG_DIAG_SEVERITY,
    Severity = pq_sys::PG_DIAG_SEVERITY_NONLOCALIZED,
    Sqlstate = pq_sys::PG_DIAG_SQLSTATE,
    Message = pq_sys::PG_DIAG_MESSAGE_PRIMARY,
    Detail = pq_sys::PG_DIAG_MESSAGE_DETAIL,
    Hint = pq_sys::PG_DIAG_MESSAGE_HINT,
    Position = pq_sys::PG_DIAG_STATEMENT_POSITION,
    InternalPosition = pq_sys::PG_DIAG_INTERNAL_POSITION,
    InternalQuery = pq_sys::PG_DIAG_INTERNAL_QUERY,
    Context = pq_sys::PG_DIAG_CONTEXT,
    Schema = pq_sys::PG_DIAG_SCHEMA_NAME,
    Table = pq_sys::PG_DIAG_TABLE_NAME,
    Column = pq_sys::PG_DIAG_COLUMN_NAME,
    Datatype = pq_sys::PG_DIAG_DATATYPE_NAME,
    Constraint = pq_sys::PG_DIAG_CONSTRAINT_NAME,
}

/// What kind of message a [`PgResult`] stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum ResultStatus {
    EmptyQuery,
    CommandOk,
    /// Some rows of a result; more results of the same statement follow.
    PartialRows,
    /// The end of a result that has columns, with the rows that were not sent before.
    RowsEnd,
    CopyIn,
    CopyOut,
    /// Only replication connections see it.
    CopyBoth,
    Error,
}

/// A `PGresult`, freed when dropped. It is never written to.
pub(in super::super) struct PgResult {
    pub(super) raw: NonNull<PGresult>,
}

impl PgResult {
    /// What kind of message the result stands for (`PQresultStatus`).
    pub(in super::super) fn status(&self) -> ResultStatus {
        // SAFETY: `raw` is a live result.
        match unsafe { pq_sys::PQresultStatus(self.raw.as_ptr()) } {
            ExecStatusType::PGRES_EMPTY_QUERY => ResultStatus::EmptyQuery,
            ExecStatusType::PGRES_COMMAND_OK => ResultStatus::CommandOk,
            ExecStatusType::PGRES_SINGLE_TUPLE | ExecStatusType::PGRES_TUPLES_CHUNK => {
                ResultStatus::PartialRows
            }
            ExecStatusType::PGRES_TUPLES_OK => ResultStatus::RowsEnd,
            ExecStatusType::PGRES_COPY_IN => ResultStatus::CopyIn,
            ExecStatusType::PGRES_COPY_OUT => ResultStatus::CopyOut,
            ExecStatusType::PGRES_COPY_BOTH => ResultStatus::CopyBoth,
            ExecStatusType::PGRES_BAD_RESPONSE
            | ExecStatusType::PGRES_NONFATAL_ERROR
            | ExecStatusType::PGRES_FATAL_ERROR
            | ExecStatusType::PGRES_PIPELINE_SYNC
            | ExecStatusType::PGRES_PIPELINE_ABORTED => ResultStatus::Error,
        }
    }

    /// A field of an error or notice; bytes that are not UTF-8 are replaced.
    pub(in super::super) fn diagnostic(&self, field: DiagnosticField) -> Option<String> {
        // SAFETY: `raw` is a live result, which owns the string; it is copied.
        unsafe { string_from(pq_sys::PQresultErrorField(self.raw.as_ptr(), field as c_int)) }
    }

    /// The whole text of an error, for errors that libpq made itself and that have no fields.
    pub(in super::super) fn error_message(&self) -> String {
        // SAFETY: `raw` is a live result, which owns the string; it is copied.
        unsafe { string_from(pq_sys::PQresultErrorMessage(self.raw.as_ptr())) }.unwrap_or_default()
    }

    /// The server's command tag, as `INSERT 0 3`; empty where there is none (`PQcmdStatus`).
    pub(in super::super) fn command_tag(&self) -> String {
        // SAFETY: `raw` is a live result, which owns the string; it is copied.
        unsafe { string_from(pq_sys::PQcmdStatus(self.raw.as_ptr())) }.unwrap_or_default()
    }

    /// The number of rows in the command tag; `None` where the command has none.
    pub(in super::super) fn affected_rows(&self) -> Option<u64> {
        // SAFETY: `raw` is a live result, which owns the string; it is copied.
        unsafe { string_from(pq_sys::PQcmdTuples(self.raw.as_ptr())) }?.parse().ok()
    }

    /// How many rows this result has, of those of the statement (`PQntuples`).
    pub(in super::super) fn row_count(&self) -> usize {
        // SAFETY: `raw` is a live result.
        usize::try_from(unsafe { pq_sys::PQntuples(self.raw.as_ptr()) }).unwrap_or(0)
    }

    /// How many columns the rows have (`PQnfields`).
    pub(in super::super) fn column_count(&self) -> usize {
        // SAFETY: `raw` is a live result.
        usize::try_from(unsafe { pq_sys::PQnfields(self.raw.as_ptr()) }).unwrap_or(0)
    }

    /// The name of a column; `None` where there is no such column.
    pub(in super::super) fn column_name(&self, column: usize) -> Option<String> {
        let column = c_int::try_from(column).ok()?;
        // SAFETY: `raw` is a live result, which owns the string; libpq checks the range of `column`.
        unsafe { string_from(pq_sys::PQfname(self.raw.as_ptr(), column)) }
    }

    /// The OID of a column's type; 0 where there is no such column.
    pub(in super::super) fn column_type(&self, column: usize) -> Oid {
        let Ok(column) = c_int::try_from(column) else { return 0 };
        // SAFETY: `raw` is a live result; libpq checks the range of `column`.
        unsafe { pq_sys::PQftype(self.raw.as_ptr(), column) }
    }

    /// A value, in the format that was asked for; `None` is NULL, or no such row or column.
    pub(in super::super) fn value(&self, row: usize, column: usize) -> Option<&[u8]> {
        if row >= self.row_count() || column >= self.column_count() {
            return None;
        }
        let (row, column) = (c_int::try_from(row).ok()?, c_int::try_from(column).ok()?);
        let raw = self.raw.as_ptr();
        // SAFETY: `raw` is a live result, and row and column are in range.
        let (is_null, start, length) = unsafe {
            (
                pq_sys::PQgetisnull(raw, row, column) != 0,
                pq_sys::PQgetvalue(raw, row, column),
                pq_sys::PQgetlength(raw, row, column),
            )
        };
        if is_null || start.is_null() {
            return None;
        }
        let length = usize::try_from(length).ok()?;
        // SAFETY: the value begins at `start`, has `length` bytes, and lives unchanged in the result,
        // which the slice borrows.
        Some(unsafe { std::slice::from_raw_parts(start.cast::<u8>(), length) })
    }
}

impl Drop for PgResult {
    fn drop(&mut self) {
        // SAFETY: `raw` is a live result that nothing uses afterwards.
        unsafe { pq_sys::PQclear(self.raw.as_ptr()) };
    }
}

impl Notice {
    /// The notice in a result that libpq hands to its notice receiver.
    pub(in super::super) fn from_result(result: &PgResult) -> Self {
        Notice {
            severity: result
                .diagnostic(DiagnosticField::Severity)
                .or_else(|| result.diagnostic(DiagnosticField::LocalizedSeverity))
                .unwrap_or_else(|| String::from("NOTICE")),
            sqlstate: result.diagnostic(DiagnosticField::Sqlstate),
            message: result
                .diagnostic(DiagnosticField::Message)
                .unwrap_or_else(|| result.error_message().trim().to_owned()),
            detail: result.diagnostic(DiagnosticField::Detail),
            hint: result.diagnostic(DiagnosticField::Hint),
            context: result.diagnostic(DiagnosticField::Context),
        }
    }
}
