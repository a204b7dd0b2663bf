//! All that schemas alone do not tell of the way between them: what was said beforehand, what models tell, and what whoever
//! is there answers.

use super::agreement::UndecidedRenames;
use super::decisions::{Answer, DecisionError, Decisions, possibilities, subject};
use super::former_models::FormerModels;
use super::names::Named;
use super::planner::Planner;
use super::said::SaidOfSeveral;
use super::stakes::Counter;
use crate::alter::{self, Candidate, Hints, Rename};

/// Whoever decides what schemas alone do not tell.
pub trait Decider {
    /// Why nothing is decided: a text that means nothing, renames that nobody decides, or an error of its own.
    type Error: From<DecisionError> + From<UndecidedRenames>;

    /// Is told of a rename that the models tell.
    fn told(&mut self, rename: &Rename);

    /// Whether questions reach somebody; else an open one is the error [`UndecidedRenames`].
    fn answers(&self) -> bool;

    /// What becomes of something that may have been renamed.
    ///
    /// # Errors
    /// Where no answer comes.
    fn becomes(&mut self, question: &RenameQuestion) -> Result<Answer, Self::Error>;

    /// Whether it wants to be asked for values.
    fn wants_to_fill(&self) -> bool;

    /// A SQL expression for the values of a column; none leaves it to the script to fail where there are rows.
    ///
    /// # Errors
    /// Where no answer comes.
    fn value_for(&mut self, question: &FillQuestion) -> Result<Option<String>, Self::Error>;
}

/// Whether something that is gone is called otherwise now, or is dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenameQuestion {
    /// The kind of what is gone, in words.
    pub kind: &'static str,
    /// What is decided about, by its name.
    pub subject: Named,
    /// What it could be now, the likeliest first, each with the statements that rename it.
    pub possibilities: Vec<(Named, Vec<String>)>,
    /// How many values or rows are lost where it goes, in words; none where they cannot be counted.
    pub values: Option<String>,
}

/// A column that takes no NULL, and whose rows may have no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FillQuestion {
    /// The column.
    pub column: Named,
    /// How many rows its table has, in words; none where they cannot be counted.
    pub rows: Option<String>,
}

/// Decides the way between the two schemas of a planner. `counter` counts what is at stake in questions.
///
/// # Errors
/// [`DecisionError`] of what was said, [`UndecidedRenames`] where nobody answers, and those of the decider.
pub fn decide<D: Decider>(
    planner: &Planner<'_>,
    said: &mut SaidOfSeveral<'_>,
    counter: &mut Counter<'_>,
    decider: &mut D,
) -> Result<Decisions, D::Error> {
    let (left, right) = (planner.left(), planner.right());
    let mut decisions = said.decisions(planner.dialect(), (left, right))?;
    let former = FormerModels::default();
    loop {
        let told = planner.told_by_models(&decisions, &|models| former.of(models));
        told.iter().for_each(|rename| decider.told(rename));
        decisions.hints.renames.extend(told);
        let open = decisions.open(left, right);
        let Some(first) = open.first() else { break };
        if !decider.answers() {
            return Err(UndecidedRenames { open }.into());
        }
        let answer = decider.becomes(&rename_question(planner, &decisions.hints, first, counter))?;
        decisions.answer(first, answer);
    }
    if decider.wants_to_fill() {
        fill(planner, &mut decisions, counter, decider)?;
    }
    Ok(decisions)
}

fn rename_question(
    planner: &Planner<'_>,
    hints: &Hints,
    candidate: &Candidate,
    counter: &mut Counter<'_>,
) -> RenameQuestion {
    let subject = subject(candidate);
    let with_statements = |to: Named| {
        let label = subject.label.clone().zip(to.label.clone());
        let rename = Rename { from: candidate.from.clone(), to: to.object.clone(), label };
        let hints = Hints { renames: vec![rename], ..hints.clone() };
        // What cannot be renamed so is refused when the way is looked for; the question has no statement then.
        let statements = alter::renames(planner.left(), planner.right(), &hints).unwrap_or_default();
        (to, statements.into_iter().map(|statement| statement.sql).collect())
    };
    RenameQuestion {
        kind: subject.kind(),
        possibilities: possibilities(candidate).into_iter().map(with_statements).collect(),
        values: counter.held_by(planner.dialect(), &subject),
        subject,
    }
}

/// Asks what the rows that are there get in columns that must have a value.
fn fill<D: Decider>(
    planner: &Planner<'_>,
    decisions: &mut Decisions,
    counter: &mut Counter<'_>,
    decider: &mut D,
) -> Result<(), D::Error> {
    for (table, column) in decisions.unfilled(planner.left(), planner.right()) {
        let rows = counter.held_by(planner.dialect(), &Named::of(&table));
        let value = decider.value_for(&FillQuestion { column: Named::of(&column), rows })?;
        if let Some(value) = value {
            decisions.hints.fills.insert(column, value);
        }
    }
    Ok(())
}
