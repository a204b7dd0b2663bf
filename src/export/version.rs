//! The versions that tools sort migrations by. Pure.

use chrono::{DateTime, Duration, FixedOffset, Timelike, Utc};

/// Gives times that are each later than the one before, to the second.
#[derive(Debug, Default)]
pub(super) struct Times {
    last: Option<DateTime<Utc>>,
}

impl Times {
    /// The time at which a migration was made, where that is late enough.
    pub(super) fn next(&mut self, created: Option<DateTime<FixedOffset>>) -> DateTime<Utc> {
        let earliest = self.last.map_or(DateTime::UNIX_EPOCH, |last| last + Duration::seconds(1));
        let created = created.and_then(|created| created.with_timezone(&Utc).with_nanosecond(0));
        let time = created.map_or(earliest, |created| created.max(earliest));
        self.last = Some(time);
        time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn they_always_increase(created in proptest::collection::vec(proptest::option::of(-5_i64..5), 0..20)) {
            let mut times = Times::default();
            let mut given = Vec::new();
            for seconds in &created {
                let created = seconds.and_then(|seconds| DateTime::from_timestamp(1_000_000 + seconds, 5));
                given.push(times.next(created.map(|created| created.fixed_offset())));
            }
            proptest::prop_assert!(given.windows(2).all(|pair| pair[0] < pair[1]));
            proptest::prop_assert!(given.iter().all(|time| time.timestamp_subsec_nanos() == 0));
        }
    }

    #[test]
    fn a_date_that_is_late_enough_is_kept() {
        let at = |text: &str| DateTime::parse_from_rfc3339(text).expect("a date");
        let mut times = Times::default();
        let first = at("2025-01-01T10:00:00.7+02:00");
        assert_eq!(times.next(Some(first)).to_rfc3339(), "2025-01-01T08:00:00+00:00");
        assert_eq!(times.next(Some(at("2024-01-01T00:00:00Z"))).to_rfc3339(), "2025-01-01T08:00:01+00:00");
        assert_eq!(times.next(None).to_rfc3339(), "2025-01-01T08:00:02+00:00");
    }
}
