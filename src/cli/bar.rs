//! The bar of progress at the bottom of a terminal. Whatever is told meanwhile, by whomever, stands above it.

use std::sync::{Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The bar that is shown. It is the process's, like its standard error.
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// A bar, which goes away with this.
pub struct Bar(ProgressBar);

impl Bar {
    /// Shows one for this many steps on standard error.
    pub fn show(steps: usize) -> Self {
        let bar = ProgressBar::with_draw_target(u64::try_from(steps).ok(), ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {wide_msg}");
        let bar = bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        *SHOWN.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar.clone());
        Self(bar)
    }

    /// Sets how many steps the bar stands for.
    pub fn set_steps(&self, steps: usize) {
        self.0.set_length(u64::try_from(steps).unwrap_or(u64::MAX));
    }

    /// What is being done, which must be fit for a terminal.
    pub fn set_message(&self, message: String) {
        self.0.set_message(message);
    }

    /// Moves the bar on by one step.
    pub fn advance(&self) {
        self.0.inc(1);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        *SHOWN.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.0.finish_and_clear();
    }
}

/// Writes something to the terminal while the bar is away, if there is one.
pub fn above(write: impl FnOnce()) {
    let bar = SHOWN.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match bar {
        Some(bar) => bar.suspend(write),
        None => write(),
    }
}
