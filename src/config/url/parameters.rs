//! The parameters that a PostgreSQL URL may have.

use crate::config::suggestion::nearest;

/// The parameter that sets the search path, Prisma's.
pub(in crate::config) const SCHEMA: &str = "schema";

/// The connection keywords of libpq 18 and before (PostgreSQL documentation, "Parameter Key
/// Words"). An older libpq rejects a newer keyword itself, by name.
pub(in crate::config) const LIBPQ_KEYWORDS: [&str; 51] = [
    "application_name",
    "channel_binding",
    "client_encoding",
    "connect_timeout",
    "dbname",
    "fallback_application_name",
    "gssdelegation",
    "gssencmode",
    "gsslib",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "krbsrvname",
    "load_balance_hosts",
    "max_protocol_version",
    "min_protocol_version",
    "oauth_client_id",
    "oauth_client_secret",
    "oauth_issuer",
    "oauth_scope",
    "options",
    "passfile",
    "password",
    "port",
    "replication",
    "require_auth",
    "requirepeer",
    "scram_client_key",
    "scram_server_key",
    "service",
    "servicefile",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "sslcert",
    "sslcertmode",
    "sslcompression",
    "sslcrl",
    "sslcrldir",
    "sslkey",
    "sslkeylogfile",
    "sslmode",
    "sslnegotiation",
    "sslpassword",
    "sslrootcert",
    "sslsni",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
];

/// Parameters that concern a connection pool, a statement cache or another driver's TLS, none of
/// which a migrator has: Prisma's, and `prepared_statement_cache_size` and `async_fallback` of
/// SQLAlchemy's asyncpg dialect.
const IGNORED: [&str; 11] = [
    "async_fallback",
    "connection_limit",
    "max_connection_lifetime",
    "max_idle_connection_lifetime",
    "pgbouncer",
    "pool_timeout",
    "prepared_statement_cache_size",
    "single_use_connections",
    "socket_timeout",
    "sslidentity",
    "statement_cache_size",
];

/// Keywords whose values are secret.
const SECRET: [&str; 5] =
    ["oauth_client_secret", "password", "scram_client_key", "scram_server_key", "sslpassword"];

/// What is to be done with a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// One of libpq's: passed on.
    Libpq,
    /// `schema`: the search path.
    SearchPath,
    /// `ssl`: asyncpg's and JDBC's `sslmode`.
    Ssl,
    /// `sslaccept`: Prisma's.
    SslAccept,
    /// Of no concern here.
    Ignored,
}

/// What the parameter `name` means; `None` if nobody knows it.
pub(super) fn meaning(name: &str) -> Option<Meaning> {
    match name {
        SCHEMA => Some(Meaning::SearchPath),
        "ssl" => Some(Meaning::Ssl),
        "sslaccept" => Some(Meaning::SslAccept),
        _ if LIBPQ_KEYWORDS.contains(&name) => Some(Meaning::Libpq),
        _ if IGNORED.contains(&name) => Some(Meaning::Ignored),
        _ => None,
    }
}

/// Whether the value of the parameter is never to be shown.
pub(super) fn is_secret(name: &str) -> bool {
    SECRET.contains(&name)
}

/// The known parameter that is spelt most like `name`.
pub(super) fn nearest_parameter(name: &str) -> Option<&'static str> {
    match name {
        "database" | "db" => return Some("dbname"),
        "username" => return Some("user"),
        "search_path" | "currentSchema" => return Some(SCHEMA),
        _ => {}
    }
    let known = LIBPQ_KEYWORDS.into_iter().chain(IGNORED);
    nearest(name, known.chain([SCHEMA, "ssl", "sslaccept"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_find_their_parameter() {
        for (name, expected) in [
            ("sslmod", "sslmode"),
            ("pasword", "password"),
            ("conection_limit", "connection_limit"),
            ("search_path", "schema"),
            ("database", "dbname"),
        ] {
            assert_eq!(nearest_parameter(name), Some(expected), "{name}");
            assert_eq!(meaning(name), None, "{name}");
        }
        assert_eq!(nearest_parameter("q"), None);
    }

    #[test]
    fn secrets_are_keywords() {
        assert!(SECRET.iter().all(|name| LIBPQ_KEYWORDS.contains(name)));
    }
}
