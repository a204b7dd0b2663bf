//! Ids that revgraph allows. Pure.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::graph::{InvalidName, check_id};

/// The id that stands for another tool's in revgraph. One that is allowed stays as it is. Each character that is not
/// (`@ - + : ,`, white space, control characters, and `/ \`, because files are named after ids) becomes `_`; a word
/// that is a target of its own (`head`, `base`, …) gets `_` behind it.
#[must_use]
pub fn allowed_id(id: &str) -> Cow<'_, str> {
    if !id.contains(['/', '\\']) && check_id(id).is_ok() {
        return Cow::Borrowed(id);
    }
    let is_allowed =
        |c: char| c == '.' || !matches!(c, '/' | '\\') && check_id(c.encode_utf8(&mut [0; 4])).is_ok();
    let mut allowed: String = id.chars().map(|c| if is_allowed(c) { c } else { '_' }).collect();
    if matches!(check_id(&allowed), Err(InvalidName::Reserved(_) | InvalidName::Empty | InvalidName::Dots(_)))
    {
        allowed.push('_');
    }
    Cow::Owned(allowed)
}

/// [`allowed_id`], and where `taken` has that already, the first of `ID_2`, `ID_3`, … that it has not.
pub(super) fn unused_id(id: &str, taken: &BTreeSet<String>) -> String {
    let allowed = allowed_id(id);
    let numbered = (2_u32..).map(|number| format!("{allowed}_{number}"));
    let mut candidates = std::iter::once(allowed.clone().into_owned()).chain(numbered);
    candidates.find(|candidate| !taken.contains(candidate)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_allowed_stays_and_the_rest_is_replaced() {
        for (id, expected) in [
            ("20210101_init", "20210101_init"),
            ("1.2.3", "1.2.3"),
            ("add-users@v1.0", "add_users_v1.0"),
            ("a/b\\c d", "a_b_c_d"),
            ("head", "head_"),
            ("größe", "größe"),
            ("", "_"),
        ] {
            assert_eq!(allowed_id(id), expected);
            assert!(check_id(&allowed_id(id)).is_ok());
        }
    }

    #[test]
    fn two_never_become_one() {
        let taken = BTreeSet::from(["a_b".to_owned(), "a_b_2".to_owned()]);
        assert_eq!(unused_id("a-b", &taken), "a_b_3");
        assert_eq!(unused_id("c", &taken), "c");
    }
}
