//! "Did you mean …?"

use std::fmt;

/// What was probably meant by an unknown name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suggestion {
    /// A known name that is spelt much the same, or means the same elsewhere.
    Nearest(String),
    /// The name is known, in another place of the file.
    BelongsIn(&'static str),
    /// Nothing is near; all names there are.
    OneOf(Vec<&'static str>),
}

impl fmt::Display for Suggestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nearest(name) => write!(f, "did you mean `{name}`?"),
            Self::BelongsIn(place) => write!(f, "it belongs {place}"),
            Self::OneOf(names) => write!(f, "the known names are: {}", names.join(", ")),
        }
    }
}

/// The candidate that is spelt most like `name`, unless more than half of the letters differ.
/// Case does not count, nor does `-` for `_`.
pub(super) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = normalized(name);
    candidates
        .into_iter()
        .map(|candidate| {
            let other = normalized(candidate);
            let length = name.chars().count().max(other.chars().count());
            let distance = strsim::damerau_levenshtein(&name, &other);
            (distance, length, candidate)
        })
        .filter(|(distance, length, _)| distance * 2 <= *length)
        .min_by_key(|(distance, _, _)| *distance)
        .map(|(_, _, candidate)| candidate)
}

fn normalized(name: &str) -> String {
    name.to_lowercase().replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::nearest;

    const NAMES: [&str; 4] = ["url", "version_table", "version_table_schema", "lock_timeout"];

    #[test]
    fn the_nearest_name_is_found() {
        assert_eq!(nearest("verzion_table", NAMES), Some("version_table"));
        assert_eq!(nearest("Lock-Timeout", NAMES), Some("lock_timeout"));
        assert_eq!(nearest("ulr", NAMES), Some("url"));
    }

    #[test]
    fn a_name_like_none_of_them_suggests_nothing() {
        assert_eq!(nearest("zzzz", NAMES), None);
        assert_eq!(nearest("", NAMES), None);
    }
}
