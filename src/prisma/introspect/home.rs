//! The file that a new block comes to, where models are in several.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::super::source::SourceFile;
use super::super::syntax::{Document, Keyword};
use super::draw::{Drawing, DrawnEnum, DrawnModel};

/// The file that a new block of models goes to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Home {
    /// One that is there, by its number.
    Known(usize),
    /// One that is not.
    New(PathBuf),
}

/// How files are called that have a model each.
const STYLES: [fn(&str) -> String; 5] =
    [str::to_owned, str::to_lowercase, |name| words(name, '_'), |name| words(name, '-'), camel];

/// Finds the file of a new block among those of the models.
pub(super) struct Homes<'h> {
    files: &'h [SourceFile],
    document: &'h Document,
    drawing: &'h Drawing,
    /// How many models each file has, of those that have some.
    counts: BTreeMap<usize, usize>,
}

impl<'h> Homes<'h> {
    /// Counts the models that each file has.
    pub(super) fn new(files: &'h [SourceFile], document: &'h Document, drawing: &'h Drawing) -> Self {
        let mut counts = BTreeMap::new();
        for block in document.blocks.iter().filter(|block| block.keyword == Keyword::Model) {
            *counts.entry(block.place.file).or_default() += 1;
        }
        Self { files, document, drawing, counts }
    }

    /// The file of a new model: one of its own where each has one, else that of a model that it is related to.
    pub(super) fn of_model(&self, model: &DrawnModel) -> Home {
        if let Some(path) = self.own_file(&model.name) {
            return Home::New(path);
        }
        let related = model.relations.iter().map(|relation| plain(&relation.type_name));
        related.into_iter().find_map(|name| self.of_known(name)).unwrap_or_else(|| self.last())
    }

    /// The file of a new enum: that of the first model that needs it.
    pub(super) fn of_enum(&self, one: &DrawnEnum) -> Home {
        let needs =
            |model: &&DrawnModel| model.fields.iter().any(|field| plain(&field.type_name) == one.name);
        match self.drawing.models.iter().find(needs) {
            Some(model) => self.of_known(&model.name).unwrap_or_else(|| self.of_model(model)),
            None => self.last(),
        }
    }

    fn of_known(&self, model: &str) -> Option<Home> {
        let mut blocks = self.document.blocks.iter();
        let block = blocks.find(|block| block.keyword == Keyword::Model && block.name.text == model)?;
        Some(Home::Known(block.place.file))
    }

    /// The last file that has models, else that of the datasource.
    fn last(&self) -> Home {
        let datasource = || {
            let mut blocks = self.document.blocks.iter();
            blocks.find(|block| block.keyword == Keyword::Datasource).map(|block| block.place.file)
        };
        Home::Known(self.counts.keys().next_back().copied().or_else(datasource).unwrap_or_default())
    }

    /// A file for a model of this name, where every model has one that is called after it.
    fn own_file(&self, model: &str) -> Option<PathBuf> {
        if self.counts.len() < 2 || self.counts.values().any(|count| *count > 1) {
            return None;
        }
        let models = self.document.blocks.iter().filter(|block| block.keyword == Keyword::Model);
        let named: Vec<(&str, &PathBuf)> = models
            .filter_map(|block| Some((block.name.text.as_str(), &self.files.get(block.place.file)?.path)))
            .collect();
        let is_stem = |path: &PathBuf, stem: String| path.file_stem().is_some_and(|found| *found == *stem);
        let style =
            STYLES.into_iter().find(|style| named.iter().all(|(name, path)| is_stem(path, style(name))))?;
        let (_, beside) = named.last()?;
        let path = beside.with_file_name(format!("{}.prisma", style(model)));
        (!self.files.iter().any(|file| file.path == path)).then_some(path)
    }
}

/// A type without `?` and `[]`.
fn plain(type_name: &str) -> &str {
    type_name.trim_end_matches(['?', '[', ']'])
}

/// `UserAccount` as `user_account`.
fn words(name: &str, between: char) -> String {
    let mut text = String::new();
    let mut was_lower = false;
    for c in name.chars() {
        if c.is_uppercase() && was_lower {
            text.push(between);
        }
        was_lower = c.is_lowercase() || c.is_numeric();
        text.extend(c.to_lowercase());
    }
    text
}

/// `UserAccount` as `userAccount`.
fn camel(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
