//! Why a connection could not be made.

use thiserror::Error;

use super::super::UnreachableKind;
use crate::cancellation::Cancelled;

/// Why a connection could not be made.
///
/// The message is libpq's and the server's. Neither quotes a password.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct ConnectError {
    /// What to do about it depends on this; none where the work for which it was to be made has been cancelled.
    pub kind: Option<UnreachableKind>,
    /// What failed and where, one line for each host that was tried, with hints below.
    pub message: String,
    /// The server's SQLSTATE, if a server answered.
    pub sqlstate: Option<String>,
}

/// What begins libpq's message when it got as far as trying a host; it is not translated, nor are the next two.
const ATTEMPT_PREFIX: &str = "connection to server";
const UNKNOWN_HOST_PREFIX: &str = "could not translate host name";
const TIMED_OUT: [&str; 2] = ["timeout expired", "Connection timed out"];
/// What ends libpq's message on a number that is none; some are read only when a host is tried.
const MALFORMED_NUMBER: &str = "for connection option";

/// What stands in libpq's messages on encryption; they are not translated.
const TLS_WORDS: [&str; 4] = ["SSL error", "does not support SSL", "certificate", "SSL connection"];

/// What ends the server's refusal of a connection that is not encrypted; before PostgreSQL 15 the second. Where it lets
/// in no other connection either, it says `SSL encryption`.
const NOT_ENCRYPTED: [&str; 2] = ["no encryption", "SSL off"];

/// The SQLSTATE `protocol_violation`.
const PROTOCOL_VIOLATION: &str = "08P01";

impl ConnectError {
    /// `message` is what libpq says at verbosity `PQERRORS_VERBOSE`, where the SQLSTATE follows the
    /// severity; `password_missing` what `PQconnectionNeedsPassword` says.
    pub(super) fn from_libpq(message: &str, password_missing: bool) -> Self {
        let mut sqlstate = None;
        let mut lines: Vec<String> = message
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with("LOCATION:  "))
            .map(|line| match split_sqlstate(line) {
                None => line.to_owned(),
                Some((before, state, after)) => {
                    sqlstate = Some(state.to_owned());
                    format!("{before}{after}")
                }
            })
            .collect();
        // `sslmode=prefer` tries a host twice.
        lines.dedup();
        let message = if lines.is_empty() { String::from("out of memory") } else { lines.join("\n") };
        let kind = match &sqlstate {
            Some(state) if state == PROTOCOL_VIOLATION => kind_of_pooler_message(&message),
            Some(state) => kind_of_sqlstate(state, &message),
            None if password_missing => UnreachableKind::Authentication,
            None if TLS_WORDS.iter().any(|words| message.contains(words)) => UnreachableKind::Tls,
            None if message.contains(MALFORMED_NUMBER) => UnreachableKind::Other,
            // Of several hosts the last one decides.
            None => kind_of_attempt(message.lines().rfind(|line| is_attempt(line)).unwrap_or_default()),
        };
        Self { kind: Some(kind), message, sqlstate }
    }

    /// The error of a connection that was not made because the work has been cancelled.
    pub(super) fn cancelled() -> Self {
        Self { kind: None, message: Cancelled.to_string(), sqlstate: None }
    }

    /// A parameter that cannot be passed on; the message must not quote its value.
    pub(super) fn invalid_parameter(message: String) -> Self {
        Self { kind: Some(UnreachableKind::Other), message, sqlstate: None }
    }
}

/// Older versions of PgBouncer give every refusal the same SQLSTATE. Their text is never translated.
fn kind_of_pooler_message(message: &str) -> UnreachableKind {
    if message.contains("authentication failed") || message.contains("no such user") {
        UnreachableKind::Authentication
    } else if message.contains("no such database") {
        UnreachableKind::NoSuchDatabase
    } else {
        UnreachableKind::Other
    }
}

fn is_attempt(line: &str) -> bool {
    line.starts_with(ATTEMPT_PREFIX) || line.starts_with(UNKNOWN_HOST_PREFIX)
}

/// What kept a host from being reached, where no server has answered.
fn kind_of_attempt(line: &str) -> UnreachableKind {
    if line.starts_with(UNKNOWN_HOST_PREFIX) {
        UnreachableKind::UnknownHost
    } else if TIMED_OUT.iter().any(|words| line.contains(words)) {
        UnreachableKind::Timeout
    } else if is_attempt(line) {
        UnreachableKind::NoAnswer
    } else {
        UnreachableKind::Other
    }
}

/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>. One SQLSTATE stands for several reasons why a role
/// may not log in; they are told apart by the server's message as far as it is English.
fn kind_of_sqlstate(sqlstate: &str, message: &str) -> UnreachableKind {
    match sqlstate {
        "3D000" => UnreachableKind::NoSuchDatabase,
        // too_many_connections
        "53300" => UnreachableKind::TooManyConnections,
        // admin_shutdown, crash_shutdown, cannot_connect_now
        "57P01" | "57P02" | "57P03" => UnreachableKind::Starting,
        "28000" if NOT_ENCRYPTED.iter().any(|words| message.contains(words)) => UnreachableKind::Tls,
        "28000" if message.contains("role \"") && message.contains("does not exist") => {
            UnreachableKind::NoSuchRole
        }
        _ if sqlstate.starts_with("28") => UnreachableKind::Authentication,
        // connection exceptions; insufficient resources
        _ if sqlstate.starts_with("08") || sqlstate.starts_with("53") => UnreachableKind::NoAnswer,
        _ => UnreachableKind::Other,
    }
}

