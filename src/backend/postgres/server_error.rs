//! Typed errors of an established PostgreSQL session.

use diesel::result::DatabaseErrorKind;
use thiserror::Error;

use super::libpq::{DiagnosticField, PgResult};

/// Why a statement failed.
///
/// For [`ErrorOrigin::Server`] the fields are the server's
/// [error fields](https://www.postgresql.org/docs/current/protocol-error-fields.html); otherwise only
/// `message`, and where it says so `detail` and `position`, are set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct ServerError {
    /// Who found the error.
    pub origin: ErrorOrigin,
    /// `ERROR`, `FATAL` or `PANIC`, never translated.
    pub severity: Option<String>,
    /// The five characters of the SQLSTATE.
    pub sqlstate: Option<String>,
    /// The message, usually one line.
    pub message: String,
    /// What the server says beyond the message, possibly several lines.
    pub detail: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
    /// Where in the text that was sent, in characters counted from 1.
    pub position: Option<usize>,
    /// A statement that the server ran itself, such as one in the body of a function.
    pub internal_query: Option<String>,
    /// Where in `internal_query`, in characters counted from 1.
    pub internal_position: Option<usize>,
    /// The call stack of functions, innermost first.
    pub context: Option<String>,
    /// The schema of the object that the error is about.
    pub schema: Option<String>,
    /// The table that the error is about.
    pub table: Option<String>,
    /// The column that the error is about.
    pub column: Option<String>,
    /// The data type that the error is about.
    pub datatype: Option<String>,
    /// The constraint that the error is about; indexes count as such.
    pub constraint: Option<String>,
    /// The session is over. Whether the statement took effect is not known.
    pub connection_lost: bool,
}

/// Who found an error.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorOrigin {
    /// The server.
    #[default]
    Server,
    /// libpq: the connection is lost, another command is under way, or there are too many parameters.
    Libpq,
    /// The text holds a NUL character, which the protocol cannot carry; `position` tells where.
    /// Nothing was sent.
    NulCharacter,
    /// A `COPY … FROM STDIN` in a batch: there is no data for it, so the server was told to fail it.
    /// The other fields are the server's.
    CopyWithoutData,
    /// The statement was to be a `COPY … FROM STDIN` and was another. It was carried out.
    NotCopyFromStdin,
    /// Diesel's transaction was to be committed, and the server rolled it back because of an earlier
    /// error in it.
    RolledBack,
}

/// Why a batch of statements failed, and how far it had got.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{error}")]
pub struct BatchError {
    /// How many statements before the failing one had succeeded. Outside an explicit transaction block
    /// they have been rolled back with it.
    pub completed: usize,
    /// Why the next one failed; where the text as a whole cannot be parsed, why that is so.
    pub error: Box<ServerError>,
}

impl ServerError {
    /// Reads the fields that the server has sent with a failed result; what libpq itself says where there are
    /// none.
    pub(super) fn from_result(result: &PgResult) -> Self {
        let field = |field| result.diagnostic(field);
        let position = |field| result.diagnostic(field).and_then(|text| text.parse().ok());
        let Some(message) = field(DiagnosticField::Message) else {
            return Self::from_libpq(&result.error_message());
        };
        Self {
            origin: ErrorOrigin::Server,
            severity: field(DiagnosticField::Severity).or_else(|| field(DiagnosticField::LocalizedSeverity)),
            sqlstate: field(DiagnosticField::Sqlstate),
            message,
            detail: field(DiagnosticField::Detail),
            hint: field(DiagnosticField::Hint),
            position: position(DiagnosticField::Position),
            internal_query: field(DiagnosticField::InternalQuery),
            internal_position: position(DiagnosticField::InternalPosition),
            context: field(DiagnosticField::Context),
            schema: field(DiagnosticField::Schema),
            table: field(DiagnosticField::Table),
            column: field(DiagnosticField::Column),
            datatype: field(DiagnosticField::Datatype),
            constraint: field(DiagnosticField::Constraint),
            connection_lost: false,
        }
    }

