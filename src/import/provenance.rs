//! The comment of an imported script that says where it comes from. Pure.

use std::fmt;

use super::Kind;
use crate::script::{Checksum, header_range};

const BEGINNING: &str = "imported from ";

/// Where a revision was imported from. It stands as a comment behind the header, where it is no part of the message:
///
/// ```text
/// -- imported from prisma: 20210101000000_init (sha256 9f86d0…)
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// The tool.
    pub kind: Kind,
    /// [`ImportedRevision::name`](super::ImportedRevision::name).
    pub name: String,
    /// [`ImportedRevision::digest`](super::ImportedRevision::digest) at the time.
    pub digest: Checksum,
}

impl Provenance {
    /// The provenance of an up script, by the first line behind its header; none where it was not imported.
    #[must_use]
    pub fn of_script(text: &str) -> Option<Self> {
        let body = text.get(header_range(text).end..)?;
        let comment = body.lines().find(|line| !line.trim().is_empty())?.strip_prefix("--")?;
        let (kind, rest) = comment.trim().strip_prefix(BEGINNING)?.split_once(": ")?;
        let (name, digest) = rest.strip_suffix(')')?.rsplit_once(" (sha256 ")?;
        Some(Self { kind: kind.parse().ok()?, name: name.to_owned(), digest: Checksum::from_hex(digest)? })
    }
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "-- {BEGINNING}{}: {} (sha256 {})", self.kind, self.name, self.digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_back_behind_the_header_alone() {
        let digest = Checksum::of_texts(["x"]);
        let provenance = Provenance { kind: Kind::GolangMigrate, name: "1_a (b): c".to_owned(), digest };
        let script = format!("-- t\n-- revision: a\n\n{provenance}\n-- more\nSELECT 1;\n");
        assert_eq!(Provenance::of_script(&script), Some(provenance.clone()));
        assert_eq!(Provenance::of_script(&script.replace('\n', "\r\n")), Some(provenance.clone()));
        assert_eq!(Provenance::of_script(&format!("-- revision: a\n{provenance}\n")), None);
        assert_eq!(Provenance::of_script("-- revision: a\n\nSELECT 1;\n"), None);
    }
}
