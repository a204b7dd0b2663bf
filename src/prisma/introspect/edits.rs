//! Edits of files of models that are collected first and made together, so that all places stay those of the files.

use std::collections::BTreeMap;

use super::super::source::{Place, SourceFile};
use super::super::syntax::Block;
use super::home::Home;
use super::splice::applied;

/// What is to be put in, taken out and written anew in files.
pub(super) struct Edits<'f> {
    files: &'f [SourceFile],
    /// What is put in the place of what.
    edits: Vec<(Place, String)>,
    /// New blocks.
    added: BTreeMap<Home, String>,
}

impl<'f> Edits<'f> {
    /// No edits of these files yet.
    pub(super) fn of(files: &'f [SourceFile]) -> Self {
        Self { files, edits: Vec::new(), added: BTreeMap::new() }
    }

    /// The text of a place, as it is before the edits.
    pub(super) fn text(&self, place: &Place) -> &'f str {
        self.file(place.file).get(place.span.clone()).unwrap_or_default()
    }

    /// Whether exactly this place is written anew.
    pub(super) fn is_edited(&self, place: &Place) -> bool {
        self.edits.iter().any(|(edited, _)| edited == place)
    }

    /// Whether an edit takes the place out.
    pub(super) fn is_removed(&self, place: &Place) -> bool {
        self.edits.iter().any(|(edited, text)| {
            text.is_empty()
                && edited.file == place.file
                && edited.span.start <= place.span.start
                && place.span.end <= edited.span.end
        })
    }

    /// Puts a text in the place of what is there.
    pub(super) fn replace(&mut self, place: Place, text: String) {
        self.edits.push((place, text));
    }

    /// Puts a text behind what is at a place, on the same line.
    pub(super) fn append(&mut self, place: &Place, text: String) {
        let end = place.span.end;
        self.replace(Place { file: place.file, span: end..end }, text);
    }

    /// Takes out the whole lines of a place.
    pub(super) fn remove_lines(&mut self, place: &Place) {
        let lines = self.lines(place);
        self.replace(lines, String::new());
    }

    /// Takes an attribute of a field out of its line, and one of a block with its line.
    pub(super) fn remove_attribute(&mut self, block: &Block, place: &Place) {
        if block.attributes().any(|attribute| attribute.place == *place) {
            return self.remove_lines(place);
        }
        let before = self.file(place.file).get(..place.span.start).unwrap_or_default();
        let start = before.trim_end_matches([' ', '\t']).len();
        self.replace(Place { file: place.file, span: start..place.span.end }, String::new());
    }

    /// Puts a line behind the last field of a block.
    pub(super) fn insert_behind_fields(&mut self, block: &Block, line: &str) {
        match block.fields().last() {
            Some(last) => {
                let end = self.lines(&last.place).span.end;
                self.insert(block.place.file, end, line);
            }
            None => self.insert_before_end(block, line),
        }
    }

    /// Puts a line before the closing brace of a block.
    pub(super) fn insert_before_end(&mut self, block: &Block, line: &str) {
        let end = block.place.span.end.saturating_sub(1);
        let end = self.lines(&Place { file: block.place.file, span: end..end }).span.start;
        self.insert(block.place.file, end, line);
    }

    /// Puts a new block into a file, behind those that were put there before it.
    pub(super) fn add_block(&mut self, home: Home, block: &str) {
        let text = self.added.entry(home).or_default();
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(block);
    }

    /// All files as the edits leave them, with those that are new behind them.
    pub(super) fn made(mut self) -> Vec<SourceFile> {
        let mut files = Vec::with_capacity(self.files.len());
        for (index, file) in self.files.iter().enumerate() {
            let edits = self.edits.iter().filter(|(place, _)| place.file == index);
            let mut text =
                applied(&file.text, edits.map(|(place, text)| (place.span.clone(), text.as_str())).collect());
            if let Some(added) = self.added.remove(&Home::Known(index)) {
                let newline = newline_of(&file.text);
                if !text.is_empty() && !text.ends_with('\n') {
                    text.push_str(newline);
                }
                if !text.is_empty() {
                    text.push_str(newline);
                }
                text.push_str(&added.replace('\n', newline));
            }
            files.push(SourceFile { path: file.path.clone(), text });
        }
        let new = self.added.into_iter().filter_map(|(home, text)| match home {
            Home::New(path) => Some(SourceFile { path, text }),
            Home::Known(_) => None,
        });
        files.extend(new);
        files
    }

    fn file(&self, index: usize) -> &'f str {
        self.files.get(index).map_or("", |file| file.text.as_str())
    }

    /// The whole lines of a place, their ends included.
    fn lines(&self, place: &Place) -> Place {
        let text = self.file(place.file);
        let before = text.get(..place.span.start).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let after = text.get(place.span.end..).unwrap_or_default();
        let end = after.find('\n').map_or(text.len(), |at| place.span.end + at + 1);
        Place { file: place.file, span: start..end }
    }

    /// Puts a line in at a byte of a file, once.
    fn insert(&mut self, file: usize, at: usize, line: &str) {
        let newline = newline_of(self.file(file));
        let edit = (Place { file, span: at..at }, format!("{line}{newline}"));
        if !self.edits.contains(&edit) {
            self.edits.push(edit);
        }
    }
}

fn newline_of(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}
