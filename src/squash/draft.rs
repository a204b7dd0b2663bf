//! The scripts of a baseline on their way, and what is known of them.

use super::proof::Originals;
use super::section::{Section, shared};
use super::volatile::VolatileCells;
use super::way_back::WayBack;
use super::{Mode, Outcome, Proof, Request, summary};
use crate::sql::Dialect;

/// What the scripts hold, and what is to be proved of it.
pub(super) struct Draft {
    pub(super) up: String,
    pub(super) down: String,
    pub(super) irreversible: Vec<(Dialect, String)>,
    /// What `down` is made of where the originals stand one after the other.
    pub(super) concatenated_down: Option<Section>,
    pub(super) no_transaction: bool,
    pub(super) databases: Vec<Known>,
}

/// What two replays have told of one kind of database.
pub(super) struct Known {
    pub(super) dialect: Dialect,
    /// What the originals leave; none where there is no such database at hand, or nobody asked.
    pub(super) originals: Option<Originals>,
    /// The cells that need not be equal.
    pub(super) loose: VolatileCells,
}

impl Draft {
    /// Takes over what the proof has found of the down script on each dialect: a way back that the originals lack is
    /// declared irreversible, and what theirs leave behind goes into the proof.
    pub(super) fn note(
        &mut self,
        dialects: &[Dialect],
        proofs: &mut [Proof],
        known: Vec<(Dialect, WayBack)>,
    ) {
        for (dialect, way) in known {
            match (way, &mut self.concatenated_down) {
                (WayBack::Closed { reason }, Some(down)) => {
                    down.irreversible.push((dialect, reason));
                    self.irreversible = down.irreversible.clone();
                    self.down = shared(dialects, down);
                }
                (WayBack::LeavesBehind(objects), _) => {
                    let proof = proofs.iter_mut().find(|proof| proof.dialect == dialect);
                    proof.into_iter().for_each(|proof| proof.left_behind = objects.clone());
                }
                _ => {}
            }
        }
    }

    /// What is proved of each dialect if the proof holds, and what is not.
    pub(super) fn proofs(&self, request: &Request) -> Vec<Proof> {
        let proof = |known: &Known| {
            let Some(originals) = &known.originals else {
                let outcome = if request.verify || request.mode == Mode::Schema {
                    Outcome::NotAtHand
                } else {
                    Outcome::NotAsked
                };
                return Proof { outcome, ..unproved(known.dialect) };
            };
            Proof {
                dialect: known.dialect,
                outcome: Outcome::Proved { version: originals.replay.version.clone() },
                volatile: summary::volatile_columns(
                    (&originals.volatile, &known.loose),
                    &originals.replay.after.contents,
                    request.mode,
                ),
                left_behind: Vec::new(),
            }
        };
        self.databases.iter().map(proof).collect()
    }
}

/// What is to be said of a dialect on which nothing has been proved.
pub(super) fn unproved(dialect: Dialect) -> Proof {
    Proof { dialect, outcome: Outcome::NotAsked, volatile: Vec::new(), left_behind: Vec::new() }
}
