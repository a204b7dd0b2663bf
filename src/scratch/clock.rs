//! What scripts have from a clock is another value each time they run.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::cancellation::{Cancellation, Cancelled};

/// Words that ask a clock, as they stand in scripts of either database. Some clocks show seconds only.
const CLOCKS: [&str; 14] = [
    "'now'",
    "now(",
    "current_time",
    "current_date",
    "localtime",
    "datetime(",
    "strftime(",
    "julianday(",
    "unixepoch(",
    "date(",
    "clock_timestamp",
    "statement_timestamp",
    "transaction_timestamp",
    "timeofday",
];

/// How long to sleep until the clock is looked at again.
const PAUSE: Duration = Duration::from_millis(10);

/// Whether a script's text has a word that asks for the time, anywhere and in any case: rather too often than not.
#[must_use]
pub fn asks_clock(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    CLOCKS.iter().any(|word| text.contains(word))
}

/// Waits until clocks that show seconds show another one.
///
/// # Errors
/// [`Cancelled`].
pub fn wait_for_next_second(cancellation: &Cancellation) -> Result<(), Cancelled> {
    let second = || SystemTime::now().duration_since(UNIX_EPOCH).map(|since| since.as_secs()).ok();
    let now = second();
    while now.is_some() && second() == now {
        cancellation.sleep(PAUSE)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_heard() {
        for text in [
            "DEFAULT CURRENT_TIMESTAMP",
            "SELECT now()",
            "VALUES (datetime('now'))",
            "SELECT clock_timestamp()",
        ] {
            assert!(asks_clock(text), "{text}");
        }
        assert!(!asks_clock("CREATE TABLE known (snow TEXT)"));
    }
}
