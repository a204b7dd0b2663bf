//! What scripts declare in their headers.

use std::path::{Path, PathBuf};

use super::checksum::Checksum;
use super::directory::{ReadMode, Script, ScriptProblem};
use super::file::ScriptReader;
use super::header::{HeaderErrorKind, parse_script};
use super::listing::Listing;
use super::pair::{Pair, by_stem, pair_files};
use super::texts::ScriptTexts;
use crate::excerpt::Excerpt;
use crate::graph::Revision;
use crate::parallel::map_chunks;

/// The revisions that scripts among some files declare, in the order of their ids; messages name scripts relative to
/// `directory`.
pub(super) fn declared_in(
    listing: &Listing,
    directory: &Path,
    mode: ReadMode,
    problems: &mut Vec<ScriptProblem>,
) -> Vec<(Revision, Script)> {
    let pairs = pair_files(listing, directory, problems);
    let mut declared = Vec::with_capacity(pairs.len());
    let mut unreadable = Vec::new();
    for mut read in map_chunks(&pairs, |chunk| read_all(chunk, mode)) {
        declared.append(&mut read.declared);
        unreadable.append(&mut read.unreadable);
    }
    unreadable.sort_by(|(a, _), (b, _)| by_stem(a, b));
    problems.extend(unreadable.into_iter().map(|(_, problem)| problem));
    declared.sort_by(|(a, x), (b, y)| a.id.cmp(&b.id).then_with(|| x.up.cmp(&y.up)));
    declared
}

struct Read {
    declared: Vec<(Revision, Script)>,
    /// Up scripts, and what is wrong with each.
    unreadable: Vec<(PathBuf, ScriptProblem)>,
}

fn read_all(pairs: &[Pair<'_>], mode: ReadMode) -> Read {
    let mut reader = ScriptReader::default();
    let mut read = Read { declared: Vec::with_capacity(pairs.len()), unreadable: Vec::new() };
    for pair in pairs {
        match read_pair(&mut reader, pair, mode) {
            Ok(declared) => read.declared.push(declared),
            Err(problem) => read.unreadable.push((pair.up(), problem)),
        }
    }
    read
}

fn read_pair(
    reader: &mut ScriptReader,
    pair: &Pair<'_>,
    mode: ReadMode,
) -> Result<(Revision, Script), ScriptProblem> {
    let up = pair.up();
    let text = match mode {
        ReadMode::Headers => reader.header(&up)?,
        ReadMode::Checksums => reader.whole(&up)?,
    };
    declared(ScriptFiles { up, down: pair.down(), source: pair.source() }, text, mode)
}

/// The files of a revision.
pub(super) struct ScriptFiles {
    /// The up script.
    pub(super) up: PathBuf,
    /// The down script, where there is one.
    pub(super) down: Option<PathBuf>,
    /// What messages call the up script.
    pub(super) source: String,
}

/// What a script declares, from as much of the text of its up script as `mode` asks for.
pub(super) fn declared(
    files: ScriptFiles,
    text: &str,
    mode: ReadMode,
) -> Result<(Revision, Script), ScriptProblem> {
    let (header, body) = parse_script(text).map_err(|error| {
        let excerpt = Box::new(Excerpt::new(&files.up, text, error.span.clone()));
        match error.kind {
            HeaderErrorKind::Directive(error) => ScriptProblem::Directive { error, excerpt },
            _ => ScriptProblem::Malformed { message: error.to_string(), excerpt },
        }
    })?;
    let revision = Revision {
        id: header.revision,
        down_revisions: header.down_revisions,
        depends_on: header.depends_on,
        branch_labels: header.branch_labels,
        replaces: header.replaces,
        stands_on: Vec::new(),
        source: files.source,
    };
    let script = Script {
        up: files.up,
        down: files.down,
        message: header.message,
        created: header.created,
        texts: ScriptTexts::Files,
        checksum: (mode == ReadMode::Checksums).then(|| Checksum::of_body(body)),
    };
    Ok((revision, script))
}
