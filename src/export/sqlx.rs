//! SQLx's layout: two files for each migration. Pure.

use std::path::PathBuf;

use super::MigrationScript;
use super::parts::Part;

/// What SQLx looks for at the very beginning of a file.
const NO_TRANSACTION: &str = "-- no-transaction\n";

/// `YYYYMMDDHHMMSS_name.up.sql` and `.down.sql`; a migration that cannot be undone has no `.down.sql`.
pub(super) fn files(part: &Part<'_>) -> Vec<(PathBuf, String)> {
    let stem = format!("{}_{}", part.time.format("%Y%m%d%H%M%S"), part.name());
    let text = |script: &MigrationScript| {
        let first = if script.no_transaction { NO_TRANSACTION } else { "" };
        format!("{first}{}", part.text(script))
    };
    let mut files = vec![(PathBuf::from(format!("{stem}.up.sql")), text(&part.up))];
    files.extend(part.down.as_ref().map(|down| (PathBuf::from(format!("{stem}.down.sql")), text(down))));
    files
}
