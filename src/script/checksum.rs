//! Checksums of scripts. Pure.

use std::fmt;

use sha2::{Digest, Sha256};

use super::header::header_range;
use crate::hex;

/// SHA-256 over text, in which the line end `\r\n` counts as `\n`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Checksum([u8; 32]);

impl Checksum {
    /// The checksum of the up script `text`: of what follows the header. A byte order mark and trailing newlines do
    /// not count.
    #[must_use]
    pub fn of_script(text: &str) -> Self {
        Self::of_body(text.get(header_range(text).end..).unwrap_or_default())
    }

    /// The checksum of an up script: `body` is what follows its header, of which line ends at the end do not count.
    pub(super) fn of_body(body: &str) -> Self {
        let mut hasher = Sha256::new();
        update(&mut hasher, body.trim_end_matches(['\n', '\r']));
        Self(hasher.finalize().into())
    }

    /// The checksum of several whole texts, in their order; where one ends and the next begins counts, a byte order mark
    /// does not.
    #[must_use]
    pub fn of_texts<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let mut hasher = Sha256::new();
        for text in texts {
            update(&mut hasher, text.strip_prefix('\u{feff}').unwrap_or(text));
            hasher.update([0]);
        }
        Self(hasher.finalize().into())
    }

    /// Whether `text` is its hexadecimal form, as the ledger keeps it.
    #[must_use]
    pub fn is_hex(&self, text: &str) -> bool {
        let digits = text.as_bytes().chunks_exact(2);
        text.len() == 64
            && self
                .0
                .iter()
                .zip(digits)
                .all(|(byte, digits)| digits == [hex_digit(byte >> 4), hex_digit(byte & 15)])
    }

    /// Reads 64 hexadecimal digits, as the ledger keeps a checksum; none where the text is anything else.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        Some(Self(hex::decode(text)?.try_into().ok()?))
    }
}

/// A checkout may change line endings: CRLF counts as LF.
fn update(hasher: &mut Sha256, text: &str) {
    if !text.as_bytes().contains(&b'\r') {
        hasher.update(text);
        return;
    }
    for (index, part) in text.split("\r\n").enumerate() {
        if index > 0 {
            hasher.update("\n");
        }
        hasher.update(part);
    }
}

/// Of a number below 16.
fn hex_digit(number: u8) -> u8 {
    if number < 10 { b'0' + number } else { b'a' + (number - 10) }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
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

    #[test]
    fn of_texts_only_the_text_and_its_borders_count() {
        let digest = Checksum::of_texts(["a\nb", "c"]);
        assert_eq!(Checksum::of_texts(["\u{feff}a\r\nb", "c"]), digest);
        assert_eq!(Checksum::from_hex(&digest.to_string()), Some(digest));
        for other in [vec!["a\nbc"], vec!["a\nb", "c", ""], vec!["a\n", "bc"], vec!["a b", "c"]] {
            assert_ne!(Checksum::of_texts(other.iter().copied()), digest, "{other:?}");
        }
        assert_eq!(Checksum::from_hex("zz"), None);
    }

    #[test]
    fn only_its_own_hexadecimal_form_is_its() {
        let sum = Checksum::of_script(SCRIPT);
        let hex = sum.to_string();
        assert!(sum.is_hex(&hex));
        let others = [
            hex.to_uppercase(),
            format!("{hex}0"),
            hex.chars().skip(1).collect(),
            hex.chars().rev().collect(),
            String::new(),
            "é".repeat(32),
        ];
        for other in &others {
            assert!(!sum.is_hex(other), "{other:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn crlf_counts_as_lf(body in "[a\r\n]{0,12}") {
            let lf = body.replace("\r\n", "\n");
            let naive = Sha256::digest(lf.trim_end_matches(['\n', '\r']));
            assert_eq!(Checksum::of_body(&body).0, <[u8; 32]>::from(naive), "{body:?}");
        }
    }
}
