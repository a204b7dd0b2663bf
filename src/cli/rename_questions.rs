//! What may have been renamed: from options, from the user, or an error that lists the options.

use std::collections::BTreeMap;

use super::autogenerate_args::{DecisionArgs, RenamesArg};
use super::context::Context;
use super::prompt;
use crate::alter::{self, Candidate, Rename};
use crate::autogenerate::{
    Answer, Counter, DecisionError, Decisions, FormerModels, NameError, Named, Planner, UndecidedRenames,
    possibilities, subject,
};
use crate::diagnostic::Diagnostic;
use crate::sql::Dialect;

/// What the options say, and what is asked beyond them.
pub fn decide(
    context: &Context,
    planner: &Planner<'_>,
    args: &DecisionArgs,
    counter: &mut Counter<'_>,
    unknown: &mut Unknown,
) -> Result<Decisions, Diagnostic> {
    let (left, right) = (planner.left(), planner.right());
    if args.online && planner.dialect() == Dialect::Sqlite && unknown.plans == 1 {
        return Err(Diagnostic::usage(
            "--online is for PostgreSQL: SQLite locks the whole database in any case",
        ));
    }
    let mut decisions = Decisions::new(args.renames == RenamesArg::None);
    decisions.hints.online = args.online;
    // Of a column's new name the table's may be needed.
    let (columns, others): (Vec<&String>, Vec<&String>) =
        args.rename.iter().partition(|text| text.split(':').next().is_some_and(|old| old.contains('.')));
    for text in others.into_iter().chain(columns) {
        unknown.pass("rename", text, decisions.rename(text, left, right))?;
    }
    for text in &args.drop {
        unknown.pass("drop", text, decisions.drop(text, left, right))?;
    }
    for text in &args.fill {
        unknown.pass("fill", text, decisions.fill(text, right))?;
    }
    for text in &args.rebuild {
        unknown.pass("rebuild", text, decisions.rebuild(text, right))?;
    }
    let former = FormerModels::default();
    loop {
        let told = planner.told_by_models(&decisions, &|models| former.of(models));
        for rename in &told {
            context.say(&told_line(rename));
        }
        decisions.hints.renames.extend(told);
        let open = decisions.open(left, right);
        let Some(first) = open.first() else { break };
        if context.json || !prompt::somebody_is_there() {
            return Err(UndecidedRenames { open }.into());
        }
        let answer = ask(context, planner, &decisions, first, counter)?;
        decisions.answer(first, answer);
    }
    if !context.json && !context.yes && prompt::somebody_is_there() {
        ask_for_fills(context, planner, &mut decisions, counter)?;
    }
    Ok(decisions)
}

/// Asks what the rows that are there get in columns that must have a value. No answer leaves it to the script to fail
/// where there are rows.
fn ask_for_fills(
    context: &Context,
    planner: &Planner<'_>,
    decisions: &mut Decisions,
    counter: &mut Counter<'_>,
) -> Result<(), Diagnostic> {
    for (table, column) in decisions.unfilled(planner.left(), planner.right()) {
        let rows = counter.rows_of(planner.dialect(), &table);
        let rows = rows.map_or(String::new(), |rows| format!(", and the table has {rows}"));
        let named = Named::of(&column);
        let question = format!(
            "{named} takes no NULL{rows}. What do rows without a value get? (a SQL expression, or nothing)"
        );
        let answer = prompt::optional_line(context, &question)?;
        if !answer.trim().is_empty() {
            decisions.hints.fills.insert(column, answer.trim().to_owned());
        }
    }
    Ok(())
}

/// The options that name something which one of several schemas does not have. That none has it is an error.
pub struct Unknown {
    plans: usize,
    times: BTreeMap<(&'static str, String), usize>,
}

impl Unknown {
    /// For a number of schemas.
    pub fn among(plans: usize) -> Self {
        Self { plans, times: BTreeMap::new() }
    }

    /// Passes over an option that means nothing for one of several schemas.
    fn pass(
        &mut self,
        option: &'static str,
        text: &str,
        taken: Result<(), DecisionError>,
    ) -> Result<(), Diagnostic> {
        let Err(error) = taken else { return Ok(()) };
        let is_unknown = matches!(
            error,
            DecisionError::Left(NameError::Nothing(_)) | DecisionError::Right(NameError::Nothing(_))
        );
        let times = self.times.entry((option, text.to_owned())).or_default();
        *times += 1;
        if is_unknown && *times < self.plans { Ok(()) } else { Err(error.into()) }
    }
}

/// What a rename is that the models tell, for people.
fn told_line(rename: &Rename) -> String {
    let kind = rename.from.kind.name();
    let (from, to) = match &rename.label {
        Some((old, new)) => (Named::of_label(&rename.from, old), Named::of_label(&rename.to, new)),
        None => (Named::of(&rename.from), Named::of(&rename.to)),
    };
    format!("{kind} {from} is {to} now: the models have the same under another name")
}

/// Asks what becomes of one, with the statements and the number of values of each answer.
fn ask(
    context: &Context,
    planner: &Planner<'_>,
    decisions: &Decisions,
    candidate: &Candidate,
    counter: &mut Counter<'_>,
) -> Result<Answer, Diagnostic> {
    let subject = subject(candidate);
    let possible = possibilities(candidate);
    let mut choices: Vec<String> = Vec::with_capacity(possible.len() + 1);
    for to in &possible {
        let label = subject.label.clone().zip(to.label.clone());
        let rename = Rename { from: candidate.from.clone(), to: to.object.clone(), label };
        let hints = alter::Hints { renames: vec![rename], ..decisions.hints.clone() };
        let statements = alter::renames(planner.left(), planner.right(), &hints).unwrap_or_default();
        let sql: Vec<&str> = statements.iter().map(|statement| statement.sql.as_str()).collect();
        choices.push(format!("it is {to} now:  {};", sql.join("; ")));
    }
    let lost =
        counter.values_of(planner.dialect(), &subject).map_or(String::new(), |count| format!(" ({count})"));
    choices.push(format!("it goes, and what it holds is lost{lost}"));
    let question = format!(
        "{} {subject} is not in the desired schema. Has it been renamed?",
        candidate.from.kind.name()
    );
    let chosen = prompt::choice(context, &question, &choices)?;
    Ok(if chosen < possible.len() { Answer::Renamed(chosen) } else { Answer::Dropped })
}
