//! What the server says besides results and errors: `RAISE NOTICE`, `NOTICE: table … does not exist, skipping`.

use std::collections::VecDeque;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Notices kept for [`NoticeQueue::take`]; a script may raise millions.
const MAX_PENDING_NOTICES: usize = 10_000;

/// A notice or warning of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// `WARNING`, `NOTICE`, `INFO`, `LOG` or `DEBUG`, never translated.
    pub severity: String,
    /// The five characters of the SQLSTATE; `00000` for most notices.
    pub sqlstate: Option<String>,
    /// The message, usually one line.
    pub message: String,
    /// What the server says beyond the message, possibly several lines.
    pub detail: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
    /// The call stack of functions that raised it, innermost first.
    pub context: Option<String>,
}

/// Called with each notice as it arrives. It must not panic; one that does is not called again.
pub type NoticeHandler = Box<dyn FnMut(Notice) + Send>;

/// Takes the notices of one connection: to a handler if there is one, else to a queue.
#[derive(Default)]
pub(super) struct NoticeQueue {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    handler: Option<NoticeHandler>,
    pending: VecDeque<Notice>,
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.severity, self.message)
    }
}

impl NoticeQueue {
    /// Hands `notice` to the handler, or keeps it; the oldest gives way where too many are kept.
    pub(super) fn receive(&self, notice: Notice) {
        let mut state = self.state();
        let Some(mut handler) = state.handler.take() else {
            if state.pending.len() == MAX_PENDING_NOTICES {
                state.pending.pop_front();
            }
            state.pending.push_back(notice);
            return;
        };
        // libpq's C frames are below: a panic must not unwind into them.
        if catch_unwind(AssertUnwindSafe(|| handler(notice))).is_ok() {
            state.handler = Some(handler);
        }
    }

    /// The notices kept since the last call, oldest first.
    pub(super) fn take(&self) -> Vec<Notice> {
        std::mem::take(&mut self.state().pending).into()
    }

    /// Has notices handed to `handler` as they come; with none, they are queued again.
    pub(super) fn set_handler(&self, handler: Option<NoticeHandler>) {
        self.state().handler = handler;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic leaves the state half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn notice(message: &str) -> Notice {
        Notice {
            severity: String::from("NOTICE"),
            sqlstate: None,
            message: message.to_owned(),
            detail: None,
            hint: None,
            context: None,
        }
    }

    #[test]
    fn notices_are_kept_in_order_and_taken_once() {
        let queue = NoticeQueue::default();
        queue.receive(notice("first"));
        queue.receive(notice("second"));
        assert_eq!(queue.take(), [notice("first"), notice("second")]);
        assert_eq!(queue.take(), []);
    }

    #[test]
    fn the_oldest_notices_give_way() {
        let queue = NoticeQueue::default();
        for number in 0..MAX_PENDING_NOTICES + 2 {
            queue.receive(notice(&number.to_string()));
        }
        let kept = queue.take();
        assert_eq!(kept.len(), MAX_PENDING_NOTICES);
        assert_eq!(kept.first(), Some(&notice("2")));
    }

    #[test]
    fn a_handler_gets_the_notices_instead_of_the_queue() {
        let queue = NoticeQueue::default();
        let count = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&count);
        queue.set_handler(Some(Box::new(move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
        })));
        queue.receive(notice("handled"));
        queue.set_handler(None);
        queue.receive(notice("kept"));
        assert_eq!(count.load(Ordering::Relaxed), 1);
        assert_eq!(queue.take(), [notice("kept")]);
    }

    #[test]
    fn a_handler_that_panics_is_dropped() {
        let queue = NoticeQueue::default();
        queue.set_handler(Some(Box::new(|_| panic!("the terminal is gone"))));
        queue.receive(notice("lost"));
        queue.receive(notice("kept"));
        assert_eq!(queue.take(), [notice("kept")]);
    }
}
