//! Edits of a text.

use std::cmp::Reverse;
use std::ops::Range;

/// A text with its edits. What stands in something that is taken out goes with it; what is put in where something is
/// taken out stands before it.
pub(super) fn applied(text: &str, mut edits: Vec<(Range<usize>, &str)>) -> String {
    edits.sort_by_key(|(span, _)| (span.start, !span.is_empty(), Reverse(span.end)));
    let (mut result, mut at) = (String::with_capacity(text.len()), 0);
    let mut last: Option<Range<usize>> = None;
    for (span, replacement) in edits {
        let is_again = !span.is_empty() && last.as_ref() == Some(&span);
        if span.start < at || is_again {
            continue;
        }
        result.push_str(text.get(at..span.start).unwrap_or_default());
        result.push_str(replacement);
        at = span.end;
        last = Some(span);
    }
    result.push_str(text.get(at..).unwrap_or_default());
    result
}

#[cfg(test)]
mod tests {
    use super::applied;

    #[test]
    fn what_is_put_in_stands_behind_what_is_written_anew() {
        let text = "email String @unique\n";
        let edits = vec![(20..20, " @unique(map: \"u\")"), (12..20, ""), (0..20, "email String?")];
        assert_eq!(applied(text, edits), "email String? @unique(map: \"u\")\n");
    }
}
