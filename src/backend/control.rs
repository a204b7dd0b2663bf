//! How a connection is worked with from outside.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::cancellation::{Cancellation, Cancelled};

/// After how long it is told that something is being waited for.
const TOLD_AFTER: Duration = Duration::from_secs(1);

/// What may cancel the work of a connection, and who is told that it waits. The default is never cancelled and tells
/// nobody.
#[derive(Clone, Default)]
pub struct Control {
    cancellation: Cancellation,
    listener: Option<Arc<Listener>>,
}

type Listener = dyn Fn(&str) + Send + Sync;

impl Control {
    /// A control over work that `cancellation` may cancel; nobody is told of waits.
    #[must_use]
    pub fn new(cancellation: Cancellation) -> Self {
        Self { cancellation, listener: None }
    }

    /// Has `listener` told, once for each wait that takes longer than a second, what is being waited for: for a lock,
    /// for a server. It may be called on any thread that works with the connection.
    #[must_use]
    pub fn telling(self, listener: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { listener: Some(Arc::new(listener)), ..self }
    }

    /// Makes work look at another cancellation; who is told of waits stays.
    #[must_use]
    pub fn cancelled_by(self, cancellation: Cancellation) -> Self {
        Self { cancellation, ..self }
    }

    /// The cancellation that the work looks at.
    #[must_use]
    pub fn cancellation(&self) -> &Cancellation {
        &self.cancellation
    }

    /// Whether the work has been cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancellation.is_cancelled()
    }

    /// Ends work that has been cancelled, between two of its steps.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn check(&self) -> Result<(), Cancelled> {
        self.cancellation.check()
    }

    /// Whether [`Control::telling`] has named somebody whom [`Control::tell`] reaches.
    #[must_use]
    pub fn is_listened_to(&self) -> bool {
        self.listener.is_some()
    }

    /// Tells whoever listens what is being waited for.
    pub fn tell(&self, what: &str) {
        if let Some(listener) = &self.listener {
            listener(what);
        }
    }

    /// Begins a wait, in which pauses end where the work is cancelled.
    #[must_use]
    pub fn wait(&self) -> Wait {
        Wait { control: self.clone(), started: Instant::now(), is_told: false }
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control").field("cancellation", &self.cancellation).finish_non_exhaustive()
    }
}

/// A wait for something that is tried again and again.
#[derive(Debug)]
pub struct Wait {
    control: Control,
    started: Instant,
    is_told: bool,
}

impl Wait {
    /// The time since [`Control::wait`] began this wait.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Whether the wait has lasted for `patience`; zero sets no limit.
    #[must_use]
    pub fn is_over(&self, patience: Duration) -> bool {
        !patience.is_zero() && self.elapsed() >= patience
    }

    /// Sleeps until the next try. Where the wait has lasted long it is told `what` is waited for, the first time.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn pause(&mut self, pause: Duration, what: impl FnOnce() -> String) -> Result<(), Cancelled> {
        self.look(what)?;
        self.control.cancellation.sleep(pause)
    }

    /// For use between two turns of a wait that sleeps elsewhere: as [`Wait::pause`], without the sleep.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn look(&mut self, what: impl FnOnce() -> String) -> Result<(), Cancelled> {
        if !self.is_told && self.is_long() {
            self.is_told = true;
            self.control.tell(&what());
        }
        self.control.check()
    }

    /// Whether the wait has lasted so long that it is told.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.elapsed() >= TOLD_AFTER
    }
}

/// What is told of the wait for another process that changes the database.
#[cfg_attr(not(any(feature = "postgres", feature = "sqlite")), allow(dead_code))]
pub(super) fn waiting_for_lock(holder: Option<String>) -> String {
    let holder = holder.unwrap_or_else(|| "another process is at work on it".to_owned());
    format!("waiting until the database is free: {holder}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[test]
    fn a_long_wait_is_told_once() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let listener = Arc::clone(&told);
        let control = Control::default()
            .telling(move |what| listener.lock().expect("nobody panics").push(what.to_owned()));
        let mut wait = control.wait();
        let mut pause = || wait.pause(Duration::from_millis(1), || "waiting for a lock".to_owned());
        assert_eq!(pause(), Ok(()));
        assert!(told.lock().expect("nobody panics").is_empty());
        std::thread::sleep(TOLD_AFTER);
        assert_eq!((pause(), pause()), (Ok(()), Ok(())));
        assert_eq!(*told.lock().expect("nobody panics"), ["waiting for a lock"]);
        control.cancellation().cancel();
        assert_eq!(pause(), Err(Cancelled));
    }
}
