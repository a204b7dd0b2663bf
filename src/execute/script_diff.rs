//! An edited script against the ledger's copy of it, as a unified diff.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use similar::TextDiff;

use super::{Differing, ExecuteError};
use crate::backend::Backend;
use crate::graph::RevisionId;
use crate::script::{ScriptDirectory, ScriptReader, ScriptTexts};

/// Lines around a change.
const CONTEXT_LINES: usize = 3;
/// Beyond this the differences are told less exactly rather than later.
const PATIENCE: Duration = Duration::from_millis(500);

/// Puts the diff of each edited script into it. A file that can no longer be read has none.
///
/// # Errors
/// The database's.
pub(super) fn add_diffs(
    edited: &mut [Differing],
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
) -> Result<(), ExecuteError> {
    let ids: Vec<RevisionId> = edited.iter().map(|one| one.revision.clone()).collect();
    let recorded: BTreeMap<RevisionId, Arc<str>> = backend
        .recorded_scripts(&ids)?
        .into_iter()
        .map(|scripts| (scripts.revision, scripts.up_script))
        .collect();
    let mut reader = ScriptReader::default();
    for one in edited {
        let Some(before) = recorded.get(&one.revision) else { continue };
        let Some(node) = scripts.graph().find(one.revision.as_str()) else { continue };
        let now = match &scripts.script(node).texts {
            ScriptTexts::Files => reader.whole(&one.path).ok(),
            ScriptTexts::Program(held) | ScriptTexts::Ledger(held) => Some(&*held.up),
        };
        let Some(now) = now else { continue };
        one.diff = Some(unified(before, now, &one.revision, &one.path));
    }
    Ok(())
}

/// The unified diff from the ledger's copy of an up script to the script at `path`. What the checksum passes over
/// (byte order mark, line ends, newlines at the end) shows no difference.
fn unified(before: &str, now: &str, revision: &RevisionId, path: &Path) -> String {
    let (before, now) = (normal(before), normal(now));
    TextDiff::configure()
        .timeout(PATIENCE)
        .diff_lines(&before, &now)
        .unified_diff()
        .context_radius(CONTEXT_LINES)
        .header(&format!("ledger:{revision}.up.sql"), &path.display().to_string())
        .to_string()
}

fn normal(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    format!("{}\n", text.trim_end_matches(['\n', '\r']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diff(before: &str, now: &str) -> String {
        unified(before, now, &RevisionId::recorded("r1"), Path::new("versions/r1_x.up.sql"))
    }

    #[test]
    fn the_changed_lines_stand_between_their_neighbours() {
        assert_eq!(
            diff(
                "-- t\n\nCREATE TABLE a (x int);\nSELECT 1;\n",
                "-- t\n\nCREATE TABLE a (x bigint);\nSELECT 1;\n"
            ),
            "--- ledger:r1.up.sql\n+++ versions/r1_x.up.sql\n@@ -1,4 +1,4 @@\n -- t\n \n\
             -CREATE TABLE a (x int);\n+CREATE TABLE a (x bigint);\n SELECT 1;\n"
        );
    }

    #[test]
    fn what_the_checksum_passes_over_is_no_difference() {
        assert_eq!(diff("\u{feff}SELECT 1;\r\nSELECT 2;", "SELECT 1;\nSELECT 2;\n\n"), "");
    }
}
