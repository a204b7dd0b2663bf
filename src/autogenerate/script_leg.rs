//! The courses of one dialect or of several as the texts of revisions. Pure.

use super::{Course, Leg, script_text};
use crate::alter::Part;
use crate::graph::RevisionId;
use crate::script::{Directive, directive_of_line};
use crate::sql::Dialect;

/// One revision's scripts, before they have their header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptLeg {
    /// What the leg is for, where there are several.
    pub title: Option<String>,
    /// The revision that it has to be, where its statements name it.
    pub revision: Option<RevisionId>,
    /// The up script.
    pub up: String,
    /// The down script.
    pub down: String,
}

/// What a dialect does in a revision; nothing where it does nothing.
type Half<'c> = (Dialect, Option<&'c Leg>);

/// The revisions that these courses take together. Where the scripts serve `several` dialects, what is for one alone
/// stands in a block for it.
#[must_use]
pub fn script_legs(courses: &[(Dialect, &Course)], several: bool) -> Vec<ScriptLeg> {
    // A script is without a transaction as a whole: what needs none must not take another dialect's along.
    let longest = courses.iter().map(|(_, course)| course.legs.len()).max().unwrap_or_default();
    let mut revisions: Vec<Vec<Half<'_>>> = Vec::new();
    for index in 0..longest {
        let halves = courses.iter().map(|(dialect, course)| (*dialect, course.legs.get(index)));
        let halves: Vec<Half<'_>> = halves.filter(|(_, leg)| leg.is_some()).collect();
        let is_alone =
            |leg: Option<&Leg>| leg.is_some_and(|leg| leg.up.no_transaction || leg.down.no_transaction);
        let (alone, shared): (Vec<Half<'_>>, Vec<Half<'_>>) =
            halves.into_iter().partition(|(_, leg)| is_alone(*leg));
        revisions.extend(alone.into_iter().map(|half| vec![half]));
        revisions.extend((!shared.is_empty()).then_some(shared));
    }
    revisions.iter().map(|halves| script_leg(halves, several)).collect()
}

fn script_leg(halves: &[Half<'_>], several: bool) -> ScriptLeg {
    let legs = || halves.iter().filter_map(|(_, leg)| *leg);
    let text = |part: fn(&Leg) -> &Part| {
        let texts: Vec<(Dialect, String)> = halves
            .iter()
            .filter_map(|(dialect, leg)| leg.map(|leg| (*dialect, script_text(*dialect, part(leg)))))
            .collect();
        match texts.as_slice() {
            [(_, only)] if !several => only.clone(),
            [(_, one), (_, other)] if one == other => one.clone(),
            texts => texts.iter().map(|(dialect, text)| block(*dialect, text)).collect::<Vec<_>>().join("\n"),
        }
    };
    ScriptLeg {
        title: legs().find_map(|leg| leg.up.title.clone()),
        revision: legs().find_map(|leg| leg.revision.clone()),
        up: text(|leg| &leg.up),
        down: text(|leg| &leg.down),
    }
}

/// Statements for one dialect alone. What holds for the whole script stays outside.
fn block(dialect: Dialect, text: &str) -> String {
    let (first, rest) = match text.split_once('\n') {
        Some((line, rest)) if matches!(directive_of_line(line), Some(Ok(Directive::NoTransaction))) => {
            (format!("{line}\n\n"), rest.trim_start_matches('\n'))
        }
        _ => (String::new(), text),
    };
    if rest.trim().is_empty() {
        return first;
    }
    format!("{first}-- revgraph: only {dialect}\n{rest}-- revgraph: end\n")
}

/// The up scripts of all parts, one after the other, each under its title where there are several.
#[must_use]
pub fn sql_of(legs: &[ScriptLeg]) -> String {
    let several = legs.len() > 1;
    let text = |leg: &ScriptLeg| {
        let heading = leg.title.as_ref().filter(|_| several).map(|title| format!("-- {title}\n\n"));
        heading.unwrap_or_default() + &leg.up
    };
    legs.iter().map(text).collect::<Vec<_>>().join("\n")
}

/// Whether a text has lines for one dialect alone.
#[must_use]
pub fn has_only_blocks(text: &str) -> bool {
    text.lines().any(|line| matches!(directive_of_line(line), Some(Ok(Directive::Only(_)))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alter::Statement;
    use crate::catalog::{ObjectKind, ObjectName};

    fn leg(up: &str, down: &str, no_transaction: bool) -> Leg {
        let object = ObjectName::new(ObjectKind::Table, None, "t");
        let part =
            |sql: &str| Part { title: None, no_transaction, statements: vec![Statement::new(&object, sql)] };
        Leg {
            up: part(up),
            down: Part { no_transaction: false, ..part(down) },
            kept: Vec::new(),
            revision: None,
        }
    }

    fn texts(postgres: &[Leg], sqlite: &[Leg]) -> Vec<String> {
        let of = |legs: &[Leg]| Course { legs: legs.to_vec(), ..Course::default() };
        let (postgres, sqlite) = (of(postgres), of(sqlite));
        let legs = script_legs(&[(Dialect::Postgres, &postgres), (Dialect::Sqlite, &sqlite)], true);
        legs.into_iter().map(|leg| leg.up).collect()
    }

    #[test]
    fn what_is_for_one_dialect_stands_in_a_block_and_what_is_the_same_in_none() {
        let (one, other) = (leg("A", "B", false), leg("C", "D", false));
        let both = "-- revgraph: only postgres\nA;\n-- revgraph: end\n\n-- revgraph: only sqlite\nC;\n-- revgraph: end\n";
        assert_eq!(texts(std::slice::from_ref(&one), &[other]), [both]);
        assert_eq!(texts(std::slice::from_ref(&one), std::slice::from_ref(&one)), ["A;\n"]);
        assert_eq!(texts(&[one], &[]), ["-- revgraph: only postgres\nA;\n-- revgraph: end\n"]);
    }

    #[test]
    fn a_script_without_transaction_is_one_dialects_alone() {
        let found = texts(&[leg("A", "B", true), leg("C", "D", false)], &[leg("E", "F", false)]);
        let labels = "-- revgraph: no-transaction\n\n-- revgraph: only postgres\nA;\n-- revgraph: end\n";
        let lite = "-- revgraph: only sqlite\nE;\n-- revgraph: end\n";
        assert_eq!(found, [labels, lite, "-- revgraph: only postgres\nC;\n-- revgraph: end\n"]);
    }
}
