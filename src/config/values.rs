//! What the values of single keys may be, and what they mean.

use std::collections::BTreeMap;
use std::time::Duration;

use super::suggestion::nearest;
use super::template::TemplateError;
use super::time_zone::TimeZone;
use crate::catalog::{Ignore, IgnoreError};
use crate::prisma::PrismaVersion;

/// PostgreSQL keeps its timeouts as a signed 32-bit number of milliseconds.
const LONGEST_TIMEOUT_MS: u64 = i32::MAX as u64;

/// How revisions are grouped into transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TransactionMode {
    /// `"each"`: one transaction for each revision.
    #[default]
    Each,
    /// `"all"`: one transaction for the whole run.
    All,
}

/// What an edited script that has been applied does to `upgrade`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChecksumPolicy {
    /// `"error"`: it is refused.
    #[default]
    Error,
    /// `"warn"`: it is reported.
    Warn,
    /// `"off"`: nothing is compared.
    Off,
}

/// Whether a run that changes a database backs it up before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BackupPolicy {
    /// `"never"`: only where it is asked for.
    #[default]
    Never,
    /// `"before"`: each run that has steps to take.
    Before,
}

/// A value before its key has given it a meaning.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum RawValue {
    Text(String),
    Integer(i64),
    Boolean(bool),
    List(Vec<RawValue>),
    Table(BTreeMap<String, RawValue>),
    /// A kind that no key takes, with its name for messages.
    Other(&'static str),
}

impl RawValue {
    fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "a string",
            Self::Integer(_) => "an integer",
            Self::Boolean(_) => "a boolean",
            Self::List(_) => "an array",
            Self::Table(_) => "a table",
            Self::Other(kind) => kind,
        }
    }

    /// The error that this value is not of the type that `expected` names.
    pub(super) fn is_not(&self, expected: &'static str) -> ValueError {
        ValueError::Type { expected, found: self.kind() }
    }
}

/// Why a key cannot take a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ValueError {
    /// The value is of another TOML type.
    #[error("should be {expected}, and is {found}")]
    Type {
        /// The type it should have.
        expected: &'static str,
        /// The type that the value has.
        found: &'static str,
    },
    /// The value is none of a fixed set.
    #[error("is `{value}`, and should be one of: {}", allowed.join(", "))]
    NotOneOf {
        /// The value.
        value: String,
        /// The set.
        allowed: Vec<&'static str>,
    },
    /// Text that should be a whole number that is not negative.
    #[error("should be a whole number, 0 or more")]
    NotANumber,
    /// Text that should be a list.
    #[error("should be a list: names separated by commas, or a TOML array of strings")]
    NotAList,
    /// A duration that is not a number with a unit.
    #[error("is `{0}`, which is not a duration")]
    NotADuration(String),
    /// A duration as a number alone, in a string.
    #[error("is `{0}`, a duration without a unit")]
    NoUnit(String),
    /// A duration longer than PostgreSQL can keep.
    #[error("is longer than 24 days, the longest timeout there is")]
    TooLong,
    /// No such time zone.
    #[error("is `{value}`, which is not the name of a time zone")]
    UnknownTimeZone {
        /// The value.
        value: String,
        /// The zone that is spelt most like it.
        nearest: Option<&'static str>,
    },
    /// Nothing, where a name or path is needed.
    #[error("is empty")]
    Empty,
    /// A NUL character, which neither a path nor a name in a database can hold.
    #[error("holds a NUL character")]
    Nul,
    /// Not a port number, nor several separated by commas.
    #[error("is not a port number from 1 to 65535")]
    NotAPort,
    /// Not a major version of Prisma.
    #[error("should be a version of Prisma, as 6 or 7")]
    NotAPrismaVersion,
    /// A table with another key than the names of the dialects.
    #[error("has the key `{0}`, and should have `postgres` and `sqlite` only")]
    NoDialect(String),
    /// A pattern of objects that cannot be used.
    #[error("{0}")]
    Ignore(#[from] IgnoreError),
    /// A file name template that cannot be used.
    #[error("{0}")]
    Template(#[from] TemplateError),
}

impl ValueError {
    /// What may have been meant by the value, as a hint.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotADuration(_) => Some(
                "a duration is a whole number and ms, s, min, h or d, such as \"500ms\" or \"2min\""
                    .to_owned(),
            ),
            Self::NoUnit(number) => Some(format!("did you mean \"{number}s\" or \"{number}ms\"?")),
            Self::UnknownTimeZone { nearest, .. } => Some(match nearest {
                Some(zone) => format!("did you mean `{zone}`?"),
                None => "a time zone is `UTC` or an IANA name such as `Europe/Berlin`".to_owned(),
            }),
            Self::Type { expected: "an array of strings", found: "a string" } => {
                Some("write [\"versions\"]".to_owned())
            }
            Self::Ignore(_) => Some(
                "a pattern is a name, or a kind and a name: \"table public.spatial_ref_sys\", \"cron.*\""
                    .to_owned(),
            ),
            Self::Template(error) => error.hint(),
            _ => None,
        }
    }
}

