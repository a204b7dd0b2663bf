//! Scripts for unit tests, which need no files.

use super::ScriptDirectory;

/// Revisions as their ids and header lines, each with an up script of its own.
pub(crate) fn scripts(revisions: &[(&str, &str)]) -> ScriptDirectory {
    let file = |(id, header): &(&str, &str)| {
        (format!("{id}_x.up.sql"), format!("-- {id}\n-- revision: {id}\n{header}\nSELECT '{id}';\n"))
    };
    let files: Vec<(String, String)> = revisions.iter().map(file).collect();
    let texts = files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
    ScriptDirectory::of_texts(texts).expect("sound scripts")
}
