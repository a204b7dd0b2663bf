//! How much of a script is read.

/// How much of each script is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadMode {
    /// The header.
    Headers,
    /// The whole up script, for its checksum.
    Checksums,
}
