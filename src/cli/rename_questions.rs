//! What may have been renamed: from options, from the user, or an error that lists the options.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::autogenerate_args::{DecisionArgs, RenamesArg};
use super::context::Context;
use super::former_models::FormerModels;
use super::prompt;
use crate::alter::{self, Candidate, Rename};
use crate::autogenerate::{
    Answer, Counter, DecisionError, Decisions, NameError, Named, Planner, possibilities, subject,
};
use crate::diagnostic::{Diagnostic, ErrorKind};
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
    let former = FormerModels::new();
    loop {
        let told = planner.told_by_models(&decisions, &|models| former.of(models));
        for rename in &told {
            context.say(&told_line(rename));
        }
        decisions.hints.renames.extend(told);
        let open = decisions.open(left, right);
        let Some(first) = open.first() else { break };
        if context.json || !prompt::somebody_is_there() {
            return Err(undecided(&open));
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

/// The error where nobody can be asked.
fn undecided(open: &[Candidate]) -> Diagnostic {
    let mut told = Diagnostic::new(
        ErrorKind::UndecidedRenames,
        "what goes may have been renamed to what comes, and nobody can be asked",
    )
    .field("questions", open.iter().map(as_json).collect::<Vec<_>>());
    for candidate in open {
        let kind = candidate.from.kind.name();
        let to: Vec<String> = possibilities(candidate).iter().map(ToString::to_string).collect();
        told = told.cause(format!("{kind} {} goes; it may be {} now", subject(candidate), to.join(" or ")));
    }
    told = told.cause("nothing was written");
    for candidate in open {
        let subject = subject(candidate);
        for to in possibilities(candidate) {
            told = told.hint(format!("it is the same under a new name: --rename {subject}:{to}"));
        }
        told = told.hint(format!("it goes, and its values are lost: --drop {subject}"));
    }
    told.hint("nothing has been renamed: --renames none")
}

fn as_json(candidate: &Candidate) -> Value {
    let subject = subject(candidate).to_string();
    let to: Vec<String> = possibilities(candidate).iter().map(ToString::to_string).collect();
    json!({
        "object": candidate.from,
        "from": subject,
        "to": to,
        "options": to.iter().map(|to| format!("--rename {subject}:{to}"))
            .chain([format!("--drop {subject}")]).collect::<Vec<_>>(),
    })
}
