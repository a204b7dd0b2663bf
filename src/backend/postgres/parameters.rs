//! What a session connects with, between what was given and what libpq takes from its environment.

use std::ffi::{CStr, CString};
use std::net::IpAddr;

use super::connect_error::ConnectError;
use super::libpq;

/// Seconds to wait for each address of the server where `connect_timeout` does not say.
const DEFAULT_CONNECT_TIMEOUT: &str = "10";

/// Splits a libpq connection string, of `keyword=value` pairs or a URI, into parameters.
///
/// # Errors
/// When it is malformed. The error does not quote it, as it may hold a password.
pub fn parse_conninfo(conninfo: &str) -> Result<Vec<(String, String)>, ConnectError> {
    CString::new(conninfo)
        .ok()
        .and_then(|conninfo| libpq::parse_conninfo(&conninfo))
        .ok_or_else(|| ConnectError::invalid_parameter(String::from("malformed connection string")))
}

/// Whether libpq asks the system's resolver for one of the hosts, which takes as long as that likes.
pub(super) fn resolves_a_name(
    parameters: &[(CString, CString)],
    variable: impl Fn(&str) -> Option<String>,
) -> bool {
    let value = |keyword: &CStr, name: &str| {
        let given = parameters.iter().rfind(|(given, _)| given.as_c_str() == keyword);
        let given = given.map(|(_, value)| value.to_string_lossy().into_owned());
        given.or_else(|| variable(name)).unwrap_or_default()
    };
    let is_name = |host: &str| {
        !(host.is_empty()
            || host == "localhost"
            || host.starts_with(['/', '@'])
            || host.parse::<IpAddr>().is_ok())
    };
    !value(c"service", "PGSERVICE").is_empty()
        || value(c"hostaddr", "PGHOSTADDR").is_empty() && value(c"host", "PGHOST").split(',').any(is_name)
}

/// `parameters` between those that are only a default and those that are required; of a keyword given twice, libpq
/// takes the last.
///
/// # Errors
/// [`ConnectError`] of a `connect_timeout` that is no number, and of a keyword or value with a NUL character.
pub(super) fn complete_parameters(
    parameters: &[(String, String)],
) -> Result<Vec<(CString, CString)>, ConnectError> {
    let mut defaults = vec![("fallback_application_name", "revgraph")];
    let is_given =
        |keyword: &str| parameters.iter().any(|(given, value)| given == keyword && !value.is_empty());
    // Here a default would go before libpq's own sources, so it is left out where one may have a value.
    if !is_given("service")
        && ["PGCONNECT_TIMEOUT", "PGSERVICE"].iter().all(|name| std::env::var_os(name).is_none())
    {
        defaults.push(("connect_timeout", DEFAULT_CONNECT_TIMEOUT));
    }
    let given = parameters.iter().filter(|(_, value)| !value.is_empty());
    // libpq reads this one only where it does the waiting.
    if let Some((_, timeout)) = given.clone().find(|(keyword, _)| keyword == "connect_timeout")
        && timeout.trim().parse::<i32>().is_err()
    {
        let message = format!("invalid integer value {timeout:?} for connection option \"connect_timeout\"");
        return Err(ConnectError::invalid_parameter(message));
    }
    let authorities = authorities(parameters);
    defaults
        .into_iter()
        .chain(given.map(|(keyword, value)| (keyword.as_str(), value.as_str())))
        .chain(authorities.iter().map(|(keyword, value)| (*keyword, value.as_str())))
        .chain([("client_encoding", "UTF8")])
        .map(|(keyword, value)| match (CString::new(keyword), CString::new(value)) {
            (Ok(keyword), Ok(value)) => Ok((keyword, value)),
            _ => Err(ConnectError::invalid_parameter(format!(
                "the connection parameter {keyword:?} holds a NUL character"
            ))),
        })
        .collect()
}

/// What `sslrootcert=system` stands for, where OpenSSL is compiled in.
#[cfg(feature = "bundled-libpq")]
fn authorities(parameters: &[(String, String)]) -> Vec<(&'static str, String)> {
    let variable = |name: &str| std::env::var(name).ok();
    super::authorities::of_system(parameters, variable, || openssl_probe::probe().cert_file)
}

/// The system's OpenSSL knows where the system's certificates are.
#[cfg(not(feature = "bundled-libpq"))]
fn authorities(_: &[(String, String)]) -> Vec<(&'static str, String)> {
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_looked_up_on_a_thread_of_its_own() {
        let resolves = |parameters: &[(&str, &str)], variable: Option<&str>| {
            let parameters: Vec<_> = parameters
                .iter()
                .filter_map(|(keyword, value)| {
                    Some((CString::new(*keyword).ok()?, CString::new(*value).ok()?))
                })
                .collect();
            resolves_a_name(&parameters, |name| variable.filter(|_| name == "PGHOST").map(str::to_owned))
        };
        for host in ["db", "db.example.com", "/tmp,db", "127.0.0.1,db"] {
            assert!(resolves(&[("host", host)], None), "{host}");
            assert!(!resolves(&[("host", host), ("hostaddr", "127.0.0.1")], None), "{host}");
        }
        for host in ["", "/tmp", "@socket", "127.0.0.1", "::1", "localhost", "127.0.0.1,/tmp"] {
            assert!(!resolves(&[("host", host)], None), "{host}");
        }
        assert!(resolves(&[], Some("db")) && !resolves(&[("host", "/tmp")], Some("db")));
        assert!(resolves(&[("service", "x")], None));
    }
}
