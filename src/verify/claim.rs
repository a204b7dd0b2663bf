//! Version rows claim that a database has a schema; this looks whether it has.

use super::comparison::{drift, set_volatile_apart};
use super::expected::catalog_of_revisions;
use super::observer::{Aside, Observer};
use crate::backend::{Backend, BackendError};
use crate::cancellation::Cancelled;
use crate::catalog::Difference;
use crate::config::{ChecksumPolicy, Config, ConfigError};
use crate::execute::{
    Direction, ExecuteError, Options, Reading, plan_against, plan_stamp, stamp, unfolded_for,
};
use crate::graph::{RevisionId, RevisionSpec, joined_or_base};
use crate::plan::{PlanError, nodes_of_rows};
use crate::scratch::{ScratchError, Unwatched};
use crate::script::ScriptDirectory;

/// Why a claim does not hold, or cannot be looked at.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// A stamp claims a schema that the database does not have.
    #[error("the database does not have the schema of {}; nothing has been stamped", joined_or_base(.rows))]
    Stamp {
        /// The version rows that were to be written.
        rows: Vec<RevisionId>,
        /// What sets the database apart from what they stand for.
        differences: Vec<Difference>,
    },
    /// The version rows that nobody but their writer vouches for claim a schema that the database does not have.
    #[error(
        "the version rows say {}, and the database does not have its schema; nothing has run",
        joined_or_base(.rows)
    )]
    Rows {
        /// The version rows.
        rows: Vec<RevisionId>,
        /// What sets the database apart from what they stand for.
        differences: Vec<Difference>,
    },
    /// What the rows stand for cannot be built.
    #[error(transparent)]
    Unbuilt(Box<ScratchError>),
    /// A comparison failed.
    #[error(transparent)]
    Scratch(Box<ScratchError>),
    /// No plan can be made, or the scripts do not go together.
    #[error(transparent)]
    Execute(Box<ExecuteError>),
    /// The database's.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// No database is configured.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

impl From<ScratchError> for ClaimError {
    fn from(error: ScratchError) -> Self {
        Self::Scratch(Box::new(error))
    }
}

impl From<ExecuteError> for ClaimError {
    fn from(error: ExecuteError) -> Self {
        Self::Execute(Box::new(error))
    }
}

impl From<PlanError> for ClaimError {
    fn from(error: PlanError) -> Self {
        Self::Execute(Box::new(error.into()))
    }
}

impl ClaimError {
    /// Whether the comparison ended because the work was cancelled, and not because something is wrong.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        let backend = |error: &BackendError| matches!(error, BackendError::Cancelled(Cancelled));
        match self {
            Self::Unbuilt(error) | Self::Scratch(error) => match &**error {
                ScratchError::Cancelled(Cancelled) => true,
                ScratchError::Backend(error) => backend(error),
                ScratchError::Execute(error) => {
                    matches!(error, ExecuteError::Backend(error) if backend(error))
                }
                _ => false,
            },
            Self::Execute(error) => matches!(&**error, ExecuteError::Backend(error) if backend(error)),
            Self::Backend(error) => backend(error),
            Self::Stamp { .. } | Self::Rows { .. } | Self::Config(_) => false,
        }
    }
}

/// Looks at what a stamp of `targets` claims; with `purge` the rows that are there go first. Where the database has tables,
/// it must have the schema that the scripts of the rows build. An empty one can be stamped as anything, of which the observer
/// is told; the base, and rows that stay as they are and that the ledger vouches for, claim nothing new.
///
/// # Errors
/// [`ClaimError::Stamp`] where it has not, and what keeps it from being looked at.
pub fn check_stamp(
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    targets: &[RevisionSpec],
    purge: bool,
    config: &Config,
    observer: &mut dyn Observer,
) -> Result<(), ClaimError> {
    let plan = plan_stamp(scripts, backend, targets, purge)?;
    let claims_nothing_new = plan.before == plan.after && Reading::of(backend)?.vouches_for_rows();
    if claims_nothing_new || plan.after.is_empty() {
        return Ok(());
    }
    if !backend.has_user_tables()? {
        observer.noticed(&Aside::StampOfEmpty { rows: &plan.after });
        return Ok(());
    }
    check_rows(scripts, backend, &plan.after, config, observer)
}

/// Refuses to stamp a database with `rows` whose scripts build another schema than it has.
///
/// # Errors
/// [`ClaimError::Stamp`], and what keeps it from being looked at.
pub fn check_rows(
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    rows: &[RevisionId],
    config: &Config,
    observer: &mut dyn Observer,
) -> Result<(), ClaimError> {
    let differences = differences_from(scripts, backend, rows, config, observer)?;
    if differences.is_empty() {
        return Ok(());
    }
    Err(ClaimError::Stamp { rows: rows.to_owned(), differences })
}

