//! The originals one after the other. Pure.

use super::section::Section;
use crate::excerpt::Excerpt;
use crate::graph::RevisionId;
use crate::script::{Bodies, Directive, Side, directive_of_line, header_range};
use crate::sql::{Dialect, Statement, is_blank, split};

/// A revision to be replaced, with its scripts as they run on each dialect.
#[derive(Debug, Clone)]
pub(super) struct Original {
    pub(super) id: RevisionId,
    pub(super) title: String,
    pub(super) bodies: Vec<(Dialect, Bodies)>,
}

/// What settings of PostgreSQL are put back to that a script has changed: revgraph's own, which the database's defaults
/// would take away, to what they were when the baseline began.
const KEPT_SETTINGS: [&str; 3] = ["search_path", "lock_timeout", "statement_timeout"];
/// Where they are kept meanwhile.
const KEPT_IN: &str = "revgraph_squash";

/// SQLite's settings of the connection that change what statements do, with their defaults.
const PRAGMAS: [(&str, &str); 6] = [
    ("defer_foreign_keys", "OFF"),
    ("ignore_check_constraints", "OFF"),
    ("legacy_alter_table", "OFF"),
    ("recursive_triggers", "OFF"),
    ("reverse_unordered_selects", "OFF"),
    ("writable_schema", "OFF"),
];

/// The scripts of one side: for several dialects with their blocks, for one without.
pub(super) fn concatenate(originals: &[Original], side: Side, dialects: &[Dialect]) -> Section {
    let mut concatenation =
        Concatenation { dialects, side, section: Section::default(), keeps_settings: false };
    match side {
        Side::Up => originals.iter().for_each(|original| concatenation.add(original)),
        Side::Down => {
            originals.iter().rev().for_each(|original| concatenation.add(original));
            concatenation.section.irreversible = dialects
                .iter()
                .filter_map(|dialect| Some((*dialect, irreversible(originals, *dialect)?)))
                .collect();
        }
    }
    concatenation.finish()
}

/// The comment that an original's statements begin with.
fn title_line(original: &Original) -> String {
    let comment = format!("-- {}: {}", original.id, original.title);
    // It must not be taken for a directive.
    let comment =
        if directive_of_line(&comment).is_some() { comment.replacen("-- ", "-- : ", 1) } else { comment };
    comment.trim_end_matches([' ', ':']).to_owned()
}

/// Where the statement of an original stands in its own file that a place in the concatenation, whose text is given, has
/// come from.
pub(super) fn place_in_original(
    originals: &[Original],
    side: Side,
    dialect: Dialect,
    text: &str,
    place: &Excerpt,
    statement: &str,
) -> Option<Excerpt> {
    let mut lines = text.split_inclusive('\n').scan(0, |end, line| {
        let start = *end;
        *end += line.len();
        Some((start, line))
    });
    let (mut left, mut part, mut offset) = (originals.to_vec(), None, 0);
    if side == Side::Up {
        left.reverse();
    }
    for (start, line) in lines.by_ref().take(place.line) {
        if left.last().is_some_and(|next| title_line(next) == line.trim_end_matches('\n')) {
            part = left.pop().map(|original| (original, start));
        }
        offset = start + line.char_indices().nth(place.column.saturating_sub(1)).map_or(0, |(at, _)| at);
    }
    let (original, start) = part?;
    let bodies = bodies(&original, dialect)?;
    let source = if side == Side::Up { &bodies.up } else { bodies.down.as_ref()? };
    // The same statement may stand there more than once.
    let before = text.get(start..)?.match_indices(statement).take_while(|(at, _)| start + at <= offset);
    let (number, (at, _)) = before.enumerate().last()?;
    let (found, _) = source.text.match_indices(statement).nth(number)?;
    let begin = found + (offset - start - at);
    Some(Excerpt::new(&source.path, &source.text, begin..begin + place.mark.len()))
}

/// Why the originals cannot all be undone, the last one first.
fn irreversible(originals: &[Original], dialect: Dialect) -> Option<String> {
    let reasons = originals.iter().rev().filter_map(|original| {
        let reason = bodies(original, dialect)?.irreversible(dialect)?;
        Some(format!("{}: {reason}", original.id))
    });
    let reasons: Vec<String> = reasons.collect();
    (!reasons.is_empty()).then(|| reasons.join("; "))
}

