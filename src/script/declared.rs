//! What scripts declare in their headers.

use std::mem;
use std::path::{Path, PathBuf};

use super::checksum::Checksum;

use super::file::ScriptReader;
use super::header::{HeaderErrorKind, parse_script};
use super::listing::Listing;
use super::names::by_stem;
use super::pair::{Pair, pair_files};
use super::problem::ScriptProblem;
use super::read_mode::ReadMode;
use super::revision_files::{Script, ScriptTexts};
use crate::excerpt::Excerpt;
use crate::graph::Revision;
use crate::parallel::map_chunks;

/// The revisions that scripts declare, and at the same places their files.
#[derive(Debug, Default)]
pub(super) struct Declarations {
    /// The revisions.
    pub(super) revisions: Vec<Revision>,
    /// Their files.
    pub(super) scripts: Vec<Script>,
}

impl Declarations {
    fn with_capacity(revisions: usize) -> Self {
        Self { revisions: Vec::with_capacity(revisions), scripts: Vec::with_capacity(revisions) }
    }

    /// Adds a revision with its files, behind those that are there.
    pub(super) fn push(&mut self, (revision, script): (Revision, Script)) {
        self.revisions.push(revision);
        self.scripts.push(script);
    }

    fn append(&mut self, mut other: Self) {
        self.revisions.append(&mut other.revisions);
        self.scripts.append(&mut other.scripts);
    }

    /// Puts them in the order of the ids; those of one id in that of the up scripts' paths.
    pub(super) fn sort(&mut self) {
        // Files that are named by their ids are so from the beginning.
        if self.revisions.is_sorted_by(|a, b| a.id < b.id) {
            return;
        }
        let mut pairs: Vec<(Revision, Script)> = mem::take(self).into_pairs().collect();
        pairs.sort_by(|(a, x), (b, y)| a.id.cmp(&b.id).then_with(|| x.up.cmp(&y.up)));
        (self.revisions, self.scripts) = pairs.into_iter().unzip();
    }

    /// Each revision with its files, in the order in which they were added.
    pub(super) fn into_pairs(self) -> impl Iterator<Item = (Revision, Script)> {
        self.revisions.into_iter().zip(self.scripts)
    }
}

/// What scripts among some files declare, in the order of the ids; messages name scripts relative to `directory`.
pub(super) fn declared_in(
    listing: &Listing,
    directory: &Path,
    mode: ReadMode,
    problems: &mut Vec<ScriptProblem>,
) -> Declarations {
    let pairs = pair_files(listing, directory, problems);
    let mut parts = map_chunks(&pairs, |chunk| read_all(chunk, mode)).into_iter();
    let Read { mut declared, mut unreadable } = parts.next().unwrap_or_default();
    for mut part in parts {
        declared.append(part.declared);
        unreadable.append(&mut part.unreadable);
    }
    unreadable.sort_by(|(a, _), (b, _)| by_stem(a, b));
    problems.extend(unreadable.into_iter().map(|(_, problem)| problem));
    declared.sort();
    declared
}

#[derive(Default)]
struct Read {
    declared: Declarations,
    /// Up scripts, and what is wrong with each.
    unreadable: Vec<(PathBuf, ScriptProblem)>,
}

fn read_all(pairs: &[Pair<'_>], mode: ReadMode) -> Read {
    let mut reader = ScriptReader::default();
    let mut read = Read { declared: Declarations::with_capacity(pairs.len()), unreadable: Vec::new() };
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

/// The paths of a revision's two scripts.
pub(super) struct ScriptFiles {
    /// The up script.
    pub(super) up: PathBuf,
    /// The down script, where there is one.
    pub(super) down: Option<PathBuf>,
    /// What messages call the up script.
    pub(super) source: String,
}

/// What a script declares, from as much of the text of its up script as `mode` asks for.
///
/// # Errors
/// [`ScriptProblem::Malformed`] and [`ScriptProblem::Directive`], with the place.
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

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::directory::ScriptDirectory;
    use crate::config::Config;

    use super::*;

    fn load(files: &[(&str, &str)]) -> Result<Vec<(String, String)>, Vec<String>> {
        let root = tempfile::tempdir().expect("a folder");
        for (path, text) in files {
            let path = root.path().join("versions").join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
            fs::write(path, text).expect("it can be written");
        }
        let mut config = Config::defaults(root.path());
        config.recursive_version_locations = true;
        let scripts = ScriptDirectory::load(&config, ReadMode::Checksums).map_err(|problems| {
            let told = problems.iter().map(|problem| match problem {
                ScriptProblem::Malformed { message, excerpt } => format!("{}: {message}", excerpt.position()),
                other => other.to_string(),
            });
            told.map(|text| text.replace(&format!("{}/", root.path().display()), "")).collect::<Vec<_>>()
        })?;
        let graph = scripts.graph();
        let declared = |node| (graph.id(node).to_string(), graph.revision(node).source.clone());
        let in_step = |node| scripts.script(node).up.ends_with(&graph.revision(node).source);
        assert!(graph.nodes().all(in_step));
        Ok(graph.nodes().map(declared).collect())
    }

    fn script(number: usize) -> String {
        let parent = number.checked_sub(1).map(|parent| format!("{parent:04}")).unwrap_or_default();
        format!("-- t\n-- revision: {number:04}\n-- down_revision: {parent}\n\nSELECT {number};\n")
    }

    #[test]
    fn revisions_are_in_the_order_of_their_ids_wherever_their_files_are() {
        // So many that several threads read them.
        let files: Vec<(String, String)> = (0..700)
            .map(|number| {
                (format!("{}/{:02}_{number:04}.up.sql", number % 3, number * 37 % 100), script(number))
            })
            .collect();
        let borrowed: Vec<(&str, &str)> =
            files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let expected = (0..700)
            .zip(&files)
            .map(|(number, (path, _))| (format!("{number:04}"), format!("versions/{path}")));
        assert_eq!(load(&borrowed), Ok(expected.collect()));
    }

    #[test]
    fn problems_are_told_in_the_order_of_the_files() {
        let told = load(&[
            ("a/y.up.sql", "SELECT 1;\n"),
            ("a/z.down.sql", ""),
            ("a-1/x.up.sql", "SELECT 1;\n"),
            ("a-1/y.down.sql", ""),
            ("b.up.sql", "-- revision: b\n"),
            ("c.up.sql", "-- revision: c\n-- down_revision: b, unknown\n"),
            ("a.up.sql", "SELECT '\0';\n"),
            ("b_again.up.sql", "-- revision: b\n"),
        ]);
        let no_header =
            "the script has no header: it must begin with comment lines, one of them `-- revision: ID`";
        assert_eq!(
            told,
            Err(vec![
                "versions/a-1/y.down.sql is a down script without an up script".to_owned(),
                "versions/a/z.down.sql is a down script without an up script".to_owned(),
                "versions/a.up.sql:1 holds a NUL byte".to_owned(),
                format!("versions/a-1/x.up.sql:1:1: {no_header}"),
                format!("versions/a/y.up.sql:1:1: {no_header}"),
                "revision b is declared twice: in versions/b.up.sql and in versions/b_again.up.sql"
                    .to_owned(),
            ])
        );
    }
}
