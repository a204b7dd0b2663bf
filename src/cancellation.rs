//! Cancelling work from another thread: a value that is handed down to whatever runs, sleeps or waits.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use thiserror::Error;

/// Whether some work is to end early. Clones are one and the same: a server keeps one for each of its runs, and cancels
/// those that it wants to end.
///
/// Whoever works looks at it between two steps and in every wait; a statement that is running is interrupted. What has
/// been committed by then stays, the rest is rolled back.
///
/// ```
/// use revgraph::Cancellation;
///
/// let cancellation = Cancellation::default();
/// let given_to_a_run = cancellation.clone();
/// cancellation.cancel();
/// assert!(given_to_a_run.check().is_err());
/// ```
#[derive(Clone, Default)]
pub struct Cancellation {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    is_cancelled: AtomicBool,
    actions: Mutex<Actions>,
    woken: Condvar,
}

type Action = Box<dyn FnMut() + Send>;

#[derive(Default)]
struct Actions {
    next: u64,
    registered: BTreeMap<u64, Action>,
}

/// The work was cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("interrupted")]
pub struct Cancelled;

impl Cancellation {
    /// Cancels: for good, and for all clones. Sleepers wake up, and what was registered with
    /// [`Cancellation::on_cancel`] is called on this thread, once.
    pub fn cancel(&self) {
        let mut actions = self.shared.lock();
        if self.shared.is_cancelled.swap(true, Ordering::SeqCst) {
            return;
        }
        self.shared.woken.notify_all();
        for action in actions.registered.values_mut() {
            action();
        }
    }

    /// Whether [`Cancellation::cancel`] has been called on this token or a clone of it.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.shared.is_cancelled.load(Ordering::SeqCst)
    }

    /// Ends work that has been cancelled, between two of its steps.
    ///
    /// # Errors
    /// [`Cancelled`].
    #[doc(hidden)]
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.is_cancelled() { Err(Cancelled) } else { Ok(()) }
    }

    /// Sleeps, but not on after it has been cancelled.
    ///
    /// # Errors
    /// [`Cancelled`], at once where it was cancelled before.
    #[doc(hidden)]
    pub fn sleep(&self, duration: Duration) -> Result<(), Cancelled> {
        let started = Instant::now();
        let mut actions = self.shared.lock();
        loop {
            self.check()?;
            let Some(left) = duration.checked_sub(started.elapsed()).filter(|left| !left.is_zero()) else {
                return Ok(());
            };
            let waited = self.shared.woken.wait_timeout(actions, left);
            (actions, _) = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Has `action` called when it is cancelled, on the thread that cancels, until the registration is dropped; at
    /// once where it has been cancelled before. It is for what can look at nothing while it waits: a child process, a
    /// prompt. The action must not use this value.
    #[doc(hidden)]
    pub fn on_cancel(&self, mut action: impl FnMut() + Send + 'static) -> Registration {
        let mut actions = self.shared.lock();
        let key = actions.next;
        actions.next += 1;
        if self.is_cancelled() {
            action();
        } else {
            actions.registered.insert(key, Box::new(action));
        }
        Registration { shared: Arc::clone(&self.shared), key }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Actions> {
        self.actions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An action that is called where a [`Cancellation`] is cancelled; dropping this takes it back, and waits for it where
/// it is being called.
#[must_use = "dropping it takes the action back"]
pub struct Registration {
    shared: Arc<Shared>,
    key: u64,
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.shared.lock().registered.remove(&self.key);
    }
}

impl fmt::Debug for Cancellation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cancellation").field("is_cancelled", &self.is_cancelled()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    #[test]
    fn a_sleeper_wakes_up() {
        let cancellation = Cancellation::default();
        assert_eq!(cancellation.sleep(Duration::from_millis(5)), Ok(()));
        let other = cancellation.clone();
        let started = Instant::now();
        std::thread::scope(|scope| {
            let sleeper = scope.spawn(|| cancellation.sleep(Duration::from_secs(600)));
            other.cancel();
            assert_eq!(sleeper.join().expect("it does not panic"), Err(Cancelled));
        });
        assert!(started.elapsed() < Duration::from_secs(60));
        assert_eq!(cancellation.sleep(Duration::ZERO), Err(Cancelled));
    }

    #[test]
    fn one_run_of_several_is_cancelled() {
        let (one, other) = (Cancellation::default(), Cancellation::default());
        one.cancel();
        assert_eq!((one.check(), other.check()), (Err(Cancelled), Ok(())));
    }

    #[test]
    fn actions_are_called_once_and_while_they_are_registered() {
        let called = Arc::new(AtomicUsize::new(0));
        let count = |called: &Arc<AtomicUsize>| {
            let called = Arc::clone(called);
            move || {
                called.fetch_add(1, Ordering::SeqCst);
            }
        };
        let cancellation = Cancellation::default();
        drop(cancellation.on_cancel(count(&called)));
        let registered = cancellation.on_cancel(count(&called));
        cancellation.cancel();
        cancellation.cancel();
        assert_eq!(called.load(Ordering::SeqCst), 1);
        let late = cancellation.on_cancel(count(&called));
        assert_eq!(called.load(Ordering::SeqCst), 2);
        drop((registered, late));
    }
}