fn bodies(original: &Original, dialect: Dialect) -> Option<&Bodies> {
    original.bodies.iter().find(|(one, _)| *one == dialect).map(|(_, bodies)| bodies)
}

struct Concatenation<'d> {
    dialects: &'d [Dialect],
    side: Side,
    section: Section,
    keeps_settings: bool,
}

impl Concatenation<'_> {
    fn add(&mut self, original: &Original) {
        if !self.section.sql.is_empty() {
            self.section.sql.push('\n');
        }
        self.section.sql.push_str(&title_line(original));
        self.section.sql.push('\n');
        let Some(text) = self.text(original) else { return };
        let mut ending = Ending::default();
        for dialect in self.dialects {
            let body = bodies(original, *dialect).and_then(|bodies| match self.side {
                Side::Up => Some(&bodies.up.body),
                Side::Down => bodies.down.as_ref().map(|down| &down.body),
            });
            let Some(body) = body else { continue };
            if body.no_transaction && !self.section.no_transaction.contains(dialect) {
                self.section.no_transaction.push(*dialect);
            }
            ending.look_at(*dialect, &body.sql);
        }
        self.section.sql.push_str(&text);
        if ending.is_open {
            self.section.sql.push_str(";\n");
        }
        self.put_settings_back(&ending);
    }

    /// What of an original's script is taken over; none where it holds no statement.
    fn text(&self, original: &Original) -> Option<String> {
        let (_, any) = original.bodies.first()?;
        let (source, start) = match self.side {
            Side::Up => (&any.up, header_range(&any.up.text).end),
            Side::Down => (any.down.as_ref()?, 0),
        };
        let is_empty = |dialect: &Dialect| {
            let bodies = bodies(original, *dialect);
            bodies.is_none_or(|bodies| {
                let source = if self.side == Side::Up { Some(&bodies.up) } else { bodies.down.as_ref() };
                source.is_none_or(|source| is_blank(*dialect, &source.body.sql))
            })
        };
        if self.dialects.iter().all(is_empty) {
            return None;
        }
        let only = match self.dialects {
            [only] => Some(*only),
            _ => None,
        };
        let text = source.text.get(start..).unwrap_or_default().trim_start_matches('\u{feff}');
        let text = taken_over(text, only, &original.id);
        let text = text.trim_matches(['\n', '\r']);
        Some(format!("{text}\n"))
    }

    /// Undoes what a script has set, as happens between revisions.
    fn put_settings_back(&mut self, ending: &Ending) {
        if ending.sets_postgres {
            self.keeps_settings = true;
            self.in_block(Dialect::Postgres, &reset_postgres());
        }
        if !ending.pragmas.is_empty() {
            let resets = PRAGMAS.iter().filter(|(name, _)| ending.pragmas.iter().any(|one| one == name));
            let text: String = resets.map(|(name, value)| format!("PRAGMA {name} = {value};\n")).collect();
            self.in_block(Dialect::Sqlite, &text);
        }
    }

    fn in_block(&mut self, dialect: Dialect, lines: &str) {
        self.section.sql.push_str(&match self.dialects {
            [_] => lines.to_owned(),
            _ => format!("-- revgraph: only {dialect}\n{lines}-- revgraph: end\n"),
        });
    }

    fn finish(mut self) -> Section {
        if self.keeps_settings {
            let keep: Vec<String> = KEPT_SETTINGS
                .iter()
                .map(|name| format!("set_config('{KEPT_IN}.{name}', current_setting('{name}'), false)"))
                .collect();
            let behind = std::mem::take(&mut self.section.sql);
            self.in_block(Dialect::Postgres, &format!("SELECT {};\n", keep.join(",\n    ")));
            self.section.sql.push('\n');
            self.section.sql.push_str(&behind);
        }
        self.section
    }
}

