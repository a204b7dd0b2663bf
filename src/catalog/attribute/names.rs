//! What attributes are called in output.

/// The attribute that tells only where no other does.
pub(super) const DEFINITION: &str = "definition";

pub(super) const COMMENT: &str = "comment";
pub(super) const OWNER: &str = "owner";
pub(super) const GRANTS: &str = "grants";
pub(super) const COLUMN_ORDER: &str = "column order";

/// Whether the names of a kind's attributes can stand together: each there once, none of them that of an attribute
/// that is added to those of the kind, and `definition` at the end.
pub(super) const fn are_sound(names: &[&str]) -> bool {
    let mut place = 0;
    while place < names.len() {
        let name = names[place];
        let is_last = place + 1 == names.len();
        if occurrences(names, name) > 1
            || occurrences(&[OWNER, GRANTS, COLUMN_ORDER], name) > 0
            || (are_equal(name, DEFINITION) && !is_last)
        {
            return false;
        }
        place += 1;
    }
    true
}

const fn occurrences(names: &[&str], name: &str) -> usize {
    let (mut place, mut count) = (0, 0);
    while place < names.len() {
        if are_equal(names[place], name) {
            count += 1;
        }
        place += 1;
    }
    count
}

const fn are_equal(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut place = 0;
    while place < one.len() {
        if one[place] != other[place] {
            return false;
        }
        place += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_attributes_of_a_kind_share_a_name() {
        assert!(are_sound(&["type", "types", "definition"]));
        assert!(!are_sound(&["type", "default", "type"]));
        assert!(!are_sound(&["type", "grants"]));
        assert!(!are_sound(&["definition", "type"]));
    }
}
