//! Which servers revgraph works with.

use super::super::BackendError;
use super::session::Session;

/// Settings that only servers of other makes report, which speak PostgreSQL's protocol. What they leave out fails without a
/// word: advisory locks of CockroachDB lock nothing.
const OTHER_MAKES: [(&str, &str); 1] = [("crdb_version", "CockroachDB")];

/// Checks make and version of the server of a session before anything is asked of it.
///
/// # Errors
/// [`BackendError::OtherServer`] and [`BackendError::ServerTooOld`]
pub(super) fn check(session: &Session) -> Result<(), BackendError> {
    let other = OTHER_MAKES.into_iter().find(|(setting, _)| session.parameter_status(setting).is_some());
    match other {
        Some((_, make)) => Err(BackendError::OtherServer { make }),
        None => check_version(session.server_version()),
    }
}

/// The oldest version, as `PQserverVersion` has it; the catalog reads what older ones have not.
const OLDEST: i32 = 130_000;

/// Checks the version of a server, as `PQserverVersion` has it. Zero is no version:
/// the connection is lost, and what comes next tells so.
///
/// # Errors
/// [`BackendError::ServerTooOld`]
fn check_version(version: i32) -> Result<(), BackendError> {
    if (1..OLDEST).contains(&version) {
        return Err(BackendError::ServerTooOld { version: readable(version) });
    }
    Ok(())
}

/// Before version 10 two numbers told the major version.
fn readable(version: i32) -> String {
    if version >= 100_000 {
        format!("{}.{}", version / 10_000, version % 10_000)
    } else {
        format!("{}.{}.{}", version / 10_000, version / 100 % 100, version % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_before_13_are_refused_with_their_version() {
        for (version, told) in [(90_624, "9.6.24"), (100_023, "10.23"), (129_999, "12.9999")] {
            match check_version(version) {
                Err(BackendError::ServerTooOld { version }) => assert_eq!(version, told),
                other => panic!("{version}: {other:?}"),
            }
        }
        for version in [0, 130_000, 150_018, 190_000] {
            assert!(check_version(version).is_ok(), "{version}");
        }
    }
}
