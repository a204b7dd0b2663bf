//! The checksum of an up script. Pure.

use std::fmt;

use sha2::{Digest, Sha256};

use super::header::header_range;

/// SHA-256 over what follows the header. A byte order mark, line endings and trailing newlines do not count.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Checksum([u8; 32]);

impl Checksum {
    /// The checksum of the up script `text`.
    #[must_use]
    pub fn of_script(text: &str) -> Self {
        let body = text.get(header_range(text).end..).unwrap_or_default();
        let body = body.trim_end_matches(['\n', '\r']);
        let mut hasher = Sha256::new();
        let mut rest = body;
        while let Some((line, after)) = rest.split_once("\r\n") {
            hasher.update(line);
            hasher.update("\n");
            rest = after;
        }
        hasher.update(rest);
        Self(hasher.finalize().into())
    }

    /// Reads the hexadecimal form, as the ledger keeps it.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        if text.len() != 64 {
            return None;
        }
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "-- t\n-- revision: a\n\nCREATE TABLE t (x int);\nSELECT 1;\n";

    #[test]
    fn only_what_runs_counts() {
        let sum = Checksum::of_script(SCRIPT);
        let same = [
            format!("\u{feff}{SCRIPT}"),
            SCRIPT.replace('\n', "\r\n"),
            format!("{SCRIPT}\n\n"),
            SCRIPT.trim_end().to_owned(),
            SCRIPT.replace("-- t\n", "-- another title\n-- more\n"),
        ];
        for text in &same {
            assert_eq!(Checksum::of_script(text), sum, "{text:?}");
        }
        for text in [SCRIPT.replace("int", "bigint"), SCRIPT.replace("int)", "int )"), format!("{SCRIPT} ")] {
            assert_ne!(Checksum::of_script(&text), sum, "{text:?}");
        }
        assert_eq!(Checksum::from_hex(&sum.to_string()), Some(sum));
    }

    #[test]
    fn the_form_is_plain_sha256() {
        let empty = Checksum::of_script("-- revision: a\n").to_string();
        assert_eq!(empty, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