/// Splits `… FATAL:  28P01: text` into what precedes the SQLSTATE, the SQLSTATE, and the text.
/// The severity may be in any language.
fn split_sqlstate(line: &str) -> Option<(&str, &str, &str)> {
    const AFTER_SEVERITY: &str = ":  ";
    line.match_indices(AFTER_SEVERITY).find_map(|(start, _)| {
        let (before, rest) = line.split_at_checked(start + AFTER_SEVERITY.len())?;
        let (state, text) = rest.split_at_checked(5)?;
        let is_sqlstate = state.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
        let text = text.strip_prefix(": ")?;
        is_sqlstate.then_some((before, state, text))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(message: &str) -> UnreachableKind {
        ConnectError::from_libpq(message, false).kind.unwrap()
    }

    #[test]
    fn the_sqlstate_is_read_and_taken_out_of_the_message() {
        let error = ConnectError::from_libpq(
            "connection to server at \"::1\", port 5432 failed: FATAL:  28P01: password authentication failed for user \"u\"\nLOCATION:  auth_failed, auth.c:338\n",
            false,
        );
        assert_eq!(error.kind, Some(UnreachableKind::Authentication));
        assert_eq!(error.sqlstate.as_deref(), Some("28P01"));
        assert_eq!(
            error.to_string(),
            "connection to server at \"::1\", port 5432 failed: FATAL:  password authentication failed for user \"u\""
        );
    }

    #[test]
    fn the_kind_does_not_depend_on_the_servers_language() {
        let error = ConnectError::from_libpq(
            "connection to server on socket \"/tmp/.s.PGSQL.5432\" failed: ВАЖНО:  3D000: база данных \"x\" не существует\n",
            false,
        );
        assert_eq!(error.kind, Some(UnreachableKind::NoSuchDatabase));
    }

    #[test]
    fn a_server_that_is_starting_or_full_is_worth_retrying() {
        assert_eq!(
            kind("… failed: FATAL:  57P03: the database system is starting up"),
            UnreachableKind::Starting
        );
        assert_eq!(
            kind("… failed: FATAL:  53300: sorry, too many clients already"),
            UnreachableKind::TooManyConnections
        );
    }

    #[test]
    fn without_a_server_the_attempt_tells_apart_from_a_malformed_parameter() {
        assert_eq!(
            kind(
                "connection to server at \"h\", port 1 failed: Connection refused\n\tIs the server running?\n"
            ),
            UnreachableKind::NoAnswer
        );
        assert_eq!(
            kind("could not translate host name \"h\" to address: Name or service not known"),
            UnreachableKind::UnknownHost
        );
        assert_eq!(
            kind("connection to server at \"h\", port 1 failed: timeout expired\n"),
            UnreachableKind::Timeout
        );
        assert_eq!(kind("invalid connection option \"hots\""), UnreachableKind::Other);
        assert_eq!(kind(""), UnreachableKind::Other);
    }

    #[test]
    fn of_those_who_may_not_log_in_some_lack_encryption_and_some_do_not_exist() {
        let refused = |text: &str| {
            kind(&format!("connection to server at \"h\", port 1 failed: FATAL:  28000: {text}"))
        };
        for text in [
            "no pg_hba.conf entry for host \"::1\", user \"u\", database \"d\", no encryption",
            "no pg_hba.conf entry for host \"::1\", user \"u\", database \"d\", SSL off",
        ] {
            assert_eq!(refused(text), UnreachableKind::Tls, "{text}");
        }
        assert_eq!(refused("role \"u\" does not exist"), UnreachableKind::NoSuchRole);
        for text in [
            "no pg_hba.conf entry for host \"::1\", user \"u\", database \"d\", SSL encryption",
            "role \"u\" is not permitted to log in",
            "роль \"u\" не существует",
        ] {
            assert_eq!(refused(text), UnreachableKind::Authentication, "{text}");
        }
    }

    #[test]
    fn a_missing_password_is_an_authentication_failure() {
        let message = "connection to server at \"h\", port 1 failed: fe_sendauth: no password supplied";
        assert_eq!(ConnectError::from_libpq(message, true).kind, Some(UnreachableKind::Authentication));
    }

    #[test]
    fn of_several_hosts_the_last_that_answered_decides() {
        let error = ConnectError::from_libpq(
            "connection to server at \"a\", port 1 failed: FATAL:  57P03: starting up\nconnection to server at \"b\", port 1 failed: FATAL:  3D000: database \"x\" does not exist\n",
            false,
        );
        assert_eq!(error.kind, Some(UnreachableKind::NoSuchDatabase));
        assert_eq!(error.message.lines().count(), 2);
    }

    #[test]
    fn a_poolers_refusals_are_told_apart_by_their_text() {
        assert_eq!(
            kind("… failed: FATAL:  08P01: password authentication failed"),
            UnreachableKind::Authentication
        );
        assert_eq!(kind("… failed: FATAL:  08P01: no such database: nope"), UnreachableKind::NoSuchDatabase);
        assert_eq!(kind("… failed: FATAL:  08P01: bouncer config error"), UnreachableKind::Other);
    }

    #[test]
    fn what_two_attempts_say_alike_is_said_once() {
        let line = "connection to server at \"h\", port 1 failed: FATAL:  42704: unrecognized parameter\n";
        assert_eq!(ConnectError::from_libpq(&line.repeat(2), false).message.lines().count(), 1);
    }

    #[test]
    fn text_that_merely_resembles_a_sqlstate_is_left_alone() {
        for line in ["a:  b", "a:  1234", "a:  12é45: b", "a:  lower: b", "a:  12345 b"] {
            assert_eq!(split_sqlstate(line), None, "{line}");
        }
    }
}
