//! Colours of results. They are put behind what makes a text safe to show, and go where nobody wants them: into a pipe,
//! or with `NO_COLOR`.

use std::ops::Range;

use anstyle::{AnsiColor, Style};

use super::output::{print_safe, readable};

/// What a part of a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// As it is to be, or new.
    Good,
    /// To be looked at, or changed.
    Notable,
    /// Wrong, or gone.
    Bad,
    /// What is looked for.
    Strong,
}

impl Ink {
    fn style(self) -> Style {
        match self {
            Self::Good => AnsiColor::Green.on_default(),
            Self::Notable => AnsiColor::Yellow.on_default(),
            Self::Bad => AnsiColor::Red.on_default(),
            Self::Strong => AnsiColor::Cyan.on_default().bold(),
        }
    }
}

/// A part of a line and its ink.
pub type Stroke = (Range<usize>, Ink);

/// Writes a result to standard output. `strokes` says of a line which parts of it have a colour; they are in order.
pub fn print_painted(text: &str, strokes: impl Fn(&str) -> Vec<Stroke>) {
    let text = readable(text);
    let mut painted = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        painted.push_str(&painted_line(line, strokes(line.trim_end_matches('\n'))));
    }
    print_safe(&painted);
}

fn painted_line(line: &str, strokes: Vec<Stroke>) -> String {
    let (mut painted, mut end) = (String::new(), 0);
    for (range, ink) in strokes {
        let (Some(before), Some(part)) = (line.get(end..range.start), line.get(range.clone())) else {
            continue;
        };
        let style = ink.style();
        painted.push_str(&format!("{before}{style}{part}{style:#}"));
        end = range.end;
    }
    painted + line.get(end..).unwrap_or_default()
}

/// A stroke over all of a line.
pub fn whole(line: &str, ink: Ink) -> Vec<Stroke> {
    vec![(0..line.len(), ink)]
}

/// The first place of each of these words in a line, as far as they do not overlap.
pub fn words(line: &str, inks: &[(&str, Ink)]) -> Vec<Stroke> {
    let place = |(word, ink): &(&str, Ink)| line.find(word).map(|at| (at..at + word.len(), *ink));
    let mut strokes: Vec<Stroke> = inks.iter().filter_map(place).collect();
    strokes.sort_by_key(|(range, _)| range.start);
    let mut end = 0;
    strokes.retain(|(range, _)| {
        let fits = range.start >= end;
        if fits {
            end = range.end;
        }
        fits
    });
    strokes
}

/// A line of a comparison, by its sign: `+` is only on the right side, `-` only on the left, `~` differs.
pub fn of_difference(line: &str) -> Vec<Stroke> {
    match line.trim_start().chars().next() {
        Some('+') => whole(line, Ink::Good),
        Some('-') => whole(line, Ink::Bad),
        Some('~') => whole(line, Ink::Notable),
        _ => Vec::new(),
    }
}

/// A line of the history: an edge of it, where the database stands.
pub fn of_revision(line: &str) -> Vec<Stroke> {
    words(
        line,
        &[
            ("(head)", Ink::Good),
            ("(effective head)", Ink::Good),
            ("(current)", Ink::Strong),
            ("(branchpoint)", Ink::Notable),
            ("(mergepoint)", Ink::Notable),
            ("@", Ink::Strong),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_painted_in_order_and_the_rest_stays() {
        let strokes = words("a done, a done and a failed", &[("failed", Ink::Bad), ("done", Ink::Good)]);
        assert_eq!(strokes, [(2..6, Ink::Good), (21..27, Ink::Bad)]);
        let line = "a done, a done and a failed";
        let painted = painted_line(line, strokes);
        assert!(
            painted.starts_with("a \u{1b}[32mdone\u{1b}[0m, a done and a \u{1b}[31mfailed"),
            "{painted:?}"
        );
        assert_eq!(painted_line("é", vec![(1..2, Ink::Bad)]), "é");
    }

    #[test]
    fn overlapping_words_are_painted_once() {
        assert_eq!(
            words("(effective head)", &[("head)", Ink::Bad), ("(effective head)", Ink::Good)]).len(),
            1
        );
    }
}