/// Takes a string that is not empty and holds no NUL.
///
/// # Errors
/// [`ValueError::Empty`] (white space alone counts as empty), [`ValueError::Nul`] and [`ValueError::Type`].
pub(super) fn text(value: RawValue) -> Result<String, ValueError> {
    match value {
        RawValue::Text(text) if text.trim().is_empty() => Err(ValueError::Empty),
        RawValue::Text(text) if text.contains('\0') => Err(ValueError::Nul),
        RawValue::Text(text) => Ok(text),
        other => Err(other.is_not("a string")),
    }
}

/// Takes a string, which may be empty; an error for another type.
pub(super) fn any_text(value: RawValue) -> Result<String, ValueError> {
    match value {
        RawValue::Text(text) => Ok(text),
        other => Err(other.is_not("a string")),
    }
}

/// Takes a list of strings, of which there is at least one.
///
/// # Errors
/// [`ValueError::Empty`], [`ValueError::Type`], and those of [`text`].
pub(super) fn texts(value: RawValue) -> Result<Vec<String>, ValueError> {
    match value {
        RawValue::List(values) if values.is_empty() => Err(ValueError::Empty),
        RawValue::List(values) => values.into_iter().map(text).collect(),
        other => Err(other.is_not("an array of strings")),
    }
}

/// Takes a list of patterns of objects, which may be empty; an error for one that can match nothing.
pub(super) fn ignore(value: RawValue) -> Result<Ignore, ValueError> {
    let patterns = match value {
        RawValue::List(values) => values.into_iter().map(text).collect::<Result<Vec<_>, _>>()?,
        other => return Err(other.is_not("an array of strings")),
    };
    Ok(Ignore::new(&patterns)?)
}

/// Takes `true` or `false`; an error for another type.
pub(super) fn boolean(value: RawValue) -> Result<bool, ValueError> {
    match value {
        RawValue::Boolean(boolean) => Ok(boolean),
        other => Err(other.is_not("a boolean")),
    }
}

/// Takes a whole number that is not negative.
///
/// # Errors
/// [`ValueError::NotANumber`] and [`ValueError::Type`].
pub(super) fn size(value: RawValue) -> Result<usize, ValueError> {
    match value {
        RawValue::Integer(number) => usize::try_from(number).map_err(|_| ValueError::NotANumber),
        other => Err(other.is_not("an integer")),
    }
}

/// Takes the major version of Prisma whose rules for names are followed; an error for one older than
/// [`PrismaVersion::OLDEST`].
pub(super) fn prisma_version(value: RawValue) -> Result<PrismaVersion, ValueError> {
    let number = size(value)?;
    let version =
        u32::try_from(number).ok().map(PrismaVersion).filter(|version| *version >= PrismaVersion::OLDEST);
    version.ok_or(ValueError::NotAPrismaVersion)
}

/// Takes `"each"` or `"all"`; anything else is [`ValueError::NotOneOf`] or [`ValueError::Type`].
pub(super) fn transaction_mode(value: RawValue) -> Result<TransactionMode, ValueError> {
    one_of(value, &[("each", TransactionMode::Each), ("all", TransactionMode::All)])
}

/// Takes `"error"`, `"warn"` or `"off"`; anything else is [`ValueError::NotOneOf`] or [`ValueError::Type`].
pub(super) fn checksum_policy(value: RawValue) -> Result<ChecksumPolicy, ValueError> {
    one_of(
        value,
        &[("error", ChecksumPolicy::Error), ("warn", ChecksumPolicy::Warn), ("off", ChecksumPolicy::Off)],
    )
}

/// Takes `"on"` or `"off"`; anything else is [`ValueError::NotOneOf`] or [`ValueError::Type`].
pub(super) fn on_or_off(value: RawValue) -> Result<bool, ValueError> {
    one_of(value, &[("on", true), ("off", false)])
}

/// Takes `"never"` or `"before"`; anything else is [`ValueError::NotOneOf`] or [`ValueError::Type`].
pub(super) fn backup_policy(value: RawValue) -> Result<BackupPolicy, ValueError> {
    one_of(value, &[("never", BackupPolicy::Never), ("before", BackupPolicy::Before)])
}

