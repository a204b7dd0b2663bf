//! Durations as people read them.

use std::time::Duration;

/// A duration in the unit that suits it: `626 µs`, `12 ms`, `2.0 s`, `3 min 5 s`.
#[must_use]
pub fn readable(duration: Duration) -> String {
    match duration.as_millis() {
        0 => format!("{} µs", duration.as_micros()),
        ms @ 1..1_000 => format!("{ms} ms"),
        ms @ 1_000..60_000 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        ms => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_the_unit_that_suits_it() {
        let told = |micros| readable(Duration::from_micros(micros));
        assert_eq!(told(0), "0 µs");
        assert_eq!(told(626), "626 µs");
        assert_eq!(told(12_900), "12 ms");
        assert_eq!(told(999_999), "999 ms");
        assert_eq!(told(2_004_000), "2.0 s");
        assert_eq!(told(59_999_000), "59.9 s");
        assert_eq!(told(185_000_000), "3 min 5 s");
    }
}
