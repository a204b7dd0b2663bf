//! What tells whether a source has changed since its import. Pure.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// SHA-256 over texts, in which CRLF counts as LF: a checkout may change line endings.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of several texts, in their order; where one ends and the next begins counts.
    #[must_use]
    pub fn of<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let mut hasher = Sha256::new();
        for text in texts {
            let text = text.strip_prefix('\u{feff}').unwrap_or(text);
            for (index, part) in text.split("\r\n").enumerate() {
                if index > 0 {
                    hasher.update("\n");
                }
                hasher.update(part);
            }
            hasher.update([0]);
        }
        Self(hasher.finalize().into())
    }

    /// Reads the hexadecimal form.
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

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_text_and_its_borders_count() {
        let digest = Digest::of(["a\nb", "c"]);
        assert_eq!(Digest::of(["\u{feff}a\r\nb", "c"]), digest);
        assert_eq!(Digest::from_hex(&digest.to_string()), Some(digest));
        for other in [vec!["a\nbc"], vec!["a\nb", "c", ""], vec!["a\n", "bc"], vec!["a b", "c"]] {
            assert_ne!(Digest::of(other.iter().copied()), digest, "{other:?}");
        }
        assert_eq!(Digest::from_hex("zz"), None);
    }
}