fn one_of<T: Copy>(value: RawValue, choices: &[(&'static str, T)]) -> Result<T, ValueError> {
    let value = text(value)?;
    match choices.iter().find(|(name, _)| *name == value) {
        Some((_, choice)) => Ok(*choice),
        None => Err(ValueError::NotOneOf { value, allowed: choices.iter().map(|(name, _)| *name).collect() }),
    }
}

/// A duration: an integer of milliseconds, which is PostgreSQL's own unit for its timeouts, or a
/// string of a whole number and a unit: `ms`, `s`, `min`, `h` or `d`, PostgreSQL's names. `0`, as
/// either, is [`Duration::ZERO`], which disables the timeout.
///
/// A string of a number alone is refused: read as PostgreSQL does it would be milliseconds, read
/// as most other tools do, seconds.
pub(super) fn duration(value: RawValue) -> Result<Duration, ValueError> {
    let milliseconds = match value {
        RawValue::Integer(number) => u64::try_from(number).map_err(|_| ValueError::NotANumber)?,
        RawValue::Text(text) => milliseconds(&text)?,
        other => return Err(other.is_not("a duration such as \"10s\"")),
    };
    if milliseconds > LONGEST_TIMEOUT_MS {
        return Err(ValueError::TooLong);
    }
    Ok(Duration::from_millis(milliseconds))
}

/// Reads a duration as the file has it: a whole number with a unit, such as `30s` or `5min`; `0` is no limit.
///
/// # Errors
/// [`ValueError`] where it is none, has no unit, or is longer than any timeout may be.
pub fn parse_duration(text: &str) -> Result<Duration, ValueError> {
    duration(RawValue::Text(text.to_owned()))
}

fn milliseconds(text: &str) -> Result<u64, ValueError> {
    let trimmed = text.trim();
    let digits = trimmed.find(|c: char| !c.is_ascii_digit()).unwrap_or(trimmed.len());
    let (number, unit) = trimmed.split_at(digits);
    if number.is_empty() {
        return Err(ValueError::NotADuration(text.to_owned()));
    }
    let unit_ms = match unit.trim_start() {
        "" if number.bytes().all(|digit| digit == b'0') => 1,
        "" => return Err(ValueError::NoUnit(number.to_owned())),
        "ms" => 1,
        "s" => 1000,
        "min" => 60 * 1000,
        "h" => 60 * 60 * 1000,
        "d" => 24 * 60 * 60 * 1000,
        _ => return Err(ValueError::NotADuration(text.to_owned())),
    };
    // Only digits are left, so what does not parse is too large.
    let number: u64 = number.parse().map_err(|_| ValueError::TooLong)?;
    number.checked_mul(unit_ms).ok_or(ValueError::TooLong)
}

/// Takes the name of an IANA time zone, in any case.
///
/// # Errors
/// [`ValueError::UnknownTimeZone`] with the nearest name, and those of [`text`].
pub(super) fn time_zone(value: RawValue) -> Result<TimeZone, ValueError> {
    let value = text(value)?;
    TimeZone::find(value.trim()).ok_or_else(|| {
        let nearest = nearest(&value, TimeZone::names().iter().copied());
        ValueError::UnknownTimeZone { nearest, value }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text_value(text: &str) -> RawValue {
        RawValue::Text(text.to_owned())
    }

    #[test]
    fn durations_have_postgresql_units() {
        for (text, milliseconds) in [
            ("500ms", 500),
            ("10s", 10_000),
            (" 10 s ", 10_000),
            ("2min", 120_000),
            ("1h", 3_600_000),
            ("1d", 86_400_000),
            ("0", 0),
            ("0s", 0),
        ] {
            assert_eq!(duration(text_value(text)), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
        assert_eq!(duration(RawValue::Integer(250)), Ok(Duration::from_millis(250)));
    }

    #[test]
    fn what_is_not_a_duration_says_why() {
        assert_eq!(duration(text_value("10")), Err(ValueError::NoUnit("10".to_owned())));
        for text in ["", "s", "-1s", "1.5s", "10 m", "10sec", "10s5"] {
            assert_eq!(duration(text_value(text)), Err(ValueError::NotADuration(text.to_owned())), "{text}");
        }
        for text in ["25d", "99999999999999999999s", "18446744073709551615h"] {
            assert_eq!(duration(text_value(text)), Err(ValueError::TooLong), "{text}");
        }
        assert_eq!(duration(RawValue::Integer(-1)), Err(ValueError::NotANumber));
        assert!(matches!(duration(RawValue::Boolean(true)), Err(ValueError::Type { .. })));
    }

    #[test]
    fn time_zones_are_found_in_any_case() {
        assert_eq!(time_zone(text_value("utc")), Ok(TimeZone::UTC));
        assert_eq!(time_zone(text_value("asia/shanghai")).map(TimeZone::name), Ok("Asia/Shanghai"));
        let error = time_zone(text_value("Europe/Berlim")).unwrap_err();
        assert_eq!(error.hint().as_deref(), Some("did you mean `Europe/Berlin`?"));
    }

    #[test]
    fn a_choice_names_its_alternatives() {
        assert_eq!(transaction_mode(text_value("all")), Ok(TransactionMode::All));
        let error = checksum_policy(text_value("ignore")).unwrap_err();
        assert_eq!(error.to_string(), "is `ignore`, and should be one of: error, warn, off");
    }

    proptest! {
        #[test]
        fn any_text_is_a_duration_or_an_error(text in ".*") {
            let _ = duration(RawValue::Text(text));
        }

        #[test]
        fn milliseconds_are_read_as_written(number in 0..=LONGEST_TIMEOUT_MS) {
            prop_assert_eq!(
                duration(RawValue::Text(format!("{number}ms"))),
                Ok(Duration::from_millis(number))
            );
        }
    }
}
