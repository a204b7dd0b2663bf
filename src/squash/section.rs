//! The text of a script, put together from what it holds for each dialect. Pure.

use crate::sql::Dialect;

/// What a script holds for one dialect, or for several alike.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Section {
    /// The statements.
    pub(super) sql: String,
    /// The dialects for which each statement has to run on its own.
    pub(super) no_transaction: Vec<Dialect>,
    /// The dialects for which it cannot be run, with the reasons.
    pub(super) irreversible: Vec<(Dialect, String)>,
}

impl Section {
    /// The section of statements that need no directives.
    pub(super) fn of_sql(sql: String) -> Self {
        Self { sql, ..Self::default() }
    }

    /// Why it cannot be run, where that holds for all these dialects.
    fn irreversible_for_all(&self, dialects: &[Dialect]) -> bool {
        dialects.iter().all(|dialect| self.irreversible.iter().any(|(one, _)| one == dialect))
    }

    /// The directives and statements, for a script of these dialects; a directive that is not all of theirs
    /// stands in an `only` block.
    fn text(&self, dialects: &[Dialect]) -> String {
        let mut text = String::new();
        let lines = |directive: &str, of: &[Dialect]| -> String {
            let line = format!("-- revgraph: {directive}\n");
            if dialects.iter().all(|dialect| of.contains(dialect)) {
                return line;
            }
            of.iter().filter(|one| dialects.contains(one)).map(|one| only(*one, &line)).collect()
        };
        if !self.no_transaction.is_empty() {
            text.push_str(&lines("no-transaction", &self.no_transaction));
        }
        let mut reasons: Vec<&String> = self.irreversible.iter().map(|(_, reason)| reason).collect();
        reasons.dedup();
        for reason in reasons {
            let of: Vec<Dialect> = self
                .irreversible
                .iter()
                .filter(|(_, one)| one == reason)
                .map(|(dialect, _)| *dialect)
                .collect();
            text.push_str(&lines(&format!("irreversible {reason}"), &of));
        }
        if self.irreversible_for_all(dialects) {
            return text;
        }
        if !text.is_empty() && !self.sql.is_empty() {
            text.push('\n');
        }
        text + &self.sql
    }
}

/// Lines for one dialect alone.
fn only(dialect: Dialect, lines: &str) -> String {
    format!("-- revgraph: only {dialect}\n{lines}-- revgraph: end\n")
}

/// The text of a script that holds the same for all these dialects: the directives of the section, then its statements.
pub(super) fn shared(dialects: &[Dialect], section: &Section) -> String {
    section.text(dialects)
}

/// The text of a script that holds for each dialect what is its own, in `only` blocks; without blocks where all
/// sections are equal, or there is one alone.
pub(super) fn separate(sections: &[(Dialect, Section)]) -> String {
    match sections {
        [(dialect, only)] => only.text(&[*dialect]),
        [(first, section), rest @ ..] if rest.iter().all(|(_, other)| other == section) => {
            let dialects: Vec<Dialect> =
                [*first].into_iter().chain(rest.iter().map(|(one, _)| *one)).collect();
            section.text(&dialects)
        }
        _ => {
            let blocks = sections.iter().map(|(dialect, section)| only(*dialect, &section.text(&[*dialect])));
            blocks.collect::<Vec<_>>().join("\n")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Dialect::{Postgres, Sqlite};

    fn section(sql: &str) -> Section {
        Section::of_sql(sql.to_owned())
    }

    #[test]
    fn what_is_equal_stands_outside_of_blocks() {
        let both = [(Postgres, section("A;\n")), (Sqlite, section("A;\n"))];
        assert_eq!(separate(&both), "A;\n");
        assert_eq!(separate(&both[..1]), "A;\n");
        let differing = [(Postgres, section("P;\n")), (Sqlite, section("S;\n"))];
        assert_eq!(
            separate(&differing),
            "-- revgraph: only postgres\nP;\n-- revgraph: end\n\n-- revgraph: only sqlite\nS;\n-- revgraph: end\n"
        );
    }

    #[test]
    fn directives_stand_before_the_statements_of_those_that_they_are_for() {
        let mut one = section("A;\n");
        one.no_transaction = vec![Postgres];
        assert_eq!(shared(&[Postgres], &one), "-- revgraph: no-transaction\n\nA;\n");
        assert_eq!(
            shared(&[Postgres, Sqlite], &one),
            "-- revgraph: only postgres\n-- revgraph: no-transaction\n-- revgraph: end\n\nA;\n"
        );
        let mut gone = section("A;\n");
        gone.irreversible = vec![(Postgres, "a: why".to_owned()), (Sqlite, "a: why".to_owned())];
        assert_eq!(shared(&[Postgres, Sqlite], &gone), "-- revgraph: irreversible a: why\n");
        gone.irreversible.pop();
        assert_eq!(
            shared(&[Postgres, Sqlite], &gone),
            "-- revgraph: only postgres\n-- revgraph: irreversible a: why\n-- revgraph: end\n\nA;\n"
        );
    }
}
