//! The order of renames that share a space of names: a name is given only once it is free.

use std::collections::BTreeSet;

/// Renames one after the other, as `(from, to)`, where `taken` are the names that are there, as they are compared. What
/// stands in a place that is to be taken, and is not renamed itself, makes way under a name of its own; so does one of
/// those that change places.
pub(super) fn in_order(renames: &[(String, String)], taken: &BTreeSet<String>) -> Vec<(String, String)> {
    let mut taken = taken.clone();
    let mut waiting: Vec<(String, String)> =
        renames.iter().filter(|(from, to)| from != to).cloned().collect();
    let mut order = Vec::new();
    while !waiting.is_empty() {
        let free = waiting.iter().position(|(_, to)| !taken.contains(to));
        let next = match free {
            Some(place) => waiting.remove(place),
            None => {
                let place = waiting.first().map(|(_, to)| to.clone()).unwrap_or_default();
                let aside = aside(&place, &taken);
                // It is renamed from where it stands now.
                for (from, _) in waiting.iter_mut().filter(|(from, _)| *from == place) {
                    from.clone_from(&aside);
                }
                (place, aside)
            }
        };
        taken.remove(&next.0);
        taken.insert(next.1.clone());
        order.push(next);
    }
    order
}

/// A name for what makes way.
fn aside(name: &str, taken: &BTreeSet<String>) -> String {
    let mut aside = format!("old_{name}");
    let mut count = 1;
    while taken.contains(&aside) {
        count += 1;
        aside = format!("old_{name}_{count}");
    }
    aside
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn ordered(renames: &[(&str, &str)], taken: &[&str], expected: &[(&str, &str)]) {
        let owned = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect()
        };
        let taken = taken.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(in_order(&owned(renames), &taken), owned(expected));
    }

    #[test]
    fn a_name_is_given_once_it_is_free() {
        ordered(&[("a", "b"), ("b", "c")], &["a", "b"], &[("b", "c"), ("a", "b")]);
    }

    #[test]
    fn two_change_places() {
        ordered(&[("a", "b"), ("b", "a")], &["a", "b"], &[("b", "old_b"), ("a", "b"), ("old_b", "a")]);
    }

    #[test]
    fn what_stays_makes_way() {
        ordered(&[("a", "b")], &["a", "b", "old_b"], &[("b", "old_b_2"), ("a", "b")]);
    }
}
