//! Keywords of libpq with their values.

/// Keywords and their values, decoded, each keyword once, in the order in which they were given. They hold the password.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Keywords(Vec<(String, String)>);

impl Keywords {
    /// Takes keywords with their values; the caller sees to it that none is given twice.
    pub(super) fn new(keywords: Vec<(String, String)>) -> Self {
        Self(keywords)
    }

    /// The keywords with their values, in the order in which they were given.
    pub(super) fn as_slice(&self) -> &[(String, String)] {
        &self.0
    }

    /// The value that was set for libpq's `keyword`; none where it was not.
    pub(super) fn get(&self, keyword: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == keyword).map(|(_, value)| value.as_str())
    }

    /// Gives a keyword this value, in the place of the one that it has.
    pub(super) fn set(&mut self, keyword: &str, value: String) {
        match self.0.iter_mut().find(|(name, _)| name == keyword) {
            Some((_, old)) => *old = value,
            None => self.0.push((keyword.to_owned(), value)),
        }
    }

    /// Removes a keyword and returns its value; none where it was not set.
    pub(super) fn take(&mut self, keyword: &str) -> Option<String> {
        let index = self.0.iter().position(|(name, _)| name == keyword)?;
        Some(self.0.remove(index).1)
    }
}
