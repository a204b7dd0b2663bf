//! What schemas alone do not tell: from options, from the user, or an error that lists the options.

use super::autogenerate_args::DecisionArgs;
use super::context::Context;
use super::prompt;
use crate::alter::Rename;
use crate::autogenerate::{
    self, Answer, Counter, Decider, Decisions, FillQuestion, Planner, RenameQuestion, SaidOfSeveral,
};
use crate::diagnostic::Diagnostic;
use crate::report::rename_sentence;

/// What the options say of one pair of schemas, and what is asked beyond them.
pub fn decide(
    context: &Context,
    planner: &Planner<'_>,
    args: &DecisionArgs,
    counter: &mut Counter<'_>,
) -> Result<Decisions, Diagnostic> {
    let said = args.said();
    let mut asker = Asker { context };
    autogenerate::decide(planner, &mut SaidOfSeveral::new(&said, 1), counter, &mut asker)
}

/// Puts questions about renames to the user; nobody answers with `--json` or without a terminal.
pub struct Asker<'c> {
    pub context: &'c Context,
}

impl Decider for Asker<'_> {
    type Error = Diagnostic;

    fn told(&mut self, rename: &Rename) {
        self.context.say(&rename_sentence(rename));
    }

    fn answers(&self) -> bool {
        !self.context.json && prompt::somebody_is_there()
    }

    fn becomes(&mut self, question: &RenameQuestion) -> Result<Answer, Diagnostic> {
        let RenameQuestion { kind, subject, possibilities, values } = question;
        let renamed = possibilities.iter().map(|(to, sql)| format!("it is {to} now:  {};", sql.join("; ")));
        let lost = values.as_ref().map_or_else(String::new, |values| format!(" ({values})"));
        let goes = format!("it goes, and what it holds is lost{lost}");
        let choices: Vec<String> = renamed.chain([goes]).collect();
        let question = format!("{kind} {subject} is not in the desired schema. Has it been renamed?");
        let chosen = prompt::choice(self.context, &question, &choices)?;
        Ok(if chosen < possibilities.len() { Answer::Renamed(chosen) } else { Answer::Dropped })
    }

    fn wants_to_fill(&self) -> bool {
        !self.context.yes && self.answers()
    }

    fn value_for(&mut self, question: &FillQuestion) -> Result<Option<String>, Diagnostic> {
        let FillQuestion { column, rows } = question;
        let rows = rows.as_ref().map_or_else(String::new, |rows| format!(", and the table has {rows}"));
        let question = format!(
            "{column} takes no NULL{rows}. What do rows without a value get? (a SQL expression, or nothing)"
        );
        let answer = prompt::optional_line(self.context, &question)?;
        Ok(Some(answer.trim().to_owned()).filter(|value| !value.is_empty()))
    }
}
