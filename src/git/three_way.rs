//! What a merge makes of one file. Pure.

/// What git's three-way merge does with a file, by its content on both sides and at their base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merged {
    /// The work tree's.
    Ours,
    /// The other side's.
    Theirs,
    /// The file is gone.
    Gone,
    /// Both sides have changed it, and differently.
    Conflict,
}

/// What becomes of a file that `base` had so, or not at all, and that each side now has so, or no longer.
#[must_use]
pub fn three_way<T: PartialEq>(base: Option<&T>, ours: Option<&T>, theirs: Option<&T>) -> Merged {
    if ours == theirs || theirs == base {
        return if ours.is_some() { Merged::Ours } else { Merged::Gone };
    }
    if ours == base {
        return if theirs.is_some() { Merged::Theirs } else { Merged::Gone };
    }
    Merged::Conflict
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_changed_it_wins() {
        let (a, b, c) = (Some(&1), Some(&2), Some(&3));
        assert_eq!(three_way(a, a, a), Merged::Ours);
        assert_eq!(three_way(a, b, a), Merged::Ours);
        assert_eq!(three_way(a, a, b), Merged::Theirs);
        assert_eq!(three_way(a, b, b), Merged::Ours);
        assert_eq!(three_way(a, b, c), Merged::Conflict);
        assert_eq!(three_way(None, a, b), Merged::Conflict);
        assert_eq!(three_way(None, a, None), Merged::Ours);
        assert_eq!(three_way(None, None, a), Merged::Theirs);
        assert_eq!(three_way(a, None, a), Merged::Gone);
        assert_eq!(three_way(a, a, None), Merged::Gone);
        assert_eq!(three_way(a, None, b), Merged::Conflict);
        assert_eq!(three_way(a, b, None), Merged::Conflict);
        assert_eq!(three_way(a, None, None), Merged::Gone);
    }
}
