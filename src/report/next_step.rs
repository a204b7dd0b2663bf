//! What can be done about how a database stands.

use std::fmt;

use crate::execute::{LeftHalfway, Standing, State};
use crate::graph::RevisionId;
use crate::ledger::StatementState;

/// One way on. Where there are several, they come in the order in which they should be thought of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextStep {
    /// Edited scripts are put back.
    RestoreEdited,
    /// Or the ledger takes them as they are.
    AcceptEdited,
    /// Somebody is at work on the database.
    Wait,
    /// It is not known whether a statement has run.
    LookAtStatement,
    /// What made a revision fail is mended, and it goes on.
    RunAgain {
        /// `upgrade` or `downgrade`.
        operation: String,
    },
    /// A revision that was left halfway is finished by hand.
    FinishByHand {
        /// The revision.
        revision: RevisionId,
    },
    /// Or undone by hand.
    UndoByHand {
        /// The revision.
        revision: RevisionId,
    },
    /// Revisions that were moved go back to where they stood.
    RestoreParents,
    /// The scripts are older than the database, or others.
    UpdateScripts,
    /// Or the database goes back to what both have.
    DowngradeTo {
        /// The last revisions that both have.
        common: Vec<RevisionId>,
    },
    /// Whose schema the database has is looked for.
    Detect,
    /// Or the scripts build upon what is there.
    BuildUpon {
        /// Whether there are several heads to go to.
        several_heads: bool,
    },
    /// What is pending is applied.
    Upgrade {
        /// Whether there are several heads to go to.
        several_heads: bool,
    },
    /// There is nothing yet: the first revision is written.
    WriteRevision,
}

impl NextStep {
    /// What to do about how a database stands; nothing where all is well. `heads` is the number of the scripts' heads.
    #[must_use]
    pub fn after(standing: &Standing, heads: usize) -> Vec<Self> {
        let several_heads = heads > 1;
        let mut next = Vec::new();
        if !standing.edited.is_empty() {
            next.extend([Self::RestoreEdited, Self::AcceptEdited]);
        }
        if standing.at_work.is_some() {
            next.push(Self::Wait);
        }
        match standing.state {
            State::Failed => next.extend(standing.failed.iter().flat_map(Self::after_failure)),
            State::Diverged if !standing.reparented.is_empty() => next.push(Self::RestoreParents),
            State::Diverged | State::Ahead => {
                next.push(Self::UpdateScripts);
                if !standing.common.is_empty() {
                    next.push(Self::DowngradeTo { common: standing.common.clone() });
                }
            }
            State::Unmanaged if !standing.pending.is_empty() => {
                next.extend([Self::Detect, Self::BuildUpon { several_heads }]);
            }
            State::Empty | State::Pending if !standing.pending.is_empty() => {
                next.push(Self::Upgrade { several_heads });
            }
            State::Empty => next.push(Self::WriteRevision),
            State::Unmanaged | State::UpToDate | State::Pending => {}
        }
        next
    }

    fn after_failure(left: &LeftHalfway) -> [Self; 3] {
        let is_unknown = left.statements.iter().any(|one| one.state == StatementState::Started);
        let first = if is_unknown {
            Self::LookAtStatement
        } else {
            Self::RunAgain { operation: left.operation.clone() }
        };
        let revision = left.revision.clone();
        [first, Self::FinishByHand { revision: revision.clone() }, Self::UndoByHand { revision }]
    }
}

impl fmt::Display for NextStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let upgrade = |several: &bool| if *several { "revgraph upgrade heads" } else { "revgraph upgrade" };
        match self {
            Self::RestoreEdited => {
                f.write_str("put the edited scripts back as they were, and write the change as a new revision")
            }
            Self::AcceptEdited => f.write_str("or take them as they are: revgraph resolve --accept REV"),
            Self::Wait => f.write_str("wait for who is at work; whoever upgrades meanwhile waits by itself"),
            Self::LookAtStatement => f.write_str(
                "look whether the statement has run; where it may run twice, let it say so (IF NOT EXISTS, IF EXISTS)",
            ),
            Self::RunAgain { operation } => {
                write!(f, "mend what made it fail, and run the {operation} again: it goes on there")
            }
            Self::FinishByHand { revision } => {
                write!(f, "or finish it by hand: revgraph resolve --applied {revision}")
            }
            Self::UndoByHand { revision } => {
                write!(f, "or undo it by hand: revgraph resolve --rolled-back {revision}")
            }
            Self::RestoreParents => f.write_str("put the down_revision of the moved revisions back as it was"),
            Self::UpdateScripts => {
                f.write_str("bring the checkout up to date: are these the scripts of this database?")
            }
            Self::DowngradeTo { common } => {
                write!(f, "or go back to what both have: {}", downgrade_to(common))
            }
            Self::Detect => f.write_str("find out what these tables are: revgraph stamp --detect"),
            Self::BuildUpon { several_heads } => write!(f, "or build upon them: {}", upgrade(several_heads)),
            Self::Upgrade { several_heads } => f.write_str(upgrade(several_heads)),
            Self::WriteRevision => f.write_str("revgraph revision -m MSG"),
        }
    }
}

/// The command that undoes what only a database has, with the ledger's down scripts; `common` are the last revisions that
/// database and scripts both have.
#[must_use]
pub fn downgrade_to(common: &[RevisionId]) -> String {
    let target = match common {
        [only] => only.as_str(),
        _ => "TARGET",
    };
    format!("revgraph downgrade {target} (the ledger has the down scripts)")
}

/// The three commands that are likely to be typed next where a database stands so, each with what it is for.
#[must_use]
pub fn likely_commands(standing: &Standing) -> [(&'static str, &'static str); 3] {
    const REVISION: (&str, &str) = ("revgraph revision -m \"what it does\"", "write the next revision");
    const HISTORY: (&str, &str) = ("revgraph history --graph -i", "the revisions, and what is applied");
    const HELP: (&str, &str) = ("revgraph --help", "all commands");
    match standing.state {
        State::Empty if standing.pending.is_empty() => {
            [REVISION, ("revgraph import --help", "or take another tool's history over"), HELP]
        }
        State::Empty | State::Pending => [
            ("revgraph upgrade", "apply what is pending"),
            ("revgraph upgrade --dry-run", "only show what would run"),
            HISTORY,
        ],
        State::UpToDate => [REVISION, HISTORY, HELP],
        State::Unmanaged => [
            ("revgraph stamp --detect", "find the revision whose schema it has"),
            ("revgraph schema database", "what is in it"),
            HELP,
        ],
        State::Ahead | State::Diverged => [
            ("revgraph log", "what was done to the database, and by whom"),
            ("revgraph show --restore REV", "write the scripts that only it has"),
            HISTORY,
        ],
        State::Failed => [
            ("revgraph log", "what has failed, and how"),
            ("revgraph upgrade", "go on, once it is mended"),
            ("revgraph resolve --help", "or settle it by hand"),
        ],
    }
}
