//! Extensions of PostgreSQL.

/// An extension. The objects that it brings belong to no catalog.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extension {
    /// The extension's version.
    pub version: String,
    /// The schema of its objects, unquoted.
    pub schema: String,
}
