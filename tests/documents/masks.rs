//! What differs from run to run is written as its kind: times, durations, versions, ids made by chance.

/// Each `d` is a digit, each `h` a hexadecimal one; anything else is itself.
const PATTERNS: [(&str, &str); 7] = [
    ("dddd-dd-ddTdd:dd:dd.dddZ", "[TIME]"),
    ("dddd-dd-ddTdd:dd:ddZ", "[TIME]"),
    ("dddd-dd-dd dd:dd:dd", "[TIME]"),
    ("ddddddddTdddddddddZ", "[TIME]"),
    ("ddddddddTddddddZ", "[TIME]"),
    ("SQLite d.dd.d", "SQLite [VERSION]"),
    ("hhhhhhhhhhhh", "[ID]"),
];

/// A line with what differs masked, but for ids that stand in `known`.
pub fn masked(line: &str, known: &str) -> String {
    let masked =
        PATTERNS.iter().fold(line.to_owned(), |line, (pattern, with)| {
            replaced(&line, pattern, |found| {
                if known.contains(found) { found.to_owned() } else { (*with).to_owned() }
            })
        });
    without_durations(masked.trim_end())
}

/// The line with each place of a pattern that no letter or digit stands beside put anew.
fn replaced(line: &str, pattern: &str, with: impl Fn(&str) -> String) -> String {
    let fits = |text: &str| {
        text.len() == pattern.len()
            && text.chars().zip(pattern.chars()).all(|(c, wanted)| match wanted {
                'd' => c.is_ascii_digit(),
                'h' => matches!(c, '0'..='9' | 'a'..='f'),
                literal => c == literal,
            })
    };
    let (mut result, mut at) = (String::new(), 0);
    while let Some(next) = line[at..].chars().next() {
        let is_within = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let found = line.get(at..at + pattern.len()).filter(|text| fits(text));
        match found {
            Some(text)
                if !is_within(line[..at].chars().next_back())
                    && !is_within(line[at + text.len()..].chars().next()) =>
            {
                result.push_str(&with(text));
                at += text.len();
            }
            _ => {
                result.push(next);
                at += next.len_utf8();
            }
        }
    }
    result
}

/// The line with `12 ms`, `345 µs` and `1.2 s` as `[TIME]`, and one space before each.
fn without_durations(line: &str) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    let is_number = |word: &str| {
        let digits = word.trim_start_matches('(');
        !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
    };
    let is_unit = |word: &str| ["ms", "µs", "s"].contains(&word.trim_end_matches([')', ':', ';', ',']));
    let mut kept: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        match words.get(at + 1).filter(|unit| is_number(word) && is_unit(unit)) {
            Some(unit) => {
                while kept.last().is_some_and(String::is_empty) {
                    kept.pop();
                }
                let bracket = if word.starts_with('(') { "(" } else { "" };
                kept.push(format!("{bracket}[TIME]{}", unit.trim_start_matches(char::is_alphabetic)));
                at += 2;
            }
            None => {
                kept.push((*word).to_owned());
                at += 1;
            }
        }
    }
    kept.join(" ")
}

#[test]
fn what_differs_is_masked_and_nothing_else() {
    let mask = |line: &str| masked(line, "upgrade e3c92c171920");
    assert_eq!(mask("upgraded to a1 (12 ms)"), "upgraded to a1 ([TIME])");
    assert_eq!(mask("held for 60004 ms: process"), "held for [TIME]: process");
    assert_eq!(mask("done         8 ms  vm"), "done [TIME]  vm");
    assert_eq!(mask("2026-11-21T12:34:03.796Z  x"), "[TIME]  x");
    assert_eq!(mask("shop_20260102T030405Z.dump"), "shop_[TIME].dump");
    assert_eq!(mask("versions/734956b96e79_posts, e3c92c171920"), "versions/[ID]_posts, e3c92c171920");
    assert_eq!(mask("proved on SQLite 3.54.1"), "proved on SQLite [VERSION]");
    assert_eq!(mask("1 revision up; 12 files"), "1 revision up; 12 files");
}
