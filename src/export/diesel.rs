//! Diesel's layout: a folder for each migration. Pure.

use std::path::PathBuf;

use super::MigrationScript;
use super::parts::Part;

/// `YYYY-MM-DD-HHMMSS_name/` with `up.sql`, `down.sql`, and `metadata.toml` where it runs without a transaction. Where
/// there is no `down.sql`, Diesel refuses to go back.
pub(super) fn files(part: &Part<'_>) -> Vec<(PathBuf, String)> {
    let folder = PathBuf::from(format!("{}_{}", part.time.format("%Y-%m-%d-%H%M%S"), part.name()));
    let scripts = [Some(&part.up), part.down.as_ref()];
    // Diesel knows it of both together.
    let no_transaction = scripts.iter().flatten().any(|script| script.no_transaction);
    let text = |script: &MigrationScript| {
        let in_its_own = no_transaction && !script.no_transaction;
        let sql =
            if in_its_own { format!("BEGIN;\n\n{}\nCOMMIT;\n", script.sql) } else { script.sql.clone() };
        part.text(&MigrationScript { sql, ..*script })
    };
    let mut files = vec![(folder.join("up.sql"), text(&part.up))];
    files.extend(part.down.as_ref().map(|down| (folder.join("down.sql"), text(down))));
    if no_transaction {
        files.push((folder.join("metadata.toml"), "run_in_transaction = false\n".to_owned()));
    }
    files
}
