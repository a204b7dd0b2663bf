//! `sslrootcert=system` for the OpenSSL that is compiled in, which looks for the system's certificates where the one that
//! built it would have put them, and no system does.

use std::path::PathBuf;

/// What libpq is told besides `parameters`, a later one going before an earlier one, so that `sslrootcert=system` means
/// the certificates that the system has: their file, and libpq's own `sslmode` for them, `verify-full`.
///
/// Nothing where something else is asked for, where OpenSSL's own variables say where to look, or where a weaker `sslmode`
/// is given, which libpq refuses. `variable` gives the value of an environment variable, `find` the system's file.
pub(super) fn of_system(
    parameters: &[(String, String)],
    variable: impl Fn(&str) -> Option<String>,
    find: impl FnOnce() -> Option<PathBuf>,
) -> Vec<(&'static str, String)> {
    let value = |keyword: &str, name: &str| {
        let given = parameters.iter().rev().find(|(given, value)| given == keyword && !value.is_empty());
        given.map(|(_, value)| value.clone()).or_else(|| variable(name).filter(|value| !value.is_empty()))
    };
    let asked = value("sslrootcert", "PGSSLROOTCERT").as_deref() == Some("system");
    let is_told = ["SSL_CERT_FILE", "SSL_CERT_DIR"].iter().any(|name| variable(name).is_some());
    let is_weaker = value("sslmode", "PGSSLMODE").is_some_and(|mode| mode != "verify-full");
    if !asked || is_told || is_weaker {
        return Vec::new();
    }
    match find().and_then(|file| file.to_str().map(str::to_owned)) {
        Some(file) => vec![("sslrootcert", file), ("sslmode", "verify-full".to_owned())],
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(parameters: &[(&str, &str)], variables: &[(&str, &str)]) -> Vec<(&'static str, String)> {
        let parameters: Vec<(String, String)> =
            parameters.iter().map(|&(keyword, value)| (keyword.to_owned(), value.to_owned())).collect();
        let variable = |name: &str| {
            variables.iter().find(|(given, _)| *given == name).map(|&(_, value)| value.to_owned())
        };
        of_system(&parameters, variable, || Some(PathBuf::from("/etc/ca.crt")))
    }

    #[test]
    fn the_systems_certificates_are_the_file_that_the_system_has() {
        let file = vec![("sslrootcert", "/etc/ca.crt".to_owned()), ("sslmode", "verify-full".to_owned())];
        assert_eq!(told(&[("sslrootcert", "system")], &[]), file);
        assert_eq!(told(&[("sslrootcert", "system"), ("sslmode", "verify-full")], &[]), file);
        assert_eq!(told(&[], &[("PGSSLROOTCERT", "system")]), file);
    }

    #[test]
    fn what_is_said_otherwise_is_libpqs() {
        assert!(told(&[("host", "h")], &[]).is_empty());
        assert!(told(&[("sslrootcert", "ca.pem")], &[("PGSSLROOTCERT", "system")]).is_empty());
        assert!(told(&[("sslrootcert", "system"), ("sslmode", "require")], &[]).is_empty());
        assert!(told(&[("sslrootcert", "system")], &[("PGSSLMODE", "prefer")]).is_empty());
        assert!(told(&[("sslrootcert", "system")], &[("SSL_CERT_FILE", "/mine.pem")]).is_empty());
    }
}
