//! PostgreSQL URLs, as libpq, SQLAlchemy and Prisma write them.

mod hosts;
mod shown;

use std::time::Duration;

pub(in crate::config) use self::hosts::is_port_list;
use self::hosts::{Host, hosts_of_parameter, parse_hosts};
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
    /// Reads a URL from behind `postgres://` on: users, hosts, database and parameters, percent-decoded.
    /// Errors are [`UrlError`], none of which holds the password.
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

    /// The same URL for another database of the server, by its unquoted name.
    #[must_use]
    pub fn with_database(&self, name: &str) -> Self {
        let mut url = self.clone();
        url.parameters.set("dbname", name.to_owned());
        url
    }

    /// The same address with a `connect_timeout`, where it has none: `timeout` in whole seconds, at least one.
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

/// Where a name that looks like parameters begins to hold a password, as in `shop;password=…`.
fn beginning_of_secret(name: &str) -> Option<usize> {
    let name = name.to_ascii_lowercase();
    ["password", "passwd", "pwd="].iter().filter_map(|word| name.find(word)).min()
}

#[cfg(test)]
mod tests;
