//! Prisma's parameters for TLS, in libpq's words.

use super::error::UrlError;
use super::keywords::Keywords;

/// What a URL says to Prisma about TLS.
#[derive(Default)]
pub(super) struct Tls {
    strict: Option<bool>,
    /// `sslidentity` is given: a client certificate in a PKCS #12 archive, which libpq cannot read.
    pub(super) identity: bool,
}

impl Tls {
    /// Takes Prisma's `sslaccept`, which decides whether certificates are checked; an error for any other
    /// value than Prisma's two.
    pub(super) fn accept(&mut self, value: &str) -> Result<(), UrlError> {
        self.strict = Some(match value {
            "strict" => true,
            "accept_invalid_certs" => false,
            _ => {
                return Err(UrlError::ParameterValue {
                    name: "sslaccept",
                    allowed: "strict, accept_invalid_certs",
                });
            }
        });
        Ok(())
    }

    /// Changes libpq's parameters as [`PostgresUrl`](super::PostgresUrl) documents it.
    pub(super) fn apply_to(&self, keywords: &mut Keywords) {
        let strict = self.strict == Some(true);
        if self.strict.is_some() || self.identity {
            translate_certificate(keywords, strict);
        }
        if self.identity {
            // The password of the archive, not of a key that libpq reads.
            keywords.take("sslpassword");
        }
        let unverified = !matches!(keywords.get("sslmode"), Some("disable" | "verify-ca" | "verify-full"));
        if strict && unverified {
            keywords.set("sslmode", "verify-full".to_owned());
        }
    }
}

/// Prisma's `sslcert` is the certificate of the authority. With libpq's `sslmode=require`, naming
/// it would verify the server, so it is left out where invalid certificates are accepted.
fn translate_certificate(keywords: &mut Keywords, strict: bool) {
    if keywords.get("sslkey").is_some() {
        return;
    }
    let Some(authority) = keywords.take("sslcert") else {
        return;
    };
    if strict && keywords.get("sslrootcert").is_none() {
        keywords.set("sslrootcert", authority);
    }
}

#[cfg(test)]
mod tests {
    use super::super::postgres::PostgresUrl;
    use super::*;

    fn tls_parameters(query: &str) -> Vec<(String, String)> {
        PostgresUrl::parse(&format!("h?{query}"))
            .unwrap()
            .parameters()
            .iter()
            .filter(|(name, _)| name.starts_with("ssl"))
            .cloned()
            .collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn strict_verifies_the_server_unless_the_mode_says_otherwise() {
        for (query, mode) in [
            ("sslaccept=strict", "verify-full"),
            ("sslmode=require&sslaccept=strict", "verify-full"),
            ("sslaccept=strict&sslmode=disable", "disable"),
            ("sslmode=verify-ca&sslaccept=strict", "verify-ca"),
            ("sslmode=require&sslaccept=accept_invalid_certs", "require"),
        ] {
            assert_eq!(tls_parameters(query), pairs(&[("sslmode", mode)]), "{query}");
        }
        assert_eq!(tls_parameters("sslaccept=accept_invalid_certs"), []);
    }

    #[test]
    fn prismas_certificate_is_the_authoritys() {
        assert_eq!(
            tls_parameters("sslmode=require&sslcert=ca.pem&sslaccept=strict"),
            pairs(&[("sslmode", "verify-full"), ("sslrootcert", "ca.pem")])
        );
        assert_eq!(tls_parameters("sslcert=ca.pem&sslidentity=me.p12&sslpassword=secret"), []);
    }

    #[test]
    fn libpqs_certificate_stays() {
        for query in ["sslcert=me.crt", "sslcert=me.crt&sslkey=me.key&sslaccept=strict"] {
            let parameters = tls_parameters(query);
            assert!(parameters.contains(&("sslcert".to_owned(), "me.crt".to_owned())), "{query}");
        }
    }

    #[test]
    fn another_value_is_refused() {
        assert!(matches!(
            PostgresUrl::parse("h?sslaccept=maybe"),
            Err(UrlError::ParameterValue { name: "sslaccept", .. })
        ));
    }
}
