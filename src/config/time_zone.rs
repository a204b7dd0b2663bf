//! IANA time zones, from a database that is compiled in.
//!
//! `tzdb_data` holds numbers where `chrono-tz` holds pointers, which the loader would have to relocate whenever the
//! process starts: some 30,000 of them, a quarter of what `revgraph current` takes.

use std::fmt;
use std::time::SystemTime;

use chrono::{DateTime, FixedOffset, Offset, Utc};
use tz::TimeZoneRef;

/// A time zone of the IANA database.
#[derive(Clone, Copy)]
pub struct TimeZone {
    name: &'static str,
    rules: &'static TimeZoneRef<'static>,
}

impl TimeZone {
    /// Coordinated Universal Time, the default.
    pub const UTC: Self = Self { name: "UTC", rules: &tzdb_data::time_zone::UTC };

    /// The zone of a name of the IANA database, in any case; none where there is none of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        let name = Self::names().iter().find(|known| known.eq_ignore_ascii_case(name))?;
        tzdb_data::find_tz(name.as_bytes()).map(|rules| Self { name, rules })
    }

    /// The names of all zones of the time zone database that is compiled in.
    #[must_use]
    pub fn names() -> &'static [&'static str] {
        tzdb_data::TZ_NAMES
    }

    /// The name of the zone in the IANA database.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.name
    }

    /// This moment, with the zone's offset. A clock may stand before 1970, which [`Utc::now`] takes for impossible.
    #[must_use]
    pub fn now(self) -> DateTime<FixedOffset> {
        self.at(SystemTime::now().into())
    }

    /// A moment with the zone's offset then; with UTC's where the database cannot tell.
    #[must_use]
    pub fn at(self, moment: DateTime<Utc>) -> DateTime<FixedOffset> {
        let local = self.rules.find_local_time_type(moment.timestamp()).ok();
        let offset = local.and_then(|local| FixedOffset::east_opt(local.ut_offset()));
        moment.with_timezone(&offset.unwrap_or_else(|| Utc.fix()))
    }
}

impl PartialEq for TimeZone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for TimeZone {}

impl fmt::Debug for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TimeZone").field(&self.name).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).expect("a moment").to_utc()
    }

    #[test]
    fn summer_time_comes_and_goes_also_after_the_last_known_change() {
        let berlin = TimeZone::find("europe/berlin").expect("a zone");
        assert_eq!(berlin.name(), "Europe/Berlin");
        for (utc, local) in [
            ("2025-01-15T12:00:00Z", "2025-01-15T13:00:00+01:00"),
            ("2025-03-30T00:59:59Z", "2025-03-30T01:59:59+01:00"),
            ("2025-03-30T01:00:00Z", "2025-03-30T03:00:00+02:00"),
            ("2099-07-01T12:00:00Z", "2099-07-01T14:00:00+02:00"),
        ] {
            assert_eq!(berlin.at(moment(utc)).to_rfc3339(), local);
        }
    }

    #[test]
    fn zones_that_are_not_whole_hours_away() {
        let at = |name: &str| {
            TimeZone::find(name).map(|zone| zone.at(moment("2025-01-15T12:00:00Z")).to_rfc3339())
        };
        assert_eq!(at("Asia/Kathmandu").as_deref(), Some("2025-01-15T17:45:00+05:45"));
        assert_eq!(at("America/St_Johns").as_deref(), Some("2025-01-15T08:30:00-03:30"));
        assert_eq!(at("UTC").as_deref(), Some("2025-01-15T12:00:00+00:00"));
        assert_eq!(at("Nowhere/Land"), None);
    }

    #[test]
    fn every_name_has_a_zone() {
        assert!(TimeZone::names().len() > 500);
        assert!(TimeZone::names().iter().all(|name| TimeZone::find(name).is_some()));
    }
}
