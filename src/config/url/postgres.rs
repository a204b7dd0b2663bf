//! PostgreSQL URLs, as libpq, SQLAlchemy and Prisma write them.

use std::fmt;
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::error::UrlError;
use super::keywords::Keywords;
use super::parameters::{Meaning, SCHEMA, is_secret, meaning, nearest_parameter};
use super::{percent_decoded, prisma, query_parameters};

/// libpq's keyword for the seconds that a server has to take a connection.
const CONNECT_TIMEOUT: &str = "connect_timeout";
/// libpq's keyword for settings of the session, which may be any extension's secrets.
const OPTIONS: &str = "options";
/// What is shorter is no secret, and may be a part of any word.
const SHORTEST_SECRET: usize = 3;
/// The shortest name that makes a `?` before an `@` the beginning of the parameters: libpq's
/// shortest keywords have four letters.
const SHORTEST_PARAMETER: usize = 4;

/// The address of a PostgreSQL database, as keywords and values of libpq. `Display` and `Debug`
/// show `***` for every password.
///
/// The form is `postgres://USER:PASSWORD@HOST:PORT,HOST:PORT/DATABASE?NAME=VALUE&…`, all parts
/// optional and percent-encoded. A password need not be encoded: the last `@` before the
/// parameters ends it, and a `%` that begins no escape is a `%`. Only `?` has to be written `%3F`
/// in it where a name of four or more letters and `=` follow, since parameters would begin there;
/// likewise `%` before two hexadecimal digits.
///
/// Parameters are libpq's keywords, and:
/// - `schema` (Prisma): the search path.
/// - `host` (SQLAlchemy) may be repeated, and may have a port: `host=a:5432&host=b:5433`.
/// - `ssl` (asyncpg, JDBC): `true` is `sslmode=require`, `false` is `sslmode=disable`, and a mode
///   is that mode.
/// - `sslaccept` (Prisma): `strict` is `sslmode=verify-full`, unless `sslmode` is `disable`,
///   `verify-ca` or `verify-full`; `accept_invalid_certs` changes nothing, as libpq verifies no
///   certificate unless told to. Beside `sslaccept` or `sslidentity`, and without libpq's
///   `sslkey`, `sslcert` means what it does to Prisma, the certificate of the authority, which is
///   libpq's `sslrootcert`; it is used for `strict` alone.
/// - Prisma's for its pool and its own TLS are ignored: `connection_limit`, `pool_timeout`,
///   `pgbouncer`, `statement_cache_size`, `socket_timeout`, `sslidentity` and others.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresUrl {
    parameters: Keywords,
    search_path: Option<String>,
}

impl PostgresUrl {
    /// Reads what follows `postgres://`.
    pub(super) fn parse(text: &str) -> Result<Self, UrlError> {
        let (user_info, location) = split_user_info(text);
        let (location, query) = location.split_once('?').unwrap_or((location, ""));
        let (hosts, database) = location.split_once('/').unwrap_or((location, ""));
        let (user, password) = user_info.split_once(':').unwrap_or((user_info, ""));

        let mut url = Self::from_keywords(Vec::new());
        url.set_hosts(&parse_hosts(hosts)?);
        for (name, value) in [("user", user), ("password", password), ("dbname", database)] {
            if !value.is_empty() {
                url.parameters.set(name, percent_decoded(value)?);
            }
        }
        url.apply_query(query)?;
        Ok(url)
    }

    /// The address that keywords of libpq give. `schema` among them is the search path.
    pub(in crate::config) fn from_keywords(keywords: Vec<(String, String)>) -> Self {
        let mut url = Self { parameters: Keywords::new(keywords), search_path: None };
        url.search_path = url.parameters.take(SCHEMA).filter(|schema| !schema.is_empty());
        url
    }

    /// libpq's keywords and their values, decoded, each keyword once. They hold the password.
    #[must_use]
    pub fn parameters(&self) -> &[(String, String)] {
        self.parameters.as_slice()
    }

    /// Prisma's `schema`: the one schema that the search path is to be, as its bare name, not
    /// quoted.
    #[must_use]
    pub fn search_path(&self) -> Option<&str> {
        self.search_path.as_deref()
    }

