//! The time that work takes, as the median of several rounds.

use std::time::{Duration, Instant};

/// How often it is done.
const ROUNDS: usize = 9;

/// How long one round of it takes; what it gives is dropped afterwards.
pub fn time<T>(work: impl FnOnce() -> T) -> Duration {
    let started = Instant::now();
    let result = work();
    let took = started.elapsed();
    drop(result);
    took
}

/// The median of what the rounds take.
pub fn median(mut round: impl FnMut() -> Duration) -> Duration {
    let mut rounds: Vec<Duration> = (0..ROUNDS).map(|_| round()).collect();
    rounds.sort();
    rounds.get(ROUNDS / 2).copied().unwrap_or_default()
}

/// A time for a table.
pub fn milliseconds(duration: Duration) -> String {
    format!("{:.2} ms", duration.as_secs_f64() * 1e3)
}
