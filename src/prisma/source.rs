//! The files of a schema, places in them, and what is wrong there.

use std::cmp::Ordering;
use std::fmt;
use std::ops::Range;
use std::path::PathBuf;

use crate::excerpt::Excerpt;

/// A `.prisma` file that has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Where it is; errors name it so.
    pub path: PathBuf,
    /// What is in it.
    pub text: String,
}

/// A piece of a file, which faults point to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    /// The file, by its index.
    pub file: usize,
    /// The bytes of the file.
    pub span: Range<usize>,
}

impl Place {
    /// From the start of this place to the end of another in the same file.
    #[must_use]
    pub fn to(&self, end: &Self) -> Self {
        Self { file: self.file, span: self.span.start..end.span.end.max(self.span.start) }
    }

    /// Orders places by file, and in a file by where they begin.
    pub(super) fn cmp_start(&self, other: &Self) -> Ordering {
        (self.file, self.span.start).cmp(&(other.file, other.span.start))
    }
}

/// Something that is wrong at a place, before the place is shown with its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub place: Place,
    pub message: String,
    pub help: Option<String>,
}

impl Fault {
    /// A fault at a place, without help.
    pub fn new(place: &Place, message: impl Into<String>) -> Self {
        Self { place: place.clone(), message: message.into(), help: None }
    }

    /// The fault with what may help, in place of what was said before.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// With the nearest of the words that are known, where one is near.
    pub fn suggest<'w>(self, word: &str, known: impl IntoIterator<Item = &'w str>) -> Self {
        match nearest(word, known) {
            Some(near) => self.help(format!("did you mean {near}?")),
            None => self,
        }
    }

    /// The fault with an excerpt of its file, of which there is none where the place is in no file.
    pub fn shown(self, files: &[SourceFile]) -> Problem {
        let excerpt = match files.get(self.place.file) {
            Some(file) => Excerpt::new(&file.path, &file.text, self.place.span),
            None => Excerpt::new(&PathBuf::new(), "", 0..0),
        };
        Problem { excerpt, message: self.message, help: self.help }
    }
}

/// The known word that is most like `word`, where no more than a third of the longer one differs.
pub(super) fn nearest<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let folded = word.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&folded, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= candidate.len().max(word.len()).div_ceil(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Something that is wrong in a Prisma schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The place in the file, with the line around it.
    pub excerpt: Excerpt,
    /// What is wrong, as a sentence without the stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.excerpt.position(), self.message)
    }
}

/// A Prisma schema that cannot be taken as it is: everything that is wrong with it, in the order of the files.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", problems.first().map_or_else(|| "the Prisma schema cannot be read".to_owned(), ToString::to_string))]
pub struct SchemaError {
    /// The problems; there is at least one.
    pub problems: Vec<Problem>,
}
