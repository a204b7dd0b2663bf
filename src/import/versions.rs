//! What tools that number their files have in common. Pure.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::error::Fault;

/// Files by their versions, of which no two may be one.
#[derive(Debug)]
pub(super) struct ByVersion<V, T> {
    files: BTreeMap<V, (PathBuf, T)>,
}

impl<V: Ord, T> ByVersion<V, T> {
    /// No files.
    pub(super) fn new() -> Self {
        Self { files: BTreeMap::new() }
    }

    /// Takes a file up with what was read of its name; where another has the version already, `faults` get that.
    pub(super) fn insert(&mut self, version: V, path: &Path, file: T, faults: &mut Vec<Fault>) {
        match self.files.get(&version) {
            Some((first, _)) => {
                let message = format!("{} has the same version", first.display());
                faults.push(Fault::of_file(path, message));
            }
            None => drop(self.files.insert(version, (path.to_owned(), file))),
        }
    }

    /// Takes out the file of a version, with what was read of it.
    pub(super) fn remove(&mut self, version: &V) -> Option<(PathBuf, T)> {
        self.files.remove(version)
    }

    /// The files with what was read of each, in the order of their versions.
    pub(super) fn into_iter(self) -> impl Iterator<Item = (V, (PathBuf, T))> {
        self.files.into_iter()
    }
}

/// A number as tools compare it, however many zeros it begins with.
pub(super) fn without_zeros(digits: &str) -> &str {
    let trimmed = digits.trim_start_matches('0');
    if trimmed.is_empty() {
        digits.get(digits.len().saturating_sub(1)..).unwrap_or_default()
    } else {
        trimmed
    }
}

/// A number of any length: of two without zeros in front the longer one is the greater.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct BigNumber {
    length: usize,
    digits: String,
}

impl BigNumber {
    /// The number that ASCII digits write.
    pub(super) fn new(digits: &str) -> Self {
        let digits = without_zeros(digits).to_owned();
        Self { length: digits.len(), digits }
    }

    /// Whether the number is 0.
    pub(super) fn is_zero(&self) -> bool {
        self.digits == "0"
    }
}

#[cfg(test)]
mod tests {
    use super::super::number::number_and_rest;
    use super::*;

    #[test]
    fn numbers_are_compared_as_numbers() {
        assert!(BigNumber::new("9") < BigNumber::new("10"));
        assert_eq!(BigNumber::new("0001"), BigNumber::new("1"));
        assert!(BigNumber::new("99999999999999999999") < BigNumber::new("100000000000000000000"));
        assert!(BigNumber::new("000").is_zero());
        assert_eq!(without_zeros("0"), "0");
        assert_eq!(number_and_rest("001_a_b.sql"), Some(("001", "a_b.sql")));
        assert_eq!(number_and_rest("x1_a.sql"), None);
    }
}
