//! Names of what git keeps.

/// The name of a commit or of a file's content.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectId(pub(super) String);

impl ObjectId {
    /// The 40 or 64 hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
