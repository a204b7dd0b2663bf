//! Files of SQL that build a schema, made what a database is: what is as it was keeps its text.
//!
//! What differs is found by comparing catalogs. A table, view or the like that differs is written anew where it is
//! defined, and what else was said of it goes; comments inside stand above it then. What there is no more goes, and what
//! is new comes to a file that fits. Statements stand in any order in such files. What a statement is about is read from
//! its first words only, so that the caller has to build the files and look.

mod home;
mod located;
mod subject;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::PathBuf;

use super::{Catalog, CompareOptions, ObjectKind, ObjectName, compare, sql};
use crate::sql::{Dialect, LexError, TokenKind, split};
use home::Home;
use located::Located;
pub use located::{Root, SqlFile};
use subject::{Subject, subject};

/// The files with what differs in the database: `known` is what they build. New files may be among them.
///
/// # Errors
/// [`LexError`] of a file that cannot be cut into statements.
pub fn pull(
    files: &[SqlFile],
    roots: &[Root],
    known: &Catalog,
    database: &Catalog,
) -> Result<Vec<(PathBuf, String)>, LexError> {
    let mut editor = Editor::new(files, known, database)?;
    let units = editor.units();
    let mut homes: BTreeMap<Home, Vec<String>> = BTreeMap::new();
    let mut order: BTreeMap<ObjectName, usize> = BTreeMap::new();
    for (at, statement) in sql::create(database, &|_| true).iter().enumerate() {
        order.entry(statement.object.clone()).or_insert(at);
    }
    let mut sorted: Vec<&ObjectName> = units.iter().collect();
    sorted.sort_by_key(|unit| (order.get(*unit).copied(), (*unit).clone()));
    for unit in sorted {
        let texts = editor.written(unit);
        if texts.is_empty() {
            editor.remove(unit);
        } else if !editor.replace(unit, &texts) {
            let home = home::of(&editor.statements, roots, database, files, unit);
            homes.entry(home).or_default().extend(texts);
        }
    }
    Ok(editor.finish(homes))
}

struct Editor<'e> {
    files: &'e [SqlFile],
    dialect: Dialect,
    known: &'e Catalog,
    database: &'e Catalog,
    statements: Vec<Located>,
    /// What is put in the place of what, by file.
    edits: Vec<(usize, Range<usize>, String)>,
}

impl<'e> Editor<'e> {
    fn new(files: &'e [SqlFile], known: &'e Catalog, database: &'e Catalog) -> Result<Self, LexError> {
        let dialect = database.dialect;
        let mut statements = Vec::new();
        for (index, file) in files.iter().enumerate() {
            for statement in split(dialect, &file.sql)?.iter().filter(|one| one.is_runnable()) {
                let Some(subject) = subject(dialect, &file.sql, statement) else { continue };
                let span = statement.body().start..statement.piece().end;
                statements.push(Located { file: index, span, subject });
            }
        }
        Ok(Self { files, dialect, known, database, statements, edits: Vec::new() })
    }

    /// What has to be written anew: the objects that differ; of a part that no statement makes by itself, its table.
    fn units(&self) -> BTreeSet<ObjectName> {
        let options = CompareOptions { ignore_column_order: true, ..CompareOptions::default() };
        let unit = |object: &ObjectName| {
            let is_own = matches!(
                object.kind,
                ObjectKind::Index | ObjectKind::Trigger | ObjectKind::Policy | ObjectKind::Rule
            );
            let Some(relation) = object.relation.as_deref().filter(|_| !is_own) else {
                return object.clone();
            };
            let named = |kind| ObjectName::new(kind, object.schema.as_deref(), relation);
            let mut relations = ObjectKind::RELATIONS.into_iter().map(named);
            let is_there = |name: &ObjectName| {
                [self.known, self.database].iter().any(|one| one.objects.contains_key(name))
            };
            relations.find(is_there).unwrap_or_else(|| object.clone())
        };
        let units: BTreeSet<ObjectName> =
            compare(self.known, self.database, &options).iter().map(|one| unit(&one.object)).collect();
        // A part goes and comes with its table.
        let is_gone_or_new = |name: &ObjectName| {
            self.known.objects.contains_key(name) != self.database.objects.contains_key(name)
        };
        let whole: Vec<&ObjectName> = units.iter().filter(|unit| is_gone_or_new(unit)).collect();
        let is_free = |unit: &&ObjectName| !whole.iter().any(|whole| unit.is_part_of(whole));
        units.iter().filter(is_free).cloned().collect()
    }

    /// The statements that make an object as the database has it; none where it has not.
    fn written(&self, unit: &ObjectName) -> Vec<String> {
        if !self.database.objects.contains_key(unit) {
            return Vec::new();
        }
        let is_new = !self.known.objects.contains_key(unit);
        let is_wanted = |name: &ObjectName| {
            let goes_along = is_new || matches!(name.kind, ObjectKind::Constraint | ObjectKind::Column);
            *name == *unit || name.is_part_of(unit) && goes_along
        };
        let statements = sql::create(self.database, &is_wanted);
        statements.iter().map(|statement| sql::text(std::slice::from_ref(statement))).collect()
    }

