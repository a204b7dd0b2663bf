//! Errors on standard error: with colours and excerpts for people, as JSON for scripts.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde_json::Value;

use super::output::{log, logs_json, readable, tell_raw, tell_styled};
use super::redaction::without_typed_urls;
use crate::diagnostic::{Diagnostic, ExitStatus, from_here};
use crate::excerpt::Excerpt;

/// Tells an error on standard error, as JSON where that is asked for; the exit status that it ends the command with.
pub fn report(error: &Diagnostic, json: bool) -> ExitStatus {
    if logs_json() {
        let told = without_typed_urls(&error.as_json().to_string());
        let mut document: Value = serde_json::from_str(&told).unwrap_or_default();
        if let Some(object) = document.as_object_mut() {
            object.insert("level".to_owned(), "error".into());
        }
        log(&document);
    } else if json {
        tell_raw(&without_typed_urls(&error.as_json().to_string()));
    } else {
        tell_styled(&without_typed_urls(as_text(error).trim_end()));
    }
    error.status
}

/// An error as people read it, with colours.
pub fn as_text(error: &Diagnostic) -> String {
    let mut title = Level::ERROR
        .primary_title(readable(&error.message))
        .elements(Vec::<annotate_snippets::Message<'_>>::new());
    for (label, excerpt) in &error.excerpts {
        title = title.element(snippet(label, excerpt));
    }
    for cause in &error.causes {
        title = title.element(Level::NOTE.message(readable(cause)));
    }
    let mut groups: Vec<Group<'_>> = vec![title];
    for hint in &error.hints {
        groups.push(Group::with_title(Level::HELP.secondary_title(readable(hint))));
    }
    let renderer = Renderer::styled();
    renderer.render(&groups)
}

fn snippet<'s>(label: &'s str, excerpt: &'s Excerpt) -> Snippet<'s, annotate_snippets::Annotation<'s>> {
    let mut annotation = AnnotationKind::Primary.span(excerpt.mark.clone());
    if !label.is_empty() {
        annotation = annotation.label(readable(label));
    }
    let path = readable(&from_here(&excerpt.path)).into_owned();
    Snippet::source(without_c1(&excerpt.text))
        .line_start(excerpt.first_line)
        .path(path)
        .annotation(annotation)
}

/// The renderer shows pictures of control characters, but for those beyond ASCII. What stands in their place is as long
/// as they are, so that the mark stays where it is.
fn without_c1(text: &str) -> String {
    text.replace(|c: char| c.is_control() && !c.is_ascii(), "¤")
}