    /// The database's name, where the URL has one; libpq's default is the name of the user.
    #[must_use]
    pub fn database(&self) -> Option<&str> {
        self.parameters.get("dbname")
    }

    /// Whether the value of one of libpq's keywords is never to be shown.
    #[must_use]
    pub fn is_secret(keyword: &str) -> bool {
        is_secret(keyword)
    }

    /// The URL with the name of another database.
    #[must_use]
    pub fn with_database(&self, name: &str) -> Self {
        let mut url = self.clone();
        url.parameters.set("dbname", name.to_owned());
        url
    }

    /// The same address with a `connect_timeout`, where it has none.
    pub(super) fn with_connect_timeout(&self, timeout: Duration) -> Self {
        let mut url = self.clone();
        if url.parameters.get(CONNECT_TIMEOUT).is_none() {
            url.parameters.set(CONNECT_TIMEOUT, timeout.as_secs().max(1).to_string());
        }
        url
    }

    /// What a server or libpq says of a connection to this address, without what `Display` does not show: a server quotes
    /// names and the values of settings, though never a password.
    #[must_use]
    pub fn without_secrets(&self, said: &str) -> String {
        let mut secrets: Vec<&str> = Vec::new();
        for (keyword, value) in self.parameters.as_slice() {
            match keyword.as_str() {
                OPTIONS => secrets.extend(value.split([' ', '\\']).map(|word| {
                    word.split_once('=').map_or(word.trim_start_matches("-c"), |(_, value)| value)
                })),
                "user" | "dbname" => {
                    secrets.extend(beginning_of_secret(value).and_then(|start| value.get(start..)))
                }
                _ => {}
            }
        }
        // The longest first, as one may be a part of another.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets
            .iter()
            .filter(|secret| secret.len() >= SHORTEST_SECRET)
            .fold(said.to_owned(), |said, secret| said.replace(secret, "***"))
    }

    fn set_hosts(&mut self, hosts: &[Host]) {
        let joined = |part: fn(&Host) -> &str| hosts.iter().map(part).collect::<Vec<_>>().join(",");
        if hosts.len() > 1 || hosts.iter().any(|host| !host.name.is_empty()) {
            self.parameters.set("host", joined(|host| &host.name));
        }
        if hosts.iter().any(|host| !host.port.is_empty()) {
            self.parameters.set("port", joined(|host| &host.port));
        }
    }

    fn apply_query(&mut self, query: &str) -> Result<(), UrlError> {
        let mut hosts = Vec::new();
        let mut prisma = prisma::Tls::default();
        // What follows an unescaped `@` or `&` of a password looks like a name.
        let mut names_are_safe = !query.contains('@');
        for (name, value) in query_parameters(query)? {
            match meaning(&name) {
                Some(Meaning::Libpq) if name == "host" => hosts.extend(hosts_of_parameter(&value)),
                Some(Meaning::Libpq) if name == "port" && !is_port_list(&value) => {
                    return Err(UrlError::Port);
                }
                Some(Meaning::Libpq) => self.parameters.set(&name, value),
                Some(Meaning::SearchPath) => {
                    self.search_path = Some(value).filter(|schema| !schema.is_empty());
                }
                Some(Meaning::Ssl) => self.parameters.set("sslmode", ssl_mode(value)?),
                Some(Meaning::SslAccept) => prisma.accept(&value)?,
                Some(Meaning::Ignored) => prisma.identity |= name == "sslidentity",
                None => {
                    return Err(UrlError::UnknownParameter {
                        nearest: nearest_parameter(&name).filter(|_| names_are_safe),
                        name: Some(name).filter(|_| names_are_safe),
                    });
                }
            }
            names_are_safe &= !is_secret(&name);
        }
        self.set_hosts(&hosts);
        prisma.apply_to(&mut self.parameters);
        Ok(())
    }
}

/// Splits off the user and password, which end at the last `@` before the parameters.
fn split_user_info(text: &str) -> (&str, &str) {
    let (before_parameters, _) = text.split_at(start_of_parameters(text).unwrap_or(text.len()));
    match before_parameters.rfind('@') {
        Some(at) => (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default()),
        None => ("", text),
    }
}

