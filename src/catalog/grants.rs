//! Who may do what.

use std::collections::BTreeSet;

/// Privileges in effect, as `SELECT TO app WITH GRANT OPTION`; roles are quoted where that is needed. They stand in the order in
/// which the database has them, which is that of the statements that make them, and are equal where they are the same in any
/// order.
#[derive(Debug, Clone, Default)]
pub struct Grants(Vec<String>);

impl Grants {
    /// No grants.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each grant, in the order of the database.
    pub fn iter(&self) -> std::slice::Iter<'_, String> {
        self.0.iter()
    }

    /// Those that the others are without, in the order of the database.
    pub fn difference<'g>(&'g self, others: &'g Self) -> impl Iterator<Item = &'g String> {
        let others = others.sorted();
        self.0.iter().filter(move |grant| !others.contains(grant))
    }

    /// Each, in an order that does not depend on that of the database.
    #[must_use]
    pub fn sorted(&self) -> BTreeSet<&String> {
        self.0.iter().collect()
    }
}

impl PartialEq for Grants {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || self.sorted() == other.sorted()
    }
}

impl Eq for Grants {}

impl FromIterator<String> for Grants {
    fn from_iter<T: IntoIterator<Item = String>>(grants: T) -> Self {
        Self(grants.into_iter().collect())
    }
}

impl<const N: usize> From<[String; N]> for Grants {
    fn from(grants: [String; N]) -> Self {
        Self(grants.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grants(texts: &[&str]) -> Grants {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn the_order_is_kept_and_makes_no_difference() {
        let (one, other) = (grants(&["SELECT TO b", "SELECT TO a"]), grants(&["SELECT TO a", "SELECT TO b"]));
        assert_eq!(one, other);
        assert_eq!(one.iter().collect::<Vec<_>>(), ["SELECT TO b", "SELECT TO a"]);
        assert_ne!(one, grants(&["SELECT TO a"]));
        assert_ne!(one, grants(&["SELECT TO a", "SELECT TO c"]));
    }

    #[test]
    fn a_difference_keeps_the_order_too() {
        let (one, other) = (grants(&["SELECT TO c", "SELECT TO b", "SELECT TO a"]), grants(&["SELECT TO b"]));
        assert_eq!(one.difference(&other).collect::<Vec<_>>(), ["SELECT TO c", "SELECT TO a"]);
    }
}