    /// What is said of an object itself.
    fn about(&self, unit: &ObjectName) -> Vec<usize> {
        let is_of = |subject: &Subject| {
            subject.is(self.dialect, unit)
                || subject.kinds == [ObjectKind::Column] && subject.is_part_of(self.dialect, unit)
        };
        let found = self.statements.iter().enumerate().filter(|(_, one)| is_of(&one.subject));
        found.map(|(at, _)| at).collect()
    }

    fn edit(&mut self, at: usize, text: String) {
        if let Some(one) = self.statements.get(at) {
            self.edits.push((one.file, one.span.clone(), text));
        }
    }

    /// Writes an object anew where it is defined; whether it is.
    fn replace(&mut self, unit: &ObjectName, texts: &[String]) -> bool {
        let about = self.about(unit);
        let is_definition =
            |at: &&usize| self.statements.get(**at).is_some_and(|one| one.subject.is_definition);
        let mut definitions = about.iter().filter(is_definition);
        let (Some(home), None) = (definitions.next().copied(), definitions.next()) else { return false };
        let comments: String = about.iter().flat_map(|at| self.comments(*at)).collect();
        for at in about {
            let text =
                if at == home { format!("{comments}{}", texts.concat().trim_end()) } else { String::new() };
            self.edit(at, text);
        }
        true
    }

    /// The comments within a statement, a line each.
    fn comments(&self, at: usize) -> Vec<String> {
        let Some(one) = self.statements.get(at) else { return Vec::new() };
        let text =
            self.files.get(one.file).and_then(|file| file.text.get(one.span.clone())).unwrap_or_default();
        let tokens = crate::sql::Lexer::new(self.dialect, text).map_while(Result::ok);
        let comments =
            tokens.filter(|token| matches!(token.kind, TokenKind::LineComment | TokenKind::BlockComment));
        comments.filter_map(|token| Some(format!("{}\n", text.get(token.range())?))).collect()
    }

    /// Takes out what is said of an object and of its parts.
    fn remove(&mut self, unit: &ObjectName) {
        let parts = self.statements.iter().enumerate();
        let parts = parts.filter(|(_, one)| one.subject.is_part_of(self.dialect, unit)).map(|(at, _)| at);
        let all: BTreeSet<usize> = parts.chain(self.about(unit)).collect();
        for at in all {
            self.edit(at, String::new());
        }
    }

    fn finish(self, homes: BTreeMap<Home, Vec<String>>) -> Vec<(PathBuf, String)> {
        let mut added: BTreeMap<PathBuf, (Option<usize>, String)> = BTreeMap::new();
        for (Home { path, behind }, texts) in homes {
            let entry = added.entry(path).or_default();
            entry.0 = entry.0.max(behind);
            entry.1.push_str(&texts.join("\n"));
        }
        let mut result = Vec::new();
        for (index, file) in self.files.iter().enumerate() {
            let mut text = file.text.clone();
            let mut edits: Vec<&(usize, Range<usize>, String)> =
                self.edits.iter().filter(|(file, ..)| *file == index).collect();
            edits.sort_by_key(|(_, span, _)| std::cmp::Reverse(span.start));
            edits.dedup();
            for (_, span, new) in edits {
                let span = if new.is_empty() { lines(&text, span.clone()) } else { span.clone() };
                text.replace_range(span, new);
            }
            if let Some((_, more)) = added.remove(&file.path) {
                if !text.is_empty() && !text.ends_with('\n') {
                    text.push('\n');
                }
                let gap = if text.is_empty() || text.ends_with("\n\n") { "" } else { "\n" };
                text = format!("{text}{gap}{more}");
            }
            result.push((file.path.clone(), text));
        }
        result.extend(added.into_iter().map(|(path, (_, text))| (path, text)));
        result
    }
}

/// A span with the line break behind it, and with an empty line where one would be left beside another; only where it has
/// its lines for itself.
fn lines(text: &str, span: Range<usize>) -> Range<usize> {
    let (before, after) =
        (text.get(..span.start).unwrap_or_default(), text.get(span.end..).unwrap_or_default());
    let is_alone =
        (before.is_empty() || before.ends_with('\n')) && (after.is_empty() || after.starts_with('\n'));
    if !is_alone {
        return span;
    }
    let end = span.end + usize::from(after.starts_with('\n'));
    let is_gap = (before.is_empty() || before.ends_with("\n\n")) && after.starts_with("\n\n");
    span.start..end + usize::from(is_gap)
}

#[cfg(test)]
mod tests;
