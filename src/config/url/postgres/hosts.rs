//! The hosts of a PostgreSQL URL, with their ports.

use super::super::error::UrlError;
use super::super::percent_decoded;

/// One host of several; either part may be empty, for libpq's default.
pub(super) struct Host {
    pub(super) name: String,
    pub(super) port: String,
}

/// The hosts of an address, `a:5432,[::1]:5433`, percent-decoded.
///
/// # Errors
/// [`UrlError::Ipv6`] and [`UrlError::Port`].
pub(super) fn parse_hosts(hosts: &str) -> Result<Vec<Host>, UrlError> {
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
pub(super) fn hosts_of_parameter(value: &str) -> Vec<Host> {
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