/// `RESET ALL` takes away what revgraph itself has set as well, and what was kept.
fn reset_postgres() -> String {
    let lines = |line: &dyn Fn(&str) -> String| KEPT_SETTINGS.map(line).concat();
    let keep = lines(&|name| format!("    kept_{name} text := current_setting('{KEPT_IN}.{name}');\n"));
    let restore = lines(&|name| {
        format!(
            "    PERFORM set_config('{name}', kept_{name}, false), set_config('{KEPT_IN}.{name}', kept_{name}, false);\n"
        )
    });
    format!(
        "RESET SESSION AUTHORIZATION;\nRESET ROLE;\nDO $squash$\nDECLARE\n{keep}BEGIN\n    RESET ALL;\n{restore}END\n$squash$;\n"
    )
}

/// What the end of a script needs before another can follow.
#[derive(Default)]
struct Ending {
    /// The last statement has no semicolon.
    is_open: bool,
    sets_postgres: bool,
    /// Those that SQLite was told to change.
    pragmas: Vec<String>,
}

impl Ending {
    fn look_at(&mut self, dialect: Dialect, sql: &str) {
        // What cannot be cut cannot be run either, and its replay tells so.
        let statements = split(dialect, sql).unwrap_or_default();
        let last = statements.iter().rev().find(|statement| statement.is_runnable());
        self.is_open |=
            last.is_some_and(|last| last.copy_data().is_none() && !last.piece_text().ends_with(';'));
        for statement in &statements {
            match dialect {
                Dialect::Postgres => self.sets_postgres |= sets(statement),
                Dialect::Sqlite => {
                    let pragma = statement.pragma().filter(crate::sql::Pragma::sets_connection);
                    let known = pragma.filter(|pragma| PRAGMAS.iter().any(|(name, _)| *name == pragma.name));
                    self.pragmas.extend(known.map(|pragma| pragma.name));
                }
            }
        }
    }
}

/// Whether a statement of PostgreSQL changes settings, if only up to the end of its transaction.
fn sets(statement: &Statement<'_>) -> bool {
    let words = statement.leading_keywords();
    let is_local =
        words.first().is_some_and(|word| word == "SET") && words.get(1).is_some_and(|word| word == "LOCAL");
    is_local || statement.sets_session_state()
}

