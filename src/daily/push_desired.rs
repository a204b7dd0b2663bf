//! A database made like the desired schema, from the comparison of the two to the statements that have run.

use thiserror::Error;

use super::push::{Push, PushError, apply, check_pushable};
use crate::autogenerate::{
    AutogenerateError, Counter, Course, Decider, Ground, Planner, RowsInTheWay, Said, SaidOfSeveral,
    SideReader, Stake, UnagreedLoss, decide, stakes,
};
use crate::backend::{Backend, BackendError};
use crate::verify::Observer;

/// Whoever a database is made like the desired schema for: sees the statements before they run, and agrees to what is lost.
pub trait Pusher: Decider {
    /// Is shown the statements between the two schemas, and what is at stake in them.
    fn planned(&mut self, planner: &Planner<'_>, course: &Course, stakes: &[Stake<'_>]);

    /// Agrees to what is lost.
    ///
    /// # Errors
    /// Where nobody does.
    fn agree_to_loss(&mut self, loss: UnagreedLoss) -> Result<(), Self::Error>;

    /// Is told that the database, named without password, has the desired schema now. Without statements it had it before.
    fn pushed(&mut self, database: &str, course: &Course, stakes: &[Stake<'_>]);
}

/// Why a database was not made like the desired schema.
#[derive(Debug, Error)]
pub enum PushDesiredError {
    /// It must not be changed so, or the statements have failed.
    #[error(transparent)]
    Push(#[from] PushError),
    /// It has rows that the statements fail on.
    #[error(transparent)]
    Rows(#[from] RowsInTheWay),
    /// No way to the desired schema was found.
    #[error(transparent)]
    Autogenerate(Box<AutogenerateError>),
}

impl From<AutogenerateError> for PushDesiredError {
    fn from(error: AutogenerateError) -> Self {
        Self::Autogenerate(Box::new(error))
    }
}

impl From<BackendError> for PushDesiredError {
    fn from(error: BackendError) -> Self {
        Self::Push(error.into())
    }
}

/// What a database is to be made like, and what was said of the way there.
#[derive(Debug, Clone, Copy)]
pub struct Desired<'d> {
    /// The schema.
    pub ground: &'d Ground,
    /// What was said of what schemas alone do not tell.
    pub said: &'d Said,
    /// Whether owners and grants are compared also where the schema says nothing of them.
    pub with_privileges: bool,
}

/// Makes a database like the desired schema in one transaction, without a revision; `actor` does it, for the ledger. What schemas
/// alone do not tell is decided by what was said, and by the pusher.
///
/// # Errors
/// [`PushDesiredError`], and those of the pusher.
pub fn push_desired<P: Pusher<Error: From<PushDesiredError>>>(
    reader: SideReader<'_>,
    backend: &mut dyn Backend,
    desired: Desired<'_>,
    actor: &str,
    pusher: &mut P,
    observer: &mut dyn Observer,
) -> Result<(), P::Error> {
    let config = reader.config;
    backend.lock().map_err(PushDesiredError::from)?;
    check_pushable(config, backend).map_err(PushDesiredError::from)?;
    let now = backend.catalog().map_err(PushDesiredError::from)?.within(&config.scope());
    let like = config.database_url().map_err(PushError::from).map_err(PushDesiredError::from)?;
    let left = Ground::Described(Box::new(now));
    let mut begin =
        |with_privileges| Planner::begin(config, like, (&left, desired.ground), with_privileges, observer);
    let mut planner = begin(desired.with_privileges).map_err(PushDesiredError::from)?;
    // What another role makes on a scratch database would be handed over to that.
    let is_same_role = planner.role() == backend.role().map_err(PushDesiredError::from)?.as_deref();
    if planner.leaves_said_privileges() && is_same_role {
        planner = begin(true).map_err(PushDesiredError::from)?;
    }
    let mut counter = Counter::new(reader);
    let decisions = decide(&planner, &mut SaidOfSeveral::new(desired.said, 1), &mut counter, pusher)?;
    let course = planner.plan_in_one(&decisions, observer).map_err(PushDesiredError::from)?;
    let renamed = (planner.left(), decisions.hints.renames.as_slice());
    let stakes = stakes(course.statements(), renamed, &mut counter);
    pusher.planned(&planner, &course, &stakes);
    let sides = (planner.left(), planner.right());
    RowsInTheWay::check(&stakes, sides, &decisions).map_err(PushDesiredError::from)?;
    if let Some(loss) = UnagreedLoss::of(&stakes) {
        pusher.agree_to_loss(loss)?;
    }
    if !course.is_empty() {
        let push = Push {
            course: &course,
            wanted: planner.right(),
            with_privileges: planner.compares_privileges(),
            actor,
            detail: "the desired schema",
        };
        apply(config, backend, push, observer).map_err(PushDesiredError::from)?;
    }
    pusher.pushed(&backend.describe(), &course, &stakes);
    Ok(())
}