    /// An error that libpq describes in one or more lines of text.
    pub(super) fn from_libpq(text: &str) -> Self {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let message = lines.next().unwrap_or("libpq gave no reason").to_owned();
        let detail = lines.collect::<Vec<_>>().join(" ");
        Self {
            origin: ErrorOrigin::Libpq,
            message,
            detail: Some(detail).filter(|detail| !detail.is_empty()),
            ..Self::default()
        }
    }

    /// `sql` holds a NUL character after `valid_bytes` bytes.
    pub(super) fn nul_character(sql: &str, valid_bytes: usize) -> Self {
        Self {
            origin: ErrorOrigin::NulCharacter,
            message: String::from("the SQL text holds a NUL character"),
            position: Some(character_position(sql, valid_bytes)),
            ..Self::default()
        }
    }

    /// The error of a statement that was to be a `COPY … FROM STDIN` and was another.
    pub(super) fn not_copy_from_stdin() -> Self {
        Self {
            origin: ErrorOrigin::NotCopyFromStdin,
            message: String::from("the statement is not a COPY … FROM STDIN"),
            ..Self::default()
        }
    }

    /// The error of a transaction of Diesel's that the server rolled back instead of committing it.
    pub(super) fn rolled_back() -> Self {
        Self {
            origin: ErrorOrigin::RolledBack,
            message: String::from("the transaction was rolled back because of an earlier error in it"),
            ..Self::default()
        }
    }

    /// The kind under which Diesel tells the error, which it takes from the SQLSTATE as its own connection
    /// does.
    pub(super) fn diesel_kind(&self) -> DatabaseErrorKind {
        if self.connection_lost {
            return DatabaseErrorKind::ClosedConnection;
        }
        if matches!(self.origin, ErrorOrigin::Libpq | ErrorOrigin::NulCharacter) {
            return DatabaseErrorKind::UnableToSendCommand;
        }
        match self.sqlstate.as_deref() {
            Some("23001") => DatabaseErrorKind::RestrictViolation,
            Some("23502") => DatabaseErrorKind::NotNullViolation,
            Some("23503") => DatabaseErrorKind::ForeignKeyViolation,
            Some("23505") => DatabaseErrorKind::UniqueViolation,
            Some("23514") => DatabaseErrorKind::CheckViolation,
            Some("23P01") => DatabaseErrorKind::ExclusionViolation,
            Some("25006") => DatabaseErrorKind::ReadOnlyTransaction,
            Some("40001") => DatabaseErrorKind::SerializationFailure,
            Some(state) if state.starts_with("08") => DatabaseErrorKind::ClosedConnection,
            _ => DatabaseErrorKind::Unknown,
        }
    }
}

/// The number, counted from 1, of the character of `text` that begins `byte_offset` bytes in. An offset
/// within a character is that character's, and one past the end is the end's.
pub(super) fn character_position(text: &str, byte_offset: usize) -> usize {
    text.char_indices().take_while(|(start, character)| start + character.len_utf8() <= byte_offset).count()
        + 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn libpqs_text_is_split_into_message_and_detail() {
        let error = ServerError::from_libpq(
            "server closed the connection unexpectedly\n\tThis probably means the server terminated abnormally\n\tbefore or while processing the request.\n",
        );
        assert_eq!(error.to_string(), "server closed the connection unexpectedly");
        assert_eq!(
            error.detail.as_deref(),
            Some(
                "This probably means the server terminated abnormally before or while processing the request."
            )
        );
        assert_eq!(error.origin, ErrorOrigin::Libpq);
    }

    #[test]
    fn a_lost_connection_is_that_to_diesel_whatever_the_sqlstate() {
        let error = ServerError {
            sqlstate: Some(String::from("23505")),
            connection_lost: true,
            ..ServerError::default()
        };
        assert_eq!(error.diesel_kind(), DatabaseErrorKind::ClosedConnection);
    }

    #[test]
    fn the_position_of_a_nul_counts_characters() {
        assert_eq!(ServerError::nul_character("é\0", 2).position, Some(2));
    }

    proptest! {
        #[test]
        fn a_character_is_found_by_where_it_begins(text in "\\PC*", index in 0usize..20) {
            let offset = text.char_indices().nth(index).map_or(text.len(), |(start, _)| start);
            let expected = index.min(text.chars().count()) + 1;
            prop_assert_eq!(character_position(&text, offset), expected);
        }
    }
}
