//! The reasons with which an import declares a revision irreversible because its tool had no down script. Pure.

/// Each as its reader writes it.
const REASONS: [&str; 10] = [
    "not written yet",
    "dbmate had no migrate:down block",
    "Diesel had no down.sql",
    "its down.sql was empty",
    "Flyway had no undo script",
    "golang-migrate had no down script",
    "goose had no Down section",
    "refinery has no down scripts",
    "SQLx had no down script",
    "Sqitch had no revert script",
];

/// Whether a reason says that nobody has written a down script yet, and not that there can be none.
#[must_use]
pub fn is_placeholder(reason: &str) -> bool {
    REASONS.contains(&reason.trim())
}
