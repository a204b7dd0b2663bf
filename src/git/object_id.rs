//! Names of what git keeps.

/// The name of a commit or of a file's content.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectId(pub(super) String);

impl ObjectId {
    /// The name as git writes it: 40 hexadecimal digits of SHA-1 or 64 of SHA-256.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
