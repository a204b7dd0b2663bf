//! A PostgreSQL URL as text: for people without its secrets, for programs with them.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::super::parameters::{SCHEMA, is_secret};
use super::{OPTIONS, PostgresUrl, beginning_of_secret};

/// Whether the host is written in brackets.
fn is_ipv6(host: &str) -> bool {
    host.contains(':') && host.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, ':' | '.'))
}

/// What needs an escape in a part of a URL.
const ESCAPED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A name, as far as it is to be seen.
fn fmt_name(f: &mut fmt::Formatter<'_>, name: &str, shown: bool) -> fmt::Result {
    match beginning_of_secret(name).filter(|_| !shown) {
        Some(start) => write!(f, "{}***", escaped(name.get(..start).unwrap_or_default())),
        None => write!(f, "{}", escaped(name)),
    }
}

/// The text percent-encoded, as a part of a URL.
pub(super) fn escaped(text: &str) -> impl fmt::Display {
    utf8_percent_encode(text, &ESCAPED)
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_with(f, Secrets::Hidden)
    }
}

/// What is written in the place of what nobody is to see.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Secrets {
    Hidden,
    Shown,
}

/// The URL with all that it holds.
struct Revealed<'u>(&'u PostgresUrl);

impl fmt::Display for Revealed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt_with(f, Secrets::Shown)
    }
}

impl PostgresUrl {
    /// The URL with its password, for a program that is to connect.
    pub(in crate::config::url) fn with_password(&self) -> String {
        Revealed(self).to_string()
    }

    /// Whether the URL holds anything that [`fmt::Display`] hides.
    pub(in crate::config::url) fn has_secret(&self) -> bool {
        let after_scheme = |url: &str| url.split_once("://").map(|(_, rest)| rest.to_owned());
        after_scheme(&self.with_password()) != after_scheme(&self.to_string())
    }

    fn fmt_with(&self, f: &mut fmt::Formatter<'_>, secrets: Secrets) -> fmt::Result {
        let shown = secrets == Secrets::Shown;
        // What is for programs has the scheme that all of them know.
        f.write_str(if shown { "postgresql://" } else { "postgres://" })?;
        let user = self.parameters.get("user");
        let password = self.parameters.get("password");
        if let Some(user) = user {
            fmt_name(f, user, shown)?;
        }
        match password {
            Some(password) if shown => write!(f, ":{}", escaped(password))?,
            Some(_) => f.write_str(":***")?,
            None => {}
        }
        if user.is_some() || password.is_some() {
            f.write_str("@")?;
        }
        self.fmt_hosts(f)?;
        if let Some(database) = self.database() {
            f.write_str("/")?;
            fmt_name(f, database, shown)?;
        }
        self.fmt_query(f, shown)
    }

    fn fmt_hosts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hosts = self.parameters.get("host").unwrap_or_default();
        let ports = self.parameters.get("port").unwrap_or_default();
        // One port is every host's.
        let last_port = if ports.contains(',') { "" } else { ports };
        let mut ports = ports.split(',');
        for (index, host) in hosts.split(',').enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            if is_ipv6(host) {
                write!(f, "[{host}]")?;
            } else {
                write!(f, "{}", escaped(host))?;
            }
            match ports.next().unwrap_or(last_port) {
                "" => {}
                port => write!(f, ":{port}")?,
            }
        }
        Ok(())
    }

    fn fmt_query(&self, f: &mut fmt::Formatter<'_>, shown: bool) -> fmt::Result {
        const IN_THE_ADDRESS: [&str; 5] = ["host", "port", "user", "password", "dbname"];
        let schema = self.search_path().map(|schema| (SCHEMA, schema));
        let others = self
            .parameters
            .as_slice()
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(name, _)| !IN_THE_ADDRESS.contains(name));
        for (index, (name, value)) in others.chain(schema).enumerate() {
            f.write_str(if index == 0 { "?" } else { "&" })?;
            // Options are settings of any extension's, secrets of theirs included.
            if (is_secret(name) || name == OPTIONS) && !shown {
                write!(f, "{name}=***")?;
            } else {
                write!(f, "{name}={}", escaped(value))?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresUrl({self})")
    }
}