/// Sets the version rows of a database to just `rows`, once their scripts have been seen to build what is there. Returns
/// the rows that then stand.
///
/// # Errors
/// Those of [`check_rows`], and of a stamp.
pub fn stamp_checked(
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    rows: &[RevisionId],
    config: &Config,
    options: &Options,
    observer: &mut dyn Observer,
) -> Result<Vec<RevisionId>, ClaimError> {
    check_rows(scripts, backend, rows, config, observer)?;
    let purge = backend.state()?.has_version_table;
    Ok(stamp(scripts, backend, &RevisionSpec::of_rows(rows), purge, options)?.heads)
}

/// Whether a first run may begin.
#[derive(Debug)]
pub enum FirstRun {
    /// The version rows are vouched for, or what they say is so, or nothing would run.
    Sound,
    /// Whether the database has the schema of its rows was not found out, as without a scratch database. The run may
    /// begin all the same.
    NotLookedAt(ClaimError),
}

/// Refuses a run that would change a database with version rows and an empty ledger whose schema is not what the rows
/// say: another tool has written them, or a hand. Where there is nothing to do, nothing is compared: the comparison replays
/// the history.
///
/// # Errors
/// [`ClaimError::Rows`]; what keeps the run from being planned; and a cancellation.
pub fn check_first_run(
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    reading: &Reading,
    (direction, target): (Direction, &RevisionSpec),
    config: &Config,
    observer: &mut dyn Observer,
) -> Result<FirstRun, ClaimError> {
    if reading.vouches_for_rows() || !config.adopt_check {
        return Ok(FirstRun::Sound);
    }
    // An empty ledger knows of no script that could have been edited.
    let unchecked = ChecksumPolicy::Off;
    let planned = plan_against(scripts, backend, reading, direction, target, unchecked, &mut Unwatched)?;
    if planned.plan.steps.is_empty() {
        return Ok(FirstRun::Sound);
    }
    let rows = &reading.state.rows;
    match differences_from(scripts, backend, rows, config, observer) {
        Ok(differences) if differences.is_empty() => Ok(FirstRun::Sound),
        Ok(differences) => Err(ClaimError::Rows { rows: rows.clone(), differences }),
        Err(error) if error.is_cancelled() => Err(error),
        Err(error) => Ok(FirstRun::NotLookedAt(error)),
    }
}

/// What sets the database apart from what version rows stand for.
fn differences_from(
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    rows: &[RevisionId],
    config: &Config,
    observer: &mut dyn Observer,
) -> Result<Vec<Difference>, ClaimError> {
    // The last of what a baseline replaces stands for all of it, and the backup may be gone.
    let rows: Vec<RevisionId> = rows.iter().map(|row| scripts.graph().standing_for(row).clone()).collect();
    let scripts = &unfolded_for(scripts, &rows, &[])?;
    let tips = nodes_of_rows(scripts.graph(), &rows)?;
    let like = config.database_url()?;
    let expected = catalog_of_revisions(scripts, &tips, config, like, observer)
        .map_err(|error| ClaimError::Unbuilt(Box::new(error)))?;
    let scope = config.scope();
    let (expected, actual) = (expected.within(&scope), backend.catalog()?.within(&scope));
    let mut found = drift(&expected, &actual, config, like, observer)?;
    set_volatile_apart(&expected, &mut found, config, like, observer, |observer| {
        let again = catalog_of_revisions(scripts, &tips, config, like, observer)?;
        Ok::<_, ClaimError>(again.within(&scope))
    })?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cancellation_is_told_wherever_it_happened() {
        let backend = || BackendError::Cancelled(Cancelled);
        let called_off: [ClaimError; 6] = [
            ScratchError::from(Cancelled).into(),
            ScratchError::from(backend()).into(),
            ScratchError::from(ExecuteError::Backend(backend())).into(),
            ClaimError::Unbuilt(Box::new(ScratchError::from(Cancelled))),
            ExecuteError::Backend(backend()).into(),
            backend().into(),
        ];
        for error in called_off {
            assert!(error.is_cancelled(), "{error:?}");
        }
        let unknown = || ExecuteError::UnknownStep { revision: RevisionId::recorded("a") };
        let others: [ClaimError; 3] = [
            unknown().into(),
            ScratchError::from(unknown()).into(),
            ClaimError::Rows { rows: Vec::new(), differences: Vec::new() },
        ];
        for error in others {
            assert!(!error.is_cancelled(), "{error:?}");
        }
    }
}