/// The lines of a script without those directives that are for the whole of it; for `only` one dialect without the
/// lines of the other as well.
fn taken_over(text: &str, only: Option<Dialect>, id: &RevisionId) -> String {
    let mut taken = String::with_capacity(text.len());
    let mut block: Option<Dialect> = None;
    let undoes = format!("-- undoes {id}:");
    for line in text.split_inclusive('\n') {
        let directive = directive_of_line(line.trim_end_matches(['\n', '\r'])).and_then(Result::ok);
        let is_block = match directive {
            Some(Directive::NoTransaction | Directive::Irreversible(_)) => continue,
            // What they say of a part is true of the whole.
            Some(Directive::Recorded(_) | Directive::NotImported(_)) => false,
            Some(Directive::Only(dialect)) => {
                block = Some(dialect);
                true
            }
            Some(Directive::End) => {
                block = None;
                true
            }
            None => false,
        };
        let is_of_other = only.is_some_and(|only| is_block || block.is_some_and(|block| block != only));
        let is_title = taken.is_empty() && line.starts_with(&undoes);
        if !is_of_other && !is_title {
            taken.push_str(line);
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::SourceText;
    use Dialect::{Postgres, Sqlite};

    fn original(id: &str, up: &str, down: Option<&str>) -> Original {
        let up = format!("-- title of {id}\n--\n-- revision: {id}\n{up}");
        let source = |text: &str, side, dialect| {
            SourceText::new("x".into(), text.into(), side, dialect).expect("directives that can be followed")
        };
        let bodies = |dialect| Bodies {
            up: source(&up, Side::Up, dialect),
            down: down.map(|down| source(down, Side::Down, dialect)),
        };
        Original {
            id: RevisionId::recorded(id),
            title: format!("title of {id}"),
            bodies: vec![(Postgres, bodies(Postgres)), (Sqlite, bodies(Sqlite))],
        }
    }

    fn up(originals: &[Original], dialects: &[Dialect]) -> Section {
        concatenate(originals, Side::Up, dialects)
    }

    const BLOCKS: &str = "A;\n-- revgraph: only postgres\nP;\n-- revgraph: end\n-- revgraph: only sqlite\nS;\n-- revgraph: end\n";

    #[test]
    fn blocks_stay_where_both_dialects_do() {
        let originals = [original("a", BLOCKS, None), original("m", "\n", None), original("b", "\nB", None)];
        let expected = format!("-- a: title of a\n{BLOCKS}\n-- m: title of m\n\n-- b: title of b\nB\n;\n");
        assert_eq!(up(&originals, &[Postgres, Sqlite]).sql, expected);
        let expected = "-- a: title of a\nA;\nS;\n\n-- m: title of m\n\n-- b: title of b\nB\n;\n";
        assert_eq!(up(&originals, &[Sqlite]).sql, expected);
    }

    #[test]
    fn the_way_down_is_the_reverse() {
        let undoes = "-- undoes a: title of a\n\nA;\n";
        let originals = [original("a", "X;", Some(undoes)), original("b", "Y;", Some("B;\n"))];
        let down = concatenate(&originals, Side::Down, &[Sqlite]);
        assert_eq!(down.sql, "-- b: title of b\nB;\n\n-- a: title of a\nA;\n");
        assert_eq!(down.irreversible, []);
    }

    #[test]
    fn one_that_cannot_be_undone_makes_the_whole_so() {
        let no = "-- revgraph: only postgres\n-- revgraph: irreversible gone\n-- revgraph: end\nA;\n";
        let originals = [original("a", "X;", Some(no)), original("b", "Y;", Some("B;\n"))];
        let down = concatenate(&originals, Side::Down, &[Postgres, Sqlite]);
        assert_eq!(down.irreversible, [(Postgres, "a: gone".to_owned())]);
        let missing = concatenate(&[original("c", "X;", None)], Side::Down, &[Sqlite]);
        assert_eq!(missing.irreversible, [(Sqlite, "c: it has no down script".to_owned())]);
    }

    #[test]
    fn no_transaction_is_for_the_whole() {
        let originals =
            [original("a", "-- revgraph: no-transaction\n\nA;\n", None), original("b", "\nB;\n", None)];
        let section = up(&originals, &[Postgres, Sqlite]);
        assert_eq!(section.no_transaction, [Postgres, Sqlite]);
        assert_eq!(section.sql, "-- a: title of a\nA;\n\n-- b: title of b\nB;\n");
    }

    #[test]
    fn settings_do_not_reach_the_next_script() {
        let originals = [
            original("a", "\nSET LOCAL search_path = x;\n", None),
            original("b", "\nPRAGMA legacy_alter_table = ON;\nPRAGMA user_version = 1;\n", None),
        ];
        let sql = up(&originals[..1], &[Postgres]).sql;
        assert!(sql.starts_with("SELECT set_config('revgraph_squash.search_path'"), "{sql}");
        assert!(sql.contains("    RESET ALL;\n"), "{sql}");
        let sql = up(&originals[1..], &[Sqlite]).sql;
        assert!(sql.ends_with("user_version = 1;\nPRAGMA legacy_alter_table = OFF;\n"), "{sql}");
        let both = up(&originals, &[Postgres, Sqlite]).sql;
        assert_eq!(both.matches("-- revgraph: only").count(), 3);
    }

    #[test]
    fn a_place_is_found_in_the_original() {
        let originals = [
            original("a", "X;\n", Some("-- undoes a: title of a\n\nSAME;\n")),
            original("b", "X;\n\nX;\n  X\n;\n", Some("SAME;\n")),
        ];
        for (side, line, statement, expected) in [
            (Side::Up, 7, "X", 6),
            (Side::Up, 2, "X", 4),
            (Side::Down, 5, "SAME", 3),
            (Side::Down, 2, "SAME", 1),
        ] {
            let text = concatenate(&originals, side, &[Sqlite]).sql;
            let offset: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
            let place = Excerpt::new("base".as_ref(), &text, offset..offset + 1);
            let found = place_in_original(&originals, side, Sqlite, &text, &place, statement);
            assert_eq!(found.map(|found| found.line), Some(expected), "{side:?} {line} of\n{text}");
        }
    }

    #[test]
    fn a_title_is_no_directive() {
        let section = up(&[original("revgraph", "\nA;\n", None)], &[Sqlite]);
        assert_eq!(section.sql, "-- : revgraph: title of revgraph\nA;\n");
    }
}