/// The first `?` that a name and `=` follow; any other may belong to a password.
fn start_of_parameters(text: &str) -> Option<usize> {
    text.match_indices('?').map(|(index, _)| index).find(|index| {
        let after = text.get(index + 1..).unwrap_or_default();
        after.split_once('=').is_some_and(|(name, _)| {
            name.len() >= SHORTEST_PARAMETER
                && name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        })
    })
}

/// One host of several; either part may be empty, for libpq's default.
struct Host {
    name: String,
    port: String,
}

fn parse_hosts(hosts: &str) -> Result<Vec<Host>, UrlError> {
    hosts.split(',').map(parse_host).collect()
}

fn parse_host(text: &str) -> Result<Host, UrlError> {
    let (name, port) = match text.strip_prefix('[') {
        Some(bracketed) => {
            let (name, after) = bracketed.split_once(']').ok_or(UrlError::Ipv6)?;
            let port = match after {
                "" => "",
                _ => after.strip_prefix(':').ok_or(UrlError::Ipv6)?,
            };
            (name, port)
        }
        None => text.split_once(':').unwrap_or((text, "")),
    };
    let port = percent_decoded(port)?;
    if port.contains(':') {
        return Err(UrlError::Ipv6);
    }
    if !is_port_list(&port) || port.contains(',') {
        return Err(UrlError::Port);
    }
    let name = percent_decoded(name)?;
    Ok(Host { name, port })
}

/// The hosts of a `host` parameter: `/folder`, `a`, `a,b` or `a:5432,b:5433`.
fn hosts_of_parameter(value: &str) -> Vec<Host> {
    value
        .split(',')
        .map(|host| match host.split_once(':') {
            Some((name, port)) if !name.starts_with('/') && !port.is_empty() && is_port_list(port) => {
                Host { name: name.to_owned(), port: port.to_owned() }
            }
            _ => Host { name: host.to_owned(), port: String::new() },
        })
        .collect()
}

/// Whether the text is a port, or several separated by commas, of which any may be left out.
pub(in crate::config) fn is_port_list(text: &str) -> bool {
    text.split(',').all(|port| {
        let digits = port.bytes().all(|byte| byte.is_ascii_digit());
        port.is_empty() || (digits && port.parse::<u16>().is_ok_and(|number| number > 0))
    })
}

/// The `sslmode` that a value of `ssl` means.
fn ssl_mode(value: String) -> Result<String, UrlError> {
    match value.as_str() {
        "true" | "1" => Ok("require".to_owned()),
        "false" | "0" => Ok("disable".to_owned()),
        "disable" | "allow" | "prefer" | "require" | "verify-ca" | "verify-full" => Ok(value),
        _ => Err(UrlError::ParameterValue {
            name: "ssl",
            allowed: "true, false, disable, allow, prefer, require, verify-ca, verify-full",
        }),
    }
}

/// Whether the host is written in brackets.
fn is_ipv6(host: &str) -> bool {
    host.contains(':') && host.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, ':' | '.'))
}

/// What needs an escape in a part of a URL.
const ESCAPED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Where a name that looks like parameters begins to hold a password, as in `shop;password=…`.
fn beginning_of_secret(name: &str) -> Option<usize> {
    let name = name.to_ascii_lowercase();
    ["password", "passwd", "pwd="].iter().filter_map(|word| name.find(word)).min()
}

/// A name, as far as it is to be seen.
fn fmt_name(f: &mut fmt::Formatter<'_>, name: &str, shown: bool) -> fmt::Result {
    match beginning_of_secret(name).filter(|_| !shown) {
        Some(start) => write!(f, "{}***", escaped(name.get(..start).unwrap_or_default())),
        None => write!(f, "{}", escaped(name)),
    }
}

fn escaped(text: &str) -> impl fmt::Display {
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
    pub(super) fn with_password(&self) -> String {
        Revealed(self).to_string()
    }

    /// Whether the URL holds anything that [`fmt::Display`] hides.
    pub(super) fn has_secret(&self) -> bool {
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

#[cfg(test)]
mod tests;
