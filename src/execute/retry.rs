//! Trying again what another session was in the way of.

use std::time::{Duration, Instant};

use crate::backend::{DatabaseError, PreparedStep, StepFailure};
use crate::cancellation::Cancelled;
use crate::duration;

/// How often a transaction is tried at the most.
const MOST_TRIES: u32 = 8;
/// The first pause, before chance shortens it, and the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// A failure that is not tried again.
#[derive(Debug)]
pub(super) struct GivenUp {
    pub(super) failure: StepFailure,
    /// How many tries were made; none where the run was cancelled before the first.
    pub(super) tries: u32,
    /// Who may have been in the way, for people.
    pub(super) blockers: Vec<String>,
}

impl GivenUp {
    /// The failure of a run that was cancelled before `step` was tried.
    pub(super) fn before(step: &PreparedStep, cancelled: Cancelled) -> Self {
        Self { failure: step.failure(cancelled.into()), tries: 0, blockers: Vec::new() }
    }

    /// Whether the failure is one that another try may not meet: transient, and rolled back whole.
    pub(super) fn is_worth_another_try(&self) -> bool {
        may_succeed_later(&self.failure)
    }

    /// The notice that the transaction was rolled back, why, who was in the way, and that it is tried again after
    /// `pause`.
    pub(super) fn retry_notice(&self, pause: Duration) -> String {
        let (revision, operation) = (&self.failure.revision, self.failure.operation.name());
        let why = self.failure.cause.database_error().map_or_else(String::new, ToString::to_string);
        let who: String = self.blockers.iter().map(|blocker| format!("; {blocker}")).collect();
        format!(
            "the {operation} of {revision} was rolled back: {why}{who}; trying again in {}",
            duration::readable(pause)
        )
    }
}

/// The tries of one transaction: with pauses that double, and are shortened by chance so that two who are in each
/// other's way do not meet again.
#[derive(Debug)]
pub(super) struct Tries {
    /// None where there is no limit.
    deadline: Option<Instant>,
    made: u32,
}

impl Tries {
    /// Within `patience` from now; zero sets no limit.
    pub(super) fn within(patience: Duration) -> Self {
        let limit = Some(patience).filter(|patience| !patience.is_zero());
        Self { deadline: limit.and_then(|patience| Instant::now().checked_add(patience)), made: 1 }
    }

    /// How many tries have been made, the one under way included.
    pub(super) fn made(&self) -> u32 {
        self.made
    }

    /// How long to wait before the next try; none where this was the last.
    pub(super) fn pause_after(&mut self, failure: &StepFailure) -> Option<Duration> {
        if !may_succeed_later(failure) || self.made >= MOST_TRIES {
            return None;
        }
        let pause = pause(self.made, chance());
        if self.deadline.is_some_and(|deadline| Instant::now() + pause >= deadline) {
            return None;
        }
        self.made += 1;
        Some(pause)
    }
}

/// Only what was rolled back whole may run again.
fn may_succeed_later(failure: &StepFailure) -> bool {
    failure.in_transaction && failure.cause.database_error().is_some_and(DatabaseError::is_transient)
}

/// The pause after a number of tries, at least half of it whatever `chance` (0 to 255) says.
fn pause(tries: u32, chance: u8) -> Duration {
    let doubled = FIRST_PAUSE.saturating_mul(1 << tries.saturating_sub(1).min(16)).min(LONGEST_PAUSE);
    doubled / 2 + doubled.mul_f64(f64::from(chance) / 510.0)
}

fn chance() -> u8 {
    let mut byte = [0];
    // Without chance the pauses are merely less well spread.
    let _ = getrandom::fill(&mut byte);
    let [byte] = byte;
    byte
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::FailureCause;
    use crate::graph::RevisionId;
    use crate::plan::Operation;

    fn failure(sqlstate: &str) -> StepFailure {
        let error = DatabaseError { sqlstate: Some(sqlstate.to_owned()), ..DatabaseError::default() };
        let cause = FailureCause::Bookkeeping { phase: "committing", error: Box::new(error) };
        let revision = RevisionId::recorded("a");
        StepFailure {
            revision,
            operation: Operation::Upgrade,
            in_transaction: true,
            left_behind: None,
            cause,
        }
    }

    #[test]
    fn pauses_double_up_to_a_limit() {
        let longest: Vec<u128> = (1..9).map(|tries| pause(tries, 255).as_millis()).collect();
        assert_eq!(longest, [100, 200, 400, 800, 1600, 3200, 5000, 5000]);
        assert_eq!(pause(1, 0).as_millis(), 50);
    }

    #[test]
    fn tries_end() {
        let mut tries = Tries::within(Duration::from_secs(3600));
        let made = std::iter::from_fn(|| tries.pause_after(&failure("40P01"))).count();
        assert_eq!(made, 7);
        assert_eq!(Tries::within(Duration::from_millis(20)).pause_after(&failure("55P03")), None);
        assert!(Tries::within(Duration::ZERO).pause_after(&failure("55P03")).is_some());
    }

    #[test]
    fn only_what_others_caused_is_tried_again() {
        let tried =
            |failure: &StepFailure| Tries::within(Duration::from_secs(60)).pause_after(failure).is_some();
        for sqlstate in ["55P03", "40001", "40P01"] {
            assert!(tried(&failure(sqlstate)), "{sqlstate}");
        }
        for sqlstate in ["42P07", "57014", "23505"] {
            assert!(!tried(&failure(sqlstate)), "{sqlstate}");
        }
        let mut lost = failure("40001");
        if let FailureCause::Bookkeeping { error, .. } = &mut lost.cause {
            error.connection_lost = true;
        }
        assert!(!tried(&lost));
        assert!(!tried(&StepFailure { in_transaction: false, ..failure("40001") }));
    }
}
