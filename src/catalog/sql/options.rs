//! Options of PostgreSQL's objects.

use crate::catalog::Options;
use crate::sql::Dialect;

/// Storage parameters and attribute options, as `name='value', …`.
#[must_use]
pub fn options(options: &Options) -> String {
    let option =
        |(name, value): (&String, &String)| format!("{name}={}", Dialect::Postgres.quote_literal(value));
    options.iter().map(option).collect::<Vec<_>>().join(", ")
}
