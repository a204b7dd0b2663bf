//! Scripts that an earlier import wrote for another database, such as PostgreSQL's files that were taken for SQLite's.
//!
//! What an import writes depends on nothing but the sources, the place in the graph and the dialect. So nobody has edited
//! a script that is what the import would have written for one of the dialects, and it can be written anew.

use std::path::PathBuf;

use crate::graph::RevisionId;
use crate::script::Checksum;

/// A directive that decides how a script is run.
const NO_TRANSACTION: &str = "-- revgraph: no-transaction";

/// A script of an earlier import that is written anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewritten {
    /// The revision of the script.
    pub revision: RevisionId,
    /// The up or the down script.
    pub path: PathBuf,
    /// The text that the script has.
    pub before: String,
    /// The text that the script gets.
    pub after: String,
}

impl Rewritten {
    /// Whether a database that has applied the revision will take the script for an edited one.
    #[must_use]
    pub fn is_edit_of_applied(&self) -> bool {
        let is_up = self.path.to_string_lossy().ends_with(".up.sql");
        is_up && Checksum::of_script(&self.before) != Checksum::of_script(&self.after)
    }
}

/// How a script of an earlier import stands to what the import would write now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is that, or its differences are somebody's who meant them.
    AsMeant,
    /// It is what the import wrote for another dialect.
    OfAnotherDialect,
    /// Somebody has edited it, and it runs otherwise in respect of transactions.
    EditedAndRunsOtherwise,
}

/// Judges the text `found` by what the import would write: `now`, and for `others`. Line endings do not count.
pub(super) fn standing<'t>(found: &str, now: &str, mut others: impl Iterator<Item = &'t str>) -> Standing {
    let found = found.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    if found == now {
        Standing::AsMeant
    } else if others.any(|other| found == other) {
        Standing::OfAnotherDialect
    } else if runs_without_transaction(&found) != runs_without_transaction(now) {
        Standing::EditedAndRunsOtherwise
    } else {
        Standing::AsMeant
    }
}

/// Whether a script says that it runs without a transaction.
pub(super) fn runs_without_transaction(text: &str) -> bool {
    text.lines().any(|line| line.trim() == NO_TRANSACTION)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_edited_is_told_from_what_somebody_did() {
        let (now, other) = ("-- t\n\nA;\n", "-- t\n-- revgraph: no-transaction\n\nA;\n");
        let judged = |found: &str| standing(found, now, [other].into_iter());
        assert_eq!(judged(now), Standing::AsMeant);
        assert_eq!(judged("-- t\r\n\r\nA;\r\n"), Standing::AsMeant);
        assert_eq!(judged(other), Standing::OfAnotherDialect);
        assert_eq!(judged("-- t\n\nA;\nB;\n"), Standing::AsMeant);
        assert_eq!(judged(&format!("{other}B;\n")), Standing::EditedAndRunsOtherwise);
    }

    #[test]
    fn a_directive_alone_is_no_edit_of_what_is_applied() {
        let rewritten = |before: &str, after: &str| Rewritten {
            revision: RevisionId::recorded("1"),
            path: "versions/1.up.sql".into(),
            before: before.to_owned(),
            after: after.to_owned(),
        };
        let header = "-- t\n-- revision: 1\n-- down_revision:\n";
        let directive = format!("{header}{NO_TRANSACTION}\n\nA;\n");
        assert!(!rewritten(&directive, &format!("{header}\nA;\n")).is_edit_of_applied());
        assert!(rewritten(&directive, &format!("{header}\nBEGIN;\nA;\n")).is_edit_of_applied());
    }
}
