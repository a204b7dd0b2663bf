//! Whoever a day's work is done for: at a terminal, or with a page of a server's.

use std::path::Path;

use super::super::guard::Guard;
use super::error::{DayError, Drifted};
use crate::autogenerate::{Counter, Course, Decisions, Planner, Stake, UnagreedLoss};
use crate::backend::Watch;
use crate::verify::Observer;

/// Who watches a day's work and is told of it; the command line is one.
pub trait Onlooker {
    /// Who follows work on scratch databases that takes this many revisions; none where that is not known.
    fn rehearsal(&self, revisions: usize) -> Box<dyn Observer>;
    /// Who follows a run on the database.
    fn run(&self) -> Box<dyn Watch>;
    /// Is told what has come of a step.
    fn tell(&mut self, news: &News<'_>);
}

/// Sees how the work goes on, and answers what it asks.
pub trait Companion: Onlooker {
    /// Why the work ends before its end: an error of its own, or an answer.
    type Error: From<DayError>;

    /// What is to be done about a database that is not what its scripts build.
    ///
    /// # Errors
    /// Where nobody says so, and nothing is to be done.
    fn way_out(&mut self, database: &str, drifted: Drifted) -> Result<DriftWay, Self::Error>;

    /// What schemas alone do not tell of the way from one to the other.
    ///
    /// # Errors
    /// Where nobody decides.
    fn decide(&mut self, planner: &Planner<'_>, counter: &mut Counter<'_>) -> Result<Decisions, Self::Error>;

    /// Agrees to what is lost.
    ///
    /// # Errors
    /// Where nobody does.
    fn agree_to_loss(&mut self, loss: UnagreedLoss) -> Result<(), Self::Error>;

    /// Agrees that all is erased that the database holds; the name that was given, where its guard asks for one.
    ///
    /// # Errors
    /// Where nobody does.
    fn agree_to_erase(&mut self, guard: &Guard) -> Result<Option<String>, Self::Error>;
}

/// What becomes of what the database has and the scripts do not build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DriftWay {
    /// It becomes a revision, recorded as applied.
    Write,
    /// The database is made again what the scripts build.
    Undo,
    /// All that the database holds is erased, and it begins anew.
    Reset,
}

/// What one step of a day's work has come to.
pub enum News<'n> {
    /// So many pending revisions went up, down and up again on a scratch database.
    Tried {
        /// How many revisions.
        revisions: usize,
    },
    /// So many revisions were applied.
    Upgraded {
        /// How many steps were taken.
        steps: usize,
    },
    /// The database is what its scripts build.
    AsBuilt,
    /// These statements were found, and this is at stake in them.
    Planned {
        /// What they lead from and to.
        planner: &'n Planner<'n>,
        /// The statements.
        course: &'n Course,
        /// What is at stake.
        stakes: &'n [Stake<'n>],
    },
    /// A revision was written, and proved up and down.
    Wrote {
        /// The path of the revision's up script.
        up: &'n Path,
    },
    /// What was written is recorded as applied: the database had it already.
    Recorded,
    /// What was written of the database is not in the desired schema, perhaps.
    DesiredLacksIt,
    /// What no script had done is undone.
    Undone,
    /// The scripts build the desired schema.
    DesiredIsBuilt,
    /// What was written was not applied, as was asked for.
    NotApplied,
    /// A seed has not run on this database.
    NotSeeded {
        /// The name of the seed.
        name: &'n str,
    },
    /// A seed is there already.
    SeedKnown {
        /// The name of the seed.
        name: &'n str,
        /// Since when.
        since: &'n str,
    },
}
