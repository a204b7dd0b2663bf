//! Where the parts of the lock-friendly form stand among each other.

/// What a part is for. The parts of one round follow each other in this order, and rounds follow each other where
/// what needs a constraint of one is to be validated itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// What holds its locks for a moment only.
    Prepare,
    /// Each statement on its own.
    Build,
    /// Constraints are validated.
    Validate,
    /// What needs what has been built and validated.
    Finish,
}

impl Kind {
    /// What a part of this kind does, as its title says.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Prepare => "add what is validated later",
            Self::Build => "build indexes concurrently",
            Self::Validate => "validate constraints",
            Self::Finish => "use what has been built and validated",
        }
    }
}

/// The place of a part among all: its round and its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) round: usize,
    pub(super) kind: Kind,
}

impl Place {
    pub(super) const FIRST: Self = Self { round: 0, kind: Kind::Prepare };

    /// The first place of a kind that is not before this one.
    pub(super) fn next(self, kind: Kind) -> Self {
        Self { round: self.round + usize::from(kind < self.kind), kind }
    }

    /// The first place that is one of a transaction and not before this one.
    pub(super) fn next_plain(self) -> Self {
        match self.kind {
            Kind::Build | Kind::Validate => self.next(Kind::Finish),
            Kind::Prepare | Kind::Finish => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_comes_in_the_next_place_of_its_kind() {
        let place = |round, kind| Place { round, kind };
        assert_eq!(Place::FIRST.next(Kind::Build), place(0, Kind::Build));
        assert_eq!(place(0, Kind::Finish).next(Kind::Validate), place(1, Kind::Validate));
        assert_eq!(place(0, Kind::Build).next_plain(), place(0, Kind::Finish));
        assert_eq!(place(0, Kind::Finish).next_plain(), place(0, Kind::Finish));
    }
}
