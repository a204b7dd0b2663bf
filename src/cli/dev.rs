//! A day's work as the user meets it: told line by line, asked where there is a terminal, refused where there is none.

use clap::ValueEnum;

use super::autogenerate_args::DecisionArgs;
use super::context::Context;
use super::observer::ScratchProgress;
use super::rename_questions::decide;
use super::{data_loss, erasing, prompt, pushing};
use crate::autogenerate::{Counter, Decisions, Planner, UnagreedLoss};
use crate::backend::Watch;
use crate::daily::{Companion, DriftWay, Drifted, Guard, News, Onlooker};
use crate::diagnostic::{Diagnostic, from_here};
use crate::report::{difference_lines, news_sentence};
use crate::verify::Observer;

/// What becomes of what the database has and the scripts do not build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DriftArg {
    /// It becomes a revision, recorded as applied
    Write,
    /// The database is made again what the scripts build
    Undo,
}

/// The user, with what the options have answered beforehand.
pub struct User<'c> {
    pub context: &'c Context,
    pub accept_data_loss: bool,
    pub drift: Option<DriftArg>,
    pub decisions: DecisionArgs,
}

impl Onlooker for User<'_> {
    fn rehearsal(&self, revisions: usize) -> Box<dyn Observer> {
        Box::new(ScratchProgress::new(self.context, revisions))
    }

    fn run(&self) -> Box<dyn Watch> {
        Box::new(self.context.progress())
    }

    fn tell(&mut self, news: &News<'_>) {
        if let News::Planned { planner, course, stakes } = news {
            return pushing::show(self.context, planner, course, stakes);
        }
        if let Some(sentence) = news_sentence(news, &from_here) {
            self.context.say(&sentence);
        }
    }
}

impl Companion for User<'_> {
    type Error = Diagnostic;

    /// By an option, or on a terminal.
    fn way_out(&mut self, database: &str, drifted: Drifted) -> Result<DriftWay, Diagnostic> {
        let context = self.context;
        let lines = difference_lines(&drifted.differences).join("\n");
        if let Some(way) = self.drift {
            context.say(&format!("the database is not what its scripts build (-), but (+):\n{lines}"));
            return Ok(match way {
                DriftArg::Write => DriftWay::Write,
                DriftArg::Undo => DriftWay::Undo,
            });
        }
        if context.json || !prompt::somebody_is_there() {
            return Err(drifted.into());
        }
        context.say(&format!(
            "{database} is not what its scripts build. What they build (-), and what it has (+):\n{lines}"
        ));
        let choices = [
            "leave it as it is, and stop".to_owned(),
            "write it as a revision, recorded as applied".to_owned(),
            "undo it: make the database again what the scripts build".to_owned(),
            "reset: erase all that the database holds, and begin anew".to_owned(),
        ];
        match prompt::choice(context, "What is to become of it?", &choices)? {
            1 => Ok(DriftWay::Write),
            2 => Ok(DriftWay::Undo),
            3 => Ok(DriftWay::Reset),
            _ => Err(drifted.into()),
        }
    }

    fn decide(&mut self, planner: &Planner<'_>, counter: &mut Counter<'_>) -> Result<Decisions, Diagnostic> {
        decide(self.context, planner, &self.decisions, counter)
    }

    fn agree_to_loss(&mut self, loss: UnagreedLoss) -> Result<(), Diagnostic> {
        data_loss::agreed(self.context, loss, self.accept_data_loss)
    }

    fn agree_to_erase(&mut self, guard: &Guard) -> Result<Option<String>, Diagnostic> {
        let what = format!("this erases all that {} holds", guard.database);
        erasing::agreed(self.context, guard, &what, None)
    }
}
