//! `revgraph push`.

use clap::Args;

use super::super::actor::actor;
use super::super::autogenerate_args::DecisionArgs;
use super::super::context::Context;
use super::super::observer::ScratchProgress;
use super::super::output::print_json;
use super::super::rename_questions::Asker;
use super::super::{autogeneration, data_loss, pushing, readiness};
use crate::alter::Rename;
use crate::autogenerate::{
    Answer, Course, Decider, FillQuestion, Planner, RenameQuestion, Side, Stake, UnagreedLoss,
};
use crate::backend::Access;
use crate::daily::{Desired, Pusher, push_desired};
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::report::{PushDocument, count};

/// Arguments of `push`.
#[derive(Debug, Args)]
pub struct PushArgs {
    /// Agree that values are lost, where the desired schema has no place for them
    #[arg(long)]
    pub accept_data_loss: bool,
    #[command(flatten)]
    pub decisions: DecisionArgs,
    /// PostgreSQL: compare owners and grants also where the desired schema says nothing of them
    #[arg(long)]
    pub privileges: bool,
}

/// Makes the database like the desired schema in one transaction, without a revision.
pub fn run(context: &Context, args: &PushArgs) -> Result<ExitStatus, Diagnostic> {
    if args.decisions.online {
        return Err(Diagnostic::usage("push is one transaction; --online is for revisions"));
    }
    let dialect = context.config.database_url()?.dialect();
    let mut progress = ScratchProgress::new(context, 0);
    // What cannot be read is told before a database is made.
    let desired = context.sides().ground(&Side::Schema, dialect, &mut progress)?;
    let mut backend = readiness::open_or_make(context, true, || context.connect(Access::Write))?;
    let said = args.decisions.said();
    let mut user =
        User { asker: Asker { context }, accept_data_loss: args.accept_data_loss, notes: Vec::new() };
    let desired = Desired { ground: &desired, said: &said, with_privileges: args.privileges };
    push_desired(context.sides(), backend.as_mut(), desired, &actor(), &mut user, &mut progress)?;
    Ok(ExitStatus::Done)
}

/// The user, with what the options have agreed to beforehand.
struct User<'c> {
    asker: Asker<'c>,
    accept_data_loss: bool,
    /// What is told beside the statements.
    notes: Vec<String>,
}

impl Decider for User<'_> {
    type Error = Diagnostic;

    fn told(&mut self, rename: &Rename) {
        self.asker.told(rename);
    }

    fn answers(&self) -> bool {
        self.asker.answers()
    }

    fn becomes(&mut self, question: &RenameQuestion) -> Result<Answer, Diagnostic> {
        self.asker.becomes(question)
    }

    fn wants_to_fill(&self) -> bool {
        self.asker.wants_to_fill()
    }

    fn value_for(&mut self, question: &FillQuestion) -> Result<Option<String>, Diagnostic> {
        self.asker.value_for(question)
    }
}

impl Pusher for User<'_> {
    fn planned(&mut self, planner: &Planner<'_>, course: &Course, stakes: &[Stake<'_>]) {
        self.notes = autogeneration::notes(planner.left_privileges());
        pushing::show(self.asker.context, planner, course, stakes);
    }

    fn agree_to_loss(&mut self, loss: UnagreedLoss) -> Result<(), Diagnostic> {
        data_loss::agreed(self.asker.context, loss, self.accept_data_loss)
    }

    fn pushed(&mut self, database: &str, course: &Course, stakes: &[Stake<'_>]) {
        let (context, number) = (self.asker.context, course.statements().count());
        if context.json {
            print_json(&PushDocument::new(database, course, stakes, self.notes.clone()));
            return;
        }
        match number {
            0 => context.say("nothing to do: the database has the desired schema"),
            _ => context
                .say(&format!("{} run; the database has the desired schema", count(number, "statement"))),
        }
        self.notes.iter().for_each(|note| context.say(note));
    }
}
